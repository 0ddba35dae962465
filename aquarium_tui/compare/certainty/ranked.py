"""COCO's matches of one set, made once and ranked, so that AP on re-weighted frames is a few sums.

`average_precision` asks hotcoco for the figures on screen. An interval needs a thousand of them, each on
frames drawn anew. Drawing a frame twice changes no match, only how often each match counts. So the matches
are made once here, by the same rule (`evaluateImg` of pycocotools), and each draw only re-weights them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.average_precision import image_order
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.compare.objects.matching import EvaluatedClasses
from aquarium_tui.model.arrays import Flags, Floats, Whole, areas
from aquarium_tui.model.tables import Dataset, Objects

IOUS = np.linspace(0.5, 0.95, 10)
"""COCO's IoU thresholds."""

SIZES = {"all": (0.0, 1e10), "small": (0.0, 32.0**2), "medium": (32.0**2, 96.0**2), "large": (96.0**2, 1e10)}
"""COCO's ranges of area in square pixels, both ends inclusive."""

CAP = 100
"""The most inferences of a class and frame that COCO looks at."""


@dataclass(frozen=True)
class Events:
    """What happens at one size along the ranking of each class, at each IoU threshold.

    A *segment* is one class at one threshold: segment `class * len(IOUS) + threshold`.

    Attributes:
        counted: `(ranked,)` bool, inferences that count as false alarms unless an event says otherwise.
        at: `(events,)` int32 place in the ranking, ascending within a segment.
        starts: `(segments + 1,)` int64; the events of segment s are `starts[s]:starts[s + 1]`.
        right: `(events,)` int32, 1 where the inference finds a label, else 0.
        extra: `(events,)` int32, what the event adds to the inferences counted so far: 1 for a match of an
            inference that is of another size, -1 for one that an ignored label takes up, else 0.
        label_frame: `(labels,)` int32 frames of the labels of this size.
        label_class: `(labels,)` int32 their evaluated classes.
    """

    counted: Flags
    at: Whole
    starts: NDArray[np.int64]
    right: Whole
    extra: Whole
    label_frame: Whole
    label_class: Whole

    def within(self, kept: Flags, before: NDArray[np.int64], frames: Flags, number: Whole) -> "Events":
        """The same along a shorter ranking.

        Args:
            kept: `(ranked,)` bool, the places that stay.
            before: `(ranked + 1,)` how many of them come before each place.
            frames: `(frames,)` bool, the frames that stay.
            number: `(frames,)` their new numbers.
        """
        mine, labelled = kept[self.at], frames[self.label_frame]
        return Events(
            self.counted[kept],
            before[self.at[mine]].astype(np.int32),
            np.append(0, np.cumsum(mine))[self.starts],
            self.right[mine],
            self.extra[mine],
            number[self.label_frame[labelled]],
            self.label_class[labelled],
        )


@dataclass(frozen=True)
class RankedMatches:
    """The inferences of one set, class by class and most confident first, and COCO's matches of them.

    Attributes:
        classes: How many evaluated classes there are.
        frames: How many frames there are.
        frame: `(ranked,)` int32 frame of each inference.
        starts: `(classes + 1,)` int64; class c is `starts[c]:starts[c + 1]`.
        place: `(ranked,)` int32, how many inferences of its class and frame come before it.
        events: What happens along the ranking, by size.
    """

    classes: int
    frames: int
    frame: Whole
    starts: NDArray[np.int64]
    place: Whole
    events: dict[str, Events]

    def within(self, frames: Flags) -> "RankedMatches":
        """The same of the frames where `(frames,)` is true, which are numbered anew.

        Frames are matched one by one, so leaving some out changes nothing in the others.
        """
        kept = frames[self.frame]
        number = np.cumsum(frames).astype(np.int32) - 1
        before = np.append(0, np.cumsum(kept))
        events = {size: each.within(kept, before, frames, number) for size, each in self.events.items()}
        return RankedMatches(
            self.classes,
            int(frames.sum()),
            number[self.frame[kept]],
            before[self.starts],
            self.place[kept],
            events,
        )


@dataclass(frozen=True, eq=False)
class RankedPart:
    """Some of the objects: all others are ignored as COCO ignores those of another size.

    Attributes:
        labels: `(labels,)` bool, those that count.
        inferences: `(inferences,)` bool, those that count as false alarms if they find no label.
    """

    labels: Flags
    inferences: Flags


