"""Sets of inferences that take some parts from base and the others from other, evaluated as COCO does.

What two sets differ in has four parts: which labels they find, how well the boxes of labels that both find
fit, how confident they are of those, and what they report beside (see `PARTS`). A hybrid takes each part from
one of the sets: sixteen of them, the first of which is base and the last other.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.precision import WeightedPrecision
from aquarium_tui.compare.certainty.ranked import (
    CAP,
    IOUS,
    FindableLabels,
    RankedMatches,
    RankedPart,
    events_in_order,
    findable_labels,
    greedy,
    pair_order,
    same_class_pairs,
)
from aquarium_tui.compare.objects.average_precision import image_order
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.model.arrays import Flags, Floats, Whole

PARTS = ("found", "localisation", "confidence", "false_alarms")
"""What a difference in AP is the sum of; bit `i` of a hybrid's number says whether part `i` is other's."""

HYBRIDS = 1 << len(PARTS)
"""Each part is taken from base or from other."""


class Detections(NamedTuple):
    """The inferences of both sets that are evaluated: all of base's, then all of other's.

    Attributes:
        row: `(n,)` int64 row in its set.
        frame: `(n,)` int32.
        class_: `(n,)` int32 evaluated class.
        confidence: `(n,)` float64, as its set has it.
        counted: `(n,)` bool, whether it counts as a false alarm where it finds no label.
        base: How many of them are base's.
    """

    row: NDArray[np.int64]
    frame: Whole
    class_: Whole
    confidence: Floats
    counted: Flags
    base: int


class RankKeys(NamedTuple):
    """What an inference is ranked by within its class, `(n,)` each; highest `value` first, then `beside`.

    Attributes:
        value: Confidence on the scale of base.
        beside: Tells apart what has the same value there but not on its own scale.
        image: Place of its frame, by which COCO breaks ties.
        row: Place within the frame, as base's file has it.
        after: Place among what stands at the same row.
    """

    value: Floats
    beside: Floats
    image: NDArray[np.int64]
    row: NDArray[np.int64]
    after: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hybrids:
    """Everything that any hybrid consists of, ranked once: *items*, class by class, the most confident first.

    An item is an inference as one of the hybrids has it. A label that both sets find has four: its box and
    its confidence each come from either.

    Attributes:
        detections: The inferences.
        partners: `(2, labels)` int64, the detection of base and of other that finds a label; -1 without one.
        box: `(items,)` int64, the detection that an item has its box from.
        scored: `(items,)` int64, the detection that an item has its confidence from.
        present: `(items,)` uint16, bit h says whether the item is in hybrid h.
        starts: `(classes + 1,)` int64 where each class begins.
        pairs: Label, item and IoU of the pairs, in the order in which COCO takes them.
        labels: The labels.
        ignored: `(labels,)` bool, regions, and labels of a slice or of frames that does not count.
        frames: How many frames there are.
    """

    detections: Detections
    partners: NDArray[np.int64]
    box: NDArray[np.int64]
    scored: NDArray[np.int64]
    present: NDArray[np.uint16]
    starts: NDArray[np.int64]
    pairs: tuple[Whole, Whole, Floats]
    labels: FindableLabels
    ignored: Flags
    frames: int

    @property
    def classes(self) -> int:
        """How many evaluated classes there are."""
        return len(self.starts) - 1

    @cached_property
    def frame(self) -> Whole:
        """`(items,)` int32."""
        return self.detections.frame[self.box]

    @cached_property
    def counted(self) -> Flags:
        """`(items,)` bool, whether an item counts as a false alarm where it finds no label."""
        return self.detections.counted[self.box]

    @cached_property
    def group(self) -> NDArray[np.int64]:
        """`(items,)`: what is matched by itself, a class in a frame."""
        class_ = self.detections.class_[self.box].astype(np.int64)
        return class_ * self.frames + self.frame

    @cached_property
    def _crowded(self) -> NDArray[np.intp]:
        """Items of groups that may hold more than COCO looks at, group by group in their order."""
        _, group, counts = np.unique(self.group, return_inverse=True, return_counts=True)
        many = np.flatnonzero(counts[group] > CAP)
        return many[np.argsort(self.group[many], kind="stable")]

    def members(self, hybrid: int) -> Flags:
        """`(items,)` bool: what a hybrid consists of, up to the hundred of a class and frame that count."""
        member = (self.present >> np.uint16(hybrid) & 1).astype(bool)
        at = self._crowded
        if len(at):
            group, inside = self.group[at], member[at]
            so_far = np.cumsum(inside)
            first = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
            before = np.repeat((so_far - inside)[first], np.diff(np.append(first, len(at))))
            member[at] = inside & (so_far - before <= CAP)
        return member

    def matches(self, hybrid: int) -> RankedMatches:
        """COCO's matches of a hybrid."""
        kept = self.members(hybrid)
        before = np.append(0, np.cumsum(kept))
        label, item, iou = self.pairs
        its = kept[item]
        ordered = label[its], before[item[its]].astype(np.int32), iou[its]
        starts = before[self.starts]
        events = events_in_order(ordered, self.labels, self.ignored, self.counted[kept], starts)
        frame = self.frame[kept]
        place = np.zeros(len(frame), np.int32)  # Asked for only by recalls with fewer inferences.
        return RankedMatches(self.classes, self.frames, frame, starts, place, {"all": events})

    @cached_property
    def average_precisions(self) -> Floats:
        """`(HYBRIDS, classes)` AP of each hybrid, NaN for classes without labels.

        Two at a time: NumPy lets go of the interpreter while it works on whole arrays.
        """
        once = np.ones(self.frames, np.int32)
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(
                lambda h: WeightedPrecision(self.matches(h), ("AP",)).of(once)["AP"], range(HYBRIDS)
            )
            return np.stack([*found])


