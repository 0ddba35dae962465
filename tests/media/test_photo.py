"""Photos are read upright, in sensible colours, region by region, and a bad file is a sentence."""

import struct
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from aquarium_tui.errors import InputError
from aquarium_tui.media import source as files
from aquarium_tui.media.photo import OUTSIDE, PhotoCache, cut, open_photo
from tests.render.pictures import BLUE, GREEN, RED, WHITE, corners, near, quarters, slope

STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def whole(path):
    photo = open_photo(path)
    return PhotoCache().read(photo, (0, 0, *photo.size), photo.size)


def stored(path, image, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    turn = STORED[orientation]
    (image if turn is None else image.transpose(turn)).save(path, exif=exif)
    return path


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tif"])
def test_a_photo_is_turned_upright(tmp_path, kind, orientation):
    path = stored(tmp_path / f"a.{kind}", quarters(96, 64), orientation)
    image = whole(path)
    assert image.size == (96, 64)
    assert all(near(c, w) for c, w in zip(corners(image), (RED, GREEN, BLUE, WHITE), strict=True))


def test_a_photo_labelled_without_regard_to_its_orientation_is_not_turned(tmp_path):
    path = stored(tmp_path / "a.jpg", quarters(96, 64), 6)
    assert open_photo(path, (96, 64)).size == (96, 64)
    as_stored = open_photo(path, (64, 96))
    assert as_stored.size == (64, 96)
    image = PhotoCache().read(as_stored, (0, 0, 64, 96), (64, 96))
    assert near(corners(image)[0], GREEN)
    assert open_photo(path, (960, 640)).size == (96, 64)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_every_mode_becomes_rgb_that_is_light_where_the_photo_is_light(tmp_path, mode):
    grey = np.where(np.arange(64)[None, :] < 32, 10, 240).repeat(8, 0).reshape(8, -1)[:, :64].astype(np.uint8)
    image = Image.fromarray(grey)
    image = Image.fromarray(grey.astype(np.uint16) * 40) if mode == "I;16" else image.convert(mode)
    path = tmp_path / ("a.jpg" if mode == "YCbCr" else "a.tif" if mode in ("CMYK", "I", "F") else "a.png")
    image.save(path)
    left, right = whole(path).getpixel((8, 4)), whole(path).getpixel((56, 4))
    assert max(left) <= 30
    assert min(right) >= 225


def test_twelve_bits_in_sixteen_use_the_whole_range_and_keep_it_when_zoomed(tmp_path):
    values = np.linspace(0, 4095, 400).astype(np.uint16)[None, :].repeat(40, 0)
    values[0, 0] = 65535
    Image.fromarray(values).save(tmp_path / "a.png")
    photo = open_photo(tmp_path / "a.png")
    all_of_it = np.asarray(PhotoCache().read(photo, (0, 0, 400, 40), (400, 40)))
    assert all_of_it[20, 5:395].min() <= 5
    assert all_of_it[20, 5:395].max() >= 250
    assert np.abs(all_of_it[20, :, 0] - np.linspace(0, 255, 400)).max() < 5
    part = np.asarray(PhotoCache().read(photo, (100, 0, 200, 40), (100, 40)))
    assert np.abs(part[20, 5:-5].astype(int) - all_of_it[20, 105:195]).max() <= 1


def test_deep_pictures_of_one_value_or_without_numbers_are_shown(tmp_path):
    for name, values in (
        ("flat", np.full((9, 9), 7.0)),
        ("none", np.full((9, 9), np.nan)),
    ):
        Image.fromarray(values.astype(np.float32)).save(tmp_path / f"{name}.tif")
        assert whole(tmp_path / f"{name}.tif").size == (9, 9)


def test_pixels_without_a_number_do_not_hide_the_others(tmp_path):
    values = np.linspace(3, 9, 100, dtype=np.float32)[None, :].repeat(10, 0)
    values[:, :3], values[:, -3:] = np.nan, np.inf
    Image.fromarray(values).save(tmp_path / "a.tif")
    row = np.asarray(whole(tmp_path / "a.tif"))[5, 3:-3, 0].astype(int)
    assert row[0] < 10
    assert row[-1] > 245
    assert (np.diff(row) >= 0).all()


def test_transparent_pixels_show_neutral_grey(tmp_path):
    image = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (5, 0, 10, 10))
    image.save(tmp_path / "a.png")
    assert whole(tmp_path / "a.png").getpixel((2, 5)) == (128, 128, 128)
    assert whole(tmp_path / "a.png").getpixel((7, 5)) == (0, 0, 255)


