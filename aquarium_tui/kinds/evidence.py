"""What is known of a comparison so far of what takes longer than a glance."""

from dataclasses import dataclass

import numpy as np

from aquarium_tui.compare.certainty.table import Certainty, State
from aquarium_tui.compare.objects.precision_significance import PrecisionSignificance
from aquarium_tui.compare.significance import Significance
from aquarium_tui.compare.verdict import Verdict
from aquarium_tui.kinds.report import ClassField
from aquarium_tui.model.numbers import UNDEFINED, signed


@dataclass(frozen=True)
class Evidence:
    """What is known so far.

    Attributes:
        classes: How many classes there are, background left out.
        fields: Further fields of the report.
        significance: Of rates and cells; None while not known, or with one set.
        precision: Of AP and its like; None while not known, or where AP means nothing.
        verdict: What the comparison comes to; None while not known, or with one set.
    """

    classes: int = 0
    fields: tuple[ClassField, ...] = ()
    significance: Significance | None = None
    precision: PrecisionSignificance | None = None
    verdict: Verdict | None = None

    def cell(self, label: int, inferred: int) -> State:
        """How sure the delta of a cell is."""
        if self.significance is None:
            return State.UNKNOWN
        return self.significance.cells.state(self._row(label, inferred))

    def of_class(self, key: str, row: int) -> State:
        """How sure the delta of a field of the report is for a class."""
        certainty = self._of_classes(key)
        return certainty.state(row) if certainty else State.UNKNOWN

    def of_all(self, key: str, average: str) -> State:
        """How sure the delta of a field of the report is over all classes."""
        found = self.significance.totals.get(average, {}).get(key) if self.significance else None
        if found is None and self.precision:
            found = self.precision.total.get(key)
        return found.state(0) if found else State.UNKNOWN

    def _of_classes(self, key: str) -> Certainty | None:
        found = self.significance.per_class.get(key) if self.significance else None
        return found or (self.precision.per_class.get(key) if self.precision else None)

    def cell_words(self, label: int, inferred: int) -> str:
        """The interval of a cell's delta and its p-value; empty while they are not known."""
        if self.significance is None:
            return ""
        cells, row = self.significance.cells, self._row(label, inferred)
        if cells.few[row]:
            return "too few frames to tell"
        between = f"[{signed(float(cells.low[row]))}, {signed(float(cells.high[row]))}]"
        return f"{between}   {p_text(float(cells.p[row]))}"

    def _row(self, label: int, inferred: int) -> int:
        return label * (self.classes + 1) + inferred


def looks(text: str, gain: float, state: State) -> tuple[str, str]:
    """A delta as it is drawn, and its ink: sure in colour, weak dim, few dim behind `~`, unknown plain.

    Args:
        text: The delta as text.
        gain: Above 0 for an improvement, below for the opposite; else it is dim.
        state: How sure it is.
    """
    if not gain or np.isnan(gain):
        return text, "dim"
    match state:
        case State.SURE:
            return text, "good" if gain > 0 else "bad"
        case State.WEAK:
            return text, "dim"
        case State.FEW:
            return f"~{text}", "dim"
        case _:
            return text, ""


def p_text(p: float) -> str:
    """A p-value such as `p = .034`, `p < .001`."""
    if np.isnan(p):
        return f"p {UNDEFINED}"
    return "p < .001" if p < 0.0005 else f"p = {p:.3f}".replace("0.", ".")
