"""What the gate says, as text, as JSON, and as JUnit's XML for systems that collect test results."""

from collections.abc import Sequence
from math import isnan
from typing import Any
from xml.etree import ElementTree

from aquarium_tui.compare.certainty.table import LEAST_FRAMES
from aquarium_tui.gate.rules import Aspect
from aquarium_tui.gate.rulings import RuleState, Ruling
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped

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
    return f"{words}; {RuleState.TOO_FEW}: it changed in fewer than {LEAST_FRAMES}"


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
