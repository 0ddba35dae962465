"""Mask files: the values of their pixels, and what a file must be to hold any."""

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media.png import SIGNATURE, png_pixels
from aquarium_tui.media.source import opened, source
from aquarium_tui.media.stamp import unreadable
from aquarium_tui.model.masks import COLOR, MaskValues

_MOST_VALUES = 128
"""A picture with more values than this is taken for a photo, unless it has a palette or 16 bits: masks of the
known datasets have up to 66 classes, and photos thousands of colours."""
_NEVER_PHOTOS = ("P", "1", "I", "I;16")
_MOST_BYTES = 1 << 28
"""Bytes of a file that are read at once; a larger one is a mask of more pixels than are decoded so."""
_PIXELS_PER_SECOND = 600_000_000
"""A mask of 2048 × 1024 decodes in 1 to 7 ms, and is counted in one more."""


def read_mask(path: str) -> MaskValues:
    """The values of the pixels of the PNG at `path`: uint8, uint16, or uint32 where it is colour-coded.

    Palettes and transparency are ignored: the value of a palette picture is the index.

    Raises:
        InputError: The file cannot be read, or is not a mask.
    """
    content = _content(path)
    pixels = png_pixels(content) if content else None
    if pixels is not None:
        return pixels if pixels.ndim == 2 else _of_channels(pixels)
    with opened(path, content=io.BytesIO(content) if content else None) as image:
        _check(image, path)
        return _READERS[image.mode](np.asarray(image))


def _content(path: str) -> bytes:
    """The file if it can be read at once; empty if not, or if `opened` has to say what is wrong."""
    try:
        with source(path).open() as file:
            if file.read(len(SIGNATURE)) != SIGNATURE:
                return b""
            content = SIGNATURE + file.read(_MOST_BYTES)
    except (OSError, ValueError, InputError, MemoryError):
        return b""
    return content if len(content) < _MOST_BYTES else b""


def bitmap_of(content: bytes, most: int) -> NDArray[np.bool_] | None:
    """The `(height, width)` bool pixels of a PNG that are set, of its last channel if it has several.

    Args:
        content: The file.
        most: The number of pixels from which on it is not decoded.

    Returns:
        None if it is damaged, not a PNG, or too large.
    """
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.width * image.height > most:
                return None
            values = np.asarray(image)
    except Exception:  # decoders of hostile files raise nearly everything
        return None
    return np.asarray(values > 0 if values.ndim == 2 else values[..., -1] > 0)


def mask_file(values: MaskValues) -> bytes:
    """The content of a PNG file that `read_mask` reads as these values, uint8 or uint16."""
    content = io.BytesIO()
    Image.fromarray(values).save(content, "PNG")
    return content.getvalue()


def mask_size(path: str) -> tuple[int, int]:
    """Width and height of the mask at `path`, from its header alone.

    Raises:
        InputError: The file cannot be read, or is not a mask.
    """
    with opened(path) as image:
        _check(image, path)
        return image.size


def holds_classes(path: str) -> bool:
    """Whether the picture at `path` seems to hold classes rather than a photo: few of its values differ.

    One that cannot be read is taken for a mask, so that reading it says what is wrong.
    """
    try:
        with opened(path) as image:
            return image.mode in _NEVER_PHOTOS or image.getcolors(_MOST_VALUES) is not None
    except InputError:
        return True


def decoding_seconds(pixels: int) -> float:
    """About how long masks of so many pixels take to read on one core."""
    return pixels / _PIXELS_PER_SECOND


def _check(image: Image.Image, path: str) -> None:
    if image.format != "PNG" or image.mode not in _READERS:
        kind = f"a {image.format} picture of mode {image.mode}"
        raise unreadable(
            f"{kind}, not a mask", path, "Masks are PNG files of one value, or one colour, per pixel."
        )


def _plain(pixels: MaskValues) -> MaskValues:
    return pixels


def _bits(pixels: MaskValues) -> MaskValues:
    return pixels.astype(np.uint8)


def _wide(pixels: MaskValues) -> MaskValues:
    return pixels.astype(np.uint16)


def _of_channels(pixels: MaskValues) -> MaskValues:
    return _first(pixels) if pixels.shape[2] == 2 else _colors(pixels)


def _first(pixels: MaskValues) -> MaskValues:
    return np.ascontiguousarray(pixels[:, :, 0])


def _colors(pixels: MaskValues) -> MaskValues:
    red, green, blue = (pixels[:, :, i].astype(np.uint32) for i in range(3))
    return np.asarray((red << 16) | (green << 8) | blue | np.uint32(COLOR))


_READERS: Mapping[str, Callable[[MaskValues], MaskValues]] = {
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
