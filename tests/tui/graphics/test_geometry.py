"""Pictures keep their aspect, fill the room, and no cell is forgotten or painted twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aquarium_tui.tui.graphics.geometry import fit, gain_below, moved, pieces, pixels, whole, zoomed
from aquarium_tui.tui.screens.frame import BELOW, BESIDE, WORTH_IT
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.samples import Layout

SIDES = st.tuples(st.integers(1, 4000), st.integers(1, 4000))


def test_a_wide_picture_takes_the_whole_width() -> None:
    grid = fit(whole((1280, 720)), (100, 30), (10, 20))
    assert grid.cells == (100, 28)
    assert grid.extent == (996, 560)


@given(st.integers(0, 300), st.integers(0, 100))
def test_a_grid_of_crops_has_a_size_in_any_window(width: int, height: int) -> None:
    layout = Layout.of(width, height)
    assert min(layout.columns, layout.width, layout.height, layout.rows) >= 1


def test_few_crops_fill_the_window_and_tiles_of_frames_have_their_form() -> None:
    assert Layout.of(120, 30) == Layout(4, 28, 13, 2)
    assert Layout.of(120, 30, total=500) == Layout.of(120, 30)
    alone, two = Layout.of(120, 30, total=1), Layout.of(120, 30, total=2)
    assert (alone.columns, alone.width, alone.height) == (1, 120, 28)
    assert (two.columns, two.width, two.height) == (2, 59, 28)
    wide = Layout.of(120, 30, form=9 / 32)  # 16 : 9 in cells twice as high as wide
    assert (wide.width, wide.height) == (28, 8)


@pytest.mark.parametrize(
    ("source", "room", "below"),
    [
        ((1280, 720), (120, 32), True),
        ((4000, 1000), (120, 32), True),
        ((900, 1200), (120, 32), False),
        ((900, 1200), (80, 20), False),
        ((4000, 1000), (80, 20), True),
        ((1280, 720), (200, 46), False),
    ],
)
def test_a_list_lies_where_it_leaves_the_picture_most_room(source, room, below) -> None:
    beside = BESIDE[class_for(room[0])]
    assert (gain_below(source, room, (10, 20), beside, BELOW) > WORTH_IT) == below


def class_for(width: int) -> str:
    return max(step for step in ViewScreen.HORIZONTAL_BREAKPOINTS if step[0] <= width)[1]


def test_a_tall_picture_takes_the_whole_height() -> None:
    assert fit(whole((300, 900)), (100, 30), (10, 20)).cells == (20, 30)


def test_cells_that_are_not_twice_as_high_as_wide_are_reckoned_with() -> None:
    assert fit(whole((1000, 1000)), (100, 40), (10, 10)).cells == (40, 40)
    assert fit(whole((1000, 1000)), (100, 40), (10, 30)).cells == (100, 33)


@given(
    SIDES,
    st.tuples(st.integers(1, 300), st.integers(1, 100)),
    st.tuples(st.integers(4, 20), st.integers(8, 40)),
)
def test_a_picture_fits_and_touches_two_sides(
    size: tuple[int, int], room: tuple[int, int], cell: tuple[int, int]
) -> None:
    grid = fit(whole(size), room, cell)
    assert all(1 <= used <= there for used, there in zip(grid.cells, room, strict=True))
    assert grid.cells[0] == room[0] or grid.cells[1] == room[1]
    covered = (grid.cells[0] * cell[0], grid.cells[1] * cell[1])
    assert all(pixels <= most for pixels, most in zip(grid.extent, covered, strict=True))
    if min(grid.extent) > 50:
        assert grid.extent[0] / grid.extent[1] == pytest.approx(size[0] / size[1], rel=0.03)


@pytest.mark.parametrize(
    ("region", "most", "drawn"),
    [
        ((0, 0, 4000, 3000), (1000, 560), (1000, 560)),
        ((0, 0, 900, 500), (1000, 560), (900, 500)),
        ((0, 0, 500, 280), (1000, 560), (500, 280)),
        ((10, 10, 110, 66), (1000, 560), (500, 280)),
        ((0, 0, 3, 3), (1, 1), (1, 1)),
    ],
    ids=["more than can be shown", "less", "half", "far less: a multiple", "a point"],
)
def test_no_more_is_drawn_than_the_source_has_unless_lines_would_be_coarse(
    region: tuple[float, float, float, float], most: tuple[int, int], drawn: tuple[int, int]
) -> None:
    assert pixels(region, most) == drawn


def test_zooming_keeps_the_point_under_the_pointer() -> None:
    size, view = (1280, 720), (1000, 560)
    region = zoomed(whole(size), size, view, 2.0, (320.0, 180.0))
    assert (320 - region[0]) / (region[2] - region[0]) == pytest.approx(0.25)
    assert (180 - region[1]) / (region[3] - region[1]) == pytest.approx(0.25)
    assert region[2] - region[0] == pytest.approx(1280 / 2 * 1000 / 995.6, rel=0.01)


@given(st.floats(0.1, 10), st.floats(0, 1280), st.floats(0, 720), st.floats(-2, 2), st.floats(-2, 2))
def test_what_is_seen_is_always_inside_the_source(f: float, x: float, y: float, dx: float, dy: float) -> None:
    size = (1280, 720)
    region = moved(zoomed(whole(size), size, (1000, 560), f, (x, y)), size, dx, dy)
    assert -1e-6 <= region[0] < region[2] <= 1280 + 1e-6
    assert -1e-6 <= region[1] < region[3] <= 720 + 1e-6


def test_zooming_out_ends_with_the_whole() -> None:
    size = (1280, 720)
    region = zoomed((100, 100, 200, 156), size, (1000, 560), 0.001, (150, 120))
    assert region == whole(size)


def test_equal_rows_are_one_piece() -> None:
    mask = np.ones((9, 7), bool)
    assert list(pieces(mask, (7, 4))) == [(0, 0, 7, 4), (0, 4, 7, 8), (0, 8, 7, 9)]
    mask[2:4, 3:5] = False
    assert sorted(pieces(mask, (7, 9))) == [(0, 0, 7, 2), (0, 2, 3, 4), (0, 4, 7, 9), (5, 2, 7, 4)]


@given(arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))), st.integers(1, 9), st.integers(1, 9))
def test_the_pieces_are_the_cells(mask: np.ndarray, columns: int, rows: int) -> None:
    painted = np.zeros(mask.shape, int)
    for left, top, right, bottom in pieces(mask, (columns, rows)):
        assert right - left <= columns
        assert bottom - top <= rows
        painted[top:bottom, left:right] += 1
    assert (painted == mask).all()
