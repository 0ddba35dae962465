"""One inference set against the labels, at any threshold: outcomes, and scores of each frame.

Labels may be federated, as in LVIS: of most classes, nobody looked whether a frame has any.

An image names the classes that it surely lacks (`neg_category_ids`), and those of which not every object is
labelled (`not_exhaustive_category_ids`). A class that is neither labelled nor surely absent is not verified
there.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.objects.average_precision import NAMES, AveragePrecision, average_precision
from aquarium_tui.compare.objects.candidates import FLOOR, Candidates
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.compare.objects.matching import (
    EvaluatedClasses,
    Matching,
    Ordered,
    in_order,
    match,
    outcomes,
)
from aquarium_tui.model.arrays import Counts, Floats, NamedArrays
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import name_key
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import ClassConfidences, Rule
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

ABSENT, PARTIAL = "neg_category_ids", "not_exhaustive_category_ids"
"""The columns of frames that hold class ids of the labels file, separated by blanks, as LVIS calls them."""


@dataclass(frozen=True)
class Federation:
    """What is known of each class in each frame, by evaluated class.

    Attributes:
        verified: `(frames, classes)` bool: labelled, or surely absent; in other frames, of every class.
        partial: `(frames, classes)` bool: not every object is labelled.
    """

    verified: NDArray[np.bool_]
    partial: NDArray[np.bool_]

    def unverified(self, objects: Objects, class_: NDArray[np.int32]) -> NDArray[np.bool_]:
        """`(objects,)` bool: of a class that is not verified in its frame.

        Args:
            objects: Inferences.
            class_: `(objects,)` evaluated class of each, negative if it is ignored.
        """
        return np.asarray((class_ >= 0) & ~self.verified[objects.frame, class_])

    def unlabelled(self, objects: Objects, class_: NDArray[np.int32]) -> NDArray[np.bool_]:
        """`(objects,)` bool: of a class of which not every object of the frame is labelled."""
        return np.asarray((class_ >= 0) & self.partial[objects.frame, class_])


def federation(dataset: Dataset) -> Federation | None:
    """What the frames of a dataset say about classes; None if they say nothing."""
    columns = [dataset.frames.metadata.get(name) for name in (ABSENT, PARTIAL)]
    found = [column for column in columns if isinstance(column, Text)]
    if not found:
        return None
    class_map = dataset.project.class_map
    shape = len(dataset.frames), max(len(class_map.evaluated_names), 1)
    absent, partial = (_marked(dataset, column, shape) for column in columns)
    labelled = np.zeros(shape, bool)
    class_ = class_map.evaluated[dataset.labels.class_index]
    labelled[dataset.labels.frame[class_ >= 0], class_[class_ >= 0]] = True
    silent = np.all([column.missing for column in found], axis=0)
    return Federation(labelled | absent | partial | silent[:, None], partial)


def _marked(dataset: Dataset, column: object, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """`(frames, classes)` bool: the classes whose ids a column lists."""
    marks = np.zeros(shape, bool)
    if not isinstance(column, Text):
        return marks
    class_map = dataset.project.class_map
    evaluated = {
        str(id_): int(class_map.evaluated[class_map.positions_by_id[own]])
        for id_, own in dataset.categories.items()
    }
    for row, text in enumerate(column):
        classes = [evaluated.get(word, -1) for word in (text or "").split()]
        marks[row, [class_ for class_ in classes if class_ >= 0]] = True
    return marks


_KEPT = 8
"""Matchings that are remembered: those of the three rules, of both confidences moved up and down, and a few
steps of a threshold back. One of 500,000 inferences takes 2.7 MB."""

_BLOCK = 1 << 16
"""Inferences that are looked at together: their thresholds stay in the processor's cache, which takes half of
the time at five million."""

_Asked = tuple[float, float, Rule, ClassConfidences]
"""What a matching depends on: confidence, IoU, rule, and classes with a confidence of their own."""

Memo = Callable[[str, Callable[[], NamedArrays]], NamedArrays]
"""Answers with the arrays of a name: those it has kept, else those that the function makes."""


_Kept = TypeVar("_Kept")


def _forgets(name: str, make: Callable[[], NamedArrays]) -> NamedArrays:
    del name
    return make()


@dataclass(frozen=True)
class OrderedPairs:
    """What the thresholds are applied to.

    Attributes:
        ordered: Candidate pairs in the order of a rule.
        inside: `(k,)` int32 rows of inferences that lie inside a region in part.
        share: `(k,)` float64, the largest share of their own area inside one region.
    """

    ordered: Ordered
    inside: NDArray[np.int32]
    share: NDArray[np.float64]

    @classmethod
    def of(cls, arrays: NamedArrays) -> "OrderedPairs":
        """From arrays by name."""
        ordered = Ordered(**{field.name: arrays[field.name] for field in fields(Ordered)})
        return cls(ordered, arrays["inside"], arrays["share"])


def confidence_by_class(rest: float, classes: ClassConfidences, names: Sequence[str]) -> NDArray[np.float64]:
    """The threshold of each class, `(names + 1,)` float64; the last is `rest`, of inferences of no class.

    Args:
        rest: Of the classes that are not named.
        classes: Thresholds by name, compared case-insensitively; names that are not in `names` are left out.
        names: The evaluated classes.
    """
    own = {name_key(name): value for name, value in classes}
    return np.array([*(own.get(name_key(name), rest) for name in names), rest])


class Evaluation:
    """Matches one set with the labels, and remembers what does not depend on the thresholds.

    Safe to ask from several threads.

    Args:
        dataset: Frames and labels.
        inferences: The set.
        memo: Keeps what is expensive to find from one run of the program to the next.
    """

    def __init__(self, dataset: Dataset, inferences: InferenceSet, memo: Memo = _forgets) -> None:
        evaluated = np.append(dataset.project.class_map.evaluated, np.int32(-1))
        self.dataset = dataset
        self.inferences = inferences
        self.classes = EvaluatedClasses(
            evaluated[dataset.labels.class_index], evaluated[inferences.objects.class_index]
        )
        self.federation = federation(dataset)
        self.unlabelled = np.zeros(len(inferences.objects), bool)
        if self.federation is not None:
            # Nobody knows whether these are right: they leave every count, like those of ignored classes.
            class_ = self.classes.inference
            self.unlabelled = self.federation.unlabelled(inferences.objects, class_)
            unknown = self.federation.unverified(inferences.objects, class_)
            self.classes = replace(self.classes, inference=np.where(unknown, np.int32(-1), class_))
        self.region: NDArray[np.bool_] = np.asarray(dataset.labels.crowd | (self.classes.label < 0))
        self._ignored: NDArray[np.bool_] = self.classes.inference < 0
        self._lock = threading.Lock()
        self._memo = memo
        self._pair: tuple[Evaluation, Hashable, Any] | None = None
        self._floor = FLOOR
        self._candidates: Candidates | None = None
        self._kept: dict[Rule, OrderedPairs] = {}
        self._matchings: OrderedDict[_Asked, Matching] = OrderedDict()

    def matching(self, confidence: float, iou: float, rule: Rule, classes: ClassConfidences = ()) -> Matching:
        """The matching at these thresholds under this rule; `classes` have a confidence of their own."""
        with self._lock:
            key = (confidence, iou, rule, classes)
            if key not in self._matchings:
                self._matchings[key] = self._match(key)
                while len(self._matchings) > _KEPT:
                    self._matchings.popitem(last=False)
            self._matchings.move_to_end(key)
            return self._matchings[key]

    def active(self, confidence: float, classes: ClassConfidences = ()) -> NDArray[np.bool_]:
        """`(inferences,)` bool: those at or above the threshold, of their class where it is in `classes`."""
        sure = self.inferences.objects.confidence
        if not classes:
            return np.asarray(sure >= confidence)
        names = self.dataset.project.class_map.evaluated_names
        least = confidence_by_class(confidence, classes, names)
        active, of_class = np.empty(len(sure), bool), np.empty(_BLOCK)
        for start in range(0, len(sure), _BLOCK):
            some = slice(start, start + _BLOCK)
            # Class -1 is that of ignored classes, and the last threshold theirs.
            wanted = np.take(
                least, self.classes.inference[some], mode="wrap", out=of_class[: len(sure) - start]
            )
            np.greater_equal(sure[some], wanted, out=active[some])
        return active

    def pairs(self, iou: float, rule: Rule) -> OrderedPairs:
        """The candidate pairs in the order of a rule, down to `iou` or further."""
        with self._lock:
            return self._pairs(rule, iou)

    def covered(self, pairs: OrderedPairs, iou: float) -> NDArray[np.bool_]:
        """`(inferences,)` bool: those that leave every count unless they are paired."""
        covered = self._ignored | self.unlabelled
        covered[pairs.inside[pairs.share >= iou]] = True
        return covered

    def remembered(self, name: str, make: Callable[[], NamedArrays]) -> NamedArrays:
        """Arrays that depend on the labels and the set alone: those kept under `name`, else those made."""
        return self._memo(name, make)

    def against(self, other: "Evaluation", key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """What is made of this set and another one; that of the last key is kept.

        Args:
            other: The other set.
            key: What else it depends on.
            make: Makes it.
        """
        if self._pair is None or self._pair[0] is not other or self._pair[1] != key:
            self._pair = (other, key, make())
        found: _Kept = self._pair[2]
        return found

    @cached_property
    def average_precision(self) -> AveragePrecision:
        """COCO's metrics over all frames; no threshold bears on them."""
        return self.average_precision_of(None)

    def average_precision_of(self, frames: NDArray[np.bool_] | None) -> AveragePrecision:
        """COCO's metrics over the frames where the mask `(frames,)` is true."""
        n = len(self.dataset.project.class_map.evaluated_names)
        if self.inferences.unranked:
            return AveragePrecision({name: np.full(n, np.nan) for name in NAMES})
        partial = None if self.federation is None else self.federation.partial
        return average_precision(
            self.dataset, self.inferences.objects, self.classes, n, frames, partial=partial
        )

    def _match(self, asked: _Asked) -> Matching:
        confidence, iou, rule, classes = asked
        pairs = self._pairs(rule, iou)
        counts = (len(self.classes.label), len(self.classes.inference))
        active = self.active(confidence, classes)
        least = min([confidence, *(value for _, value in classes)])
        matched = match(pairs.ordered, counts, least, iou, active if classes else None)
        return outcomes(matched, self.classes, self.region, active, self.covered(pairs, iou))

    def _pairs(self, rule: Rule, iou: float) -> OrderedPairs:
        """The pairs in the order of a rule, down to the least IoU asked for yet."""
        if iou < self._floor:
            self._floor = iou
            self._candidates = None
            self._kept.clear()
        if rule not in self._kept:
            keeps = self._memo if self._floor == FLOOR else _forgets
            self._kept[rule] = OrderedPairs.of(keeps(f"pairs-{rule}", lambda: self._found(rule)))
        return self._kept[rule]

    def _found(self, rule: Rule) -> NamedArrays:
        if self._candidates is None:
            dataset, its = self.dataset, self.inferences.objects
            self._candidates = geometry_of(dataset.project).candidates(
                dataset.frames, dataset.labels, its, self.region, self._floor
            )
        found = self._candidates
        ordered = in_order(found, rule, self.classes, self.inferences.objects.confidence)
        return {**vars(ordered), "inside": found.inside, "share": found.share}


