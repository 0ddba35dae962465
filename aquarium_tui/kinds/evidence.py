"""What is known of a comparison so far of what takes longer than a glance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.significance import Significance
from aquarium_tui.kinds.report import ClassField
from aquarium_tui.model.numbers import UNDEFINED, signed


@dataclass(frozen=True)
class Evidence:
    """What is known so far.

    Attributes:
        fields: Further fields of the report.
        significance: Intervals and p-values; None while they are not known, or with one set.
    """

    fields: tuple[ClassField, ...] = ()
    significance: Significance | None = None

    @property
    def weak(self) -> NDArray[np.bool_] | None:
        """`(n + 1, n + 1)` bool: deltas whose interval holds 0."""
        return self.significance.cells.holds_zero if self.significance else None

    def weak_rates(self, key: str) -> NDArray[np.bool_] | None:
        """`(1 + classes,)` bool: deltas of a field of the report whose interval holds 0, the total first."""
        if self.significance is None or key not in self.significance.per_class:
            return None
        per_class = self.significance.per_class[key]
        total = self.significance.total.get("miou" if key == "iou" else key)
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
    if np.isnan(p):
        return f"p {UNDEFINED}"
    return "p < .001" if p < 0.0005 else f"p = {p:.3f}".replace("0.", ".")
