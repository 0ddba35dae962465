"""Marks as ink: which lines are drawn where, and which of them lie on top."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Color, PixelBox, Region, Size, scales
from aquarium_tui.render.ink import WEIGHTS, Dashes, Ink, Pen, Weight, pen_for
from aquarium_tui.render.mark import Emphasis, Mark, MarkOwner, PlacedMark, place
from aquarium_tui.render.patterns import Stencil, dashes, falling, rising
from aquarium_tui.render.shapes import Shape, covered, edges, grown

_BUILT_IN = ""
"""The font that comes with Pillow, which has little but ASCII; other families are tried in turn."""
_FAMILIES = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "Arial.ttf",
)
_NO_LETTER = "\uffff"
"""No font has this character: it is drawn as every other that a font lacks."""
_PLAIN = str.maketrans({"–": "-", "—": "-", "−": "-", "→": ">", "×": "x", "·": ".", "’": "'", "ß": "ss"})


def drawable(text: str, most: int) -> str:
    """At most `most` characters of `text`, control characters made visible, as some font can write them."""
    shown = visible(text[: 4 * most])
    if _covering(shown) is None:
        parts = unicodedata.normalize("NFKD", shown.translate(_PLAIN))
        shown = "".join(c for c in parts if not unicodedata.combining(c))
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def font_for(text: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of `size` pixels that has the letters of `text`; the built-in one if none has."""
    font = _font(_covering(text) or _BUILT_IN, size)
    assert font is not None
    return font


def metrics(size: int) -> tuple[int, int]:
    """Height above and depth below the line, in pixels, of letters of `size`."""
    _, top, _, bottom = font_for("", size).getbbox("Hgjpqy|", anchor="ls")
    return -int(top), int(bottom)


def ink_of(text: str, size: int) -> Image.Image:
    """One line of `text` as coverage (mode L), as wide as the text and as high as `metrics` gives."""
    font = font_for(text, size)
    ascent, descent = metrics(size)
    image = Image.new("L", (max(1, round(font.getlength(text))), ascent + descent))
    ImageDraw.Draw(image).text((0, ascent), text, fill=255, font=font, anchor="ls")
    return image


@lru_cache(maxsize=1024)
def _covering(text: str) -> str | None:
    """The first family that has every letter of `text`."""
    letters = {c for c in text if not c.isascii()}
    return next((family for family in (_BUILT_IN, *_FAMILIES) if all(_has(family, c) for c in letters)), None)


@lru_cache(maxsize=4096)
def _has(family: str, letter: str) -> bool:
    font = _font(family, 12)
    return font is not None and bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))


@lru_cache(maxsize=64)
def _font(family: str, size: int) -> ImageFont.FreeTypeFont | None:
    """A font by the name of its file, None where this machine has none."""
    try:
        font = ImageFont.truetype(family, size) if family else ImageFont.load_default(size)
    except OSError:
        return None
    return font if isinstance(font, ImageFont.FreeTypeFont) else None


_LONGEST = 48
"""Characters of a caption: a class, a confidence and an IoU fit; longer names hide the picture."""
_SHARE = 0.1
"""The share of the picture that all captions may cover together; more would hide what they are about."""
_PLATE = (16, 17, 20, 210)
_WORDS = (244, 244, 246, 255)
_CORNERS: dict[MarkOwner, tuple[str, ...]] = {
    "label": ("top left", "top right", "bottom left", "bottom right"),
    "base": ("bottom left", "top left", "bottom right", "top right"),
    "other": ("bottom right", "top right", "bottom left", "top left"),
}


def place_captions(
    placed: Sequence[PlacedMark], pixels: Size, letters: int
) -> Iterator[tuple[Image.Image, PixelBox]]:
    """The captions that find room on a display of `pixels`, as plates (RGBA) and their places.

    Bright marks come before normal ones, larger before smaller; those that recede have none. A label prefers
    its box's top left corner, base the bottom left, other the bottom right. Together they take at most
    a share of the picture.

    Args:
        placed: Marks and their boxes on the display, the largest first.
        pixels: Width and height of the display.
        letters: Size of the font in pixels.
    """
    taken = np.zeros((pixels[1], pixels[0]), dtype=np.bool_)
    room = int(taken.size * _SHARE)
    for one in sorted(placed, key=lambda one: one.mark.emphasis != "bright"):
        if not one.mark.caption or one.mark.emphasis == "dim":
            continue
        plate = _plate(one.mark.caption, one.mark.kind, one.mark.color, letters)
        places = _places(one, plate.size, pixels)
        box = next((box for box in places if not taken[box.slices].any()), None)
        if box is not None and plate.width * plate.height <= room:
            room -= plate.width * plate.height
            taken[box.slices] = True
            yield plate, box


