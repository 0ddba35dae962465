"""What is taken from the store, and what is kept of it from one run to the next."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.errors import NotFoundError
from aquarium_tui.model.settings import Rule, Settings
from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from tests.tui.scene import BASE, CHOSEN, LABELS, OTHER, make_store, objects


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


def matrices(store: Store, settings: Settings | None = None) -> list[list[list[int]]]:
    comparison = Session(store).open(CHOSEN.under(settings)).comparison
    return [comparison.confusion(side).tolist() for side in comparison.sides]


@pytest.mark.parametrize("rule", list(Rule))
def test_pairs_kept_from_an_earlier_run_give_the_same_numbers(store: Store, rule: Rule) -> None:
    settings = Settings(rule=rule)
    first = matrices(store, settings)
    kept = list(store.pair_cache("street", "val", "model_a").rglob("*.npy"))
    assert kept
    assert matrices(store, settings) == first
    for file in kept:
        file.write_bytes(b"damaged")
    assert matrices(store, settings) == first


def test_a_set_uploaded_anew_under_an_old_name_is_matched_anew(store: Store) -> None:
    base, other = matrices(store)
    dataset = store.load_dataset("street", "val")
    store.remove("street", "val", "model_b")
    store.add_inferences(dataset, InferenceSet("model_b", objects(BASE, False)))
    assert matrices(store) == [base, base]
    assert base != other


def test_what_is_replaced_while_it_is_looked_at_is_read_again(store: Store) -> None:
    session = Session(store)
    before = session.open(CHOSEN).comparison
    dataset = store.load_dataset("street", "val")
    store.put_inferences(dataset, InferenceSet("model_b", objects(BASE, False)))
    after = session.open(CHOSEN).comparison
    assert after.confusion("other").tolist() == before.confusion("base").tolist()
    assert session.open(CHOSEN).comparison.other is after.other, "and kept"
    store.put_dataset(replace(dataset, labels=objects(LABELS[:1], True)))
    assert session.open(CHOSEN).comparison.label_count == 1


def test_thresholds_below_the_kept_pairs_find_more(store: Store) -> None:
    matrices(store)
    loose = matrices(store, Settings(iou=0.01))
    np.testing.assert_array_equal(loose, matrices(store, Settings(iou=0.01)))
    assert len(OTHER) == np.sum(loose[1]) - loose[1][0][3] - loose[1][1][3] - loose[1][2][3]


def test_the_first_two_sets_are_compared_where_none_is_named(store: Store) -> None:
    view = Session(store).open(Choice("street", "val"))
    assert (view.choice.base, view.choice.other) == ("model_a", "model_b")


def test_a_dataset_without_sets_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no inference set yet"):
        Session(make_store(tmp_path, sets=())).open(Choice("street", "val"))
