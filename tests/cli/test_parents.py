"""Classes counted as the broader classes that they belong to: `--by-parent`, of boxes and of masks."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.cli.test_comparison import run  # noqa: F401

CATEGORIES = [
    {"id": 1, "name": "car", "supercategory": "vehicle"},
    {"id": 2, "name": "van", "supercategory": "vehicle"},
    {"id": 3, "name": "tree"},
]


def told(run, *arguments):  # noqa: F811
    code, out, _ = run(*arguments, "--format", "json")
    assert code == 0
    return json.loads(out)


@pytest.fixture
def project(tmp_path, monkeypatch, run):  # noqa: F811
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    images = [{"id": i, "file_name": f"{i}.png", "width": 100, "height": 100} for i in (1, 2)]
    boxes = [(1, 1, [0, 0, 20, 20]), (1, 3, [50, 50, 20, 20]), (2, 2, [10, 10, 30, 30])]
    labels = [{"id": i, "image_id": f, "category_id": c, "bbox": b} for i, (f, c, b) in enumerate(boxes, 1)]
    document = {"images": images, "annotations": labels, "categories": CATEGORIES}
    found = [
        {"image_id": f, "category_id": 3 - c if c < 3 else c, "bbox": b, "score": 0.9} for f, c, b in boxes
    ]
    (tmp_path / "labels.json").write_text(json.dumps(document))
    (tmp_path / "model.json").write_text(json.dumps(found))
    place = ("upload", "--project", "p", "--dataset", "d")
    run(*place, "--labels", str(tmp_path / "labels.json"))
    run(*place, "--inferences-id", "m", "--inferences", str(tmp_path / "model.json"))
    return tmp_path


def test_confusions_within_a_parent_are_none(project, run):  # noqa: F811
    plain = told(run, "compare", "p/d")
    assert plain["classes"][:3] == ["car", "van", "tree"]
    assert "by_parent" not in plain
    assert [row["base"]["recall"] for row in plain["report"]["per_class"]] == [0, 0, 1]
    grouped = told(run, "compare", "p/d", "--by-parent")
    assert grouped["by_parent"] is True
    assert grouped["classes"][:2] == ["vehicle", "tree"]
    assert [row["base"]["recall"] for row in grouped["report"]["per_class"]] == [1, 1]
    assert told(run, "compare", "p/d") == plain


def test_pixels_are_counted_once_and_merged(tmp_path, monkeypatch, run):  # noqa: F811
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    (tmp_path / "classes.csv").write_text("value,name,parent\n0,road,ground\n1,path,ground\n2,sky,\n")
    label = np.array([[0, 0, 0, 1, 1, 1, 2, 2, 2, 2]], np.uint8)
    found = np.array([[0, 0, 1, 1, 1, 0, 2, 2, 2, 0]], np.uint8)
    for name, mask in (("images", label), ("labels", label), ("model", found)):
        (tmp_path / name).mkdir()
        Image.fromarray(np.repeat(mask, 4, axis=0)).save(tmp_path / name / "a.png")
    place = ("upload", "--project", "p", "--dataset", "d")
    given = {
        "labels": tmp_path / "labels",
        "images": tmp_path / "images",
        "classes": tmp_path / "classes.csv",
    }
    run(*place, *(text for name, path in given.items() for text in (f"--{name}", str(path))))
    run(*place, "--inferences-id", "m", "--inferences", str(tmp_path / "model"))
    assert told(run, "compare", "p/d")["report"]["total"]["base"]["accuracy"] == 0.7
    grouped = told(run, "compare", "p/d", "--by-parent")
    assert grouped["classes"][:2] == ["ground", "sky"]
    assert grouped["report"]["total"]["base"]["accuracy"] == 0.9


def test_classes_without_parents_say_how_to_get_them(project, run):  # noqa: F811
    document = json.loads((project / "labels.json").read_text())
    for category in document["categories"]:
        category.pop("supercategory", None)
    (project / "plain.json").write_text(json.dumps(document))
    place = ("upload", "--project", "q", "--dataset", "d")
    run(*place, "--labels", str(project / "plain.json"))
    run(*place, "--inferences-id", "m", "--inferences", str(project / "model.json"))
    code, _, said = run("compare", "q/d", "--by-parent")
    assert code == 2
    assert "No class of q has a parent." in said
    assert "supercategory" in said
