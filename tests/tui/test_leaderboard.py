"""The leaderboard by keys: all sets against base, the pair that is opened, and the labels that sets share."""

from pathlib import Path

import pytest

from aquarium_tui.session.choice import Choice
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.metrics import MetricsScreen
from tests.tui.scene import make_store
from tests.tui.screen import sees, until, view_of


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_pair_is_opened_from_all_sets_and_so_are_the_labels_that_they_share(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    store = make_store(tmp_path, ("model_a", "model_b", "model_c"))
    app = AquariumApp(store, Choice("street", "val", "model_a", "model_b"))
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("6")
        await sees(
            pilot, "6 Sets", "front of f1 and false_alarms", "model_c", "~+1 −2", "that every set gets wrong"
        )
        await pilot.press("N")
        await sees(pilot, "Pareto front of f1 and")
        await pilot.press("enter")
        await sees(pilot, "front of f1 and precision")
        await pilot.press("tab", "enter")
        await sees(pilot, "labels that every set gets wrong   1 object", "f3")
        await pilot.press("escape", "shift+tab", "G", "space", "k", "space", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MetricsScreen))
        await until(pilot, lambda: "model_c" in (view_of(pilot).choice.base, view_of(pilot).choice.other))
