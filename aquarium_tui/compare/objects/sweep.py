"""What one set finds at every confidence threshold at once, without matching anew at each.

The greedy matching takes pairs in one fixed order, so it is the one stable matching of that order, and it
does not matter in which order the inferences ask for their labels (Gale and Shapley, 1962). Let them ask in
the order of falling confidence: each takes the first label of its list that does not prefer the pair that it
is in; whoever loses a label asks on. After each inference, what is matched is the matching at its confidence
as threshold, and a pair that a label leaves never comes back. So each pair is matched over one span of
thresholds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.matching import Ordered
from aquarium_tui.model.arrays import Floats, RowNumbers
from aquarium_tui.model.settings import Side


@dataclass(frozen=True)
class Spans:
    """The pairs that are matched at any threshold; thresholds are places in a falling list.

    Attributes:
        label: `(spans,)` int32 row of the label.
        inference: `(spans,)` int32 row of the inference.
        since: `(spans,)` int64, the first threshold at which the pair is matched.
        until: `(spans,)` int64, the first one at which it no longer is; the length of the list for never.
    """

    label: RowNumbers
    inference: RowNumbers
    since: NDArray[np.int64]
    until: NDArray[np.int64]

    def taken(self, rows: NDArray[np.int64]) -> "Spans":
        """These spans alone."""
        return Spans(self.label[rows], self.inference[rows], self.since[rows], self.until[rows])


def spans(pairs: Ordered, frame: RowNumbers, level: NDArray[np.int64], levels: int) -> Spans:
    """The pairs matched at each of `levels` thresholds.

    Args:
        pairs: Candidate pairs in the order of the rule, all with an IoU at its threshold.
        frame: `(inferences,)` int32 frame of each inference.
        level: `(inferences,)` the place of its confidence in the falling list.
        levels: The length of that list.
    """
    found = _Asking(pairs, level, levels)
    # Inferences of different frames never meet, so those that are next in their frames ask together.
    by = np.lexsort((level[found.rows], frame[found.rows]))
    place = frame[found.rows][by]
    first = np.flatnonzero(np.append(True, place[1:] != place[:-1])) if len(place) else place
    turn = np.arange(len(by)) - np.repeat(first, np.diff(np.append(first, len(by))))
    order = by[np.argsort(turn, kind="stable")]
    edges = np.searchsorted(np.sort(turn), np.arange(turn.max(initial=-1) + 2))
    for start, stop in pairwise(edges):
        found.ask(order[start:stop])
    used = np.flatnonzero(found.since >= 0)
    used = used[found.until[used] > found.since[used]]
    return Spans(pairs.label[used], pairs.inference[used], found.since[used], found.until[used])


class _Asking:
    """Who holds which label while inferences ask, one of each frame at a time."""

    def __init__(self, pairs: Ordered, level: NDArray[np.int64], levels: int) -> None:
        self.pairs = pairs
        count = len(pairs.label)
        self.list = np.argsort(pairs.inference, kind="stable")
        self.place = np.empty(count, np.int64)
        self.place[self.list] = np.arange(count)
        self.rows, self.begin = np.unique(pairs.inference[self.list], return_index=True)
        end = np.append(self.begin, count)[1:]
        self.end = np.repeat(end, end - self.begin)  # By place in the list.
        self.level = level
        self.holder = np.full(int(pairs.label.max(initial=-1)) + 1, count, np.int64)
        self.since, self.until = np.full(count, -1, np.int64), np.full(count, levels, np.int64)

    def ask(self, asking: NDArray[np.int64]) -> None:
        """Let these inferences (rows of `rows`, one per frame) ask, and whoever loses a label to them."""
        at, now = self.begin[asking], self.level[self.rows[asking]]
        count = len(self.list)
        while len(at):
            pair = self.list[at]
            label = self.pairs.label[pair]
            held = self.holder[label]
            wins = pair < held
            self.holder[label[wins]] = pair[wins]
            self.since[pair[wins]] = now[wins]
            lost = wins & (held < count)
            self.until[held[lost]] = now[lost]
            # A loser asks on from its own place, a winner is replaced by the one that it took the label from.
            last = np.where(lost, self.place[np.where(lost, held, 0)], at)
            on = (~wins | lost) & (last + 1 < self.end[last])
            at, now = last[on] + 1, now[on]


@dataclass(frozen=True)
class OperatingCurve:
    """Counts at each distinct confidence of some inferences as threshold, from the highest to the lowest.

    Attributes:
        confidence: `(k,)` float64, falling.
        correct: `(k,)` int64 labels found with their class.
        inferred: `(k,)` int64 inferences that count.
        spurious: `(k,)` int64 inferences without a label.
        support: How many labels count.
        frames: How many frames count.
    """

    confidence: Floats
    correct: NDArray[np.int64]
    inferred: NDArray[np.int64]
    spurious: NDArray[np.int64]
    support: int
    frames: int

    def figure(self, name: str) -> Floats:
        """`recall`, `precision`, `f1` or `false_alarms` per frame at each threshold; NaN where undefined."""
        return figure_of(name, self.correct, self.inferred, self.spurious, self.support, self.frames)

    def at(self, threshold: float) -> int:
        """The place of the counts at a threshold; -1 where no confidence reaches it."""
        return int(np.searchsorted(-self.confidence, -threshold, side="right")) - 1


def figure_of(  # noqa: PLR0917
    name: str,
    correct: NDArray[np.number],
    inferred: NDArray[np.number],
    spurious: NDArray[np.number],
    support: float | NDArray[np.number],
    frames: int,
) -> Floats:
    """A figure from counts of any shape; NaN where its denominator is zero."""
    if name == "recall":
        return rate(correct, np.broadcast_to(support, correct.shape))
    if name == "precision":
        return rate(correct, inferred)
    if name == "f1":
        return rate(2 * correct, inferred + support)
    return rate(spurious, np.broadcast_to(frames, spurious.shape))


@dataclass(frozen=True)
class Sweep:
    """One set at every confidence threshold, in what a comparison counts.

    Each event is a change of the counts of a class at a threshold. An inference begins as spurious, unless it
    lies in a region; a pair takes it from there, and gives it back when it ends.

    Attributes:
        levels: `(k,)` float64 distinct confidences, falling.
        level: `(events,)` int64 place in `levels` from where on the change holds.
        class_: `(events,)` int32 evaluated class of the inference.
        of_label: `(events,)` int32 evaluated class of its label; -1 where it is without one, or leaves it for
            nothing that counts.
        frame: `(events,)` int32.
        correct: `(events,)` int8 change of labels found with their class.
        inferred: `(events,)` int8 change of inferences that count.
        spurious: `(events,)` int8 change of inferences without a label.
        label_class: `(labels,)` int32 evaluated class of the labels that count.
        label_frame: `(labels,)` int32 their frames.
        frames: `(frames,)` bool, those that count.
    """

    levels: Floats
    level: NDArray[np.int64]
    class_: NDArray[np.int32]
    of_label: NDArray[np.int32]
    frame: RowNumbers
    correct: NDArray[np.int8]
    inferred: NDArray[np.int8]
    spurious: NDArray[np.int8]
    label_class: NDArray[np.int32]
    label_frame: RowNumbers
    frames: NDArray[np.bool_]

    def curve(self, class_: int | None = None, frames: NDArray[np.bool_] | None = None) -> OperatingCurve:
        """The counts of one class, or of all, at each distinct confidence.

        Args:
            class_: The evaluated class; None for all classes together.
            frames: `(frames,)` bool, only these; None for all that count.
        """
        rows = None if class_ is None else self._events(class_)
        labels = self.label_frame if class_ is None else self.label_frame[self.label_class == class_]
        if frames is not None:
            every = np.arange(len(self.level)) if rows is None else rows
            rows = every[frames[self.frame[every]]]
            labels = labels[frames[labels]]
        level = self.level if rows is None else self.level[rows]
        present, place = (np.arange(len(self.levels)), level) if rows is None else _distinct(level)
        correct, inferred, spurious = (
            np.rint(np.cumsum(np.bincount(place, column if rows is None else column[rows], len(present))))
            for column in (self.correct, self.inferred, self.spurious)
        )
        counted = self.frames if frames is None else self.frames & frames
        return OperatingCurve(
            confidence=self.levels[present],
            correct=correct.astype(np.int64),
            inferred=inferred.astype(np.int64),
            spurious=spurious.astype(np.int64),
            support=len(labels),
            frames=int(counted.sum()),
        )

    @cached_property
    def _of_class(self) -> Sequence[NDArray[np.int64]]:
        """The events of each class."""
        order = np.argsort(self.class_, kind="stable")
        edges = np.searchsorted(self.class_[order], np.arange(int(self.class_.max(initial=-1)) + 2))
        return [order[a:b] for a, b in pairwise(edges)]

    def _events(self, class_: int) -> NDArray[np.int64]:
        """The events of a class, which may have none."""
        return self._of_class[class_] if class_ < len(self._of_class) else np.zeros(0, np.int64)

    def cell(
        self,
        thresholds: Floats,
        label: int,
        inferred: int,
        background: int,
        number: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], Floats]:
        """A cell of the confusion in frames with any of it: the frames `(k,)`, and `(k, t)` float32 counts.

        Args:
            thresholds: `(t,)`, falling.
            label: The class of the row, or `background`.
            inferred: The class of the column, or `background`.
            background: The number of background.
            number: `(frames,)` the number of each frame among those that count.
        """
        if label == background:
            change, rows = self.spurious, self.class_ == inferred
        else:
            change, rows = self.inferred - self.spurious, self.of_label == label
            rows = rows if inferred == background else rows & (self.class_ == inferred)
        missed = label != background and inferred == background
        labels = self.label_frame[self.label_class == label] if missed else self.label_frame[:0]
        count, found = len(thresholds), np.flatnonzero(rows)
        column = np.searchsorted(-thresholds, -self.levels[self.level[found]], side="left")
        found, column = found[column < count], column[column < count]
        touched, place = np.unique(number[np.concatenate([self.frame[found], labels])], return_inverse=True)
        cell = place[: len(found)] * count + column
        sums = np.bincount(cell, change[found], len(touched) * count).reshape(-1, count).cumsum(axis=1)
        if missed:
            # What is not paired at a threshold is missed there.
            sums = np.bincount(place[len(found) :], minlength=len(touched))[:, None] - sums
        return touched, sums.astype(np.float32)

    def tables(
        self, thresholds: Floats, class_: int | None, number: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], Floats]:
        """Counts of frames with any: the frames `(k,)`, and `(k, 3 t + 1)` float32 counts of each.

        Of each frame, correct, inferred and spurious at each threshold, then its labels.

        Args:
            thresholds: `(t,)`, falling.
            class_: The evaluated class; None for all.
            number: `(frames,)` the number of each frame among those that count.
        """
        rows = np.arange(len(self.level)) if class_ is None else self._events(class_)
        labels = self.label_frame if class_ is None else self.label_frame[self.label_class == class_]
        count = len(thresholds)
        # A change holds at all thresholds at or below the confidence of its level.
        column = np.searchsorted(-thresholds, -self.levels[self.level[rows]], side="left")
        rows, column = rows[column < count], column[column < count]
        touched, place = np.unique(number[np.concatenate([self.frame[rows], labels])], return_inverse=True)
        cell = place[: len(rows)] * count + column
        found = [
            np.bincount(cell, values[rows], len(touched) * count).reshape(-1, count).cumsum(axis=1)
            for values in (self.correct, self.inferred, self.spurious)
        ]
        support = np.bincount(place[len(rows) :], minlength=len(touched))
        return touched, np.concatenate([*found, support[:, None]], axis=1).astype(np.float32)


def _distinct(level: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    present, place = np.unique(level, return_inverse=True)
    return present, place


def sweep(comparison: ObjectComparison, side: Side) -> Sweep:
    """One set at every confidence threshold; its own threshold has no part in it."""
    evaluation, settings = comparison.evaluation(side), comparison.settings
    objects, classes = evaluation.inferences.objects, evaluation.classes
    falling, level = np.unique(-objects.confidence, return_inverse=True)
    level = level.astype(np.int64)
    ordered = evaluation.pairs(settings.iou, settings.rule)
    near = np.flatnonzero(ordered.ordered.iou >= settings.iou)
    kept = ordered.ordered.taken(near)
    found = spans(kept, objects.frame, level, len(falling))
    frames = comparison.counting
    frames = np.ones(len(comparison.dataset.frames), bool) if frames is None else frames
    part = comparison.judgement.part
    label_counts = ~evaluation.region & frames[comparison.dataset.labels.frame]
    alone = ~evaluation.covered(ordered, settings.iou) & frames[objects.frame]
    if part is not None:
        label_counts &= part.labels
        alone &= part.inferences[side]
    rows = np.flatnonzero(alone)
    found = found.taken(np.flatnonzero(alone[found.inference] | label_counts[found.label]))
    inference = found.inference
    given, paired = alone[inference], label_counts[found.label]
    same = (classes.label[found.label] == classes.inference[inference]) & paired
    ends = found.until < len(falling)
    labelled = np.where(paired, classes.label[found.label], np.int32(-1))
    who = np.concatenate([rows, inference, inference[ends]])
    one = np.ones(len(rows), np.int8)
    inferred = paired.astype(np.int8) - given.astype(np.int8)
    off = given.astype(np.int8)
    right = same.astype(np.int8)
    return Sweep(
        levels=-falling,
        level=np.concatenate([level[rows], found.since, found.until[ends]]),
        class_=classes.inference[who],
        of_label=np.concatenate([np.full(len(rows), -1, np.int32), labelled, labelled[ends]]),
        frame=objects.frame[who],
        correct=np.concatenate([one * 0, right, -right[ends]]),
        inferred=np.concatenate([one, inferred, -inferred[ends]]),
        spurious=np.concatenate([one, -off, off[ends]]),
        label_class=classes.label[label_counts],
        label_frame=comparison.dataset.labels.frame[label_counts],
        frames=frames,
    )
