"""`ClassComparison`: one class per image, and how often it, or one of the best few, is right."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import FrameSums, Resampling, Significance, ValueIntervals, multiplied
from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.certainty.table import Certainty, Resampled, certainties, interval_of
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import Curves
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.fields import CLASS_FRAME_FIELDS
from aquarium_tui.compare.objects.matching import Matching
from aquarium_tui.compare.objects.significance import cluster_test
from aquarium_tui.model.columns import Values
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import RANK

PLACES = (1, 2, 3, 5, 10)
"""The `k` of top-k accuracy that are told, as far as there are more classes."""

LabelHits = Mapping[str, NDArray[np.bool_]]
"""By the name of an accuracy, `(labels,)`: which labels count for it."""


def hits(evaluation: Evaluation, matching: Matching) -> LabelHits:
    """What the accuracies of a set are the shares of.

    `accuracy` is of the inferences above the confidence threshold. `top_k` accuracy, where the set has ranks,
    is over all confidences: the label's class is among the `k` with the best scores.
    """
    return {"accuracy": np.asarray(matching.label_outcome == Outcome.CORRECT)} | _top(evaluation)


def accuracies(found: LabelHits, counted: NDArray[np.bool_]) -> dict[str, float]:
    """The accuracies of a set by name, over the labels where `(labels,)` is true; NaN over none."""
    return {name: float(rate(each[counted].sum(), counted.sum())) for name, each in found.items()}


def accuracy_deltas(
    sets: tuple[LabelHits, LabelHits],
    counted: NDArray[np.bool_],
    frame: NDArray[np.int32],
    resampling: Resampling,
) -> dict[str, Resampled]:
    """The deltas of the accuracies that both sets have, `(1,)` by name.

    Args:
        sets: Of base and of other.
        counted: `(labels,)` bool.
        frame: `(labels,)` int32, the place of each label's frame among those that are drawn.
        resampling: How frames are drawn.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    shared = [name for name in sets[0] if name in sets[1]]
    at, unit = frame[counted], resampling.unit(frame[counted])
    nowhere = np.zeros(len(at), np.int64)
    changes = [sets[1][name][counted].astype(np.int64) - sets[0][name][counted] for name in shared]
    parts = [np.ones(len(at), np.int64), *changes]
    columns = [np.bincount(at, part, resampling.frames) for part in parts]
    table = np.stack(columns, axis=1).astype(np.float64)
    sums = np.concatenate([table.sum(axis=0, keepdims=True), multiplied(table, resampling)])
    found = {}
    for place, (name, change) in enumerate(zip(shared, changes, strict=True), start=1):
        delta = rate(sums[:, place], sums[:, 0])[:, None]
        differing = np.count_nonzero(np.bincount(unit, change)) if len(unit) else 0
        found[name] = Resampled(
            delta[0],
            delta[1:],
            frames=np.array([differing]),
            labels=np.array([len(at)]),
            p=cluster_test(nowhere, unit, change, 1),
            spread=np.array([resampling.units]),
        )
    return found


WholeSums = Mapping[str, FrameSums]
"""By name, numbers of a whole set that follow from sums over its frames."""


def sums_deltas(
    base: WholeSums, other: WholeSums, labels: int, resampling: Resampling
) -> dict[str, Resampled]:
    """The deltas of the numbers that both sets have, `(1,)` by name.

    Args:
        base: Of base.
        other: Of other.
        labels: How many labels they are about.
        resampling: How frames are drawn.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    found = {}
    for name in [name for name in base if name in other]:
        delta = other[name].drawn(resampling) - base[name].drawn(resampling)
        apart = np.flatnonzero((base[name].table != other[name].table).any(axis=1)).astype(np.int32)
        differing = len(np.unique(resampling.unit(apart)))
        found[name] = Resampled(
            delta[0],
            delta[1:],
            frames=np.array([differing]),
            labels=np.array([labels]),
            spread=np.array([resampling.units]),
        )
    return found


def sums_values(found: WholeSums, labels: int, resampling: Resampling) -> dict[str, Certainty]:
    """How sure the numbers of one set are by themselves, `(1,)` by name.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    units, count = np.array([resampling.units]), np.array([labels])
    return {name: interval_of(each.drawn(resampling), units, count) for name, each in found.items()}


