"""COCO's metrics of one set in every replicate of a resampling."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.precision import WeightedPrecision
from aquarium_tui.compare.certainty.ranked import RankedMatches
from aquarium_tui.compare.rates import class_mean
from aquarium_tui.model.arrays import Floats


def metric_replicates(
    matches: RankedMatches, resampling: Resampling, names: Sequence[str]
) -> dict[str, Floats]:
    """COCO's metrics on the frames as they are, then in each replicate.

    Args:
        matches: Of the set.
        resampling: How frames are drawn.
        names: Which metrics, of `precision.PRECISIONS` and `precision.RECALLS`.

    Returns:
        By name `(1 + replicates, 1 + classes)`, the mean over the classes first; NaN where undefined.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    weighted = WeightedPrecision(matches, tuple(names))
    found = {name: np.empty((1 + resampling.replicates, 1 + matches.classes)) for name in names}
    once = np.ones(resampling.frames, np.int32)
    for row, weights in enumerate(chain([once], resampling.weights())):
        for name, values in weighted.of(weights).items():
            found[name][row, 0] = class_mean(values)
            found[name][row, 1:] = values
    return found
