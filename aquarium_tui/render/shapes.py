"""Masks of objects on the display: which pixels they cover, and their edges."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.picture import PixelBox, Region, Size, scales
from aquarium_tui.render.patterns import Stencil

_KEPT = 64
"""Decoded masks that are kept: those of a frame while it is zoomed and moved."""
_OFF = 16
"""Pixels off the display that are kept: more than any outline is wide."""


@dataclass(frozen=True)
class Shape:
    """The pixels of an object.

    Attributes:
        counts: Compressed run lengths as COCO writes them.
        size: Width and height of the picture they run over.
    """

    counts: str
    size: Size


def covered(shape: Shape, region: Region, pixels: Size) -> tuple[PixelBox, Stencil]:
    """Where a shape lies when `region` is shown at `pixels`: a box, and its pixels in it.

    The box is cut a little off the display, so that the display's edge is not taken for one of the shape.
    It may be empty.
    """
    (first, highest), inside = _decoded(shape)
    across, down = scales(region, pixels)
    columns = _Axis(first, inside.shape[1], region[0], across).shown(pixels[0])
    rows = _Axis(highest, inside.shape[0], region[1], down).shown(pixels[1])
    box = PixelBox(columns[0], rows[0], columns[0] + len(columns[1]), rows[0] + len(rows[1]))
    return box, inside[np.ix_(rows[1], columns[1])]


def edges(shape: Stencil, width: int) -> tuple[Stencil, Stencil]:
    """The pixels of `shape` within `width` of its top or bottom, and of its left or right edge."""
    level = shape & ~(_moved(shape, width, 0) & _moved(shape, -width, 0))
    upright = shape & ~(_moved(shape, 0, width) & _moved(shape, 0, -width))
    return level, upright


def grown(shape: Stencil, by: int) -> Stencil:
    """The shape with `by` pixels more on every side, as an array that is as much larger."""
    larger = np.pad(shape, by)
    for axis in (0, 1):
        steps = [(step, 0) if axis == 0 else (0, step) for step in range(-by, by + 1)]
        larger = np.logical_or.reduce([_moved(larger, *step) for step in steps])
    return larger


@lru_cache(_KEPT)
def _decoded(shape: Shape) -> tuple[tuple[int, int], Stencil]:
    """Left and top of the pixels, and the smallest array that holds them."""
    from hotcoco import mask

    width, height = shape.size
    rle = {"size": [height, width], "counts": shape.counts}
    left, top, across, down = (int(side) for side in mask.to_bbox(rle))
    whole = mask.decode(rle)[top : top + down, left : left + across]
    return (left, top), np.ascontiguousarray(whole).astype(bool)


class _Axis(NamedTuple):
    """Rows or columns of a picture: `length` of them from `start`, shown from `origin` on at `scale`."""

    start: int
    length: int
    origin: float
    scale: float

    def shown(self, limit: int) -> tuple[int, NDArray[np.intp]]:
        """The first pixel of a display of `limit`, and what lies under it and those that follow."""
        ends = (self.start - self.origin, self.start + self.length - self.origin)
        low, high = (min(max(round(end * self.scale), -_OFF), limit + _OFF) for end in ends)
        middles = np.floor((np.arange(low, high) + 0.5) / self.scale + self.origin) - self.start
        return low, np.clip(middles.astype(np.intp), 0, max(self.length - 1, 0))


def _moved(shape: Stencil, down: int, across: int) -> Stencil:
    """`shape` moved, with nothing where it came from."""
    moved = np.zeros_like(shape)
    height, width = shape.shape
    to = slice(max(down, 0), height + min(down, 0)), slice(max(across, 0), width + min(across, 0))
    of = slice(max(-down, 0), height + min(-down, 0)), slice(max(-across, 0), width + min(-across, 0))
    if abs(down) < height and abs(across) < width:
        moved[to] = shape[of]
    return moved
