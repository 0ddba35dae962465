"""Masks and metrics as a shell brings and asks for them, and the demo of masks."""

import csv
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from aquarium_tui.__main__ import main
from aquarium_tui.demo import STREET_MASKS, demo_store
from aquarium_tui.ingest.masks import MaskOptions, mask_dataset, mask_inferences
from aquarium_tui.model.tables import SEGMENTATION, Project
from aquarium_tui.store import Store
from aquarium_tui.work.executor import Watch
from tests.narrow import of_type
from tests.sample_data.slow_count import DATA, stated

MASKS = DATA / "segmentation"
PLACE = ["--project", "street", "--dataset", "val"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command line: exit code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aquarium-tui", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return of_type(int, left.value.code or 0), out, err

    return run


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A store with the sample masks."""
    store = Store(tmp_path_factory.mktemp("filled"))
    options = MaskOptions(MASKS / "images", MASKS / "classes.txt", ["void"])
    dataset = mask_dataset(Project("street", SEGMENTATION), "val", MASKS / "labels", options, Watch())
    store.add_dataset(dataset)
    for name in ("model_a", "model_b"):
        store.add_inferences(dataset, mask_inferences(dataset, name, MASKS / name, MaskOptions(), Watch()))
    return store.root


@pytest.fixture
def street(filled, home, run):
    """Runs command lines on a copy of it."""
    shutil.copytree(filled, home)
    return run


def test_upload_says_what_it_understood_and_what_comes_next(run):
    given = ["--images", MASKS / "images", "--classes", MASKS / "classes.txt", "--ignore", "void"]
    code, out, err = run("upload", *PLACE, "--labels", MASKS / "labels", *given)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "street/val: 32 frames, 32 label masks, 8 classes",
        "  masks are named like the images",
        "  ignored classes, whose pixels are excluded from all counts: void",
        "next: aquarium-tui upload --aquarium-project street --aquarium-dataset val --inferences-id model_a "
        "--inferences FOLDER",
    ]
    for name in ("model_a", "model_b"):
        code, out, _ = run("upload", *PLACE, "--inferences-id", name, "--inferences", MASKS / name)
        assert code == 0
        assert out.startswith(f"street/val/{name}: masks of 32 of 32 frames\n")
    assert out.endswith("next: aquarium-tui open street/val --base model_a --other model_b\n")


def as_the_readme_states(found: dict[str, Any]) -> None:
    """Confusions and supports of a document are those of the sample data's README."""
    names = found["classes"][:-1]
    for side, model in (("base", "model_a"), ("other", "model_b")):
        table = stated()[f"Segmentation: confusion of {model}"]
        assert list(table) == names
        matrix = [[*(table[row][column] for column in names), 0] for row in names]
        assert found["confusion"][side] == [*matrix, [0] * len(found["classes"])]
    pixels = stated()["Segmentation: pixels per class"]
    for row in found["report"]["per_class"]:
        assert row["base"]["support"] == row["other"]["support"] == pixels[row["class"]]["labels"]
    assert found["ignored"] == pixels["void"]["labels"]
    assert found["pixels"] + found["ignored"] == stated()["Segmentation: sizes"]["pixels"]["count"]


def test_compare_counts_what_the_readme_states(street, home):
    code, out, err = street("compare", "street/val", "--format", "json")
    assert (code, err) == (0, "")
    as_the_readme_states(json.loads(out))
    assert street("compare", "street/val", "--format", "json")[1] == out
    assert list((home / "projects/street/val/cache/pixels").iterdir())
    half = street("compare", "street/val", "--format", "json", "--query", 'delta.iou("road") < 0')[1]
    assert 0 < json.loads(half)["frames"] < 32


def test_the_demo_of_masks(run, tmp_path, monkeypatch):
    monkeypatch.setattr("aquarium_tui.demo.user_cache_path", lambda name: tmp_path / name)
    code, out, _ = run("demo", "--task", "segmentation")
    assert code == 0
    assert out.startswith("▲ better on pixels")
    assert "\n\ndemo/street_masks   base model_a → other model_b   32 frames   7 360 296 pixels\n" in out
    store, choice = demo_store("segmentation")
    assert choice == STREET_MASKS
    first = store.dataset_card(choice.project, choice.dataset).provenance.created
    again, _ = demo_store("segmentation")
    assert again.dataset_card(choice.project, choice.dataset).provenance.created == first
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    as_the_readme_states(json.loads(run("compare", "demo/street_masks", "--format", "json")[1]))


def test_frames_behind_a_cell(street):
    code, out, _ = street("frames", "street/val", "--cell", "road:pavement", "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    changes = [int(row["cell_change"]) for row in rows]
    assert [abs(change) for change in changes] == sorted(map(abs, changes), reverse=True)
    table = {model: stated()[f"Segmentation: confusion of {model}"] for model in ("model_a", "model_b")}
    assert sum(int(row["cell_base"]) for row in rows) == table["model_a"]["road"]["pavement"]
    assert sum(int(row["cell_other"]) for row in rows) == table["model_b"]["road"]["pavement"]
    ids = street("frames", "street/val", "--cell", "road:pavement")[1].split()
    assert ids == [row["frame"] for row in rows]


def test_queries_of_masks(street):
    ids = street("frames", "street/val", "--query", "delta.accuracy < 0 or other.miou < 0.7")[1].split()
    records = street("frames", "street/val", "--format", "jsonl")[1].splitlines()
    frames = [json.loads(line) for line in records]
    wanted = [f["frame"] for f in frames if f["other_accuracy"] < f["base_accuracy"] or f["other_miou"] < 0.7]
    assert ids == wanted
    assert ids


def test_show_and_ls_tell_of_masks(street):
    shown = street("show", "street/val")[1]
    assert f"masks     {MASKS / 'labels'}" in shown
    assert " 0  2 058 036  road\n" in shown
    assert " 8     12 504  void  (ignored in evaluation)\n" in shown
    listed = json.loads(street("ls", "--format", "json")[1])["projects"][0]
    assert (listed["task"], listed["datasets"][0]["labels"]) == ("segmentation", 32)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "street/val", "--iou", ".7"], "Thresholds and matching rules apply to objects"),
        (["open", "street/val", "--iou", ".7"], "Thresholds and matching rules apply to objects"),
        (["objects", "street/val", "--cell", "road:pavement"], "masks have no objects"),
        (["frames", "street/val", "--cell", "road:pavment"], 'Did you mean "pavement"?'),
        (["frames", "street/val", "--query", 'base.class = "road"'], "unknown field"),
        (["upload", *PLACE, "--labels", MASKS / "labels"], "Dataset street/val already exists"),
        (["upload", *PLACE, "--inferences", MASKS / "model_a"], "--inferences-id is missing"),
        (["upload", *PLACE, "--inferences-id", "c", "--inferences", MASKS / "images"], "holds no PNG file"),
        (
            ["upload", *PLACE, "--inferences-id", "c", "--inferences", MASKS / "model_a", "--ignore", "x"],
            "--ignore",
        ),
        (
            ["upload", *PLACE, "--inferences-id", "c", "--inferences", MASKS / "model_a", "--suffix", "_x"],
            "None of",
        ),
        (
            ["upload", "--project", "street", "--dataset", "b", "--labels", "l.json"],
            "There is no file l.json",
        ),
        (
            ["upload", "--project", "street", "--dataset", "b", "--labels", DATA / "detection/labels.json"],
            "labels.json holds boxes, but project street is a segmentation project",
        ),
        (["upload", *PLACE, "--metrics", "m.csv"], "--inferences-id is missing"),
        (["upload", *PLACE, "--inferences-id", "model_a", "--metric", "a:lower"], "no metric called a"),
        (["upload", *PLACE, "--inferences-id", "model_a", "--metrics", "no.csv"], "There is no file no.csv"),
        (["upload", *PLACE, "--inferences-id", "no", "--metrics", "no.csv"], "no inference set no"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_2(street, arguments, said):
    code, out, err = street(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_options_of_masks_need_masks(run, tmp_path):
    (tmp_path / "labels.json").write_text("{}")
    code, _, err = run("upload", *PLACE, "--labels", tmp_path / "labels.json", "--suffix", "_x")
    assert code == 2
    assert "--suffix needs a folder of masks, and" in err
    code, _, err = run("upload", *PLACE, "--labels", MASKS / "labels", "--images", MASKS / "images")
    assert code == 2
    assert "Name them with --classes FILE" in err


def test_a_project_of_boxes_takes_no_masks(run):
    boxes = DATA / "detection"
    given = ["--labels", boxes / "labels.json", "--images", boxes / "images"]
    assert run("upload", *PLACE, *given)[0] == 0
    given = ["--labels", MASKS / "labels", "--images", MASKS / "images", "--classes", MASKS / "classes.txt"]
    code, _, err = run("upload", "--project", "street", "--dataset", "masks", *given)
    assert code == 2
    assert "Project street is a detection project" in err
    source = "upload", *PLACE, "--inferences-id", "a", "--inferences", MASKS / "model_a"
    assert "street/val has no label masks" in run(*source)[2]


def test_metrics_from_a_table_and_from_a_function(street, tmp_path, home):
    table = tmp_path / "m.csv"
    frames = street("frames", "street/val")[1].split()
    table.write_text("file,latency\n" + "".join(f"{id_}.jpg,{i}\n" for i, id_ in enumerate(frames)))
    arguments = ["--metrics", table, "--metric", "latency:lower:ms"]
    code, out, err = street("upload", *PLACE, "--inferences-id", "model_a", *arguments)
    assert (code, err) == (0, "")
    assert out == (
        "street/val/model_a: latency, mean 15.5 ms, lower is better, on 32 of 32 frames\n"
        "  metrics from m.csv, which names frames by the end of the path in its column `file`\n"
    )
    source = tmp_path / "mine.py"
    source.write_text(
        "def road_share(frame, labels, found):\n    return (found == 0).sum() / (labels == 0).sum()\n"
    )
    for name in ("model_a", "model_b"):
        found = street("upload", *PLACE, "--inferences-id", name, "--metric-from", f"{source}:road_share")
        assert found[0] == 0
    metrics = json.loads(street("compare", "street/val", "--format", "json")[1])["metrics"]
    assert [(m["name"], m["better"], m["unit"]) for m in metrics] == [
        ("latency", "lower", "ms"),
        ("road_share", "higher", ""),
    ]
    assert metrics[1]["frames"] == 32
    ids = street("frames", "street/val", "--query", "other.road_share < base.road_share - 0.2")[1].split()
    assert 0 < len(ids) < 32
    assert "road_share" in street("compare", "street/val")[1]
    again = street("upload", *PLACE, "--inferences-id", "model_b", *arguments[:2], "--metric", "latency")
    assert again[0] == 0, "without a direction, a metric stays as it is"
    assert Store(home).project("street").metrics[0].unit == "ms"


def test_metrics_may_come_with_the_inferences(run, tmp_path):
    given = ["--images", MASKS / "images", "--classes", MASKS / "classes.txt", "--ignore", "void"]
    run("upload", *PLACE, "--labels", MASKS / "labels", *given)
    source = tmp_path / "mine.py"
    source.write_text("def one(frame, labels, inferences):\n    return 1\n")
    found = ["--inferences", MASKS / "model_a", "--metric-from", f"{source}:one"]
    code, out, _ = run("upload", *PLACE, "--inferences-id", "model_a", *found)
    assert code == 0
    assert "  one, mean 1, higher is better, on 32 of 32 frames" in out
