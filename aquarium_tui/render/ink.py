"""Ink: one array that says which colour lies on each display pixel, laid over the photo in one step."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.model.picture import Color, PixelBox, Size
from aquarium_tui.render.mark import Emphasis, Stencil


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
