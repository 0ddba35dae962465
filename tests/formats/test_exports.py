"""One detection set, however an annotation tool or a model exports it, gives one store and one comparison."""

from pathlib import Path

import numpy as np
import pytest

from aquarium_tui import ingest
from aquarium_tui.formats import Given, format_of
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from tests.formats import exports, made
from tests.ingest.files import nothing


def labels(path: Path, images: Path | None = None) -> Dataset:
    return ingest.labelled_dataset(Project("street"), "val", path, nothing, images=images)


def content(dataset: Dataset, of: Dataset | InferenceSet) -> list[tuple[str, str, list[float]]]:
    objects = of.labels if isinstance(of, Dataset) else of.objects
    paths = [str(path).rpartition("/")[2] for path in dataset.frames.path]
    names = [entry.name for entry in dataset.project.class_map.entries]
    rows = zip(
        objects.frame.tolist(), objects.class_index.tolist(), objects.box.round(6).tolist(), strict=True
    )
    return sorted((paths[frame], names[class_], box) for frame, class_, box in rows)


@pytest.fixture
def truth(tmp_path: Path) -> Dataset:
    (tmp_path / "truth").mkdir()
    return labels(made.coco_labels(tmp_path / "truth"))


@pytest.mark.parametrize("name", exports.WRITERS)
def test_labels_are_those_of_coco(tmp_path: Path, truth: Dataset, name: str) -> None:
    path = exports.with_images(exports.WRITERS[name])(tmp_path)
    assert format_of(Given(path)).name == name.split(maxsplit=1)[0]
    found = labels(path, tmp_path / "images")
    assert content(found, found) == content(truth, truth)
    assert [entry.name for entry in found.project.class_map.entries] == list(made.CLASSES)
    sizes = dict(
        zip(found.frames.path, zip(found.frames.width, found.frames.height, strict=True), strict=True)
    )
    assert sorted(sizes.values()) == sorted(made.SIZES.values())
    assert not found.provenance.problems


@pytest.mark.parametrize("name", exports.RESULTS)
def test_inferences_are_those_of_coco(tmp_path: Path, truth: Dataset, name: str) -> None:
    coco = made.coco_results(tmp_path / "results.json")
    expected = ingest.inference_set(truth, "m", coco, "auto", nothing)
    path = exports.RESULTS[name](tmp_path, made.RESULTS)
    assert format_of(Given(path)).name == name.split(maxsplit=1)[0]
    found = ingest.inference_set(truth, "m", path, "auto", nothing)
    assert content(truth, found) == content(truth, expected)
    np.testing.assert_array_equal(found.objects.confidence, expected.objects.confidence)
    assert not found.provenance.problems
