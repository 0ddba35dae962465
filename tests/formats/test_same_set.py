"""The same detection set in any format gives the same store."""

import numpy as np
import pytest

from aquarium_tui import ingest
from aquarium_tui.formats import Given, format_of
from aquarium_tui.model.tables import Project
from tests.formats import made
from tests.ingest.files import nothing


def dataset(path, **options):
    return ingest.labelled_dataset(Project("street"), "val", path, nothing, **options)


def inferences(data, path, **options):
    return ingest.inference_set(data, "model_a", path, "auto", nothing, **options)


def voc(folder):
    made.images(folder / "JPEGImages")
    return made.voc_files(folder / "Annotations", made.LABELS)


def kitti(folder):
    made.images(folder / "image_2")
    return made.kitti_files(folder / "label_2", made.LABELS)


LABELS = {"coco": made.coco_labels, "yolo": made.yolo_labels, "voc": voc, "kitti": kitti}
RESULTS = {
    "coco": lambda folder: made.coco_results(folder / "results.json"),
    "ultralytics": lambda folder: made.ultralytics_results(folder / "predictions.json"),
    "ultralytics from 1": lambda folder: made.ultralytics_results(folder / "predictions.json", 1),
    "yolo": lambda folder: made.yolo_files(folder / "txt", made.RESULTS),
    "yolo, confidence first": lambda folder: made.yolo_files(folder / "txt", made.RESULTS, first=True),
    "voc": lambda folder: made.voc_files(folder / "xml", made.RESULTS),
    "kitti": lambda folder: made.kitti_files(folder / "txt", made.RESULTS),
}


def names(data, objects):
    return [data.project.class_map.entries[i].name for i in objects.class_index.tolist()]


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_the_same(tmp_path, name):
    (tmp_path / "labels").mkdir()
    path = LABELS[name](tmp_path / "labels")
    assert format_of(Given(path)).name == name
    data = dataset(path)
    assert list(data.frames.id) == (["1", "2", "3"] if name == "coco" else list(made.SIZES))
    sizes = zip(data.frames.width.tolist(), data.frames.height.tolist(), strict=True)
    assert list(sizes) == list(made.SIZES.values())
    assert data.labels.starts.tolist() == [0, 2, 4, 4]
    assert names(data, data.labels) == [one.name for one in made.LABELS]
    np.testing.assert_allclose(data.labels.box, [one.box for one in made.LABELS], atol=1e-4)
    np.testing.assert_allclose(data.labels.area, [50 * 30, 90 * 80, 16 * 60, 80 * 60], rtol=1e-4)
    crowds = {"coco": [3], "voc": [3]}.get(name, [])
    assert np.flatnonzero(data.labels.crowd).tolist() == crowds
    assert not data.provenance.problems


@pytest.mark.parametrize(
    ("labels", "name"), [(a, b) for a in LABELS for b in RESULTS if b != "coco" or a == "coco"]
)
def test_inferences_are_the_same_whatever_the_labels_came_in(tmp_path, labels, name):
    (tmp_path / "labels").mkdir()
    data = dataset(LABELS[labels](tmp_path / "labels"))
    path = RESULTS[name](tmp_path)
    assert format_of(Given(path)).name == name.split()[0].strip(",")
    given = inferences(data, path)
    assert given.objects.starts.tolist() == [0, 2, 3, 4]
    assert names(data, given.objects) == [one.name for one in made.RESULTS]
    np.testing.assert_allclose(given.objects.box, [one.box for one in made.RESULTS], atol=1e-4)
    assert given.objects.confidence.tolist() == [one.score for one in made.RESULTS]
    assert not given.provenance.problems
