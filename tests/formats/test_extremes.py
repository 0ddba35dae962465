"""Depth, length and type: what no reader of a format expects is told with its place."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aquarium_tui import ingest
from aquarium_tui.errors import AquariumError, InputError
from aquarium_tui.formats.class_list import read_class_list
from aquarium_tui.formats.shared.columns import Sides
from aquarium_tui.ingest.metrics import metrics_from_file, metrics_from_records
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.tables import CLASSIFICATION, Dataset, Project
from tests.compare.pixels import scene
from tests.formats import aquarium_lines as lines
from tests.ingest import made
from tests.ingest.files import nothing, write

DEEP = "[" * 3_000 + "]" * 3_000
HUGE = "1" * 400


def labels(path: Path, **options: Any) -> Dataset:
    return ingest.labelled_dataset(Project("street"), "val", path, nothing, **options)


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        f'{{"images": {DEEP}, "annotations": []}}',
        f'[{{"image_id": {DEEP}, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}}]',
        f'{{"task_id": "a", "label_data": {DEEP}, "sensor_data": []}}',
    ],
    ids=lambda text: text[:20],
)
def test_json_that_is_too_deep_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    for format_ in ("auto", "coco", "aquarium", "fiftyone", "bdd100k", "mmdet", "detectron2", "plain"):
        with pytest.raises(AquariumError):
            labels(write(tmp_path / "deep.json", text), format_=format_)
    if text.startswith("{"):
        with pytest.raises(
            InputError, match=r"deep\.json is not JSON: line 1, column \d+: .*nested too deeply"
        ):
            labels(write(tmp_path / "deep.json", text), format_="coco")


def test_an_id_that_is_too_deep_is_refused_with_its_place(tmp_path: Path) -> None:
    dataset = labels(made.coco_labels(tmp_path))
    record = f'{{"image_id": {DEEP}, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}}'
    path = write(tmp_path / "deep.json", f"[{record}]")
    with pytest.raises(InputError, match="nested too deeply"):
        ingest.inference_set(dataset, "m", path, "ultralytics", nothing)


@pytest.mark.parametrize("value", [HUGE, f"[[{HUGE}, 0, 0], [0, 1, 0], [0, 0, 1]]", DEEP])
def test_a_metric_of_400_digits_is_counted_and_left_out(tmp_path: Path, value: str) -> None:
    rows = [f'{{"id": "f0", "m": {value}}}', '{"id": "f1", "m": 1}', '{"id": "f2", "m": 2}']
    path = write(tmp_path / "m.jsonl", "\n".join(rows))
    try:
        found = metrics_from_file(path, scene.dataset(3), [])
    except InputError as error:
        assert "m.jsonl" in str(error)
    else:
        assert found.values["m"].number[1:].tolist() == [1, 2]
        assert sum(problem.count for problem in found.problems if problem.action == "left out") == 1


@pytest.mark.parametrize("value", [[[int(HUGE)] * 3] * 3, [[1, 2], [3], 4], [1, 2, 3], ["a", "b", "c"]])
def test_a_matrix_over_all_classes_that_is_none_is_counted(value: Any) -> None:
    data = scene.dataset(3)
    entries = (*data.project.class_map.entries[:2], ClassEntry(99, "sky", ignore_in_eval=True))
    data = Dataset(Project("p", class_map=ClassMap(entries)), "d", data.frames, data.labels, data.images)
    found = metrics_from_records(data, {"m": {"f0": value, "f1": np.eye(2).tolist()}})
    assert [(p.count, p.action) for p in found.problems if p.action == "left out"] == [(1, "left out")]


@pytest.mark.parametrize(
    "color", [5, 1.5, True, {}, {"r": 1}, [], [1, 2], [1, 2, HUGE], [[1], 2, 3], int(HUGE)]
)
def test_a_colour_that_is_not_three_numbers_is_refused_with_its_place(tmp_path: Path, color: Any) -> None:
    content = [{"class_id": 1, "name": "car", "color": color}]
    with pytest.raises(InputError, match=r"c\.json record 1 has a colour that is not three numbers"):
        read_class_list(write(tmp_path / "c.json", content))


@pytest.mark.parametrize("value", ["x", 5, True, {}, {"a": 1}, 0, ""])
def test_label_data_that_is_not_a_list_is_counted(tmp_path: Path, value: Any) -> None:
    wrong = {"task_id": "f2", "type": "GT", "label_data": value}
    data = lines.read_labels(
        tmp_path, lines.frame("f1"), lines.frame("f2"), lines.labels("f1", lines.box("g")), wrong
    )
    sentence = "1 frames whose label_data is not a list (left out): val.jsonl line 4 label_data"
    assert sentence in lines.problems(data)
    assert len(data.labels) == 1


def test_inference_data_that_is_not_a_list_is_counted(tmp_path: Path) -> None:
    found = lines.read_inferences(
        tmp_path,
        lines.inferences("f1", lines.box("i", confidence=0.5)),
        {**lines.inferences("f2"), "inference_data": "x"},
    )
    assert "1 frames whose inference_data is not a list (left out): a.jsonl line 2" in lines.problems(found)


def test_what_is_left_out_does_not_hide_classes_of_images(tmp_path: Path) -> None:
    whole = lines.other("CLASSIFICATION_2D")
    wrong = {"task_id": "f2", "type": "GT", "label_data": [5]}
    data = lines.read_labels(tmp_path, lines.frame("f1"), lines.frame("f2"), lines.labels("f1", whole), wrong)
    assert data.project.task == CLASSIFICATION
    assert len(data.labels) == 1
    assert (
        "records that are not JSON objects (left out): val.jsonl line 4 label_data record 1"
        in lines.problems(data)
    )


def test_a_field_of_samples_that_is_not_detections_is_counted(tmp_path: Path) -> None:
    made.images(tmp_path)
    path = made.fiftyone_dataset(tmp_path)
    content = json.loads(path.read_text())
    content["samples"][2]["ground_truth"] = "x"
    data = labels(write(path, content), field="ground_truth")
    kinds = {problem.kind: problem.examples for problem in data.provenance.problems}
    assert kinds["samples whose field is not a list of detections"] == ("samples.json sample 3",)


@pytest.mark.parametrize("option", ["path", "images", "classes", "metadata"])
def test_a_path_of_400_characters_does_not_exist(tmp_path: Path, option: str) -> None:
    given: dict[str, Any] = {"path": made.coco_labels(tmp_path), option: tmp_path / ("x" * 400)}
    with pytest.raises(InputError, match=r"There is no|cannot be read"):
        labels(given.pop("path"), **given)


LONG = "1" * 5_000
"""More digits than Python turns into a number."""


def test_ids_of_5000_digits_are_text_or_refused(tmp_path: Path) -> None:
    made.images(tmp_path)
    content = json.loads(made.coco_labels(tmp_path).read_text())
    content["categories"][0]["id"] = LONG
    content["annotations"][0]["category_id"] = LONG
    data = labels(write(tmp_path / "l.json", content))
    kinds = {problem.kind for problem in data.provenance.problems}
    assert "categories without a whole number as id" in kinds
    record = f'{{"image_id": {LONG}, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}}'
    with pytest.raises(InputError, match=r"r\.json is not JSON: line 1, column \d+: "):
        ingest.inference_set(data, "m", write(tmp_path / "r.json", f"[{record}]"), "coco", nothing)
    table = write(tmp_path / "t.csv", f"image,class_id,class,left,top,right,bottom\na1,{LONG},car,1,2,3,4\n")
    assert len(labels(table, images=tmp_path / "images").labels) == 1


@pytest.mark.parametrize("kind", ["size", "center"])
def test_infinite_boxes_are_read_without_a_warning(kind: str) -> None:
    box = np.array([[np.inf, 0.0, -np.inf, 1.0], [-np.inf, 0.0, -np.inf, 1.0]])
    assert not np.isfinite(Sides(kind, relative=False).boxes(box)[:, [0, 2]]).all()