def hybrids(
    base: Evaluation,
    other: Evaluation,
    frames: Flags | None = None,
    slices: tuple[RankedPart | None, RankedPart | None] = (None, None),
) -> Hybrids:
    """What the hybrids of two sets consist of.

    Pairs are formed within each class, as COCO matches at IoU .5, at all confidences and before the cap of a
    hundred. Other's confidences are mapped to the scale of base by one strictly increasing map per class,
    so that AP stays what it is.

    Args:
        base: The base set, evaluated.
        other: The other set.
        frames: `(frames,)` bool, those that count; None counts all.
        slices: The objects of each set that count; None counts all.
    """
    dataset = base.dataset
    labels = findable_labels(dataset, base.classes, slices[0])
    ignored = labels.region | labels.outside
    if frames is not None:
        ignored |= ~frames[labels.frame]
    classes = len(dataset.project.class_map.evaluated_names)
    image = image_order(dataset.frames.id)
    detections, pairs = _detections((base, other), frames, slices)
    partners = _partners(detections, pairs, labels, ignored, image)
    places = _places(base, detections, partners, image)
    box, scored, present = _items(detections, partners)
    of = detections.class_[box]
    keys = [-places.value, -places.beside, places.image, places.row, places.after]
    order = np.lexsort((*(key[scored] for key in reversed(keys)), of))
    box, scored, present = box[order], scored[order], present[order]
    return Hybrids(
        detections=detections,
        partners=partners,
        box=box,
        scored=scored,
        present=present,
        starts=np.searchsorted(detections.class_[box], np.arange(classes + 1)),
        pairs=_item_pairs(box, pairs, ignored, len(detections.row)),
        labels=labels,
        ignored=ignored,
        frames=len(dataset.frames),
    )


_Pairs = tuple[NDArray[np.int64], NDArray[np.int64], Floats]
"""Label, detection and IoU, `(pairs,)` each."""


def _detections(
    sets: tuple[Evaluation, Evaluation],
    frames: Flags | None,
    slices: tuple[RankedPart | None, RankedPart | None],
) -> tuple[Detections, _Pairs]:
    """The inferences of classes and frames that count, and their pairs with labels of their class."""
    dataset, columns, pairs, count = sets[0].dataset, [], [], 0
    labels = findable_labels(dataset, sets[0].classes)
    for each, part in zip(sets, slices, strict=True):
        objects, class_ = each.inferences.objects, each.classes.inference
        kept = class_ >= 0 if frames is None else (class_ >= 0) & frames[objects.frame]
        rows = np.flatnonzero(kept)
        counted = geometry_of(dataset.project).sizes(objects, rows) >= 0
        counted &= ~each.unlabelled[rows] if part is None else part.inferences[rows]
        frame, confidence = objects.frame[rows], objects.confidence[rows]
        columns.append((rows, frame, class_[rows], confidence, counted))
        place = np.cumsum(kept) - 1 + count
        label, inference, iou = same_class_pairs(dataset, objects, each.classes, labels)
        its = kept[inference]
        pairs.append((label[its], place[inference[its]], iou[its]))
        count += len(rows)
    row, frame, class_, confidence, counted = (np.concatenate(c) for c in zip(*columns, strict=True))
    label, detection, iou = (np.concatenate(part) for part in zip(*pairs, strict=True))
    found = Detections(row, frame, class_, confidence, counted, len(columns[0][0]))
    return found, (label.astype(np.int64), detection.astype(np.int64), iou)


