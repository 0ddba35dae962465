"""Captions are legible, in the picture, apart from each other, and the important ones are there."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aquarium_tui.render.brush import draw_marks, pen_for
from aquarium_tui.render.captions import drawable, font_for, place_captions, plate_of, plate_size
from aquarium_tui.render.mark import Mark, MarkOwner, place

GREY = (120, 120, 120)
BLUE = (60, 160, 255)


def captions(marks, size=(640, 400)):
    letters = pen_for(size).letters
    return place_captions(place(marks, (0, 0, *size), size), size, lambda words: plate_size(words, letters))


def plates(marks, size=(640, 400)):
    return [one.box for one in captions(marks, size)]


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
    shown = captions([*crowded, bright], (100, 60))
    assert len(shown) < 20
    assert shown[0].words == "bright"


def test_larger_objects_come_before_smaller_ones():
    boxes = [(i * 30.0, 50.0, i * 30 + 20.0 + i, 350.0) for i in range(20)]
    many = [Mark(box, "label", BLUE, f"object {i}", rank=2.0) for i, box in enumerate(boxes)]
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
    swatches = {}
    for kind in ("label", "base", "other"):
        plate = plate_of("car", kind, BLUE, 12)
        swatches[kind] = (np.asarray(plate)[:, :9, :3] == BLUE).all(axis=2)
    assert swatches["label"].all()
    assert (swatches["base"][1:, :-1] == swatches["base"][:-1, 1:]).all()
    assert (swatches["other"][1:, 1:] == swatches["other"][:-1, :-1]).all()
    assert not swatches["base"].all()
    assert not np.array_equal(swatches["base"], swatches["other"])


viewed_boxes = st.tuples(
    st.floats(-200, 700), st.floats(-200, 420), st.floats(2, 1400), st.floats(2, 900), st.floats(-9, 9)
)
SHOWN = [(240, 135), (300, 400), (480, 270), (1000, 562), (1960, 1100)]


@settings(deadline=None, max_examples=60)
@given(viewed_boxes, st.sampled_from(SHOWN), st.lists(marks, max_size=10))
def test_all_captions_of_the_object_that_is_viewed_are_there(corner, size, others):
    """In the picture, apart, beside their box or joined to it, and at most one of them shortened."""
    words: dict[MarkOwner, str] = {
        "label": "traffic light",
        "base": "base truck .49 IoU .71",
        "other": "other motorcycle .49",
    }
    left, top, width, height, off = corner
    boxes: dict[MarkOwner, float] = {"label": 0.0, "base": off, "other": -off}
    viewed = [
        Mark((left + by, top + by, left + width + by, top + height), kind, BLUE, words[kind], "bright")
        for kind, by in boxes.items()
    ]
    source = (640.0, 400.0)
    placed = place([*viewed, *others], (0, 0, *source), size)
    seen = [one for one in placed if one.mark in viewed]
    letters = pen_for(size).letters
    found = place_captions(placed, size, lambda text: plate_size(text, letters))
    mine = {one.mark.kind: one for one in found if one.mark.emphasis == "bright" and one.mark in viewed}
    assert set(mine) == {one.mark.kind for one in seen}
    assert sum(one.words != one.mark.caption for one in mine.values()) <= 1
    for a, b in combinations([one.box for one in found], 2):
        assert a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top
    for one in seen:
        caption = mine[one.mark.kind]
        assert 0 <= caption.box.left < caption.box.right <= size[0]
        assert 0 <= caption.box.top < caption.box.bottom <= size[1]
        reach = caption.box.grown(round(1.5 * caption.box.size[1]))
        touches = (
            reach.left <= one.box.right
            and reach.right >= one.box.left
            and reach.top <= one.box.bottom
            and reach.bottom >= one.box.top
        )
        if not touches:
            assert caption.leader is not None
            (x, y), (to_x, to_y) = caption.leader
            assert caption.box.left <= x < caption.box.right
            assert caption.box.top <= y < caption.box.bottom
            assert one.box.left <= to_x < one.box.right
            assert one.box.top <= to_y < one.box.bottom


def test_three_captions_of_a_tiny_object_do_not_hide_it():
    box = (300.0, 200.0, 312.0, 210.0)
    kinds: dict[MarkOwner, str] = {
        "label": "car",
        "base": "base truck .49 IoU .71",
        "other": "other van .49 IoU .80",
    }
    for at in (box, (2.0, 390.0, 12.0, 398.0), (630.0, 2.0, 638.0, 9.0)):
        shown = plates([Mark(at, kind, BLUE, words, "bright") for kind, words in kinds.items()])
        assert len(shown) == 3
        for plate in shown:
            overlap_x = min(plate.right, at[2]) - max(plate.left, at[0])
            overlap_y = min(plate.bottom, at[3]) - max(plate.top, at[1])
            assert overlap_x <= 0 or overlap_y <= 0


def test_captions_of_a_lower_rank_come_first():
    many = [
        Mark((i * 30.0, 50.0, i * 30 + 25.0, 350.0), "label", BLUE, f"object {i}", rank=float(i % 2))
        for i in range(20)
    ]
    shown = [int(one.words.split()[1]) for one in captions(many)]
    assert all(n % 2 == 0 for n in shown[:5])
    assert sum(n % 2 for n in shown) < len(shown) / 2


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
    monkeypatch.setattr("aquarium_tui.render.captions._FAMILIES", ())
    from aquarium_tui.render import captions as module

    module._covering.cache_clear()
    assert drawable(text, 48).isascii()
    module._covering.cache_clear()


def test_a_letter_no_font_has_is_still_drawn_as_a_box():
    assert font_for("\U0010fffd", 12).getlength("\U0010fffd") > 0


@pytest.mark.parametrize("size", [(1, 1), (2, 90), (3, 40), (90, 2)])
def test_a_sliver_of_a_picture_has_no_caption(size):
    bright = [Mark((0.0, 0.0, 90.0, 90.0), kind, BLUE, "truck .91", "bright") for kind in ("label", "other")]
    assert captions(bright, size) == []


def test_letters_smaller_than_a_pixel_are_one_pixel_high():
    assert font_for("0", 0).size == 1
