"""Crops show the object with some surroundings, inside the picture, in the form of their tile."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from aquarium_tui.drawing.crops import contact_sheet, crop_region

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


def test_a_contact_sheet_has_its_tiles_in_rows():
    tiles = [Image.new("RGB", (20, 10), (i * 10, 0, 0)) for i in range(5)]
    tiles[1] = None
    sheet = contact_sheet(tiles, 3, (20, 10), (4, 2), (1, 2, 3))
    assert sheet.size == (68, 22)
    assert [sheet.getpixel((x, y)) for x, y in ((5, 5), (29, 5), (53, 5), (5, 17), (29, 17), (53, 17))] == [
        (0, 0, 0),
        (1, 2, 3),
        (20, 0, 0),
        (30, 0, 0),
        (40, 0, 0),
        (1, 2, 3),
    ]
    assert sheet.getpixel((21, 5)) == (1, 2, 3)


def test_an_empty_contact_sheet_is_one_empty_row():
    assert contact_sheet([], 3, (20, 10), (4, 2)).size == (68, 10)
