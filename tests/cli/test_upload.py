import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from aquarium_tui.cli import contents as keeping
from aquarium_tui.cli import upload as uploading
from aquarium_tui.errors import InputError, StoreError, UsageError
from aquarium_tui.store import Store
from tests.ingest.files import image, instances, label, result, write

PLACE = ["--aquarium-project", "street", "--aquarium-dataset", "val"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    (tmp_path / "1.jpg").touch()
    (tmp_path / "2.jpg").touch()
    return write(tmp_path / "l.json", instances(annotations=[label(1), label(2, 3)]))


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return write(tmp_path / "r.json", [result(1), result(2, 3, score=0.75)])


def run(*arguments: object) -> str:
    """What a command prints; its error if it fails."""
    app = typer.Typer()
    uploading.register(app)
    keeping.register(app)
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception:
        raise done.exception
    return done.output


def test_a_dataset_and_its_sets_tell_what_to_do_next(labels: Path, results: Path) -> None:
    assert run("upload", *PLACE, "--labels", labels).splitlines() == [
        "street/val: 2 frames, 2 labels, 2 classes",
        "  read as coco",
        "next: aquarium-tui upload --aquarium-project street --aquarium-dataset val --inferences-id model_a "
        "--inferences RESULTS.json",
    ]
    first = run("upload", *PLACE, "--inferences-id", "a", "--inferences", results).splitlines()
    assert first == [
        "street/val/a: 2 inferences on 2 of 2 frames",
        "  read as coco",
        "  images are matched by id",
        "  classes are matched by id",
        "  confidences from 0.5 to 0.75",
        "next: aquarium-tui upload --aquarium-project street --aquarium-dataset val --inferences-id model_b "
        "--inferences RESULTS.json",
    ]
    second = run("upload", *PLACE, "--inferences-id", "b", "--inferences", results).splitlines()
    assert second[-1] == "next: aquarium-tui open street/val --base a --other b"


def test_the_short_flags_do_the_same(labels: Path) -> None:
    run("upload", "--project", "street", "--dataset", "val", "--labels", labels, "--format", "coco")
    assert Store.default().datasets("street") == ["val"]


def test_images_and_metadata_come_with_the_labels(tmp_path: Path, labels: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "1.jpg").touch()
    table = write(tmp_path / "m.csv", "file,scene\n1.jpg,city\n2.jpg,\n")
    out = run("upload", *PLACE, "--labels", labels, "--images", tmp_path / "pictures", "--metadata", table)
    assert (
        "problems:\n  1 image files that do not exist (noted): 2.jpg – a placeholder is shown for them" in out
    )
    dataset = Store.default().load_dataset("street", "val")
    assert dataset.images == str(tmp_path / "pictures")
    scene = dataset.frames.metadata["scene"]
    assert [scene[0], scene[1]] == ["city", None]


def test_a_second_dataset_joins_the_project(tmp_path: Path, labels: Path) -> None:
    run("upload", *PLACE, "--labels", labels)
    other = write(tmp_path / "o.json", instances([image(1)], [label(1, 9)], {9: "cyclist", 4: "van"}))
    run("upload", "--project", "street", "--dataset", "test", "--labels", other)
    store = Store.default()
    assert [entry.name for entry in store.project("street").class_map.entries] == ["car", "cyclist", "van"]
    assert store.load_dataset("street", "test").labels.class_index.tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([*PLACE], "--labels is missing"),
        ([*PLACE, "--inferences", "r.json"], "--inferences-id is missing"),
        ([*PLACE, "--inferences-id", "a"], "--inferences is missing"),
        ([*PLACE, "--inferences-id", "a", "--inferences", "r", "--labels", "l"], "leave out --inferences-id"),
        (["--project", "my-street", "--dataset", "val", "--labels", "l"], "Call it 'my_street'"),
        (["--project", "street", "--dataset", "..", "--labels", "l"], "letters, digits and underscores"),
        ([*PLACE, "--inferences-id", "model-a", "--inferences", "r"], "Call it 'model_a'"),
        ([*PLACE, "--labels", "l.json", "--format", "yolk"], "Formats: auto, coco"),
    ],
)
def test_bad_use_is_told_before_anything_is_read(home: Path, arguments: list[object], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        run("upload", *arguments)
    assert sentence in str(caught.value)
    assert not home.exists()


def test_what_is_there_already_is_not_replaced(tmp_path: Path, labels: Path, results: Path) -> None:
    run("upload", *PLACE, "--labels", labels)
    run("upload", *PLACE, "--inferences-id", "a", "--inferences", results)
    with pytest.raises(StoreError, match="aquarium-tui rm street/val`"):
        run("upload", *PLACE, "--labels", tmp_path / "not even there.json")
    with pytest.raises(StoreError, match="aquarium-tui rm street/val/a`"):
        run("upload", *PLACE, "--inferences-id", "a", "--inferences", tmp_path / "not even there.json")


def test_inferences_need_their_dataset(results: Path) -> None:
    with pytest.raises(StoreError, match="There is no project street"):
        run("upload", *PLACE, "--inferences-id", "a", "--inferences", results)


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    bad = "\x1b]0;x\x07\x9b31m\u202e"
    content = instances(
        [image(bad, bad), image(1, bad, **{bad: 1})], [label(bad, 8), label("?" + bad)], {1: bad}
    )
    labels = write(tmp_path / f"l{bad}.json", content)
    with pytest.raises(InputError, match="None of the 2 labels"):
        run("upload", *PLACE, "--labels", labels)
    labels = write(labels, instances(content["images"], [*content["annotations"], label(bad)], {1: bad}))
    printed = run("upload", *PLACE, "--labels", labels, "--lenient") + run("ls") + run("show", "street/val")
    printed += run("doctor", "street/val")
    assert "\\x1b]0;x\\x07\\x9b31m\\u202e" in printed
    assert not set(bad) & set(printed) - set("]0;x31m")


def test_an_error_is_one_sentence_on_stderr_and_exit_code_2(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "aquarium_tui", "upload", *PLACE, "--labels", str(tmp_path / "no.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"aquarium-tui: There is no file {tmp_path}/no.json.\n"


def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe(labels: Path) -> None:
    command = [sys.executable, "-m", "aquarium_tui", "upload", "--dataset", "val", "--labels", str(labels)]
    piped = subprocess.run([*command, "--project", "piped"], capture_output=True, text=True, check=True)
    assert piped.stderr == ""
    ours, theirs = pty.openpty()
    seen = subprocess.run([*command, "--project", "seen"], stdout=subprocess.PIPE, stderr=theirs, check=True)
    os.close(theirs)
    drawn = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert "reading l.json" in drawn
    assert seen.stdout.decode().replace("seen", "piped") == piped.stdout


def test_masks_are_matched_where_the_first_labels_say_so(tmp_path: Path, labels: Path) -> None:
    square = [[10, 10, 30, 10, 30, 30, 10, 30]]
    masked = write(tmp_path / "m.json", instances(annotations=[label(1, segmentation=square)]))
    said = run("upload", *PLACE, "--labels", masked, "--iou-type", "mask")
    assert "  1 of 1 objects have masks" in said.splitlines()
    assert Store.default().project("street").iou_type == "mask"
    again = ["upload", "--project", "street", "--dataset", "more", "--labels", masked]
    with pytest.raises(UsageError, match="matches by mask IoU"):
        run(*again, "--iou-type", "box")
    run(*again)
    with pytest.raises(InputError, match="has no masks"):
        run("upload", "--project", "street", "--dataset", "boxes", "--labels", labels)
    with pytest.raises(UsageError, match="--iou-type: only for datasets"):
        run("upload", *PLACE, "--inferences-id", "a", "--inferences", masked, "--iou-type", "mask")
    assert "matched by mask IoU" in run("show", "street/val")
