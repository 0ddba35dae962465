"""What is drawn on a picture: marks, and where they fall on the display."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aquarium_tui.model.picture import Color, PixelBox, Region, Size, scales
from aquarium_tui.render.shapes import Shape

MarkOwner = Literal["label", "base", "other"]
Emphasis = Literal["bright", "normal", "dim"]

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
