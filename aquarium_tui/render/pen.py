"""The measures and strengths of lines.

They depend on the display alone, so that marks look alike at every zoom.
"""

from dataclasses import dataclass

from aquarium_tui.render.mark import Emphasis
from aquarium_tui.render.region import Box, Size


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

    def pitch_for(self, box: Box) -> int:
        """The pitch of the hatching in a box."""
        return self.pitch if min(box.size) >= 2 * self.pitch else self.narrow

    def width_for(self, box: Box, wider: int) -> int:
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
