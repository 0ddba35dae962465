"""Ink: marks and maps as one array of colours for each display pixel, laid over the photo in one step.

A map may be of another size than the photo: it is stretched over it. It is sampled at the display's pixels,
so that outlines and hatching are as wide as the display needs at every zoom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.model.picture import Color, PixelBox, Region, Size, part_of, scales
from aquarium_tui.render.captions import draw_captions, place_captions, plate_size
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


@dataclass(frozen=True)
class Pen:
    """Measures in display pixels.

    Attributes:
        line: Width of an outline.
        rim: Width of the dark rim of outlines and hatch lines.
        hatch: Width of a hatch line along a row.
        pitch: From one hatch line to the next along a row.
        narrow: The same in boxes where `pitch` would leave but a line or two; a divisor of `pitch`.
        dash: Length of a dash.
        gap: Between two dashes.
        letters: Size of the font of captions.
    """

    line: int
    rim: int
    hatch: int
    pitch: int
    narrow: int
    dash: int
    gap: int
    letters: int

    def pitch_for(self, box: PixelBox) -> int:
        """The pitch of the hatching in a box."""
        return self.pitch if min(box.size) >= 2 * self.pitch else self.narrow

    def width_for(self, box: PixelBox, wider: int) -> int:
        """The width of a box's outline, which leaves most of a small object to be seen."""
        return max(1, min(self.line + wider, min(box.size) // 8))


@dataclass(frozen=True)
class Weight:
    """How strong the lines of an emphasis are; strengths cover what is below by so many of 255.

    Attributes:
        wider: What is added to the width of an outline.
        line: Strength of outlines.
        hatch: Strength of hatching.
        rim: Strength of dark rims.
    """

    wider: int
    line: int
    hatch: int
    rim: int


# Receding marks have no rims and faint hatching, so that what they cover stays visible. Bright ones are
# a pixel wider, so that they stand out even where colours do not.
WEIGHTS: dict[Emphasis, Weight] = {
    "dim": Weight(wider=-1, line=140, hatch=24, rim=0),
    "normal": Weight(wider=0, line=245, hatch=150, rim=85),
    "bright": Weight(wider=1, line=255, hatch=225, rim=120),
}


def pen_for(pixels: Size) -> Pen:
    """The pen for a picture shown at `pixels`: thin on the half cells of a terminal and in small crops."""
    short = min(pixels)
    if short < 80:
        return Pen(line=1, rim=0, hatch=1, pitch=6, narrow=6, dash=3, gap=2, letters=9)
    if short < 200:
        return Pen(line=1, rim=0, hatch=1, pitch=16, narrow=8, dash=4, gap=3, letters=9)
    if short < 900:
        return Pen(line=2, rim=1, hatch=2, pitch=20, narrow=10, dash=8, gap=5, letters=12)
    return Pen(line=3, rim=1, hatch=3, pitch=28, narrow=14, dash=12, gap=8, letters=16)


_BAND = 1 << 14
"""Pixels laid over a photo at a time: few enough to stay in the processor's cache."""


class Dashes(NamedTuple):
    """How the lines of a frame are broken.

    Attributes:
        across: Where horizontal lines are drawn, bool, one element for each column of the display.
        down: Where vertical lines are drawn, one element for each row.
        period: From one dash to the next.
    """

    across: Stencil
    down: Stencil
    period: int


class Ink:
    """What is to be drawn over a picture of `pixels`; later ink replaces earlier ink."""

    def __init__(self, pixels: Size) -> None:
        self._ink: NDArray[np.uint16] = np.zeros((pixels[1], pixels[0]), dtype=np.uint16)
        self._numbers: dict[tuple[int, int, int, int], int] = {(0, 0, 0, 0): 0}

    def number(self, color: Color, strength: int) -> int:
        """The number of the ink of a colour that covers what is below it by `strength` of 255."""
        return self._numbers.setdefault((*color, strength), len(self._numbers))

    def fill(self, box: PixelBox, mask: Stencil, ink: int) -> None:
        """Ink in `box` where `mask`, an array of the display, is set."""
        np.copyto(self._ink[box.slices], ink, where=mask[box.slices])

    def stamp(self, box: PixelBox, mask: Stencil, ink: int, pattern: Stencil | None = None) -> None:
        """Ink where `mask`, an array of `box`, is set, and `pattern`, an array of the display, if given."""
        below = self._ink[box.slices]
        rows, columns = (slice(max(-start, 0), None) for start in (box.top, box.left))
        where = mask[rows, columns][: below.shape[0], : below.shape[1]]
        np.copyto(below, ink, where=where if pattern is None else where & pattern[box.slices])

    def outline(self, box: PixelBox, width: int, ink: int) -> None:
        """A frame inside `box` of lines `width` pixels wide."""
        for side in _sides(box, width):
            self._ink[side.slices] = ink

    def dashed(self, box: PixelBox, width: int, dashes: Dashes, ink: int) -> None:
        """A broken frame inside `box` of lines `width` pixels wide."""
        columns = _cornered(dashes.across, box.left, box.right, dashes.period)[None, :]
        rows = _cornered(dashes.down, box.top, box.bottom, dashes.period)[:, None]
        for side, mask in zip(_sides(box, width), (columns, columns, rows, rows), strict=True):
            np.copyto(self._ink[side.slices], ink, where=mask)

    def over(self, image: Image.Image) -> Image.Image:
        """`image` (RGB) with the ink on it, as a new picture."""
        table = np.array(list(self._numbers), dtype=np.uint8).view(np.uint32).reshape(-1)
        result = image.copy()
        rows = max(1, _BAND // image.width)
        for top in range(0, image.height, rows):
            colors = table[self._ink[top : top + rows]]
            if colors.any():
                layer = Image.fromarray(colors.view(np.uint8).reshape(*colors.shape, 4))
                result.paste(layer.convert("RGB"), (0, top), layer)
        return result


def _sides(box: PixelBox, width: int) -> tuple[PixelBox, PixelBox, PixelBox, PixelBox]:
    """Top, bottom, left and right line of a frame inside `box`."""
    left, top, right, bottom = box
    return (
        PixelBox(left, top, right, top + width),
        PixelBox(left, bottom - width, right, bottom),
        PixelBox(left, top, left + width, bottom),
        PixelBox(right - width, top, right, bottom),
    )


def _cornered(mask: Stencil, start: int, end: int, period: int) -> Stencil:
    """A copy of `mask` from `start` to `end`, as far as it reaches, with whole corners.

    The corners hold a frame together; one too short for dashes has nothing else, and so never looks solid.
    """
    first, length = max(start, 0), end - start
    part = mask[first : max(end, 0)].copy()
    if length < 3 * period:
        part[:] = False
    corner = min(period // 2, length // 3)
    part[: max(start + corner - first, 0)] = True
    part[max(end - corner - first, 0) :] = True
    return part


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


ValueMap = NDArray[Any]
"""`(height, width)` integers."""
LayerStyle = Literal["fill", "outline", "/", "\\"]
"""Filled, the edges between values, or hatched: `/` as base, `\\` as other."""


def sampled(values: ValueMap, size: Size, region: Region, pixels: Size, *, rare: bool = False) -> ValueMap:
    """A map at the pixels of the display, `(pixels[1], pixels[0])`; -1 beyond its edges.

    Args:
        values: `(height, width)` integers of any size.
        size: Width and height that it is stretched over.
        region: What is shown, in pixels of `size`.
        pixels: Width and height of the display.
        rare: Take the largest value within each pixel of the display rather than that at its middle.
    """
    height, width = values.shape
    left, top, right, bottom = part_of(region, size, (0, 0, width, height))
    columns, rows = (_edges(*side) for side in ((left, right, pixels[0]), (top, bottom, pixels[1])))
    if rare:
        found = _largest(values, rows, columns)
    else:
        at = [
            np.clip((e[:-1] + e[1:]) / 2, 0, n - 1).astype(np.intp)
            for e, n in ((rows, height), (columns, width))
        ]
        found = values[np.ix_(*at)].astype(np.int32)
    middles = [(e[:-1] + e[1:]) / 2 for e in (rows, columns)]
    beyond = [(m < 0) | (m >= n) for m, n in zip(middles, (height, width), strict=True)]
    found[beyond[0]] = -1
    found[:, beyond[1]] = -1
    return found


def _edges(start: float, end: float, n: int) -> NDArray[np.float64]:
    return start + (end - start) * np.arange(n + 1) / n


def _largest(values: ValueMap, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> ValueMap:
    """The largest value in each pixel of the display."""
    firsts = [
        np.clip(edges[:-1], 0, n - 1).astype(np.intp)
        for edges, n in ((rows, values.shape[0]), (columns, values.shape[1]))
    ]
    lasts = [
        int(np.clip(np.ceil(edges[-1]), 1, n))
        for edges, n in ((rows, values.shape[0]), (columns, values.shape[1]))
    ]
    seen = values[: lasts[0], : lasts[1]]
    down = np.maximum.reduceat(seen, np.minimum(firsts[0], lasts[0] - 1), axis=0)
    return np.maximum.reduceat(down, np.minimum(firsts[1], lasts[1] - 1), axis=1).astype(np.int32)


def draw_map(
    image: Image.Image,
    values: ValueMap,
    region: Region,
    colors: Mapping[int, Color],
    *,
    style: LayerStyle,
    opacity: float,
) -> Image.Image:
    """The picture under one map, as a new picture.

    Args:
        image: What is shown (RGB).
        values: The map at its pixels, as `sampled` gives it.
        region: What `image` shows, in source pixels; hatching keeps its place in the source.
        colors: Colour by value; other values leave the picture as it is.
        style: How the map is drawn.
        opacity: How much of the picture it hides, 0 to 1.
    """
    strength = np.zeros(max(int(values.max(initial=0)), *colors, 0) + 2, np.uint8)
    color = np.zeros((len(strength), 3), np.uint8)
    for value, rgb in colors.items():
        strength[value], color[value] = round(255 * opacity), rgb
    alpha = strength[values]
    if style == "outline":
        alpha = alpha * _edge(values, pen_for(image.size).line)
    elif style != "fill":
        alpha = alpha * _map_hatching(style, image.size, region)
    drawn = image.copy()
    drawn.paste(Image.fromarray(color[values]), mask=Image.fromarray(alpha))
    return drawn


def _edge(values: ValueMap, line: int) -> NDArray[np.bool_]:
    """Pixels whose right or lower neighbour, `line` pixels away, has another value."""
    edge = np.zeros(values.shape, bool)
    for by in range(1, line + 1):
        edge[:, :-by] |= values[:, :-by] != values[:, by:]
        edge[:-by] |= values[:-by] != values[by:]
    return edge


def _map_hatching(style: LayerStyle, pixels: Size, region: Region) -> NDArray[np.bool_]:
    pen, (across, down) = pen_for(pixels), scales(region, pixels)
    origin = (round(region[0] * across), round(region[1] * down))
    lines = rising if style == "/" else falling
    return lines(pixels, origin, pen.narrow, 0, pen.hatch)
