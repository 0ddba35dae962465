"""Maps over a photo: what is counted in the picture is what is in the map."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.drawing.maps import Layer, MapDrawing
from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import OUTSIDE, PhotoCache
from aquarium_tui.render.mark import Mark
from aquarium_tui.render.palette import placeholder
from tests.narrow import of_type

RED, BLUE, GREY = (255, 0, 0), (0, 0, 255), (120, 120, 120)
SIZE = (60, 40)
WHOLE = (0.0, 0.0, 60.0, 40.0)


@pytest.fixture
def photo(tmp_path: Path) -> str:
    Image.new("RGB", SIZE, GREY).save(tmp_path / "a.png")
    return str(tmp_path / "a.png")


def values() -> np.ndarray:
    """A block of 1 of 20 × 10, a block of 2 of 10 × 10, the rest 0."""
    found = np.zeros((40, 60), np.uint8)
    found[5:15, 10:30] = 1
    found[20:30, 40:50] = 2
    return found


def drawing(photo: str, *layers: Layer, **options: Any) -> MapDrawing:
    return MapDrawing(photo, SIZE, layers, "a map", PhotoCache(), **options)


def layer(found: np.ndarray, **options: Any) -> Layer:
    return Layer("map", lambda: found, {1: RED, 2: BLUE}, **{"opacity": 1.0, **options})


def count(image: Image.Image, color: tuple[int, int, int]) -> int:
    return int((np.asarray(image) == color).all(axis=2).sum())


def test_pixels_of_a_colour_are_those_of_its_value(photo):
    image = drawing(photo, layer(values())).draw(WHOLE, SIZE)
    assert (count(image, RED), count(image, BLUE), count(image, GREY)) == (200, 100, 2100)


def test_a_value_without_a_colour_leaves_the_photo_as_it_is(photo):
    only = Layer("map", values, {2: BLUE}, opacity=1.0)
    image = drawing(photo, only).draw(WHOLE, SIZE)
    assert (count(image, BLUE), count(image, GREY)) == (100, 2300)


def test_opacity_mixes_with_the_photo_and_grey_takes_its_colours(photo):
    Image.new("RGB", SIZE, (200, 100, 0)).save(photo)
    image = drawing(photo, layer(values(), opacity=0.5), grey=True).draw(WHOLE, SIZE)
    red, green, blue = of_type(tuple, image.getpixel((12, 7)))
    assert red > 150
    assert green == blue
    assert len(set(of_type(tuple, image.getpixel((0, 0))))) == 1


def test_every_zoom_shows_whole_pixels_of_the_map(photo):
    image = drawing(photo, layer(values())).draw((10, 5, 40, 25), (300, 200))
    assert (count(image, RED), count(image, BLUE)) == (200 * 100, 0)
    half = drawing(photo, layer(values())).draw(WHOLE, (30, 20))
    assert (count(half, RED), count(half, BLUE)) == (50, 25)


def test_a_map_of_another_size_is_stretched_over_the_photo(photo):
    image = drawing(photo, layer(values()[::2, ::2])).draw(WHOLE, SIZE)
    assert (count(image, RED), count(image, BLUE)) == (200, 100)


def test_what_is_rare_is_seen_however_small_the_picture(photo):
    speck = np.zeros((40, 60), np.uint8)
    speck[37, 58] = 1
    small = (6, 4)
    assert count(drawing(photo, layer(speck)).draw(WHOLE, small), RED) == 0
    assert count(drawing(photo, layer(speck, rare=True)).draw(WHOLE, small), RED) == 1


def test_an_outline_lies_where_values_change(photo):
    image = drawing(photo, layer(values(), style="outline")).draw(WHOLE, SIZE)
    assert image.getpixel((20, 10)) == GREY, "the inside is left as it is"
    assert image.getpixel((29, 10)) == RED
    assert image.getpixel((20, 14)) == RED


def test_hatching_rises_for_base_and_falls_for_other(photo):
    everything = np.ones((40, 60), np.uint8)
    for style, step in (("/", -1), ("\\", 1)):
        red = (np.asarray(drawing(photo, layer(everything, style=style)).draw(WHOLE, SIZE)) == RED).all(
            axis=2
        )
        assert 0 < red.sum() < red.size / 2
        rows, columns = np.nonzero(red[1:-1, 1:-1])
        assert red[rows + 2, columns + 1 + step].all(), "each line goes on in the row below"


def test_beyond_the_photo_nothing_is_painted(photo):
    image = drawing(photo, layer(np.ones((40, 60), np.uint8))).draw((-60, -40, 120, 80), (180, 120))
    assert (count(image, RED), count(image, OUTSIDE)) == (2400, 180 * 120 - 2400)


def test_layers_lie_one_above_the_other_and_marks_above_all(photo):
    below, above = layer(np.ones((40, 60), np.uint8)), Layer("above", values, {2: BLUE}, opacity=1.0)
    image = drawing(photo, below, above).draw(WHOLE, SIZE)
    assert (count(image, RED), count(image, BLUE)) == (2300, 100)
    marked = drawing(photo, below, marks=(Mark((10, 10, 50, 30), "label", (255, 255, 255)),))
    assert count(marked.draw(WHOLE, SIZE), RED) < 2400


def test_a_mask_that_cannot_be_read_is_a_card_and_a_missing_photo_is_black(photo, tmp_path):
    def broken() -> np.ndarray:
        raise InputError("a mask is missing")

    card = drawing(photo, Layer("map", broken, {1: RED})).draw(WHOLE, (200, 100))
    assert card.tobytes() == placeholder((200, 100), "a mask is missing").tobytes()
    dark = drawing(str(tmp_path / "gone.jpg"), layer(values())).draw(WHOLE, SIZE)
    assert (count(dark, RED), count(dark, (0, 0, 0))) == (200, 2100)


def test_equal_keys_mean_equal_pictures(photo):
    def key(**options: object) -> object:
        return drawing(photo, layer(values(), **options)).key

    assert key() == key()
    assert len({key(), key(opacity=0.5), key(style="outline"), key(rare=True)}) == 4
    assert drawing(photo, layer(values())).key != drawing(photo, layer(values()), grey=True).key
