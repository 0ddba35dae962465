"""Scenarios by keys: the table, the targets, and Metrics narrowed to one."""

from collections.abc import Callable

import pytest
from textual.widgets import Input

from aquarium_tui.model.problems import Segment, SegmentKind
from aquarium_tui.model.settings import Settings
from aquarium_tui.store import Segments, Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.controllers.scenarios import targets_in
from tests.tui.screen import app_of, leaves, sees, shown, until, view_of

Make = Callable[..., AquariumApp]
NIGHT = Segment("night", 'frame.time_of_day = "night"')


@pytest.fixture
def segments(store: Store) -> Segments:
    return Segments(store.dataset_folder("street", "val"))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_targets_are_set_judged_and_kept(
    make_app: Make, segments: Segments, size: tuple[int, int]
) -> None:
    segments.save(NIGHT)
    async with make_app().run_test(size=size) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("3", "down")
        await sees(pilot, "All frames", "night", ".000 ~−.667", "no targets yet: E sets them")
        await sees(pilot, "class in night")
        await pilot.press("E")
        await sees(pilot, "next kind")
        field = pilot.app.screen.query_one(Input)
        field.value = "missed <= 1; worse(f1)"
        await sees(pilot, "is a test, and a target is a")
        field.value = 'missed <= 1; recal("car") > 0'
        await leaves(pilot, "is a test")
        await pilot.press("enter")
        await sees(pilot, 'There is no figure "recal"')
        field.value = "missed <= 1; recall > 0.3"
        await pilot.press("ctrl+n", "enter")
        await sees(pilot, "✗ 1 of 2", "✗ fail", "✓ pass", "regression test")
        assert segments.get("night").targets == ("missed <= 1", "recall > 0.3")
        assert segments.get("night").kind is SegmentKind.REGRESSION_TEST


async def test_a_scenario_narrows_metrics_and_all_frames_widen_it(make_app: Make, segments: Segments) -> None:
    segments.save(NIGHT)
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("3", "down")
        await sees(pilot, "night   scenario")
        await pilot.press("enter")
        await until(pilot, lambda: view_of(pilot).choice.query == 'frame.segment = "night"')
        await sees(pilot, "2 of 4 frames", "confusion")
        await pilot.press("3", "up", "enter")
        await until(pilot, lambda: view_of(pilot).choice.query == "")


async def test_other_views_and_other_settings(make_app: Make, segments: Segments) -> None:
    segments.save(NIGHT)
    segments.save(Segment("odd", "frame.nowhere = 1"))
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("3")
        await sees(pilot, "3 scenarios", "~−.200")
        await pilot.press("v")
        await sees(pilot, " → ")
        await pilot.press("v")
        await sees(pilot, "[")
        await pilot.press("end")
        await sees(pilot, "nowhere")
        assert "~−.600" not in shown(pilot.app)
        app_of(pilot).match(Settings(other_confidence=0.99))
        await sees(pilot, "~−.600")  # Other is left without inferences.


def test_semicolons_stand_between_targets_unless_in_quotes() -> None:
    assert targets_in(' f1 > 0 ;; recall("a;b") > 0; ') == ("f1 > 0", 'recall("a;b") > 0')
