"""A drawing can be drawn anywhere, at any size, whatever its file holds."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.drawing.scene import CropDrawing, FrameDrawing, SheetDrawing
from aquarium_tui.media import photo as photos
from aquarium_tui.media.photo import PhotoCache, open_photo, read_photo
from aquarium_tui.media.pixels import decode
from aquarium_tui.render.brush import Mark, draw_marks
from aquarium_tui.render.card import placeholder
from tests.render.pictures import GREEN, corners, near, quarters, slope

BLUE = (60, 160, 255)
MARKS = (Mark((40.0, 20.0, 120.0, 80.0), "label", BLUE, "car"), Mark((42.0, 22.0, 118.0, 79.0), "base", BLUE))


@pytest.fixture
def path(tmp_path):
    slope().save(tmp_path / "a.png")
    return str(tmp_path / "a.png")


def frame(path, size=(200, 100), marks=MARKS):
    return FrameDrawing(path, size, marks, "a frame", PhotoCache())


def test_a_frame_is_its_photo_with_its_marks(path):
    for region, pixels in (((0, 0, 200, 100), (200, 100)), ((30, 10, 130, 60), (300, 150))):
        wanted = draw_marks(read_photo(open_photo(path), region, pixels), MARKS, region)
        assert frame(path).draw(region, pixels).tobytes() == wanted.tobytes()


def test_a_photo_of_another_size_is_scaled_to_its_frame(path):
    twice = frame(path, (400, 200), ())
    image = np.asarray(twice.draw((100, 50, 300, 150), (100, 50)))
    assert image.tobytes() == slope().crop((50, 25, 150, 75)).tobytes()


def test_a_photo_labelled_without_regard_to_its_orientation_is_shown_as_labelled(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    quarters(60, 90).save(tmp_path / "a.png", exif=exif)
    image = frame(str(tmp_path / "a.png"), (60, 90), ()).draw((0, 0, 60, 90), (60, 90))
    assert near(corners(image)[1], GREEN)


def test_a_missing_photo_is_a_card_with_the_reason_and_the_boxes(tmp_path):
    missing = str(tmp_path / "gone.jpg")
    image = frame(missing).draw((0, 0, 200, 100), (200, 100))
    card = placeholder((200, 100), f"no such file: {missing}")
    assert image.tobytes() == draw_marks(card, MARKS, (0, 0, 200, 100)).tobytes()


def test_a_damaged_photo_is_a_card(path):
    with Path(path).open("r+b") as file:
        file.truncate(3000)
    image = frame(path, marks=()).draw((0, 0, 200, 100), (320, 160))
    assert image.size == (320, 160)
    assert len(image.getcolors(100_000)) < 300


def test_drawings_that_look_the_same_have_the_same_key(path):
    assert frame(path).key == frame(path).key
    assert hash(frame(path).key) == hash(frame(path).key)
    others = [frame(path, (400, 200)), frame(path, marks=MARKS[:1]), frame(path + "x")]
    assert len({drawing.key for drawing in [frame(path), *others]}) == 4
    crop = CropDrawing(frame(path), (0.0, 0.0, 20.0, 10.0))
    assert crop.key != CropDrawing(frame(path), (1.0, 0.0, 20.0, 10.0)).key
    sheet = SheetDrawing((crop, None), 2, (20, 10), (2, 2), "crops")
    assert len({sheet.key, SheetDrawing((None, crop), 2, (20, 10), (2, 2), "crops").key}) == 2


def test_a_crop_is_a_part_of_its_frame(path):
    crop = CropDrawing(frame(path), (30.0, 10.0, 130.0, 60.0))
    assert crop.size == (100, 50)
    assert (
        crop.draw((0, 0, 100, 50), (100, 50)).tobytes()
        == frame(path).draw((30, 10, 130, 60), (100, 50)).tobytes()
    )
    assert (
        crop.draw((50, 0, 100, 50), (50, 50)).tobytes()
        == frame(path).draw((80, 10, 130, 60), (50, 50)).tobytes()
    )


def crops(path, tmp_path):
    slope().transpose(Image.Transpose.ROTATE_180).save(tmp_path / "b.png")
    whole, other = frame(path), frame(str(tmp_path / "b.png"))
    return (
        CropDrawing(whole, (0.0, 0.0, 80.0, 40.0)),
        CropDrawing(other, (20.0, 10.0, 100.0, 50.0)),
        None,
        CropDrawing(whole, (100.0, 50.0, 140.0, 70.0)),
    )


def test_a_sheet_is_its_crops_each_drawn_at_its_own_size(path, tmp_path):
    tiles = crops(path, tmp_path)
    sheet = SheetDrawing(tiles, 3, (40, 20), (4, 2), "crops", (1, 2, 3))
    assert sheet.size == (128, 42)
    image = sheet.draw((0, 0, 128, 42), (128, 42))
    for tile, (x, y) in zip(tiles, ((0, 0), (44, 0), (88, 0), (0, 22)), strict=True):
        part = image.crop((x, y, x + 40, y + 20))
        if tile is None:
            assert part.getcolors() == [(800, (1, 2, 3))]
        else:
            assert part.tobytes() == tile.draw((0, 0, *tile.size), (40, 20)).tobytes()


def test_of_a_sheet_the_region_asked_for_is_drawn(path, tmp_path):
    sheet = SheetDrawing(crops(path, tmp_path), 3, (40, 20), (4, 2), "crops")
    whole = sheet.draw((0, 0, 128, 42), (128, 42))
    for box in ((0, 0, 40, 20), (30, 5, 100, 40), (44, 0, 128, 42)):
        size = (box[2] - box[0], box[3] - box[1])
        assert sheet.draw(box, size).tobytes() == whole.crop(box).tobytes()
    twice = sheet.draw((0, 0, 128, 42), (256, 84)).crop((88, 0, 168, 40))
    tile = sheet.tiles[1]
    assert twice.tobytes() == tile.draw((0, 0, *tile.size), (80, 40)).tobytes()


def test_a_sheet_decodes_each_photo_once(tmp_path, monkeypatch):
    slope(400, 200).save(tmp_path / "a.png")
    calls = []

    def counted(path, level, turned=True):
        calls.append(level)
        return decode(path, level, turned)

    monkeypatch.setattr(photos, "decode", counted)
    whole = frame(str(tmp_path / "a.png"), (400, 200))
    regions = [(0.0, 0.0, 400.0, 200.0), (10.0, 10.0, 90.0, 50.0), (0.0, 0.0, 200.0, 100.0)]
    sheet = SheetDrawing(
        tuple(CropDrawing(whole, region) for region in regions), 3, (80, 40), (0, 0), "crops"
    )
    sheet.draw((0, 0, *sheet.size), sheet.size)
    assert calls == [1]


@pytest.mark.parametrize("size", [(1, 1), (12, 6), (40, 20), (100, 60), (320, 180), (1600, 900)])
def test_a_card_shows_something_at_any_size(size):
    image = placeholder(size, "no such file: /data/street/images/cam_front/000123.jpg")
    assert (image.size, image.mode) == (size, "RGB")
    if min(size) > 4:
        assert len(image.getcolors(1_000_000)) > 1


def test_the_reason_on_a_card_is_legible_on_half_cells():
    pixels = np.asarray(placeholder((100, 60), "no such file: x.jpg").convert("L")).astype(int)
    assert pixels.max() - pixels.min() > 120
    words, other = (np.asarray(placeholder((100, 60), text)) for text in ("no such file", "an empty file"))
    assert not np.array_equal(words, other)
