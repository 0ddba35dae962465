"""A comparison of masks as JSON: the same outermost keys as one of objects, and a few of its own."""

from typing import Any

import numpy as np

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.scores import COUNTS, RATES, TOTALS, PixelScores, macro, total
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import Side
from aquarium_tui.report.document import FORMAT, by_side, cells, confusions
from aquarium_tui.report.metrics import metric_documents

Document = dict[str, Any]


def masks_as_document(comparison: PixelComparison) -> Document:
    """Everything that is counted, in pixels, as plain values.

    Rows of matrices are labels, columns inferences, background last. What is undefined is None. With only
    one set `other` is None, and `other` and `delta` are left out elsewhere.
    """
    dataset = comparison.dataset
    return {
        "format": FORMAT,
        "project": dataset.project.name,
        "dataset": dataset.name,
        "task": dataset.project.task,
        "settings": {"ignored": list(comparison.ignored)},
        "base": _set(comparison, "base"),
        "other": _set(comparison, "other") if comparison.other else None,
        "frames": comparison.frame_count,
        "labels": comparison.frame_count,
        "pixels": comparison.pixel_count,
        "ignored": comparison.ignored_count,
        "uncounted": _uncounted(comparison),
        "classes": list(comparison.classes),
        "confusion": confusions(comparison),
        "cells": cells(comparison),
        "report": _report(comparison),
        "diff": {kind.word: comparison.diffs[kind] for kind in Diff} if comparison.other else None,
        "metrics": metric_documents(comparison),
    }


def _set(comparison: PixelComparison, side: Side) -> Document:
    inferences = comparison.inferences(side)
    return {"id": inferences.id, "inferences": inferences.masks.count if inferences.masks else 0}


def _uncounted(comparison: PixelComparison) -> list[Document]:
    """The chosen frames that lack a mask, and why where a mask cannot be read."""
    counts, ids = comparison.counts, comparison.dataset.frames.id
    chosen = ~counts.counted if comparison.frames is None else comparison.frames & ~counts.counted
    return [
        {"frame": ids[row], "reason": counts.unreadable.get(row, "a mask is missing")}
        for row in np.flatnonzero(chosen).tolist()
    ]


def _report(comparison: PixelComparison) -> Document:
    def of_class(row: int) -> Document:
        return by_side(comparison.sides, lambda side: _of_class(comparison.scores[side], row))

    per_class = [{"class": name} | of_class(row) for row, name in enumerate(comparison.classes[:-1])]
    totals = by_side(comparison.sides, lambda side: _total(comparison.scores[side]))
    totals["macro"] = by_side(comparison.sides, lambda side: macro(comparison.scores[side]))
    return {"per_class": per_class, "total": totals}


def _of_class(scores: PixelScores, row: int) -> dict[str, float]:
    return {name: getattr(scores, name)[row].item() for name in (*RATES, *COUNTS)}


def _total(scores: PixelScores) -> dict[str, float]:
    found = total(scores)
    return {name: found[name] for name in (*TOTALS, *RATES)} | {name: int(found[name]) for name in COUNTS}
