"""Accuracy of classifiers: of the class that is inferred, and of the best few."""

from collections.abc import Mapping

import numpy as np

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.rates import rate
from aquarium_tui.model.columns import Values
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import RANK

PLACES = (1, 2, 3, 5, 10)
"""The `k` of top-k accuracy that are told, as far as there are more classes."""


def accuracies(comparison: ObjectComparison, side: Side) -> Mapping[str, float]:
    """Shares of the counted labels, by name; NaN without labels.

    `accuracy` is of the inferences above the confidence threshold. `top_k` accuracy, where the set has ranks,
    is over all confidences: the label's class is among the `k` with the best scores.
    """
    scores = comparison.scores[side]
    found = {"accuracy": float(rate(scores.correct.sum(), scores.support.sum()))}
    return found | _top(comparison, side)


def _top(comparison: ObjectComparison, side: Side) -> dict[str, float]:
    objects, labels = comparison.inferences(side).objects, comparison.dataset.labels
    ranks = objects.attributes.get(RANK)
    if not isinstance(ranks, Values):
        return {}
    rank = np.full(len(comparison.dataset.frames), np.inf)
    rank[objects.frame] = np.where(ranks.missing, np.inf, ranks.values)
    counted = ~comparison.evaluation(side).region
    if comparison.frames is not None:
        counted &= comparison.frames[labels.frame]
    of_labels = rank[labels.frame[counted]]
    most = len(comparison.classes) - 1
    return {f"top_{k}": float(rate((of_labels <= k).sum(), of_labels.size)) for k in PLACES if k < most}