@dataclass(frozen=True)
class FindableLabels:
    """Labels that an inference of their class may find, one row each; regions once per class.

    Attributes:
        frame: `(labels,)` int32.
        class_: `(labels,)` int32 evaluated class.
        area: `(labels,)` float64 square pixels.
        region: `(labels,)` bool, takes up any number of inferences and is never missed.
        outside: `(labels,)` bool, takes up one inference and is never missed.
    """

    frame: Whole
    class_: Whole
    area: Floats
    region: Flags
    outside: Flags


def ranked_matches(
    dataset: Dataset,
    inferences: Objects,
    classes: EvaluatedClasses,
    n: int,
    sizes: Sequence[str] = tuple(SIZES),
    *,
    part: RankedPart | None = None,
) -> RankedMatches:
    """COCO's matches of one set.

    Args:
        dataset: Has the labels; boxes count or masks, as its project says.
        inferences: The inferences of one set.
        classes: Evaluated classes; labels of ignored classes take up inferences of any class.
        n: How many evaluated classes there are.
        sizes: Which of `SIZES` to look at.
        part: The objects that count; None counts all.
    """
    rows, starts, place = ranking(inferences, classes, n, image_order(dataset.frames.id))
    labels = findable_labels(dataset, classes, part)
    label, inference, iou = same_class_pairs(dataset, inferences, classes, labels)
    rank = np.full(len(inferences), -1, np.int32)
    rank[rows] = np.arange(len(rows), dtype=np.int32)
    kept = rank[inference] >= 0
    pairs = label[kept], rank[inference[kept]], iou[kept]
    area = geometry_of(dataset.project).sizes(inferences, rows)
    if part is not None:
        # An area of no size is no false alarm at any.
        area = np.where(part.inferences[rows], area, -1.0)
    events = {size: _events(SIZES[size], labels, area, pairs, starts) for size in sizes}
    frame = inferences.frame[rows].astype(np.int32)
    return RankedMatches(n, len(dataset.frames), frame, starts, place, events)


def ranking(
    inferences: Objects, classes: EvaluatedClasses, n: int, image: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], Whole]:
    """Rows of the inferences by class and confidence, where classes start, and the place in their frame."""
    order = np.lexsort((image[inferences.frame], -inferences.confidence, classes.inference))
    order = order[classes.inference[order] >= 0]
    of = classes.inference[order].astype(np.int64)
    place = _place_in_group(of * len(inferences.starts) + inferences.frame[order])
    kept = place < CAP
    order, of = order[kept], of[kept]
    return order, np.searchsorted(of, np.arange(n + 1)), place[kept].astype(np.int32)


