"""Ink: one array that says which colour lies on each display pixel, laid over the photo in one step."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.render.patterns import Mask
from aquarium_tui.render.region import Box, Color, Size

_BAND = 1 << 14
"""Pixels laid over a photo at a time: few enough to stay in the processor's cache."""


class Dashes(NamedTuple):
    """How the lines of a frame are broken.

    Attributes:
        across: Where horizontal lines are drawn, bool, one element for each column of the display.
        down: Where vertical lines are drawn, one element for each row.
        period: From one dash to the next.
    """

    across: Mask
    down: Mask
    period: int


class Ink:
    """What is to be drawn over a picture of `pixels`; later ink replaces earlier ink."""

    def __init__(self, pixels: Size) -> None:
        self._ink: NDArray[np.uint16] = np.zeros((pixels[1], pixels[0]), dtype=np.uint16)
        self._numbers: dict[tuple[int, int, int, int], int] = {(0, 0, 0, 0): 0}

    def number(self, color: Color, strength: int) -> int:
        """The number of the ink of a colour that covers what is below it by `strength` of 255."""
        return self._numbers.setdefault((*color, strength), len(self._numbers))

    def fill(self, box: Box, mask: Mask, ink: int) -> None:
        """Ink in `box` where `mask`, an array of the display, is set."""
        np.copyto(self._ink[box.slices], ink, where=mask[box.slices])

    def stamp(self, box: Box, mask: Mask, ink: int, pattern: Mask | None = None) -> None:
        """Ink where `mask`, an array of `box`, is set, and `pattern`, an array of the display, if given."""
        below = self._ink[box.slices]
        rows, columns = (slice(max(-start, 0), None) for start in (box.top, box.left))
        where = mask[rows, columns][: below.shape[0], : below.shape[1]]
        np.copyto(below, ink, where=where if pattern is None else where & pattern[box.slices])

    def outline(self, box: Box, width: int, ink: int) -> None:
        """A frame inside `box` of lines `width` pixels wide."""
        for side in _sides(box, width):
            self._ink[side.slices] = ink

    def dashed(self, box: Box, width: int, dashes: Dashes, ink: int) -> None:
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


def _sides(box: Box, width: int) -> tuple[Box, Box, Box, Box]:
    """Top, bottom, left and right line of a frame inside `box`."""
    left, top, right, bottom = box
    return (
        Box(left, top, right, top + width),
        Box(left, bottom - width, right, bottom),
        Box(left, top, left + width, bottom),
        Box(right - width, top, right, bottom),
    )


def _cornered(mask: Mask, start: int, end: int, period: int) -> Mask:
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
