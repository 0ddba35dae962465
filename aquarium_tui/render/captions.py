"""Captions beside their boxes: none over another, none over the edge of the picture."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Color, PixelBox, Size
from aquarium_tui.render.mark import MarkOwner, PlacedMark
from aquarium_tui.render.patterns import falling, rising

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
