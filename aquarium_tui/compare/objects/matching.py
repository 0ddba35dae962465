"""The greedy matching of labels and inferences, for all frames at once, and the confusion it leads to.

A rule is nothing but the order in which candidate pairs are taken. Taken one by one, a pair is matched when
neither side is matched yet. The same result comes in rounds: a pair that is the first left for its label and
for its inference is matched, and every pair touching either is dropped, until none is left.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.candidates import Candidates
from aquarium_tui.model.arrays import CountMatrix, RowNumbers
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Rule


@dataclass(frozen=True)
class Ordered:
    """Candidate pairs in the order in which a rule takes them (`(pairs,)` columns as in `Candidates`)."""

    label: RowNumbers
    inference: RowNumbers
    iou: NDArray[np.float64]
    confidence: NDArray[np.float64]

    def taken(self, rows: NDArray[np.intp]) -> "Ordered":
        """Some of the pairs."""
        return Ordered(self.label[rows], self.inference[rows], self.iou[rows], self.confidence[rows])


@dataclass(frozen=True)
class Matching:
    """What one inference set makes of the labels, under one confidence, IoU and rule.

    Attributes:
        label_partner: `(labels,)` int32 row of the paired inference, -1 without one.
        inference_partner: `(inferences,)` int32 row of the paired label, -1 without one.
        label_outcome: `(labels,)` uint8 `Outcome`: correct, confused, missed or ignored.
        inference_outcome: `(inferences,)` uint8 `Outcome`: also spurious, and none below the threshold.
    """

    label_partner: RowNumbers
    inference_partner: RowNumbers
    label_outcome: NDArray[np.uint8]
    inference_outcome: NDArray[np.uint8]


@dataclass(frozen=True)
class EvaluatedClasses:
    """The evaluated class of each label and each inference, `(n,)` int32, -1 for an ignored class."""

    label: NDArray[np.int32]
    inference: NDArray[np.int32]


class SortKey(StrEnum):
    """What candidate pairs are sorted by."""

    IOU = "highest IoU"
    CLASS = "same class"
    CONFIDENCE = "highest confidence"
    INFERENCE = "first inference"
    LABEL = "first label"
    LAST_LABEL = "last label"
    LAST_INFERENCE = "last inference"


@dataclass(frozen=True)
class PairOrder:
    """In which order a rule takes candidate pairs.

    Attributes:
        keys: What pairs are sorted by, the first key first.
        sentence: The same in words.
    """

    keys: tuple[SortKey, ...]
    sentence: str


PAIR_ORDERS = {
    Rule.OVERLAP: PairOrder(
        (SortKey.IOU, SortKey.CLASS, SortKey.CONFIDENCE, SortKey.LABEL, SortKey.INFERENCE),
        "the best overlapping pair first, whatever its classes",
    ),
    Rule.SAME_CLASS: PairOrder(
        (SortKey.CLASS, SortKey.IOU, SortKey.CONFIDENCE, SortKey.LABEL, SortKey.INFERENCE),
        "pairs of the same class first",
    ),
    Rule.CONFIDENCE: PairOrder(
        (SortKey.CONFIDENCE, SortKey.INFERENCE, SortKey.IOU, SortKey.CLASS, SortKey.LABEL),
        "the most confident inference first, as COCO and VOC do",
    ),
}
"""Every matching rule. Matching, the thresholds dialog and the comparison with other tools read it."""

_GIVEN_ORDERS = ((SortKey.LABEL, SortKey.INFERENCE), (SortKey.LABEL,))
"""Last keys that need no sorting: candidates come in that order, and the sort is stable."""


@dataclass(frozen=True)
class PairColumns:
    """What candidate pairs can be sorted by, `(pairs,)` each.

    Attributes:
        label: Row of the label.
        inference: Row of the inference.
        iou: IoU of the two.
        differs: Whether their classes differ.
        confidence: Confidence of the inference.
    """

    label: RowNumbers
    inference: RowNumbers
    iou: NDArray[np.floating]
    differs: NDArray[np.bool_]
    confidence: NDArray[np.floating]

    def sorted_by(self, keys: tuple[SortKey, ...]) -> NDArray[np.intp]:
        """The pairs in the order of the keys, ties in the order in which they are."""
        columns: dict[SortKey, NDArray[Any]] = {
            SortKey.IOU: -self.iou,
            SortKey.CLASS: self.differs,
            SortKey.CONFIDENCE: -self.confidence,
            SortKey.INFERENCE: self.inference,
            SortKey.LABEL: self.label,
            SortKey.LAST_LABEL: -self.label,
            SortKey.LAST_INFERENCE: -self.inference,
        }
        return ranked(tuple(columns[key] for key in keys))


def in_order(
    candidates: Candidates, rule: Rule, classes: EvaluatedClasses, confidence: NDArray[np.float64]
) -> Ordered:
    """The pairs of counted inferences in the order of `rule`; ties fall to label order, then inference order.

    Args:
        candidates: Pairs, ordered by label and inference.
        rule: Whose order; see `PAIR_ORDERS`.
        classes: Evaluated classes; pairs of inferences of ignored classes are left out.
        confidence: `(inferences,)` float64.
    """
    counted = np.flatnonzero(classes.inference[candidates.inference] >= 0)
    label, inference = candidates.label[counted], candidates.inference[counted]
    iou, sure = candidates.iou[counted], confidence[inference]
    differs = classes.label[label] != classes.inference[inference]
    keys = PAIR_ORDERS[rule].keys
    for given in _GIVEN_ORDERS:
        if keys[-len(given) :] == given:
            keys = keys[: -len(given)]
    order = PairColumns(label, inference, iou, differs, sure).sorted_by(keys)
    return Ordered(label[order], inference[order], iou[order], sure[order])


def ranked(keys: tuple[NDArray[Any], ...]) -> NDArray[np.intp]:
    """Rows sorted by the first key, ties by the next, and so on; equal rows in their order.

    As `np.lexsort(keys[::-1])`, but the further keys are only looked at where the first one ties.
    """
    first, *further = keys
    order = np.argsort(first, kind="stable")
    begins = np.append(True, first[order][1:] != first[order][:-1]) if len(order) else np.zeros(0, bool)
    tied = np.flatnonzero(~(begins & np.append(begins[1:], True)))
    if len(tied):
        rows, group = order[tied], np.cumsum(begins)[tied]
        order[tied] = rows[np.lexsort((*(key[rows] for key in reversed(further)), group))]
    return order


def match(
    pairs: Ordered,
    counts: tuple[int, int],
    confidence: float,
    iou: float,
    active: NDArray[np.bool_] | None = None,
) -> tuple[RowNumbers, RowNumbers]:
    """The matched pairs: label rows and inference rows, `(matches,)` int32.

    Args:
        pairs: Candidate pairs in the order of the rule.
        counts: How many labels and inferences there are.
        confidence: Least confidence of an inference.
        iou: Least IoU of a pair.
        active: `(inferences,)` bool, those that are matched, whatever their confidence; None for all.
    """
    keep = np.flatnonzero((pairs.confidence >= confidence) & (pairs.iou >= iou))
    keep = keep if active is None else keep[active[pairs.inference[keep]]]
    label, inference = pairs.label[keep], pairs.inference[keep]
    first_of_label = np.full(counts[0], len(keep), np.int32)
    first_of_inference = np.full(counts[1], len(keep), np.int32)
    matched: list[RowNumbers] = []
    left = np.arange(len(keep), dtype=np.int32)
    while len(left):
        mine, its = label[left], inference[left]
        np.minimum.at(first_of_label, mine, left)
        np.minimum.at(first_of_inference, its, left)
        wins = (first_of_label[mine] == left) & (first_of_inference[its] == left)
        taken = left[wins]
        matched.append(taken)
        first_of_label[mine] = first_of_inference[its] = len(keep)
        first_of_label[label[taken]] = first_of_inference[inference[taken]] = -1
        left = left[(first_of_label[mine] >= 0) & (first_of_inference[its] >= 0)]
    chosen = np.concatenate(matched) if matched else left
    return label[chosen], inference[chosen]


def outcomes(
    matched: tuple[RowNumbers, RowNumbers],
    classes: EvaluatedClasses,
    region: NDArray[np.bool_],
    active: NDArray[np.bool_],
    covered: NDArray[np.bool_],
) -> Matching:
    """Partners and outcomes of every label and inference.

    Args:
        matched: Rows of the matched labels and inferences.
        classes: Evaluated classes.
        region: `(labels,)` bool, labels that are neither missed nor paired.
        active: `(inferences,)` bool, at or above the confidence threshold.
        covered: `(inferences,)` bool, inside a region or of an ignored class: leaves the count unless paired.
    """
    label, inference = matched
    label_partner = np.full(len(classes.label), -1, np.int32)
    inference_partner = np.full(len(classes.inference), -1, np.int32)
    label_partner[label], inference_partner[inference] = inference, label
    label_outcome = np.where(region, Outcome.IGNORED, Outcome.MISSED).astype(np.uint8)
    inference_outcome = active * np.uint8(Outcome.SPURIOUS)
    excluded = np.flatnonzero(covered)
    inference_outcome[excluded[active[excluded]]] = Outcome.IGNORED
    same = classes.label[label] == classes.inference[inference]
    outcome = np.where(same, Outcome.CORRECT, Outcome.CONFUSED).astype(np.uint8)
    label_outcome[label] = inference_outcome[inference] = outcome
    return Matching(label_partner, inference_partner, label_outcome, inference_outcome)


def label_cells(matching: Matching, classes: EvaluatedClasses, n: int) -> NDArray[np.int32]:
    """`(labels,)` int32: the cell of each label as `row * (n + 1) + column`, -1 for an ignored one.

    Args:
        matching: Partners and outcomes.
        classes: Evaluated classes.
        n: How many evaluated classes there are; background is class n.
    """
    paired = np.flatnonzero(matching.label_partner >= 0)
    inferred = np.full(len(classes.label), n, np.int32)
    inferred[paired] = classes.inference[matching.label_partner[paired]]
    cells = classes.label * np.int32(n + 1) + inferred
    return np.where(matching.label_outcome == Outcome.IGNORED, np.int32(-1), cells)


def confusion(matching: Matching, classes: EvaluatedClasses, n: int) -> CountMatrix:
    """The matrix `(n + 1, n + 1)` int64 of one set; rows labels, columns inferences.

    The last column holds the missed, the last row the spurious; (background, background) is 0.
    """
    cells = label_cells(matching, classes, n)
    matrix = confusion_of_cells(cells, n)
    # Row numbers take half of the time that a mask takes, at a million of five.
    spurious = np.flatnonzero(matching.inference_outcome == Outcome.SPURIOUS)
    matrix[n] += np.bincount(classes.inference[spurious], minlength=n + 1)
    return matrix


def confusion_of_cells(cells: NDArray[np.int32], n: int) -> CountMatrix:
    """The matrix `(n + 1, n + 1)` int64 of objects in these cells, `row * (n + 1) + column`, -1 in none."""
    counts = np.bincount(cells[cells >= 0], minlength=(n + 1) ** 2)
    return counts.reshape(n + 1, n + 1).astype(np.int64)
