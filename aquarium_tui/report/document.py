"""A comparison as JSON; the same input gives the same bytes."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from aquarium_tui.compare.objects.accuracy import accuracies
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.rates import COUNTS, METRICS, RATES, total
from aquarium_tui.model.settings import Side
from aquarium_tui.report.metrics import metric_documents

FORMAT = 1
AVERAGE_PRECISIONS = ("AP", "AP50")

Numbers = Mapping[str, float]
Document = dict[str, Any]


def as_json(comparison: ObjectComparison) -> str:
    """The document of `as_document` as ASCII text, one line a key of the outermost object."""
    return written(as_document(comparison))


def written(document: Document) -> str:
    """A document as ASCII text, one line a key of the outermost object."""
    lines = [f"{json.dumps(key)}: {_dumps(value)}" for key, value in document.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumps(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=True)


def as_document(comparison: ObjectComparison) -> Document:
    """Everything that is counted, as plain values.

    Rows of matrices are labels, columns inferences, background last. What is undefined is None. With only
    one set `other` is None, and `other` and `delta` are left out elsewhere.
    """
    settings, dataset = comparison.settings, comparison.dataset
    return {
        "format": FORMAT,
        "project": dataset.project.name,
        "dataset": dataset.name,
        "settings": ({} if comparison.whole else _matched(comparison))
        | {"confidence": {side: settings.confidence(side) for side in comparison.sides}},
        "base": _set(comparison, "base"),
        "other": _set(comparison, "other") if comparison.other else None,
        "frames": comparison.frame_count,
        "labels": comparison.label_count,
        "classes": list(comparison.classes),
        "confusion": confusions(comparison),
        "cells": cells(comparison),
        "report": _report(comparison),
        **_over_all(comparison),
        "metrics": metric_documents(comparison),
    }


def _matched(comparison: ObjectComparison) -> Document:
    """How labels and inferences are paired."""
    settings, iou_type = comparison.settings, comparison.dataset.project.iou_type
    return {"rule": settings.rule.value, "iou": settings.iou, "iou_type": iou_type}


def _over_all(comparison: ObjectComparison) -> Document:
    """Accuracy of classifiers; of detectors average precision."""
    if comparison.whole:
        found = {side: accuracies(comparison, side) for side in comparison.sides}
        told = [name for name in found["base"] if all(name in each for each in found.values())]
        shared = {side: {name: found[side][name] for name in told} for side in comparison.sides}
        return {"accuracy": by_side(comparison.sides, lambda side: shared[side])}
    return {"ap": by_side(comparison.sides, lambda side: comparison.average_precision(side).total)}


def _set(comparison: ObjectComparison, side: Side) -> Document:
    inferences = comparison.evaluation(side).inferences
    return {"id": inferences.id, "inferences": len(inferences.objects)}


def confusions(comparison: ObjectComparison | PixelComparison) -> Document:
    """The matrices of each side and, with two, their delta."""
    matrices = {side: comparison.confusion(side).tolist() for side in comparison.sides}
    return matrices | ({"delta": comparison.delta.tolist()} if comparison.other else {})


def cells(comparison: ObjectComparison | PixelComparison) -> list[Document]:
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


def _report(comparison: ObjectComparison) -> Document:
    def total_by(average: str) -> Document:
        return by_side(comparison.sides, lambda side: _counted(total(comparison.scores[side], average)))

    def of_class(row: int) -> Document:
        return by_side(comparison.sides, lambda side: _of_class(comparison, side, row))

    per_class = [{"class": name} | of_class(row) for row, name in enumerate(comparison.classes[:-1])]
    totals = total_by("weighted") | {average: total_by(average) for average in ("macro", "micro")}
    return {"per_class": per_class, "total": totals}


def _of_class(comparison: ObjectComparison, side: Side, row: int) -> Numbers:
    scores = comparison.scores[side]
    rates = {name: getattr(scores, name)[row].item() for name in METRICS}
    if comparison.whole:
        return rates
    precision = comparison.average_precision(side).per_class
    return rates | {name: precision[name][row].item() for name in AVERAGE_PRECISIONS}


def _counted(values: Numbers) -> Numbers:
    return {name: values[name] for name in RATES} | {name: int(values[name]) for name in COUNTS}


def by_side(sides: Sequence[Side], of_side: Callable[[Side], Numbers]) -> Document:
    """The numbers of each side and, with two, their delta; None where undefined."""
    found: dict[str, Numbers] = {side: of_side(side) for side in sides}
    if len(sides) > 1:
        found["delta"] = {name: found["other"][name] - base for name, base in found["base"].items()}
    return {
        key: {name: None if math.isnan(value) else value for name, value in numbers.items()}
        for key, numbers in found.items()
    }
