"""What a rule counts: the entries of a confusion matrix, each with the label and the inference behind it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.matching import Ordered, PairColumns, SortKey, match
from aquarium_tui.explain.explained_set import ExplainedSet
from aquarium_tui.explain.rules import Claim, Crowds, MatchRule, Precision
from aquarium_tui.model.arrays import CountMatrix, RowNumbers

RowFlags = NDArray[np.bool_]

_SINGLE = (Precision.SINGLE_PLUS, Precision.SINGLE)
"""Tools that compute in single precision hold confidences in it too: 0.3 is then slightly above 0.3."""


@dataclass(frozen=True)
class Tally:
    """The entries of a matrix, and which objects the rule looked at.

    Attributes:
        label: `(entries,)` int32 row of the label, -1 for a spurious inference.
        inference: `(entries,)` int32 row of the inference, -1 for a missed label.
        row: `(entries,)` int32 class of the label, or background.
        column: `(entries,)` int32 class of the inference, or background.
        active: `(inferences,)` bool, the inferences that the rule looks at: confident enough, within the cap.
        background: The number of background.
    """

    label: RowNumbers
    inference: RowNumbers
    row: NDArray[np.int32]
    column: NDArray[np.int32]
    active: RowFlags
    background: int

    @property
    def cell(self) -> NDArray[np.int64]:
        """`(entries,)` int64: the cell of each entry as `row * classes + column`, background included."""
        return self.row.astype(np.int64) * (self.background + 1) + self.column

    @property
    def matrix(self) -> CountMatrix:
        """Counts `(n + 1, n + 1)` int64: rows labels, columns inferences, background last."""
        n = self.background + 1
        return np.bincount(self.cell, minlength=n * n).reshape(n, n).astype(np.int64)


def tally(of: ExplainedSet, rule: MatchRule) -> Tally:
    """What `rule` counts of a set."""
    active = active_inferences(of, rule)
    counted = counted_labels(of, rule)
    pairs = ordered_pairs(of, rule, active, counted)
    every = rule.claim is Claim.EVERY
    label, inference = (pairs.label, pairs.inference) if every else paired(of, pairs, 0.0)
    spurious = active.copy()
    spurious[inference] = False
    found = _found(of, rule, label, inference)
    if rule.crowds not in (Crowds.DROPPED, Crowds.ORDINARY):
        crowd, inside = _inside_regions(of, rule, spurious)
        spurious[inside] = False
        if rule.crowds is Crowds.COUNTED:
            label, inference = np.append(label, crowd), np.append(inference, inside)
            found[crowd] = True
            counted = counted | (of.labels.crowd & of.shown_labels & (of.label_class >= 0))
    if not rule.lone:
        spurious &= ~_lone(of, counted, label)[of.inferences.frame]
    return _tally(of, (label, inference), counted & ~found, spurious, active)


def active_inferences(of: ExplainedSet, rule: MatchRule) -> RowFlags:
    """`(inferences,)` bool: those that the rule looks at."""
    confidence = of.inferences.confidence
    if rule.precision in _SINGLE:
        confidence = confidence.astype(np.float32)
    threshold = confidence.dtype.type(rule.confidence)
    active = confidence > threshold if rule.above else confidence >= threshold
    active &= of.shown_inferences & (of.inference_class >= 0)
    return active if rule.cap is None else _capped(of, active, rule.cap, rule.cap_per_class)


def counted_labels(of: ExplainedSet, rule: MatchRule) -> RowFlags:
    """`(labels,)` bool: those that are paired or missed; crowds that only absorb are not among them."""
    counted: RowFlags = of.shown_labels & (of.label_class >= 0)
    if rule.crowds is not Crowds.ORDINARY:
        counted &= ~of.labels.crowd
    if rule.least_side:
        box = of.labels.box
        counted &= ((box[:, 2:] - box[:, :2]) >= rule.least_side).all(axis=1) & (of.labels.area > 0)
    return counted


def _capped(of: ExplainedSet, active: RowFlags, cap: int, per_class: bool) -> RowFlags:
    rows = np.flatnonzero(active)
    group = of.inferences.frame[rows].astype(np.int64)
    if per_class:
        group = group * len(of.classes) + of.inference_class[rows]
    order = np.lexsort((-of.inferences.confidence[rows], group))
    ordered = group[order]
    place = np.arange(len(rows)) - np.searchsorted(ordered, ordered)
    kept = np.zeros(len(active), bool)
    kept[rows[order[place < cap]]] = True
    return kept


def ordered_pairs(of: ExplainedSet, rule: MatchRule, active: RowFlags, counted: RowFlags) -> Ordered:
    """The pairs that may count, in the order of the rule; their confidence is not filled in.

    Args:
        of: The set.
        rule: The rule.
        active: `(inferences,)` bool, those that the rule looks at.
        counted: `(labels,)` bool, those that are paired or missed.
    """
    iou = of.ious(rule.precision)
    threshold = iou.dtype.type(rule.iou)
    keep = iou > threshold if rule.beyond else iou >= threshold
    keep &= active[of.pairs.inference] & counted[of.pairs.label]
    if rule.apart:
        keep &= of.label_class[of.pairs.label] == of.inference_class[of.pairs.inference]
    label, inference, iou = of.pairs.label[keep], of.pairs.inference[keep], iou[keep]
    if rule.claim is Claim.BEST:
        best = _first_of(inference, _order(of, (SortKey.IOU, SortKey.LAST_LABEL), label, inference, iou))
        label, inference, iou = label[best], inference[best], iou[best]
    order = _order(of, rule.order, label, inference, iou)
    return Ordered(label[order], inference[order], iou[order].astype(np.float64), np.zeros(len(order)))


def paired(of: ExplainedSet, pairs: Ordered, iou: float) -> tuple[RowNumbers, RowNumbers]:
    """The pairs that count one to one at an IoU threshold: rows of labels and of inferences."""
    return match(pairs, (len(of.labels), len(of.inferences)), 0.0, iou)


def _order(
    of: ExplainedSet,
    keys: tuple[SortKey, ...],
    label: RowNumbers,
    inference: RowNumbers,
    iou: NDArray[np.floating],
) -> NDArray[np.intp]:
    """Pairs in the order of the keys."""
    differs = of.label_class[label] != of.inference_class[inference]
    confidence = of.inferences.confidence[inference]
    return PairColumns(label, inference, iou, differs, confidence).sorted_by(keys)


def _first_of(group: RowNumbers, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Positions of the first member of each group in this order."""
    return order[np.unique(group[order], return_index=True)[1]]


