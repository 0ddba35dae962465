"""A comparison of masks as text, JSON and records of frames."""

import json
from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.binding import bound
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.model.columns import Values
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.report import as_csv, as_json, as_text, behind_cell, frame_columns, frame_records
from tests.compare.pixels.scene import CAR, ROAD, SKY, UNNAMED, VOID, in_memory
from tests.narrow import of_type, present
from tests.query.street import STREET

LABEL = np.array([[ROAD] * 6 + [CAR] * 2 + [VOID] * 2], np.uint8)
BASE = np.array([[ROAD] * 3 + [CAR] * 3 + [CAR] * 2 + [ROAD] * 2], np.uint8)
OTHER = np.array([[ROAD] * 5 + [UNNAMED] + [CAR, ROAD] + [ROAD] * 2], np.uint8)
SKIES = np.full((1, 10), SKY, np.uint8)


def comparison(metrics: bool = False):
    found = in_memory([(LABEL, BASE, OTHER), (SKIES, SKIES, SKIES), (LABEL, LABEL, LABEL)])
    if not metrics:
        return found
    declared = (
        Metric("edges", higher_is_better=False, unit="px"),
        Metric("pairs", MetricKind.CONFUSION_MATRIX),
    )
    project = replace(found.dataset.project, metrics=declared)
    frame, label, inferred = (np.array([part], np.int32) for part in (0, 0, 1))
    pairs = MetricValues(np.array([2.0, np.nan, np.nan]), frame, label, inferred, np.array([2.0]))
    old, new = (MetricValues(np.array(values)) for values in ([1, 2.5, np.nan], [0.5, 1.5, 9]))
    return replace(
        found,
        dataset=replace(found.dataset, project=project),
        base=replace(found.base, metrics={"edges": old, "pairs": pairs}),
        other=replace(present(found.other), metrics={"edges": new, "pairs": pairs}),
    )


def squeezed(text: str) -> list[str]:
    """Lines with every run of spaces as one."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_text():
    assert squeezed(as_text(comparison())) == squeezed("""\
street/val base old → other new 3 frames 26 pixels
Ignored: 4 pixels labelled void or no class.
Counts are pixels. Cells are label → inferred; an inferred value without a class is → no class.
Delta is other − base. An undefined number is –.

class support precision recall F1 IoU
road 12 1.000 → .917 −.083 .750 → .917 +.167 .857 → .917 +.060 .750 → .846 +.096
car 4 .571 → 1.000 +.429 1.000 → .750 −.250 .727 → .857 +.130 .571 → .750 +.179
sky 10 1.000 → 1.000 .000 1.000 → 1.000 .000 1.000 → 1.000 .000 1.000 → 1.000 .000
all (weighted by support) 26 .934 → .962 +.027 .885 → .923 +.038 .892 → .940 +.047 .819 → .891 +.072
all (macro) 26 .857 → .972 +.115 .917 → .889 −.028 .861 → .925 +.063 .774 → .865 +.092

pixel accuracy .885 → .923 +.038
mIoU .774 → .865 +.092
IoU weighted by support .819 → .891 +.072
pixels: 85 % both right (22), 4 % both wrong (1), 8 % fixed (2), 4 % broken (1)

