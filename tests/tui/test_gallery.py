"""What a query finds as crops; its history; the filter by class."""

from collections.abc import Callable
from dataclasses import replace

from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.widgets.samples import Crops
from tests.tui.scene import CHOSEN
from tests.tui.screen import leaves, sees, shown, until

Make = Callable[..., AquariumApp]


async def test_the_objects_of_a_query_are_shown_as_a_gallery(make_app: Make) -> None:
    chosen = replace(CHOSEN, query='label.class = "cyclist" order by frame.id desc')
    async with make_app(chosen).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "2 frames")
        await pilot.press("1", "w")
        await sees(pilot, "1 of 2", "w rows", "■ cyclist  f3", "▲ cyclist  f1")
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FrameScreen), "the frame")
        await sees(pilot, "f1")
        await pilot.press("escape", "w")
        await leaves(pilot, "w rows")
        await sees(pilot, "2 of 2")


async def test_without_a_query_of_objects_the_gallery_shows_frames(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1", "w")
        await sees(pilot, "1 of 4", "base 0 errors · other 2 errors")
        assert pilot.app.screen.query_one("#gallery", Crops).total == 4


async def test_queries_applied_before_are_searched(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        for query in ("change = broken", "label.class = person"):
            await pilot.press("slash", "ctrl+u", *["space" if c == " " else c for c in query], "enter")
            await pilot.pause()
        await pilot.press("escape", "slash", "ctrl+r")
        await sees(pilot, "Queries applied before")
        await pilot.press(*"broken", "enter")
        await leaves(pilot, "Queries applied before")
        await sees(pilot, "/ change = broken")


async def test_a_class_filters_report_cells_and_crops(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("f", *"cycl")
        await leaves(pilot, "■ car")
        await sees(pilot, "cyclist")
        text = shown(pilot.app)
        assert "car missed" not in text, "the crops are of a cell that is listed"
        assert "■ pedestrian" not in text.split("cyclist missed")[0] or "pedestrian" in text
        await pilot.press("escape")
        await sees(pilot, "■ car")


async def test_a_query_that_selects_nothing_is_named_wherever_nothing_is_shown(make_app: Make) -> None:
    """Curves of no frames once ended the program."""
    chosen = replace(CHOSEN, query="label.area > 999999")
    async with make_app(chosen).run_test(size=(120, 36)) as pilot:
        await until(
            pilot, lambda: shown(pilot.app).count("the query selects no frames") == 2, "verdict, crops"
        )
        await pilot.press("1", "w")
        await until(pilot, lambda: shown(pilot.app).count("the query selects no frames") == 1, "the gallery")
        for key in ("5", "6"):
            await pilot.press(key)
            await sees(pilot, "the query selects no frames: in Metrics (2), / changes it")
        await pilot.press("2", "K")
        await sees(pilot, "recall")
        await pilot.press("escape", "escape", "1")
        await sees(pilot, "w rows")


async def test_captions_of_narrow_tiles_lose_whole_words(make_app: Make) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1", "w")
        await sees(pilot, "base 0 errors · other 2 errors", "2 labels · base 1 error · other 1 error")
        assert "erro…" not in shown(pilot.app)
