"""How sure the deltas of one table are: interval, p-value, q-value and one word for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.intervals import adjusted, corrected_interval, spread_p_values
from aquarium_tui.model.arrays import Floats

LEAST_FRAMES = 6
"""Fewer frames, or groups, that have a part in a delta are *few*: with five, all changing the same way, an
exact test of signs gives p = 2 / 2 ** 5 = .06, so no number of objects in them could make the delta sure."""

LEAST_LABELS = 10
"""A class with fewer labels is *few*: the intervals of its F1 held the true delta in 66 to 77 % of simulated
datasets instead of 95 %."""

LEVEL_OF_Q = 0.05
"""The share of false discoveries that is accepted among the deltas called sure."""


class State(StrEnum):
    """How a delta is drawn."""

    SURE = "sure"
    WEAK = "weak"
    FEW = "few"
    UNKNOWN = "unknown"

    @property
    def mark(self) -> str:
        """What stands beside a delta, so that states can be told apart without colour."""
        return {State.SURE: "*", State.WEAK: "", State.FEW: "~", State.UNKNOWN: "…"}[self]


@dataclass(frozen=True)
class Resampled:
    """One figure of each row of a table, on the frames and on frames drawn anew.

    Attributes:
        delta: `(rows,)` float64 other minus base, NaN where not defined.
        values: `(replicates, rows)` the same in each replicate.
        frames: `(rows,)` how many frames, or groups, have a part in each delta.
        labels: `(rows,)` how many labels each row has, or None where rows are not of classes.
        p: `(rows,)` p-values of a test of its own; None takes delta over its standard error.
        spread: `(rows,)` how many frames the spread is estimated from, where that is not `frames`.
    """

    delta: Floats
    values: Floats
    frames: NDArray[np.int64]
    labels: NDArray[np.int64] | None = None
    p: Floats | None = None
    spread: NDArray[np.int64] | None = None

    @property
    def units(self) -> NDArray[np.int64]:
        """`(rows,)`: how many frames the spread is estimated from."""
        return self.frames if self.spread is None else self.spread


@dataclass(frozen=True)
class Certainty:
    """How sure the deltas of one figure are, `(rows,)` each.

    Attributes:
        low: Lower end of the 95 % interval; NaN where there is none.
        high: Upper end.
        p: Two-sided p-value; NaN where the delta is not defined.
        q: The p-value adjusted for all that is listed together; NaN where it is not tested.
        few: Whether too few frames or labels have a part in it to say anything.
    """

    low: Floats
    high: Floats
    p: Floats
    q: Floats
    few: NDArray[np.bool_]

    @cached_property
    def sure(self) -> NDArray[np.bool_]:
        """Where q is at most .05, the interval excludes 0 and enough frames have a part."""
        apart = (self.low > 0) | (self.high < 0)
        return ~self.few & apart & (np.nan_to_num(self.q, nan=1.0) <= LEVEL_OF_Q)

    def rows(self, at: NDArray[np.intp]) -> "Certainty":
        """The same of some of the rows."""
        return Certainty(self.low[at], self.high[at], self.p[at], self.q[at], self.few[at])

    def state(self, row: int) -> State:
        """One word for a row."""
        if self.few[row]:
            return State.FEW
        return State.SURE if self.sure[row] else State.WEAK


def certainties(table: Mapping[str, Resampled]) -> dict[str, Certainty]:
    """How sure every figure of every row of one table is.

    Benjamini and Hochberg's procedure covers all figures of all rows that are not *few*: whoever looks for
    the bright ones looks at them all.
    """
    few = {name: _few(figure) for name, figure in table.items()}
    p = {name: _p_values(figure) for name, figure in table.items()}
    if not table:
        return {}
    q = adjusted(np.concatenate([*p.values()]), ~np.concatenate([*few.values()]))
    edges = np.cumsum([len(each) for each in p.values()])[:-1]
    found = {}
    for (name, figure), of in zip(table.items(), np.split(q, edges), strict=True):
        interval = corrected_interval(figure.values, figure.delta, figure.units)
        found[name] = Certainty(interval.low, interval.high, p[name], of, few[name])
    return found


def interval_of(
    values: Floats, units: NDArray[np.int64], labels: NDArray[np.int64] | None = None
) -> Certainty:
    """How sure figures of one set are, `(rows,)` each; a value is tested against nothing, so p and q are NaN.

    Args:
        values: `(1 + replicates, rows)`, on the frames as they are first.
        units: `(rows,)` in how many frames, or groups, the labels of each figure lie.
        labels: `(rows,)` how many labels that are, or None where figures are not of labels.
    """
    found = corrected_interval(values[1:], values[0], units)
    few = units < LEAST_FRAMES
    nothing = np.full(len(few), np.nan)
    few = few if labels is None else few | (labels < LEAST_LABELS)
    return Certainty(found.low, found.high, nothing, nothing, few)


def listed(low: Floats, high: Floats, p: Floats, few: NDArray[np.bool_]) -> Certainty:
    """How sure the deltas of a list are whose intervals and p-values are known, `(rows,)` each."""
    return Certainty(low, high, p, adjusted(p, ~few), few)


def _few(figure: Resampled) -> NDArray[np.bool_]:
    few = figure.frames < LEAST_FRAMES
    return few if figure.labels is None else few | (figure.labels < LEAST_LABELS)


def _p_values(figure: Resampled) -> Floats:
    return figure.p if figure.p is not None else spread_p_values(figure.values, figure.delta, figure.units)
