"""The card that is shown where a picture cannot be."""

from PIL import Image, ImageDraw, ImageFont

from aquarium_tui.model.picture import Size
from aquarium_tui.render.captions import drawable, font_for, metrics

_CARD = (44, 45, 49)
_EDGE = (70, 71, 77)
_WORDS = (196, 197, 202)
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
