"""An explanation as text for a terminal, as JSON, and its objects as CSV."""

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from aquarium_tui.explain.explanation import OBJECT_COLUMNS, Explanation, sentences
from aquarium_tui.explain.figures import FigureCheck
from aquarium_tui.explain.matrices import MatrixCheck
from aquarium_tui.explain.rules import MatchRule
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, counted, grouped
from aquarium_tui.report.certainty import left, lines, right
from aquarium_tui.report.records import as_csv as csv_of

_CELLS = 20
"""The most differing cells of a matrix that are listed; further ones rarely say anything new."""

_WAYS = 12
"""The most classes for which the matrix is printed: wider ones do not fit a terminal."""


def as_text(explanation: Explanation, limit: int) -> str:
    """The explanation for a terminal: what it says of a given matrix or figures first, the objects last.

    Args:
        explanation: What to write.
        limit: The most objects to list; 0 lists all.
    """
    parts = [
        _heading(explanation),
        *(_matrix_check(explanation, *explanation.matrix_checks) if explanation.matrix_checks else ()),
        *(_figure_check(explanation, one) for one in explanation.figure_checks),
        _figures(explanation),
        *_matrix(explanation),
        _reasons(explanation),
        *_objects(explanation, limit),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def rule_words(rule: MatchRule) -> str:
    """A rule in a line."""
    least = (
        f"confidence {'>' if rule.above else '≥'} {rule.confidence:g}"
        if rule.confidence
        else "any confidence"
    )
    cap = f"at most {rule.cap} per frame{' and class' if rule.cap_per_class else ''}" if rule.cap else ""
    classes = "each class by itself" if rule.apart else "classes together"
    parts = (least, f"IoU {'>' if rule.beyond else '≥'} {rule.iou:g}", rule.order_words, classes, cap)
    return ", ".join(filter(None, parts))


def _heading(one: Explanation) -> list[str]:
    dataset = one.comparison.dataset
    title = f"{dataset.project.name}/{dataset.name}, {one.comparison.base.id}"
    names = [f"{one.tool.name} {one.release.versions}", "on screen"]
    rules = [rule_words(one.rule), rule_words(one.ours)]
    return [visible(title), *lines([left("", names)[1:], left("", rules)[1:]])]


def _matrix_check(one: Explanation, first: MatrixCheck, better: MatrixCheck | None) -> Iterator[list[str]]:
    name, cells = one.tool.name, first.given.size
    if first.equal:
        found = [f"The matrix is equal: all {grouped(cells)} cells are what {name} gives by its rule."]
    else:
        found = [f"{_differ(first)} from what {name} gives by its rule."]
    if better is not None and better.equal:
        found.append(f"It is reproduced exactly with this change: {better.words}.")
    elif better is not None:
        found.append(f"The nearest variation is {better.words}: {_differ(better, 'cell').lower()}.")
    elif not first.equal:
        found.append("No variation of the rule that was tried comes nearer.")
    if first.outside:
        found.append(
            f"{counted(first.outside, 'object is', 'objects are')} of rows or columns that the matrix lacks."
        )
    yield found
    shown = better if better is not None and not better.equal else first
    if not shown.equal:
        yield _cells(one, shown)


def _differ(one: MatrixCheck, noun: str = "cell") -> str:
    wrong = int(one.wrong.sum())
    return f"{grouped(wrong)} of {grouped(one.wrong.size)} {noun}s differ{'s' if wrong == 1 else ''}"


def _cells(one: Explanation, shown: MatrixCheck) -> list[str]:
    places = np.argwhere(shown.wrong)
    size = np.abs(shown.given - shown.expected)[shown.wrong]
    order = np.argsort(-size, kind="stable")[:_CELLS]
    whole = not (shown.given % 1).any()
    rows, columns = (shown.places[places[order, axis]] for axis in (0, 1))
    at = tuple(places[order].T)
    table = lines(
        [
            left("label", [visible(one.of.classes[row]) for row in rows]),
            left("inferred", [visible(one.of.classes[column]) for column in columns]),
            right("given", [_value(value, whole) for value in shown.given[at]]),
            right("reproduced", [_value(value, whole) for value in shown.expected[at]]),
        ]
    )
    more = len(places) - len(order)
    return [*table, f"… {grouped(more)} more: --format json lists all"] if more > 0 else table


def _value(value: float, whole: bool) -> str:
    return grouped(value) if whole else f"{value:.5g}"


def _figure_check(one: Explanation, check: FigureCheck) -> list[str]:
    name = one.tool.figures[check.given.name]
    digits = max(check.given.digits, 0)
    given, value = f"{check.given.value:.{digits}f}", f"{check.value:.{digits + 2}f}"
    if check.equal:
        return [f"{name} = {given} is equal, to the digits given: {one.tool.name} gives {value} by its rule."]
    found = [f"{name} = {given} differs: {one.tool.name} gives {value} by its rule."]
    same = [words for words, other in check.others if check.given.equals(other)]
    found.append(f"It is what comes out with {same[0]}." if same else "No other way that was tried gives it.")
    found += [f"Also with {words}." for words in same[1:]]
    shown = [row for row in check.others if not math.isclose(row[1], check.value, abs_tol=1e-9)]
    if shown:
        values = [f"{other:.{digits + 2}f}" for _, other in shown]
        found += ["", *lines([left("computed with", [words for words, _ in shown]), right(name, values)])]
    return found


def _figures(one: Explanation) -> list[str]:
    digits = 1 if one.tool.scale == 100 else 3
    written = [UNDEFINED if math.isnan(value) else f"{value:.{digits}f}" for value in one.figures.values()]
    names = [one.tool.figures[name] for name in one.figures]
    return lines([right(name, [value]) for name, value in zip(names, written, strict=True)])


def _matrix(one: Explanation) -> Iterator[list[str]]:
    """The matrix, laid out as the tool does; not for a tool without one, nor where it would not fit."""
    if not one.tool.matrix or len(one.of.classes) > _WAYS + 1:
        return
    matrix = laid_out(one)
    names = [*map(visible, one.of.classes[:-1]), one.tool.background]
    rows, columns = ("label", "inferred") if one.tool.rows_are_labels else ("inferred", "label")
    yield [
        f"Its matrix (rows {rows}, columns {columns}):",
        *lines(
            [
                left("", names),
                *(right(n, [grouped(c) for c in col]) for n, col in zip(names, matrix.T, strict=True)),
            ]
        ),
    ]


def laid_out(one: Explanation) -> CountMatrix:
    """The reproduced matrix, its rows and columns as the tool has them."""
    matrix = one.differences.theirs.matrix
    return matrix if one.tool.rows_are_labels else matrix.T


def _reasons(one: Explanation) -> list[str]:
    found = one.differences
    labels, inferences = int(one.of.shown_labels.sum()), int(one.of.shown_inferences.sum())
    differing = f"{grouped(len(found.labels))} of {grouped(labels)} labels"
    also = f"{grouped(len(found.inferences))} of {grouped(inferences)} inferences"
    if not len(found.labels) and not len(found.inferences):
        return [
            f"Every one of {grouped(labels)} labels and {grouped(inferences)} inferences counts as on screen."
        ]
    counts, why = found.counts(), sentences(one.rule, one.ours, one.tool.name)
    return [
        f"{differing} and {also} count differently from what is on screen:",
        "",
        *lines(
            [
                left("reason", [name for name, _, _ in counts]),
                right("labels", [grouped(n) for _, n, _ in counts]),
                right("inferences", [grouped(n) for _, _, n in counts]),
                left("", [why[name] for name, _, _ in counts]),
            ]
        ),
    ]


def _objects(one: Explanation, limit: int) -> Iterator[list[str]]:
    total = len(one.differences.labels) + len(one.differences.inferences)
    if not total:
        return
    shown = list(one.objects(limit or None))
    sure = ["" if row["confidence"] is None else f"{row['confidence']:.3f}" for row in shown]
    table = lines(
        [
            left("frame", [visible(str(row["frame"])) for row in shown]),
            left("object", [f"{row['kind']} {visible(row['id'])}" for row in shown]),
            left("class", [visible(row["class"]) for row in shown]),
            right("confidence", sure),
            left("on screen", [_outcome(row, "screen") for row in shown]),
            left(one.tool.name, [_outcome(row, "tool") for row in shown]),
            left("reason", [row["reason"] for row in shown]),
        ]
    )
    more = total - len(shown)
    yield [*table, f"… {grouped(more)} more: --limit 0 shows all"] if more else table


def _outcome(row: dict[str, Any], side: str) -> str:
    partner, iou = row[f"{side}_partner"], row[f"{side}_iou"]
    return row[side] if partner is None else f"{visible(row[side])}, {visible(partner)} at IoU {iou:.3f}"


def as_csv(explanation: Explanation, limit: int, safe: bool = False) -> str:
    """The objects that count differently as CSV, a header first; absent values are empty.

    Args:
        explanation: What is explained.
        limit: The most objects; 0 for all.
        safe: Put `'` before text that a spreadsheet would take for a formula.
    """
    records = [
        {name: record[name] for name in OBJECT_COLUMNS} for record in explanation.objects(limit or None)
    ]
    return "".join(csv_of(records, OBJECT_COLUMNS, safe))


def as_json(explanation: Explanation, limit: int) -> str:
    """One JSON document; undefined numbers are null."""
    one, found = explanation, explanation.differences
    why = sentences(one.rule, one.ours, one.tool.name)
    dataset = one.comparison.dataset
    document = {
        "tool": one.tool.name,
        "release": one.release.versions,
        "project": dataset.project.name,
        "dataset": dataset.name,
        "set": one.comparison.base.id,
        "rule": _rule(one.rule),
        "screen": _rule(one.ours),
        "classes": list(one.of.classes),
        "matrix": _written_matrix(one) if one.tool.matrix else None,
        "figures": {one.tool.figures[name]: _finite(value) for name, value in one.figures.items()},
        "given_matrix": _written_check(one, *one.matrix_checks) if one.matrix_checks else None,
        "given_figures": [_written_figure(one, check) for check in one.figure_checks],
        "differing": {"labels": len(found.labels), "inferences": len(found.inferences)},
        "reasons": [
            {"reason": name, "why": why[name], "labels": labels, "inferences": inferences}
            for name, labels, inferences in found.counts()
        ],
        "objects": list(one.objects(limit or None)),
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _rule(rule: MatchRule) -> dict[str, Any]:
    return {
        "confidence": rule.confidence,
        "confidence_above": rule.above,
        "iou": rule.iou,
        "iou_above": rule.beyond,
        "order": [key.value for key in rule.order],
        "claim": rule.claim.value,
        "classes_separate": rule.apart,
        "crowds": rule.crowds.value,
        "cap": rule.cap,
        "cap_per_class": rule.cap_per_class,
        "arithmetic": rule.precision.value,
    }


def _written_matrix(one: Explanation) -> dict[str, Any]:
    return {
        "rows": "labels" if one.tool.rows_are_labels else "inferences",
        "counts": laid_out(one).tolist(),
    }


def _written_check(one: Explanation, first: MatrixCheck, better: MatrixCheck | None) -> dict[str, Any]:
    written: dict[str, Any] = {
        "equal": first.equal,
        "cells": _written_cells(one, first),
        "outside": first.outside,
    }
    if better is not None:
        cells = _written_cells(one, better)
        written["variation"] = {"change": better.words, "equal": better.equal, "cells": cells}
    return written


def _written_cells(one: Explanation, check: MatrixCheck) -> list[dict[str, Any]]:
    return [
        {
            "label": one.of.classes[check.places[row]],
            "inferred": one.of.classes[check.places[column]],
            "given": float(check.given[row, column]),
            "reproduced": float(check.expected[row, column]),
        }
        for row, column in np.argwhere(check.wrong).tolist()
    ]


def _written_figure(one: Explanation, check: FigureCheck) -> dict[str, Any]:
    return {
        "figure": one.tool.figures[check.given.name],
        "given": check.given.value,
        "reproduced": _finite(check.value),
        "equal": check.equal,
        "others": [
            {"with": words, "value": _finite(value), "equal": check.given.equals(value)}
            for words, value in check.others
        ],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
