"""A large PNG decoded in strips, because Pillow decodes a PNG whole (4 bytes a pixel) or not at all.

Each strip becomes a small PNG of its own: the file's header with another height, one more row on top, which
holds the last row of the strip before (the filters of PNG look one row up), then the file's filtered bytes.
See the PNG specification (ISO/IEC 15948), 5 "Datastream structure" and 9 "Filtering".
"""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

import numpy as np
from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_COPIED = (b"PLTE", b"tRNS")
_PIECE = 1 << 20
_HEAD = struct.Struct(">IIBBBBB")


class _Head(NamedTuple):
    width: int
    height: int
    depth: int
    color: int
    compression: int
    filter: int
    interlace: int


def can_strip(image: Image.Image) -> bool:
    """Whether an opened picture is a PNG that can be cut into strips: 8 bits a channel, not interlaced."""
    file = _file(image)
    if image.format != "PNG" or file is None:
        return False
    head = _head(file)
    return head.depth == 8 and head.interlace == 0 and head.color in _CHANNELS


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
    row = head.width * _CHANNELS[head.color] + 1
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


def _head(file: IO[bytes]) -> _Head:
    file.seek(len(_SIGNATURE) + 8)
    return _Head(*_HEAD.unpack(file.read(_HEAD.size)))


def _data(file: IO[bytes], copied: list[bytes]) -> Iterator[bytes]:
    """The contents of the IDAT chunks; chunks before them that a strip needs are appended to `copied`."""
    file.seek(len(_SIGNATURE))
    while len(start := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", start)
        if kind == b"IEND":
            return
        if kind == b"IDAT":
            for done in range(0, length, _PIECE):
                yield file.read(min(_PIECE, length - done))
        elif kind in _COPIED:
            copied.append(_chunk(kind, file.read(length)))
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


def _small_png(head: _Head, copied: list[bytes], filtered: bytes) -> Image.Image:
    chunks = [_chunk(b"IHDR", _HEAD.pack(*head)), *copied, _chunk(b"IDAT", zlib.compress(filtered, 0))]
    image = Image.open(io.BytesIO(_SIGNATURE + b"".join(chunks) + _chunk(b"IEND", b"")), formats=["PNG"])
    image.load()
    return image


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
