"""The JSON of a comparison: its shape, its numbers, and that it is the same each time."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from aquarium_tui.report import as_json
from tests.compare.strategies import comparisons
from tests.report.scene import scene


def refuse(word: str):
    raise AssertionError(f"{word} is no JSON")


def document(comparison) -> Any:
    return json.loads(as_json(comparison), parse_constant=refuse)


def test_what_was_compared():
    found = document(scene(base_confidence=0.2, other_confidence=0.25, iou=0.6))
    assert found["format"] == 1
    confidence = {"base": 0.2, "other": 0.25}
    assert found["settings"] == {
        "rule": "same-class",
        "iou": 0.6,
        "iou_type": "box",
        "confidence": confidence,
    }
    assert found["base"] == {"id": "old", "inferences": 4}
    assert found["other"] == {"id": "new", "inferences": 3}
    assert (found["frames"], found["labels"]) == (1, 4)
    assert found["classes"] == ["car", "truck", "bus", "background"]


def test_matrices_have_labels_as_rows():
    assert document(scene())["confusion"] == {
        "base": [[1, 1, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]],
        "other": [[2, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]],
        "delta": [[1, 0, 0, -1], [0, -1, 0, 1], [0, 0, 0, 0], [-1, 0, 0, 0]],
    }


def test_every_cell_that_is_not_zero_in_both():
    fields = ("label", "inferred", "base", "other", "fixed", "moved", "introduced", "unchanged")
    assert [tuple(cell[f] for f in fields) for cell in document(scene())["cells"]] == [
        ("car", "car", 1, 2, 0, 0, 1, 1),
        ("car", "truck", 1, 1, 1, 0, 1, 0),
        ("car", "background", 1, 0, 0, 1, 0, 0),
        ("truck", "truck", 1, 0, 1, 0, 0, 0),
        ("truck", "background", 0, 1, 0, 0, 1, 0),
        ("background", "car", 1, 0, 1, 0, 0, 0),
    ]


def test_report_of_a_class():
    car = document(scene())["report"]["per_class"][0]
    assert car["class"] == "car"
    assert car["base"]["precision"] == 0.5
    assert car["other"]["recall"] == 2 / 3
    assert car["delta"]["recall"] == pytest.approx(1 / 3)
    assert (car["base"]["support"], car["delta"]["support"]) == (3, 0)
    assert (car["base"]["false_positives"], car["other"]["false_negatives"]) == (1, 1)
    assert {"f1", "AP", "AP50"} <= set(car["delta"])


def test_a_zero_denominator_is_null():
    bus = document(scene())["report"]["per_class"][2]
    for side in ("base", "other", "delta"):
        assert [bus[side][name] for name in ("precision", "recall", "f1", "AP", "AP50")] == [None] * 5
        assert bus[side]["support"] == 0


def test_totals():
    found = document(scene())["report"]["total"]
    assert set(found) == {"base", "other", "delta", "macro", "micro"}
    assert found["base"]["recall"] == found["micro"]["base"]["recall"] == 0.5
    assert found["macro"]["base"]["recall"] == pytest.approx((1 / 3 + 1) / 2)
    assert found["micro"]["delta"]["precision"] == pytest.approx(2 / 3 - 2 / 4)
    assert found["other"]["support"] == 4
    assert isinstance(found["base"]["support"], int)


def test_average_precision():
    found = document(scene())["ap"]
    assert set(found) == {"base", "other", "delta"}
    names = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
    assert list(found["base"]) == names
    assert found["base"]["APl"] is None
    assert found["base"]["AP50"] == pytest.approx((34 / 101 + 1 / 2) / 2)
    assert found["delta"]["AP"] == found["other"]["AP"] - found["base"]["AP"]


def test_one_set_alone_has_no_deltas():
    found = document(scene(alone=True))
    assert found["other"] is None
    assert set(found["confusion"]) == set(found["ap"]) == set(found["settings"]["confidence"]) == {"base"}
    assert found["cells"][0] == {"label": "car", "inferred": "car", "base": 1}
    assert set(found["report"]["total"]) == {"base", "macro", "micro"}
    assert set(found["report"]["per_class"][0]) == {"class", "base"}


def test_the_same_input_gives_the_same_bytes():
    assert as_json(scene()) == as_json(scene())
    assert as_json(scene()).isascii()


@hypothesis_settings(max_examples=15, deadline=None)
@given(comparisons())
def test_any_comparison_is_sound_json(comparison):
    found = document(comparison)
    matrices, names = found["confusion"], found["classes"]
    if len(set(names)) == len(names):
        cells = {(c["label"], c["inferred"]): c for c in found["cells"]}
        for r, label in enumerate(names):
            for c, inferred in enumerate(names):
                cell = cells.get((label, inferred), dict.fromkeys(found["cells"][0] if cells else [], 0))
                assert cell.get("base", 0) == matrices["base"][r][c]
                assert cell.get("other", 0) == matrices["other"][r][c]
                gained = [cell.get(f, 0) for f in ("introduced", "fixed", "moved")]
                assert matrices["delta"][r][c] == gained[0] - gained[1] - gained[2]