def _partners(
    detections: Detections,
    pairs: _Pairs,
    labels: FindableLabels,
    ignored: Flags,
    image: NDArray[np.int64],
) -> NDArray[np.int64]:
    """`(2, labels)`: the detection of each set that finds a label at IoU .5; -1 without one."""
    label, detection, iou = pairs
    n = len(detections.row)
    rank = np.empty(n, np.int32)
    rank[np.lexsort((image[detections.frame], -detections.confidence, detections.class_))] = np.arange(n)
    order = pair_order(rank[detection], iou, label.astype(np.int32), ignored)
    ordered = label[order].astype(np.int32), detection[order].astype(np.int32), iou[order]
    partners = np.full((2, len(labels.region)), -1, np.int64)
    for side in (0, 1):
        mine = (ordered[1] >= detections.base) == bool(side)
        taken = tuple(column[mine] for column in ordered)
        mine_label, its = greedy((taken[0], taken[1], taken[2]), labels.region, n, float(IOUS[0]))
        found = ~ignored[mine_label]
        partners[side, mine_label[found]] = its[found]
    return partners


def _items(
    detections: Detections, partners: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
    """Where each item has its box and its confidence from, and in which hybrids it is; in no order."""
    b, o = partners
    both = (b >= 0) & (o >= 0)
    finds = np.zeros(len(detections.row), bool)
    finds[partners[partners >= 0]] = True
    rest = np.flatnonzero(~finds)
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], int]] = [
        (b[(b >= 0) & ~both], b[(b >= 0) & ~both], _where(found=0)),
        (o[(o >= 0) & ~both], o[(o >= 0) & ~both], _where(found=1)),
        (rest[rest < detections.base], rest[rest < detections.base], _where(false_alarms=0)),
        (rest[rest >= detections.base], rest[rest >= detections.base], _where(false_alarms=1)),
    ]
    for x, y in product((0, 1), repeat=2):
        parts.append((partners[x, both], partners[y, both], _where(localisation=x, confidence=y)))
    present = np.repeat(np.array([where for *_, where in parts], np.uint16), [len(box) for box, *_ in parts])
    box, scored = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return box, scored, present


def _where(**sides: int) -> int:
    """The hybrids, as bits, that take these parts from base (0) or other (1)."""
    wanted = {PARTS.index(part): side for part, side in sides.items()}
    return sum(
        1 << hybrid
        for hybrid in range(HYBRIDS)
        if all(hybrid >> part & 1 == side for part, side in wanted.items())
    )


def _item_pairs(
    box: NDArray[np.int64], pairs: _Pairs, ignored: Flags, detections: int
) -> tuple[Whole, Whole, Floats]:
    """The pairs of the items, in the order in which COCO takes them."""
    label, detection, iou = pairs
    by = np.argsort(detection, kind="stable")
    begin = np.searchsorted(detection[by], np.arange(detections + 1))
    count = np.diff(begin)[box]
    item = np.repeat(np.arange(len(box)), count)
    at = by[np.repeat(begin[box] - np.cumsum(count) + count, count) + np.arange(count.sum())]
    mine, its, fits = label[at].astype(np.int32), item.astype(np.int32), iou[at]
    order = pair_order(its, fits, mine, ignored)
    return mine[order], its[order], fits[order]


def _places(
    base: Evaluation, detections: Detections, partners: NDArray[np.int64], image: NDArray[np.int64]
) -> RankKeys:
    """What each detection is ranked by, `(detections,)`."""
    n, first = len(detections.row), detections.base
    value, beside = detections.confidence.copy(), np.zeros(n)
    for theirs, knots in _by_class(detections, partners):
        value[theirs], beside[theirs] = mapped(detections.confidence[theirs], *knots)
    row, after = detections.row.copy(), np.zeros(n, np.int64)
    row[first:], after[first:] = _rows(base, detections, value)
    return RankKeys(value, beside, image[detections.frame], row, after)


