"""Frames with their counts and metrics as flat records, for tables and scripts."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import AnyComparison, Binding
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import FrameField
from aquarium_tui.compare.metrics import metric_fields
from aquarium_tui.model.columns import Values
from aquarium_tui.model.settings import Side
from aquarium_tui.report.objects import FlatRecord


@dataclass(frozen=True)
class BehindCell:
    """Frames with anything in one cell under a chosen set.

    Attributes:
        frames: Their rows, those with the largest change in either direction first.
        counts: Objects or pixels in the cell, `(all frames,)`, by field of a record.
    """

    frames: NDArray[np.int64]
    counts: dict[str, NDArray[np.float64]]

    def added(self, records: Iterable[FlatRecord]) -> Iterator[FlatRecord]:
        """Records of `frames`, in their order, with their counts."""
        for row, record in zip(self.frames.tolist(), records, strict=True):
            yield record | {name: plain(values[row]) for name, values in self.counts.items()}


def behind_cell(
    binding: Binding[AnyComparison], cell: tuple[int, int], frames: NDArray[np.int64]
) -> BehindCell:
    """The frames behind a cell.

    Args:
        binding: What is asked.
        cell: Label class and inferred class.
        frames: Rows of the frames to choose from; their order decides where changes are equal.
    """
    counts = {f"cell_{side}": _in_cell(binding, side, cell) for side in binding.comparison.sides}
    found = list(counts.values())
    change = found[-1] - found[0] if len(found) > 1 else found[0]
    kept = frames[np.sum(found, axis=0)[frames] > 0]
    order = kept[np.argsort(-np.abs(change[kept]), kind="stable")]
    return BehindCell(order, counts | ({"cell_change": change} if len(found) > 1 else {}))


def _in_cell(binding: Binding[AnyComparison], side: str, cell: tuple[int, int]) -> NDArray[np.float64]:
    column = binding.method(f"{side}.confusion", cell)
    if not isinstance(column, Values):
        raise TypeError("counts are numbers")
    return np.where(column.missing, 0.0, column.values)


FRAME = ("frame", "path", "width", "height")
"""The fields of every record of a frame."""


def frame_columns(comparison: Comparison) -> tuple[str, ...]:
    """The fields of a record, in order."""
    numbers = (name for name, _, _ in _filed(comparison))
    return (*FRAME, *numbers, *(f"meta_{key}" for key in comparison.dataset.frames.metadata))


def frame_records(comparison: Comparison, frames: Sequence[int] | NDArray[Any]) -> Iterator[FlatRecord]:
    """One record per frame, in the order given; None where there is not a value.

    Args:
        comparison: Base and other.
        frames: Rows of the frames.
    """
    table = comparison.dataset.frames
    numbers = {name: field.values(comparison, side, ()) for name, field, side in _filed(comparison)}
    for row in map(int, frames):
        record: FlatRecord = {"frame": table.id[row], "path": table.path[row]}
        record |= {"width": int(table.width[row]) or None, "height": int(table.height[row]) or None}
        record |= {name: plain(values[row]) for name, values in numbers.items()}
        yield record | {f"meta_{key}": plain(column[row]) for key, column in table.metadata.items()}


def _filed(comparison: Comparison) -> Iterator[tuple[str, FrameField[Any], Side]]:
    """The numbers of frames that files have: name, field and side.

    Neighbours in the table that differ between sets come set by set; the user's metrics are last.
    """
    for table in (comparison.own_fields, tuple(metric_fields(comparison))):
        filed = [field for field in table if not field.arguments and (comparison.other or not field.of_pair)]
        for of_set, run in groupby(filed, lambda field: field.of_set):
            fields = list(run)
            if of_set:
                sides = comparison.sides
                yield from ((f"{side}_{field.key}", field, side) for side in sides for field in fields)
            else:
                yield from ((field.key, field, "base") for field in fields)


def plain(value: object) -> object:
    """A value that CSV and JSON can hold; whole numbers without a point."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    return value
