"""Terminals with 256 colours: the nearest of these that keep what a colour says, and that can be read.

Rich takes the nearest by its red, green and blue alone, which gave losses and gains the same grey, and the
caption of the chosen crop a contrast of 2.2.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.filter import LineFilter

from aquarium_tui.tui.inks import TEXT, contrast

LEVELS = (0, 95, 135, 175, 215, 255)
"""xterm's colours 16 to 231 are a cube of these; 232 to 255 are greys. The first 16 are the user's own."""
_FIRST = 16
_LIGHTNESS = 0.5
"""How much a step in lightness counts of one in hue or chroma: better and worse differ by their hue."""
_COLOURFUL, _STILL_COLOURFUL = 0.055, 0.03
"""The chroma from which on a colour keeps its hue, and what it keeps of its chroma. The grounds of the
strongest cells of a matrix have 0.06; those of cursors have 0.045, and look better as greys."""
_HUE = np.cos(np.radians(40))
"""Cosine of the widest angle between hues that count as one: better and worse are more than 100 degrees
apart in every theme of ours, and neighbours in the cube about 30."""

_SEEN = 2.0
"""The contrast below which something is not meant to be read, such as the lines around a pane."""


def _oklab(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours (..., 3), red, green and blue from 0 to 255, in OKLab (Ottosson 2020)."""
    parts = colours / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    cones = linear @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.asarray(
        np.cbrt(cones)
        @ np.array(
            [
                [0.2104542553, 1.9779984951, 0.0259040371],
                [0.7936177850, -2.4285922050, 0.7827717662],
                [-0.0040720468, 0.4505937099, -0.8086757660],
            ]
        )
    )


_PALETTE = np.array(
    [(r, g, b) for r in LEVELS for g in LEVELS for b in LEVELS] + [(8 + 10 * i,) * 3 for i in range(24)],
    np.float64,
)
_LAB = _oklab(_PALETTE)
_CHROMA = np.hypot(_LAB[:, 1], _LAB[:, 2])


def hex_of(number: int) -> str:
    """The colour of that number, from 16 on, as `#rrggbb`."""
    return "#" + bytes(_PALETTE[number - _FIRST].astype(np.uint8)).hex()


@lru_cache(maxsize=4096)
def nearest(colour: str, ground: str = "", least: float = 0.0) -> int:
    """The number of the colour nearest to `#rrggbb` that keeps its hue and can be read on a ground.

    Args:
        colour: What is wanted.
        ground: The ground as `#rrggbb`.
        least: The contrast that it has to have; where no colour of the hue has it, others are taken.
    """
    wanted = _oklab(np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64))
    distance = ((_LAB - wanted) ** 2 * (_LIGHTNESS, 1, 1)).sum(axis=1)
    chroma = float(np.hypot(*wanted[1:]))
    if chroma >= _COLOURFUL:
        alike = (_LAB[:, 1:] @ wanted[1:]) >= _HUE * _CHROMA * chroma
        distance[~alike | (_CHROMA < _STILL_COLOURFUL)] += 10  # Farther than any other.
    numbers: list[int] = (np.argsort(distance, kind="stable") + _FIRST).tolist()
    return next((n for n in numbers if not ground or contrast(hex_of(n), ground) >= least), numbers[0])


@lru_cache(maxsize=8192)
def _in_palette(style: Style, behind: str) -> Style:
    """`style` in colours of the palette, with enough contrast to be read if it could be before."""
    ground = _hex(style.bgcolor) or behind
    number = nearest(ground)
    ink = _hex(style.color)
    colours = Style(bgcolor=Color.from_ansi(number))
    if ink:
        least = TEXT if contrast(ink, ground) >= _SEEN else 0.0
        colours += Style(color=Color.from_ansi(nearest(ink, hex_of(number), least)))
    return style + colours


def _hex(colour: Color | None) -> str:
    """A colour as `#rrggbb`; nothing for one that the terminal chooses."""
    return "" if colour is None or colour.is_default else colour.get_truecolor().hex


class FewColours(LineFilter):
    """Brings what is written to the 256 colours of a terminal."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """The segments in colours of the palette."""
        behind = background.hex6
        return [
            segment if style is None else Segment(text, _in_palette(style, behind), control)
            for segment in segments
            for text, style, control in (segment,)
        ]
