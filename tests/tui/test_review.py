"""Review by keys: what is said is stored at once, shown everywhere, undone, asked for and resumed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from aquarium_tui.model.reviews import Edit, Subject
from aquarium_tui.store import Store
from aquarium_tui.store.reviews import ReviewLog, now
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.frame import FrameScreen
from tests.tui.screen import leaves, sees, shown, view_of

Make = Callable[..., AquariumApp]


@pytest.fixture(autouse=True)
def anna(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AQUARIUM_USER", "anna")


def said(store: Store) -> Iterator[tuple[str, str, str, bool]]:
    path = store.dataset_folder("street", "val") / "reviews" / "anna.jsonl"
    for line in path.read_text().splitlines():
        edit = json.loads(line)
        if "field" in edit:
            about = edit["label"]["class"] if "label" in edit else edit["frame"]
            yield about, edit["field"], edit.get("value", ""), edit.get("removed", False)


async def open_object(pilot: Pilot[Any]) -> None:
    await sees(pilot, "car missed")
    await pilot.press("enter", "enter")
    await sees(pilot, "▼ broken")


async def test_an_object_is_reviewed_by_single_keys_and_shown_in_every_list(
    make_app: Make, store: Store
) -> None:
    async with make_app().run_test(size=(80, 24), notifications=True) as pilot:
        await open_object(pilot)
        await pilot.press("b", "J")
        await sees(pilot, "⚑L", "⚑ anna")
        await pilot.press("t")
        await sees(pilot, "Tag object")
        await pilot.press(*"dim", "enter")
        await pilot.press("m")
        await sees(pilot, "Note on object")
        await pilot.press(*"far", "enter")
        await sees(pilot, "⚑L#✎")
        assert list(said(store)) == [
            ("car", "flag", "", False),
            ("car", "verdict", "label error", False),
            ("car", "tag", "dim", False),
            ("car", "note", "far", False),
        ]
        await pilot.press("escape")
        await sees(pilot, "⚑L#✎ car")
        await pilot.press("4")
        await sees(pilot, "Reviewed 1", "⚑L#✎", "label error")
        await pilot.press("enter")
        await sees(pilot, "1 reviewed · 1st", "▼ broken")


async def test_undo_and_redo(make_app: Make, store: Store) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await open_object(pilot)
        await pilot.press("J", "A")
        await sees(pilot, "ambiguous anna")
        await pilot.press("u")
        await sees(pilot, "label error anna")
        await pilot.press("u")
        await leaves(pilot, "label error anna")
        await pilot.press("u")
        await sees(pilot, "There is nothing to undo.")
        await pilot.press("U", "U")
        await sees(pilot, "ambiguous anna")
        log = ReviewLog(store.dataset_folder("street", "val"))
        subject = log.edits()[0].subject
        log.append([Edit(now([log.edits()[-1].time]), "bob", subject, "verdict", "model error")])
        await sees_fresh(pilot)
        await sees(pilot, "model error bob", "ambiguous anna")
        await pilot.press("u")
        await sees(pilot, "someone else")


async def sees_fresh(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, AquariumApp)
    app.uploads.look()


async def test_frames_are_flagged_one_or_all_that_are_marked(make_app: Make, store: Store) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "1 of 4")
        await pilot.press("space", "space", "b")
        await sees(pilot, "2 frames + flag", "⚑")
        assert {(frame, field) for frame, field, *_ in said(store)} == {
            ("f1", "flag"),
            ("f2", "flag"),
        } | set()
        await pilot.press("slash", *"frame.flag", "enter")
        await sees(pilot, "2 of 4 frames")


async def test_the_whole_frame_is_reviewed_on_its_picture(make_app: Make, store: Store) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await open_object(pilot)
        await pilot.press("Z")
        await sees(pilot, "reviewing the whole frame")
        await pilot.press("W")
        await sees(pilot, "f2  model error anna")
        assert list(said(store)) == [("f2", "verdict", "model error", False)]


async def test_a_queue_resumes_where_it_was_left(make_app: Make, store: Store) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "1 of 4")
        await pilot.press("Q")
        await sees(pilot, "Queue")
        await pilot.press(*"mine", "enter")
        await sees(pilot, 'Queue "mine" of 4')
        await pilot.press("4", "left_square_bracket")
        await sees(pilot, "mine 4", "0 of 4 seen")
        await pilot.press("enter")
        await sees(pilot, "1 seen")
        await pilot.press("right_square_bracket")
        await sees(pilot, "2 seen")
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("4", "left_square_bracket")
        await sees(pilot, "2 of 4 seen", "3 of 4")
        await pilot.press("enter")
        await sees(pilot, "3 seen")


async def test_what_no_longer_fits_is_listed(make_app: Make, store: Store) -> None:
    log = ReviewLog(store.dataset_folder("street", "val"))
    log.append([Edit(now(), "bob", Subject("f9"), "note", "gone by now")])
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("4")
        await sees(pilot, "no longer fits", "its frame is gone")
        await pilot.press("enter")
        await sees(pilot, "It cannot be opened")
        assert not isinstance(pilot.app.screen, FrameScreen)


async def test_what_cannot_be_written_is_not_said(make_app: Make, store: Store) -> None:
    folder: Path = store.dataset_folder("street", "val") / "reviews"
    folder.write_text("in the way")
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await open_object(pilot)
        await pilot.press("b")
        await sees(pilot, "cannot be")
        assert not view_of(pilot).reviews.targets
        assert "⚑" not in shown(pilot.app)


async def test_suspected_label_errors_are_a_queue(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("4")
        await sees(pilot, "suspected label errors 1")
        await pilot.press("right_square_bracket")
        await sees(pilot, "pedestrian, not cyclist", "0 of 1 seen")
        await pilot.press("enter")
        await sees(pilot, "1 suspected label errors · 1st · 1 seen")
        await pilot.press("J", "escape")
        await sees(pilot, "1 of 1 seen", "label error")


async def test_judged_label_errors_are_left_out_of_every_figure_and_taken_in_again(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed", "5 labels")
        await pilot.press("J")
        await sees(pilot, "L car")
        await pilot.press("ctrl+x")
        await sees(pilot, "4 labels")
        assert view_of(pilot).choice.only == 'object.verdict != "label error"'
        await pilot.press("ctrl+x")
        await sees(pilot, "5 labels")
