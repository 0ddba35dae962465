"""Masks and metrics come back as they went; stores without them are read as before."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.errors import StoreError
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import COLOR, Masks
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.tables import SEGMENTATION, Dataset, Frames, InferenceSet, Project, no_objects
from aquarium_tui.store import Store
from tests.store import small

MASKS = Masks(
    "/data/gt", Text.from_values(["a.png", None, "city/c.png"]), {0: 0, COLOR + 255: 7}, {0: 12, 9: 3}
)
CLASSES = ClassMap((ClassEntry(0, "road"), ClassEntry(7, "Car")))


def masked() -> tuple[Dataset, InferenceSet]:
    names = Text.from_words(["a", "b", "c"])
    frames = Frames(names, names, np.full(3, 4, np.int32), np.full(3, 2, np.int32))
    dataset = Dataset(Project("street", SEGMENTATION, CLASSES), "val", frames, no_objects(3), masks=MASKS)
    return dataset, InferenceSet("model", no_objects(3), masks=replace(MASKS, folder="/data/model"))


@pytest.fixture
def store(tmp_path) -> Store:
    found = Store(tmp_path)
    dataset, inferences = masked()
    found.add_dataset(dataset)
    found.add_inferences(dataset, inferences)
    return found


def same(came: Masks | None, went: Masks) -> bool:
    return came is not None and (came.folder, list(came.path), came.values, came.pixels) == (
        went.folder,
        list(went.path),
        went.values,
        went.pixels,
    )


def test_masks_come_back(store):
    dataset, inferences = store.load_dataset("street", "val"), store.load_inferences("street", "val", "model")
    assert dataset.project.task == SEGMENTATION
    assert same(dataset.masks, MASKS)
    assert same(inferences.masks, replace(MASKS, folder="/data/model"))
    assert (len(dataset.labels), len(inferences.objects)) == (0, 0)
    assert dataset.masks.file(2) == "/data/gt/city/c.png"
    assert dataset.masks.file(1) is None


def test_cards_count_masks(store):
    card = store.dataset_card("street", "val")
    assert (card.frames, card.labels) == (3, 2)
    assert [(one.objects, one.frames) for one in card.sets] == [(2, 2)]


def test_other_masks_have_another_fingerprint(store, tmp_path):
    dataset, _ = masked()
    store.add_dataset(replace(dataset, name="two", masks=replace(MASKS, path=Text.from_values([None] * 3))))
    prints = {store.load_dataset("street", name).provenance.fingerprint for name in ("val", "two")}
    assert len(prints) == 2


def test_a_store_without_masks_and_metrics_is_read_as_before(tmp_path):
    store, dataset = Store(tmp_path), small.dataset()
    store.add_dataset(dataset)
    store.add_inferences(dataset, InferenceSet("model", small.objects([1])))
    folder = store.dataset_folder(dataset.project.name, dataset.name)
    assert not list(folder.rglob("masks.parquet"))
    path = folder.parent / "project.json"
    document = json.loads(path.read_text())
    del document["metrics"], document["checksum"]
    path.write_text(json.dumps(document))
    came = store.load_dataset(dataset.project.name, dataset.name)
    assert came.masks is None
    assert came.project == dataset.project
    found = store.load_inferences(dataset.project.name, dataset.name, "model")
    assert (found.masks, dict(found.metrics)) == (None, {})


@pytest.mark.parametrize("damage", ["gone", "rows", "document"])
def test_damaged_masks_are_said(store, damage):
    folder = store.dataset_folder("street", "val")
    if damage == "gone":
        (folder / "masks.parquet").unlink()
    elif damage == "rows":
        other = store.dataset_folder("street", "val") / "inferences" / "model" / "inferences.parquet"
        (folder / "masks.parquet").write_bytes(other.read_bytes())
    else:
        path = folder / "dataset.json"
        path.write_text(path.read_text().replace('"values"', '"colours"'))
    with pytest.raises(StoreError):
        store.load_dataset("street", "val")


EDGES = MetricValues(np.array([0.5, np.nan, -3.0]))
PAIRS = MetricValues(
    np.array([4.0, 0.0, np.nan]),
    np.array([0, 0, 1], np.int32),
    np.array([0, 2, 0], np.int32),
    np.array([1, 0, 0], np.int32),
    np.array([1.0, 3.0, 0.0]),
)
DECLARED = (Metric("edges", higher_is_better=False, unit="px"), Metric("pairs", MetricKind.CONFUSION_MATRIX))


def put(store: Store, *metrics: Metric, **values: MetricValues) -> None:
    store.put_metrics(store.load_dataset("street", "val"), "model", metrics, values)


def test_metrics_come_back(store):
    put(store, *DECLARED, edges=EDGES, pairs=PAIRS)
    assert store.project("street").metrics == DECLARED
    found = store.load_inferences("street", "val", "model").metrics
    assert list(found) == ["edges", "pairs"]
    for name, went in (("edges", EDGES), ("pairs", PAIRS)):
        for part in ("number", "frame", "label", "inferred", "value"):
            np.testing.assert_array_equal(getattr(found[name], part), getattr(went, part), strict=True)


def test_a_metric_is_replaced_and_the_others_stay(store):
    put(store, *DECLARED, edges=EDGES, pairs=PAIRS)
    put(store, DECLARED[0], edges=MetricValues(np.array([1.0, 2.0, 3.0])))
    found = store.load_inferences("street", "val", "model").metrics
    assert found["edges"].number.tolist() == [1, 2, 3]
    assert found["pairs"].value.tolist() == PAIRS.value.tolist()


def test_metrics_stay_while_the_class_map_grows(store):
    put(store, *DECLARED, edges=EDGES, pairs=PAIRS)
    dataset, _ = masked()
    grown = ClassMap((*CLASSES.entries, ClassEntry(9, "sky")))
    project = replace(dataset.project, class_map=grown)
    store.add_dataset(replace(dataset, project=project, name="two"))
    assert store.project("street").metrics == DECLARED
    pairs = store.load_inferences("street", "val", "model").metrics["pairs"]
    assert pairs.label.tolist() == [0, 3, 0]


def test_a_metric_is_of_one_kind_and_its_direction_may_be_corrected(store):
    put(store, DECLARED[0], edges=EDGES)
    with pytest.raises(StoreError, match="another metric called edges, of the kind objective"):
        put(store, Metric("Edges", MetricKind.CONFUSION_MATRIX), Edges=PAIRS)
    store.declare_metric("street", Metric("Edges", unit="m"))
    assert store.project("street").metrics == (Metric("edges", unit="m"),)


def test_a_metric_can_be_removed(store):
    put(store, *DECLARED, edges=EDGES, pairs=PAIRS)
    for name, left in (("edges", ["pairs"]), ("pairs", [])):
        store.remove_metric(store.load_dataset("street", "val"), name)
        assert list(store.load_inferences("street", "val", "model").metrics) == left
        assert [metric.name for metric in store.project("street").metrics] == left


def test_the_counts_of_a_set_that_is_removed_go_with_it(store):
    def cache(*ids: str) -> Path:
        found: Path = store.set_cache("street", "val", "pixels", ids)
        return found

    for ids in (("model", "other"), ("model",), ("more", "other")):
        cache(*ids).mkdir(parents=True)
    assert cache("b", "a") == cache("a", "b")
    store.remove("street", "val", "model")
    left = [path.name for path in cache("more", "other").parent.iterdir()]
    assert left == ["more+other"]
