"""Crops show the object with some surroundings, inside the picture, in the form of their tile."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aquarium_tui.drawing.crops import CropDrawing, SheetDrawing, all_of, crop_region
from aquarium_tui.drawing.drawing import picture
from aquarium_tui.media import photo as photos
from aquarium_tui.media.pixels import decode
from tests.drawing.frames import frame
from tests.narrow import present
from tests.render.pictures import slope

coordinates = st.floats(0, 500)
boxes = st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates), min_size=1, max_size=4)
aspects = st.tuples(st.integers(1, 300), st.integers(1, 300)).filter(lambda a: 0.2 < a[0] / a[1] < 5)


@given(boxes, st.tuples(st.integers(30, 500), st.integers(30, 500)), aspects, st.floats(0, 2))
def test_a_crop_holds_its_boxes_in_the_form_asked_for(corners, size, aspect, margin):
    rows = np.array([(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners])
    left, top, right, bottom = crop_region(rows, size, margin, aspect)
    assert (right - left) / (bottom - top) == pytest.approx(aspect[0] / aspect[1])
    inside = np.clip(rows, 0, [*size, *size])
    assert left <= inside[:, 0].min() + 1e-6
    assert top <= inside[:, 1].min() + 1e-6
    assert right >= inside[:, 2].max() - 1e-6
    assert bottom >= inside[:, 3].max() - 1e-6
    for low, high, limit in ((left, right, size[0]), (top, bottom, size[1])):
        assert (low >= -1e-6 and high <= limit + 1e-6) or high - low > limit


def test_the_margin_is_a_share_of_the_longer_side():
    assert crop_region((100, 100, 200, 150), (1000, 1000), 0.25, (3, 2)) == (75, 75, 225, 175)
    assert crop_region((100, 100, 200, 200), (1000, 1000), 0.5, (1, 1)) == (50, 50, 250, 250)


def test_a_crop_at_the_edge_is_moved_inside():
    assert crop_region((0, 0, 100, 100), (1000, 1000), 0.5, (1, 1)) == (0, 0, 200, 200)
    assert crop_region((900, 900, 1000, 1000), (1000, 1000), 0.5, (1, 1)) == (800, 800, 1000, 1000)


def test_margin_gives_way_before_the_crop_leaves_the_picture():
    assert crop_region((10, 10, 90, 90), (100, 100), 0.5, (1, 1)) == (0, 0, 100, 100)


def test_an_object_that_cannot_fit_in_the_form_is_centred():
    assert crop_region((0, 0, 40, 100), (40, 100), 0.35, (1, 1)) == (-30, 0, 70, 100)


def test_a_tiny_object_keeps_its_surroundings():
    left, top, right, bottom = crop_region((500, 500, 501, 501), (1000, 1000), 0.35, (2, 1))
    assert bottom - top >= 24
    assert right - left == 2 * (bottom - top)


def test_boxes_that_are_no_boxes_are_left_out():
    nan = float("nan")
    good = crop_region([(100, 100, 200, 200)], (500, 500))
    assert crop_region([(100, 100, 200, 200), (nan, 0, 1, 1)], (500, 500)) == good
    assert crop_region([(nan, nan, nan, nan)], (400, 300), aspect=(4, 3)) == (0, 0, 400, 300)
    assert crop_region(np.empty((0, 4)), (400, 300), aspect=(4, 3)) == (0, 0, 400, 300)
    assert all(np.isfinite(crop_region((-1e300, -5, 1e300, 5), (400, 300))))


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
    tile = present(sheet.tiles[1])
    assert twice.tobytes() == tile.draw((0, 0, *tile.size), (80, 40)).tobytes()


@pytest.mark.parametrize(
    ("region", "box"),
    [
        ((0.0, 0.0, 200.0, 100.0), (0, 15, 60, 45)),
        ((50.0, -20.0, 150.0, 80.0), (0, 6, 60, 54)),
        ((10.0, 0.0, 60.0, 100.0), (15, 0, 45, 60)),
    ],
)
def test_no_gutters_lie_beside_what_a_tile_shows(path, region, box):
    """A frame, a part that reaches beyond one, and an upright part, in a square place."""
    tile = CropDrawing(frame(path), region)
    image = SheetDrawing((tile,), 1, (60, 60), (0, 0), "crops", (1, 2, 3)).draw((0, 0, 60, 60), (60, 60))
    inside = np.zeros((60, 60), bool)
    inside[box[1] : box[3], box[0] : box[2]] = True
    assert ((np.asarray(image) == (1, 2, 3)).all(axis=2) != inside).all()


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


def test_an_empty_sheet_is_one_empty_row():
    assert SheetDrawing((), 3, (20, 10), (4, 2), "crops").size == (68, 10)


def test_a_drawing_becomes_a_picture_of_any_width(path):
    crop = all_of(frame(path))
    assert crop.size == (200, 100)
    assert picture(crop).tobytes() == crop.draw((0, 0, 200, 100), (200, 100)).tobytes()
    assert picture(frame(path), 50).size == (50, 25)
