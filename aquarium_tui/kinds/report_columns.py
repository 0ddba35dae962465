"""The report as a table: rates of classes, and what leads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Significance
from aquarium_tui.compare.certainty.precision import PrecisionSignificance
from aquarium_tui.compare.certainty.table import Certainty, State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import MetricTotal, metric_totals
from aquarium_tui.compare.verdict import Sensitivity, Verdict
from aquarium_tui.kinds.columns import CellText, TableColumn
from aquarium_tui.kinds.report import ClassField, ClassReport, Total, TotalGroup
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, Unit, grouped, number, p_text, signed, signed_number
from aquarium_tui.model.settings import Side


@dataclass(frozen=True)
class Evidence:
    """What is known so far.

    Attributes:
        classes: How many classes there are, background left out.
        fields: Further fields of the report.
        significance: Of rates and cells; None while not known, or with one set.
        precision: Of AP and its like; None while not known, or where AP means nothing.
        verdict: What the comparison comes to; None while not known, or with one set.
        sensitivity: What the headline depends on; None while not known, or where there are no settings.
        metrics: Of the user's metrics, as of `metric_certainty`; those not known yet are not there.
    """

    classes: int = 0
    fields: tuple[ClassField, ...] = ()
    significance: Significance | None = None
    precision: PrecisionSignificance | None = None
    verdict: Verdict | None = None
    sensitivity: Sensitivity | None = None
    metrics: Mapping[str, Certainty] = field(default_factory=dict)

    def cells(self, matrix: str) -> Certainty | None:
        """How sure the deltas of all cells are; None where that is not known.

        Args:
            matrix: The metric of the user whose matrix it is; empty for the confusion.
        """
        if matrix:
            return self.metrics.get(matrix)
        return self.significance.cells if self.significance else None

    def cell(self, label: int, inferred: int, matrix: str = "") -> State:
        """How sure the delta of a cell is."""
        cells = self.cells(matrix)
        return cells.state(self._row(label, inferred)) if cells else State.UNKNOWN

    def of_class(self, key: str) -> Certainty | None:
        """How sure the deltas of a field of the report are, `(classes,)`; None where that is not known."""
        found = self.significance.per_class.get(key) if self.significance else None
        return found or (self.precision.per_class.get(key) if self.precision else None)

    def of_all(self, key: str, average: str) -> Certainty | None:
        """The same over all classes, `(1,)`."""
        found = self.significance.totals.get(average, {}).get(key) if self.significance else None
        return found or (self.precision.of_all(key, average) if self.precision else None)

    def of_metric(self, name: str) -> State:
        """How sure the delta of one of the user's metrics is."""
        return self.metrics[name].state(0) if name in self.metrics else State.UNKNOWN

    def of_whole(self, key: str) -> State:
        """How sure the delta of a number is that belongs to no class, such as accuracy."""
        found = self.whole(key)
        return found.state(0) if found else State.UNKNOWN

    def whole(self, key: str) -> Certainty | None:
        """The certainty of such a number; None while it is not known."""
        return self.significance.wholes.get(key) if self.significance else None

    def cell_words(self, label: int, inferred: int, matrix: str = "") -> str:
        """The interval of a cell's delta and its p-value; empty while they are not known."""
        cells, row = self.cells(matrix), self._row(label, inferred)
        if cells is None or self.significance is None:
            return ""
        if cells.few[row]:
            return f"too few {self.significance.unit} to tell"
        written = signed_number if matrix else signed
        between = f"[{written(float(cells.low[row]))}, {written(float(cells.high[row]))}]"
        return f"{between}   {p_text(float(cells.p[row]))}"

    def _row(self, label: int, inferred: int) -> int:
        return label * (self.classes + 1) + inferred


def looks(text: str, gain: float, state: State) -> tuple[str, str]:
    """A delta as it is drawn, and its ink: sure in colour, weak dim, few dim behind `~`, unknown plain.

    Args:
        text: The delta as text.
        gain: Above 0 for an improvement, below for the opposite, 0 for neither; NaN is dim.
        state: How sure it is.
    """
    if np.isnan(gain):
        return text, "dim"
    match state:
        case State.SURE:
            return text, "good" if gain > 0 else "bad" if gain < 0 else "strong"
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
    """The report as a table: one row per average over the classes, then one per class.

    Attributes:
        columns: What to show of each row.
        averages: How many rows are averages.
        classes: How many rows are classes.
        summary: Numbers of the whole that belong to no class, in several lengths, the longest first.
    """

    columns: list[TableColumn]
    averages: int
    classes: int
    summary: tuple[str, ...] = ("",)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.averages + self.classes

    def class_at(self, row: int) -> int | None:
        """The class in a row; None for an average."""
        return row - self.averages if row >= self.averages else None

    def rows_of(self, classes: Sequence[int] | NDArray[np.integer]) -> NDArray[np.int64]:
        """The rows of some classes."""
        return self.averages + np.asarray(classes, np.int64)


