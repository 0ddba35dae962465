"""What an upload says first, what it takes for an error, and which files it never looks at."""

from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from aquarium_tui.cli import contents
from aquarium_tui.cli import upload as uploading
from aquarium_tui.errors import InputError
from aquarium_tui.store import Store
from tests.cli.test_upload import PLACE
from tests.ingest.files import image, instances, label, result, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))


def run(*arguments: object) -> Result:
    app = typer.Typer()
    uploading.register(app)
    contents.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def labels(tmp_path: Path, *bad: object) -> Path:
    for name in ("1.jpg", "2.jpg"):
        Image.new("RGB", (100, 80)).save(tmp_path / name)
    return write(tmp_path / "l.json", instances(annotations=[label(1), label(2), *bad]))


def test_problems_go_to_stderr_after_the_first_line(tmp_path: Path) -> None:
    done = run("upload", *PLACE, "--labels", labels(tmp_path, label(9)))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "street/val: 2 frames, 2 labels, 2 classes"
    assert "unknown images" in done.stderr
    assert "unknown images" not in done.stdout


def test_with_strict_any_record_that_is_left_out_is_an_error_and_nothing_is_stored(tmp_path: Path) -> None:
    done = run("upload", *PLACE, "--labels", labels(tmp_path, label(9)), "--strict")
    assert isinstance(done.exception, InputError)
    assert "1 labels of unknown images" in done.exception.hint
    assert Store.default().projects() == []


def test_more_than_half_of_a_file_lost_is_exit_code_2_unless_lenient(tmp_path: Path) -> None:
    run("upload", *PLACE, "--labels", labels(tmp_path))
    results = write(tmp_path / "r.json", [result(1), result(8), result(9)])
    given = ["upload", *PLACE, "--inferences", results]
    done = run(*given, "--inferences-id", "a")
    assert isinstance(done.exception, InputError)  # exit code 2
    assert "2 left out, 1 stored" in done.exception.message
    assert run(*given, "--inferences-id", "b", "--lenient").exit_code == 0


def test_hidden_files_are_counted_and_named_only_by_doctor(tmp_path: Path) -> None:
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
    Image.new("RGB", (100, 80)).save(tmp_path / "images" / "a.jpg")
    for name in ("images/._a.jpg", "images/Thumbs.db", "labels/._a.txt", "labels/.DS_Store"):
        write(tmp_path / name, "\0")
    write(tmp_path / "labels" / "a.txt", "0 .5 .5 .2 .2\n")
    done = run("upload", *PLACE, "--labels", tmp_path / "labels", "--images", tmp_path / "images")
    assert "street/val: 1 frame, 1 label, 1 class" in done.stdout
    assert "4 hidden files skipped" in done.stdout
    assert "Thumbs.db" not in done.output
    assert "images/Thumbs.db" in run("doctor", "street/val").output


def test_the_size_of_the_file_wins_over_a_stated_one_that_the_boxes_do_not_need(tmp_path: Path) -> None:
    Image.new("RGB", (80, 100)).save(tmp_path / "1.jpg")
    Image.new("RGB", (50, 40)).save(tmp_path / "2.jpg")
    given = [label(1, bbox=(60, 60, 20, 35)), label(2, bbox=(50, 40, 40, 30))]
    file = write(tmp_path / "l.json", instances([image(1), image(2), image(3)], given))
    done = run("upload", *PLACE, "--labels", file, "--images", tmp_path)
    frames = Store.default().load_dataset("street", "val").frames
    assert list(zip(frames.width.tolist(), frames.height.tolist(), strict=True)) == [
        (80, 100),
        (100, 80),
        (100, 80),
    ]
    assert "1.jpg (80 × 100, not 100 × 80)" in done.stderr
    assert "2.jpg (50 × 40, not 100 × 80)" in done.stderr


def test_the_direction_of_a_metric_is_corrected_without_uploading_it_again(tmp_path: Path) -> None:
    run("upload", *PLACE, "--labels", labels(tmp_path))
    results = write(tmp_path / "r.json", [result(1), result(2)])
    table = write(tmp_path / "m.csv", "file,delay,blur\n1.jpg,3,1\n2.jpg,5,2\n")
    run("upload", *PLACE, "--inferences-id", "a", "--inferences", results, "--metrics", table)
    assert "delay  higher is better  a" in run("metrics", "list", "street/val").stdout
    assert run("upload", *PLACE, "--metric", "delay:lower:ms").exit_code == 0
    assert run("metrics", "set", "street/val", "blur:lower").stdout == "blur: lower is better, unit none\n"
    run("upload", *PLACE, "--inferences-id", "a", "--metrics", table)
    listed = run("metrics", "list", "street/val").stdout
    assert listed == "delay  lower is better, in ms  a\nblur  lower is better  a\n"
    assert run("metrics", "rm", "street/val", "delay").exit_code == 0
    assert run("metrics", "list", "street/val").stdout == "blur  lower is better  a\n"
    assert list(Store.default().load_inferences("street", "val", "a").metrics) == ["blur"]


def test_images_that_moved_are_found_again(tmp_path: Path) -> None:
    run("upload", *PLACE, "--labels", labels(tmp_path))
    results = write(tmp_path / "r.json", [result(1), result(2)])
    run("upload", *PLACE, "--inferences-id", "a", "--inferences", results)
    (tmp_path / "new" / "day").mkdir(parents=True)
    (tmp_path / "1.jpg").rename(tmp_path / "new" / "day" / "1.JPG")
    dry = run("upload", *PLACE, "--images", tmp_path / "new", "--dry-run")
    assert "1 of 2 images found" in dry.stdout
    assert "image files that do not exist (noted): 2.jpg" in dry.stderr
    assert Store.default().load_dataset("street", "val").images == str(tmp_path)
    run("upload", *PLACE, "--images", tmp_path / "new")
    moved = Store.default().load_dataset("street", "val")
    assert (moved.images, list(moved.frames.path)) == (str(tmp_path / "new"), ["day/1.JPG", "2.jpg"])
    assert len(Store.default().load_inferences("street", "val", "a").objects) == 2
    assert isinstance(run("upload", *PLACE, "--images", tmp_path / "home").exception, InputError)
