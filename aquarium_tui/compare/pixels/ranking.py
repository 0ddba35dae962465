"""The frames behind a cell of the confusion of masks, the largest change first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.counting import PixelCounts
from aquarium_tui.compare.pixels.matrices import frame_cell

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class CellFrames:
    """Frames with a pixel in one cell under either set; each `(frames,)` int64.

    Attributes:
        frame: Rows of frames: largest change in either direction first, then most pixels, then file order.
        base: Pixels in the cell under base.
        other: The same under other.
    """

    frame: Integers
    base: Integers
    other: Integers

    @property
    def change(self) -> Integers:
        """Other minus base."""
        return self.other - self.base

    def __len__(self) -> int:
        return len(self.frame)


def frames_of_cell(counts: PixelCounts, label: int, inferred: int) -> CellFrames:
    """The frames behind the cell (label class, inferred class)."""
    base, other = (frame_cell(counts, side, label, inferred) for side in ("base", "other"))
    order = np.lexsort((-(base + other), -np.abs(other - base)))
    order = order[(base + other)[order] > 0]
    return CellFrames(order, base[order], other[order])
