"""Masks: one picture per frame whose pixels are classes; the files stay where they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import joined

MaskValues = NDArray[Any]
"""`(height, width)` unsigned integers: the values of the pixels of a mask, as in `Masks.values`."""

COLOR = 1 << 24
"""Stands above the 24 bits of a colour in the value of a pixel of a colour-coded mask."""


@dataclass(frozen=True)
class Masks:
    """The label masks of a dataset, or the masks of one inference set.

    Attributes:
        folder: Where the paths start that are neither absolute nor a URL.
        path: One per frame, with slashes; absent where the frame has no mask.
        values: Class id of the project by the value of a pixel; a colour's value is `COLOR + 0xRRGGBB`.
        pixels: How many pixels have each value, over all masks, when they were uploaded.
    """

    folder: str
    path: Text
    values: Mapping[int, int]
    pixels: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many frames have a mask."""
        return int(np.count_nonzero(~self.path.missing))

    def file(self, frame: int) -> str | None:
        """The path of a frame's mask; None where it has none."""
        path = self.path[frame]
        return None if path is None else joined(self.folder, path)


def color_value(color: tuple[int, int, int]) -> int:
    """The value of a pixel of that colour."""
    red, green, blue = color
    return COLOR | red << 16 | green << 8 | blue


def grey_level(value: int) -> int | None:
    """The value that a pixel of three equal channels would have in a grey mask; None for another colour."""
    level = value & 0xFF
    return level if value == color_value((level, level, level)) else None


def value_text(value: int) -> str:
    """A value as people write it: `7`, or `#aabbcc` for a colour."""
    return f"#{value & 0xFFFFFF:06x}" if value >= COLOR else str(value)
