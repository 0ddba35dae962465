"""A comparison as JSON; the same input gives the same bytes."""

import json
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report import ClassField, ClassReport, TotalGroup
from aquarium_tui.model.settings import Side
from aquarium_tui.report.metrics import JsonObject, metric_documents

FORMAT = 1
"""The version of the document; it changes when a key changes its meaning."""

Numbers = Mapping[str, float]


def as_json(comparison: Comparison) -> str:
    """The document of `as_document` as ASCII text, one line per key of the outermost object."""
    lines = [f"{json.dumps(key)}: {_dumps(value)}" for key, value in as_document(comparison).items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumps(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=True)


def as_document(comparison: Comparison) -> JsonObject:
    """Everything that is counted, as plain values.

    Rows of matrices are labels, columns inferences, background last. What is undefined is None. With only
    one set `other` is None, and `other` and `delta` are left out elsewhere.
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
        "cells": cells(comparison),
        "report": _report(comparison, kind.class_report(comparison), kind.slow_fields(comparison), totals),
        **_groups(comparison, [*totals, *kind.slow_totals(comparison)]),
        **facts.further,
        "metrics": metric_documents(comparison),
    }


def _confusions(comparison: Comparison) -> JsonObject:
    """The matrices of each side and, with two, their delta."""
    matrices = {side: comparison.confusion(side).tolist() for side in comparison.sides}
    return matrices | ({"delta": comparison.delta.tolist()} if comparison.other else {})


def cells(comparison: Comparison) -> list[JsonObject]:
    """Every cell that is not zero in both sets, by row and column.

    `fixed`, `introduced` and `unchanged` of a diagonal cell are what it lost, gained and kept.
    """
    names, counts = comparison.classes, comparison.cells
    fields = ("base", "other", "fixed", "moved", "introduced", "unchanged")
    columns = {field: getattr(counts, field) for field in (fields if comparison.other else fields[:1])}
    rows, inferred = np.nonzero(counts.base + counts.other)
    return [
        {"label": names[r], "inferred": names[c]} | {field: int(m[r, c]) for field, m in columns.items()}
        for r, c in zip(rows.tolist(), inferred.tolist(), strict=True)
    ]


def _report(
    comparison: Comparison, report: ClassReport, further: Sequence[ClassField], totals: Sequence[TotalGroup]
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
    per_class = [{"class": name} | of_class(row) for row, name in enumerate(report.names)]
    return {"per_class": per_class, "total": whole | {average: of_all(average) for average in others}}


def _groups(comparison: Comparison, groups: Sequence[TotalGroup]) -> JsonObject:
    """Numbers of the whole comparison that have a key of their own."""

    def of_group(group: TotalGroup) -> JsonObject:
        return by_side(
            comparison.sides, lambda side: {total.key: total.values[side] for total in group.totals}
        )

    return {group.key: of_group(group) for group in groups if group.key}


def by_side(sides: Sequence[Side], of_side: Callable[[Side], Numbers]) -> JsonObject:
    """The numbers of each side and, with two, their delta; None where undefined."""
    found: dict[str, Numbers] = {side: of_side(side) for side in sides}
    if len(sides) > 1:
        found["delta"] = {name: found["other"][name] - base for name, base in found["base"].items()}
    return {
        key: {name: None if math.isnan(value) else value for name, value in numbers.items()}
        for key, numbers in found.items()
    }
