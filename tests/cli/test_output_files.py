"""What commands write: nothing is overwritten unasked, nothing is left half, and no text is a formula."""

import csv
import io
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.errors import AquariumError, StoreError, UsageError
from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.report.records import as_csv
from aquarium_tui.store import Store
from tests.store import small


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    store = Store(tmp_path / "home")
    store.add_dataset(small.dataset())
    for id_ in ("a", "b"):
        store.add_inferences(small.dataset(), InferenceSet(id_, small.objects([0, 1])))
    return store


def run(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception:
        raise done.exception
    return done.stdout


def test_text_that_looks_like_a_formula_is_quoted_and_numbers_are_not() -> None:
    texts = ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "plain", "'x"]
    rows = [{"=text": text, "number": -1.5, "count": -3} for text in texts]
    lines = list(csv.reader(io.StringIO("".join(as_csv(rows, ["=text", "number", "count"], safe=True)))))
    assert lines[0] == ["'=text", "number", "count"]
    assert [row[0] for row in lines[1:]] == [
        "'=1+1", "'+1", "'-1", "'@a", "'\\tx", "'\\rx", "plain", "'x",
    ]  # fmt: skip
    assert {tuple(row[1:]) for row in lines[1:]} == {("-1.5", "-3")}
    assert "'" not in "".join(as_csv(rows[:1], ["=text", "number", "count"]))


@pytest.mark.parametrize("command", ["frames", "objects"])
def test_commands_that_print_csv_take_the_option(command: str) -> None:
    query = ["--query", "label.area > 0"]
    assert run(command, "street/val", *query, "--format", "csv", "--csv-safe").count("\n") > 1


def test_a_picture_is_overwritten_only_where_asked(tmp_path: Path) -> None:
    for folder in (tmp_path / "images", tmp_path / "moved"):
        folder.mkdir()
        for i in range(3):
            Image.new("RGB", (64, 48)).save(folder / f"{i}.jpg")
    run("upload", "--project", "street", "--dataset", "val", "--images", tmp_path / "images")
    out = tmp_path / "x.png"
    run("render", "street/val", "0", "--out", out)
    first = out.read_bytes()
    out.write_bytes(b"mine")
    with pytest.raises(UsageError, match="--force"):
        run("render", "street/val", "0", "--out", out)
    assert out.read_bytes() == b"mine"
    run("render", "street/val", "0", "--out", out, "--force")
    assert out.read_bytes() == first
    with Image.open(out) as image:
        assert image.size == (64, 48)
    (tmp_path / "images" / "0.jpg").unlink()
    assert "1 of 3 images missing in" in run("doctor", "street/val")
    with pytest.raises(SystemExit, match="1"):
        run("render", "street/val", "0", "--out", out, "--force")
    run("upload", "--project", "street", "--dataset", "val", "--images", tmp_path / "moved")
    assert "missing" not in run("doctor", "street/val")


@pytest.mark.parametrize("name", ["x.nothing", "x", "missing/x.png"])
def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(AquariumError):
        run("render", "street/val", "0", "--out", tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_a_device_is_never_replaced() -> None:
    with pytest.raises(UsageError, match="is not a file"):
        run("render", "street/val", "0", "--out", "/dev/null", "--force")
    assert Path("/dev/null").is_char_device()


def test_an_export_replaces_only_an_export(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("export", "street/val", "--out", out)
    (out / "labels.json").write_text("mine")
    with pytest.raises(StoreError, match="--force replaces what an export wrote"):
        run("export", "street/val", "--out", out)
    run("export", "street/val", "--out", out, "--force", "--format", "jsonl")
    assert sorted(path.name for path in out.iterdir()) == ["classes.json", "labels.jsonl"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("years of work")
    with pytest.raises(StoreError, match="not written by `export`"):
        run("export", "street/val", "--out", other, "--force")
    assert (other / "thesis.tex").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "text", "--out"),
        ("--fail-on", "f1 < 0", "--junit"),
        ("--curves",),
    ],
    ids=lambda words: words[-1],
)
def test_results_of_compare_overwrite_only_where_asked(tmp_path: Path, words: tuple[str, ...]) -> None:
    out, compare = tmp_path / "x", ("compare", "street/val", "--no-intervals", *words)
    out.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        run(*compare, out)
    assert out.read_text() == "mine"
    run(*compare, out, "--force")
    assert "mine" not in out.read_text()
    with pytest.raises(UsageError, match="is not a file"):
        run(*compare, "/dev/full")
    with pytest.raises(UsageError, match="cannot be written"):
        run(*compare, tmp_path / "missing" / "x")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "x"))] == ["x"]


def test_pictures_of_a_report_replace_no_folder(tmp_path: Path) -> None:
    out, mine = tmp_path / "x.md", tmp_path / "x_pictures" / "01.jpg"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        run("compare", "street/val", "--no-intervals", "--format", "md", "--out", out)
    assert mine.read_text() == "mine"
    assert not out.exists()
