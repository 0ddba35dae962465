"""Curves in the interface: read with a cursor, and a threshold taken from one."""

from collections.abc import Callable

import numpy as np
import pytest

from aquarium_tui.render.chart import Chart, ChartDrawing, CurveLine, MarkedPoint, chart_cells
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.curves import CurvesScreen
from tests.narrow import of_type, present
from tests.tui.screen import sees, until, view_of

Make = Callable[..., AquariumApp]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_threshold_is_taken_from_a_curve_of_the_class(make_app: Make, size: tuple[int, int]) -> None:
    async with make_app().run_test(size=size) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("K")
        await sees(pilot, "over confidence", "car   at .10", "base F1")
        screen = of_type(CurvesScreen, pilot.app.screen)
        await until(pilot, lambda: screen.found is not None)
        await pilot.press("pagedown", "right", "right")
        await sees(pilot, "at .22")
        await pilot.press("enter")
        await sees(pilot, "Threshold .22 of", "base and other, car only")
        await pilot.press("enter")
        await sees(pilot, "conf per class")
        settings = present(view_of(pilot).settings)
        assert settings.base_classes == settings.other_classes == (("car", 0.22),)
        assert screen.found is not None, "a threshold bears on none of the curves"
        await pilot.press("v", "v")
        await sees(pilot, "precision over recall", "recall .22")
        await pilot.press("p")
        await sees(pilot, "all classes")
        await pilot.press("escape")
        await sees(pilot, "car missed")


def chart(y: float) -> Chart:
    x = np.linspace(0, 1, 11)
    line = CurveLine(x, np.full(11, y), "#ff0000", np.full(11, y - 0.2), np.full(11, y + 0.2))
    mark = MarkedPoint(0.5, 0.9, "●", "#0000ff")
    return Chart([line], [mark], ((0.0, 1.0), (0.0, 1.0)), 0.0, "#00ff00", "#888888", "#000000", "flat")


def test_cells_show_lines_marks_and_the_cursor_where_they_are():
    cells = chart_cells(chart(0.5), 20, 9)
    assert cells[4][10][1] == "#ff0000"
    assert cells[0][0] == ("│", "#00ff00")
    assert ("●", "#0000ff") in cells[0] + cells[1]


def test_a_picture_has_the_colours_of_its_lines_at_any_size():
    for pixels in ((300, 200), (900, 700), (8, 6)):
        picture = ChartDrawing(chart(0.5), (300, 200), 12).draw((0, 0, 300, 200), pixels)
        assert picture.size == pixels
    colours = np.asarray(ChartDrawing(chart(0.5), (300, 200), 12).draw((0, 0, 1, 1), (300, 200)))
    assert (colours.reshape(-1, 3) == (255, 0, 0)).all(axis=1).any()
