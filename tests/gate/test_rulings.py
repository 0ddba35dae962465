"""Which rules fail, on a scene worked by hand and on pairs whose difference is known."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.verdict import Verdict
from aquarium_tui.errors import UsageError
from aquarium_tui.gate import RuleState, as_junit, gate_document, gate_lines, judged, rule_of
from aquarium_tui.gate.figures import FigureTable
from aquarium_tui.gate.results import Ruling
from aquarium_tui.gate.rules import FigureName
from aquarium_tui.report import Findings
from tests.compare.scenes import comparison
from tests.report.scene import scene


def outcomes(found: ObjectComparison, *rules: str) -> list[Ruling]:
    # The intervals of AP take most of the time, and no rule here asks for them.
    findings = Findings(found.significance(), None, None, Verdict(())) if found.other else None
    return judged([rule_of(text) for text in rules], found, findings, lambda *_: scene())


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        # Base finds one of three cars and the truck, other two cars.
        ('base.recall("car") < 0', 1 / 3),
        ('recall("CAR") < 0', 2 / 3),
        ('delta.recall("car") < 0', 1 / 3),
        ("recall < 0", 0.5),
        ("delta.recall < 0", 0.0),
        ("other.macro(recall) < 0", 1 / 3),
        ('delta.cell("car", "missed") > 9', -1.0),
        ('cell("spurious", "car") > 9', 0.0),
        ('base.cell("background", "car") > 9', 1.0),
        ("spurious > 9", 0.0),
        ("base.false_alarms > 9", 1.0),
        ('scenario("night").recall < 0', 0.5),
    ],
)
def test_values_of_a_scene(rule: str, value: float) -> None:
    (found,) = outcomes(scene(), rule)
    assert found.value == pytest.approx(value)
    assert found.outcome is RuleState.PASSED


def test_a_rule_fails_where_its_condition_holds() -> None:
    found = outcomes(scene(), "recall <= 0.5", "recall < 0.5", "delta.recall >= 0", "delta.recall > 0")
    assert [each.outcome for each in found] == [
        RuleState.FAILED,
        RuleState.PASSED,
        RuleState.FAILED,
        RuleState.PASSED,
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("f2 < 1", 'no figure "f2"'),
        ('f1("trcuk") < 1', "Did you mean truck"),
        ("median(f1) < 1", 'no average of f1 "median"'),
        ('f1("bus") < 1', "not defined"),
        ('cell("car") < 1', "label and an inferred class"),
        ('cell("spurious", "missed") < 1', "no cell"),
        ("delta.recall < -1e999", "-1e999 is too large"),
        ('micro("car") < 1', 'no figure "micro"'),
        ('false_alarms("car") < 1', "false_alarms is of all classes together"),
        ("worse(spurious)", "neither an interval nor a test"),
    ],
)
def test_what_cannot_be_judged_is_refused(rule: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        outcomes(scene(), rule)


def test_a_delta_needs_two_sets() -> None:
    alone = scene(alone=True)
    assert outcomes(alone, "recall < 1")[0].outcome is RuleState.FAILED
    for rule in ("delta.recall < 1", "worse(recall)", "lower(delta.recall) < 0"):
        with pytest.raises(UsageError, match="only one set"):
            outcomes(alone, rule)


def many(lost: int, frames: int = 200, false: int = 0) -> ObjectComparison:
    """One car in each frame; other misses the first `lost`, and has false alarms in as many as said."""
    box, apart = (0.0, 0.0, 10.0, 10.0), (50.0, 50.0, 60.0, 60.0)
    labels = [(frame, "car", box) for frame in range(frames)]
    base = [(frame, "car", box, 0.9) for frame in range(frames)]
    alarms = [(frame, "car", apart, 0.9) for frame in range(false)]
    return comparison(["car"], labels, base, [*base[lost:], *alarms], frames=frames)


def test_a_loss_raises_an_alarm_and_a_gain_none() -> None:
    rules = ("worse(f1)", 'worse(recall("car"))', 'worse(cell("car", "missed"))', "worse(false_alarms)")
    assert [each.outcome for each in outcomes(many(20), *rules)] == [RuleState.FAILED] * 3 + [
        RuleState.PASSED
    ]
    assert [each.outcome for each in outcomes(many(0, false=20), *rules)][-1] is RuleState.FAILED
    p = [each.p for each in outcomes(many(0), *rules)]
    assert p == [1.0] * 4


@pytest.mark.parametrize(
    ("name", "rises"),
    [
        ("recall", True),
        ("correct", True),
        ("missed", False),
        ("spurious", False),
        ("false_positives", False),
        ("false_alarms", False),
    ],
)
def test_more_errors_are_no_improvement(name: str, rises: bool) -> None:
    table = FigureTable(many(20), None)
    assert table.figure(FigureName(name, "delta")).higher_is_better is rises


def test_tests_are_adjusted_for_each_other() -> None:
    one, *_ = outcomes(many(5), "worse(recall)")
    five = outcomes(many(5), "worse(recall)", *["worse(precision)"] * 4)
    assert one.p == five[0].p and one.q == one.p
    assert five[0].q == pytest.approx(min(5 * one.p, 1.0))


def test_too_few_frames_say_how_many_are_needed() -> None:
    (few,), (enough,) = outcomes(many(2, frames=40), "worse(f1)"), outcomes(many(0, 400), "worse(f1)")
    assert few.outcome is RuleState.TOO_FEW and few.needed > 40
    assert f"about {few.needed:,}".replace(",", " ") in gate_lines([few])[1]
    assert enough.outcome is RuleState.PASSED and enough.needed < 400


def test_at_that_number_a_loss_is_seen() -> None:
    (few,) = outcomes(many(2, frames=40), "worse(f1)")
    rng = np.random.default_rng(3)
    seen = 0
    for _ in range(10):
        lost = int(rng.binomial(few.needed, 0.0392))  # F1 of 1 falls to .98
        seen += outcomes(many(lost, frames=few.needed), "worse(f1)")[0].outcome is RuleState.FAILED
    assert seen >= 8


def test_results_for_other_systems() -> None:
    rules = ("recall < 1", 'recall("<car>") < 1'.replace("<car>", "car"), "f1 < 0")
    found = outcomes(scene(), *rules)
    document = json.loads(json.dumps(gate_document(found), allow_nan=False))
    assert document["passed"] is False
    assert [rule["outcome"] for rule in document["rules"]] == ["failed", "failed", "passed"]
    suite = ElementTree.fromstring(as_junit(found, "a/<b>")).find("testsuite")
    assert suite is not None
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("a/<b>", "3", "2")
    assert [case.get("name") for case in suite] == list(rules)
    assert [case.find("failure") is not None for case in suite] == [True, True, False]
    assert gate_lines(found)[0] == "gate: 2 of 3 rules failed"


def test_few_frames_that_changed_are_too_few_and_an_interval_without_a_loss_is_not() -> None:
    four = many(4, frames=400)
    assert outcomes(four, "worse(recall)")[0].outcome is RuleState.TOO_FEW
    assert four.precision_significance(["AP50"], 20).per_class["AP50"].few.all()
    assert not many(6, frames=400).precision_significance(["AP50"], 20).per_class["AP50"].few.any()
    box = (0.0, 0.0, 10.0, 10.0)
    labels = [(frame, "car", box) for frame in range(60)]
    found = [(frame, "car", box, 0.9) for frame in range(60)]
    better = comparison(["car"], labels, found[:30], found, frames=60)
    (gain,) = outcomes(better, "worse(recall)")
    assert gain.outcome is RuleState.PASSED and gain.needed > 60


def test_all_recall_has_one_p_value() -> None:
    found = Findings.of(many(3, frames=40))
    assert found is not None
    significance = found.significance
    p = [significance.totals[average]["recall"].p[0] for average in ("weighted", "micro")]
    assert p == [significance.headline["recall"].p[0]] * 2
