"""Several writers at once: one wins, and the others are told."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.errors import StoreError
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.store import Segments, Store, transaction
from aquarium_tui.upload import UploadMode, policy
from tests.narrow import present
from tests.store import small


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    store.add_dataset(small.dataset())
    store.add_inferences(small.dataset(), InferenceSet("a", small.objects([0])))
    return store


def test_of_many_who_store_the_same_new_set_one_wins(store: Store) -> None:
    dataset = store.load_dataset("street", "val")
    told: list[str] = []
    start = threading.Barrier(4)

    def write(count: int) -> None:
        start.wait()
        try:
            policy.store_inferences(store, dataset, InferenceSet("new", small.objects([0] * count)))
        except StoreError as error:
            told.append(error.message)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["Inference set street/val/new already exists."] * 3
    assert store.dataset_card("street", "val").set("new")


def test_a_new_upload_never_replaces_what_came_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = store.load_dataset("street", "val")
    monkeypatch.setattr(
        policy, "refuse_existing", lambda *given: None
    )  # Both have looked before either wrote.
    for count in (1, 2):
        one = InferenceSet("new", small.objects([0] * count))
        if count == 1:
            policy.store_inferences(store, dataset, one)
            continue
        with pytest.raises(StoreError, match="already exists"):
            policy.store_inferences(store, dataset, one)
    with pytest.raises(StoreError, match="already exists"):
        policy.store_dataset(store, small.dataset())
    assert present(store.dataset_card("street", "val").set("new")).objects == 1


def test_two_first_uploads_of_one_project_are_both_stored(tmp_path: Path) -> None:
    store = Store(tmp_path)
    start = threading.Barrier(2)

    def write(name: str) -> None:
        start.wait()
        store.add_dataset(small.dataset(name))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.datasets("street") == ["one", "two"]


def test_an_append_to_what_was_changed_meanwhile_is_refused(store: Store) -> None:
    dataset = store.load_dataset("street", "val")
    read = store.load_inferences("street", "val", "a").provenance.fingerprint
    store.put_inferences(dataset, InferenceSet("a", small.objects([1, 1])))
    with pytest.raises(StoreError, match="changed by another upload"):
        store.put_inferences(dataset, InferenceSet("a", small.objects([2])), read)
    store.put_dataset(small.dataset(labelled=(1,)))
    with pytest.raises(StoreError, match="Dataset street/val was changed"):
        store.add_inferences(dataset, InferenceSet("b", small.objects([1])))
    with pytest.raises(StoreError, match="Dataset street/val was changed"):
        store.put_dataset(small.dataset(), replaces=dataset.provenance.fingerprint)
    assert present(store.dataset_card("street", "val").set("a")).objects == 2


def test_a_damaged_set_can_be_replaced(store: Store) -> None:
    (store.dataset_folder("street", "val") / "inferences" / "a" / "set.json").write_text("{")
    dataset = store.load_dataset("street", "val")
    policy.store_inferences(store, dataset, InferenceSet("a", small.objects([1])), mode=UploadMode.REPLACE)
    assert store.dataset_card("street", "val").damaged == ()


class TestKilled:
    """A change that was committed by a process that died before it was carried out."""

    @pytest.fixture
    def dying(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
        def die(committed: Path) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(transaction, "_carry_out", die)
        return store

    def test_metrics_and_their_values_come_together(
        self, dying: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        values = {"blur": MetricValues(np.array([1.0, 2.0, np.nan]))}
        with pytest.raises(KeyboardInterrupt):
            dying.put_metrics(small.dataset(), "a", [Metric("blur")], values)
        assert not (dying.root / "projects/street/val/inferences/a/metrics.parquet").exists()
        monkeypatch.undo()
        assert [metric.name for metric in dying.project("street").metrics] == ["blur"]
        assert list(dying.load_inferences("street", "val", "a").metrics) == ["blur"]

    def test_a_renamed_segment_has_one_name(self, dying: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        segments = Segments(dying.dataset_folder("street", "val"))
        segments.save(Segment("old", "change = broken"))
        monkeypatch.setattr(transaction, "_carry_out", lambda committed: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            segments.rename("old", "new")
        monkeypatch.undo()
        dying.dataset_folder("street", "val")
        assert [segment.name for segment in segments.all()] == ["new"]

    def test_a_removed_set_is_gone(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        def die(doomed: Path) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(transaction, "delete", die)
        with pytest.raises(KeyboardInterrupt):
            store.remove("street", "val", "a")
        monkeypatch.undo()
        assert store.dataset_card("street", "val").sets == ()
        store.sweep()
        assert not [path for path in store.root.rglob(".*") if path.name != ".lock"]


def test_a_segment_can_change_its_case(store: Store) -> None:
    segments = Segments(store.dataset_folder("street", "val"))
    segments.save(Segment("night", "change = broken"))
    segments.rename("night", "Night")
    assert [segment.name for segment in segments.all()] == ["Night"]


def test_metrics_that_differ_change_nothing(store: Store) -> None:
    values = {"blur": MetricValues(np.array([1.0, 2.0, 3.0]))}
    store.put_metrics(small.dataset(), "a", [Metric("blur")], values)
    other = replace(Metric("blur"), kind=MetricKind.CONFUSION_MATRIX)
    with pytest.raises(StoreError, match="another metric called blur"):
        store.put_metrics(small.dataset(), "a", [other], values)
    assert not [path for path in store.root.rglob(".*") if path.name != ".lock"]
