"""Thresholds in the interface: per class, chosen by a policy, stored."""

from collections.abc import Callable

from aquarium_tui.model.settings import SetConfidence
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from tests.narrow import of_type, present
from tests.tui.scene import CHOSEN
from tests.tui.screen import app_of, sees, until, view_of

Make = Callable[..., AquariumApp]


async def test_classes_get_thresholds_in_the_dialog(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "≥ .10", "car missed")
        await pilot.press("T")
        await sees(pilot, "confidence of base")
        await pilot.press("end", *",cra=0.5")
        await pilot.press("enter")
        await sees(pilot, "There is no class")
        await pilot.press(*["backspace"] * 7, *"car=0.5", "enter")
        await sees(pilot, "conf per class/.10")
        assert present(view_of(pilot).settings).base_classes == (("car", 0.5),)


async def test_a_policy_moves_the_thresholds_of_other(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("P")
        await sees(pilot, "match recall per class", "best F1 of each set")
        await pilot.press(*"match recall", "enter")
        await sees(pilot, "Recall matched with")
        moved = present(view_of(pilot).outcome).whole[0].confidence
        assert present(view_of(pilot).settings).other_confidence == moved


async def test_thresholds_are_stored_on_the_sets(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("greater_than_sign")
        await sees(pilot, "≥ .15")
        await until(pilot, lambda: app_of(pilot).busy == "")
        await pilot.press("P")
        await sees(pilot, "best F1 of each set")
        await pilot.press(*"store on model", "enter")
        await sees(pilot, "Comparisons start with")
        store = of_type(Store, app_of(pilot).store)
        card = store.dataset_card(CHOSEN.project, CHOSEN.dataset).set("model_a")
        assert present(card).confidence == SetConfidence(0.15)
        assert present(Session(store).open(CHOSEN).settings).base_confidence == 0.15
