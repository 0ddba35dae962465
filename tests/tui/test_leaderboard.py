"""The leaderboard by keys: all sets against base, the pair that is opened, and the labels that sets share."""

from pathlib import Path

import pytest

from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.session.choice import Choice
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.metrics import MetricsScreen
from tests.tui.scene import BASE, make_store, objects
from tests.tui.screen import sees, shown, until, view_of


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
        await pilot.press("tab")
        await sees(pilot, "pedestrian .50 → .65")
        await pilot.press("enter")
        await sees(pilot, "labels that every set gets wrong   1 object", "f3")
        await pilot.press("escape", "tab", "enter")
        await sees(pilot, "label solid", "every set gets wrong")
        await pilot.press("escape", "shift+tab")
        await pilot.press("shift+tab", "G", "space", "k", "space", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, MetricsScreen))
        await until(pilot, lambda: "model_c" in (view_of(pilot).choice.base, view_of(pilot).choice.other))


async def test_sets_that_are_replaced_are_counted_again_and_one_that_is_removed_is_said_once(
    tmp_path: Path,
) -> None:
    store = make_store(tmp_path, ("model_a", "model_b", "model_c"))
    app = AquariumApp(store, Choice("street", "val", "model_a", "model_b"))
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("6")
        await sees(pilot, "model_c", "~+1 −2")
        dataset = store.load_dataset("street", "val")
        for name in ("model_b", "model_c"):
            store.put_inferences(dataset, InferenceSet(name, objects(BASE, False)))
        app.uploads.look()
        await until(pilot, lambda: "~+1 −2" not in shown(app) and "model_c" in shown(app))
        store.remove("street", "val", "model_b")
        told = []
        app.notify = lambda message, **_: told.append(message)  # type: ignore[method-assign]
        for _ in range(2):
            app.uploads.look()
            await app.workers.wait_for_complete()
            await pilot.pause()
        assert [message for message in told if "model_b" in message] == [
            "street/val has no inference set model_b."
        ]