def test_of_an_animation_the_first_frame_is_shown(tmp_path):
    frames = [Image.new("RGB", (8, 8), color) for color in (RED, BLUE)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert near(whole(tmp_path / "a.gif").getpixel((4, 4)), RED)


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_region_is_what_lies_there(tmp_path, kind):
    slope().save(tmp_path / f"a.{kind}", **({"quality": 98} if kind == "jpg" else {}))
    photo = open_photo(tmp_path / f"a.{kind}")
    image = np.asarray(PhotoCache().read(photo, (40, 20, 120, 60), (20, 10))).astype(float)
    assert np.abs(image[..., 0] - (41.5 + 4 * np.arange(20))).max() < 4
    assert np.abs(image[..., 1] - (21.5 + 4 * np.arange(10))[:, None]).max() < 4


def test_pixels_shown_one_to_one_are_untouched(tmp_path):
    slope().save(tmp_path / "a.png")
    image = PhotoCache().read(open_photo(tmp_path / "a.png"), (13, 7, 113, 57), (100, 50))
    assert image.tobytes() == slope().crop((13, 7, 113, 57)).tobytes()


def test_beyond_the_photo_it_is_dark_and_the_photo_keeps_its_place(tmp_path):
    slope().save(tmp_path / "a.png")
    image = PhotoCache().read(open_photo(tmp_path / "a.png"), (-50, -20, 150, 80), (200, 100))
    assert image.getpixel((49, 50)) == OUTSIDE
    assert image.getpixel((100, 19)) == OUTSIDE
    assert image.crop((50, 20, 200, 100)).tobytes() == slope().crop((0, 0, 150, 80)).tobytes()


starts, lengths, shown = st.floats(-300, 500), st.floats(0.01, 900), st.integers(1, 90)


@given(st.tuples(starts, starts), st.tuples(lengths, lengths), st.tuples(shown, shown))
def test_any_region_gives_exactly_the_pixels_asked_for(start, sides, pixels):
    (left, top), (right, bottom) = start, (start[0] + sides[0], start[1] + sides[1])
    image = cut(quarters(200, 100), (left, top, right, bottom), pixels)
    assert (image.size, image.mode) == (pixels, "RGB")
    if right <= 0 or left >= 200 or bottom <= 0 or top >= 100:
        assert image.getcolors() == [(pixels[0] * pixels[1], OUTSIDE)]


def png_header(width, height):
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.jpg", None, "no such file: "),
        ("empty.jpg", b"", "an empty file: "),
        ("words.jpg", b"frame,score\n" * 40, "not an image: "),
        ("huge.png", png_header(60_000, 60_000), "60,000 × 60,000 pixels"),
        ("long.png", png_header(200_000, 2), "200,000 × 2 pixels"),
        (
            "a.eps",
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n",
            "EPS files are not read",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_first(tmp_path, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as error:
        open_photo(path)
    assert error.value.message.startswith(reason)
    assert str(path) in error.value.message


def test_a_folder_and_no_name_are_no_photos(tmp_path):
    for path, reason in [(tmp_path, "not a file"), ("", "has no image path")]:
        with pytest.raises(InputError, match=reason):
            open_photo(path)


def test_a_colon_in_the_name_of_a_folder_makes_no_url(tmp_path):
    (tmp_path / "run:").mkdir()
    quarters().save(tmp_path / "run:" / "a.png")
    assert open_photo(tmp_path / "run:" / "a.png").size == (96, 64)


def test_control_characters_of_a_name_do_not_reach_the_message():
    with pytest.raises(InputError, match=r"\\x1b\[31m"):
        open_photo("a\x1b[31m.jpg")


@pytest.mark.parametrize("kind", ["jpg", "png", "gif", "webp", "tif", "bmp"])
def test_a_photo_cut_off_half_way_is_damaged(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    slope().save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r"^(damaged|not an image)"):
        whole(path)


@settings(deadline=None, max_examples=150)
@given(st.data(), st.sampled_from(["jpg", "png", "gif", "webp", "tif", "bmp", "ppm"]))
def test_whatever_a_file_holds_it_is_a_picture_or_an_input_error(tmp_path_factory, data, kind):
    path = tmp_path_factory.getbasetemp() / f"fuzz.{kind}"
    quarters(24, 16).save(path)
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
        content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        photo = open_photo(path)
        assert PhotoCache().read(photo, (0, 0, *photo.size), (9, 6)).size == (9, 6)
    except InputError as error:
        assert error.message


def test_pillows_own_limit_neither_stops_a_photo_nor_is_changed_for_others(tmp_path, monkeypatch):
    quarters().save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    before = list(warnings.filters)
    assert whole(tmp_path / "a.png").size == (96, 64)
    assert Image.MAX_IMAGE_PIXELS == 100
    assert list(warnings.filters) == before


@pytest.mark.parametrize("kind", ["jpg", "png", "gif"])
def test_to_open_a_photo_only_its_header_is_read(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    slope(300, 200).save(path)
    path.write_bytes(path.read_bytes()[:900])
    assert open_photo(path).size == (300, 200)


def test_to_open_a_png_it_is_not_decoded_for_its_orientation(tmp_path, monkeypatch):
    slope().save(tmp_path / "a.png")
    loads = []

    def load(self):
        loads.append(self)

    monkeypatch.setattr(PngImageFile, "load", load)
    assert open_photo(tmp_path / "a.png").size == (200, 100)
    assert not loads


def test_the_limit_counts_pixels(tmp_path, monkeypatch):
    quarters().save(tmp_path / "a.png")
    monkeypatch.setattr(files, "MAX_PIXELS", 96 * 64)
    assert open_photo(tmp_path / "a.png").size == (96, 64)
    monkeypatch.setattr(files, "MAX_PIXELS", 96 * 64 - 1)
    with pytest.raises(InputError, match="6,143"):
        open_photo(tmp_path / "a.png")
