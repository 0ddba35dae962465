"""What is taken from the store, and what is kept of it from one run to the next."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.errors import CancelledError, NotFoundError
from aquarium_tui.model.metrics import Metric, MetricValues
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.settings import Rule, Settings
from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.query import patterns
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from aquarium_tui.work.executor import Watch
from tests.tui import mask_scene
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
    kept = list(store.set_cache("street", "val", "pairs", ["model_a"]).rglob("*.bin"))
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


def test_a_segment_and_a_query_narrow_together(store: Store) -> None:
    session = Session(store)
    segments = session.segments(CHOSEN)
    segments.save(Segment("dark", 'frame.time_of_day = "night"'))
    segments.save(Segment("some", "", ("f1", "f2")))
    for segment, query, frames in (
        ("dark", "", [1, 2]),
        ("some", "", [0, 1]),
        ("some", 'frame.time_of_day = "night" or frame.id = "f3"', [1]),
        ("dark", "order by frame.id desc limit 1", [2]),
        ("dark", 'frame.id != "order" limit 1', [1]),
    ):
        view = session.open(replace(CHOSEN, segment=segment, query=query))
        assert view.frame_order.tolist() == frames
        assert view.comparison.frame_count == len(frames)
        again = session.open(view.choice)
        assert (again.choice, again.frame_order.tolist()) == (view.choice, frames)
    with pytest.raises(NotFoundError, match=r'no segment "bright"(.|\n)*dark, some'):
        session.open(replace(CHOSEN, segment="bright"))


def test_pairs_that_a_command_leaves_are_used_by_the_next_session(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    done = CliRunner().invoke(app, ["compare", "street/val", "--format", "json"])
    assert done.exit_code == 0, done.output

    def never(*_: object) -> None:
        raise AssertionError("candidate pairs were searched again")

    monkeypatch.setattr("aquarium_tui.compare.objects.geometry.find_candidates", never)
    view = Session(store).open(CHOSEN)
    assert json.loads(done.stdout)["confusion"]["other"] == view.comparison.confusion("other").tolist()


def test_the_numbers_of_a_view_are_those_of_the_choice_alone(store: Store) -> None:
    session = Session(store)
    strict = replace(CHOSEN, confidence=0.85)
    alone = Session(store).open(strict).comparison.confusion("base").tolist()
    session.open(CHOSEN)
    view = session.open(strict)
    assert view.comparison.confusion("base").tolist() == alone
    assert session.open(CHOSEN).comparison.confusion("base").tolist() != alone
    assert session.open(strict.swapped()).comparison.confusion("other").tolist() == alone


def test_a_metric_that_was_uploaded_since_is_there(store: Store) -> None:
    session = Session(store)
    session.open(CHOSEN)
    metric = Metric("blur")
    values = MetricValues(np.array([0.5, 1.0, 1.5, 2.0]))
    store.put_metrics(store.load_dataset("street", "val"), "model_a", [metric], {"blur": values})
    view = session.open(replace(CHOSEN, query="base.blur > 1"))
    assert view.frame_order.tolist() == [2, 3]


def test_one_choice_is_opened_at_a_time(store: Store) -> None:
    session = Session(store)
    choices = [replace(CHOSEN, confidence=value / 10) for value in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(session.open, choices))
    for choice, view in zip(choices, found, strict=True):
        assert view.settings == choice.settings(Settings())
        again = Session(store).open(choice).comparison
        assert view.comparison.confusion("base").tolist() == again.confusion("base").tolist()


def test_pixels_that_a_command_counted_are_not_counted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    masks = mask_scene.make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(masks.root))
    done = CliRunner().invoke(app, ["compare", "masks/val", "--format", "json"])
    assert done.exit_code == 0, done.output

    def never(*_: object) -> None:
        raise AssertionError("pixels were counted again")

    monkeypatch.setattr("aquarium_tui.kinds.masks.pixel_counts.worked", never)
    choice = mask_scene.CHOSEN
    view = Session(masks).open(choice)
    assert json.loads(done.stdout)["confusion"]["other"] == view.comparison.confusion("other").tolist()
    swapped = Session(masks).open(choice.swapped())
    assert swapped.comparison.confusion("base").tolist() == view.comparison.confusion("other").tolist()


def test_a_cancelled_query_lets_the_next_one_begin(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 600.0)
    session = Session(store)
    answers = iter([False] * 5)
    watch = Watch(cancelled=lambda: next(answers, True))
    with pytest.raises(CancelledError):
        session.open(replace(CHOSEN, query='frame.path matches "(.?){60}(.?){60}!!"'), watch)
    found = session.open(replace(CHOSEN, query='frame.path matches "(.?)+"'), Watch())
    assert found.selection is not None
    assert found.selection.frames.any()
