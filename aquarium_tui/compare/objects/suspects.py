"""Suspected label errors: where several sets confidently agree with each other and disagree with the label.

Each set votes; more than half of them, and at least two, make a consensus. How far a consensus can be trusted
is read off the dataset itself: of consensuses with about the same confidences, what share has a label of its
class. A suspect's score is the posterior probability of a label error under a small prior, against what the
sets do wrong by themselves, as often as they do it elsewhere in the dataset. Duplicates of a box count once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

PRIOR = 0.02
"""Share of labels with an error of one kind: 5 to 10 % over all four, as in sets labelled by hand and
not cleaned. A larger one moves all scores up, and hardly changes the order."""
_MOST = 0.05
"""Share of labels that can be missing: with few frames, the false alarms of the sets are not taken for it."""
_AGREE, _SAME, _FREE, _TIGHT = 0.4, 0.5, 0.3, 0.8
"""IoU: of members of a consensus; of a label with its consensus; at most, of a label with anything that could
be it; below which a label's box can be loose. Two boxes that are each off by a little agree less with each
other than with the object: with weak detectors, .5 leaves a third of their agreements out."""
_LOOSER = 0.2
"""IoU by which the sets must agree more with each other than with the label."""
_DEGREES = (3.0, 5.0, 8.0, 15.0, 30.0)
"""Degrees of freedom of the distribution of edges: from the heavy tail of real boxes to a normal one."""
_DUPLICATE = 0.6
"""IoU of two boxes of one class and set that are one object: what NMS leaves has less."""
_SURE, _FAINT = 0.2, 0.1
"""Least precision, at its confidence, of an inference that votes; and of one that shows that something is
there. Below, most boxes are noise, and noise lies over most labels."""
_WEIGHT = 20
"""Labels that the average of all classes counts as, so that a rare class is not judged by a handful."""
_LEAST, _GROWS = 40, 1.5
"""Inferences in the bin of the highest confidences, and how much larger each next bin is: most inferences
of a detector are faint and wrong, and what counts is told apart among its surest few per cent."""


class SuspectKind(StrEnum):
    """What is wrong with a label, if it is."""

    MISSING = "missing label"
    CLASS = "wrong class"
    LOOSE = "loose box"
    NOTHING = "label without object"


@dataclass(frozen=True)
class Suspect:
    """One suspected label error.

    Attributes:
        kind: What is suspected.
        frame: Row of the frame.
        label: Row of the label; -1 where one is missing.
        inferences: Row of the inference of each set that agrees, -1 for others.
        class_index: Position in the class map's entries of what they say; the label's where they say none.
        score: Posterior probability of an error, 0 to 1; suspects are sorted by it.
    """

    kind: SuspectKind
    frame: int
    label: int
    inferences: tuple[int, ...]
    class_index: int
    score: float


@dataclass
class _Consensus:
    """What sets agree on in one frame."""

    frame: int
    class_: int
    rows: tuple[int, ...]
    box: NDArray[np.float64]
    trust: float
    label: int = -1
    iou: float = 0.0


def suspects(dataset: Dataset, sets: Sequence[InferenceSet]) -> list[Suspect]:
    """The suspected label errors of a dataset, the likeliest first.

    Args:
        dataset: Frames and labels.
        sets: All its inference sets; with fewer than two there is nothing to agree on.
    """
    if len(sets) < 2:
        return []
    votes = _Votes(dataset, sets)
    agreed = [each for frame in range(len(dataset.frames)) for each in votes.agreed(frame)]
    found = [*votes.of_consensus(agreed), *votes.without_object()]
    return sorted(
        found, key=lambda each: -each.score
    )  # Among equals, those that the sets are surest of first.


class _Votes:
    """The sets of a dataset as voters."""

    def __init__(self, dataset: Dataset, sets: Sequence[InferenceSet]) -> None:
        self.dataset, self.sets = dataset, [one.objects for one in sets]
        evaluated = np.append(dataset.project.class_map.evaluated, np.int32(-1))
        self.label_class = evaluated[dataset.labels.class_index]
        self.count = len(dataset.project.class_map.evaluated_names)
        self.region = dataset.labels.crowd | (self.label_class < 0)
        self.classes = [evaluated[objects.class_index] for objects in self.sets]
        self.trusts, self.best = [], []
        for objects, class_ in zip(self.sets, self.classes, strict=True):
            pairs, (right, known) = self._overlaps(objects)
            trust = _calibrated(objects.confidence, right, known & (class_ >= 0))
            self.trusts.append(trust)
            best = np.zeros(len(dataset.labels))
            seen = trust[pairs[1].astype(np.int64)] >= _FAINT
            np.maximum.at(best, pairs[0][seen].astype(np.int64), pairs[2][seen])
            self.best.append(best)

    def _overlaps(
        self, objects: Objects
    ) -> tuple[NDArray[np.float64], tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        """What could be the same thing, and what is right.

        Returns:
            Label, inference and IoU of each pair with an IoU of at least `_FREE`, `(3, pairs)`; which
            inferences have a label of their class, and which are not inside a region.
        """
        labels = self.dataset.labels
        pairs: list[NDArray[np.float64]] = []
        right, known = np.zeros(len(objects), bool), np.ones(len(objects), bool)
        evaluated = np.append(self.dataset.project.class_map.evaluated, np.int32(-1))[objects.class_index]
        for frame in range(len(self.dataset.frames)):
            mine = slice(int(labels.starts[frame]), int(labels.starts[frame + 1]))
            its = slice(int(objects.starts[frame]), int(objects.starts[frame + 1]))
            if mine.start == mine.stop or its.start == its.stop:
                continue
            common, size = _common(labels.box[mine], objects.box[its])
            ious = _ratio(common, size)
            rows, columns = np.nonzero(ious >= _FREE)
            pairs.append(np.array([rows + mine.start, columns + its.start, ious[rows, columns]]))
            same = self.label_class[mine][:, None] == evaluated[its][None, :]
            region = self.region[mine]
            right[its] = ((ious >= _SAME) & same & ~region[:, None]).any(axis=0)
            if region.any():
                known[its] = ~(_share(common[region], objects.box[its]) >= _SAME).any(axis=0)
        return np.concatenate([np.zeros((3, 0)), *pairs], axis=1), (right, known)

    # What the sets agree on

    def agreed(self, frame: int) -> Iterator[_Consensus]:
        """The consensuses of a frame, the most trusted first."""
        members = [self._voters(number, frame) for number in range(len(self.sets))]
        seeds = sorted(
            ((self.trusts[number][row], number, row) for number, rows in enumerate(members) for row in rows),
            reverse=True,
        )
        used: set[tuple[int, int]] = set()
        for _, number, row in seeds:
            if (number, row) in used:
                continue
            group = {number: row}
            for other, rows in enumerate(members):
                if other != number and (partner := self._partner(number, row, other, rows, used)) is not None:
                    group[other] = partner
            used.update(group.items())
            if len(group) >= 2 and 2 * len(group) > len(self.sets):
                yield self._consensus(frame, group)

    def _voters(self, number: int, frame: int) -> list[int]:
        """The inferences of a set that vote: those that are trusted, duplicates once."""
        objects, class_, trust = self.sets[number], self.classes[number], self.trusts[number]
        rows = np.arange(int(objects.starts[frame]), int(objects.starts[frame + 1]))
        rows = rows[(trust[rows] >= _SURE) & (class_[rows] >= 0)]
        kept: list[int] = []
        for row in rows[np.argsort(-objects.confidence[rows], kind="stable")].tolist():
            alike = [other for other in kept if class_[other] == class_[row]]
            if not alike or _ious(objects.box[[row]], objects.box[alike]).max() < _DUPLICATE:
                kept.append(row)
        return kept

    def _partner(
        self, number: int, row: int, other: int, rows: Sequence[int], used: set[tuple[int, int]]
    ) -> int | None:
        class_ = self.classes[number][row]
        free = [each for each in rows if (other, each) not in used and self.classes[other][each] == class_]
        if not free:
            return None
        found = _ious(self.sets[number].box[[row]], self.sets[other].box[free])[0]
        best = int(np.argmax(found))
        return free[best] if found[best] >= _AGREE else None

    def _consensus(self, frame: int, group: dict[int, int]) -> _Consensus:
        boxes = np.array([self.sets[number].box[row] for number, row in group.items()])
        trust = float(np.mean([self.trusts[number][row] for number, row in group.items()]))
        rows = tuple(group.get(number, -1) for number in range(len(self.sets)))
        number, row = next(iter(group.items()))
        class_ = int(self.classes[number][row])
        return _Consensus(frame, class_, rows, boxes.mean(axis=0), trust * len(group) / len(self.sets))

    # What speaks against labels

    def of_consensus(self, agreed: Sequence[_Consensus]) -> Iterator[Suspect]:
        """Missing labels, wrong classes and loose boxes."""
        known = self._once([each for each in agreed if self._settle(each)])
        known.sort(key=lambda each: -each.trust)
        if not known:
            return
        labelled = np.array([each.label >= 0 for each in known], bool)
        alarms = _alarms(np.array([each.trust for each in known]), labelled)
        pairs = _Pairs(
            [(self._class(each.label), each.class_) for each in known if each.label >= 0], self.count
        )
        fits = [each for each in known if each.label >= 0 and each.class_ == self._class(each.label)]
        tails = _tails([each.trust for each in fits], self._off(fits))
        lower = {each.label: tail for each, tail in zip(fits, tails.tolist(), strict=True)}
        for each, alarm in zip(known, alarms.tolist(), strict=True):
            if each.label < 0:
                yield self._suspect(SuspectKind.MISSING, each, _posterior(PRIOR, alarm))
            elif (class_ := self._class(each.label)) != each.class_:
                odds = _posterior(PRIOR / max(self.count - 1, 1), pairs.often(class_, each.class_))
                yield self._suspect(SuspectKind.CLASS, each, odds * (1 - alarm))
            elif self._loose(each):
                odds = _posterior(PRIOR, lower[each.label])
                yield self._suspect(SuspectKind.LOOSE, each, odds * (1 - alarm))

    def _settle(self, each: _Consensus) -> bool:
        """Give a consensus the label that it refers to; False where nobody can tell, as inside a crowd."""
        labels = self.dataset.labels
        rows = np.arange(int(labels.starts[each.frame]), int(labels.starts[each.frame + 1]))
        if not len(rows):
            return True
        common, size = _common(labels.box[rows], each.box[None])
        ious = _ratio(common, size)[:, 0]
        region = self.region[rows]
        if region.any() and (_share(common[region], each.box[None]) >= _SAME).any():
            return False
        same = (self.label_class[rows] == each.class_) & ~region
        for of, least in ((same, _FREE), (~same & ~region, _SAME)):
            if of.any() and ious[of].max() >= least:
                at = int(np.argmax(np.where(of, ious, -1)))
                each.label, each.iou = int(rows[at]), float(ious[at])
                return True
        # A label of another class lies partly there: that may be the object, and may be another one.
        return bool(ious[~region].max(initial=0) < _FREE)

    def _once(self, known: Sequence[_Consensus]) -> list[_Consensus]:
        """One consensus per label: where the sets also say the label's own class, it is that one."""
        best: dict[int, tuple[bool, float]] = {}
        ranks = [(each.class_ == self._class(each.label), each.iou) for each in known]
        for each, rank in zip(known, ranks, strict=True):
            best[each.label] = max(rank, best.get(each.label, rank))
        pairs = zip(known, ranks, strict=True)
        return [each for each, rank in pairs if each.label < 0 or rank == best[each.label]]

    def _loose(self, each: _Consensus) -> bool:
        """Whether the sets agree on a box more than on the label's, and none has that one as well."""
        boxes = [self.sets[number].box[row] for number, row in enumerate(each.rows) if row >= 0]
        agreement = float(_ious(np.array(boxes), each.box[None]).mean())
        nearest = max(float(best[each.label]) for best in self.best)
        return nearest < _TIGHT and agreement > each.iou + _LOOSER

    def _off(self, fits: Sequence[_Consensus]) -> NDArray[np.float64]:
        """How far each edge of their labels is outside theirs, in their widths and heights, `(n, 4)`."""
        boxes = np.array([each.box for each in fits]).reshape(-1, 4)
        labels = self.dataset.labels.box[[each.label for each in fits]].reshape(-1, 4)
        size = np.maximum(np.tile(boxes[:, 2:] - boxes[:, :2], 2), 1)
        return np.asarray((labels - boxes) / size * (-1, -1, 1, 1))

    def _suspect(self, kind: SuspectKind, each: _Consensus, score: float) -> Suspect:
        number = next(number for number, row in enumerate(each.rows) if row >= 0)
        class_index = int(self.sets[number].class_index[each.rows[number]])
        return Suspect(kind, each.frame, each.label, each.rows, class_index, score)

    def without_object(self) -> Iterator[Suspect]:
        """Labels where no set has found anything, though it finds others of that class and size."""
        labels = self.dataset.labels
        found = np.max(self.best, axis=0) >= _FREE if len(labels) else np.zeros(0, bool)
        groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        usual = {}
        sides = np.sqrt(np.prod(np.maximum(labels.box[:, 2:] - labels.box[:, :2], 0), axis=1))
        # COCO's sizes: below 32 pixels, below 96, and above.
        sizes = np.digitize(sides, (32, 96))
        for size in range(3):
            alike = ~self.region & (sizes == size)
            usual[size] = float(np.mean(~found[alike])) if alike.any() else 0.0
        for row in np.flatnonzero(~self.region).tolist():
            groups[int(self.label_class[row]), int(sizes[row])].append(row)
        nobody = (-1,) * len(self.sets)
        for (_, size), rows in groups.items():
            missed = [row for row in rows if not found[row]]
            often = (len(missed) - 1 + _WEIGHT * usual[size]) / (len(rows) - 1 + _WEIGHT)
            for row in missed:
                frame, class_index = int(labels.frame[row]), int(labels.class_index[row])
                score = _posterior(PRIOR, often)
                yield Suspect(SuspectKind.NOTHING, frame, row, nobody, class_index, score)

    def _class(self, label: int) -> int:
        return int(self.label_class[label])


