"""Reviews as files: what is written comes back; what a spreadsheet or another store says is taken."""

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aquarium_tui.cli.app import app
from aquarium_tui.errors import InputError
from aquarium_tui.model.reviews import Edit, Sighting, Subject, folded
from aquarium_tui.store import Store
from aquarium_tui.store.reviews import QueueStep, ReviewLog
from tests.tui.scene import make_store

CAR = Subject("f2", Sighting("3", "car", (200.0, 60.0, 320.0, 140.0)))
ALONE = Subject(
    "f1",
    None,
    (
        ("model_a", Sighting("9", "pedestrian", (320.0, 100.5, 360.0, 180.0))),
        ("model_b", Sighting("2", "pedestrian", (320.0, 100.0, 360.0, 180.0))),
    ),
)


def at(second: int) -> str:
    return f"2024-05-31T12:00:{second:02}.000000+00:00"


SAID = [
    Edit(at(1), "anna", CAR, "verdict", "label error"),
    Edit(at(2), "anna", CAR, "note", 'too "tight", by far'),
    Edit(at(3), "bob", ALONE, "tag", "night"),
    Edit(at(4), "bob", ALONE, "tag", "rain"),
    Edit(at(5), "bob", Subject("f4"), "flag"),
]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReviewLog:
    store = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    monkeypatch.setenv("AQUARIUM_USER", "carla")
    found = ReviewLog(store.dataset_folder("street", "val"))
    found.append([*SAID, QueueStep(at(6), "bob", "mine", (CAR, ALONE), CAR)])
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["review", *arguments], catch_exceptions=False)


def emptied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReviewLog:
    store = make_store(tmp_path / "another")
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    return ReviewLog(store.dataset_folder("street", "val"))


def stands(log: ReviewLog) -> dict[Subject, tuple[bool, tuple[str, ...], str, str]]:
    subjects = {edit.subject for edit in log.edits()}
    reviews = {s: folded(edit for edit in log.edits() if edit.subject == s) for s in subjects}
    return {s: (bool(r.flag), r.tags, r.note, r.verdict) for s, r in reviews.items()}


@pytest.mark.parametrize("format_", ["csv", "coco", "jsonl"])
def test_what_is_exported_and_imported_stands_again(
    log: ReviewLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    file = tmp_path / {"csv": "said.csv", "coco": "said.json", "jsonl": "said.jsonl"}[format_]
    assert run("export", "street/val", "--format", format_, "--out", str(file)).exit_code == 0
    before, other = stands(log), emptied(tmp_path, monkeypatch)
    assert run("import", "street/val", str(file)).exit_code == 0
    assert stands(other) == before
    count = len(other.read())
    assert run("import", "street/val", str(file)).exit_code == 0
    assert len(other.read()) == count, "nothing is said twice"
    assert {edit.user for edit in other.edits()} == ({"anna", "bob"} if format_ == "jsonl" else {"carla"})


def test_a_table_holds_no_escape_sequences_and_if_wanted_no_formulas(log: ReviewLog, tmp_path: Path) -> None:
    log.append([Edit(at(9), "anna", CAR, "note", "=1\n\x1b[2J")])
    plain, safe = (run("export", "street/val", *more).output for more in ([], ["--csv-safe"]))
    assert "=1\n\\x1b[2J" in plain
    assert "'=1\n\\x1b[2J" in safe
    assert "'=" not in plain


def test_a_table_can_name_labels_by_id_alone_and_rows_that_cannot_be_used_are_told(
    log: ReviewLog, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("frame,id,verdict\nf2,3,ambiguous\nf2,77,label error\nf9,,label error\nf3,,model error\n")
    done = run("import", "street/val", str(file), "--user", "dora")
    assert "2 edits" in done.output
    assert done.output.count("left out:") == 2
    assert stands(log)[CAR][3] == "ambiguous"
    assert stands(log)[Subject("f3")][3] == "model error"
    rows = list(csv.DictReader(io.StringIO(run("export", "street/val").stdout)))
    assert {(row["frame"], row["kind"], row["set"]) for row in rows} == {
        ("f2", "label", ""),
        ("f1", "inference", "model_a"),
        ("f1", "inference", "model_b"),
        ("f4", "frame", ""),
        ("f3", "frame", ""),
    }


def test_coco_has_the_verdicts_as_attributes(log: ReviewLog) -> None:
    del log
    document = json.loads(run("export", "street/val", "--format", "coco").stdout)
    verdicts = {each["attributes"].get("verdict") for each in document["annotations"]}
    assert verdicts == {"label error", None}
    assert [each["file_name"] for each in document["images"]] == ["f1.png", "f2.png", "f4.png"]


def test_stores_are_merged_whatever_the_order(
    log: ReviewLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = emptied(tmp_path, monkeypatch)
    late = Edit(at(9), "anna", CAR, "verdict", "model error")
    other.append([late])
    source = log.folder.parents[3]
    assert "6 of them new" in run("merge", "street/val", str(source)).output
    assert "0 of them new" in run("merge", "street/val", str(log.folder)).output
    assert stands(other)[CAR][3] == "model error"
    assert set(other.read()) == {*log.read(), late}


def test_what_is_no_review_is_refused_with_what_would_be(log: ReviewLog, tmp_path: Path) -> None:
    del log
    huge = {
        "images": [],
        "categories": [],
        "annotations": [{"attributes": {"verdict": ""}, "bbox": [10**400, 0, 1, 1]}],
    }
    for name, text in (
        ("a.csv", "a,b\n1,2\n"),
        ("b.csv", f"frame,verdict\n1,{'x' * 200_000}\n"),
        ("a.json", "{}"),
        ("b.json", json.dumps(huge)),
        ("a.jsonl", '{"format": 7}\n'),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(InputError) as raised:
            run("import", "street/val", str(tmp_path / name))
        assert raised.value.hint
    with pytest.raises(InputError, match="holds no reviews"):
        run("merge", "street/val", str(tmp_path / "another"))


def test_a_replaced_dataset_keeps_its_reviews(log: ReviewLog, tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    store.put_dataset(store.load_dataset("street", "val"))
    assert len(ReviewLog(store.dataset_folder("street", "val")).read()) == 6
    assert len(log.read()) == 6
