"""Precision–recall curves of ranked inferences, and the area under one as each tool takes it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Floats

_RECALLS = np.linspace(0, 1, 101)
"""Where COCO reads precision over recall."""
_CONFIDENCES = np.linspace(0, 1, 1000)
"""Where Ultralytics reads its curves."""


class Curve(StrEnum):
    """How average precision is taken from precision and recall."""

    POINTS = "points"
    """COCO: the mean of the best precision at 101 recalls."""
    TRAPEZOID = "trapezoid"
    """Ultralytics: the area under 101 interpolated points, 0 beyond the highest recall."""
    SLOPE = "slope"
    """Ultralytics before 8.4.100: the same, but falling in a straight line to recall 1, which adds area."""
    AREA = "area"
    """The exact area under the curve, as Pascal VOC takes it since 2010."""


@dataclass(frozen=True)
class Ranking:
    """The inferences of a set that are looked at, by class, the most confident first.

    Attributes:
        starts: `(classes + 1,)` int64; the inferences of class c are `starts[c]:starts[c + 1]`.
        confidence: `(inferences,)` float64, falling within a class.
        correct: `(thresholds, inferences)` bool.
        ignored: `(thresholds, inferences)` bool: neither correct nor wrong, as they lie inside a crowd.
        support: `(classes,)` int64 labels of each class.
        correct_first: Whether correct inferences come first among those of equal confidence.
    """

    starts: NDArray[np.int64]
    confidence: Floats
    correct: NDArray[np.bool_]
    ignored: NDArray[np.bool_]
    support: NDArray[np.int64]
    correct_first: bool

    def curves(self, class_: int, threshold: int) -> tuple[Floats, Floats, Floats]:
        """Confidence, recall and precision after each inference of a class, in falling confidence."""
        mine = slice(self.starts[class_], self.starts[class_ + 1])
        counted = ~self.ignored[threshold, mine]
        correct, confidence = self.correct[threshold, mine][counted], self.confidence[mine][counted]
        if self.correct_first:
            correct = correct[np.lexsort((~correct, -confidence))]
        hits = np.cumsum(correct)
        recall = hits / max(int(self.support[class_]), 1)
        return confidence, recall, hits / np.arange(1, len(hits) + 1)


def _points(recall: Floats, precision: Floats) -> float:
    # pycocotools adds the spacing of doubles at 1 to each divisor, against 0 / 0.
    hits = np.arange(1, len(precision) + 1)
    best = np.maximum.accumulate((precision * hits / (hits + np.spacing(1)))[::-1])[::-1]
    at = np.searchsorted(recall, _RECALLS, side="left")
    return float(np.append(best, 0.0)[at].mean())


def _trapezoid(recall: Floats, precision: Floats) -> float:
    return _interpolated(np.append(recall, recall[-1:]), np.append(precision, [0.0] * min(len(recall), 1)))


def _interpolated(recall: Floats, precision: Floats) -> float:
    recall = np.concatenate([[0.0], recall, [1.0]])
    best = np.maximum.accumulate(np.concatenate([[1.0], precision, [0.0]])[::-1])[::-1]
    return float(np.trapezoid(np.interp(_RECALLS, recall, best), _RECALLS))


def _area(recall: Floats, precision: Floats) -> float:
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0.0) * best).sum())


def _unless_empty(curve: Callable[[Floats, Floats], float]) -> Callable[[Floats, Floats], float]:
    return lambda recall, precision: curve(recall, precision) if len(recall) else 0.0


AREAS: dict[Curve, Callable[[Floats, Floats], float]] = {
    Curve.POINTS: _unless_empty(_points),
    Curve.TRAPEZOID: _unless_empty(_trapezoid),
    Curve.SLOPE: _unless_empty(_interpolated),
    Curve.AREA: _unless_empty(_area),
}
"""The area under the curve of a class by how it is taken, from `(n,)` recall and precision; 0 without any."""


def read_curves(ranked: Ranking, class_: int) -> tuple[Floats, Floats]:
    """Precision and recall of a class at a thousand confidences; 0 for a class without inferences."""
    confidence, recall, precision = ranked.curves(class_, 0)
    if not len(confidence):
        return np.zeros_like(_CONFIDENCES), np.zeros_like(_CONFIDENCES)
    at = -_CONFIDENCES, -confidence
    return np.interp(*at, precision, left=1.0), np.interp(*at, recall, left=0.0)


def smooth(curve: Floats) -> Floats:
    """A running mean of 101 points, the tenth part of the curve; its ends are continued."""
    return np.convolve(np.pad(curve, 50, mode="edge"), np.full(101, 1 / 101), mode="valid")
