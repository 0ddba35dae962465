"""A comparison as JSON; the same input gives the same bytes."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import numpy as np

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report import ClassField, ClassReport, TotalGroup
from aquarium_tui.model.settings import Side
from aquarium_tui.report.certainty import (
    Figures,
    Findings,
    JsonObject,
    certainty_document,
    sensitivity_document,
    verdict_document,
)
from aquarium_tui.report.metrics import metric_documents

FORMAT = 1
"""The version of the document; it changes when a key changes its meaning."""

Numbers = Mapping[str, float]


def as_json(
    comparison: Comparison,
    query: str = "",
    findings: Findings | None = None,
    gate: JsonObject | None = None,
    further: JsonObject | None = None,
) -> str:
    """The document of `as_document` as ASCII text, one line per key of the outermost object.

    With a gate, its judgements are added under `gate`; what is `further` follows under its own keys.
    """
    document = as_document(comparison, query, findings) | (further or {}) | ({"gate": gate} if gate else {})
    lines = [f"{json.dumps(key)}: {_dumps(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumps(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=True)


def as_document(comparison: Comparison, query: str = "", findings: Findings | None = None) -> JsonObject:
    """Everything that is counted, as plain values.

    Rows of matrices are labels, columns inferences, background last. What is undefined is None. With only
    one set `other` is None, and `other` and `delta` are left out elsewhere.

    Args:
        comparison: What is written.
        query: The query that selects its frames; it is only named.
        findings: How sure the deltas are; None leaves that out.
    """
    dataset, kind = comparison.dataset, kind_of(comparison.dataset.project)
    facts, totals = kind.document_facts(comparison), kind.totals(comparison)
    sets = {
        side: {"id": comparison.inferences(side).id, "inferences": facts.inferences[side]}
        for side in comparison.sides
    }
    return {
        "format": FORMAT,
        "project": dataset.project.name,
        "dataset": dataset.name,
        **facts.about,
        "settings": facts.settings,
        "base": sets["base"],
        "other": sets.get("other"),
        "frames": comparison.frame_count,
        "labels": comparison.label_count,
        **facts.counts,
        "classes": list(comparison.classes),
        "confusion": _confusions(comparison),
        "cells": cells(comparison, findings),
        "report": _report(
            comparison, findings, kind.class_report(comparison), kind.slow_fields(comparison), totals
        ),
        **_groups(comparison, findings, [*totals, *kind.slow_totals(comparison)]),
        **facts.further,
        "metrics": metric_documents(comparison, findings.metrics if findings else {}),
        "query": query or None,
        "only": comparison.only or None,
        **({"by_parent": True} if dataset.project.class_map.plain is not None else {}),
        **(_findings(comparison, findings) if findings else {}),
    }


def _findings(comparison: Comparison, findings: Findings) -> JsonObject:
    """The verdict, what it depends on, the tests of what changed, and what was drawn."""
    depends, significance, groups = findings.sensitivity, findings.significance, comparison.groups
    tests = {"labels": significance.labels, "false_alarms": significance.false_alarms}
    return {
        "verdict": verdict_document(findings.verdict),
        "sensitivity": sensitivity_document(depends) if depends else None,
        "tests": {name: asdict(test) | {"few": test.few} for name, test in tests.items() if test},
        "replicates": significance.replicates,
        "groups": {"by": groups.by, "count": groups.count} if groups else None,
    }


def _confusions(comparison: Comparison) -> JsonObject:
    """The matrices of each side and, with two, their delta."""
    matrices = {side: comparison.confusion(side).tolist() for side in comparison.sides}
    return matrices | ({"delta": comparison.delta.tolist()} if comparison.other else {})


def cells(comparison: Comparison, findings: Findings | None = None) -> list[JsonObject]:
    """Every cell that is not zero in both sets, by row and column.

    `fixed`, `introduced` and `unchanged` of a diagonal cell are what it lost, gained and kept; it has
    them under these names, too.
    """
    names, counts = comparison.classes, comparison.cells
    fields = ("base", "other", "fixed", "moved", "introduced", "unchanged")
    columns = {field: getattr(counts, field) for field in (fields if comparison.other else fields[:1])}
    rows, inferred = np.nonzero(counts.base + counts.other)
    aliases = {"lost": "fixed", "gained": "introduced", "kept": "unchanged"} if comparison.other else {}

    def sure(r: int, c: int) -> JsonObject:
        if findings is None:
            return {}
        row = r * len(names) + c
        return {"certainty": certainty_document({"delta": findings.significance.cells}, row)}

    return [
        {"label": names[r], "inferred": names[c]}
        | {field: int(m[r, c]) for field, m in columns.items()}
        | {alias: int(columns[field][r, c]) for alias, field in aliases.items() if r == c}
        | sure(r, c)
        for r, c in zip(rows.tolist(), inferred.tolist(), strict=True)
    ]


def _report(
    comparison: Comparison,
    findings: Findings | None,
    report: ClassReport,
    further: Sequence[ClassField],
    totals: Sequence[TotalGroup],
) -> JsonObject:
    """The numbers of each class, and those of all: the first average beside its parts, then the others."""
    sides = comparison.sides
    fields = (*report.fields, *further)
    leading = [total for group in totals if group.leads for total in group.totals]

    def of_class(row: int) -> JsonObject:
        return by_side(sides, lambda side: {field.key: field.values[side][row].item() for field in fields})

    def of_all(average: str) -> JsonObject:
        filed = [field for field in fields if field.filed and average in field.totals]
        return by_side(sides, lambda side: {field.key: field.totals[average][side] for field in filed})

    first, *others = report.averages
    led = by_side(sides, lambda side: {total.key: total.values[side] for total in leading})
    whole: JsonObject = {key: led[key] | numbers for key, numbers in of_all(first).items()}

    def sure(figures: Figures, row: int = 0) -> JsonObject:
        return {"certainty": certainty_document(figures, row)} if findings else {}

    of_classes = findings.of_classes if findings else {}
    averages = {average: findings.of_average(average) if findings else {} for average in report.averages}
    per_class = [
        {"class": name} | of_class(row) | sure(of_classes, row) for row, name in enumerate(report.names)
    ]
    further_averages = {average: of_all(average) | sure(averages[average]) for average in others}
    return {"per_class": per_class, "total": whole | sure(averages[first]) | further_averages}


def _groups(comparison: Comparison, findings: Findings | None, groups: Sequence[TotalGroup]) -> JsonObject:
    """Numbers of the whole comparison that have a key of their own."""

    def of_group(group: TotalGroup) -> JsonObject:
        return by_side(
            comparison.sides, lambda side: {total.key: total.values[side] for total in group.totals}
        )

    found = {group.key: of_group(group) for group in groups if group.key}
    known = findings.of_wholes if findings else {}
    for group in groups:
        sure = {total.key: known[total.key] for total in group.totals if total.key in known}
        if group.key and sure:
            found[group.key] |= {"certainty": certainty_document(sure, 0)}
    return found


def by_side(sides: Sequence[Side], of_side: Callable[[Side], Numbers]) -> JsonObject:
    """The numbers of each side and, with two, their delta; None where undefined."""
    found: dict[str, Numbers] = {side: of_side(side) for side in sides}
    if len(sides) > 1:
        found["delta"] = {name: found["other"][name] - base for name, base in found["base"].items()}
    return {
        key: {name: None if math.isnan(value) else value for name, value in numbers.items()}
        for key, numbers in found.items()
    }
