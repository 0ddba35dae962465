"""`compare` and `objects` as a shell runs them."""

import csv
import io
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aquarium_tui.__main__ import main
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.model.tables import Provenance
from aquarium_tui.store import Store
from tests.narrow import of_type
from tests.report.scene import scene


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A store whose `test/val` has the sets old and new, in that order of upload."""
    store = Store(tmp_path_factory.mktemp("filled"))
    found = scene()
    store.add_dataset(found.dataset)
    for when, side in enumerate(SIDES, 1):
        add(store, found.evaluation(side).inferences.id, side, when)
    return store.root


@pytest.fixture
def store(filled, tmp_path, monkeypatch) -> Store:
    """A copy of it, as the default store."""
    copy = Store(tmp_path / "home")
    shutil.copytree(filled, copy.root)
    monkeypatch.setenv("AQUARIUM_HOME", str(copy.root))
    return copy


def add(store: Store, id_: str, side: Side, when: int) -> None:
    created = Provenance(created=f"2024-01-0{when}T00:00:00Z", fingerprint=id_)
    set_ = replace(scene().evaluation(side).inferences, id=id_, provenance=created)
    store.add_inferences(store.load_dataset("test", "val"), set_)


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command line: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aquarium-tui", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return of_type(int, left.value.code or 0), out, err

    return run


def document(run, *arguments: str) -> Any:
    code, out, err = run("compare", "test/val", "--format", "json", *arguments)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_compare_prints_text(store, run):
    code, out, err = run("compare", "test/val", "--base", "old", "--other", "new")
    assert (code, err) == (0, "")
    verdict, _, header = out.splitlines()[:3]
    assert verdict.startswith("◆ no clear difference on labels")
    assert header.startswith(
        "test/val   base old → other new   conf ≥ .10   IoU ≥ .50   same-class   1 frame "
    )


def test_compare_names_the_query_and_what_it_leaves(store, run):
    code, out, _ = run("compare", "test/val", "--base", "old", "--other", "new", "--query", "true")
    assert code == 0
    assert "query: true   1 of 1 frame" in out
    assert document(run, "--base", "old", "--other", "new", "--query", "true")["query"] == "true"


def test_json_says_how_sure_each_delta_is(store, run):
    found = document(run, "--base", "old", "--other", "new")
    keys = {"interval", "p", "q", "few", "state"}
    total = found["report"]["total"]
    for place in (total, total["macro"], total["micro"], *found["report"]["per_class"]):
        assert set(place["certainty"]["f1"]) == keys
    assert all(set(cell["certainty"]["delta"]) == keys for cell in found["cells"])
    assert set(found["ap"]["certainty"]["AP50"]) == keys
    assert found["ap"]["certainty"]["AP50"]["state"] == "few", "one frame can tell nothing"
    assert {"labels", "false_alarms", "against", "turned_by"} <= set(found["verdict"])
    assert set(found["sensitivity"]["rules"]) == {"overlap", "same-class", "confidence"}


def test_intervals_can_be_left_out(store, run):
    found = document(run, "--base", "old", "--other", "new", "--no-intervals")
    assert "verdict" not in found
    assert "certainty" not in found["report"]["total"]


def test_compare_as_json_is_what_the_analysis_says(store, run):
    found = document(run, "--base", "old", "--other", "new")
    assert found["confusion"]["delta"] == scene().delta.tolist()
    assert document(run, "--base", "old", "--other", "new") == found


def test_sets_that_are_not_named_come_in_order_of_upload(store, run):
    found = document(run)
    assert (found["base"]["id"], found["other"]["id"]) == ("old", "new")
    swapped = document(run, "--other", "old")
    assert (swapped["base"]["id"], swapped["other"]["id"]) == ("new", "old")


def test_base_alone_stands_alone(store, run):
    found = document(run, "--base", "new")
    assert (found["base"]["id"], found["other"]) == ("new", None)


def test_a_single_set_needs_no_name(store, run):
    store.remove("test", "val", "old")
    assert document(run)["base"]["id"] == "new"
    code, _, err = run("compare", "test/val", "--other", "new")
    assert code == 2
    assert "--base" in err


def test_of_three_sets_two_must_be_named(store, run):
    add(store, "third", "other", 3)
    code, out, err = run("compare", "test/val")
    assert (code, out) == (2, "")
    assert "old, new, third" in err
    assert document(run, "--base", "third", "--other", "old")["base"]["id"] == "third"


def test_thresholds_and_rule(store, run):
    found = document(run, "--confidence", "0.85", "--iou", "0.75", "--rule", "same-class")
    assert found["settings"] == {
        "rule": "same-class",
        "iou": 0.75,
        "iou_type": "box",
        "confidence": {"base": 0.85, "other": 0.85},
    }
    assert found["confusion"]["base"] == scene(base_confidence=0.85).confusion("base").tolist()
    apart = document(run, "--base-confidence", "0.2", "--other-confidence", "0.3")
    assert apart["settings"]["confidence"] == {"base": 0.2, "other": 0.3}
    one = document(run, "--other-confidence", "0.3")
    assert one["settings"]["confidence"] == {"base": 0.1, "other": 0.3}


def test_thresholds_per_class_are_given_and_stored(store, run, tmp_path):
    given = document(run, "--confidence", "0.2,CAR=0.85")
    assert given["settings"]["class_confidence"] == {side: {"car": 0.85} for side in SIDES}
    own = scene(base_confidence=0.2, base_classes=(("car", 0.85),))
    assert given["confusion"]["base"] == own.confusion("base").tolist()
    file = tmp_path / "thresholds.json"
    file.write_text('{"*": 0.2, "car": 0.85}')
    assert document(run, "--thresholds", str(file)) == given
    assert "conf per class" in run("compare", "test/val", "--confidence", "car=0.85")[1]

    assert run("thresholds", "set", "test", str(file))[0] == 0
    assert document(run) == given
    assert "class_confidence" not in document(run, "--confidence", "0.2")["settings"]
    assert run("thresholds", "set", "test/val/new", "car=0.5")[0] == 0
    assert document(run)["settings"]["class_confidence"]["other"] == {"car": 0.5}
    assert json.loads(run("thresholds", "show", "test/val/new")[1]) == {"car": 0.5}
    assert run("thresholds", "clear", "test/val/new")[0] == 0
    assert document(run) == given


def test_thresholds_follow_a_policy(store, run):
    found = document(run, "--match", "recall")
    assert found["policy"]["aim"] == "recall"
    (whole,) = found["policy"]["whole"]
    assert found["settings"]["confidence"]["other"] == whole["confidence"]
    assert whole["remaining"] == pytest.approx(whole["value"] - whole["base"])
    per_class = document(run, "--match-per-class")
    assert per_class["policy"]["per_class"]
    assert set(per_class["settings"]["class_confidence"]) == {"other"}
    best = document(run, "--best-f1", "class")
    assert [one["set"] for one in best["policy"]["whole"]] == ["base", "other"]
    code, out, err = run("frames", "test/val", "--match", "recall")
    assert (code, out) == (0, "f0\n")
    assert "Recall matched with confidence" in err


def test_curves_are_written_as_a_table(store, run, tmp_path):
    file = tmp_path / "curves.csv"
    assert run("compare", "test/val", "--no-intervals", "--curves", str(file))[0] == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text())))
    kinds = {row["curve"] for row in rows}
    assert kinds > {"precision over recall", "f1 over confidence", "reliability", "ece"}
    assert {row["set"] for row in rows} == {"base", "other", "delta"}
    assert {row["class"] for row in rows} == {"", "car", "truck"}
    (now,) = (
        row
        for row in rows
        if (row["curve"], row["set"], row["class"], row["x"])
        == ("recall over confidence", "other", "car", "0.1")
    )
    assert float(now["y"]) == scene().scores["other"].recall[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "test/val", "--curves", "/nowhere/curves.csv"], "cannot be written"),
        (["compare", "test/val", "--match", "recall", "--best-f1", "set"], "cannot be combined"),
        (["compare", "test/val", "--base", "old", "--match", "recall"], "no other set"),
        (["compare", "test/val", "--confidence", "cra=0.4"], "Did you mean"),
        (["compare", "test/val", "--confidence", "car=x"], "not a number"),
        (["thresholds", "set", "test/val", "0.4"], "neither a project nor an inference set"),
        (["compare", "nothing/val"], "no project nothing"),
        (["compare", "test/nothing"], "no dataset test/nothing"),
        (["compare", "test"], "PROJECT/DATASET"),
        (["compare", "test/val", "--base", "odl"], "Did you mean old?"),
        (["compare", "test/val", "--base", "old", "--other", "\x1b[2J"], "\\x1b[2J"),
        (["compare", "test/val", "--confidence", "1.5"], "not between 0 and 1"),
        (["compare", "test/val", "--iou", "0"], "above 0"),
        (["compare", "test/val", "--iou", "nan"], "above 0"),
        (["compare", "test/val", "--confidence", ".5", "--base-confidence", ".4"], "--confidence"),
        (["compare", "test/val", "--rule", "iou"], "same-class"),
        (["compare", "test/val", "--format", "xml"], "json"),
        (["objects", "test/val"], "--cell"),
        (["objects", "test/val", "--cell", "car"], "LABEL:INFERRED"),
        (["objects", "test/val", "--cell", "car:trick"], 'Did you mean "truck"?'),
        (["objects", "test/val", "--cell", "zebra:car"], "car, truck, bus and background"),
        (["objects", "test/val", "--cell", "background:background"], "no cell"),
        (["objects", "test/val", "--cell", "car:truck", "--list", "lost"], "Ask for fixed"),
        (["objects", "test/val", "--cell", "car:truck", "--list", "some"], "introduced"),
    ],
)
def test_what_cannot_be_done_is_said_and_ends_with_2(store, run, arguments, said):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert "\x1b" not in err


def test_a_dataset_without_sets(store, run):
    for id_ in ("old", "new"):
        store.remove("test", "val", id_)
    code, _, err = run("compare", "test/val")
    assert code == 2
    assert "no inference set yet" in err


def rows(run, *arguments: str) -> list[dict[str, str]]:
    code, out, err = run("objects", "test/val", *arguments)
    assert (code, err) == (0, "")
    return list(csv.DictReader(io.StringIO(out)))


def test_objects_of_one_list(store, run):
    (found,) = rows(run, "--cell", "car:truck", "--list", "fixed")
    assert (found["label_class"], found["base_class"], found["other_class"]) == ("car", "truck", "car")
    assert found["frame"] == "f0"


def test_objects_of_all_lists_as_json_lines(store, run):
    code, out, _ = run("objects", "test/val", "--cell", "CAR:Truck", "--format", "jsonl")
    assert code == 0
    found = [json.loads(line) for line in out.splitlines()]
    assert [(r["list"], r["was_correct"]) for r in found] == [("fixed", None), ("introduced", False)]


def test_missed_and_spurious_objects(store, run):
    assert [r["label_class"] for r in rows(run, "--cell", "truck:background", "--list", "introduced")] == [
        "truck"
    ]
    assert [r["base_class"] for r in rows(run, "--cell", "background:car", "--list", "fixed")] == ["car"]


def test_lists_of_a_diagonal_cell_have_two_names(store, run):
    for words in (("lost", "fixed"), ("gained", "introduced"), ("kept", "unchanged")):
        by_word = [rows(run, "--cell", "car:car", "--list", word) for word in words]
        assert by_word[0] == by_word[1]
    assert len(rows(run, "--cell", "car:car", "--list", "gained")) == 1


def test_an_empty_list_is_a_header_alone(store, run):
    assert rows(run, "--cell", "bus:car", "--list", "moved") == []


def test_objects_obey_the_settings(store, run):
    assert len(rows(run, "--cell", "background:car", "--base-confidence", "0.6")) == 0
    assert len(rows(run, "--cell", "background:car", "--base-confidence", "0.5")) == 1


def test_changes_are_those_of_the_frames_that_count(store, run):
    sets = ("test/val", "--base", "old", "--other", "new", "--no-intervals")
    queries = ("frame.width > 0", "frame.width < 0")
    whole, none = (run("compare", *sets, "--query", query)[1] for query in queries)
    assert ", 0 both correct" in none and none.count(" fixed, 0 broken") == 1
    assert "0 fixed, 0 broken, 0 moved, 0 same error, 0 both correct" not in whole
