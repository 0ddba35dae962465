"""Classes of images in the store: paired by frame, ranked by their scores, and what is reported."""

from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.compare.objects.accuracy import ClassComparison
from aquarium_tui.errors import InputError
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.model.columns import Values
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import CLASSIFICATION, DETECTION, Dataset, InferenceSet, Project
from tests.narrow import of_type

LABELS = "file,class\na.jpg,cat\nb.jpg,dog\nc.jpg,bird\nd.jpg,cat\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def dataset(folder: Path, text: str = LABELS) -> Dataset:
    return labelled_dataset(Project("pets"), "val", write(folder / "labels.csv", text), lambda _: None)


def inferred(folder: Path, of: Dataset, text: str, name: str = "model_a") -> InferenceSet:
    return inference_set(of, name, write(folder / f"{name}.csv", text), "auto", lambda _: None)


def problems(found: Dataset | InferenceSet) -> dict[str, tuple[int, str]]:
    return {one.kind: (one.count, one.action) for one in found.provenance.problems}


def test_labels_and_inferences_pair_by_frame_without_any_image(tmp_path):
    data = dataset(tmp_path)
    assert data.project.task == CLASSIFICATION
    rows = "file,class,confidence\na.jpg,cat,.9\nb.jpg,cat,.8\nc.jpg,bird,.05\n"
    comparison = ClassComparison.of(data, inferred(tmp_path, data, rows), None, Settings())
    names = comparison.classes
    cell = {(names[r], names[c]): int(n) for (r, c), n in np.ndenumerate(comparison.confusion("base")) if n}
    assert cell == {
        ("cat", "cat"): 1,
        ("dog", "cat"): 1,
        ("bird", names[-1]): 1,
        ("cat", names[-1]): 1,
    }, "an unsure inference, as one that is not there, is background"
    assert comparison.accuracies["base"] == {"accuracy": 0.25}


def test_a_second_label_or_inference_of_an_image_is_left_out_and_said(tmp_path):
    data = dataset(tmp_path, LABELS + "a.jpg,dog\n")
    assert problems(data)["labels of an image that already has one"] == (1, "left out")
    assert len(data.labels) == 4
    found = inferred(tmp_path, data, "file,class,confidence\na.jpg,cat,.9\na.jpg,dog,.1\nb.jpg,dog,.5\n")
    assert problems(found)["inferences of an image that already has one"] == (1, "left out")
    assert found.objects.confidence.tolist() == [0.9, 0.5]


def test_unknown_images_and_classes_and_confidences_are_said(tmp_path):
    data = dataset(tmp_path)
    text = "file,class,confidence\na.jpg,cat,90\nx.jpg,cat,.5\nb.jpg,cow,.5\nc.jpg,dog,\n"
    assert problems(inferred(tmp_path, data, text)) == {
        "inferences of unknown images": (1, "left out"),
        "inferences of unknown classes": (1, "left out"),
        "inferences without a finite confidence": (1, "left out"),
        "confidences outside 0 to 1": (1, "kept"),
    }


@pytest.mark.parametrize("prefix", ["", "score_", "p:"])
def test_scores_of_the_classes_become_the_rank_of_the_label(tmp_path, prefix):
    data = dataset(tmp_path)
    header = ",".join(
        ["file", "class", "confidence", *(f"{prefix}{name}" for name in ("bird", "cat", "dog"))]
    )
    rows = [
        "a.jpg,cat,.5,.2,.5,.3",
        "b.jpg,cat,.6,.1,.6,.3",
        "c.jpg,cat,.5,.1,.5,.4",
        "d.jpg,dog,.4,.3,.3,.4",
    ]
    found = inferred(tmp_path, data, "\n".join([header, *rows]))
    assert of_type(Values, found.objects.attributes["rank"]).values.tolist() == [1, 2, 3, 2]
    assert set(found.objects.attributes) == {"rank"}
    comparison = ClassComparison.of(data, found, None, Settings())
    assert comparison.accuracies["base"] == {"accuracy": 0.25, "top_1": 0.25, "top_2": 0.75}


def test_the_best_classes_alone_give_the_rank_too(tmp_path):
    data = dataset(tmp_path)
    rows = ["a.jpg,cat,.9,cat,dog", "b.jpg,cat,.9,cat,bird", "c.jpg,dog,.9,dog,bird"]
    found = inferred(tmp_path, data, "\n".join(["file,class,confidence,top_1,top_2", *rows]))
    assert of_type(Values, found.objects.attributes["rank"]).values.tolist() == [1, np.inf, 2]
    comparison = ClassComparison.of(data, found, None, Settings())
    assert comparison.accuracies["base"] == {"accuracy": 0.25, "top_1": 0.25, "top_2": 0.5}


def test_a_project_is_of_one_task(tmp_path):
    data = dataset(tmp_path)
    boxes = "file,class,confidence,left,top,right,bottom\na.jpg,cat,.9,0,0,1,1\n"
    with pytest.raises(InputError, match="holds boxes, but project pets is a classification project"):
        inferred(tmp_path, data, boxes)
    with_boxes = "file,class,left,top,right,bottom\na.jpg,cat,0,0,4,4\n"
    detection = labelled_dataset(Project("p"), "val", write(tmp_path / "b.csv", with_boxes), lambda _: None)
    assert detection.project.task == DETECTION
    with pytest.raises(InputError, match="holds one class per image, but project p is a detection project"):
        inferred(tmp_path, detection, "file,class\na.jpg,cat\n")
