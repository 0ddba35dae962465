"""One detection set gives one store, whatever format it was written in."""

import numpy as np
import pytest

from aquarium_tui import ingest
from aquarium_tui.formats import Given, format_of
from aquarium_tui.model.tables import Project
from tests.ingest import made
from tests.ingest.files import nothing

LABELS = {
    "bdd100k": made.bdd_labels,
    "fiftyone": made.fiftyone_labels,
    "fiftyone-samples": made.fiftyone_dataset,
    "open-images": made.open_images_labels,
    "plain": made.plain_labels,
    "plain-parquet": made.parquet_labels,
}
INFERENCES = {
    "bdd100k": made.bdd_inferences,
    "fiftyone": made.fiftyone_inferences,
    "fiftyone-samples": made.fiftyone_dataset,
    "open-images": made.open_images_inferences,
    "plain": made.plain_inferences,
    "plain-parquet": made.parquet_inferences,
    "mmdet": made.mmdet_inferences,
    "mmdet-folder": made.mmdet_folder,
    "detectron2": made.detectron2_inferences,
    "detectron2-instances": made.detectron2_instances,
}


def dataset_from(write, folder):
    images = made.images(folder)
    return ingest.labelled_dataset(Project("street"), "val", write(folder), nothing, images=images)


@pytest.fixture
def expected(tmp_path):
    folder = tmp_path / "coco"
    folder.mkdir()
    return dataset_from(made.coco_labels, folder)


def by_frame(frames, objects):
    """Objects by frame, in the order of frame ids."""
    found: dict[str, list[tuple[int, list[float]]]] = {}
    for row, frame in enumerate(objects.frame.tolist()):
        box = [round(side, 6) for side in objects.box[row].tolist()]
        found.setdefault(frames.id[frame], []).append((int(objects.class_index[row]), box))
    return found


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_those_of_coco(tmp_path, expected, name):
    dataset = dataset_from(LABELS[name], tmp_path)
    order = np.argsort(list(dataset.frames.id))
    assert [dataset.frames.id[row] for row in order] == ["a1", "b2", "c3"]
    assert [dataset.frames.path[row].rpartition("/")[2] for row in order] == ["a1.png", "b2.png", "c3.png"]
    assert dataset.frames.width[order].tolist() == expected.frames.width.tolist()
    assert dataset.frames.height[order].tolist() == expected.frames.height.tolist()
    assert dataset.project.class_map == expected.project.class_map
    assert by_frame(dataset.frames, dataset.labels) == by_frame(expected.frames, expected.labels)
    assert sorted(dataset.labels.area.round(6)) == sorted(expected.labels.area)
    assert dataset.labels.crowd.sum() == 1
    crowded = dataset.labels.frame[np.flatnonzero(dataset.labels.crowd)[0]]
    assert dataset.frames.id[crowded] == "c3"
    assert dataset.provenance.problems == ()


@pytest.mark.parametrize("name", INFERENCES)
def test_inferences_are_those_of_coco(tmp_path, expected, name):
    coco = ingest.inference_set(expected, "m", made.coco_inferences(tmp_path), "auto", nothing)
    made.images(tmp_path)
    path = INFERENCES[name](tmp_path)
    assert format_of(Given(path)).name == name.replace("-parquet", "").replace("-samples", "").replace(
        "-folder", ""
    ).replace("-instances", "")
    found = ingest.inference_set(expected, "m", path, "auto", nothing)
    assert by_frame(expected.frames, found.objects) == by_frame(expected.frames, coco.objects)
    assert found.objects.confidence.tolist() == coco.objects.confidence.tolist()
    assert found.provenance.problems == ()
