"""TIDE's errors of one set (Bolya et al., ECCV 2020), which hotcoco computes, and the objects behind them.

What an inference of a class does that finds no label of it at IoU .5 is one of five errors; a label that no
inference finds, or could be put right to find, is the sixth. What each costs is how much AP50 would rise if
all errors of the kind were put right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.ranked import (
    FindableLabels,
    findable_labels,
    greedy,
    overlaps,
    pair_order,
    ranking,
)
from aquarium_tui.compare.objects.average_precision import image_order, matched_by_coco
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.model.arrays import Flags, Floats, Whole

FOUND, NEAR = 0.5, 0.1
"""TIDE's two IoU thresholds: what finds a label, and what comes near one."""


class TideError(StrEnum):
    """TIDE's kinds of errors."""

    CLASS = "class"
    """On a label of another class."""
    LOCALISATION = "localisation"
    """Near a label of its class, without fitting it."""
    BOTH = "both"
    """Near a label of another class, without fitting it."""
    DUPLICATE = "duplicate"
    """On a label of its class that a more confident inference has found."""
    BACKGROUND = "background"
    """Near no label."""
    MISSED = "missed"
    """A label that no inference found, nor one with an error of class or localisation could find."""


_KEYS = dict(zip(TideError, ("Cls", "Loc", "Both", "Dupe", "Bkg", "Miss"), strict=True))
"""What hotcoco calls them."""


@dataclass(frozen=True)
class TideErrors:
    """TIDE's errors of one set.

    Attributes:
        ap50: AP at IoU .5, the mean over classes.
        cost: How much AP50 would rise without the errors of each kind.
        count: How many there are.
    """

    ap50: float
    cost: Mapping[TideError, float]
    count: Mapping[TideError, int]


@dataclass(frozen=True)
class ErrorObjects:
    """The objects behind the errors of one set.

    Attributes:
        error: `(n,)` uint8, place in `TideError`.
        frame: `(n,)` int64.
        inference: `(n,)` int64 row of the inference; -1 for a label that is missed.
        label: `(n,)` int64 row of the label that is missed or that the inference overlaps most; -1 for none.
    """

    error: NDArray[np.uint8]
    frame: NDArray[np.int64]
    inference: NDArray[np.int64]
    label: NDArray[np.int64]


def tide_errors(evaluation: Evaluation, frames: Flags | None = None) -> TideErrors:
    """The errors of a set.

    Args:
        evaluation: The set.
        frames: `(frames,)` bool, those that count; None counts all.
    """
    n = len(evaluation.dataset.project.class_map.evaluated_names)
    partial = None if evaluation.federation is None else evaluation.federation.partial
    matched = matched_by_coco(
        evaluation.dataset, evaluation.inferences.objects, evaluation.classes, n, frames, partial=partial
    )
    found = matched.tide_errors(FOUND, NEAR)
    return TideErrors(
        float(found["ap_base"]),
        {error: float(found["delta_ap"].get(key, 0.0)) for error, key in _KEYS.items()},
        {error: int(found["counts"].get(key, 0)) for error, key in _KEYS.items()},
    )


def error_objects(evaluation: Evaluation, frames: Flags | None = None) -> ErrorObjects:
    """The objects behind the errors of a set; arguments as of `tide_errors`."""
    dataset, objects = evaluation.dataset, evaluation.inferences.objects
    labels = findable_labels(dataset, evaluation.classes)
    n = len(dataset.project.class_map.evaluated_names)
    rows, _, _ = ranking(objects, evaluation.classes, n, image_order(dataset.frames.id))
    rank = np.full(len(objects), -1, np.int32)
    rank[rows] = np.arange(len(rows), dtype=np.int32)
    if frames is not None:
        rank[~frames[objects.frame]] = -1
    label, inference, iou = overlaps(dataset, objects, labels)
    kept = rank[inference] >= 0
    pairs = _Overlaps(label[kept].astype(np.int32), inference[kept], iou[kept])
    own = labels.class_[pairs.label]
    same = (own == evaluation.classes.inference[pairs.inference]) | (own < 0)
    taken, matched = _matches(pairs.where(same), rank, labels)
    wrong = (rank >= 0) & ~matched & ~evaluation.unlabelled
    inferences = np.flatnonzero(wrong)
    mine = _Best.of(pairs.where(same), len(objects), labels)
    other = _Best.of(pairs.where(~same & ~labels.region[pairs.label]), len(objects), labels)
    again = np.zeros(len(objects), bool)
    again[pairs.inference[same & (pairs.iou >= FOUND) & taken[pairs.label]]] = True
    error = _kinds(mine.iou[inferences], other.iou[inferences], again[inferences])
    nearest = np.where(mine.iou >= other.iou, mine.label, other.label)[inferences]
    nearest = np.where(error == _PLACE[TideError.LOCALISATION], mine.label[inferences], nearest)
    nearest = np.where(error == _PLACE[TideError.CLASS], other.label[inferences], nearest)
    fixable = np.isin(error, [_PLACE[TideError.LOCALISATION], _PLACE[TideError.CLASS]])
    missed = ~taken & ~labels.region & (True if frames is None else frames[labels.frame])
    missed[nearest[fixable]] = False
    rest = np.flatnonzero(missed)
    return ErrorObjects(
        np.append(error, np.full(len(rest), _PLACE[TideError.MISSED], np.uint8)).astype(np.uint8),
        np.append(objects.frame[inferences], labels.frame[rest]).astype(np.int64),
        np.append(inferences, np.full(len(rest), -1)),
        np.append(nearest, rest),
    )


