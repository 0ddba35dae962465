"""Our own decoding of PNGs gives the pixels that Pillow gives, or none."""

import io
import struct
import zlib
from itertools import product
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.media.mask_values import CHANNELS, HEAD, SIGNATURE, chunk, png_file, png_pixels, read_mask

RNG = np.random.default_rng(1)
NONE, SUB, UP, AVERAGE, PAETH = range(5)


def encoded(color: int, depth: int, size: tuple[int, int], filters: list[int], *, parts: int = 1) -> bytes:
    """A PNG of random bytes after filtering: any bytes are a picture."""
    width, height = size
    rows = RNG.integers(0, 256, (height, 1 + width * CHANNELS[color] * depth // 8)).astype(np.uint8)
    rows[:, 0] = RNG.choice(filters, height)
    packed = zlib.compress(rows.tobytes())
    step = -(-len(packed) // parts)
    data = b"".join(chunk(b"IDAT", packed[at : at + step]) for at in range(0, len(packed), step))
    palette = chunk(b"PLTE", bytes(range(256)) * 3) if color == 3 else b""
    head = chunk(b"IHDR", HEAD.pack(width, height, depth, color, 0, 0, 0))
    return SIGNATURE + head + chunk(b"tEXt", b"a\0b") + palette + data + chunk(b"IEND", b"")


def by_pillow(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)


@pytest.mark.parametrize(
    ("color", "depth", "filters"),
    [
        *product((0, 2, 3, 4, 6), (8,), ([NONE], [SUB], [UP], [NONE, SUB, UP])),
        *product((0,), (16,), ([NONE], [SUB], [NONE, SUB, UP])),
    ],
)
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (300, 9), (1, 40)])
def test_pixels_are_those_of_pillow(
    color: int, depth: int, filters: list[int], size: tuple[int, int]
) -> None:
    content = encoded(color, depth, size, filters, parts=3)
    found = png_pixels(content)
    assert found is not None
    np.testing.assert_array_equal(found, by_pillow(content))


@pytest.mark.parametrize("filters", [[AVERAGE], [PAETH], [UP, PAETH], [NONE, SUB, UP, AVERAGE, PAETH]])
def test_other_filters_are_left_to_pillow(tmp_path, filters: list[int]) -> None:
    content = encoded(0, 8, (30, 90), filters)
    (tmp_path / "m.png").write_bytes(content)
    assert png_pixels(content) is None
    np.testing.assert_array_equal(read_mask(str(tmp_path / "m.png")), by_pillow(content))


def test_masks_as_programs_write_them(tmp_path) -> None:
    values = np.repeat(np.repeat(RNG.integers(0, 9, (9, 13)), 11, 0), 7, 1).astype(np.uint8)
    ways: tuple[dict[str, Any], ...] = ({}, {"optimize": True}, {"bits": 4}, {"compress_level": 0})
    for mode, options in product(("L", "P"), ways):
        image = Image.fromarray(values)
        if mode == "P":
            image.putpalette(bytes(range(27)))
        if mode == "L" and "bits" in options:
            continue
        image.save(tmp_path / "m.png", **options)
        np.testing.assert_array_equal(read_mask(str(tmp_path / "m.png")), values)


def test_what_is_odd_or_damaged_is_left_to_pillow() -> None:
    whole = encoded(3, 8, (40, 30), [NONE, UP])
    assert png_pixels(whole) is not None
    interlaced = bytearray(whole)
    interlaced[28] = 1
    animated = whole.replace(chunk(b"tEXt", b"a\0b"), chunk(b"acTL", struct.pack(">II", 1, 0)))
    trailing = encoded(3, 8, (40, 31), [NONE]).replace(struct.pack(">II", 40, 31), struct.pack(">II", 40, 30))
    for content in (bytes(interlaced), animated, trailing, b"", whole[:20], b"x" * 99):
        assert png_pixels(content) is None
    for cut in range(0, len(whole) - 1, 97):
        assert png_pixels(whole[:cut]) is None
    for at in range(60, len(whole) - 20, 61):
        damaged = bytearray(whole)
        damaged[at] ^= 0x55
        found = png_pixels(bytes(damaged))
        assert found is None or found.shape == (30, 40)


@pytest.mark.parametrize("transparent", [None, 0, 3])
def test_a_picture_is_written_as_pillow_reads_it(transparent: int | None) -> None:
    indices = RNG.integers(0, 5, (6, 9)).astype(np.uint8)
    palette = bytes(range(40, 55))
    with Image.open(io.BytesIO(png_file(indices, palette, 5, transparent))) as image:
        image.load()
        assert (image.mode, image.info.get("transparency")) == ("P", transparent)
        np.testing.assert_array_equal(np.asarray(image), indices)
        assert bytes(image.getpalette() or [])[:15] == palette