def _posterior(error: float, otherwise: float) -> float:
    return error / (error + otherwise) if error > 0 else 0.0


def _calibrated(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """`(n,)`: how many of those with about the same confidence are right, rising with the confidence.

    Args:
        confidence: `(n,)`.
        right: `(n,)`, which are.
        known: `(n,)`, of which that is known.
    """
    asked, hits = confidence[known], right[known]
    if not len(asked):
        return np.zeros(len(confidence))
    order = np.argsort(-asked, kind="stable")
    parts = np.split(order, _cuts(len(order)))[::-1]
    # One more wrong one: a bin without any is trusted the more the larger it is.
    rates = np.maximum.accumulate([hits[part].sum() / (len(part) + 1) for part in parts])
    return np.interp(confidence, [float(asked[part].mean()) for part in parts], rates)


def _cuts(n: int) -> list[int]:
    """Where to cut `n` sorted values into bins, each larger than the one before."""
    cuts: list[int] = []
    size = float(_LEAST)
    while (end := (cuts[-1] if cuts else 0) + int(size)) + size * _GROWS < n:
        cuts.append(end)
        size *= _GROWS
    return cuts


def _tails(trust: Sequence[float], off: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(n,)`: how often a label's edges are as far from those of a consensus of about that trust, by chance.

    Chance is a multivariate t distribution of the four edges, with the median and the middle 68 % of each in
    the bin, and as heavy a tail as 90 % of the labels show: errors in a few per cent move none of these.

    Args:
        trust: Of each consensus with a label of its class, `(n,)`.
        off: How far each edge of the label is outside that of the consensus, in its widths and heights,
            `(n, 4)`.
    """
    if not len(trust):
        return np.ones(0)
    far = np.zeros(len(trust))
    order = np.argsort(-np.array(trust), kind="stable")
    for part in np.split(order, _cuts(len(order))):
        low, middle, high = np.quantile(off[part], (0.16, 0.5, 0.84), axis=0)
        far[part] = np.square((off[part] - middle) / np.maximum((high - low) / 2, 0.02)).sum(axis=1)
    half, most = np.quantile(far, (0.5, 0.9))
    heavier = [n for n in _DEGREES if _reach(n) >= most / max(half, 1e-9)]
    return _tail(far, heavier[-1] if heavier else _DEGREES[0])


def _tail(far: NDArray[np.float64], degrees: float) -> NDArray[np.float64]:
    """How much of a t distribution of four values is beyond a squared distance.

    It is the F distribution with four and n degrees of freedom, which is closed: with x = n / (n + distance),
    the incomplete beta function of x at (n / 2, 2).
    """
    x = degrees / (degrees + far)
    return np.asarray(x ** (degrees / 2) * (1 + degrees / 2 * (1 - x)))


def _reach(degrees: float) -> float:
    """How many times as far as the nearer half the nearer 90 % reach."""
    far = np.geomspace(0.1, 1e3, 500)
    half, most = np.interp((-0.5, -0.1), -_tail(far, degrees), far)
    return float(most / half)


def _alarms(trust: NDArray[np.float64], labelled: NDArray[np.bool_]) -> NDArray[np.float64]:
    """`(n,)`: how often a consensus of that trust refers to nothing.

    What has no label even where the sets are trusted most is taken for missing labels, as far as that many
    can be missing.
    """
    without = 1 - _calibrated(trust, labelled, np.ones(len(trust), bool))
    return np.asarray(without - min(without.min(), _MOST) + 1 / (len(trust) + 1))


class _Pairs:
    """How often sets take a class for another one.

    Args:
        seen: The label's class and that of the consensus, of each label with a consensus.
        classes: How many classes there are.
    """

    def __init__(self, seen: Sequence[tuple[int, int]], classes: int) -> None:
        self._counts = Counter(seen)
        self._totals = Counter(label for label, _ in seen)
        wrong = sum(label != inferred for label, inferred in seen)
        self._usual = wrong / max(len(seen), 1) / max(classes - 1, 1)

    def often(self, label: int, inferred: int) -> float:
        """The share of the other labels of a class that are taken for that one; few labels count less."""
        others = self._counts[label, inferred] - 1
        return (others + _WEIGHT * self._usual) / (self._totals[label] - 1 + _WEIGHT)


def _common(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Areas `(a, b)` that boxes have in common, and together."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=2)
    sizes = [np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1) for boxes in (a, b)]
    return common, sizes[0][:, None] + sizes[1][None, :] - common


def _ratio(common: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(common, of, out=np.zeros_like(common), where=of > 0)


def _share(common: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of each box that lies in something."""
    size = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    return _ratio(common, np.broadcast_to(size[None, :], common.shape))


def _ious(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return _ratio(*_common(a, b))
