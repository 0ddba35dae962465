"""Is it real? Intervals of every delta by the bootstrap, and exact McNemar tests of what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Floats


def mcnemar(a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
    """Two-sided exact p-values of as many changes one way (`a`) and the other way (`b`), of one shape.

    If both ways are equally likely, the smaller count is binomial: the p-value is twice its lower tail, at
    most 1 (McNemar 1947, exact form). It is 1 where nothing changed.
    """
    changes = a + b
    size = int(changes.max(initial=0)) + 1
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size)))])
    pairs, where = np.unique(np.minimum(a, b) * size + changes, return_inverse=True)
    tails = [_lower_tail(pair // size, pair % size, log_factorial) for pair in pairs.tolist()]
    return np.asarray(np.minimum(2 * np.array(tails), 1.0)[where].reshape(a.shape))


def _lower_tail(least: int, n: int, log_factorial: Floats) -> float:
    """Probability of at most `least` heads in `n` fair throws."""
    ways = log_factorial[n] - log_factorial[: least + 1] - log_factorial[n - least : n + 1][::-1]
    return float(np.exp(np.logaddexp.reduce(ways - n * np.log(2.0))))


@dataclass(frozen=True)
class Interval:
    """The middle 95 % of the resampled values of some deltas; NaN where no resample defines one.

    Attributes:
        low: float64, of a shape that the owner names.
        high: The same.
    """

    low: Floats
    high: Floats

    @property
    def holds_zero(self) -> NDArray[np.bool_]:
        """Whether the delta may be nothing, or is not defined."""
        return ~((self.low > 0) | (self.high < 0))


def interval(values: NDArray[Any]) -> Interval:
    """Of `(replicates, …)` values, over those that are not NaN; its ends are values, rounded outward."""
    ordered = np.sort(values, axis=0)
    last = np.maximum(np.count_nonzero(~np.isnan(values), axis=0, keepdims=True) - 1, 0)
    ends = np.floor(0.025 * last).astype(int), np.ceil(0.975 * last).astype(int)
    low, high = (np.take_along_axis(ordered, end, axis=0)[0].astype(np.float64) for end in ends)
    return Interval(low, high)


@dataclass(frozen=True)
class Significance:
    """How sure the deltas are, had other frames of the same kind been drawn.

    Attributes:
        replicates: How often the frames were drawn anew.
        cells: Of the delta of every cell, `(classes + 1, classes + 1)`.
        per_class: Of the deltas of the rates of each class, `(classes,)` by name.
        total: Of the deltas of rates over all classes, `()` by name.
        p_value: Two-sided exact McNemar test of fixed against broken objects; None where no test is offered.
        p_values: The same of each cell, introduced against fixed and moved, `(classes + 1, classes + 1)`.
    """

    replicates: int
    cells: Interval
    per_class: Mapping[str, Interval]
    total: Mapping[str, Interval]
    p_value: float | None = None
    p_values: Floats | None = None
