import json
import subprocess
import sys
from pathlib import Path

import pytest

from aquarium_tui.compare.verdict import Sensitivity, Variation
from aquarium_tui.errors import NotFoundError, UsageError
from aquarium_tui.store import Store
from tests.cli.test_upload import PLACE, run
from tests.ingest.files import image, instances, label, result, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def filled(tmp_path, home) -> Store:
    """`street/val` with two sets, one of which misses a frame and has boxes without area."""
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / name).touch()
    images = [image(1, weather="rain"), image(2)]
    labels = write(tmp_path / "l.json", instances(images, [label(1), label(1, iscrowd=1, id=9)]))
    run("upload", *PLACE, "--labels", labels)
    for id_, records in (
        ("good", [result(1), result(2)]),
        ("bad", [result(1), result(1, bbox=[1, 1, 0, 0]), result(1, score=7)]),
    ):
        path = write(tmp_path / f"{id_}.json", records)
        run("upload", *PLACE, "--inferences-id", id_, "--inferences", path)
    return Store.default()


def day(store: Store) -> str:
    return store.dataset_card("street", "val").provenance.created[:10]


class TestList:
    def test_an_empty_store_says_how_to_begin_on_stderr(self):
        done = subprocess.run(
            [sys.executable, "-m", "aquarium_tui", "ls"], capture_output=True, text=True, check=True
        )
        assert done.stdout == ""
        assert "upload --help" in done.stderr

    def test_everything_is_listed_with_what_is_wrong(self, filled):
        uploaded = day(filled)
        assert run("ls").splitlines() == [
            "          frames  labels  inferences  uploaded",
            "street",
            f"  val          2       2              {uploaded}",
            f"    good       2                   2  {uploaded}",
            f"    bad        1                   3  {uploaded}  covers 1 of 2 frames; 2 kinds of problems",
        ]

    def test_a_project_or_dataset_is_listed_alone(self, tmp_path, filled):
        run("upload", "--project", "other", "--dataset", "one", "--labels", tmp_path / "l.json")
        assert "street" not in run("ls", "other")
        assert "other" not in run("ls", "street/val")
        for wrong in ("nope", "street/nope"):
            with pytest.raises(NotFoundError):
                run("ls", wrong)
        for wrong in ("street/", "street/val/good", "/", "street/val/"):
            with pytest.raises(UsageError):
                run("ls", wrong)

    def test_json_has_the_same_and_more(self, filled):
        told = json.loads(run("ls", "--format", "json"))
        assert told["format"] == 1
        project = told["projects"][0]
        assert (project["name"], project["task"], project["classes"]) == ("street", "detection", 2)
        dataset = project["datasets"][0]
        assert (dataset["name"], dataset["frames"], dataset["labels"]) == ("val", 2, 2)
        assert [one["id"] for one in dataset["inference_sets"]] == ["good", "bad"]
        assert dataset["inference_sets"][1]["frames"] == 1
        assert any("boxes without area" in sentence for sentence in dataset["inference_sets"][1]["problems"])
        assert run("ls", "--format", "json") == run("ls", "--format", "json")

    def test_what_is_damaged_is_listed_as_that(self, filled):
        folder = filled.dataset_folder("street", "val")
        (folder / "inferences" / "bad" / "set.json").write_text("{")
        assert "bad: " in run("ls")
        assert "set.json is damaged" in run("ls")
        (folder / "dataset.json").write_text("{")
        assert "dataset.json is damaged" in run("ls")
        assert "error" in json.loads(run("ls", "--format", "json"))["projects"][0]["datasets"][0]
        (folder.parent / "project.json").write_text("{")
        assert "project.json is damaged" in run("ls")


def test_show_tells_classes_counts_and_notes(filled):
    lines = run("show", "street/val").splitlines()
    assert "frames    2, 1 without labels" in lines
    assert "labels    2, 1 of them crowds" in lines
    assert "metadata  weather" in lines
    assert lines[lines.index("id    labels  class") + 1 :][:2] == [
        " 1         2  car",
        " 3         0  cyclist",
    ]
    assert any(line.startswith("bad  3 inferences  ") and "covers 1 of 2 frames" in line for line in lines)
    assert any("1 boxes without area (kept): bad.json record 2" in line for line in lines)


def test_doctor_tells_what_was_understood_of_each_file(tmp_path, filled):
    told = run("doctor", "street/val")
    assert f"street/val  {tmp_path}/l.json" in told
    assert f"street/val/good  {tmp_path}/good.json\n  read as coco\n  images are matched by id" in told
    assert "  covers 1 of 2 frames\n" in told
    assert "  1 confidences outside 0 to 1 (kept): bad.json record 3" in told


def test_doctor_says_what_reverses_a_sign(filled, monkeypatch):
    turned = Variation("confidence", {"recall": 0.1}, ("recall",))
    found = Sensitivity({"recall": -0.1}, (turned,), (), {})
    monkeypatch.setattr("aquarium_tui.kinds.detection.DetectionKind.sensitivity", lambda *_: found)
    told = run("doctor", "street/val")
    assert "\n  the sign turns under rule confidence: recall +.100 instead of −.100\n" in told


class TestRemove:
    @pytest.mark.parametrize(
        ("what", "told"),
        [
            ("street/val/bad", "inference set street/val/bad (3 inferences)"),
            ("street/val", "dataset street/val (2 frames, 2 labels, 2 inference sets, 1 review)"),
            ("street", "project street (1 dataset)"),
        ],
    )
    def test_what_goes_is_told_and_goes(self, filled, what, told):
        reviews = filled.dataset_folder("street", "val") / "reviews"
        reviews.mkdir()
        (reviews / "me.jsonl").touch()
        with pytest.raises(UsageError, match="--yes"):
            run("rm", what)
        assert filled.projects() == ["street"]
        assert run("rm", what, "--yes") == f"removed {told}\n"
        with pytest.raises(NotFoundError):
            run("rm", what, "--yes")

    def test_what_is_damaged_can_be_removed(self, filled):
        (filled.dataset_folder("street", "val") / "dataset.json").write_text("{")
        assert run("rm", "street/val", "--yes") == "removed dataset street/val\n"

    @pytest.mark.parametrize("wrong", ["", "/", "street/", "street//bad", "a/b/c/d"])
    def test_what_names_nothing_is_refused(self, filled, wrong):
        with pytest.raises(UsageError):
            run("rm", wrong, "--yes")
        assert filled.datasets("street") == ["val"]
