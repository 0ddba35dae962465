"""The frames behind a cell of the confusion, of objects or of masks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.frame_binding import FrameBinding
from aquarium_tui.model.columns import Values
from aquarium_tui.report.frames import plain
from aquarium_tui.report.objects import Record


@dataclass(frozen=True)
class BehindCell:
    """Frames with anything in one cell under a chosen set.

    Attributes:
        frames: Their rows, those with the largest change in either direction first.
        counts: Objects or pixels in the cell, `(all frames,)`, by field of a record.
    """

    frames: NDArray[np.int64]
    counts: dict[str, NDArray[np.float64]]

    def added(self, records: Iterable[Record]) -> Iterator[Record]:
        """Records of `frames`, in their order, with their counts."""
        for row, record in zip(self.frames.tolist(), records, strict=True):
            yield record | {name: plain(values[row]) for name, values in self.counts.items()}


def behind_cell(binding: FrameBinding[Any], cell: tuple[int, int], frames: NDArray[np.int64]) -> BehindCell:
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


def _in_cell(binding: FrameBinding[Any], side: str, cell: tuple[int, int]) -> NDArray[np.float64]:
    column = binding.method(f"{side}.confusion", cell)
    if not isinstance(column, Values):
        raise TypeError("counts are numbers")
    return np.where(column.missing, 0.0, column.values)
