"""Slices: their screen, and the bar that counts the objects of one alone."""

from collections.abc import Callable

import numpy as np

from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.slices import SlicesScreen
from aquarium_tui.tui.widgets.query_bar import QueryBar, SliceBar
from tests.tui.screen import sees, shown, until, view_of
from tests.tui.test_query_bar import typed

Make = Callable[..., AquariumApp]


async def test_entering_a_slice_counts_its_objects_alone_everywhere(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames   5 labels")
        await pilot.press("5")
        await sees(pilot, "size: medium", "label.area >= 1024", "ready-made")
        assert isinstance(pilot.app.screen, SlicesScreen)
        precision = pilot.app.screen.precision
        await until(pilot, lambda: not np.isnan(precision[0]["other"]).any(), "AP")
        for _ in range(20):
            if "class: car" in shown(pilot.app).split("▌")[-1].splitlines()[0]:
                break
            await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, lambda: view_of(pilot).choice.only == 'label.class = "car"', "the slice")
        assert isinstance(pilot.app.screen, MetricsScreen)
        await sees(pilot, '& label.class = "car"')
        labels = view_of(pilot).comparison.label_count
        assert 0 < labels < 5 and view_of(pilot).comparison.confusion("base").sum() >= labels
        await pilot.press("escape")
        await until(pilot, lambda: view_of(pilot).choice.only == "", "all objects")
        assert not pilot.app.screen.query_one(SliceBar).display


async def test_a_slice_is_typed_in_a_bar_of_its_own(make_app: Make) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await sees(pilot, "all frames")
        await pilot.press("ampersand")
        await typed(pilot, "label.left > 10 limit 1")
        await pilot.press("enter")
        await sees(pilot, "no order and no limit")
        await pilot.press("ampersand", "ctrl+u")
        await typed(pilot, "label.left > 10")
        await pilot.press("enter")
        await until(pilot, lambda: view_of(pilot).choice.only == "label.left > 10", "the slice")
        await pilot.press("1")
        await sees(pilot, "& label.left > 10")


async def test_slices_that_were_searched_for_are_the_second_list(make_app: Make) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await sees(pilot, "all frames")
        await pilot.press("5")
        await sees(pilot, "size: medium")
        await pilot.press("right_square_bracket")
        await sees(pilot, "0 slices found")
        await pilot.press("left_square_bracket")
        await sees(pilot, "size: medium")
        await pilot.press("v", "v")
        await sees(pilot, "[")
        await pilot.press("equals_sign")
        await until(pilot, lambda: isinstance(pilot.app.screen, MetricsScreen), "Metrics")
        await until(pilot, lambda: pilot.app.screen.query_one(QueryBar).typing, "the bar")
