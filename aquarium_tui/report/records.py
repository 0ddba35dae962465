"""Frames and objects with their counts and metrics as flat records, for tables and scripts."""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import AnyComparison, Binding
from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import FrameField, ObjectField
from aquarium_tui.compare.metrics import metric_fields
from aquarium_tui.compare.objects.fields import FILED_FIRST
from aquarium_tui.model.columns import Values
from aquarium_tui.model.names import visible
from aquarium_tui.model.outcomes import Change
from aquarium_tui.model.settings import Side
from aquarium_tui.query.fields import PARTS

FlatRecord = dict[str, Any]

_AT_ONCE = 4096
"""Objects read together: few enough to hold in memory, and enough that reading columns pays."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How text begins that spreadsheets run as a formula when they open a CSV file."""


def object_columns(comparison: Comparison) -> tuple[str, ...]:
    """The fields of a record, in order."""
    return ("list", "frame", "path", *_filed_objects(comparison), "was_correct")


def _filed_objects(comparison: Comparison) -> dict[str, tuple[ObjectField[Any], str]]:
    """The fields of records by name, with what they are asked of, in order; those of both sets always."""
    place = {name: i for i, name in enumerate(FILED_FIRST)}
    fields = [field for field in comparison.object_fields if field.filed]
    fields.sort(key=lambda field: place.get(field.filed, len(place)))
    return {
        f"{entity}_{field.filed}" if entity else field.filed: (field, entity)
        for entity in (*PARTS, "")
        for field in fields
        if entity in field.entities
    }


def records_of(
    comparison: Comparison, rows: NDArray[np.int64], which: CellList | None = None
) -> Iterator[FlatRecord]:
    """One record for each of these rows of the ledger.

    Args:
        comparison: Base and other.
        rows: The rows.
        which: The list behind a cell that they are of, if any.

    Yields:
        A value for each of `object_columns`, None where there is none. Boxes are in pixels. `was_correct`
        says of an introduced object whether it was right under base; where base rightly saw nothing it is
        true too.
    """
    for start in range(0, len(rows), _AT_ONCE):
        yield from _records(comparison, rows[start : start + _AT_ONCE], which)


def _records(comparison: Comparison, rows: NDArray[np.int64], which: CellList | None) -> Iterator[FlatRecord]:
    names, frames = object_columns(comparison), comparison.dataset.frames
    entities = ("label", *comparison.sides, *(("",) if comparison.other else ()))
    columns = {
        name: (field.values(comparison, entity, rows), field.absent)
        for name, (field, entity) in _filed_objects(comparison).items()
        if entity in entities
    }
    for place, frame in enumerate(comparison.object_frame[rows].tolist()):
        record: FlatRecord = dict.fromkeys(names)
        record |= {"list": which, "frame": frames.id[frame], "path": frames.path[frame]}
        for name, (column, absent) in columns.items():
            value = column[place]
            record[name] = absent if value is None else value
        if which is CellList.INTRODUCED:
            record["was_correct"] = record["change"] == Change.BROKEN.word
        yield record


def as_csv(records: Iterable[FlatRecord], columns: Sequence[str], safe: bool = False) -> Iterator[str]:
    """Lines of CSV, a header first; absent values are empty, control characters are made visible.

    Args:
        records: A row each.
        columns: The names of the columns, in their order.
        safe: Put `'` before text that a spreadsheet would take for a formula; numbers stay as they are.
    """
    line = StringIO()
    writer = csv.DictWriter(line, columns, lineterminator="\n")
    told = harmless if safe else _plain
    writer.writerow({name: told(name) for name in columns})
    for record in records:
        yield _taken(line)
        writer.writerow({name: told(value) for name, value in record.items()})
    yield _taken(line)


def as_jsonl(records: Iterable[FlatRecord]) -> Iterator[str]:
    """Lines of JSON, an object each."""
    return (json.dumps(record, allow_nan=False) + "\n" for record in records)


def _taken(line: StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def harmless(value: object) -> object:
    """A value as it is written, with `'` before text that a spreadsheet would take for a formula."""
    plain = _plain(value)
    return f"'{plain}" if isinstance(value, str) and value.startswith(_FORMULA) else plain


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return visible(value) if isinstance(value, str) else value


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
