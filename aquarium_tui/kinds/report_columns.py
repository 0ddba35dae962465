"""The report as a table: rates of classes, and what leads them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds.columns import CellText, TableColumn
from aquarium_tui.kinds.evidence import Evidence, looks
from aquarium_tui.kinds.report import ClassField, ClassReport, Total, TotalGroup
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.names import visible

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

    def gain(row: int) -> CellText:
        state = evidence.of_class(field.key, row - 1) if row else evidence.of_all(field.key, average)
        return looks(unit.signed(delta[row].item()), delta[row].item(), state)

    return TableColumn(key, f"Δ{field.short}", 6, gain, lambda: delta, right=True)


def _total_text(total: Total) -> str:
    """`accuracy .853 → .871 +.018`, of one set or two."""
    values = list(total.values.values())
    text = f"{total.short} {' → '.join(map(total.unit.written, values))}"
    return f"{text} {total.unit.signed(values[1] - values[0])}" if len(values) > 1 else text
