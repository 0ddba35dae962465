"""Masks are drawn where their pixels are: outlined, hatched inside alone, at every zoom."""

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.ingest.object_masks import counts_of
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.mark import Mark, Shape, covered, edges

SIZE = (300, 200)
GREY, BLUE = (120, 120, 120), (60, 160, 255)
LEFT_HALF = [20, 20, 140, 20, 140, 180, 20, 180]
"""Of the box 20, 20, 280, 180."""
BOX = (20.0, 20.0, 280.0, 180.0)
SHAPE = Shape(counts_of([LEFT_HALF], SIZE)[0], SIZE)


def drawn(kind, region=(0, 0, *SIZE), pixels=SIZE, shape=SHAPE) -> np.ndarray:
    mark = Mark(BOX, kind, BLUE, shape=shape)
    image = draw_marks(Image.new("RGB", pixels, GREY), [mark], region, captions=False)
    return np.asarray(image).astype(int)


def ink(pixels: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.any(pixels != GREY, axis=2)
    return found


@pytest.mark.parametrize("scale", [0.5, 1, 2.5])
@pytest.mark.parametrize("kind", ["label", "base", "other"])
def test_nothing_is_drawn_off_the_mask(kind, scale):
    marked = ink(drawn(kind, pixels=(round(SIZE[0] * scale), round(SIZE[1] * scale))))
    assert marked[:, : round(142 * scale) + 2].any()
    assert not marked[:, round(142 * scale) + 2 :].any()


def test_a_label_is_an_unbroken_line_around_its_mask_and_empty_inside():
    pixels = drawn("label")
    blue = np.all(np.abs(pixels - BLUE) < 20, axis=2)
    assert blue[20, 20:140].all()
    assert blue[20:180, 20].all()
    assert blue[20:180, 139].all()
    assert not ink(pixels)[30:170, 30:130].any()


def test_hatching_of_base_rises_and_that_of_other_falls():
    for kind, step in (("base", -1), ("other", 1)):
        marked = ink(drawn(kind))[40:160, 40:120]
        np.testing.assert_array_equal(marked[1:, 1:-1], np.roll(marked[:-1], step, 1)[:, 1:-1])
        assert 0 < marked.mean() < 0.5


@pytest.mark.parametrize("kind", ["base", "other"])
def test_inferences_are_outlined_in_dashes(kind):
    line = (abs(drawn(kind)[20, 40:120] - BLUE) < 20).all(axis=1)
    assert line.any()
    assert not line.all()


def test_the_edge_of_the_display_is_no_edge_of_the_mask():
    inside = drawn("label", region=(40, 40, 120, 160), pixels=(160, 240))
    assert not ink(inside).any()


def test_a_mask_is_covered_as_its_pixels_are_whatever_is_shown():
    for region in ((0, 0, *SIZE), (100, 50, 200, 150), (-50, -50, 350, 250)):
        pixels = (round(region[2] - region[0]), round(region[3] - region[1]))
        box, mask = covered(SHAPE, region, pixels)
        assert mask.shape == (box.bottom - box.top, box.right - box.left)
        assert mask.all()
        assert box.left + region[0] >= 20
        assert box.right + region[0] <= 140
        assert (box.top + region[1], box.bottom + region[1]) in ((20, 180), (34, 166))


def test_a_mask_too_small_to_be_seen_is_drawn_as_its_box():
    dot = Shape(counts_of([[20, 20, 21, 20, 21, 21, 20, 21]], SIZE)[0], SIZE)
    np.testing.assert_array_equal(
        drawn("label", pixels=(30, 20), shape=dot), drawn("label", pixels=(30, 20), shape=None)
    )


def test_edges_are_level_or_upright():
    level, upright = edges(np.ones((6, 8), bool), 2)
    assert level.sum(axis=1).tolist() == [8, 8, 0, 0, 8, 8]
    assert upright.sum(axis=0).tolist() == [6, 6, 0, 0, 0, 0, 6, 6]
