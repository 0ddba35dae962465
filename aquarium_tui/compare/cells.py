"""Counts of a confusion: a cell with the four lists behind it, and rates per class and in total."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aquarium_tui.model.arrays import Counts, Floats


class CellList(StrEnum):
    """How an object stands to a cell.

    For a wrong cell: `fixed` (in it under base, correct or gone under other), `moved` (left it for another
    wrong cell), `introduced` (in it under other, not under base), `unchanged`. For a diagonal cell `fixed`
    reads lost, `introduced` gained, `unchanged` kept, and `moved` is empty.
    """

    FIXED = "fixed"
    INTRODUCED = "introduced"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class CellCounts:
    """Counts of every cell, each `(classes + 1, classes + 1)` int64.

    Always `other - base == introduced - fixed - moved`. With only one set everything is `unchanged`.
    """

    base: NDArray[np.int64]
    other: NDArray[np.int64]
    fixed: NDArray[np.int64]
    introduced: NDArray[np.int64]
    moved: NDArray[np.int64]
    unchanged: NDArray[np.int64]


RATES = ("precision", "recall", "f1")
COUNTS = ("support", "correct", "confused", "missed", "spurious", "false_positives", "false_negatives")
METRICS = (*RATES, *COUNTS)
FEWER_IS_BETTER = frozenset({"confused", "missed", "spurious", "false_positives", "false_negatives"})
"""The counts of errors."""


@dataclass(frozen=True)
class ClassScores:
    """Scores of one set; each `(classes,)`, rates float64 with NaN where the denominator is 0, counts int64.

    Attributes:
        precision: Correct of all inferred as the class.
        recall: Correct of all labelled as the class.
        f1: Harmonic mean, `2 correct / (inferred + labelled)`.
        support: Labels that count.
        correct: Labels paired with an inference of their class.
        confused: Labels paired with an inference of another class.
        missed: Labels without a partner.
        spurious: Inferences of the class without a partner.
        false_positives: Inferred as the class and not correct: spurious, and labels of other classes.
        false_negatives: Labelled as the class and not correct: missed and confused.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Counts
    correct: Counts
    confused: Counts
    missed: Counts
    spurious: Counts
    false_positives: Counts
    false_negatives: Counts


def scores(matrix: Counts) -> ClassScores:
    """Scores per class of a confusion `(n + 1, n + 1)` int64, background last."""
    n = len(matrix) - 1
    correct = np.diagonal(matrix)[:n]
    support, inferred = matrix[:n].sum(axis=1), matrix[:, :n].sum(axis=0)
    missed, spurious = matrix[:n, n], matrix[n, :n]
    return ClassScores(
        precision=rate(correct, inferred),
        recall=rate(correct, support),
        f1=rate(2 * correct, inferred + support),
        support=support,
        correct=correct,
        confused=support - correct - missed,
        missed=missed,
        spurious=spurious,
        false_positives=inferred - correct,
        false_negatives=support - correct,
    )


def rate(part: ArrayLike, whole: ArrayLike) -> Floats:
    """`part / whole` as float64, NaN where `whole` is 0."""
    out = np.full(np.shape(part), np.nan)
    return np.asarray(np.divide(part, whole, out=out, where=np.asarray(whole) > 0))


def total(per_class: ClassScores, average: str) -> dict[str, float]:
    """The metrics over all classes: counts summed, rates averaged over the classes where they are defined.

    Args:
        per_class: Scores of each class.
        average: `weighted` weights each class with its support, `macro` weights all alike (as
            scikit-learn's `classification_report` does with `zero_division=nan`); `micro` pools all objects
            first.

    Returns:
        By metric name; a rate is NaN where it is defined for no class of any weight.
    """
    sums = {name: float(getattr(per_class, name).sum()) for name in COUNTS}
    if average == "micro":
        inferred = sums["correct"] + sums["false_positives"]
        parts = {
            "precision": (sums["correct"], inferred),
            "recall": (sums["correct"], sums["support"]),
            "f1": (2 * sums["correct"], inferred + sums["support"]),
        }
        return {k: float(rate(np.array(a), np.array(b))) for k, (a, b) in parts.items()} | sums
    weights = per_class.support if average == "weighted" else None
    return {name: float(class_mean(getattr(per_class, name), weights)) for name in RATES} | sums


def class_mean(values: Floats, weights: NDArray[Any] | None = None) -> Floats:
    """Mean over the last axis, the classes, of what is not NaN; NaN where nothing is or its weight is 0."""
    known = ~np.isnan(values)
    weights = known if weights is None else np.where(known, weights, 0)
    return rate((np.where(known, values, 0.0) * weights).sum(-1), weights.sum(-1))