def _by_class(
    detections: Detections, partners: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.intp], tuple[Floats, Floats]]]:
    """Other's detections of each class, and other's and base's confidences of the labels that both find."""
    b, o = partners[:, (partners >= 0).all(axis=0)]
    theirs = detections.base + np.argsort(detections.class_[detections.base :], kind="stable")
    for some in np.split(theirs, np.flatnonzero(np.diff(detections.class_[theirs])) + 1):
        if len(some):
            of = detections.class_[b] == detections.class_[some[0]]
            yield some, (detections.confidence[o[of]], detections.confidence[b[of]])


def mapped(confidence: Floats, other: Floats, base: Floats) -> tuple[Floats, Floats]:
    """Confidences of other on the scale of base: the strictly increasing map through common quantiles.

    The k-th lowest confidence that other has of a label that both sets find becomes the k-th lowest that base
    has of one; in between, and beyond the ends, the map is straight. Where base has fewer different values,
    a second number keeps apart what the first one does not.

    Args:
        confidence: `(n,)` of other.
        other: `(k,)` confidences that other has of the labels that both find.
        base: `(k,)` those that base has of them.

    Returns:
        Two columns `(n,)`; what is higher in the first, or the same there and higher in the second, is more
        confident.
    """
    if not len(other):
        return confidence, np.zeros(len(confidence))
    x, first, count = np.unique(np.sort(other), return_index=True, return_counts=True)
    y = np.sort(base)[first + count // 2]
    low, high = confidence < x[0], confidence > x[-1]
    slope = (y[-1] - y[0]) / (x[-1] - x[0]) if y[-1] > y[0] else 1.0
    value = np.interp(confidence, x, y)
    left = np.clip(np.searchsorted(x, confidence, "right") - 1, 0, len(x) - 1)
    right = np.minimum(left + 1, len(x) - 1)
    # Interpolation between equal ends is off by an ulp here and there, which would break ties.
    same = (x[left] == y[left]) & (x[right] == y[right]) & ~low & ~high
    value[same] = confidence[same]
    value[low] = y[0] - (x[0] - confidence[low]) * slope
    value[high] = y[-1] + (confidence[high] - x[-1]) * slope
    # The middle of the confidences that become one value of base counts as that value.
    levels, at, of = np.unique(y, return_index=True, return_counts=True)
    middle = x[at + of // 2]
    level = np.minimum(np.searchsorted(levels, value), len(levels) - 1)
    return value, np.where(levels[level] == value, confidence - middle[level], 0.0)


def _rows(
    base: Evaluation, detections: Detections, value: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The place of each of other's detections among base's rows, by which ties are broken within a frame.

    An inference that base has too stands where base has it; any other behind the one that it follows in its
    own file. So sets that differ in a few inferences break the ties of all others alike.
    """
    first = detections.base
    twin = _twins(detections, value)
    start = base.inferences.objects.starts[detections.frame[first:]]
    row = np.maximum.accumulate(np.where(twin >= 0, twin, start))
    return row, np.where(row == twin, 0, 1 + np.arange(len(row)))


def _twins(detections: Detections, value: Floats) -> NDArray[np.int64]:
    """`(other's detections,)`: the row of base with the same frame, class and value; -1 without one."""
    columns = detections.frame, detections.class_, value
    order = np.lexsort(columns)
    new = np.any([column[order][1:] != column[order][:-1] for column in columns], axis=0)
    same = np.empty(len(order), np.int64)
    same[order] = np.cumsum(np.append(False, new)) if len(order) else 0
    # What is alike is told apart by its place among what is alike: the first is the first in both sets.
    number = np.empty(len(order), np.int64)
    for part in (slice(None, detections.base), slice(detections.base, None)):
        mine = same[part]
        by = np.argsort(mine, kind="stable")
        begins = np.searchsorted(mine[by], mine[by])
        places = np.empty(len(mine), np.int64)
        places[by] = np.arange(len(mine)) - begins
        number[part] = places
    key = same * (int(number.max(initial=0)) + 1) + number
    base_key, other_key = key[: detections.base], key[detections.base :]
    by = np.argsort(base_key)
    at = np.minimum(np.searchsorted(base_key[by], other_key), max(len(by) - 1, 0))
    if not len(by):
        return np.full(len(other_key), -1, np.int64)
    return np.where(base_key[by[at]] == other_key, detections.row[by[at]], -1)
