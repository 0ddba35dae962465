"""A photo is decoded at no more detail than is shown, and a large one in bounded memory."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media import pixels as decoding
from aquarium_tui.media.pixels import KEPT_PIXELS, can_strip, decode, level_for, png_strips
from tests.render.pictures import slope

sides = st.integers(1, 30_000)


@given(sides, sides, st.floats(0.001, 5), st.integers(1, 2000), st.integers(1, 2000))
def test_a_level_is_the_coarsest_that_fills_the_display(width, height, share, columns, rows):
    region = (0.0, 0.0, width * share, height * share)
    level = level_for((width, height), region, (columns, rows))
    assert level & (level - 1) == 0
    if level > 1 and width * height <= KEPT_PIXELS:
        assert width * share / level >= columns
        assert height * share / level >= rows
        assert level <= min(width, height)
    doubled = 2 * level
    fills = width * share / doubled >= columns and height * share / doubled >= rows
    assert not fills or doubled > min(width, height)


@given(st.integers(8_000, 30_000), st.integers(8_000, 30_000))
def test_no_level_of_a_large_photo_is_kept_larger_than_the_limit(width, height):
    level = level_for((width, height), (0, 0, 10, 10), (1000, 1000))
    assert width * height / level**2 <= KEPT_PIXELS


@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
@pytest.mark.parametrize("level", [1, 2, 4, 8, 16])
def test_a_level_divides_the_sides_and_averages_the_pixels(tmp_path, kind, level):
    slope(203, 101).save(tmp_path / f"a.{kind}")
    image = decode(str(tmp_path / f"a.{kind}"), level)
    assert image.size == (-(-203 // level), -(-101 // level))
    red = np.asarray(image).astype(float)[2:-2, 2:-2, 0].mean(axis=0)
    assert np.abs(red - (level * (np.arange(image.width) + 0.5) - 0.5)[2:-2]).max() < 4


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("rows", [1, 7, 100, 1000])
def test_a_png_in_strips_is_the_png_itself(mode, rows):
    image = slope(61, 100).convert("RGB")
    image = image.quantize(200) if mode == "P" else image.convert(mode)
    file = io.BytesIO()
    image.save(file, "PNG", **({"transparency": 3} if mode == "P" else {}))
    with Image.open(file) as opened:
        assert can_strip(opened)
        strips = list(png_strips(opened, rows))
    assert {strip.height for strip in strips[:-1]} <= {rows}
    together = np.vstack([np.asarray(strip) for strip in strips])
    assert np.array_equal(together, np.asarray(image))
    assert all(strip.mode == image.mode for strip in strips)
    if mode == "P":
        assert (
            strips[-1].convert("RGBA").tobytes()
            == reopened(file).crop((0, 100 - strips[-1].height, 61, 100)).tobytes()
        )


def reopened(file):
    with Image.open(file) as image:
        return image.convert("RGBA")


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=3 * 12 * 10, max_size=3 * 12 * 10), st.integers(1, 12), st.booleans())
def test_strips_agree_with_pillow_for_any_pixels(pixels, rows, optimize):
    image = Image.frombytes("RGB", (10, 12), pixels)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=optimize)
    with Image.open(file) as opened:
        assert b"".join(strip.tobytes() for strip in png_strips(opened, rows)) == pixels


def test_a_large_png_is_decoded_in_strips_with_the_same_result(tmp_path, monkeypatch):
    path = str(tmp_path / "a.png")
    slope(199, 150).convert("RGBA").save(path)
    plain = decode(path, 4)
    monkeypatch.setattr(decoding, "_LARGE_PIXELS", 100)
    monkeypatch.setattr(decoding, "_STRIP_PIXELS", 199 * 9)
    monkeypatch.setattr(Image.Image, "load", forbidden_for(path))
    assert decode(path, 4).tobytes() == plain.tobytes()


def forbidden_for(path):
    load = Image.Image.load

    def guarded(self):
        assert getattr(self, "filename", None) != path, "the large file itself was decoded whole"
        return load(self)

    return guarded


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_large_png_that_is_cut_off_is_damaged(tmp_path, monkeypatch, keep):
    path = tmp_path / "a.png"
    slope().save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    monkeypatch.setattr(decoding, "_LARGE_PIXELS", 100)
    with pytest.raises(InputError, match="ends before the picture"):
        decode(str(path), 1)


def test_what_cannot_be_cut_into_strips_is_known(tmp_path):
    Image.new("I;16", (9, 9)).save(tmp_path / "deep.png")
    Image.new("1", (9, 9)).save(tmp_path / "bits.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "a.bmp")
    for name in ("deep.png", "bits.png", "a.bmp"):
        with Image.open(tmp_path / name) as image:
            assert not can_strip(image)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK"])
def test_strips_of_other_formats_make_the_same_picture(tmp_path, monkeypatch, mode):
    path = str(tmp_path / "a.tif")
    slope(120, 90).convert(mode).save(path)
    plain = decode(path, 2)
    monkeypatch.setattr(decoding, "_STRIP_PIXELS", 120 * 8)
    assert decode(path, 2).tobytes() == plain.tobytes()
