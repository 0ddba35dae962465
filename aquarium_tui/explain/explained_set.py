"""The labels and inferences of one set as other tools get them, and the matrix entries that a rule counts."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.average_precision import image_order
from aquarium_tui.compare.objects.candidates import overlapping
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.matching import Ordered, PairColumns, SortKey, match
from aquarium_tui.errors import UsageError
from aquarium_tui.explain.rules import (
    PAIR_IOUS,
    PAIR_SHARES,
    Claim,
    Crowds,
    MatchRule,
    PairMeasure,
    Precision,
)
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.arrays import CountMatrix, RowNumbers, areas, ious, ratio
from aquarium_tui.model.tables import Objects

_FLOOR = 0.1
"""Pairs of a lower IoU are kept only if a threshold is that low: most overlapping pairs are below."""

_MARGIN = 0.99
"""Keeps pairs that reach a threshold only in the arithmetic of a tool."""


@dataclass(frozen=True)
class OverlapTable:
    """Pairs of a label and an inference of one frame that overlap, ordered by label, then by inference.

    Attributes:
        label: `(pairs,)` int32 rows of the labels.
        inference: `(pairs,)` int32 rows of the inferences.
        share: `(pairs,)` float64, the part of the inference's own area that lies inside the label.
    """

    label: RowNumbers
    inference: RowNumbers
    share: NDArray[np.float64]


@dataclass(frozen=True)
class ExplainedSet:
    """One inference set and the labels, as arrays; rows are those of the tables.

    Attributes:
        labels: The labels of the dataset.
        inferences: The inferences of the set.
        size: `(frames, 2)` float64 width and height of each frame in pixels, 0 where not known.
        label_class: `(labels,)` int32 evaluated class, -1 for ignored classes.
        inference_class: `(inferences,)` int32, the same.
        shown_labels: `(labels,)` bool, in a frame that is counted.
        shown_inferences: `(inferences,)` bool, the same.
        image: `(frames,)` int64 place of each frame in the order in which pycocotools takes images.
        classes: Names of the classes, background last.
        pairs: The pairs that overlap.
    """

    labels: Objects
    inferences: Objects
    size: NDArray[np.float64]
    label_class: NDArray[np.int32]
    inference_class: NDArray[np.int32]
    shown_labels: NDArray[np.bool_]
    shown_inferences: NDArray[np.bool_]
    image: NDArray[np.int64]
    classes: tuple[str, ...]
    pairs: OverlapTable
    _measured: dict[str, NDArray[np.floating]] = field(default_factory=dict)

    @classmethod
    def of(cls, comparison: ObjectComparison, least_iou: float = 1.0) -> "ExplainedSet":
        """The base set of a comparison of boxes, in the frames that it counts.

        Args:
            comparison: Has the set as base.
            least_iou: The least IoU threshold that will be asked for, beside that of the comparison.
        """
        dataset, inferences = comparison.dataset, comparison.base.objects
        project = dataset.project
        evaluated = np.append(project.class_map.evaluated, np.int32(-1))
        frames = comparison.frames
        shown = np.ones(len(dataset.frames), bool) if frames is None else frames
        labels = dataset.labels
        floor = _MARGIN * min(_FLOOR, least_iou, comparison.settings.iou)
        return cls(
            labels,
            inferences,
            np.column_stack([dataset.frames.width, dataset.frames.height]).astype(np.float64),
            evaluated[labels.class_index],
            evaluated[inferences.class_index],
            shown[labels.frame],
            shown[inferences.frame],
            image_order(dataset.frames.id),
            comparison.classes,
            overlap_table(labels, inferences, evaluated, shown, floor),
        )

    @property
    def background(self) -> int:
        """The number of background, the class after the last."""
        return len(self.classes) - 1

    def iou_of(self, label: int, inference: int) -> float:
        """The IoU of a label and an inference; of a pair with a crowd it is that of the boxes too."""
        return float(ious(self.labels.box[[label]], self.inferences.box[[inference]])[0])

    def ious(self, precision: Precision) -> NDArray[np.floating]:
        """`(pairs,)` IoUs in the arithmetic of a tool."""
        return self._measure(f"iou {precision}", PAIR_IOUS[precision])

    def shares(self, precision: Precision) -> NDArray[np.floating]:
        """`(pairs,)` the part of each inference's area inside the label, in the arithmetic of a tool."""
        if precision not in PAIR_SHARES:
            return self.pairs.share
        return self._measure(f"share {precision}", PAIR_SHARES[precision])

    def _measure(self, name: str, measure: PairMeasure) -> NDArray[np.floating]:
        if name not in self._measured:
            label, inference = self.pairs.label, self.pairs.inference
            size = self.size[self.labels.frame[label]]
            self._measured[name] = measure(self.labels.box[label], self.inferences.box[inference], size)
        return self._measured[name]


def of_boxes(comparison: Comparison) -> ObjectComparison:
    """The comparison, if it is one of boxes.

    Raises:
        UsageError: The project is not a detection project, or its objects are matched by mask IoU.
    """
    project = comparison.dataset.project
    kind = kind_of(project)
    found = kind.as_boxes(comparison)
    if found is not None:
        return found
    about = "objects matched by their masks" if kind.boxes else project.task
    raise UsageError(
        f"explain reproduces the rules of detection by boxes; {project.name} is about {about}.",
        "Use it with a detection project whose IoU is that of boxes.",
    )


def overlap_table(
    labels: Objects,
    inferences: Objects,
    evaluated: NDArray[np.int32],
    shown: NDArray[np.bool_],
    floor: float,
) -> OverlapTable:
    """The pairs that any rule may need: of an IoU that a threshold may reach, or with a region.

    Args:
        labels: The labels.
        inferences: The inferences.
        evaluated: Evaluated class by position in the class map, -1 for ignored classes.
        shown: `(frames,)` bool, the frames that are counted.
        floor: The least IoU of a pair that is kept.
    """
    rows = np.flatnonzero(shown[labels.frame])
    frame = labels.frame[rows]
    begin, end = inferences.starts[frame], inferences.starts[frame + 1]
    at, inference, common = overlapping(labels.box[rows], begin, end, inferences.box)
    label = rows[at].astype(np.int32)
    size = areas(inferences.box)[inference]
    region = labels.crowd | (evaluated[labels.class_index] < 0)
    iou = ratio(common, areas(labels.box)[label] + size - common)
    keep = (iou >= floor) | region[label]
    return OverlapTable(label[keep], inference[keep], ratio(common, size)[keep])


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
