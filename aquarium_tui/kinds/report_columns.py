"""The report as a table: rates of classes, and what leads them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from aquarium_tui.compare.certainty.table import Certainty, State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.precision_significance import PrecisionSignificance
from aquarium_tui.compare.significance import Significance
from aquarium_tui.compare.verdict import Verdict
from aquarium_tui.kinds.columns import CellText, TableColumn
from aquarium_tui.kinds.report import ClassField, ClassReport, Total, TotalGroup
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import p_text, signed


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


Reported_contra = TypeVar("Reported_contra", bound=Comparison, contravariant=True)


class Reporting(Protocol[Reported_contra]):
    """What says what a report says: a kind."""

    def class_report(self, comparison: Reported_contra) -> ClassReport:
        """The report class by class."""

    def totals(self, comparison: Reported_contra) -> tuple[TotalGroup, ...]:
        """Numbers of the whole comparison."""


@dataclass(frozen=True)
class ReportTable:
    """The report as a table, one row per class and the total as row 0.

    Attributes:
        columns: What to show of each row.
        count: How many rows there are.
        summary: Numbers of the whole that belong to no class.
    """

    columns: list[TableColumn]
    count: int
    summary: str = ""


def report_table(
    kind: Reporting[Reported_contra],
    comparison: Reported_contra,
    color: Callable[[int], str],
    evidence: Evidence | None = None,
) -> ReportTable:
    """Class, support, and each rate, or its delta where there are two sets.

    Args:
        kind: Says what the report says.
        comparison: Of all frames, or of some.
        color: `#rrggbb` of an evaluated class by position.
        evidence: What is known of it so far.
    """
    report = kind.class_report(comparison)
    support = np.concatenate([[report.support.sum()], report.support])

    def name(row: int) -> CellText:
        if row == 0:
            return report.total_title, "strong"
        return [("■ ", color(row - 1)), (visible(report.names[row - 1]), "")]

    columns = [
        TableColumn("class", "class", 0, name, lambda: np.arange(len(support))),
        TableColumn(
            "support",
            "support",
            7,
            lambda row: report.unit.written(support[row].item()),
            lambda: support,
            right=True,
            descending=True,
        ),
    ]
    for field in (*report.fields, *(evidence.fields if evidence else ())):
        if field.short:
            columns.append(_rate(field, report.total, evidence or Evidence()))
    totals = [total for group in kind.totals(comparison) for total in group.totals if total.short]
    return ReportTable(columns, len(support), "   ".join(map(_total_text, totals)))


def _with_total(field: ClassField, average: str) -> Sequence[Floats]:
    """`(1 + classes,)` float64 of each side, the total first: of this average, else of the one there is."""
    totals = field.totals.get(average) or next(iter(field.totals.values()))
    return [np.concatenate([[totals[side]], values]) for side, values in field.values.items()]


def _rate(field: ClassField, average: str, evidence: Evidence) -> TableColumn:
    values = _with_total(field, average)
    unit, first = field.unit, values[0]
    key = field.key.lower()
    if len(values) == 1:
        return TableColumn(
            key, field.short, 5, lambda row: unit.written(first[row].item()), lambda: first, right=True
        )
    delta = values[1] - first
    sign = {"higher": 1, "lower": -1, "": 0}[field.better]

    def gain(row: int) -> CellText:
        state = evidence.of_class(field.key, row - 1) if row else evidence.of_all(field.key, average)
        return looks(unit.signed(delta[row].item()), sign * delta[row].item(), state)

    return TableColumn(key, f"Δ{field.short}", 6, gain, lambda: delta, right=True)


def _total_text(total: Total) -> str:
    """`accuracy .853 → .871 +.018`, of one set or two."""
    values = list(total.values.values())
    text = f"{total.short} {' → '.join(map(total.unit.written, values))}"
    return f"{text} {total.unit.signed(values[1] - values[0])}" if len(values) > 1 else text
