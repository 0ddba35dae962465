"""Marks as ink: which lines are drawn where, and which of them lie on top."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PIL import Image

from aquarium_tui.model.picture import Color, PixelBox, Region, Size, scales
from aquarium_tui.render.captions import draw_captions, place_captions, plate_size
from aquarium_tui.render.ink import WEIGHTS, Dashes, Ink, Pen, Weight, pen_for
from aquarium_tui.render.mark import (
    Emphasis,
    Mark,
    MarkOwner,
    PlacedMark,
    Shape,
    Stencil,
    covered,
    dashes,
    edges,
    falling,
    grown,
    place,
    rising,
)

_BACK_TO_FRONT: tuple[Emphasis, ...] = ("dim", "normal", "bright")


def draw_marks(
    image: Image.Image,
    marks: Sequence[Mark],
    region: Region,
    *,
    captions: bool = True,
    hatching: bool = True,
) -> Image.Image:
    """`image` with marks on it, as a new picture.

    HatchLines and hatching are measured in pixels of `image`, whatever the zoom. Marks that recede lie under
    normal ones, these under bright ones, and large ones under small ones.

    Args:
        image: The shown region (RGB) at the size at which it is displayed.
        marks: Boxes in source pixels.
        region: What `image` shows, in source pixels.
        captions: Whether captions are written.
        hatching: Whether boxes of inferences are hatched.
    """
    placed = place(marks, region, image.size)
    if not placed:
        return image.copy()
    pen = pen_for(image.size)
    brush = Brush(image.size, region, pen)
    for emphasis in _BACK_TO_FRONT:
        boxes = [one for one in placed if _weight(one.mark) == emphasis and not one.mark.fills_frame]
        brush.draw(boxes, WEIGHTS[emphasis], hatching=hatching)
    drawn = brush.ink.over(image)
    if captions:
        measure = partial(plate_size, letters=pen.letters)
        draw_captions(drawn, place_captions(placed, image.size, measure), pen.letters)
    return drawn


def _weight(mark: Mark) -> Emphasis:
    """How strong a mark is drawn: a plain one recedes unless it is the one that is looked at."""
    return "dim" if mark.plain and mark.emphasis == "normal" else mark.emphasis


HatchLines = dict[int, dict[MarkOwner, Stencil]]
"""Hatch lines of base and other by pitch."""

_DARK: Color = (6, 6, 10)
"""Beside every line, so that it is seen on bright parts of a photo."""
_ORDER: dict[MarkOwner, int] = {"label": 0, "base": 1, "other": 2}
"""Which lines lie on top: inferences on labels, as they are what is judged."""


class Brush:
    """Draws marks with one pen on a display that shows `region` at `pixels`.

    Attributes:
        ink: What has been drawn.
    """

    def __init__(self, pixels: Size, region: Region, pen: Pen) -> None:
        self.ink = Ink(pixels)
        self._region, self._pixels, self._shape = region, pixels, (pixels[1], pixels[0])
        self._covers: dict[Shape, tuple[PixelBox, Stencil]] = {}
        self._pen = pen
        origin = _origin(region, pixels)
        pitches = {pen.pitch, pen.narrow}
        self._hatching = {pitch: _hatching(pixels, origin, pitch, pen.hatch) for pitch in pitches}
        self._rims = {pitch: _hatching(pixels, origin, pitch, pen.hatch, pen.rim) for pitch in pitches}
        self._dashes = _dashes(pixels, origin, pen)

    def draw(self, placed: Sequence[PlacedMark], weight: Weight, *, hatching: bool = True) -> None:
        """Marks of one weight over what has been drawn: all hatching below all outlines.

        Outlines of base and other lie on those of labels, so that where they coincide both are seen.
        """
        rims = self._pen.rim if weight.rim else 0
        dark = self.ink.number(_DARK, weight.rim)
        hatched = [one for one in placed if hatching and one.mark.kind != "label" and not one.mark.plain]
        for one in hatched if rims else ():
            self._hatch(one, self._rims, dark)
        for one in hatched:
            self._hatch(one, self._hatching, self.ink.number(one.mark.color, weight.hatch))
        for one in placed if rims else ():
            self._rim(one, self._pen.width_for(one.box, weight.wider), rims, dark)
        for one in sorted(placed, key=lambda one: _ORDER[one.mark.kind]):
            self._outline(
                one, self._pen.width_for(one.box, weight.wider), self.ink.number(one.mark.color, weight.line)
            )

    def _hatch(self, one: PlacedMark, lines: HatchLines, ink: int) -> None:
        pattern = lines[self._pen.pitch_for(one.box)][one.mark.kind]
        cover = self._cover(one)
        if cover is None:
            self.ink.fill(one.box, pattern, ink)
        else:
            self.ink.stamp(*cover, ink, pattern)

    def _rim(self, one: PlacedMark, width: int, rims: int, ink: int) -> None:
        cover = self._cover(one)
        if cover is None:
            self.ink.outline(one.box.grown(rims), width + 2 * rims, ink)
        else:
            box, mask = cover
            level, upright = edges(grown(mask, rims), width + 2 * rims)
            self.ink.stamp(box.grown(rims), level | upright, ink)

    def _outline(self, one: PlacedMark, width: int, ink: int) -> None:
        cover = self._cover(one)
        if cover is not None:
            self._edge(one, cover, width, ink)
            return
        if one.mark.kind != "label":
            self.ink.dashed(one.box, width, self._dashes[one.mark.kind], ink)
            return
        self.ink.outline(one.box, width, ink)
        if one.mark.crowd:
            self.ink.outline(one.box.grown(-2 * width), width, ink)

    def _edge(self, one: PlacedMark, cover: tuple[PixelBox, Stencil], width: int, ink: int) -> None:
        """The outline of a mask: of labels solid, of base and other broken along each of its sides."""
        box, mask = cover
        level, upright = edges(mask, width)
        if one.mark.kind == "label":
            self.ink.stamp(box, level | upright, ink)
            return
        broken = self._dashes[one.mark.kind]
        self.ink.stamp(box, level, ink, np.broadcast_to(broken.across, self._shape))
        self.ink.stamp(box, upright, ink, np.broadcast_to(broken.down[:, None], self._shape))

    def _cover(self, one: PlacedMark) -> tuple[PixelBox, Stencil] | None:
        """The pixels of a mark's mask; None where it has no mask, or one too small to be seen."""
        shape = one.mark.shape
        if shape is None:
            return None
        if shape not in self._covers:
            self._covers[shape] = covered(shape, self._region, self._pixels)
        cover = self._covers[shape]
        return cover if cover[1].any() else None


def _origin(region: Region, pixels: Size) -> tuple[int, int]:
    """Where the display's top left pixel lies in the whole picture at this scale."""
    across, down = scales(region, pixels)
    return (round(region[0] * across), round(region[1] * down))


def _hatching(
    pixels: Size, origin: tuple[int, int], pitch: int, width: int, rim: int = 0
) -> dict[MarkOwner, Stencil]:
    """The hatch lines of base and other, `rim` pixels wider on both sides."""
    return {
        "base": rising(pixels, origin, pitch, -rim, width + 2 * rim),
        "other": falling(pixels, origin, pitch, -rim, width + 2 * rim),
    }


def _dashes(pixels: Size, origin: tuple[int, int], pen: Pen) -> dict[MarkOwner, Dashes]:
    """The dashes of base and other, half a period apart, so that both are seen where the lines coincide."""
    starts: dict[MarkOwner, int] = {"base": 0, "other": (pen.dash + pen.gap) // 2}
    return {
        kind: Dashes(
            dashes(pixels[0], origin[0], pen.dash, pen.gap, start),
            dashes(pixels[1], origin[1], pen.dash, pen.gap, start),
            pen.dash + pen.gap,
        )
        for kind, start in starts.items()
    }
