"""The objects behind a cell as records."""

import csv
import io
import json

from aquarium_tui.compare.cells import CellList
from aquarium_tui.report import as_csv, as_jsonl, object_columns, records_of
from tests.compare.scenes import comparison
from tests.report.scene import place, scene

SIDES = ("left", "top", "right", "bottom")
CAR, TRUCK, BACKGROUND = 0, 1, 3


def object_records(found, cell, which):
    return records_of(found, found.rows_of(*cell, which), which)


def test_a_record_of_a_fixed_object():
    (record,) = object_records(scene(), (CAR, TRUCK), CellList.FIXED)
    assert tuple(record) == object_columns(scene())
    assert record == {
        "list": "fixed",
        "frame": "f0",
        "path": "f0",
        "label_id": "1",
        "label_class": "car",
        "base_id": "1",
        "base_class": "truck",
        "base_confidence": 0.8,
        "base_iou": 1.0,
        "base_outcome": "confused",
        "other_id": "1",
        "other_class": "car",
        "other_confidence": 0.8,
        "other_iou": 1.0,
        "other_outcome": "correct",
        "change": "fixed",
        "was_correct": None,
    } | {
        f"{owner}_{side}": v
        for owner in ("label", "base", "other")
        for side, v in zip(SIDES, place(1), strict=True)
    }


def test_introduced_objects_say_whether_they_were_correct():
    (missed,) = object_records(scene(), (TRUCK, BACKGROUND), CellList.INTRODUCED)
    assert (missed["was_correct"], missed["base_outcome"], missed["other_outcome"]) == (
        True,
        "correct",
        "missed",
    )
    (moved,) = object_records(scene(), (CAR, TRUCK), CellList.INTRODUCED)
    assert (moved["was_correct"], moved["base_outcome"]) == (False, "missed")


def test_what_is_absent_is_none():
    (spurious,) = object_records(scene(), (BACKGROUND, CAR), CellList.FIXED)
    assert (spurious["label_class"], spurious["base_iou"], spurious["other_class"]) == (None, None, None)
    assert (spurious["base_outcome"], spurious["other_outcome"]) == ("spurious", "none")
    (alone,) = object_records(scene(alone=True), (CAR, CAR), CellList.UNCHANGED)
    assert (alone["other_outcome"], alone["change"]) == (None, None)


def test_csv_is_read_back():
    records = [r for which in CellList for r in object_records(scene(), (CAR, TRUCK), which)]
    rows = list(csv.DictReader(io.StringIO("".join(as_csv(records, object_columns(scene()))))))
    assert [row["list"] for row in rows] == ["fixed", "introduced"]
    assert tuple(rows[0]) == object_columns(scene())
    assert [row["was_correct"] for row in rows] == ["", "false"]
    assert float(rows[0]["base_confidence"]) == 0.8
    assert "".join(as_csv([], object_columns(scene()))) == ",".join(object_columns(scene())) + "\n"


def test_jsonl_is_read_back():
    records = list(object_records(scene(), (CAR, TRUCK), CellList.FIXED))
    assert [json.loads(line) for line in as_jsonl(records)] == records


def test_csv_makes_control_characters_visible():
    name = "car\x1b]0;x\x07"
    found = comparison([name], [(0, name, place(0))], [], [])
    records = list(object_records(found, (0, 1), CellList.UNCHANGED))
    assert "\x1b" not in "".join(as_csv(records, object_columns(scene()))) + "".join(as_jsonl(records))
