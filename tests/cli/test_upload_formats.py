"""`upload` of folders and other formats, with the options that belong to them."""

from pathlib import Path

import pytest

from aquarium_tui.errors import UsageError
from aquarium_tui.store import Store
from tests.cli.test_upload import PLACE, run
from tests.formats import made


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))


def voc(folder: Path) -> Path:
    made.images(folder / "JPEGImages")
    return made.voc_files(folder / "Annotations", made.LABELS)


def test_folders_go_in_and_say_what_they_are(tmp_path: Path) -> None:
    said = run("upload", *PLACE, "--labels", made.yolo_labels(tmp_path / "yolo"))
    assert "3 frames, 4 labels, 3 classes" in said
    assert "read as yolo" in said
    given = made.kitti_files(tmp_path / "kitti", made.RESULTS)
    said = run("upload", *PLACE, "--inferences-id", "a", "--inferences", given)
    assert "4 inferences on 3 of 3 frames" in said
    assert Store.default().load_dataset("street", "val").images == str(tmp_path / "yolo")


def test_the_part_of_a_dataset_may_be_chosen(tmp_path: Path) -> None:
    made.yolo_labels(tmp_path / "yolo")
    made.images(tmp_path / "yolo" / "images" / "train")
    made.yolo_files(tmp_path / "yolo" / "labels" / "train", made.RESULTS[:1])
    run("upload", *PLACE, "--labels", tmp_path / "yolo" / "data.yaml", "--split", "train")
    assert len(Store.default().load_dataset("street", "val").frames) == 3
    assert Store.default().load_dataset("street", "val").frames.path[0] == "images/train/street_01.png"


def test_voc_may_be_told_to_count_from_0(tmp_path: Path) -> None:
    said = run("upload", *PLACE, "--labels", voc(tmp_path), "--voc-zero-based")
    assert "coordinates count from 0, as --voc-zero-based says" in said
    assert Store.default().load_dataset("street", "val").labels.box[0].tolist() == [11, 21, 60, 50]


def test_the_shift_of_classes_may_be_told(tmp_path: Path) -> None:
    run("upload", *PLACE, "--labels", made.yolo_labels(tmp_path))
    given = made.ultralytics_results(tmp_path / "p.json", 1, made.RESULTS[:1])
    said = run("upload", *PLACE, "--inferences-id", "a", "--inferences", given, "--category-offset", 1)
    assert "classes are matched by id, +1 from those of the labels, as --category-offset says" in said
    assert Store.default().load_inferences("street", "val", "a").objects.class_index.tolist() == [0]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--split", "val"], "--split does not apply to"),
        (["--voc-zero-based"], "--voc-zero-based does not apply to"),
        (["--category-offset", 1], "--inferences-id is missing"),
        (["--inferences-id", "a", "--split", "val"], "leave out --inferences-id"),
    ],
)
def test_options_of_other_uploads_are_refused(tmp_path: Path, options: list[object], sentence: str) -> None:
    labels = made.coco_labels(made.images(tmp_path / "coco"))
    with pytest.raises(UsageError, match=sentence):
        run("upload", *PLACE, "--labels", labels, *options)
