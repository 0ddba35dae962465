"""From a file to RGB: the whole picture, upright, at 1/1, 1/2, 1/4 … of its size, in bounded memory.

A JPEG is reduced while it is decoded and a large PNG is decoded in strips. Other formats are decoded whole,
large ones one at a time, so that at most 4 bytes for each of `MAX_PIXELS` are in use besides what is kept.
"""

import io
import struct
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import chain
from typing import IO

import numpy as np
from PIL import Image, JpegImagePlugin

from aquarium_tui.media.mask_values import CHANNELS, HEAD, SIGNATURE, PngHead, chunk
from aquarium_tui.media.source import opened, orientation
from aquarium_tui.model.picture import Region, Size, scales

UNDER = (128, 128, 128)
"""What shows through transparent pixels."""

Tone = tuple[float, float]
"""The values that become black and white."""

_SAMPLE = 512
"""Pixels along a side that the tone is taken from: 262,144 values are plenty for percentiles."""
_PERCENTILES = (0.5, 99.5)
"""Dead pixels and the sun, which lie outside, would otherwise take up most of the range."""


def tone_of(image: Image.Image) -> Tone | None:
    """The range of a picture of more than 8 bits per pixel, without extreme values; None for all others.

    A 12-bit camera, a 16-bit depth map and a thermal picture use a small part of what their format can
    hold; shown over the whole range they would be black.
    """
    if not _is_deep(image.mode):
        return None
    size = (min(image.width, _SAMPLE), min(image.height, _SAMPLE))
    values = np.asarray(image.resize(size, Image.Resampling.NEAREST), dtype=np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        return (0.0, 1.0)
    low, high = np.percentile(values, _PERCENTILES)
    if low == high:
        low, high = values.min(), values.max()
    return (float(low), float(high)) if low < high else (float(low) - 1.0, float(low) + 1.0)


def is_rgb(image: Image.Image) -> bool:
    """Whether a picture needs no conversion: RGB without a transparent colour."""
    return image.mode == "RGB" and not image.has_transparency_data


def to_rgb(image: Image.Image, tone: Tone | None) -> Image.Image:
    """`image` as RGB; transparent pixels over grey, deep ones scaled by `tone`."""
    if tone is not None:
        return _from_deep(image, tone)
    if is_rgb(image):
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    under = Image.new("RGBA", image.size, (*UNDER, 255))
    under.alpha_composite(image.convert("RGBA"))
    return under.convert("RGB")


def _is_deep(mode: str) -> bool:
    return mode in ("I", "F") or mode.startswith("I;16")


def _from_deep(image: Image.Image, tone: Tone) -> Image.Image:
    low, high = tone
    values = np.asarray(image, dtype=np.float32)
    shares = np.clip((values - low) / (high - low), 0.0, 1.0)
    grey = np.rint(np.nan_to_num(shares) * 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


_COPIED = (b"PLTE", b"tRNS")
_PIECE = 1 << 20
"""Compressed bytes that are read at a time, as one chunk may be the whole file."""


def can_strip(image: Image.Image) -> bool:
    """Whether an opened picture is a PNG that can be cut into strips: 8 bits a channel, not interlaced."""
    file = _file(image)
    if image.format != "PNG" or file is None:
        return False
    head = _head(file)
    return head.depth == 8 and head.interlace == 0 and head.color in CHANNELS


def png_strips(image: Image.Image, rows: int) -> Iterator[Image.Image]:
    """The picture in strips of `rows` rows, top to bottom, in its own mode; the last may be lower.

    Args:
        image: An opened PNG for which `can_strip` holds; it is not decoded.
        rows: Height of a strip in pixels.

    Raises:
        OSError: The file ends before the picture does.
    """
    file = _file(image)
    assert file is not None
    head = _head(file)
    copied: list[bytes] = []
    row = head.width * CHANNELS[head.color] + 1
    heights = [min(rows, head.height - top) for top in range(0, head.height, rows)]
    above = bytes(row)
    for height, filtered in zip(
        heights, _inflated(_data(file, copied), [row * h for h in heights]), strict=True
    ):
        strip = _small_png(head._replace(height=height + 1), copied, above + filtered)
        above = b"\0" + np.asarray(strip)[-1].tobytes()
        yield strip.crop((0, 1, head.width, height + 1))


def _file(image: Image.Image) -> IO[bytes] | None:
    return getattr(image, "fp", None)


def _head(file: IO[bytes]) -> PngHead:
    file.seek(len(SIGNATURE) + 8)
    return PngHead(*HEAD.unpack(file.read(HEAD.size)))


def _data(file: IO[bytes], copied: list[bytes]) -> Iterator[bytes]:
    """The contents of the IDAT chunks; chunks before them that a strip needs are appended to `copied`."""
    file.seek(len(SIGNATURE))
    while len(start := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", start)
        if kind == b"IEND":
            return
        if kind == b"IDAT":
            for done in range(0, length, _PIECE):
                yield file.read(min(_PIECE, length - done))
        elif kind in _COPIED:
            copied.append(chunk(kind, file.read(length)))
        else:
            file.seek(length, io.SEEK_CUR)
        file.seek(4, io.SEEK_CUR)


def _inflated(pieces: Iterator[bytes], lengths: list[int]) -> Iterator[bytes]:
    """The pieces decompressed and cut to `lengths`, never more than one of them in memory."""
    inflate = zlib.decompressobj()
    for length in lengths:
        block = bytearray()
        while len(block) < length:
            piece = inflate.unconsumed_tail or next(pieces, b"")
            more = inflate.decompress(piece, length - len(block))
            if not piece and not more:
                raise OSError("the file ends before the picture does")
            block += more
        yield bytes(block)


def _small_png(head: PngHead, copied: list[bytes], filtered: bytes) -> Image.Image:
    chunks = [chunk(b"IHDR", HEAD.pack(*head)), *copied, chunk(b"IDAT", zlib.compress(filtered, 0))]
    image = Image.open(io.BytesIO(SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")), formats=["PNG"])
    image.load()
    return image


KEPT_PIXELS = 64_000_000
"""No decoded picture is kept with more pixels, as one fills the cache of 256 MB. The finest level of a larger
picture is a half."""

_STRIP_PIXELS = 2_000_000
"""Pixels of a strip: 8 MB at 4 bytes per pixel."""
_LARGE_PIXELS = 8 * _STRIP_PIXELS
"""Larger pictures are decoded one at a time, PNGs of them in strips."""
_JPEG_LEVELS = 8
"""As far as libjpeg reduces a picture while it decodes it."""
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_one_large = threading.Lock()


def level_for(size: Size, region: Region, pixels: Size) -> int:
    """The coarsest level, a power of two, at which `region` still has as many pixels as are shown.

    Args:
        size: Width and height of the whole picture; it may raise the level, see `KEPT_PIXELS`.
        region: The part that is shown.
        pixels: Width and height at which it is shown.
    """
    level = 1
    while size[0] * size[1] > KEPT_PIXELS * level * level:
        level *= 2
    most = min(*size, *(1 / scale for scale in scales(region, pixels)))
    while level * 2 <= most:
        level *= 2
    return level


def decode(path: str, level: int, turned: bool = True) -> Image.Image:
    """The picture at `path` as RGB, each side divided by `level` and rounded up.

    Args:
        path: The file.
        level: A power of two, not more than a side.
        turned: Whether its EXIF orientation is applied.

    Raises:
        InputError: The file cannot be read.
    """
    with opened(path) as image:
        large = image.width * image.height > _LARGE_PIXELS
        turn = _UPRIGHT.get(orientation(image)) if turned else None
        with _one_large if large else nullcontext():
            reduced = _reduced(image, level, in_strips=large and can_strip(image))
    return reduced if turn is None else reduced.transpose(turn)


def _reduced(image: Image.Image, level: int, in_strips: bool) -> Image.Image:
    size = (-(-image.width // level), -(-image.height // level))
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (image.width // level, image.height // level))
        level //= min(level, _JPEG_LEVELS)
    rows = max(1, _STRIP_PIXELS // (image.width * level)) * level
    tone = None if in_strips else tone_of(image)
    strips = png_strips(image, rows) if in_strips else _strips(image, rows)
    return _stacked((_shrunk(to_rgb(strip, tone), level) for strip in strips), size)


def _strips(image: Image.Image, rows: int) -> Iterator[Image.Image]:
    image.load()
    if is_rgb(image) or rows >= image.height:
        yield image
        return
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def _shrunk(image: Image.Image, level: int) -> Image.Image:
    return image.reduce(level) if level > 1 else image


def _stacked(strips: Iterable[Image.Image], size: Size) -> Image.Image:
    """Strips one below the other as a picture of `size`."""
    rest = iter(strips)
    first = next(rest)
    if first.size == size:
        return first
    result = Image.new("RGB", size)
    top = 0
    for strip in chain([first], rest):
        result.paste(strip, (0, top))
        top += strip.height
    return result
