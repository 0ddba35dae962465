"""COCO's metrics of two sets in every replicate of a resampling, side by side."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.precision import WeightedPrecision
from aquarium_tui.compare.certainty.ranked import RankedMatches
from aquarium_tui.compare.rates import class_mean
from aquarium_tui.model.arrays import Floats


@dataclass(frozen=True)
class PrecisionDeltas:
    """Deltas of one of COCO's metrics.

    Attributes:
        delta: `(1 + classes,)` float64, the mean over the classes first; NaN where a set has none.
        values: `(replicates, 1 + classes)` the same in each replicate.
    """

    delta: Floats
    values: Floats


def precision_deltas(
    base: RankedMatches, other: RankedMatches, resampling: Resampling, names: Sequence[str]
) -> dict[str, PrecisionDeltas]:
    """How COCO's metrics differ, other minus base, on the frames and on frames drawn anew.

    Both sets see the same draws. The two run in two threads: NumPy lets go of the interpreter while it works
    on whole arrays, so two cores are used.

    Args:
        base: Matches of the base set.
        other: Matches of the other set.
        resampling: How frames are drawn.
        names: Which metrics, of `precision.PRECISIONS` and `precision.RECALLS`.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    sets = [WeightedPrecision(matches, tuple(names)) for matches in (base, other)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda each: _replicates(each, resampling), sets)
    found = {}
    for name in names:
        delta = second[name] - first[name]
        found[name] = PrecisionDeltas(delta[0], delta[1:])
    return found


def _replicates(set_: WeightedPrecision, resampling: Resampling) -> dict[str, Floats]:
    """By name `(1 + replicates, 1 + classes)`: on the frames as they are, then in each replicate."""
    rows = 1 + resampling.replicates
    found = {name: np.empty((rows, 1 + set_.matches.classes)) for name in set_.names}
    once = np.ones(resampling.frames, np.int32)
    for row, weights in enumerate(chain([once], resampling.weights())):
        for name, values in set_.of(weights).items():
            found[name][row, 0] = class_mean(values)
            found[name][row, 1:] = values
    return found