def _found(of: ExplainedSet, rule: MatchRule, label: RowNumbers, inference: RowNumbers) -> RowFlags:
    """`(labels,)` bool: labels that are not missed."""
    found = np.zeros(len(of.labels), bool)
    if rule.claim is Claim.EVERY:
        label = label[of.label_class[label] == of.inference_class[inference]]
    found[label] = True
    return found


def _inside_regions(of: ExplainedSet, rule: MatchRule, spurious: RowFlags) -> tuple[RowNumbers, RowNumbers]:
    """Spurious inferences that lie inside a region, each with that of the largest share."""
    region = of.labels.crowd & (of.label_class >= 0)
    if rule.crowds is Crowds.REGION:
        region = of.labels.crowd | (of.label_class < 0)
    at = np.flatnonzero(region[of.pairs.label])
    label, inference, share = of.pairs.label[at], of.pairs.inference[at], of.shares(rule.precision)[at]
    keep = spurious[inference] & (share > rule.iou if rule.beyond else share >= rule.iou)
    if rule.crowds is not Crowds.REGION:
        keep &= of.label_class[label] == of.inference_class[inference]
    label, inference, share = label[keep], inference[keep], share[keep]
    first = _first_of(inference, _order(of, (SortKey.IOU, SortKey.LAST_LABEL), label, inference, share))
    return label[first], inference[first]


def _lone(of: ExplainedSet, counted: RowFlags, label: RowNumbers) -> RowFlags:
    """`(frames,)` bool: frames that have labels, none of them paired."""
    lone = np.zeros(len(of.size), bool)
    lone[of.labels.frame[counted]] = True
    lone[of.labels.frame[label]] = False
    return lone


def _tally(
    of: ExplainedSet,
    pairs: tuple[RowNumbers, RowNumbers],
    missed: RowFlags,
    spurious: RowFlags,
    active: RowFlags,
) -> Tally:
    lost, extra = np.flatnonzero(missed), np.flatnonzero(spurious)
    label = np.concatenate([pairs[0], lost, np.full(len(extra), -1)]).astype(np.int32)
    inference = np.concatenate([pairs[1], np.full(len(lost), -1), extra]).astype(np.int32)
    row = np.where(label >= 0, np.append(of.label_class, -1)[label], of.background)
    column = np.where(inference >= 0, np.append(of.inference_class, -1)[inference], of.background)
    return Tally(label, inference, row.astype(np.int32), column.astype(np.int32), active, of.background)