def _place_in_group(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row, how many rows of its group come before it."""
    order = np.argsort(group, kind="stable")
    sorted_ = group[order]
    begins = np.flatnonzero(np.append(True, sorted_[1:] != sorted_[:-1])) if len(group) else order
    place = np.empty(len(group), np.int64)
    place[order] = np.arange(len(group)) - np.repeat(begins, np.diff(np.append(begins, len(group))))
    return place


def findable_labels(
    dataset: Dataset, classes: EvaluatedClasses, part: RankedPart | None = None
) -> "FindableLabels":
    """The labels of a dataset as COCO's matching sees them."""
    labels = dataset.labels
    area = labels.area if len(labels.area) else areas(labels.box)
    return FindableLabels(
        labels.frame.astype(np.int32),
        classes.label.astype(np.int32),
        np.asarray(area, np.float64),
        labels.crowd | (classes.label < 0),
        np.zeros(len(labels), bool) if part is None else ~part.labels,
    )


def same_class_pairs(
    dataset: Dataset, inferences: Objects, classes: EvaluatedClasses, labels: FindableLabels
) -> tuple[Whole, Whole, Floats]:
    """Pairs of a label and an inference of its class with an IoU of .5 or more.

    With a region, IoU is the share of the inference's own area, as COCO has it for crowds.
    """
    label, inference, iou = overlaps(dataset, inferences, labels)
    same = (labels.class_[label] == classes.inference[inference]) | (labels.class_[label] < 0)
    keep = (iou >= IOUS[0]) & same
    return label[keep].astype(np.int32), inference[keep].astype(np.int32), iou[keep]


def overlaps(
    dataset: Dataset, inferences: Objects, labels: FindableLabels
) -> tuple[NDArray[Any], Whole, Floats]:
    """Pairs of a label and an inference of any classes that overlap, and their IoUs, as COCO has them."""
    found = [
        geometry_of(dataset.project).with_labels(
            dataset.frames, dataset.labels, np.flatnonzero(labels.region == which), inferences, regions=which
        )
        for which in (False, True)
    ]
    label, inference, iou = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return label, inference, iou


def _events(
    size: tuple[float, float],
    labels: FindableLabels,
    area: Floats,
    pairs: tuple[Whole, Whole, Floats],
    starts: NDArray[np.int64],
) -> Events:
    """What happens along the ranking at one size."""
    low, high = size
    ignored = labels.region | labels.outside | (labels.area < low) | (labels.area > high)
    counted = (area >= low) & (area <= high)
    label, rank, iou = pairs
    order = pair_order(rank, iou, label, ignored)
    ordered = label[order], rank[order], iou[order]
    return events_in_order(ordered, labels, ignored, counted, starts)


def pair_order(rank: Whole, iou: Floats, label: Whole, ignored: Flags) -> NDArray[np.intp]:
    """The order in which COCO takes pairs.

    By the rank of the inference; then, as in pycocotools, a label that counts before one that does not, the
    best IoU, and the later label.

    Args:
        rank: `(pairs,)` place of the inference in the ranking.
        iou: `(pairs,)`.
        label: `(pairs,)` rows of the labels.
        ignored: `(labels,)` bool, labels that do not count.
    """
    return np.lexsort((-label, -iou, ignored[label], rank))


def events_in_order(
    ordered: tuple[Whole, Whole, Floats],
    labels: FindableLabels,
    ignored: Flags,
    counted: Flags,
    starts: NDArray[np.int64],
) -> Events:
    """What happens along a ranking.

    Args:
        ordered: Label, place in the ranking and IoU of each pair, in the order of `pair_order`.
        labels: All labels.
        ignored: `(labels,)` bool, those that do not count.
        counted: `(ranked,)` bool, inferences that count as false alarms unless they find a label.
        starts: `(classes + 1,)` where each class starts in the ranking.
    """
    found = list(_at_each_iou(ordered, labels.region, ignored, counted))
    at, right, extra, threshold = (np.concatenate(part) for part in zip(*found, strict=True))
    segment = (np.searchsorted(starts, at, "right") - 1) * len(IOUS) + threshold
    by_segment = np.lexsort((at, segment))
    mine = ~ignored
    return Events(
        counted=counted,
        at=at[by_segment],
        starts=np.searchsorted(segment[by_segment], np.arange((len(starts) - 1) * len(IOUS) + 1)),
        right=right[by_segment],
        extra=extra[by_segment],
        label_frame=labels.frame[mine],
        label_class=labels.class_[mine],
    )


def _at_each_iou(
    pairs: tuple[Whole, Whole, Floats], region: Flags, ignored: Flags, counted: Flags
) -> Iterator[tuple[Whole, Whole, Whole, NDArray[np.int64]]]:
    """Places in the ranking where something happens, whether a label is found there, and what it adds."""
    for threshold, least in enumerate(IOUS):
        label, rank = greedy(pairs, region, counted.size, float(least))
        right = (~ignored[label]).astype(np.int32)
        extra = np.where(right == 1, 1 - counted[rank].astype(np.int32), -counted[rank].astype(np.int32))
        matters = (right == 1) | (extra != 0)
        where = np.full(int(matters.sum()), threshold, np.int64)
        yield rank[matters], right[matters], extra[matters].astype(np.int32), where


def greedy(
    pairs: tuple[Whole, Whole, Floats], region: Flags, inferences: int, least: float
) -> tuple[Whole, Whole]:
    """Label rows and inference rows of the matches when pairs are taken in their order.

    As `matching.match`, in rounds over all frames at once, but a region takes up any number of inferences.

    Args:
        pairs: Label, inference and IoU of each pair, in the order in which they are taken.
        region: `(labels,)` bool.
        inferences: How many inferences there are.
        least: Least IoU of a pair.
    """
    keep = np.flatnonzero(pairs[2] >= least)
    label, inference = pairs[0][keep], pairs[1][keep]
    endless = region[label]
    first_of_label = np.full(len(region), len(keep), np.int32)
    first_of_inference = np.full(inferences, len(keep), np.int32)
    matched: list[Whole] = []
    left = np.arange(len(keep), dtype=np.int32)
    while len(left):
        mine, its, free = label[left], inference[left], endless[left]
        np.minimum.at(first_of_label, mine[~free], left[~free])
        np.minimum.at(first_of_inference, its, left)
        wins = (free | (first_of_label[mine] == left)) & (first_of_inference[its] == left)
        taken = left[wins]
        matched.append(taken)
        first_of_label[mine] = first_of_inference[its] = len(keep)
        first_of_label[label[taken[~endless[taken]]]] = first_of_inference[inference[taken]] = -1
        left = left[(first_of_label[mine] >= 0) & (first_of_inference[its] >= 0)]
    chosen = np.concatenate(matched) if matched else left
    return label[chosen], inference[chosen]
