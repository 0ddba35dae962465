"""Which rules of the gate fail, and what it says: as text, as JSON and as JUnit XML."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, isnan, sqrt
from statistics import NormalDist
from typing import Any
from xml.etree import ElementTree

import numpy as np

from aquarium_tui.compare.certainty.table import LEAST_FRAMES, LEVEL, Certainty, adjusted
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.errors import UsageError
from aquarium_tui.gate.figures import Figure, FigureTable, checked
from aquarium_tui.gate.rules import COMPARISONS, Aspect, GateRule
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import SHARE, counted, grouped
from aquarium_tui.report import Findings

LOSS = 0.02
"""The loss of a rate that a test has to see: two points, below which few would stop a release."""
POWER = 0.8
"""How often it has to see that loss; the usual choice since Cohen (1988)."""

_NORMAL = NormalDist()


class RuleState(StrEnum):
    """What became of a rule."""

    PASSED = "passed"
    FAILED = "failed"
    TOO_FEW = "too few frames to tell"


@dataclass(frozen=True)
class Ruling:
    """What a rule came to.

    Attributes:
        rule: The rule.
        figure: The figure that it is about.
        value: What was compared with the limit; for the test, the delta.
        outcome: A rule that is `TOO_FEW` has not failed.
        interval: The 95 % interval of the figure; NaN where none is asked for.
        p: One-sided p-value of the test; NaN for other rules.
        q: The same, adjusted for all tests of the gate.
        frames: How many frames were counted.
        needed: With about how many a loss of two points would be seen; 0 where that is not the question.
    """

    rule: GateRule
    figure: Figure
    value: float
    outcome: RuleState
    interval: tuple[float, float] = (np.nan, np.nan)
    p: float = np.nan
    q: float = np.nan
    frames: int = 0
    needed: int = 0


def needs_findings(rules: Sequence[GateRule]) -> bool:
    """Whether a rule asks how sure a delta is, which takes a moment."""
    return any(rule.aspect is not Aspect.VALUE and rule.figure.side == "delta" for rule in rules)


def judged(
    rules: Sequence[GateRule],
    comparison: Comparison,
    findings: Findings | None,
    among: Callable[[str, str], Comparison],
) -> list[Ruling]:
    """What each rule comes to.

    Args:
        rules: The rules.
        comparison: What they are about.
        findings: How sure its deltas are; None where no rule asks.
        among: The comparison on the frames of a segment, and of the objects of a slice.

    Raises:
        UsageError: A rule names what there is not, or what is not defined on these frames.
    """
    tables = {("", ""): FigureTable(comparison, findings)}
    for rule in rules:
        place = _place(rule)
        if place not in tables:
            sure = needs_findings([each for each in rules if _place(each) == place])
            narrowed = among(*place)
            tables[place] = FigureTable(narrowed, Findings.of(narrowed) if sure else None)
    tests = sum(rule.aspect is Aspect.WORSE for rule in rules)
    found = [_judged(rule, tables[_place(rule)], tests) for rule in rules]
    return _tested(found)


def _place(rule: GateRule) -> tuple[str, str]:
    """The segment and the slice that a rule is about."""
    return rule.figure.scenario, rule.figure.only


def _judged(rule: GateRule, table: FigureTable, tests: int) -> Ruling:
    """What a rule comes to on its own."""
    figure = table.figure(rule.figure)
    value = checked(figure, rule.figure)
    frames = table.frame_count
    if rule.aspect is Aspect.VALUE:
        return Ruling(rule, figure, value, _outcome(rule, value), frames=frames)
    certainty = known_certainty(rule, figure)
    interval = float(certainty.low[figure.row]), float(certainty.high[figure.row])
    if rule.aspect is Aspect.WORSE:
        needed = _frames_needed(figure, interval, frames, rule.alpha / tests)
        p = _one_sided(float(certainty.p[figure.row]), value, figure.higher_is_better)
        few = bool(certainty.few[figure.row])
        # Where the interval leaves out such a loss, no more frames are needed to tell.
        lost = (interval[0] if figure.higher_is_better else -interval[1]) <= -LOSS
        unclear = (needed > frames and (few or lost)) or (few and p < 1)
        outcome = RuleState.TOO_FEW if unclear else RuleState.PASSED
        return Ruling(rule, figure, value, outcome, interval, p, frames=frames, needed=needed)
    end = interval[rule.aspect is Aspect.UPPER]
    if isnan(end):
        raise UsageError(f'"{rule.text}": this figure has no interval.', "Write a rule about its value.")
    return Ruling(rule, figure, end, _outcome(rule, end), interval, frames=frames)


def _outcome(rule: GateRule, value: float) -> RuleState:
    return RuleState.FAILED if COMPARISONS[rule.comparison](value, rule.limit) else RuleState.PASSED


def known_certainty(rule: GateRule, figure: Figure) -> Certainty:
    """How sure the figure of a rule is that asks for a bound or a test.

    Raises:
        UsageError: It is of a delta and there is one set, or nothing is known of it.
    """
    side = rule.figure.side
    if "other" not in figure.values:
        if side == "delta":
            raise UsageError(f'"{rule.text}": there is only one set.', "Name another set with --other.")
        side = "base"
    found = figure.certainty_of(side)
    if found is None:
        raise UsageError(
            f'"{rule.text}": {figure.name} has neither an interval nor a test.',
            "Write a rule about its value.",
        )
    return found


def _one_sided(p: float, delta: float, higher_is_better: bool) -> float:
    """The p-value of a change for the worse, from the two-sided one."""
    if isnan(p) or delta == 0:
        return 1.0
    return p / 2 if (delta < 0) == higher_is_better else 1 - p / 2


def _tested(found: Sequence[Ruling]) -> list[Ruling]:
    """The rulings with the tests adjusted for each other (Benjamini and Hochberg 1995)."""
    p = np.array([each.p for each in found])
    q = adjusted(p, ~np.isnan(p))
    return [
        replace(each, q=float(q_), outcome=RuleState.FAILED if _alarms(each, float(q_)) else each.outcome)
        for each, q_ in zip(found, q, strict=True)
    ]


def _alarms(each: Ruling, q: float) -> bool:
    """Whether a test fails its rule; where few frames have a part in a delta, none does."""
    certainty = each.figure.certainty
    few = certainty is not None and bool(certainty.few[each.figure.row])
    return each.rule.aspect is Aspect.WORSE and not few and q <= each.rule.alpha


def _frames_needed(figure: Figure, interval: tuple[float, float], frames: int, alpha: float) -> int:
    """With how many frames like these a loss of two points would be seen in four of five gates; 0 if unknown.

    The standard error is read off the interval, and shrinks with the square root of the number of frames. A
    loss adds to it, as the labels that are lost vary from frame to frame.

    Args:
        figure: The figure; the question means something for rates only.
        interval: Of its delta.
        frames: How many frames the interval is from.
        alpha: The level that the smallest p-value of the gate has to reach.
    """
    low, high = interval
    if figure.unit is not SHARE or isnan(low) or not figure.labels:
        return 0
    reach = 2 * _NORMAL.inv_cdf((1 + LEVEL) / 2)
    error = sqrt(((high - low) / reach) ** 2 + LOSS / figure.labels)
    scores = _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(POWER)
    return ceil(frames * (scores * error / LOSS) ** 2)


_SIGNS = {RuleState.PASSED: "✓", RuleState.FAILED: "✗", RuleState.TOO_FEW: "?"}


def gate_lines(rulings: Sequence[Ruling]) -> list[str]:
    """How many rules failed, then one line per rule."""
    failed = sum(each.outcome is RuleState.FAILED for each in rulings)
    rules = counted(len(rulings), "rule")
    head = f"gate: {grouped(failed)} of {rules} failed" if failed else f"gate: passed, {rules}"
    return [head, *(f"{_SIGNS[each.outcome]} {sentence(each)}" for each in rulings)]


def sentence(each: Ruling) -> str:
    """The rule and its figures, in one line."""
    rule = each.rule
    title = visible(f"{rule.name} ({rule.text})" if rule.name else rule.text)
    return f"{title}: {_figures(each)}"


def _figures(each: Ruling) -> str:
    side = each.rule.figure.side
    if each.rule.aspect is Aspect.VALUE:
        return f"{side}.{each.figure.name} is {_number(each.value)}"
    if each.rule.aspect is not Aspect.WORSE:
        of = "the delta" if side == "delta" else f"{side}.{each.figure.name}"
        value = each.figure.value(side)
        return f"the {each.rule.aspect} end is {_number(each.value)}, {of} {_number(value)}"
    words = f"delta {_number(each.value)}, p = {_number(each.p)}, q = {_number(each.q)}"
    if each.outcome is not RuleState.TOO_FEW:
        return words
    if each.needed > each.frames:
        return (
            f"{words}; {RuleState.TOO_FEW}: seeing a loss of 2 points takes about "
            f"{counted(each.needed, 'frame')}, and this is {counted(each.frames, 'frame')}"
        )
    return f"{words}; {RuleState.TOO_FEW}: it changed in fewer than {LEAST_FRAMES} frames"


def _number(value: float) -> str:
    """Six digits that matter, so that a limit and a value beside it never look the same."""
    return f"{value:.6g}".replace("-", "−")


def gate_document(rulings: Sequence[Ruling]) -> dict[str, Any]:
    """The rulings as plain values."""
    failed = [each for each in rulings if each.outcome is RuleState.FAILED]
    return {"passed": not failed, "rules": [_document(each) for each in rulings]}


def _document(each: Ruling) -> dict[str, Any]:
    low, high = each.interval
    return {
        "when": each.rule.text,
        "name": each.rule.name or None,
        "outcome": each.outcome.name.casefold(),
        "value": each.value,
        "values": {side: _plain(float(value)) for side, value in each.figure.values.items()},
        "interval": None if isnan(low) else [low, high],
        "p": _plain(each.p),
        "q": _plain(each.q),
        "alpha": each.rule.alpha if each.rule.aspect is Aspect.WORSE else None,
        "frames": each.frames,
        "frames_needed": each.needed or None,
        "sentence": sentence(each),
    }


def _plain(value: float) -> float | None:
    return None if isnan(value) else value


def as_junit(rulings: Sequence[Ruling], name: str) -> str:
    """The rulings as JUnit's XML: one test case per rule, in one suite called `name`."""
    failed = sum(each.outcome is RuleState.FAILED for each in rulings)
    few = sum(each.outcome is RuleState.TOO_FEW for each in rulings)
    counts = {"tests": str(len(rulings)), "failures": str(failed), "errors": "0", "skipped": str(few)}
    suites = ElementTree.Element("testsuites", {"name": "aquarium-tui", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": visible(name), **counts})
    for each in rulings:
        attributes = {"classname": visible(name), "name": visible(each.rule.title), "time": "0"}
        case = ElementTree.SubElement(suite, "testcase", attributes)
        if each.outcome is not RuleState.PASSED:
            tag = "failure" if each.outcome is RuleState.FAILED else "skipped"
            ElementTree.SubElement(case, tag, {"message": sentence(each)})
        ElementTree.SubElement(case, "system-out").text = sentence(each)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, "unicode") + "\n"
