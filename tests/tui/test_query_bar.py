"""Asking: the bar, its completions and errors, and what an applied query does to every screen."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from aquarium_tui.query import patterns
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.frames import FramesScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.widgets.query_bar import QueryInput, Suggestions
from tests.tui.screen import app_of, lines, sees, shown, until, view_of

Make = Callable[..., AquariumApp]
SIGNS = {" ": "space", "=": "equals_sign", '"': "quotation_mark", ".": "full_stop", "_": "underscore"}


async def typed(pilot: Pilot[Any], text: str) -> None:
    await pilot.press(*(SIGNS.get(letter, letter) for letter in text))


async def asks(pilot: Pilot[Any], query: str) -> None:
    """Wait until a query is applied."""
    await until(pilot, lambda: view_of(pilot).choice.query == query, query)


async def test_a_query_of_objects_filters_all_screens(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames   5 labels", "all frames")
        await pilot.press("slash")
        await typed(pilot, "change = broken and label is not missing")
        await pilot.press("enter")
        await sees(pilot, "1 frame   2 labels", "1 of 4 frames, 2 objects")
        assert isinstance(pilot.app.screen, MetricsScreen)
        assert view_of(pilot).comparison.confusion("base").sum() == 2
        await pilot.press("1")
        await sees(pilot, "1 of 1", "f2")
        assert isinstance(pilot.app.screen, FramesScreen)
        await pilot.press("enter")
        await sees(pilot, "2 selected · 1st")
        await pilot.press("n", "n")
        await sees(pilot, "2 selected · 2nd")


async def test_an_empty_query_shows_all_again(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        await pilot.press("slash")
        await typed(pilot, 'frame.time_of_day = "night"')
        await pilot.press("enter")
        await sees(pilot, "2 of 4 frames")
        await pilot.press("slash", "ctrl+u", "enter")
        await sees(pilot, "4 frames   5 labels", "all frames")


async def test_completion_offers_fields_and_values_and_tab_takes_them(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        await pilot.press("slash")
        await typed(pilot, "label.cl")
        await until(pilot, lambda: pilot.app.screen.query_one(Suggestions).display)
        await sees(pilot, "label.class")
        await pilot.press("tab")
        field = pilot.app.screen.query_one(QueryInput)
        assert field.value == "label.class "
        await typed(pilot, '= "cy')
        await sees(pilot, '"cyclist"')
        await pilot.press("tab", "enter")
        await sees(pilot, "2 of 4 frames, 2 objects")


async def test_an_error_is_shown_while_typing_and_is_not_applied(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        await pilot.press("slash")
        await typed(pilot, 'label.class = "cyclst" ')
        await sees(pilot, "column 15", "cyclist")
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert pilot.app.screen.query_one(QueryInput).has_focus
        assert view_of(pilot).choice.query == ""
        await pilot.press("escape")
        await until(pilot, lambda: "column 15" not in shown(pilot.app))
        assert pilot.app.screen.query_one(QueryInput).value == ""


async def test_keys_typed_into_the_bar_are_no_commands(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        await pilot.press("slash")
        await typed(pilot, "q12xBT")
        await pilot.pause(0.05)
        assert pilot.app.screen.query_one(QueryInput).value == "q12xBT"
        assert isinstance(pilot.app.screen, MetricsScreen)


async def test_history_is_kept_between_runs(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        for query in ("change = fixed", "change = broken"):
            await pilot.press("slash", "ctrl+u")
            await typed(pilot, query)
            await pilot.press("enter")
            await asks(pilot, query)
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        await pilot.press("slash", "up")
        field = pilot.app.screen.query_one(QueryInput)
        assert field.value == "change = broken"
        await pilot.press("up")
        assert field.value == "change = fixed"
        await pilot.press("down", "enter")
        await asks(pilot, "change = broken")


async def test_a_cell_is_written_into_the_bar_as_a_query_and_back(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("down", "left")
        await sees(pilot, "cyclist → pedestrian")
        await pilot.press("equals_sign")
        field = pilot.app.screen.query_one(QueryInput)
        assert field.value == 'label.class = "cyclist" and base.class = "pedestrian" and change = fixed'
        await pilot.press("enter")
        await sees(pilot, "1 of 4 frames, 1 object")


async def test_order_by_orders_the_frames(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        await pilot.press("1", "slash")
        await typed(pilot, "frame.width > 0 order by frame.id desc")
        await pilot.press("enter")
        await sees(pilot, "4 of 4 frames")
        await until(pilot, lambda: lines(pilot.app)[4].strip("▌ ").startswith("f4"))


async def test_queries_and_frames_are_saved_used_renamed_and_deleted(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "4 frames")
        await pilot.press("slash")
        await typed(pilot, 'frame.time_of_day = "night"')
        await pilot.press("enter")
        await sees(pilot, "2 of 4 frames")
        await pilot.press("ctrl+s")
        await sees(pilot, "Save as a segment")
        await typed(pilot, "dark")
        await pilot.press("ctrl+l")
        await sees(pilot, 'Saved 2 frames as segment "dark".')
        await pilot.press("ctrl+s")
        await typed(pilot, "dark")
        await pilot.press("enter")
        await sees(pilot, 'Segment "dark" already exists.')
        await typed(pilot, "er")
        await pilot.press("enter")
        await sees(pilot, 'Saved the query as segment "darker".')
        await pilot.press("slash", "ctrl+u")
        await typed(pilot, 'frame.segment = "dark" and change = broken')
        await pilot.press("enter")
        await sees(pilot, "1 of 4 frames")
        await pilot.press("slash", "ctrl+u", "enter")
        await sees(pilot, "all frames")
        await pilot.press("ctrl+o")
        await sees(pilot, "2 frames of: frame.time_of_day", "query: frame.time_of_day")
        await pilot.press("ctrl+d")
        await sees(pilot, 'Deleted segment "dark"; Backspace brings it back.')
        await pilot.press("ctrl+o", "ctrl+r")
        await sees(pilot, "Rename the segment")
        await pilot.press("ctrl+u")
        await typed(pilot, "night")
        await pilot.press("enter")
        await sees(pilot, 'is now "night"')
        await pilot.press("ctrl+o", "enter")
        await asks(pilot, 'frame.time_of_day = "night"')


async def test_the_next_query_ends_the_one_that_takes_long(
    make_app: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 600.0)
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "4 frames")
        app_of(pilot).ask('frame.path matches "(.?){60}(.?){60}!!"')
        await sees(pilot, "asking")
        await pilot.press("slash")
        await typed(pilot, 'frame.time_of_day = "night"')
        await pilot.press("enter")
        await sees(pilot, "2 of 4 frames")
