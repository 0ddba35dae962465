"""What a source means by its labels: federated or ignored ones, listed classes, boxes without confidence."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aquarium_tui import ingest
from aquarium_tui.compare.comparability import comparability
from aquarium_tui.compare.objects.evaluation import Evaluation, frame_scores
from aquarium_tui.ingest.agreement import Wishes
from aquarium_tui.model.settings import Rule
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from tests.ingest.files import (
    image,
    instances,
    label,
    nothing,
    read_inferences,
    read_labels,
    result,
    sentences,
    write,
)

CUP, FORK, SPOON = 1, 2, 3
NAMES = {CUP: "cup", FORK: "fork", SPOON: "spoon"}


def spurious(dataset: Dataset, found: InferenceSet) -> int:
    evaluation = Evaluation(dataset, found)
    return int(frame_scores(evaluation, evaluation.matching(0.1, 0.5, Rule.OVERLAP)).spurious.sum())


def test_inferences_of_unverified_classes_do_not_count(tmp_path: Path) -> None:
    """LVIS: cups are not all labelled, forks are surely absent, and nobody looked for spoons."""
    frame = image(1, neg_category_ids=[FORK], not_exhaustive_category_ids=[CUP])
    dataset = read_labels(tmp_path, instances([frame], [label(1, CUP)], NAMES))
    far = (60, 50, 10, 10)
    found = read_inferences(
        tmp_path, [result(1, CUP), result(1, CUP, far), result(1, FORK, far), result(1, SPOON, far)], dataset
    )
    assert spurious(dataset, found) == 1, "only the fork is known to be wrong"
    assert any("1 inference is not counted, as nobody looked" in n for n in found.provenance.notes)
    precision = Evaluation(dataset, found).average_precision
    assert precision.per_class["AP"][0] == pytest.approx(1.0)
    plain = replace(dataset, frames=replace(dataset.frames, metadata={}))
    assert spurious(plain, found) == 3


def test_boxes_without_confidence_count_at_the_thresholds_and_have_no_ap(tmp_path: Path) -> None:
    dataset = read_labels(tmp_path, instances(annotations=[label(1), label(2)]))
    boxes = [{"image_id": i, "category_id": 1, "bbox": [10, 10, 20, 20]} for i in (1, 2)]
    found = read_inferences(tmp_path, boxes, dataset)
    assert found.objects.confidence.tolist() == [1.0, 1.0]
    assert found.unranked
    assert "AP is not defined" in sentences(found)[0]
    evaluation = Evaluation(dataset, found)
    assert np.isnan(evaluation.average_precision.per_class["AP"]).all()
    assert frame_scores(evaluation, evaluation.matching(0.1, 0.5, Rule.OVERLAP)).correct.tolist() == [1, 1]
    assert [remark.what for remark in comparability(dataset, found, None)] == ["AP undefined"]
    assert not read_inferences(tmp_path, [result(1)], dataset).unranked


def test_names_are_matched_in_any_number_and_by_aliases(tmp_path: Path) -> None:
    names = ["Cars", " CAR ", "cyclists", "bicycle rider", "dog"]
    boxes = [{"image_id": 1, "category_id": name, "bbox": [10, 10, 20, 20]} for name in names]
    dataset = read_labels(tmp_path, instances(annotations=[label(1)]))
    path = write(tmp_path / "r.json", boxes)
    wishes = Wishes(aliases=write(tmp_path / "a.csv", "Bicycle Rider,cyclist\n"))
    found = ingest.inference_set(dataset, "vlm", path, "auto", nothing, wishes=wishes)
    assert found.objects.class_index.tolist() == [0, 0, 1, 1]
    (unknown,) = (said for said in sentences(found) if "unknown classes" in said)
    assert "dog" in unknown
    assert "--class-alias FILE" in unknown


def test_ignore_is_what_pycocotools_makes_of_it_unless_it_is_to_be_honoured(tmp_path: Path) -> None:
    content = instances(annotations=[label(1, ignore=1), label(2, ignore=0)])
    plain = read_labels(tmp_path, content)
    assert not plain.labels.crowd.any()
    assert any(
        "labels with ignore = 1 (kept)" in said and "--coco-ignore" in said for said in sentences(plain)
    )
    assert read_labels(tmp_path, content, ignored=True).labels.crowd.tolist() == [True, False]


def test_names_that_differ_in_blanks_and_case_are_one_class(tmp_path: Path) -> None:
    dataset = read_labels(tmp_path, instances(annotations=[label(1, 2)], categories={1: "car", 2: " Car  "}))
    assert [entry.name for entry in dataset.project.class_map.entries] == ["car"]
    assert dataset.labels.class_index.tolist() == [0]


def test_classes_that_a_file_lists_are_classes_without_any_label(tmp_path: Path) -> None:
    frames = [
        {"name": "1.jpg", "labels": [{"category": "car", "box2d": {"x1": 1, "y1": 1, "x2": 9, "y2": 9}}]}
    ]
    config = {"categories": [{"name": "car"}, {"name": "train"}]}
    path = write(tmp_path / "l.json", {"frames": frames, "config": config})
    dataset = ingest.labelled_dataset(Project("p"), "d", path, nothing, format_="bdd100k")
    assert [entry.name for entry in dataset.project.class_map.entries] == ["car", "train"]
    Image.new("RGB", (9, 9)).save(tmp_path / "1.jpg")
    rows = "ImageID,LabelName,XMin,XMax,YMin,YMax,Confidence\n1,/m/a,0,.5,0,.5,1\n1,/m/b,0,1,0,1,0\n"
    write(tmp_path / "class-descriptions.csv", "/m/a,Car\n/m/b,Bus\n/m/c,Tram\n")
    path = write(tmp_path / "o.csv", rows)
    dataset = ingest.labelled_dataset(Project("p"), "d", path, nothing, format_="open-images")
    assert {entry.name for entry in dataset.project.class_map.entries} == {"Car", "Bus", "Tram"}
    assert any("verified negatives" in said for said in sentences(dataset))
