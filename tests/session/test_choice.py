"""What a choice leaves open is settled in one way, whoever opens it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.errors import AmbiguousError, AquariumError, UsageError
from aquarium_tui.model.settings import Rule, Settings
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from tests.tui.scene import make_store
from tests.tui.screen import sees, until

ONE, TWO, THREE = ("a",), ("a", "b"), ("a", "b", "c")

SETTLED = [
    (ONE, {}, ("a", "")),
    (TWO, {}, ("a", "b")),
    (TWO, {"base": "b"}, ("b", "")),
    (TWO, {"other": "a"}, ("b", "a")),
    (TWO, {"base": "b", "other": "a"}, ("b", "a")),
    (THREE, {"base": "c"}, ("c", "")),
    (THREE, {"base": "c", "other": "a"}, ("c", "a")),
]

REFUSED = [
    ((), {}, "street/val has no inference set yet."),
    (ONE, {"other": "a"}, "a is the only inference set of street/val"),
    (ONE, {"base": "z"}, "street/val has no inference set z."),
    (TWO, {"base": "a", "other": "z"}, "street/val has no inference set z."),
    (THREE, {}, "street/val has 3 inference sets: a, b, c. Choose which to compare."),
    (THREE, {"other": "a"}, "street/val has 3 inference sets: a, b, c. Choose which to compare."),
]


def store_of(root: Path, sets: Sequence[str]) -> Store:
    """A store whose `street/val` has these sets, uploaded in this order."""
    return make_store(root, sets)


def printed(store: Store, monkeypatch: pytest.MonkeyPatch, **named: str) -> Any:
    """What `compare --format json` prints, or the error it ends with."""
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    options = [word for side, id_ in named.items() for word in (f"--{side}", id_)]
    done = CliRunner().invoke(app, ["compare", "street/val", "--format", "json", *options])
    return done.exception if done.exit_code else json.loads(done.stdout)


@pytest.mark.parametrize(("sets", "named", "settled"), SETTLED)
async def test_all_who_open_a_choice_compare_the_same_sets(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sets: Sequence[str],
    named: dict[str, str],
    settled: tuple[str, str],
) -> None:
    store = store_of(tmp_path, sets)
    choice = Choice("street", "val", named.get("base", ""), named.get("other", ""))
    view = Session(store).open(choice)
    assert (view.choice.base, view.choice.other) == settled
    document = printed(store, monkeypatch, **named)
    assert (document["base"]["id"], (document["other"] or {"id": ""})["id"]) == settled
    assert document["confusion"]["base"] == view.comparison.confusion("base").tolist()
    interface = AquariumApp(store, choice)
    async with interface.run_test() as pilot:
        await until(pilot, lambda: interface.view is not None)
        assert interface.view
        assert interface.view.choice == view.choice


@pytest.mark.parametrize(("sets", "named", "sentence"), REFUSED)
async def test_all_who_cannot_open_a_choice_say_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sets: Sequence[str],
    named: dict[str, str],
    sentence: str,
) -> None:
    store = store_of(tmp_path, sets)
    choice = Choice("street", "val", named.get("base", ""), named.get("other", ""))
    with pytest.raises(AquariumError) as refused:
        Session(store).open(choice)
    assert refused.value.message.startswith(sentence)
    by_command = printed(store, monkeypatch, **named)
    assert (type(by_command), str(by_command)) == (refused.type, str(refused.value))
    async with AquariumApp(store, choice).run_test(size=(160, 40), notifications=True) as pilot:
        if refused.type is AmbiguousError:
            await sees(pilot, "Choose base")
            await pilot.press("escape", "escape")  # the toast, then the dialog
        await sees(pilot, *sentence.split(". "))


async def test_the_interface_asks_which_of_three_sets_to_compare(tmp_path: Path) -> None:
    store = store_of(tmp_path, THREE)
    interface = AquariumApp(store, Choice("street", "val"))
    async with interface.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "Choose base")
        await pilot.press("down", "enter")
        await sees(pilot, "Choose other", "look at base alone")
        await pilot.press("down", "enter")
        await sees(pilot, "base b → other c")
    assert Session(store).resume(Choice("street", "val")) == Choice("street", "val", "b", "c")
    again = AquariumApp(store, Choice("street", "val"))
    async with again.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "base b → other c")
    store.remove("street", "val", "c")
    assert Session(store).resume(Choice("street", "val")) == Choice("street", "val")


async def test_the_interface_asks_for_base_alone_where_other_is_named(tmp_path: Path) -> None:
    interface = AquariumApp(store_of(tmp_path, THREE), Choice("street", "val", other="a"))
    async with interface.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "Choose base")
        await pilot.press("enter")
        await sees(pilot, "base b → other a")


async def test_one_of_three_sets_can_be_looked_at_alone(tmp_path: Path) -> None:
    interface = AquariumApp(store_of(tmp_path, THREE), Choice("street", "val"))
    async with interface.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "Choose base")
        await pilot.press("enter")
        await sees(pilot, "Choose other")
        await pilot.press(*"none", "enter")
        await sees(pilot, "a  + other")


async def test_who_does_not_answer_stays_at_the_list_of_datasets(tmp_path: Path) -> None:
    interface = AquariumApp(store_of(tmp_path, THREE), Choice("street", "val"))
    async with interface.run_test(size=(160, 36)) as pilot:
        await sees(pilot, "Choose base")
        await pilot.press("escape", "escape")  # the toast, then the dialog
        await sees(pilot, "uploaded", "! street/val has 3 inference sets: a, b, c. Choose which to compare.")
        assert interface.view is None


def test_settings_start_from_those_of_the_project() -> None:
    project = Settings(0.2, 0.3, 0.6, Rule.CONFIDENCE)
    choice = Choice("street", "val")
    assert choice.settings(project) == project
    changed = Choice("street", "val", base_confidence=0.0, iou=0.7).settings(project)
    assert changed == Settings(0.0, 0.3, 0.7, Rule.CONFIDENCE)
    assert Choice("street", "val", confidence=0.5).settings(project) == Settings(
        0.5, 0.5, 0.6, Rule.CONFIDENCE
    )
    assert choice.under(changed).settings(project) == changed


def test_a_threshold_of_both_sets_and_one_of_a_set_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="--confidence applies to both sets"):
        Choice("street", "val", confidence=0.5, other_confidence=0.5).settings(Settings())
    with pytest.raises(UsageError, match="between 0 and 1"):
        Choice("street", "val", confidence=1.5).settings(Settings())


def test_settings_come_before_the_sets(tmp_path: Path) -> None:
    session = Session(store_of(tmp_path, THREE))
    with pytest.raises(UsageError, match="between 0 and 1"):
        session.settle(Choice("street", "val", confidence=1.5))
    with pytest.raises(AmbiguousError):
        session.settle(Choice("street", "val", confidence=0.5))


def test_sets_and_their_thresholds_are_swapped_together() -> None:
    choice = Choice("street", "val", "a", "b", base_confidence=0.2, other_confidence=0.3, query="true")
    swapped = choice.swapped()
    assert (swapped.base, swapped.base_confidence) == ("b", 0.3)
    assert (swapped.other, swapped.other_confidence) == ("a", 0.2)
    assert swapped.swapped() == choice
