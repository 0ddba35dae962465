"""One class an image, in every form that is promised."""

import json
from pathlib import Path

import duckdb
import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Given, format_of
from aquarium_tui.formats.classification import looks_like, read_inferences, read_labels
from tests.narrow import present

ROWS = [("a.jpg", "cat", 0.9), ("b.jpg", "dog", 0.25), ("c.jpg", "cat", 0.5)]


def images(folder: Path) -> Path:
    folder.mkdir()
    for name, _, _ in ROWS:
        Image.new("RGB", (8, 6)).save(folder / name)
    return folder


def csv(folder: Path, header: str = "file,class,confidence") -> Path:
    (folder / "a.csv").write_text("\n".join([header, *(",".join(map(str, row)) for row in ROWS)]))
    return folder / "a.csv"


def jsonl(folder: Path) -> Path:
    keys = ("file_name", "label", "score")
    lines = [json.dumps(dict(zip(keys, row, strict=True))) for row in ROWS]
    (folder / "a.jsonl").write_text("\n".join(lines))
    return folder / "a.jsonl"


def parquet(folder: Path) -> Path:
    path = folder / "a.parquet"
    values = ", ".join(str(row) for row in ROWS)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM (VALUES {values}) AS t(image, category, conf)) TO '{path}' (FORMAT parquet)"
        )
    return path


def folders(folder: Path) -> Path:
    for name, class_, _ in ROWS:
        (folder / "set" / class_).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6)).save(folder / "set" / class_ / name)
    return folder / "set"


@pytest.mark.parametrize("make", [csv, jsonl, parquet, folders])
def test_labels_are_the_same_in_every_form(tmp_path, make):
    given = Given(make(tmp_path), None if make is folders else images(tmp_path / "images"))
    assert format_of(given).name == "classification"
    found = read_labels(given)
    named = dict(found.classes)
    classes = [named[int(present(id_))] for id_ in found.records.category]
    told = sorted(zip(found.records.frame, classes, strict=True))
    assert told == [("a", "cat"), ("b", "dog"), ("c", "cat")]
    assert sorted(map(present, found.frames.id)) == ["a", "b", "c"]
    assert found.frames.width.tolist() == [8, 8, 8]
    assert found.records.whole


@pytest.mark.parametrize("make", [csv, jsonl, parquet])
def test_inferences_have_their_confidence(tmp_path, make):
    records = read_inferences(Given(make(tmp_path))).records
    assert list(records.category) == ["cat", "dog", "cat"]
    assert records.confidence.tolist() == [0.9, 0.25, 0.5]


def test_without_a_confidence_all_are_certain_and_that_is_said(tmp_path):
    (tmp_path / "a.csv").write_text("file,class\na.jpg,cat\nb.jpg,dog\n")
    found = read_inferences(Given(tmp_path / "a.csv"))
    assert found.records.confidence.tolist() == [1.0, 1.0]
    assert "every inference gets confidence 1" in found.notes[-1]


def test_nested_scores_become_columns(tmp_path):
    row = {"image": "a.jpg", "class": "cat", "scores": {"cat": 0.9, "dog": 0.1}, "top_k": ["cat", "dog"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    given = Given(tmp_path / "a.jsonl")
    assert looks_like(given)
    assert set(read_inferences(given).records.attributes) == {
        "scores_cat",
        "scores_dog",
        "top_k_1",
        "top_k_2",
    }


def test_a_row_without_a_class_is_a_frame_without_a_label(tmp_path):
    (tmp_path / "a.csv").write_text("file,class\na.jpg,cat\nb.jpg,\n")
    found = read_labels(Given(tmp_path / "a.csv"))
    assert list(found.frames.id) == ["a", "b"]
    assert list(found.records.frame) == ["a"]
    assert "1 row has no class" in found.notes


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "file,class,left,top,right,bottom\na.jpg,cat,1,2,3,4\n"),
        ("a.json", '[{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5}]'),
        ("a.csv", "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\na,x,/m/1,1,0,1,0,1\n"),
        ("a.csv", "weather,time\nrain,day\n"),
    ],
)
def test_boxes_and_other_tables_are_not_taken_for_it(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert not looks_like(Given(tmp_path / name))


def test_a_folder_with_files_of_other_formats_is_not_taken_for_it(tmp_path):
    folder = folders(tmp_path)
    assert looks_like(Given(folder))
    (folder / "cat" / "a.txt").write_text("0 0.5 0.5 1 1")
    assert not looks_like(Given(folder))


def test_a_table_without_a_column_of_classes_says_what_it_has(tmp_path):
    (tmp_path / "a.csv").write_text("file,kind\na.jpg,cat\n")
    with pytest.raises(InputError, match=r"no column for class(.|\n)*Its columns are file, kind"):
        read_labels(Given(tmp_path / "a.csv"))
