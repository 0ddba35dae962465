"""What the four numbers of boxes mean where a format leaves it open: corners, a size, or a centre."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Boxes

CORNERS, SIZE, CENTER = "corners", "size", "center"
WORDS = {
    CORNERS: "left, top, right, bottom",
    SIZE: "left, top, width, height",
    CENTER: "centre, width, height",
}
_FRACTION = 1.01
"""Boxes of which no number exceeds this, 1 and a rounding error, are fractions of their image."""
_SLACK = 1.02
"""A box may reach over the edge of its image by so much of its side, as annotators and rounding cause."""
_MOST = 0.95
"""The share of boxes that must fit a meaning: a few boxes of any file are wrong."""


@dataclass(frozen=True)
class Sides:
    """How boxes are read.

    Attributes:
        kind: "corners", "size" or "center".
        relative: Whether they are fractions of their image.
    """

    kind: str
    relative: bool

    def boxes(self, numbers: NDArray[np.float64]) -> Boxes:
        """`(n, 4)` numbers as left, top, right, bottom."""
        first, last = numbers[:, :2], numbers[:, 2:]
        if self.kind == SIZE:
            return np.hstack([first, first + last])
        if self.kind == CENTER:
            return np.hstack([first - last / 2, first + last / 2])
        return numbers

    def note(self) -> str:
        """The reading as a sentence."""
        unit = "fractions of the image" if self.relative else "pixels"
        return f"boxes are read as {WORDS[self.kind]} in {unit}"


def judged(
    numbers: NDArray[np.float64], size: NDArray[np.float64], order: Sequence[str], center: bool = False
) -> Sides:
    """The first of the meanings that fits nearly all boxes; the first of all if none does.

    Boxes must have positive sides and lie in their images, as far as the sizes of these are known.

    Args:
        numbers: `(n, 4)` float64 as the file has them; rows of NaN do not count.
        size: `(n, 2)` float64 width and height of the image of each, NaN where unknown.
        order: The meanings to try, the usual one first.
        center: Whether fractions are tried as a centre first, as YOLO has them.
    """
    known = ~np.isnan(numbers).any(axis=1)
    values, sizes = numbers[known], size[known]
    relative = bool(len(values)) and bool((np.abs(values) <= _FRACTION).all())
    limits = np.ones_like(sizes) if relative else np.where(np.isnan(sizes), np.inf, sizes)
    tried = [CENTER, *order] if relative and center else list(order)
    for kind in dict.fromkeys(tried):
        box = Sides(kind, relative).boxes(values)
        fits = (box[:, 2:] > box[:, :2]).all(axis=1) & (box[:, 2:] <= limits * _SLACK + 1).all(axis=1)
        if relative:
            fits &= (box >= 1 - _SLACK).all(axis=1) & (box <= _SLACK).all(axis=1)
        if not len(values) or fits.mean() >= _MOST:
            return Sides(kind, relative)
    return Sides(tried[0], relative)
