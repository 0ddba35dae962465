"""The registry of actions: every binding comes from it, and a key has one meaning."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import aquarium_tui.tui
from aquarium_tui.tui.actions import ACTIONS, TWO_MEANINGS, bindings, dialogs, everywhere, screens
from aquarium_tui.tui.actions.action import PLACES, Action, Place
from aquarium_tui.tui.keymap import textual_key, typed

TABLES = (
    *(everywhere.ENTERING, everywhere.MOVING, everywhere.PROGRAM, dialogs.BARS, dialogs.DIALOGS),
    *(screens.LISTS, screens.MATRICES, screens.FRAME_SCREENS, screens.MASK_SCREENS),
    everywhere.REVIEWS,
)


def classes() -> Iterator[type[DOMNode]]:
    """Every class of the interface that has bindings of its own."""
    for module in pkgutil.walk_packages(aquarium_tui.tui.__path__, "aquarium_tui.tui."):
        for found in vars(importlib.import_module(module.name)).values():
            own = isinstance(found, type) and found.__module__ == module.name
            if own and issubclass(found, DOMNode) and "BINDINGS" in vars(found):
                yield found


def test_ids_are_unique() -> None:
    assert len(ACTIONS) == sum(map(len, TABLES))


def test_every_binding_comes_from_the_registry() -> None:
    by_place = {tuple(bindings(place)): place for place in PLACES}
    found: dict[Place, str] = {}
    for owner in classes():
        own = tuple(b for b in owner.BINDINGS if isinstance(b, Binding))
        assert own in by_place, owner
        assert by_place[own] not in found, f"{owner} has the bindings of {found[by_place[own]]}"
        found[by_place[own]] = owner.__name__
    assert set(found) == set(PLACES)


def test_a_key_has_one_meaning() -> None:
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    for action in ACTIONS.values():
        for key in action.keys:
            meanings[key].add(action.means)
    assert {key for key, means in meanings.items() if len(means) > 1} == set(TWO_MEANINGS)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_key_does_one_thing_in_a_place(place: Place) -> None:
    keys = [key for binding in bindings(place) for key in binding.key.split(",")]
    titles = [binding.id for binding in bindings(place)]
    assert len(titles) == len(set(titles))
    shared = {key for key in keys if keys.count(key) > 1}
    assert shared <= {"escape", "enter"}, "only the list of keys closes by more than one action"


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.id)
def test_an_action_is_well_formed(action: Action) -> None:
    assert len(set(action.places)) == len(action.places)
    for key in action.keys:
        assert textual_key(key) == key
        assert not (action.typing and typed(key)), "letters are letters while text is typed"
    for use in action.uses:
        assert use.sentence[0].isupper() and not use.sentence.endswith(".")
