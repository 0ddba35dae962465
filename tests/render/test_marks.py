"""Labels are solid, base is dashed and hatched `/`, other `\\`, at every size, on any photo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aquarium_tui.model.settings import SIDES
from aquarium_tui.render.brush import draw_marks, pen_for
from aquarium_tui.render.mark import Mark

GREY = (120, 120, 120)
BLUE, ORANGE = (60, 160, 255), (255, 150, 30)
SIZES = [(100, 60), (190, 100), (640, 400), (1000, 560), (1900, 1100)]


def drawn(*marks, size=(640, 400), region=None, ground=GREY):
    image = Image.new("RGB", size, ground)
    return np.asarray(draw_marks(image, marks, region or (0, 0, *size), captions=False)).astype(int)


def toward(pixels, color, ground=GREY):
    """How far each pixel is on the way from the ground to a colour."""
    way = np.array(color) - ground
    return ((pixels - ground) @ way) / (way @ way)


def box_in(size, share=0.7):
    w, h = size
    margin = (1 - share) / 2
    return tuple(float(round(v)) for v in (w * margin, h * margin, w * (1 - margin), h * (1 - margin)))


def inside(pixels, box, by=8):
    left, top, right, bottom = (int(v) for v in box)
    return pixels[top + by : bottom - by, left + by : right - by]


@pytest.mark.parametrize("size", SIZES)
def test_a_label_is_an_unbroken_line_and_leaves_its_object_untouched(size):
    box = box_in(size)
    pixels = drawn(Mark(box, "label", BLUE), size=size)
    left, top, right, bottom = (int(v) for v in box)
    ink = toward(pixels, BLUE) > 0.8
    assert ink[top, left:right].all()
    assert ink[bottom - 1, left:right].all()
    assert ink[top:bottom, left].all()
    assert ink[top:bottom, right - 1].all()
    assert (inside(pixels, box) == GREY).all()
    assert (pixels[: top - 3] == GREY).all()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["base", "other"])
def test_an_inference_is_dashed_with_whole_corners(size, kind):
    box = box_in(size)
    pixels = drawn(Mark(box, kind, BLUE), size=size)
    left, top, right, bottom = (int(v) for v in box)
    for line in (pixels[top, left:right], pixels[bottom - 1, left:right], pixels[top:bottom, left]):
        ink = toward(line, BLUE) > 0.8
        assert ink[:2].all()
        assert ink[-2:].all()
        assert 0.45 < ink.mean() < 0.85
        assert (np.diff(ink.astype(int)) == 1).sum() >= 3


@pytest.mark.parametrize("size", SIZES)
def test_base_hatching_rises_to_the_right_and_other_falls(size):
    box = box_in(size)
    for kind, step in zip(SIDES, (-1, 1), strict=True):
        ink = toward(inside(drawn(Mark(box, kind, BLUE), size=size), box), BLUE) > 0.3
        assert 0.05 < ink.mean() < 0.3
        along, across = ink[1:, 1:] == ink[:-1, :-1], ink[1:, :-1] == ink[:-1, 1:]
        assert (along if step == 1 else across).all()
        assert not (across if step == 1 else along).all()


def test_where_base_and_other_overlap_both_hatchings_are_seen():
    box = (100.0, 60.0, 500.0, 340.0)
    alone = {
        kind: toward(inside(drawn(Mark(box, kind, BLUE)), box), BLUE) > 0.3 for kind in ("base", "other")
    }
    both = inside(drawn(Mark(box, "base", BLUE), Mark(box, "other", ORANGE)), box)
    orange, blue = toward(both, ORANGE) > 0.3, toward(both, BLUE) > 0.3
    assert np.array_equal(orange, alone["other"])
    assert blue[alone["base"] & ~alone["other"]].all()


def test_coinciding_frames_of_base_and_other_alternate():
    box = (100.0, 60.0, 500.0, 340.0)
    line = drawn(Mark(box, "base", BLUE), Mark(box, "other", ORANGE))[60, 100:500]
    blue, orange = (toward(line, BLUE) > 0.8).mean(), (toward(line, ORANGE) > 0.8).mean()
    assert blue > 0.2
    assert orange > 0.4


def test_coinciding_frames_of_label_and_inference_alternate():
    box = (100.0, 60.0, 500.0, 340.0)
    for marks in (
        (Mark(box, "label", BLUE), Mark(box, "base", ORANGE)),
        (Mark(box, "base", ORANGE), Mark(box, "label", BLUE)),
    ):
        line = drawn(*marks)[60, 100:500]
        assert (toward(line, BLUE) > 0.8).mean() > 0.2
        assert (toward(line, ORANGE) > 0.8).mean() > 0.4


def test_hatching_looks_alike_at_every_zoom():
    mark = Mark((50.0, 40.0, 600.0, 380.0), "base", BLUE)
    shares = []
    for region in ((0, 0, 640, 400), (80, 60, 400, 260), (200, 150, 264, 190)):
        ink = toward(drawn(mark, region=region)[150:250, 200:400], BLUE) > 0.3
        runs = np.flatnonzero(np.diff(ink[0].astype(int)) == 1)
        assert set(np.diff(runs).tolist()) == {pen_for((640, 400)).pitch}
        shares.append(ink.mean())
    assert max(shares) - min(shares) < 0.02


@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, 1), (7, 3), (33, 21)])
def test_nothing_shimmers_while_the_region_moves(dx, dy):
    marks = [
        Mark((60.0, 50.0, 300.0, 260.0), "base", BLUE),
        Mark((200.0, 90.0, 560.0, 330.0), "other", ORANGE),
        Mark((210.0, 100.0, 260.0, 140.0), "other", BLUE, emphasis="bright"),
        Mark((20.0, 20.0, 620.0, 390.0), "label", BLUE),
    ]
    still = drawn(*marks)
    moved = drawn(*marks, region=(dx, dy, 640 + dx, 400 + dy))
    assert np.array_equal(moved[: 400 - dy, : 640 - dx], still[dy:, dx:])


def test_neighbouring_boxes_share_their_hatch_lines():
    left, right = (100.0, 100.0, 300.0, 300.0), (300.0, 100.0, 500.0, 300.0)
    two = toward(drawn(Mark(left, "other", BLUE), Mark(right, "other", BLUE)), BLUE) > 0.3
    one = toward(drawn(Mark((100.0, 100.0, 500.0, 300.0), "other", BLUE)), BLUE) > 0.3
    for part in (np.s_[110:290, 110:290], np.s_[110:290, 310:490]):
        assert np.array_equal(two[part], one[part])


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (60, 160, 255)])
def test_lines_have_a_dark_rim_that_tells_them_from_any_ground(ground):
    pixels = drawn(Mark((100.0, 60.0, 500.0, 340.0), "label", BLUE), ground=ground)
    column = pixels[50:75, 300].sum(axis=1)
    ink = np.flatnonzero((np.abs(pixels[50:75, 300] - BLUE) < 25).all(axis=1) & (np.arange(50, 75) >= 60))
    if sum(ground) > 100:
        assert column[9] < 0.8 * sum(ground)
        assert column[12] < 0.8 * sum(ground)
    assert list(ink[:2] + 50) == [60, 61]


def test_hatch_lines_have_a_dark_rim_too():
    box = (100.0, 60.0, 500.0, 340.0)
    for kind in ("base", "other"):
        row = inside(drawn(Mark(box, kind, BLUE), ground=(255, 255, 255)), box)[50]
        darker = (row.max(axis=1) < 200).sum()
        ink = ((row[:, 0] < 160) & (row[:, 2] > 240)).sum()
        assert ink > 20
        assert darker >= 0.8 * ink


def test_of_a_small_object_most_is_seen():
    for emphasis in ("normal", "bright"):
        pixels = drawn(Mark((100.0, 100.0, 114.0, 114.0), "label", BLUE, emphasis=emphasis))
        assert (pixels[100:114, 100:114] == GREY).all(axis=2).mean() > 0.5


def test_the_emphasised_object_is_bright_and_the_others_recede():
    box = (100.0, 60.0, 500.0, 340.0)
    lines, hatchings, widths = [], [], []
    for emphasis in ("dim", "normal", "bright"):
        share = toward(drawn(Mark(box, "base", BLUE, emphasis=emphasis)), BLUE)
        lines.append(share[60, 100:108].max())
        hatchings.append(inside(share, box).max())
        widths.append((share[55:75, 102] > 0.4).sum())
    assert lines[0] < 0.65
    assert 0.9 < lines[1] <= lines[2]
    assert hatchings[0] < 0.3
    assert 0.5 < hatchings[1] < hatchings[2]
    assert widths == sorted(set(widths))


def test_bright_lies_over_normal_and_normal_over_dim_in_whatever_order_they_come():
    box = (100.0, 60.0, 500.0, 340.0)
    top = Mark(box, "label", ORANGE, emphasis="bright")
    below = Mark(box, "label", BLUE)
    assert np.array_equal(drawn(top, below), drawn(below, top))
    assert (toward(drawn(top, below)[60, 100:500], ORANGE) > 0.95).all()


def test_a_small_box_lies_over_the_hatching_of_a_large_one():
    large = Mark((20.0, 20.0, 620.0, 380.0), "base", BLUE)
    small = Mark((200.0, 100.0, 320.0, 220.0), "base", ORANGE)
    for marks in ((large, small), (small, large)):
        part = inside(drawn(*marks), small.box)
        assert (toward(part, ORANGE) > 0.3).mean() > 0.08


def test_a_crowd_has_two_lines():
    box = (100.0, 60.0, 500.0, 340.0)
    for crowd, lines in ((False, 1), (True, 2)):
        ink = toward(drawn(Mark(box, "label", BLUE, crowd=crowd))[50:100, 300], BLUE) > 0.8
        assert (np.diff(ink.astype(int)) == 1).sum() == lines


def test_on_half_cells_lines_are_one_pixel_wide():
    pixels = drawn(Mark((20.0, 10.0, 80.0, 50.0), "label", BLUE), size=(100, 60))
    assert (pixels != GREY).any(axis=2).sum() == 2 * 60 + 2 * 40 - 4


@pytest.mark.parametrize("size", SIZES)
def test_a_tiny_box_is_seen(size):
    x, y = size[0] / 2, size[1] / 2
    for kind in ("label", "base", "other"):
        pixels = drawn(Mark((x, y, x + 0.2, y + 0.1), kind, BLUE), size=size)
        assert (toward(pixels, BLUE) > 0.8).sum() >= 4


@pytest.mark.parametrize("side", [6, 10, 16, 25, 40])
def test_a_small_frame_of_an_inference_is_never_solid(side):
    pixels = drawn(Mark((100.0, 100.0, 100.0 + side, 100.0 + side), "other", BLUE))
    assert not (toward(pixels[100, 100 : 100 + side], BLUE) > 0.8).all()


def test_a_box_that_leaves_the_picture_has_no_line_at_the_picture_s_edge():
    pixels = drawn(Mark((-50.0, 100.0, 200.0, 300.0), "label", BLUE))
    assert (pixels[150:250, 0] == GREY).all()
    assert (toward(pixels[150:250, 199], BLUE) > 0.8).all()


def test_a_box_on_the_picture_s_edge_keeps_all_four_lines():
    ink = toward(drawn(Mark((0.0, 0.0, 640.0, 400.0), "label", BLUE)), BLUE) > 0.8
    assert ink[0].all()
    assert ink[-1].all()
    assert ink[:, 0].all()
    assert ink[:, -1].all()


@pytest.mark.parametrize(
    "box",
    [
        (700.0, 10.0, 800.0, 90.0),
        (50.0, 50.0, 50.0, 90.0),
        (90.0, 50.0, 50.0, 90.0),
        (float("nan"), 0.0, 10.0, 10.0),
        (0.0, 0.0, float("inf"), 10.0),
        (-500.0, -500.0, 1e300, 1e300),
    ],
)
def test_a_box_that_cannot_be_seen_changes_nothing(box):
    for kind in ("label", "base", "other"):
        pixels = drawn(Mark(box, kind, BLUE, "caption"))
        assert (toward(pixels, BLUE) > 0.8).sum() == 0 or max(box) == 1e300


coordinates = st.one_of(st.floats(-100, 800), st.floats(allow_nan=True, allow_infinity=True))
boxes = st.tuples(coordinates, coordinates, coordinates, coordinates)
marks = st.builds(
    Mark,
    boxes,
    st.sampled_from(["label", "base", "other"]),
    st.sampled_from([BLUE, ORANGE]),
    st.text(max_size=12),
    st.sampled_from(["bright", "normal", "dim"]),
    st.booleans(),
)


@settings(deadline=None, max_examples=120)
@given(st.lists(marks, max_size=6), st.sampled_from([(3, 2), (40, 20), (100, 60), (320, 240)]))
def test_any_boxes_give_a_picture_and_leave_the_photo_as_it_was(marks, size):
    image = Image.new("RGB", size, GREY)
    result = draw_marks(image, marks, (0.0, 0.0, 320.0, 240.0))
    assert (result.size, result.mode) == (size, "RGB")
    assert result is not image
    assert image.getcolors() == [(size[0] * size[1], GREY)]


def test_a_thousand_colours_keep_their_own():
    colors = [(i % 10 * 25, i // 10 % 10 * 25, 60 + i // 100 * 19) for i in range(1000)]
    boxes = [
        (float(i % 40 * 16), float(i // 40 * 16), i % 40 * 16 + 14.0, i // 40 * 16 + 14.0)
        for i in range(1000)
    ]
    image = Image.new("RGB", (640, 400), GREY)
    result = draw_marks(
        image,
        [Mark(b, "label", c, emphasis="bright") for b, c in zip(boxes, colors, strict=True)],
        (0, 0, 640, 400),
    )
    for box, color in zip(boxes, colors, strict=True):
        assert result.getpixel((int(box[0]), int(box[1]) + 7)) == color


def test_without_marks_the_picture_is_the_photo():
    image = Image.effect_noise((80, 50), 60).convert("RGB")
    assert draw_marks(image, [], (0, 0, 80, 50)).tobytes() == image.tobytes()
