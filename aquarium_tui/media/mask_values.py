"""A mask file as the values of its pixels."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.media.opening import opened, unreadable
from aquarium_tui.model.masks import COLOR

Raw = NDArray[Any]
"""`(height, width)` unsigned integers, as in `Masks.values`."""


def read_mask(path: str) -> Raw:
    """The values of the pixels of the PNG at `path`: uint8, uint16, or uint32 where it is colour-coded.

    A palette is not looked at: the value is the index. Transparency is left aside.

    Raises:
        InputError: The file cannot be read, or is no mask.
    """
    with opened(path) as image:
        _check(image, path)
        return _READERS[image.mode](np.asarray(image))


def mask_size(path: str) -> tuple[int, int]:
    """Width and height of the mask at `path`, from its header alone.

    Raises:
        InputError: The file cannot be read, or is no mask.
    """
    with opened(path) as image:
        _check(image, path)
        return image.size


def _check(image: Image.Image, path: str) -> None:
    if image.format != "PNG" or image.mode not in _READERS:
        kind = f"a {image.format} picture of mode {image.mode}"
        raise unreadable(
            f"{kind}, no mask", path, "Masks are PNG files of one value, or one colour, a pixel."
        )


def _plain(pixels: Raw) -> Raw:
    return pixels


def _bits(pixels: Raw) -> Raw:
    return pixels.astype(np.uint8)


def _wide(pixels: Raw) -> Raw:
    return pixels.astype(np.uint16)


def _first(pixels: Raw) -> Raw:
    return np.ascontiguousarray(pixels[:, :, 0])


def _colors(pixels: Raw) -> Raw:
    red, green, blue = (pixels[:, :, i].astype(np.uint32) for i in range(3))
    return np.asarray((red << 16) | (green << 8) | blue | np.uint32(COLOR))


_READERS: Mapping[str, Callable[[Raw], Raw]] = {
    "1": _bits,
    "L": _plain,
    "P": _plain,
    "LA": _first,
    "I;16": _wide,
    "I;16B": _wide,
    "RGB": _colors,
    "RGBA": _colors,
}
"""By Pillow's mode: how its pixels become values."""
