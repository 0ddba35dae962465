"""Confusions from joint counts, and scores of masks: per class, of a whole set, and of each frame."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.compare.rates import class_mean, rate
from aquarium_tui.model.arrays import CountMatrix, Counts, Floats
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import Side

CellNumbers = NDArray[np.int64]

_BY_RIGHT = np.array([Diff.BOTH_WRONG, Diff.FIXED, Diff.BROKEN, Diff.BOTH_RIGHT], np.uint8)
"""By whether base is right, twice, plus whether other is."""


def inferred_by(counts: PixelCounts, side: Side) -> NDArray[np.uint16]:
    """`(rows,)`: the class of one set."""
    return counts.base if side == "base" else counts.other


def cells_of(counts: PixelCounts, side: Side) -> CellNumbers:
    """`(rows,)` int64: the cell of each row under one set, `label * (classes + 1) + inferred`."""
    return counts.label.astype(np.int64) * (counts.classes + 1) + inferred_by(counts, side)


def confusion(counts: PixelCounts, side: Side) -> CountMatrix:
    """Pixels by label class and inferred class `(classes + 1, classes + 1)` int64, background last.

    The last row is empty: a pixel without a label class leaves the count. The last column holds what the set
    gave no class, or one that is ignored.
    """
    return _matrix(counts, cells_of(counts, side), slice(None))


def count_cells(counts: PixelCounts) -> CellCounts:
    """Every cell as lists of pixels; see `CellCounts`."""
    base, other = cells_of(counts, "base"), cells_of(counts, "other")
    same = base == other
    for_good = (counts.base == counts.label) | (counts.other == counts.label)
    return CellCounts(
        base=_matrix(counts, base, slice(None)),
        other=_matrix(counts, other, slice(None)),
        fixed=_matrix(counts, base, ~same & for_good),
        introduced=_matrix(counts, other, ~same),
        moved=_matrix(counts, base, ~same & ~for_good),
        unchanged=_matrix(counts, base, same),
    )


def diffs_of(label: NDArray[Any], base: NDArray[Any], other: NDArray[Any]) -> NDArray[np.uint8]:
    """The `Diff` of each of `(n,)` label, base and other classes, uint8; a label below 0 is ignored."""
    right = (base == label).view(np.uint8) * np.uint8(2) + (other == label).view(np.uint8)
    return np.asarray(_BY_RIGHT[right] * (label >= 0))


def frame_diffs(counts: PixelCounts) -> NDArray[np.int64]:
    """Pixels of each frame by `Diff`, `(frames, 5)` int64."""
    kinds = len(Diff)
    change = diffs_of(counts.label.astype(np.int32), counts.base, counts.other)
    place = counts.frame.astype(np.int64) * kinds + change
    sums = np.bincount(place, counts.pixels, counts.frames * kinds).reshape(counts.frames, kinds)
    sums[:, Diff.IGNORED] = counts.ignored
    return sums.astype(np.int64)


def frame_cell(counts: PixelCounts, side: Side, label: int, inferred: int) -> NDArray[np.int64]:
    """Pixels of each frame in one cell, `(frames,)` int64."""
    inside = np.flatnonzero((counts.label == label) & (inferred_by(counts, side) == inferred))
    return np.bincount(counts.frame[inside], counts.pixels[inside], counts.frames).astype(np.int64)


def _matrix(counts: PixelCounts, cells: CellNumbers, among: NDArray[np.bool_] | slice) -> CountMatrix:
    n = counts.classes + 1
    sums = np.bincount(cells[among], counts.pixels[among], n * n)
    return sums.reshape(n, n).astype(np.int64)


RATES = ("precision", "recall", "f1", "iou")
COUNTS = ("support", "inferred", "correct", "false_positives", "false_negatives")
TOTALS = ("accuracy", "miou", "fwiou")


@dataclass(frozen=True)
class PixelScores:
    """Scores of classes, from three counts of one shape `(…, classes)`; the last axis is the classes.

    Rates are float64 with NaN where the denominator is 0; counts are pixels, int64.

    Attributes:
        correct: Labelled and inferred as the class.
        support: Labelled as the class; a property of the labels alone.
        inferred: Inferred as the class, where a label counts.
    """

    correct: Counts
    support: Counts
    inferred: Counts

    @cached_property
    def precision(self) -> Floats:
        """`correct / inferred`."""
        return rate(self.correct, self.inferred)

    @cached_property
    def recall(self) -> Floats:
        """`correct / support`."""
        return rate(self.correct, self.support)

    @cached_property
    def f1(self) -> Floats:
        """Harmonic mean of precision and recall."""
        return rate(2 * self.correct, self.inferred + self.support)

    @cached_property
    def iou(self) -> Floats:
        """`correct / (support + inferred - correct)`."""
        return rate(self.correct, self.inferred + self.support - self.correct)

    @cached_property
    def false_positives(self) -> Counts:
        """Inferred as the class, and not of it."""
        return self.inferred - self.correct

    @cached_property
    def false_negatives(self) -> Counts:
        """Of the class, and not inferred as it."""
        return self.support - self.correct

    @cached_property
    def pixels(self) -> Counts:
        """`(…,)`: all that count."""
        return np.asarray(self.support.sum(-1))

    @cached_property
    def errors(self) -> Counts:
        """`(…,)`: those that are not correct."""
        return np.asarray(self.false_negatives.sum(-1))

    @cached_property
    def accuracy(self) -> Floats:
        """`(…,)`: share of the pixels that are correct."""
        return rate(self.correct.sum(-1), self.pixels)

    @cached_property
    def miou(self) -> Floats:
        """`(…,)`: mean IoU of the classes that labels or inferences have, as Cityscapes defines it."""
        return class_mean(self.iou)

    @cached_property
    def fwiou(self) -> Floats:
        """`(…,)`: IoU of the classes, weighted by support (Long et al. 2015)."""
        return class_mean(self.iou, self.support)


def scores_of(matrix: Counts) -> PixelScores:
    """The scores `(classes,)` of a confusion `(classes + 1, classes + 1)`, background last.

    mIoU of a set is that of its summed confusion, not the mean over frames.
    """
    n = len(matrix) - 1
    return PixelScores(np.diagonal(matrix)[:n], matrix[:n].sum(axis=1), matrix[:n, :n].sum(axis=0))


def frame_scores(counts: PixelCounts, side: Side) -> PixelScores:
    """The scores `(frames, classes)` of each frame by itself; rates are NaN where it is not counted."""
    inferred = inferred_by(counts, side)
    right = np.flatnonzero(counts.label == inferred)
    named = np.flatnonzero(inferred < counts.classes)
    every = np.arange(len(counts.label))
    return PixelScores(
        correct=_by_class(counts, counts.label, right),
        support=_by_class(counts, counts.label, every),
        inferred=_by_class(counts, inferred, named),
    )


def total(scores: PixelScores) -> dict[str, float]:
    """Accuracy, mIoU, fwIoU and averages over the classes, weighted by support as in scikit-learn's report.

    Args:
        scores: `(classes,)`.

    Returns:
        By name, also every count summed over the classes.
    """
    totals = {name: float(getattr(scores, name)) for name in TOTALS}
    means = {name: float(class_mean(getattr(scores, name), scores.support)) for name in RATES}
    return totals | means | {name: float(getattr(scores, name).sum()) for name in COUNTS}


def macro(scores: PixelScores) -> dict[str, float]:
    """Means of the rates over the classes where they are defined, each class alike, by name."""
    return {name: float(class_mean(getattr(scores, name))) for name in RATES}


def _by_class(counts: PixelCounts, of: NDArray[np.uint16], rows: NDArray[np.int64]) -> Counts:
    place = counts.frame[rows].astype(np.int64) * counts.classes + of[rows]
    sums = np.bincount(place, counts.pixels[rows], counts.frames * counts.classes)
    return sums.reshape(counts.frames, counts.classes).astype(np.int64)
