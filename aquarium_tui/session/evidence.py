"""What takes longer than a glance: AP, and whether a delta is more than chance. Shown when it is ready."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.significance import Significance
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.numbers import UNDEFINED, signed
from aquarium_tui.model.settings import Side
from aquarium_tui.session.view import View


@dataclass(frozen=True)
class Evidence:
    """What is known so far of one view.

    Attributes:
        view: The view.
        ap50: AP50 `(1 + classes,)` float64 of each side, the mean first.
        significance: Intervals and p-values; None while they are not known, or with one set.
    """

    view: View
    ap50: Mapping[Side, Floats] = field(default_factory=dict)
    significance: Significance | None = None

    @property
    def weak(self) -> NDArray[np.bool_] | None:
        """`(n + 1, n + 1)` bool: deltas whose interval holds 0."""
        return self.significance.cells.holds_zero if self.significance else None

    def weak_rates(self, metric: str) -> NDArray[np.bool_] | None:
        """`(1 + classes,)` bool: deltas of a rate whose interval holds 0, the total first."""
        if self.significance is None or metric not in self.significance.per_class:
            return None
        per_class = self.significance.per_class[metric]
        total = self.significance.total.get("miou" if metric == "iou" else metric)
        return np.append(total.holds_zero if total else False, per_class.holds_zero)

    def of_cell(self, label: int, inferred: int) -> str:
        """The interval of a cell's delta and, of objects, its p-value; empty while they are not known."""
        found = self.significance
        if found is None:
            return ""
        low, high = (float(v[label, inferred]) for v in (found.cells.low, found.cells.high))
        between = f"[{signed(low)}, {signed(high)}]"
        if found.p_values is not None:
            between += f"   {p_text(float(found.p_values[label, inferred]))}"
        return between


def p_text(p: float) -> str:
    """A p-value such as `p = .034`, `p < .001`."""
    if p != p:  # noqa: PLR0124
        return f"p {UNDEFINED}"
    return "p < .001" if p < 0.0005 else f"p = {p:.3f}".replace("0.", ".")


def gathered(view: View, cancelled: Callable[[], bool]) -> Iterator[Evidence]:
    """What can be found out about a view, more with each step.

    Raises:
        CancelledError: `cancelled` said so.
    """
    comparison = view.comparison
    evidence = Evidence(view)
    if comparison.other:
        evidence = replace(evidence, significance=comparison.significance(cancelled=cancelled))
        yield evidence
    if isinstance(comparison, PixelComparison) or comparison.whole:
        return
    ap50: dict[Side, Floats] = {}
    for side in comparison.sides:
        if cancelled():
            return
        found = comparison.average_precision(side)
        ap50[side] = np.append(found.total["AP50"], found.ap50)
    yield replace(evidence, ap50=ap50)