_OUTCOMES = len(Outcome)


@dataclass(frozen=True)
class FrameScores:
    """Scores of each frame under one set, `(frames,)`; rates float64, NaN where undefined, counts int64.

    Attributes:
        errors: Confused, missed and spurious together.
    """

    correct: Counts
    confused: Counts
    missed: Counts
    spurious: Counts
    errors: Counts
    precision: Floats
    recall: Floats
    f1: Floats


def frame_scores(evaluation: Evaluation, matching: Matching) -> FrameScores:
    """Counts and rates of every frame."""
    frames = len(evaluation.dataset.frames)
    labels = _counts(evaluation.dataset.labels.frame, matching.label_outcome, frames)
    alone = _counts(evaluation.inferences.objects.frame, matching.inference_outcome, frames)
    correct, confused, missed = (labels[:, o] for o in (Outcome.CORRECT, Outcome.CONFUSED, Outcome.MISSED))
    spurious = alone[:, Outcome.SPURIOUS]
    support, inferred = correct + confused + missed, correct + confused + spurious
    return FrameScores(
        correct=correct,
        confused=confused,
        missed=missed,
        spurious=spurious,
        errors=confused + missed + spurious,
        precision=rate(correct, inferred),
        recall=rate(correct, support),
        f1=rate(2 * correct, support + inferred),
    )


def _counts(frame: NDArray[np.int32], outcome: NDArray[np.uint8], frames: int) -> Counts:
    cells = frame * np.int32(_OUTCOMES) + outcome
    return np.bincount(cells, minlength=frames * _OUTCOMES).reshape(frames, _OUTCOMES).astype(np.int64)
