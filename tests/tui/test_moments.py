"""Awkward moments: keys at once, uploads meanwhile, a dataset come back to, text that cannot be copied."""

from collections.abc import Callable

import pytest
from textual import events

from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.frames import FramesScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.widgets.query_bar import QueryInput
from tests.narrow import present
from tests.tui.scene import BASE, CHOSEN, objects
from tests.tui.screen import leaves, sees, until, view_of

Make = Callable[..., AquariumApp]


def burst(app: AquariumApp, *keys: str) -> None:
    """Keys that arrive at once, as after a stall of the connection."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_keys_that_arrive_at_once_go_where_they_would_have_gone_slowly(make_app: Make) -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        burst(app, "slash", *"frame")
        await until(pilot, lambda: app.screen.query_one(QueryInput).value == "frame", "text in the bar")
        burst(app, "escape", "T", "ctrl+u", *"0.3", "enter", "1")
        await until(pilot, lambda: present(view_of(pilot).settings).base_confidence == 0.3, "the thresholds")
        await until(pilot, lambda: isinstance(app.screen, FramesScreen), "Frames")


async def test_each_of_several_steps_at_once_counts(make_app: Make) -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "1 of 4")
        burst(app, "enter", "n", "n")
        await sees(pilot, "· 3rd")


async def test_a_pasted_query_of_two_lines_is_one_query(make_app: Make) -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("slash")
        app.post_message(events.Paste('frame.id = "f1"\nor frame.id = "f2"'))
        await pilot.press("enter")
        await until(pilot, lambda: view_of(pilot).choice.query == 'frame.id = "f1" or frame.id = "f2"')


async def test_a_dataset_is_as_it_was_left_and_a_key_resets_it(store: Store) -> None:
    app = AquariumApp(store, CHOSEN)
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        app.ask('frame.id = "f2"')
        await sees(pilot, "1 of 4 frames")
        await pilot.press("greater_than_sign", "v")
        await sees(pilot, "≥ .15", "confusion   base")
        await pilot.press("escape")
        await sees(pilot, "all frames")
        assert isinstance(app.screen, MetricsScreen)
        # The first closes the toast which says that the query is cleared.
        await pilot.press("escape", "escape")
        await sees(pilot, "inference sets")
        await pilot.press("enter")
        await sees(pilot, "≥ .15", "confusion   base")
    again = AquariumApp(store, Choice("street", "val"))
    async with again.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "≥ .15", "car missed")
        await pilot.press("R")
        await sees(pilot, "≥ .10")


async def test_sets_that_are_uploaded_meanwhile_are_offered(store: Store) -> None:
    app = AquariumApp(store, CHOSEN)
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        dataset = view_of(pilot).comparison.dataset
        store.add_inferences(dataset, InferenceSet("model_c", objects(BASE, False)))
        await pilot.press("O")
        await sees(pilot, "Choose other", "model_c")
        await pilot.press("escape")
        app.uploads.look()
        await until(pilot, lambda: "model_c" in view_of(pilot).sets, "the view read again")


async def test_where_nothing_can_be_copied_the_text_is_shown(
    make_app: Make, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("y")
        await sees(pilot, "select the text with the mouse", "aquarium-tui open street/val --base model_a")
        assert pilot.app.clipboard == ""
        await pilot.press("escape")
        await leaves(pilot, "select the text")


async def test_remarks_stay_until_they_are_read_and_escape_closes_a_toast_first(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("exclamation_mark")
        await sees(pilot, "Before you compare", "aquarium-tui doctor street/val")
        await pilot.press("escape")
        await sees(pilot, "on labels")
        assert await pilot.click("#verdict", offset=(3, 0))
        await sees(pilot, "Before you compare", "│ ◆ no clear difference on labels")
        await pilot.press("escape", "1", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FrameScreen), "a frame")
        pilot.app.notify("one thing", timeout=60)
        await sees(pilot, "one thing")
        await pilot.press("escape")
        await leaves(pilot, "one thing")
        assert isinstance(pilot.app.screen, FrameScreen)
