"""ΔAP as a sum by keys: parts, TIDE's errors, the objects behind each, and the frame of one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from aquarium_tui.model.settings import Settings
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.sums import BehindScreen, SumsScreen
from aquarium_tui.tui.widgets.table import Table
from tests.tui.scene import CHOSEN, CLASSES
from tests.tui.screen import app_of, sees, until, view_of

Make = Callable[..., AquariumApp]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_from_the_sum_to_an_object_and_back(make_app: Make, size: tuple[int, int]) -> None:
    async with make_app().run_test(size=size) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("X")
        await sees(pilot, "ΔAP −.163", "parts of all classes", "TIDE", "what AP (−.163) does not show")
        await sees(pilot, "Parts that went the other way: false alarms +.083")
        classes = pilot.app.screen.query_one("#sum-classes", Table)
        while classes.row != 1 + CLASSES.index("car"):
            await pilot.press("down")
        await sees(pilot, "parts of car")
        await pilot.press("enter", "enter")
        await sees(pilot, "found of car   1 object, 0 add and 1 take away", "−.", "f2")
        assert isinstance(pilot.app.screen, BehindScreen)
        await pilot.press("enter")
        await sees(pilot, "1 found of car · 1st", "▼ broken")
        assert isinstance(pilot.app.screen, FrameScreen)
        for screen in (BehindScreen, SumsScreen, MetricsScreen):
            await pilot.press("escape")
            await pilot.pause()
            assert isinstance(pilot.app.screen, screen)


async def test_the_objects_of_an_error_and_those_below_the_threshold(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("X")
        await sees(pilot, "background")
        await pilot.press("tab", "tab", "down", "down", "down", "down")
        await pilot.press("enter")
        await sees(pilot, "background errors   1 object", "other pedestrian", ".60")
        strict = Settings(0.75, 0.75)
        app_of(pilot).match(strict)
        await until(pilot, lambda: view_of(pilot).settings == strict)
        await pilot.press("enter")
        await sees(pilot, "below the confidence")


async def test_one_set_has_no_sum(make_app: Make) -> None:
    async with make_app(replace(CHOSEN, other="")).run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "confusion")
        await pilot.press("X")
        await sees(pilot, "Only two sets")
