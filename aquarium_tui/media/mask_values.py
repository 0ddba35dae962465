"""Mask files: what a file must be to hold values of pixels, and these values, of PNG files by libdeflate.

libdeflate inflates a mask of 2048 × 1024 in 0.7 ms, where zlib takes three times as long, but the filters of
the rows are undone by whoever calls it. NumPy undoes those that add the pixel to the left or above. The other
two depend on the result of both; Pillow does those in C.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import deflate
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media.remote import unreadable
from aquarium_tui.media.source import MAX_SIDE, opened, source
from aquarium_tui.model.masks import COLOR, MaskValues

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By the colour type of a PNG: grey, RGB, palette, grey and alpha, RGB and alpha."""
HEAD = struct.Struct(">IIBBBBB")

_GREY = 0
_SUB, _UP = 1, 2
"""A colour type, and the filters that add the pixel to the left or above, as PNG numbers them."""
_CHUNK = struct.Struct(">I4s")
_START = 1 << 16
"""Bytes of the first rows, whose filters tell much of the others."""
_BLOCK = 1 << 17
"""Bytes of rows that are summed at once."""
_MOST = 1 << 27
"""Bytes of pixels at most; larger pictures are decoded by Pillow, which needs no second copy of them."""


class PngHead(NamedTuple):
    """What the header of a PNG says."""

    width: int
    height: int
    depth: int
    color: int
    compression: int
    filter: int
    interlace: int


_HEAD_BYTES = 33
"""So long are the signature and the header."""


def _head(content: bytes) -> PngHead | None:
    if content[:16] != SIGNATURE + b"\0\0\0\rIHDR" or len(content) < _HEAD_BYTES:
        return None
    return PngHead(*HEAD.unpack_from(content, 16))


def png_pixels(content: bytes) -> NDArray[Any] | None:
    """The pixels of a PNG as they are in the file: indices of a palette, or grey, or channels.

    Args:
        content: The file.

    Returns:
        `(height, width)` or `(height, width, channels)` uint8, or uint16 where a grey picture has 16 bits;
        None where Pillow has to decode it: other depths and filters, interlaced, animated or damaged files.
    """
    head, packed = _read(content)
    if head is None:
        return None
    channels, width = CHANNELS[head.color], head.depth // 8
    rows = _inflated(packed, head.height, head.width * channels * width + 1)
    found = None if rows is None else _unfiltered(rows, channels * width)
    if found is None:
        return None
    if width == 2:
        return found.view(">u2").astype(np.uint16)
    return found if channels == 1 else found.reshape(head.height, head.width, channels)


def _inflated(packed: bytes, height: int, row: int) -> NDArray[np.uint8] | None:
    """`(height, row)` bytes, the first of each row its filter; None if they are damaged or of no use."""
    try:
        if not _begins_simply(packed, row):
            return None
        filtered = deflate.zlib_decompress(packed, height * row)
    except (deflate.DeflateError, zlib.error, ValueError):
        return None
    if len(filtered) != height * row:
        return None
    return np.frombuffer(filtered, np.uint8).reshape(height, row)


def _read(content: bytes) -> tuple[PngHead | None, bytes]:
    """The header, if the picture is of a kind that is decoded here, and the packed pixels."""
    head = _head(content)
    if head is None or not _decodable(head):
        return None, b""
    parts = []
    for kind, start, length in _chunks(content):
        if kind == b"acTL":
            return None, b""
        if kind == b"IDAT":
            parts.append(content[start : start + length])
    return (head if parts else None), parts[0] if len(parts) == 1 else b"".join(parts)


def _decodable(head: PngHead) -> bool:
    deep = head.depth == 16 and head.color == _GREY
    known = head.color in CHANNELS and (head.compression, head.filter, head.interlace) == (0, 0, 0)
    size = head.width * head.height
    if not known or not (deep or head.depth == 8) or max(head.width, head.height) > MAX_SIDE:
        return False
    return 0 < size * CHANNELS[head.color] * head.depth // 8 <= _MOST


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and length of the chunks up to the end of the picture; none of a file that is cut off."""
    found, at = [], len(SIGNATURE)
    while at + 12 <= len(content):
        length, kind = _CHUNK.unpack_from(content, at)
        found.append((kind, at + 8, length))
        at += length + 12
        if kind == b"IEND" and at <= len(content):
            return iter(found)
    return iter(())


def _begins_simply(packed: bytes, row: int) -> bool:
    """Whether the filters of the first rows are undone here, so that few pictures are inflated in vain."""
    start = zlib.decompressobj().decompress(packed, max(_START, row))
    return all(each <= _UP for each in start[::row])


def _unfiltered(rows: NDArray[np.uint8], step: int) -> NDArray[np.uint8] | None:
    """Rows without the byte that names the filter of each; None if one has another than none, sub or up.

    Args:
        rows: `(height, 1 + bytes)` as they were inflated.
        step: Bytes of a pixel.
    """
    filters = rows[:, 0]
    if filters.size and filters.max() > _UP:
        return None
    pixels = np.ascontiguousarray(rows[:, 1:])
    # Sub looks no further than its own row, so all such rows go first, as many at once as fit in the cache.
    across = np.flatnonzero(filters == _SUB)
    block = max(1, _BLOCK // max(pixels.shape[1], 1))
    for first in range(0, len(across), block):
        some = across[first : first + block]
        pixels[some] = _summed(pixels[some], step)
    for row in np.flatnonzero(filters == _UP).tolist():
        if row:
            np.add(pixels[row], pixels[row - 1], out=pixels[row])
    return pixels


def _summed(rows: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """Each byte of rows plus all before it at multiples of `step`, modulo 256.

    Adding what is 1, 2, 4 … pixels to the left takes 11 passes at the speed of memory over 2048 pixels, which
    is faster than `np.add.accumulate`, as that adds one byte after the other: 2.3 against 3.9 ms.
    """
    while step < rows.shape[1]:
        before = rows.copy()
        rows[:, step:] += before[:, :-step]
        step *= 2
    return rows


def png_file(indices: NDArray[np.uint8], palette: bytes, level: int, transparent: int | None = None) -> bytes:
    """A PNG of one byte a pixel.

    Args:
        indices: `(height, width)` positions in the palette.
        palette: Three bytes for each colour, at most 256.
        level: How hard libdeflate tries, 1 to 12.
        transparent: The position that lets through what is below.
    """
    height, width = indices.shape
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = indices
    alpha = chunk(b"tRNS", b"\xff" * transparent + b"\0") if transparent is not None else b""
    return b"".join(
        (
            SIGNATURE,
            chunk(b"IHDR", HEAD.pack(width, height, 8, 3, 0, 0, 0)),
            chunk(b"PLTE", palette),
            alpha,
            chunk(b"IDAT", bytes(deflate.zlib_compress(rows.data, level))),
            chunk(b"IEND", b""),
        )
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    check = deflate.crc32(content, deflate.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


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
