"""Each reason, worked by hand: boxes 10 wide at one corner, so that a height over 10 is the IoU."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.matching import SortKey
from aquarium_tui.explain.explained_set import ExplainedSet, tally
from aquarium_tui.explain.explanation import REASONS, SEVERAL, Differences, differences, sentences
from aquarium_tui.explain.rules import TOOLS, Claim, Crowds, MatchRule, Precision, our_rule
from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.settings import Rule, Settings
from tests.compare.scenes import Inference, Label, comparison, tiny
from tests.compare.strategies import comparisons

LABEL: Label = (0, "car", tiny(10))
OURS = our_rule(Settings(rule=Rule.OVERLAP))
COCO = TOOLS["pycocotools"].releases[0].rule
ULTRALYTICS = TOOLS["ultralytics"].releases[0].rule

Case = tuple[MatchRule, list[Label], list[Inference], dict[str, str]]
"""The other rule, labels and inferences, and the reason by object: `l0` is the first label."""

CASES: dict[str, Case] = {
    "an inference below the other threshold": (
        replace(OURS, confidence=0.25),
        [LABEL],
        [(0, "car", tiny(9), 0.2)],
        {"l0": "confidence", "i0": "confidence"},
    ),
    "an inference that only the other threshold lets in": (
        replace(OURS, confidence=0.0),
        [LABEL],
        [(0, "car", tiny(9), 0.05)],
        {"l0": "confidence", "i0": "confidence"},
    ),
    "a confidence that equals a threshold which must be exceeded": (
        replace(OURS, confidence=0.25, above=True),
        [LABEL],
        [(0, "car", tiny(9), 0.25)],
        {"l0": "confidence at the threshold", "i0": "confidence at the threshold"},
    ),
    "an IoU that equals a threshold which must be exceeded": (
        replace(OURS, beyond=True),
        [LABEL],
        [(0, "car", tiny(5), 0.9)],
        {"l0": "IoU at the threshold", "i0": "IoU at the threshold"},
    ),
    "a pair between the two IoU thresholds": (
        ULTRALYTICS,
        [LABEL],
        [(0, "car", (0, 0, 100, 4.7), 0.9), (0, "car", tiny(4.7), 0.8)],
        {"l0": "IoU", "i1": "IoU"},
    ),
    "single precision puts an IoU of exactly .5 just below": (
        replace(OURS, precision=Precision.SINGLE_PLUS),
        [(0, "car", (0, 0, 1, 1))],
        [(0, "car", (0, 0, 1, 0.5), 0.9)],
        {"l0": "arithmetic", "i0": "arithmetic"},
    ),
    "beyond the cap": (
        replace(OURS, cap=1),
        [LABEL],
        [(0, "car", tiny(9), 0.2), (0, "car", (50, 50, 60, 60), 0.9)],
        {"l0": "cap", "i0": "cap"},
    ),
    "a label too small for the tool": (
        replace(OURS, least_side=1.0),
        [(0, "car", (0, 0, 10, 0.5))],
        [],
        {"l0": "small labels"},
    ),
    "an inference inside a crowd that the tool never sees": (
        ULTRALYTICS,
        [(0, "car", (0, 0, 60, 60), True)],
        [(0, "car", tiny(9), 0.9)],
        {"i0": "crowds and ignored classes"},
    ),
    "a crowd of another class absorbs nothing in COCO": (
        COCO,
        [(0, "truck", (0, 0, 60, 60), True)],
        [(0, "car", tiny(9), 0.9)],
        {"i0": "crowds and ignored classes"},
    ),
    "a crowd as an ordinary label": (
        replace(OURS, crowds=Crowds.ORDINARY),
        [(0, "car", tiny(10), True)],
        [(0, "car", tiny(9), 0.9)],
        {"l0": "crowds and ignored classes", "i0": "crowds and ignored classes"},
    ),
    "FiftyOne counts what is inside a crowd as correct": (
        TOOLS["fiftyone"].releases[0].rule,
        [(0, "car", (0, 0, 60, 60), True)],
        [(0, "car", tiny(9), 0.9), (0, "car", tiny(8), 0.8)],
        dict.fromkeys(("l0", "i0", "i1"), "crowds and ignored classes"),
    ),
    "spurious inferences of a frame without a pair": (
        replace(OURS, lone=False),
        [LABEL],
        [(0, "car", (50, 50, 60, 60), 0.9), (1, "car", tiny(9), 0.9)],
        {"i0": "frames without a pair"},
    ),
    "two classes that COCO does not pair": (
        COCO,
        [LABEL],
        [(0, "truck", tiny(9), 0.9)],
        {"l0": "classes matched separately", "i0": "classes matched separately"},
    ),
    "a second inference on a taken label": (
        TOOLS["mmdet"].releases[0].rule,
        [LABEL],
        [(0, "car", tiny(9), 0.9), (0, "car", tiny(8), 0.8)],
        {"l0": "counting of pairs", "i1": "counting of pairs"},
    ),
    "mmdetection counts a confused label as missed too": (
        TOOLS["mmdet"].releases[0].rule,
        [LABEL],
        [(0, "truck", tiny(9), 0.9)],
        {"l0": "counting of pairs"},
    ),
    "no second choice": (
        replace(OURS, claim=Claim.BEST, order=(SortKey.IOU,)),
        [LABEL, (0, "car", (0, 3, 10, 13))],
        [(0, "car", tiny(10), 0.9), (0, "car", (0, 1, 10, 11), 0.8)],
        {"l1": "counting of pairs", "i1": "counting of pairs"},
    ),
    "the surer inference first": (
        our_rule(Settings(rule=Rule.CONFIDENCE)),
        [LABEL],
        [(0, "car", tiny(8), 0.9), (0, "truck", tiny(9), 0.8)],
        dict.fromkeys(("l0", "i0", "i1"), "order of matching"),
    ),
    "three aspects at once": (
        replace(OURS, confidence=0.95, apart=True, iou=0.8),
        [LABEL],
        [(0, "truck", tiny(7), 0.9)],
        dict.fromkeys(("l0", "i0"), SEVERAL.name),
    ),
    "two aspects at once": (
        replace(OURS, confidence=0.95, apart=True),
        [LABEL],
        [(0, "truck", tiny(9), 0.9)],
        dict.fromkeys(("l0", "i0"), "confidence + classes matched separately"),
    ),
}


def found(theirs: MatchRule, ours: MatchRule, of: ObjectComparison) -> tuple[Differences, dict[str, str]]:
    one = differences(ExplainedSet.of(of), theirs, ours)
    sides = (("l", one.labels, one.label_reason), ("i", one.inferences, one.inference_reason))
    return one, {
        f"{side}{row}": one.reasons[reason].name
        for side, rows, reasons in sides
        for row, reason in zip(rows.tolist(), reasons.tolist(), strict=True)
    }


@pytest.mark.parametrize("case", CASES)
def test_each_object_has_its_reason(case: str) -> None:
    theirs, labels, inferences, expected = CASES[case]
    scene = comparison(["car", "truck"], labels, inferences, frames=2)
    one, reasons = found(theirs, OURS, scene)
    assert reasons == expected
    assert sum(labels + inferences for _, labels, inferences in one.counts()) == len(expected)
    assert set(expected.values()) <= set(sentences(theirs, OURS, "the tool"))


def test_every_reason_is_worked_by_hand() -> None:
    worked = {name for *_, expected in CASES.values() for name in expected.values()}
    assert worked >= {*(reason.name for reason in REASONS), SEVERAL.name}


def test_an_inference_inside_an_ignored_label() -> None:
    classes: list[str | ClassEntry] = ["car", ClassEntry(1, "sky", ignore_in_eval=True)]
    scene = comparison(
        classes, [(0, "sky", (0, 0, 60, 60))], [(0, "car", tiny(9), 0.9), (0, "sky", tiny(9), 0.9)]
    )
    assert found(COCO, OURS, scene)[1] == {"i0": "crowds and ignored classes"}


def test_a_partner_of_the_same_class_is_no_difference() -> None:
    """The label counts as correct either way; only what becomes of the two inferences differs."""
    scene = comparison(["car"], [LABEL], [(0, "car", tiny(8), 0.9), (0, "car", tiny(9), 0.8)])
    assert set(found(COCO, OURS, scene)[1]) == {"i0", "i1"}


@given(comparisons(least_side=1))
def test_every_difference_has_a_reason_and_nothing_else_differs(one: ObjectComparison) -> None:
    ours = our_rule(one.settings)
    of = ExplainedSet.of(one)
    for tool in TOOLS.values():
        theirs = tool.releases[0].rule
        result = differences(of, theirs, ours)
        cells = {side: _cells(of, tally(of, rule)) for side, rule in (("theirs", theirs), ("ours", ours))}
        keys = {*cells["theirs"], *cells["ours"]}
        expected = {key for key in keys if cells["theirs"].get(key) != cells["ours"].get(key)}
        labels, inferences = result.labels.tolist(), result.inferences.tolist()
        assert {*(("l", row) for row in labels), *(("i", row) for row in inferences)} == expected


def _cells(of: ExplainedSet, one: Any) -> dict[tuple[str, int], list[int]]:
    found: dict[tuple[str, int], list[int]] = {}
    for side, rows in (("l", one.label), ("i", one.inference)):
        for row, cell in sorted(zip(rows.tolist(), one.cell.tolist(), strict=True)):
            if row >= 0:
                found.setdefault((side, row), []).append(cell)
    return found
