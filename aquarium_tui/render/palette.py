"""Default colours of classes, outcomes and changes, in pictures.

The class colours were chosen greedily, each as far as possible (in OKLab, lightness weighted 0.8) from those
before it, among colours light and strong enough to be seen on a photo. The colour-blind palette starts with
Okabe and Ito's and keeps its distance under simulated protanopia and deuteranopia (Machado et al. 2009).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from aquarium_tui.model.picture import Color, Size
from aquarium_tui.render.captions import drawable, font_for, metrics

PaletteName = Literal["default", "colourblind"]

_DEFAULT = """
    4aa8ff ff9326 4fd66a ff5470 b48cff ffe04a 2fd6d0 ff7ad9 b5e61d c8824f aa00ff 668822
    cc22aa 5566ff 996699 009999 ff00ff eebbff bbbb66 aaffbb 00ff00 ee99aa 00aa00 dd3300
    cc55ee 88ccff 66ffff ff1199 0088cc cc4477 77aa77 ffbb88 8888cc 9955cc 88aa00 33ff99
    cc66bb 997722 cc7788 ff6622 aaaaee cc9900 aa6655 ccdd99 7788ff eebb22 00bbdd 8855ff
    00dd00 88cc99 00bb77 009966 0088ff ff11cc bb88bb ee0055 cc00dd ff66ff 55eebb ee99ff
    00bbaa ee77aa dd6655 ee9977 bb6600 aacc44 7766dd dd77ee 99ff00 ffdd99 999944 ccee77
    ee55cc 77aadd 33ddff 66ee55 ff3333 aa66ff 4499bb dd0077 5577cc aa77cc 99ff77 ff55aa
    aa55aa ddaa66 55bb33 ff7777 339933 ff99dd aa44ee dd88cc dd4455 dd6600 88bb66 dd33ff
"""
_COLOURBLIND = """
    56b4e9 e69f00 009e73 f0e442 d55e00 cc79a7 3f7de0 77ffff
    775588 44ddaa bb1122 5522ff 66ffaa 44ddff 9900bb 5599ff
"""


@dataclass(frozen=True)
class Palette:
    """A set of colours that go together.

    Attributes:
        classes: Colours of classes by position; further classes begin again.
        words: Colours of outcomes and changes by their word.
        only: Whether its colours stand in the place of those that classes name.
    """

    classes: tuple[Color, ...]
    words: Mapping[str, Color]
    only: bool = False

    def class_color(self, index: int) -> Color:
        """The colour of the class at position `index`."""
        return self.classes[index % len(self.classes)]

    def word_color(self, word: str) -> Color:
        """The colour of an outcome or change; grey for a word without one (`none`, `ignored`)."""
        return self.words.get(word, _GREY)


def palette(name: PaletteName = "default") -> Palette:
    """The palette called `name`."""
    return _PALETTES[name]


def class_color(index: int, name: PaletteName = "default") -> Color:
    """The colour of the class at position `index` in the palette called `name`."""
    return palette(name).class_color(index)


def parse_color(text: str) -> Color:
    """The colour written as six hexadecimal digits, with or without `#` before them."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return (red, green, blue)


_GREY = (158, 158, 164)
"""Of what has no colour of its own: readable on dark and on light backgrounds."""


def _palette(classes: str, words: dict[str, str], only: bool = False) -> Palette:
    colors = {word: parse_color(color) for word, color in words.items()}
    return Palette(tuple(map(parse_color, classes.split())), MappingProxyType(colors), only)


_PALETTES: dict[PaletteName, Palette] = {
    "default": _palette(
        _DEFAULT,
        {
            "correct": "4fd66a",
            "confused": "ffb02e",
            "missed": "ff5470",
            "spurious": "d68cff",
            "fixed": "4fd66a",
            "broken": "ff4b4b",
            "moved": "ffb02e",
            "same_error": "d68cff",
            "both_correct": "6fb7c9",
            "both_right": "3f7fff",
            "both_wrong": "ffd83d",
        },
    ),
    "colourblind": _palette(
        _COLOURBLIND,
        {
            "correct": "56b4e9",
            "confused": "f0e442",
            "missed": "e8590c",
            "spurious": "cc79a7",
            "fixed": "56b4e9",
            "broken": "e8590c",
            "moved": "f0e442",
            "same_error": "cc79a7",
            "both_correct": "009e73",
            "both_right": "31478f",
            "both_wrong": "f0e442",
        },
        only=True,
    ),
}


_CARD = (44, 45, 49)
_EDGE = (70, 71, 77)
_WORDS = (196, 197, 202)
"""The card that stands for a photo that cannot be read: dark, so that it is not taken for one."""
_LONGEST = 300
"""Characters of a reason: a long path fits."""
_LEAST_WORDS = 40
"""Pixels of width below which not even a short word fits."""


def placeholder(size: Size, reason: str) -> Image.Image:
    """A quiet grey card of `size` pixels with the reason in words; what finds no room is cut off.

    Where there is no room for a word, the card is crossed out.
    """
    image = Image.new("RGB", size, _CARD)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=_EDGE)
    text = drawable(reason, _LONGEST)
    letters = max(9, min(20, size[1] // 9, size[0] // 16))
    ascent, descent = metrics(letters)
    font, line, margin = font_for(text, letters), ascent + descent + 1, letters // 3
    room = max(0, (size[1] - 2 * margin) // line)
    if room == 0 or size[0] < _LEAST_WORDS:
        draw.line([(0, 0), (size[0] - 1, size[1] - 1)], fill=_EDGE)
        draw.line([(0, size[1] - 1), (size[0] - 1, 0)], fill=_EDGE)
        return image
    lines = _wrapped(text, font, size[0] - 2 * margin)[:room]
    top = (size[1] - len(lines) * line) // 2 + ascent
    for i, words in enumerate(lines):
        draw.text((size[0] // 2, top + i * line), words, fill=_WORDS, font=font, anchor="ms")
    return image


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """`text` in lines of at most `width` pixels, broken at spaces and inside words longer than a line."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
            continue
        lines.append("")
        for letter in word:
            if font.getlength(lines[-1] + letter) > width:
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]
