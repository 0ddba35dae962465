"""A mask file gives the values that were written, whatever kind of PNG it is."""

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.compare.pixels.joint_counts import resized
from aquarium_tui.errors import InputError
from aquarium_tui.media.mask_values import mask_size, read_mask
from aquarium_tui.model.masks import COLOR, color_value

VALUES = np.array([[0, 1, 2], [7, 19, 255]], np.uint8)


def saved(path, picture: Image.Image, **options) -> str:
    picture.save(path, **options)
    return str(path)


def test_a_palette_is_not_looked_at(tmp_path):
    picture = Image.fromarray(VALUES)
    picture.putpalette([value for i in range(256) for value in (255 - i, i, 7)])
    assert picture.mode == "P"
    file = saved(tmp_path / "m.png", picture, transparency=1)
    found = read_mask(file)
    assert (found.tolist(), found.dtype) == (VALUES.tolist(), np.dtype(np.uint8))
    assert mask_size(file) == (3, 2)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_a_small_palette_keeps_its_indices(tmp_path, bits):
    values = np.arange(6, dtype=np.uint8).reshape(2, 3) % (1 << bits)
    picture = Image.fromarray(values)
    picture.putpalette([90, 90, 90] * (1 << bits))
    assert read_mask(saved(tmp_path / "m.png", picture, bits=bits)).tolist() == values.tolist()


def test_grey_16_bit_black_and_white_and_alpha(tmp_path):
    wide = np.array([[0, 300, 65535]], np.uint16)
    bits = np.array([[False, True]])
    assert read_mask(saved(tmp_path / "l.png", Image.fromarray(VALUES))).tolist() == VALUES.tolist()
    found = read_mask(saved(tmp_path / "w.png", Image.fromarray(wide)))
    assert (found.tolist(), found.dtype) == (wide.tolist(), np.dtype(np.uint16))
    assert read_mask(saved(tmp_path / "b.png", Image.fromarray(bits))).tolist() == [[0, 1]]
    alpha = Image.merge("LA", [Image.fromarray(VALUES), Image.new("L", (3, 2), 9)])
    assert read_mask(saved(tmp_path / "a.png", alpha)).tolist() == VALUES.tolist()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_values_of_their_own(tmp_path, mode):
    picture = Image.new(mode, (2, 1), (1, 2, 3))
    picture.putpixel((1, 0), (255, 0, 16))
    found = read_mask(saved(tmp_path / "c.png", picture))
    assert found.tolist() == [[color_value((1, 2, 3)), color_value((255, 0, 16))]]
    assert color_value((1, 2, 3)) == COLOR + 0x010203


def test_what_is_no_mask_is_said(tmp_path):
    jpeg = tmp_path / "m.png"
    Image.fromarray(VALUES).save(jpeg, "JPEG")
    with pytest.raises(InputError, match="JPEG picture"):
        read_mask(str(jpeg))
    (tmp_path / "cut.png").write_bytes((tmp_path / "m.png").read_bytes()[:20])
    for name in ("cut.png", "none.png"):
        with pytest.raises(InputError):
            read_mask(str(tmp_path / name))


def test_resizing_takes_the_nearest_pixel():
    mask = np.array([[1, 2], [3, 4]], np.uint8)
    doubled = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]
    assert resized(mask, (4, 4)).tolist() == doubled
    assert resized(np.array(doubled, np.uint8), (2, 2)).tolist() == [[1, 2], [3, 4]]
    assert resized(np.array([[1, 2, 3]], np.uint8), (1, 2)).tolist() == [[1, 3]]
    assert resized(mask, (2, 2)) is mask
    rng = np.random.default_rng(0)
    for shape in ((5, 7), (13, 3), (16, 16)):
        noise = rng.integers(0, 9, (11, 6)).astype(np.uint8)
        wanted = Image.fromarray(noise).resize(shape[::-1], Image.Resampling.NEAREST)
        assert resized(noise, shape).tolist() == np.asarray(wanted).tolist()
