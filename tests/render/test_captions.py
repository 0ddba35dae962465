"""Captions are legible, in the picture, apart from each other, and the important ones are there."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aquarium_tui.render.brush import draw_marks, drawable, font_for, place_captions
from aquarium_tui.render.ink import pen_for
from aquarium_tui.render.mark import Mark, place

GREY = (120, 120, 120)
BLUE = (60, 160, 255)


def plates(marks, size=(640, 400)):
    placed = place(marks, (0, 0, *size), size)
    return [box for _, box in place_captions(placed, size, pen_for(size).letters)]


coordinates = st.tuples(st.integers(0, 600), st.integers(0, 380), st.integers(5, 300), st.integers(5, 200))
marks = st.builds(
    lambda corner, kind, caption, emphasis: Mark(
        (corner[0], corner[1], corner[0] + corner[2], corner[1] + corner[3]), kind, BLUE, caption, emphasis
    ),
    coordinates,
    st.sampled_from(["label", "base", "other"]),
    st.sampled_from(["", "car", "cyclist .91 IoU .71", "traffic light .40" * 9]),
    st.sampled_from(["bright", "normal", "dim"]),
)


@settings(deadline=None)
@given(st.lists(marks, max_size=30))
def test_captions_neither_collide_nor_leave_the_picture(marks):
    boxes = plates(marks)
    for box in boxes:
        assert 0 <= box.left < box.right <= 640
        assert 0 <= box.top < box.bottom <= 400
    for a, b in combinations(boxes, 2):
        assert a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top


def test_the_captions_of_one_object_lie_at_three_corners():
    box = (200.0, 100.0, 400.0, 300.0)
    label, base, other = plates([Mark(box, kind, BLUE, "car .91") for kind in ("label", "base", "other")])
    assert (label.left, label.bottom <= 100) == (200, True)
    assert (base.left, base.top >= 300) == (200, True)
    assert (other.right, other.top >= 300) == (400, True)


def test_when_there_is_no_room_the_bright_caption_stays():
    box = (10.0, 20.0, 90.0, 55.0)
    crowded = [Mark(box, "label", BLUE, f"car {i}") for i in range(20)]
    bright = Mark(box, "label", BLUE, "bright", "bright")
    shown = [
        p for p, _ in place_captions(place([*crowded, bright], (0, 0, 100, 60), (100, 60)), (100, 60), 9)
    ]
    alone = [p for p, _ in place_captions(place([bright], (0, 0, 100, 60), (100, 60)), (100, 60), 9)]
    assert len(shown) < 20
    assert shown[0].tobytes() == alone[0].tobytes()


def test_larger_objects_come_before_smaller_ones():
    many = [Mark((i * 30.0, 50.0, i * 30 + 20.0 + i, 350.0), "label", BLUE, f"object {i}") for i in range(20)]
    for shown in (many, many[::-1]):
        assert len(plates(shown)) < 20
        assert any(box.right > 570 for box in plates(shown))


def test_those_that_recede_have_no_caption():
    assert plates([Mark((200, 100, 400, 300), "label", BLUE, "car", "dim")]) == []


def test_captions_take_but_a_part_of_the_picture():
    many = [
        Mark((x, y, x + 90, y + 40), "base", BLUE, "car .50")
        for x in range(0, 600, 60)
        for y in range(0, 400, 20)
    ]
    taken = sum((b.right - b.left) * (b.bottom - b.top) for b in plates(many))
    assert 0 < taken <= 0.1 * 640 * 400


def test_a_caption_never_hides_its_own_small_object():
    box = (300.0, 200.0, 330.0, 230.0)
    for kind in ("label", "base", "other"):
        (plate,) = plates([Mark(box, kind, BLUE, "cyclist .91 IoU .71")])
        assert plate.bottom <= 200 or plate.top >= 230


def test_a_box_that_fills_the_picture_has_its_caption_inside():
    (plate,) = plates([Mark((0, 0, 640, 400), "label", BLUE, "dining table")])
    assert (plate.left, plate.top < 20) == (0, True)


@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), (250, 230, 60)])
def test_the_words_stand_out_on_any_photo(ground):
    mark = Mark((200.0, 100.0, 400.0, 300.0), "label", BLUE, "HHHHHH")
    with_words = np.asarray(
        draw_marks(Image.new("RGB", (640, 400), ground), [mark], (0, 0, 640, 400))
    ).astype(int)
    (plate,) = plates([mark])
    grey = with_words[plate.slices][:, 14:].sum(axis=2) / 3
    assert grey.max() > 220
    assert np.median(grey) < 80


def test_a_caption_s_swatch_is_drawn_as_its_box_is():
    size, swatches = (640, 400), {}
    for kind in ("label", "base", "other"):
        placed = place([Mark((200, 100, 400, 300), kind, BLUE, "car")], (0, 0, *size), size)
        ((plate, _),) = place_captions(placed, size, 12)
        swatches[kind] = (np.asarray(plate)[:, :9, :3] == BLUE).all(axis=2)
    assert swatches["label"].all()
    assert (swatches["base"][1:, :-1] == swatches["base"][:-1, 1:]).all()
    assert (swatches["other"][1:, 1:] == swatches["other"][:-1, :-1]).all()
    assert not swatches["base"].all()
    assert not np.array_equal(swatches["base"], swatches["other"])


def test_captions_can_be_left_out():
    mark = Mark((200.0, 100.0, 400.0, 300.0), "label", BLUE, "car")
    image = Image.new("RGB", (640, 400), GREY)
    without = draw_marks(image, [mark], (0, 0, 640, 400), captions=False)
    unnamed = draw_marks(image, [Mark(mark.box, "label", BLUE)], (0, 0, 640, 400))
    assert without.tobytes() == unnamed.tobytes()
    assert without.tobytes() != draw_marks(image, [mark], (0, 0, 640, 400)).tobytes()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("car .91", "car .91"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("two\nlines", "two\\nlines"),
        ("\u202eevil", "\\u202eevil"),
        ("x" * 60, "x" * 47 + "…"),
        ("", ""),
    ],
)
def test_words_from_outside_become_one_line_without_control_characters(text, shown):
    assert drawable(text, 48) == shown


@pytest.mark.parametrize("text", ["Fußgänger", "vélo → auto"])
def test_letters_the_fonts_lack_are_written_in_plain_ones(text, monkeypatch):
    monkeypatch.setattr("aquarium_tui.render.brush._FAMILIES", ())
    from aquarium_tui.render import brush as module

    module._covering.cache_clear()
    assert drawable(text, 48).isascii()
    module._covering.cache_clear()


def test_a_letter_no_font_has_is_still_drawn_as_a_box():
    assert font_for("\U0010fffd", 12).getlength("\U0010fffd") > 0
