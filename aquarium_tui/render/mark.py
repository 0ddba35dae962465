"""What is drawn on a picture: marks, their patterns and shapes, and where they fall on the display.

Positions of dashes and hatching count from the corner of the whole picture at display scale, not from that of
the shown region, so that they stay where they are while the region moves, and neighbouring boxes share lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from aquarium_tui.model.picture import Color, PixelBox, Region, Size, scales

Stencil = NDArray[np.bool_]
MarkOwner = Literal["label", "base", "other"]
Emphasis = Literal["bright", "normal", "dim"]

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


def rising(pixels: Size, origin: tuple[int, int], pitch: int, start: int, width: int) -> Stencil:
    """Lines from bottom left to top right (`/`), as a read-only `(height, width)` bool view.

    Args:
        pixels: Width and height of the display.
        origin: Position of its top left pixel in the whole picture at this scale.
        pitch: From one line to the next along a row.
        start: Where along a row the first line begins; may be negative.
        width: Pixels of a line along a row.
    """
    steps = np.arange(sum(pixels)) + sum(origin)
    return sliding_window_view((steps - start) % pitch < width, pixels[0])[: pixels[1]]


def falling(pixels: Size, origin: tuple[int, int], pitch: int, start: int, width: int) -> Stencil:
    r"""Lines from top left to bottom right (`\`); otherwise as `rising`."""
    steps = np.arange(sum(pixels)) + origin[0] - origin[1] - (pixels[1] - 1)
    return sliding_window_view((steps - start) % pitch < width, pixels[0])[: pixels[1]][::-1]


def dashes(length: int, origin: int, dash: int, gap: int, start: int) -> Stencil:
    """Dashes, one of them at `start`, on a line of `length` pixels that begins at `origin` in the picture."""
    return np.asarray((np.arange(length) + origin - start) % (dash + gap) < dash)


_FAR = 1 << 20
"""Display pixels beyond which edges are clipped: far off any display, and safe as integers at any zoom."""
_LEAST = 3
"""Display pixels that a mark is at least wide and high; a smaller one would not be seen."""


@dataclass(frozen=True)
class Mark:
    """A box to be drawn.

    Attributes:
        box: Left, top, right, bottom in source pixels, right and bottom exclusive.
        kind: Whether a label, or an inference of base or other.
        color: Of its class or outcome.
        caption: What is written beside it; may come from outside.
        emphasis: Whether it stands out, or recedes behind those that do.
        crowd: Whether it is the label of a crowd.
        fills_frame: Whether it applies to the whole picture: only its caption is written.
        shape: The pixels of its mask; None draws the box.
        rank: Captions of a lower rank come first where there is no room for all.
        plain: Whether it is drawn as a thin outline only, below the others, because there are many.
    """

    box: tuple[float, float, float, float]
    kind: MarkOwner
    color: Color
    caption: str = ""
    emphasis: Emphasis = "normal"
    crowd: bool = False
    fills_frame: bool = False
    shape: Shape | None = None
    rank: float = 0.0
    plain: bool = False


@dataclass(frozen=True)
class PlacedMark:
    """A mark and its box on the display."""

    mark: Mark
    box: PixelBox


def place(marks: Sequence[Mark], region: Region, pixels: Size) -> list[PlacedMark]:
    """The marks that can be seen when `region` is shown at `pixels`, the largest first.

    A box without area or with a coordinate that is not finite is left out; one that would be
    too small to be seen is drawn larger.
    """
    boxes = np.array([mark.box for mark in marks], dtype=np.float64).reshape(-1, 4)
    real = np.isfinite(boxes).all(axis=1) & (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    low, high = _on_display(np.where(real[:, None], boxes, 0.0), region, pixels)
    seen = real & (high > 0).all(axis=1) & (low < pixels).all(axis=1)
    areas = (high - low).prod(axis=1)
    order = [i for i in np.argsort(-areas, kind="stable").tolist() if seen[i]]
    return [PlacedMark(marks[i], PixelBox(*low[i].tolist(), *high[i].tolist())) for i in order]


def _on_display(boxes: np.ndarray, region: Region, pixels: Size) -> tuple[np.ndarray, np.ndarray]:
    """Left, top `(n, 2)` and right, bottom `(n, 2)` of the boxes in display pixels, int64."""
    corners = (boxes.reshape(-1, 2, 2) - region[:2]) * scales(region, pixels)
    edges = np.rint(np.clip(corners, -_FAR, _FAR)).astype(np.int64)
    low, high = edges[:, 0], edges[:, 1]
    lacking = np.maximum(_LEAST - (high - low), 0)
    return low - lacking // 2, high + (lacking + 1) // 2


def mark_colors(marks: Sequence[Mark]) -> tuple[Color, ...]:
    """The colours of marks, those of bright ones first and of those that recede last."""
    ordered = sorted(marks, key=lambda mark: ("bright", "normal", "dim").index(mark.emphasis))
    return tuple(dict.fromkeys(mark.color for mark in ordered))
