"""The frames behind a cell of a confusion that every frame has a part in, largest change first."""

from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import frame_values
from aquarium_tui.model.arrays import Floats


@dataclass(frozen=True, eq=False)
class CellFrames:
    """Counted frames, known under every set, with anything in one cell under either; each `(k,)`.

    Attributes:
        frame: int64 rows of frames: largest change in either direction first, then most, then file order.
        base: float64, what is in the cell under base.
        other: The same under other; base's where there is no other.
    """

    frame: NDArray[np.int64]
    base: Floats
    other: Floats

    @property
    def change(self) -> Floats:
        """Other minus base."""
        return self.other - self.base

    def __len__(self) -> int:
        return len(self.frame)

    def of(self, frame: int) -> tuple[float, float]:
        """What is in the cell in one of the frames, under base and under other."""
        at = self._places[frame]
        return float(self.base[at]), float(self.other[at])

    @cached_property
    def _places(self) -> dict[int, int]:
        return {frame: at for at, frame in enumerate(self.frame.tolist())}


_KEPT: WeakKeyDictionary[Comparison, dict[tuple[str, tuple[int, int]], CellFrames]] = WeakKeyDictionary()
_MOST = 64
"""Cells whose frames are kept: those that a person walks over in a matrix, at 24 bytes a frame."""


def frames_of_cell(comparison: Comparison, key: str, cell: tuple[int, int]) -> CellFrames:
    """The frames behind a cell; those of the cells asked for last are kept.

    Args:
        comparison: What is asked.
        key: A frame field with two arguments, such as `confusion`.
        cell: Label class and inferred class.
    """
    kept = _KEPT.setdefault(comparison, {})
    if (key, cell) not in kept:
        while len(kept) >= _MOST:
            kept.pop(next(iter(kept)))
        kept[key, cell] = _found(comparison, key, cell)
    return kept[key, cell]


def _found(comparison: Comparison, key: str, cell: tuple[int, int]) -> CellFrames:
    sets = [frame_values(comparison, key, side, cell) for side in comparison.sides]
    base, other = sets[0], sets[-1]
    there = ((base != 0) | (other != 0)) & ~np.isnan(base + other)
    if comparison.frames is not None:
        there &= comparison.frames
    order = np.lexsort((-(np.abs(base) + np.abs(other)), -np.abs(other - base)))
    order = order[there[order]].astype(np.int64)
    return CellFrames(order, base[order], other[order])
