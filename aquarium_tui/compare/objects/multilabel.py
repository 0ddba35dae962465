"""Several classes per image: matched by class alone, and ranked as scikit-learn ranks them."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import FrameSums, Resampling, Significance, ValueIntervals
from aquarium_tui.compare.cells import class_mean, rate
from aquarium_tui.compare.certainty.precision import PrecisionSignificance
from aquarium_tui.compare.certainty.table import Resampled, certainties, interval_of, typical_units
from aquarium_tui.compare.objects.accuracy import calibrations, sums_deltas, sums_values
from aquarium_tui.compare.objects.average_precision import AveragePrecision
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.model.arrays import Counts, Flags, Floats, NamedArrays
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Rule, Side

AP = "AP"
AVERAGE_NAMES = {"macro": AP, "weighted": f"{AP}_weighted", "micro": f"{AP}_micro"}
"""The averages of AP over the classes, as they are called beside numbers of whole sets."""


class MultilabelEvaluation(Evaluation):
    """Matches a label with the inference of its class in its frame; all boxes are those of their frames."""

    def _found(self, rule: Rule) -> NamedArrays:
        found = super()._found(rule)
        same = self.classes.label[found["label"]] == self.classes.inference[found["inference"]]
        pairs = {name: found[name][same] for name in ("label", "inference", "iou", "confidence")}
        # A label of an ignored class says nothing of the other classes of its frame.
        return {**pairs, "inside": found["inside"][:0], "share": found["share"][:0]}


@dataclass(frozen=True)
class RankedClasses:
    """The inferences of one set, class by class and most confident first, as scikit-learn takes them.

    Attributes:
        frames: How many frames count.
        starts: `(classes + 1,)` int64; class c is `starts[c]:starts[c + 1]`.
        frame: `(ranked,)` int64 frame of each, of those that count.
        right: `(ranked,)` float64, 1 where the frame has a label of the class.
        last: `(ranked,)` bool, the last one of those of its class that are as confident.
        label_frame: `(labels,)` int64 frames of the labels that count.
        label_class: `(labels,)` their evaluated classes.
    """

    frames: int
    starts: NDArray[np.int64]
    frame: NDArray[np.int64]
    right: Floats
    last: Flags
    label_frame: NDArray[np.int64]
    label_class: NDArray[np.int64]

    def precision(self, weights: NDArray[np.int32]) -> Floats:
        """Average precision of each class, `(classes,)`, NaN where it has no labels.

        Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct confidences, as `sklearn.metrics.average_precision_score`. A frame
        in which a class has no inference comes last, as with a score of 0.

        Args:
            weights: `(frames,)` how often each frame counts.
        """
        weight = weights[self.frame].astype(np.float64)
        begin, end = self.starts[:-1], self.starts[1:]
        right, every = (np.append(0.0, np.cumsum(each)) for each in (weight * self.right, weight))
        of = np.repeat(np.arange(len(begin)), end - begin)[self.last]
        at = np.flatnonzero(self.last) + 1
        correct, inferred = right[at] - right[begin[of]], every[at] - every[begin[of]]
        first = np.append(True, of[1:] != of[:-1]) if len(of) else np.zeros(0, bool)
        gained = correct - np.where(first, 0.0, np.append(0.0, correct[:-1])) if len(of) else correct
        support = np.bincount(self.label_class, weights[self.label_frame], len(begin))
        parts = gained * np.nan_to_num(rate(correct, inferred))
        # Of no inferences, NumPy counts in whole numbers.
        summed = np.bincount(of, parts, len(begin)).astype(np.float64)
        missing = support - (right[end] - right[begin])
        summed += missing * rate(support, np.full(len(support), weights.sum(dtype=np.float64)))
        return rate(summed, support)


def ranked_classes(comparison: "MultilabelComparison", side: Side, *, pooled: bool = False) -> RankedClasses:
    """The ranking of one set in what a comparison counts.

    Args:
        comparison: The comparison.
        side: Of the set.
        pooled: Whether all classes are ranked as one, as the micro average has it; frames are then pairs of a
            frame and a class.
    """
    evaluation, counting = comparison.evaluation(side), comparison.counting
    objects, settings, part = evaluation.inferences.objects, comparison.settings, comparison.judgement.part
    every = evaluation.matching(-np.inf, settings.iou, settings.rule)
    every = every if part is None else part.matching(side, every)
    counting = np.ones(len(comparison.dataset.frames), bool) if counting is None else counting
    lowest = min(float(objects.confidence.min(initial=0.0)), 0.0)
    counted = np.isin(every.inference_outcome, (Outcome.CORRECT, Outcome.SPURIOUS))
    rows = np.flatnonzero(counted & counting[objects.frame] & (objects.confidence > lowest))
    number = np.cumsum(counting) - 1
    n, frames = len(comparison.classes) - 1, int(counting.sum())
    class_, frame = evaluation.classes.inference[rows].astype(np.int64), number[objects.frame[rows]]
    labels = comparison.dataset.labels
    mine = np.flatnonzero(~np.isin(every.label_outcome, (Outcome.NONE, Outcome.IGNORED)))
    mine = mine[counting[labels.frame[mine]]]
    label_class = evaluation.classes.label[mine].astype(np.int64)
    label_frame = number[labels.frame[mine]]
    if pooled:
        frame, label_frame = frame * n + class_, label_frame * n + label_class
        class_, label_class, frames, n = class_ * 0, label_class * 0, frames * n, 1
    sure = objects.confidence[rows]
    order = np.lexsort((-sure, class_))
    class_, sure = class_[order], sure[order]
    differs = (class_[1:] != class_[:-1]) | (sure[1:] != sure[:-1])
    return RankedClasses(
        frames=frames,
        starts=np.searchsorted(class_, np.arange(n + 1)).astype(np.int64),
        frame=frame[order].astype(np.int64),
        right=(every.inference_outcome[rows[order]] == Outcome.CORRECT).astype(np.float64),
        last=np.append(differs, True)[: len(rows)],
        label_frame=label_frame.astype(np.int64),
        label_class=label_class,
    )


@dataclass(frozen=True)
class ClassPrecision:
    """AP of one set.

    Attributes:
        per_class: `(classes,)` float64, NaN where a class has no labels.
        averages: `macro`, `weighted` and `micro`, as scikit-learn has them.
    """

    per_class: Floats
    averages: Mapping[str, float]


class MultilabelComparison(ObjectComparison):
    """Base and other, where labels and inferences are any number of classes per image."""

    fills_frames: ClassVar = True
    evaluation_type: ClassVar[type[Evaluation]] = MultilabelEvaluation

    def average_precision(self, side: Side) -> AveragePrecision:
        """AP of one set, over all confidences; it has no IoU and no sizes."""
        return AveragePrecision({AP: self.class_precision[side].per_class})

    @cached_property
    def class_precision(self) -> Mapping[Side, ClassPrecision]:
        """AP of each side."""
        return {side: self._precision(side) for side in self.sides}

    def _precision(self, side: Side) -> ClassPrecision:
        if self.inferences(side).unranked:
            nothing = {"macro": np.nan, "weighted": np.nan, "micro": np.nan}
            return ClassPrecision(np.full(len(self.classes) - 1, np.nan), nothing)
        ranked, pooled = (ranked_classes(self, side, pooled=pooled) for pooled in (False, True))
        of_class = ranked.precision(np.ones(ranked.frames, np.int32))
        support = np.bincount(ranked.label_class, minlength=len(of_class))
        averages = {
            "macro": float(class_mean(of_class)),
            "weighted": float(class_mean(of_class, support)),
            "micro": float(pooled.precision(np.ones(pooled.frames, np.int32))[0]),
        }
        return ClassPrecision(of_class, averages)

    def exact(self, side: Side) -> tuple[float, float]:
        """The share of frames whose classes are all right, and the Hamming loss, as in scikit-learn.

        Classes outside the slice, and ignored ones, have no part in it.
        """
        found = self._sums(side)
        once = {name: each.of(each.table.sum(axis=0, keepdims=True)) for name, each in found.items()}
        return float(once["exact_match"][0]), float(once["hamming_loss"][0])

    def _sums(self, side: Side) -> dict[str, FrameSums]:
        """Exact matches and Hamming loss as sums over the counted frames: what is wrong, then the frames."""
        errors = self.frame_scores[side].errors
        errors = errors if self.counting is None else errors[self.counting]
        classes, one = len(self.classes) - 1, np.ones(len(errors))
        return {
            "exact_match": FrameSums(np.stack([errors == 0, one], axis=1), lambda s: rate(s[:, 0], s[:, 1])),
            "hamming_loss": FrameSums(
                np.stack([errors, one], axis=1), lambda s: rate(s[:, 0], classes * s[:, 1])
            ),
        }

    def _valued(self, resampling: Resampling) -> Mapping[Side, ValueIntervals]:
        found, calibrated = dict(super()._valued(resampling)), calibrations(self)
        for side, rates in found.items():
            own = sums_values(self._sums(side) | calibrated[side], self.label_count, resampling)
            found[side] = replace(rates, wholes={**rates.wholes, **own})
        return found

    def _resampled(self, resampling: Resampling) -> Significance:
        calibrated = calibrations(self)
        base, other = (self._sums(side) | calibrated[side] for side in ("base", "other"))
        wholes = certainties(sums_deltas(base, other, self.label_count, resampling))
        return replace(super()._resampled(resampling), wholes=wholes)

    def precision_significance(
        self,
        names: Sequence[str],
        replicates: int = 1000,
        seed: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> PrecisionSignificance:
        """How sure the deltas of AP are; see `ObjectComparison.precision_significance`."""
        if AP not in names or any(self.inferences(side).unranked for side in self.sides):
            return PrecisionSignificance(replicates, {}, {})
        resampling = self.resampling(replicates, seed, cancelled)
        with ThreadPoolExecutor(2) as pool:
            base, other = pool.map(lambda side: self._drawn(side, resampling), ("base", "other"))
        delta, skip = other - base, len(AVERAGE_NAMES)
        units, labels = self.label_units, np.bincount(self._labels, minlength=len(self.classes) - 1)
        differs = bool(np.nan_to_num(delta).any())
        of_class = Resampled(delta[0, skip:], delta[1:, skip:], units[1:] * differs, labels)
        totals = {
            name: Resampled(
                delta[0, [place]],
                delta[1:, [place]],
                units[:1] * differs,
                labels.sum(keepdims=True),
                spread=spread,
            )
            for place, (name, spread) in enumerate(self._spreads(resampling).items())
        }
        return PrecisionSignificance(replicates, certainties({AP: of_class}), certainties(totals))

    def precision_intervals(
        self,
        side: Side,
        names: Sequence[str],
        replicates: int = 1000,
        seed: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ValueIntervals:
        """How sure AP of one set is by itself."""
        if AP not in names or self.inferences(side).unranked:
            return ValueIntervals()
        resampling, skip = self.resampling(replicates, seed, cancelled), len(AVERAGE_NAMES)
        found = self._drawn(side, resampling)
        units, labels = self.label_units, np.bincount(self._labels, minlength=len(self.classes) - 1)
        of_class = {AP: interval_of(found[:, skip:], units[1:], labels)}
        wholes = {
            name: interval_of(found[:, [place]], spread, labels.sum(keepdims=True))
            for place, (name, spread) in enumerate(self._spreads(resampling).items())
        }
        totals = {average: {AP: wholes[name]} for average, name in AVERAGE_NAMES.items()}
        return ValueIntervals(of_class, totals, wholes)

    def _spreads(self, resampling: Resampling) -> dict[str, Counts]:
        """How many units the spread of each average comes from, `(1,)` by name, in their order."""
        drawn, rare = np.array([resampling.units]), typical_units(self.label_units[1:])
        return {name: rare if average == "macro" else drawn for average, name in AVERAGE_NAMES.items()}

    @property
    def _labels(self) -> NDArray[np.int32]:
        """The evaluated classes of the labels that count."""
        return self.evaluation("base").classes.label[self._counted_labels]

    def _drawn(self, side: Side, resampling: Resampling) -> Floats:
        """AP on the frames as they are, then in each replicate: the averages, then each class."""
        ranked, pooled = (ranked_classes(self, side, pooled=pooled) for pooled in (False, True))
        n = len(self.classes) - 1
        rows, supports, micro = [], [], []
        for weights in chain([np.ones(resampling.frames, np.int32)], resampling.weights()):
            rows.append(ranked.precision(weights))
            supports.append(np.bincount(ranked.label_class, weights[ranked.label_frame], n))
            micro.append(pooled.precision(np.repeat(weights, n)))
        found = np.stack(rows)
        macro, weighted = class_mean(found)[:, None], class_mean(found, np.stack(supports))[:, None]
        return np.concatenate([macro, weighted, np.stack(micro), found], axis=1)
