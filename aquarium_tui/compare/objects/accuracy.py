"""Accuracy of classifiers: of the class that is inferred, and of the best few."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, multiplied
from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.certainty.table import Certainty, Resampled, certainties, interval_of
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.matching import Matching
from aquarium_tui.compare.objects.significance import cluster_test
from aquarium_tui.model.columns import Values
from aquarium_tui.model.outcomes import Outcome
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


def accuracy_certainty(
    sets: tuple[LabelHits, LabelHits],
    counted: NDArray[np.bool_],
    frame: NDArray[np.int32],
    resampling: Resampling,
) -> dict[str, Certainty]:
    """How sure the deltas of the accuracies are that both sets have, `(1,)` by name.

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
    return certainties(found)


def accuracy_values(
    found: LabelHits, counted: NDArray[np.bool_], frame: NDArray[np.int32], resampling: Resampling
) -> dict[str, Certainty]:
    """How sure the accuracies of one set are by themselves, `(1,)` by name; see `accuracy_certainty`.

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