def accuracy_values(
    found: LabelHits, counted: NDArray[np.bool_], frame: NDArray[np.int32], resampling: Resampling
) -> dict[str, Certainty]:
    """How sure the accuracies of one set are by themselves, `(1,)` by name; see `accuracy_deltas`.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    at = frame[counted]
    parts = [np.ones(len(at)), *(each[counted].astype(np.float64) for each in found.values())]
    table = np.stack([np.bincount(at, part, resampling.frames) for part in parts], axis=1).astype(np.float64)
    sums = np.concatenate([table.sum(axis=0, keepdims=True), multiplied(table, resampling)])
    units, labels = np.array([resampling.units]), np.array([len(at)])
    return {
        name: interval_of(rate(sums[:, place], sums[:, 0])[:, None], units, labels)
        for place, name in enumerate(found, start=1)
    }


def _top(evaluation: Evaluation) -> dict[str, NDArray[np.bool_]]:
    objects, dataset = evaluation.inferences.objects, evaluation.dataset
    ranks = objects.attributes.get(RANK)
    if not isinstance(ranks, Values):
        return {}
    rank = np.full(len(dataset.frames), np.inf)
    rank[objects.frame] = np.where(ranks.missing, np.inf, ranks.values)
    of_labels = rank[dataset.labels.frame]
    most = len(dataset.project.class_map.evaluated_names)
    return {f"top_{k}": np.asarray(of_labels <= k) for k in PLACES if k < most}


class ClassComparison(ObjectComparison):
    """Base and other, where labels and inferences are one class per image: an object fills its frame."""

    own_fields: ClassVar = CLASS_FRAME_FIELDS
    fills_frames: ClassVar = True

    @cached_property
    def accuracies(self) -> dict[Side, dict[str, float]]:
        """Accuracy, and top-k accuracy where a set has ranks, of each side by name."""
        return {side: accuracies(self._hits(side), self._counted_labels) for side in self.sides}

    def _valued(self, resampling: Resampling) -> Mapping[Side, ValueIntervals]:
        found = dict(super()._valued(resampling))
        for side, rates in found.items():
            own = accuracy_values(self._hits(side), self._counted_labels, self._label_frame, resampling)
            own |= sums_values(calibrations(self)[side], self.label_count, resampling)
            found[side] = replace(rates, wholes={**rates.wholes, **own})
        return found

    def _hits(self, side: Side) -> LabelHits:
        return hits(self.evaluation(side), self.matching(side))

    @property
    def _label_frame(self) -> NDArray[np.int32]:
        """`(labels,)` int32, the place of each label's frame among those that are counted."""
        frame = self.dataset.labels.frame
        return frame if self.frames is None else (np.cumsum(self.frames) - 1).astype(np.int32)[frame]

    def _resampled(self, resampling: Resampling) -> Significance:
        sets = self._hits("base"), self._hits("other")
        deltas = accuracy_deltas(sets, self._counted_labels, self._label_frame, resampling)
        sums = calibrations(self)
        deltas |= sums_deltas(sums["base"], sums["other"], self.label_count, resampling)
        return replace(super()._resampled(resampling), wholes=certainties(deltas))


def calibrations(comparison: ObjectComparison) -> dict[Side, dict[str, FrameSums]]:
    """The expected calibration error of each side, as `ece`; nothing where a set has no confidences."""
    if any(comparison.inferences(side).unranked for side in comparison.sides):
        return {side: {} for side in comparison.sides}
    curves = Curves(comparison)
    return {side: {"ece": curves.calibration(side, None)} for side in comparison.sides}