def report_table(
    kind: Reporting[Reported_contra],
    comparison: Reported_contra,
    color: Callable[[int], str],
    evidence: Evidence | None = None,
    intervals: bool = False,
) -> ReportTable:
    """Class, support, and each rate, or its delta where there are two sets.

    Args:
        kind: Says what the report says.
        comparison: Of all frames, or of some.
        color: `#rrggbb` of an evaluated class by position.
        evidence: What is known of it so far.
        intervals: Whether to show the intervals of deltas instead of deltas.
    """
    report, known = kind.class_report(comparison), evidence or Evidence()
    averages = [*report.averages]
    support = np.concatenate([np.repeat(report.support.sum(), len(averages)), report.support])

    def name(row: int) -> CellText:
        if row < len(averages):
            return averages[row], "strong"
        place = row - len(averages)
        return [("■ ", color(place)), (visible(report.names[place]), "")]

    columns = [
        TableColumn("class", "class", 0, name, lambda: np.arange(len(support)), ends=True),
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
    for field_ in (*report.fields, *known.fields):
        if field_.short:
            columns.append(_rate(field_, averages, known, intervals))
    totals = [total for group in kind.totals(comparison) for total in group.totals if total.short]
    summary = _summary_forms(totals, known, intervals)
    return ReportTable(columns, len(averages), len(report.names), summary)


def _rate(field: ClassField, averages: Sequence[str], evidence: Evidence, intervals: bool) -> TableColumn:
    """A rate, its delta or its interval; an average that the field does not have is left empty."""
    values = [
        np.concatenate([[field.totals.get(a, {}).get(side, np.nan) for a in averages], of_classes])
        for side, of_classes in field.values.items()
    ]
    unit, first = field.unit, values[0]
    key, there = field.key.lower(), [average in field.totals for average in averages]

    def one(row: int) -> CellText:
        absent = row < len(there) and not there[row]
        return "" if absent else unit.written(first[row].item())

    if len(values) == 1:
        return TableColumn(key, field.short, 5, one, lambda: first, right=True)
    delta = values[1] - first
    sign = {"higher": 1, "lower": -1, "": 0}[field.better]

    def gain(row: int) -> CellText:
        if row < len(there) and not there[row]:
            return ""
        if row < len(there):
            certainty, place = evidence.of_all(field.key, averages[row]), 0
        else:
            certainty, place = evidence.of_class(field.key), row - len(there)
        state = certainty.state(place) if certainty else State.UNKNOWN
        text = _between(unit, certainty, place) if intervals else unit.signed(delta[row].item())
        return looks(text, sign * delta[row].item(), state)

    return TableColumn(key, f"Δ{field.short}", 16 if intervals else 6, gain, lambda: delta, right=True)


def _between(unit: Unit, certainty: Certainty | None, row: int) -> str:
    """`[+.010, +.054]`; `…` while not known, `–` where there is none."""
    if certainty is None:
        return "…"
    low, high = float(certainty.low[row]), float(certainty.high[row])
    return UNDEFINED if np.isnan(low) else f"[{unit.signed(low)}, {unit.signed(high)}]"


def _summary_forms(totals: Sequence[Total], evidence: Evidence, intervals: bool) -> tuple[str, ...]:
    """Numbers of the whole, the most said first: intervals, both values, deltas alone, and of ever fewer."""
    one = all(len(total.values) == 1 for total in totals)
    detail = [(True, True), (False, True)] * intervals + [(True, False), (False, False)]
    forms = []
    for values, interval in detail:
        texts = [_total_text(total, evidence, values=values, interval=interval) for total in totals]
        forms.append("Δ " * (not values and not one) + "   ".join(texts))
    return (*forms, *(forms[-1].rsplit("   ", count)[0] for count in range(1, len(totals))))


def _total_text(total: Total, evidence: Evidence, *, values: bool, interval: bool) -> str:
    """`accuracy .853 → .871 +.018*`, of one set or two; the mark says how sure the delta is."""
    base, *other = total.values.values()
    if not other:
        return f"{total.short} {total.unit.written(base)}"
    delta = other[0] - base
    both = f" {total.unit.written(base)} → {total.unit.written(other[0])}" if values else ""
    between = f" {_between(total.unit, evidence.whole(total.key), 0)}" if interval else ""
    mark = "" if np.isnan(delta) else evidence.of_whole(total.key).mark
    return f"{total.short}{both} {total.unit.signed(delta)}{between}{mark}"


def number_totals(comparison: Comparison) -> list[MetricTotal]:
    """The user's metrics that are a number, over the frames that are counted."""
    return [one for one in metric_totals(comparison) if one.metric.kind is MetricKind.OBJECTIVE]


def own_columns(
    comparison: Comparison, totals: Sequence[MetricTotal], evidence: Evidence | None = None
) -> list[TableColumn]:
    """Name and unit, the mean of each set with the delta, and over how many frames."""
    known = evidence or Evidence()

    def name(row: int) -> CellText:
        metric = totals[row].metric
        unit = f" {visible(metric.unit)}" if metric.unit else ""
        return [(visible(metric.name), ""), (f"{unit} {'↑' if metric.higher_is_better else '↓'}", "dim")]

    def change(row: int) -> CellText:
        one = totals[row]
        gain = one.delta if one.metric.higher_is_better else -one.delta
        return looks(signed_number(one.delta), gain, known.of_metric(one.metric.name))

    found = [TableColumn("metric", "your metrics", 0, name)]
    for side in comparison.sides:
        found.append(TableColumn(side, side, 7, _mean(totals, side), right=True))
    if comparison.other:
        found.append(TableColumn("delta", "Δ", 7, change, right=True))
    return [
        *found,
        TableColumn("frames", "frames", 6, lambda r: (grouped(totals[r].frames), "dim"), right=True),
    ]


def _mean(totals: Sequence[MetricTotal], side: Side) -> Callable[[int], CellText]:
    return lambda row: number(totals[row].mean[side])