def near_ious(evaluation: Evaluation, active: Flags | None = None) -> Floats:
    """`(labels,)`: the best IoU of a label with an inference of its class; 0 without any.

    NaN for labels that are not evaluated.

    Args:
        evaluation: The set.
        active: `(inferences,)` bool, those that count; None counts all.
    """
    labels = findable_labels(evaluation.dataset, evaluation.classes)
    label, inference, iou = overlaps(evaluation.dataset, evaluation.inferences.objects, labels)
    same = labels.class_[label] == evaluation.classes.inference[inference]
    if active is not None:
        same &= active[inference]
    best = np.zeros(len(labels.region))
    np.maximum.at(best, label[same], iou[same])
    best[labels.region] = np.nan
    return best


_PLACE = {error: place for place, error in enumerate(TideError)}


@dataclass(frozen=True)
class _Overlaps:
    """Pairs of a label and an inference that overlap, `(pairs,)` each."""

    label: Whole
    inference: Whole
    iou: Floats

    def where(self, some: Flags) -> "_Overlaps":
        """Some of the pairs."""
        return _Overlaps(self.label[some], self.inference[some], self.iou[some])


def _matches(pairs: _Overlaps, rank: Whole, labels: FindableLabels) -> tuple[Flags, Flags]:
    """Which labels are found, and which inferences find one or lie in a region, at IoU .5."""
    near = pairs.where(pairs.iou >= FOUND)
    order = pair_order(rank[near.inference], near.iou, near.label, labels.region)
    ordered = near.label[order], near.inference[order], near.iou[order]
    mine, its = greedy(ordered, labels.region, len(rank), FOUND)
    taken, matched = np.zeros(len(labels.region), bool), np.zeros(len(rank), bool)
    taken[mine], matched[its] = True, True
    return taken, matched


@dataclass(frozen=True)
class _Best:
    """The label that each inference overlaps most: `(inferences,)` its row, -1 for none, and the IoU."""

    label: NDArray[np.int64]
    iou: Floats

    @classmethod
    def of(cls, pairs: _Overlaps, inferences: int, labels: FindableLabels) -> "_Best":
        """The best of some pairs; of labels that fit as well, one that counts, then the first."""
        order = np.lexsort((-pairs.label, -labels.region[pairs.label].astype(np.int8), pairs.iou))
        label, iou = np.full(inferences, -1), np.zeros(inferences)
        # Of several values for one place, the last one stays.
        label[pairs.inference[order]] = pairs.label[order]
        iou[pairs.inference[order]] = pairs.iou[order]
        return cls(label, iou)


def _kinds(mine: Floats, other: Floats, again: Flags) -> NDArray[np.uint8]:
    """The errors of inferences that find nothing, in the order in which TIDE asks.

    Args:
        mine: `(n,)` best IoU with a label of the inference's class.
        other: `(n,)` best IoU with a label of another class.
        again: `(n,)` bool, whether a label of its class that it fits is found already.
    """
    asked = {
        TideError.LOCALISATION: (mine >= NEAR) & (mine <= FOUND),
        TideError.CLASS: other >= FOUND,
        TideError.DUPLICATE: again,
        TideError.BACKGROUND: other <= NEAR,
    }
    places = [np.uint8(_PLACE[error]) for error in asked]
    return np.select([*asked.values()], places, np.uint8(_PLACE[TideError.BOTH]))