@lru_cache(maxsize=1024)
def _plate(caption: str, kind: MarkOwner, color: Color, letters: int) -> Image.Image:
    """A caption on its plate (RGBA): a swatch that is drawn as the box is, then the words."""
    words = ink_of(drawable(caption, _LONGEST), letters)
    pad, swatch = max(1, letters // 5), max(4, round(letters * 0.75))
    plate = Image.new("RGBA", (swatch + 2 * pad + words.width, words.height + 2), _PLATE)
    plate.paste((*color, 255), (0, 0), Image.fromarray(_swatch(kind, (swatch, plate.height))))
    plate.paste(_WORDS, (swatch + pad, 1), words)
    return plate


def _swatch(kind: MarkOwner, size: Size) -> NDArray[np.bool_]:
    if kind == "label":
        return np.ones((size[1], size[0]), dtype=np.bool_)
    lines: Any = rising if kind == "base" else falling
    return np.array(lines(size, (0, 0), 5, 0, 2))


def _places(one: PlacedMark, size: Size, pixels: Size) -> Iterator[PixelBox]:
    """Where a plate of `size` may lie: outside the four corners of the box, then inside them."""
    box = PixelBox(
        *(min(max(edge, 0), limit) for edge, limit in zip(one.box, (*pixels, *pixels), strict=True))
    )
    width, height = size
    if width > pixels[0]:
        return
    roomy = width < box.size[0] and 4 * height < box.size[1]
    for outside in (True, False) if roomy else (True,):
        for corner in _CORNERS[one.mark.kind]:
            left = box.left if "left" in corner else box.right - width
            left = min(max(left, 0), pixels[0] - width)
            top = _top(box, height, "top" in corner, outside)
            if top >= 0 and top + height <= pixels[1]:
                yield PixelBox(left, top, left + width, top + height)


def _top(box: PixelBox, height: int, above: bool, outside: bool) -> int:
    if above:
        return box.top - height - 1 if outside else box.top + 3
    return box.bottom + 1 if outside else box.bottom - height - 3


_BACK_TO_FRONT: tuple[Emphasis, ...] = ("dim", "normal", "bright")


def draw_marks(
    image: Image.Image, marks: Sequence[Mark], region: Region, *, captions: bool = True
) -> Image.Image:
    """`image` with marks on it, as a new picture.

    HatchLines and hatching are measured in pixels of `image`, whatever the zoom. Marks that recede lie under
    normal ones, these under bright ones, and large ones under small ones.

    Args:
        image: The shown region (RGB) at the size at which it is displayed.
        marks: Boxes in source pixels.
        region: What `image` shows, in source pixels.
        captions: Whether captions are written.
    """
    placed = place(marks, region, image.size)
    if not placed:
        return image.copy()
    pen = pen_for(image.size)
    brush = Brush(image.size, region, pen)
    for emphasis in _BACK_TO_FRONT:
        boxes = [one for one in placed if one.mark.emphasis == emphasis and not one.mark.fills_frame]
        brush.draw(boxes, WEIGHTS[emphasis])
    drawn = brush.ink.over(image)
    for plate, box in place_captions(placed, image.size, pen.letters) if captions else ():
        drawn.paste(plate, (box.left, box.top), plate)
    return drawn


HatchLines = dict[int, dict[MarkOwner, Stencil]]
"""Hatch lines of base and other by pitch."""

_DARK: Color = (6, 6, 10)
_ORDER: dict[MarkOwner, int] = {"label": 0, "base": 1, "other": 2}


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

    def draw(self, placed: Sequence[PlacedMark], weight: Weight) -> None:
        """Marks of one weight over what has been drawn: all hatching below all outlines.

        Outlines of base and other lie on those of labels, so that where they coincide both are seen.
        """
        rims = self._pen.rim if weight.rim else 0
        dark = self.ink.number(_DARK, weight.rim)
        hatched = [one for one in placed if one.mark.kind != "label"]
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
