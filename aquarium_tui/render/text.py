"""Words inside a picture: in Pillow's built-in font, or in one of the machine's where that lacks a letter."""

import unicodedata
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from aquarium_tui.model.names import visible

_BUILT_IN = ""
_FAMILIES = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "Arial.ttf",
)
_NO_LETTER = "\uffff"
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
    """One line of `text` as coverage (mode L), as wide as the text and as high as `metrics` says."""
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
