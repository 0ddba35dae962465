"""Scores of masks: per class, of a whole set, and of each frame."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.compare.pixels.matrices import inferred_by
from aquarium_tui.compare.rates import class_mean, rate
from aquarium_tui.model.arrays import Counts, Floats
from aquarium_tui.model.settings import Side

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