cells that changed most: base → other, and what makes up the delta
road → car 3 → 0 −3 = +0 new − 2 fixed − 1 moved
road correct 9 → 11 +2 = +2 gained − 0 lost
road → no class 0 → 1 +1 = +1 new − 0 fixed − 0 moved
car → road 0 → 1 +1 = +1 new − 0 fixed − 0 moved
car correct 4 → 3 −1 = +0 gained − 1 lost
""")


def test_json_has_the_keys_of_one_of_objects_and_its_own():
    found = json.loads(as_json(comparison()))
    of_objects = set(json.loads(as_json(STREET.comparison())))
    assert of_objects - set(found) == {"ap"}
    assert set(found) - of_objects == {"task", "pixels", "ignored", "uncounted", "diff"}
    assert found["settings"] == {"ignored": ["void"]}
    assert (found["frames"], found["pixels"], found["ignored"]) == (3, 26, 4)
    assert found["classes"] == ["road", "car", "sky", "background"]
    assert found["confusion"]["base"] == comparison().confusion("base").tolist()
    assert found["confusion"]["delta"] == comparison().delta.tolist()
    road = found["report"]["per_class"][0]
    assert road["class"] == "road"
    assert road["base"]["iou"] == 0.75
    assert road["delta"]["iou"] == pytest.approx(11 / 13 - 0.75)
    assert road["other"]["support"] == 12
    totals = found["report"]["total"]
    assert totals["base"]["accuracy"] == 23 / 26
    assert totals["macro"]["other"]["iou"] == totals["other"]["miou"]
    assert totals["delta"]["fwiou"] == totals["other"]["fwiou"] - totals["base"]["fwiou"]
    assert found["diff"] == {"ignored": 4, "both_right": 22, "both_wrong": 1, "fixed": 2, "broken": 1}
    cells = {(cell["label"], cell["inferred"]): cell for cell in found["cells"]}
    assert cells["road", "car"] == {"label": "road", "inferred": "car", "base": 3, "other": 0} | {
        "fixed": 2,
        "moved": 1,
        "introduced": 0,
        "unchanged": 0,
    }
    assert as_json(comparison()) == as_json(comparison())


def test_one_set_alone():
    alone = replace(comparison(), other=None)
    found = json.loads(as_json(alone))
    assert found["other"] is None
    assert found["diff"] is None
    assert list(found["confusion"]) == ["base"]
    assert "→ other" not in as_text(alone)
    assert "largest wrong cells" in as_text(alone)


def test_frames_that_are_not_counted_are_said():
    found = comparison()
    counted = found.counts.counted & [True, False, False]
    counts = replace(found.counts.within(counted), counted=counted, unreadable={2: "not an image: x\x1b.png"})
    partly = PixelComparison.counted(found.dataset, found.base, found.other, counts)
    assert "Not counted: 2 frames without all their masks, 1 of them unreadable." in as_text(partly)
    assert json.loads(as_json(partly))["uncounted"] == [
        {"frame": "f1", "reason": "a mask is missing"},
        {"frame": "f2", "reason": "not an image: x\x1b.png"},
    ]


def test_metrics_of_the_user():
    found = comparison(metrics=True)
    assert as_text(found).endswith(
        "metrics of your own: mean over the frames with a value under both\n"
        "edges   1.75 → 1  −0.75   px   lower is better   2 frames\n"
        "pairs: a confusion matrix over 1 frame\n"
    )
    edges, pairs = json.loads(as_json(found))["metrics"]
    assert edges == {"name": "edges", "kind": "objective", "frames": 2, "better": "lower", "unit": "px"} | {
        "base": 1.75,
        "other": 1.0,
        "delta": -0.75,
    }
    assert (pairs["kind"], pairs["frames"]) == ("confusion_matrix", 1)
    assert pairs["base"][0] == [0, 2, 0, 0]
    assert pairs["delta"] == np.zeros((4, 4)).tolist()


def test_records_of_frames():
    found = comparison(metrics=True)
    first, second, _ = frame_records(found, [0, 1, 2])
    assert tuple(first) == frame_columns(found)
    assert (first["frame"], first["base_errors"], first["other_errors"], first["base_pixels"]) == (
        "f0",
        3,
        2,
        8,
    )
    assert (first["fixed"], first["broken"], first["ignored"]) == (2, 1, 2)
    assert (first["base_edges"], first["other_edges"]) == (1, 0.5)
    assert second["base_miou"] == 1
    assert len(list(as_csv(frame_records(found, [0, 1]), frame_columns(found)))) == 3


def test_frames_behind_a_cell():
    found = behind_cell(bound(comparison()), (ROAD, CAR), np.array([2, 1, 0]))
    (record,) = found.added(frame_records(comparison(), found.frames))
    assert {name: record[name] for name in found.counts} == {
        "cell_base": 3,
        "cell_other": 0,
        "cell_change": -3,
    }
    assert behind_cell(bound(comparison()), (SKY, SKY), np.array([0, 1, 2])).frames.tolist() == [1]


def test_frames_behind_a_cell_of_objects():
    street = STREET.comparison()
    binding = bound(street)
    found = behind_cell(binding, (0, 0), np.arange(len(street.dataset.frames)))
    counts = of_type(Values, binding.method("base.confusion", (0, 0))).values
    assert found.counts["cell_base"].tolist() == counts.tolist()
    changes = np.abs(found.counts["cell_change"][found.frames])
    assert (np.diff(changes) <= 0).all()
    assert len(found.frames)
