"""The figures that rules name, with how sure their deltas are."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from aquarium_tui.compare.bootstrap import ValueIntervals
from aquarium_tui.compare.certainty.precision import PRECISIONS, RECALLS
from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import metric_totals
from aquarium_tui.errors import UsageError
from aquarium_tui.gate.rules import FigureName
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report import ClassField, ClassReport, Total
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import COUNT, NUMBER, Unit
from aquarium_tui.model.settings import Side
from aquarium_tui.query.wording import listed, nearest
from aquarium_tui.report import Findings

FALSE_ALARMS = "false_alarms"
"""Spurious inferences per frame, as the verdict has them."""

_MOST_NAMES = 40
"""Names that an error lists: all figures of a task, and the classes of most datasets, in a few lines."""


@dataclass(frozen=True)
class Figure:
    """One figure under each set.

    Attributes:
        name: As its owner writes it.
        values: By side; NaN where undefined.
        higher_is_better: Whether a positive delta is an improvement; every figure with a test says it.
        unit: How it is written.
        certainty: How sure the delta is, in the row `row`; None where that is not known.
        row: The row of `certainty`, and of what `own` answers.
        labels: How many labels the figure is about.
        units: In how many frames, or groups of them, these lie.
        own: How sure the figure of one set is by itself; a moment of work. It answers None where that is not
            known.
    """

    name: str
    values: Mapping[Side, float]
    higher_is_better: bool
    unit: Unit
    certainty: Certainty | None
    row: int
    labels: int
    units: int = 0
    own: Callable[[Side], Certainty | None] = lambda side: None

    def certainty_of(self, side: str) -> Certainty | None:
        """How sure the delta is, or the figure of base or other; None where that is not known."""
        return self.certainty if side == "delta" else self.own("base" if side == "base" else "other")

    def value(self, side: str) -> float:
        """The figure of base or other, or other minus base for `delta`; NaN where undefined.

        Raises:
            UsageError: There is only one set.
        """
        if side == "base" or (side == "other" and "other" not in self.values):
            return float(self.values["base"])
        if "other" not in self.values:
            raise UsageError("The gate asks for a delta, but there is only one set.", "Name another set.")
        other = float(self.values["other"])
        return other if side == "other" else other - float(self.values["base"])


class FigureTable:
    """All figures of one comparison.

    Args:
        comparison: The comparison.
        findings: How sure its deltas are; None where no rule asks.
    """

    def __init__(self, comparison: Comparison, findings: Findings | None) -> None:
        self._comparison, self._findings = comparison, findings
        kind = kind_of(comparison.dataset.project)
        self._kind = kind
        self._report: ClassReport = kind.class_report(comparison)
        self._fields = {field.key.casefold(): field for field in self._report.fields}
        self._units = comparison.label_units
        self._values: dict[tuple[str, Side], ValueIntervals] = {}

    @property
    def frame_count(self) -> int:
        """How many frames are counted."""
        return self._comparison.frame_count

    def figure(self, name: FigureName) -> Figure:
        """The figure that a rule names.

        Raises:
            UsageError: There is no such figure, class or average.
        """
        if name.name.casefold() == "cell":
            return self._cell(name)
        return self._of_class(name) if name.arguments else self._of_all(name)

    def _cell(self, name: FigureName) -> Figure:
        comparison, n = self._comparison, len(self._comparison.classes)
        if len(name.arguments) != 2 or name.average:
            raise UsageError("A cell needs a label and an inferred class.", 'Write cell("car", "missed").')
        label, inferred = name.arguments
        row, column = self._position(label, "spurious"), self._position(inferred, "missed")
        if row == column == n - 1:
            raise UsageError("There is no cell of spurious and missed; it would always be empty.")
        values = {side: float(comparison.confusion(side)[row, column]) for side in comparison.sides}
        certainty = self._findings.significance.cells if self._findings else None
        labels = int(comparison.confusion("base")[row].sum())
        units = int(self._units[row + 1]) if row < n - 1 else comparison.frame_count
        at = row * n + column
        return Figure(name.name, values, row == column, COUNT, certainty, at, labels, units)

    def _position(self, name: str, nothing: str) -> int:
        """The position of a class, background last; its own word stands for background too."""
        names = [each.casefold() for each in self._comparison.classes]
        if name.casefold() in names:
            return names.index(name.casefold())
        if name.casefold() == nothing:
            return len(names) - 1
        raise _unknown("class", name, [*self._comparison.classes[:-1], nothing])

    def _of_class(self, name: FigureName) -> Figure:
        if len(name.arguments) != 1 or name.average:
            raise UsageError(f"{name.name} takes one class.", f'Write {name.name}("car").')
        field = self._field(name.name)
        names = [each.casefold() for each in self._report.names]
        if name.arguments[0].casefold() not in names:
            raise _unknown("class", name.arguments[0], self._report.names)
        row = names.index(name.arguments[0].casefold())
        values = {side: float(each[row]) for side, each in field.values.items()}
        certainty = self._findings.of_classes.get(field.key) if self._findings else None
        labels, units = int(self._report.support[row]), int(self._units[row + 1])

        def own(side: Side) -> Certainty | None:
            return self._own(side, field.key).per_class.get(field.key)

        rises = field.better == "higher"
        return Figure(field.key, values, rises, field.unit, certainty, row, labels, units, own)

    def _of_all(self, name: FigureName) -> Figure:
        wanted = name.name.casefold()
        if not name.average and (found := self._total(wanted) or self._metric(wanted) or self._value(wanted)):
            return found
        if name.average and (complaint := self._quoted(name)):
            raise complaint
        field = self._field(name.name)
        average = name.average or next(iter(field.totals), "")
        if average not in field.totals:
            raise _unknown(f"average of {field.key}", average, list(field.totals))
        certainty = self._findings.of_all(field.key, average) if self._findings else None
        labels, units = int(self._report.support.sum()), int(self._units[0])
        values, rises = field.totals[average], field.better == "higher"

        def own(side: Side) -> Certainty | None:
            return self._own(side, field.key).totals.get(average, {}).get(field.key)

        return Figure(field.key, values, rises, field.unit, certainty, 0, labels, units, own)

    def _total(self, wanted: str) -> Figure | None:
        """A number of the whole comparison that is not of classes."""
        comparison, findings = self._comparison, self._findings
        known = {**findings.significance.headline, **findings.of_wholes} if findings else {}
        totals = {total.key: total for group in self._kind.totals(comparison) for total in group.totals}
        if wanted == FALSE_ALARMS and "spurious" in totals:
            counts, frames = totals["spurious"].values, max(comparison.frame_count, 1)
            values = {side: count / frames for side, count in counts.items()}
            return self._whole(
                replace(totals["spurious"], key=FALSE_ALARMS, values=values, unit=NUMBER),
                known.get(FALSE_ALARMS),
            )
        if wanted in self._fields:
            return None
        if wanted not in {key.casefold() for key in totals}:
            slow = self._kind.slow_totals(comparison)
            totals |= {total.key: total for group in slow for total in group.totals}
        for key, total in totals.items():
            if key.casefold() == wanted:
                return self._whole(total, known.get(key))
        return None

    def _whole(self, total: Total, certainty: Certainty | None) -> Figure:
        labels, rises = int(self._report.support.sum()), total.better == "higher"

        def own(side: Side) -> Certainty | None:
            return self._own(side, total.key).wholes.get(total.key)

        units = self._comparison.frame_count if total.key == FALSE_ALARMS else int(self._units[0])
        return Figure(total.key, total.values, rises, total.unit, certainty, 0, labels, units, own)

    def _own(self, side: Side, key: str) -> ValueIntervals:
        """How sure the figures of one set are by themselves; of AP and its like only the one of that key."""
        wanted = (key if key in PRECISIONS or key in RECALLS else "", side)
        if wanted not in self._values:
            self._values |= self._found(side, wanted[0])
        return self._values[wanted]

    def _found(self, side: Side, metric: str) -> dict[tuple[str, Side], ValueIntervals]:
        if metric:
            found = self._kind.precision_intervals(self._comparison, side, (metric,))
            return {(metric, side): found or ValueIntervals()}
        sets = self._comparison.value_intervals()
        return {("", each): sets.get(each, ValueIntervals()) for each in self._comparison.sides}

    def _metric(self, wanted: str) -> Figure | None:
        """The mean of a metric of the user."""
        for total in metric_totals(self._comparison):
            metric = total.metric
            if metric.name.casefold() == wanted and metric.kind is MetricKind.OBJECTIVE:
                known = self._findings.metrics.get(metric.name) if self._findings else None
                n = total.frames
                return Figure(metric.name, total.mean, metric.higher_is_better, NUMBER, known, 0, n, n)
        return None

    def _value(self, wanted: str) -> Figure | None:
        """A figure of the whole set that is in no file; it has no certainty."""
        comparison = self._comparison
        found = {
            side: value
            for side in comparison.sides
            for value in comparison.inferences(side).values
            if value.name.casefold() == wanted
        }
        if not found:
            return None
        one = found.get("other") or found["base"]
        values = {s: found[s].value if s in found else math.nan for s in comparison.sides}
        return Figure(one.name, values, one.higher_is_better, NUMBER, None, 0, 0)

    def _field(self, name: str) -> ClassField:
        wanted = name.casefold()
        if wanted not in self._fields:
            slow = self._kind.slow_fields(self._comparison)
            self._fields |= {field.key.casefold(): field for field in slow}
        if wanted not in self._fields:
            known = self._names()
            if wanted in map(str.casefold, known):
                raise UsageError(f"{visible(name)} is of all classes together.", "Leave out the class.")
            raise _unknown("figure", name, known)
        return self._fields[wanted]

    def _quoted(self, name: FigureName) -> UsageError | None:
        """What to write where a class stands without quotes, which reads as `average(figure)`."""
        names = {each.casefold(): each for each in self._report.names}
        known = {each.casefold() for each in self._names()}
        if name.name.casefold() not in names or name.average.casefold() not in known:
            return None
        written = f'{name.average}("{visible(names[name.name.casefold()])}")'
        return UsageError(f"The class {visible(name.name)} stands without quotes.", f"Write {written}.")

    def _names(self) -> list[str]:
        """Every figure that can be named."""
        kind, comparison = self._kind, self._comparison
        groups = [*kind.totals(comparison), *kind.slow_totals(comparison)]
        names = [field.key for field in self._fields.values()]
        names += [total.key for group in groups for total in group.totals]
        names += [total.metric.name for total in metric_totals(comparison)]
        names += [value.name for side in comparison.sides for value in comparison.inferences(side).values]
        return list(dict.fromkeys([*names, FALSE_ALARMS, "cell"]))


def checked(figure: Figure, name: FigureName) -> float:
    """The value of a figure that a rule names.

    Raises:
        UsageError: It is not defined on these frames.
    """
    value = figure.value(name.side)
    if math.isnan(value):
        of = f'("{visible(name.arguments[0])}")' if name.arguments else ""
        raise UsageError(
            f"{name.side}.{figure.name}{of} is not defined on these frames.",
            "A class needs labels or inferences, and a metric values, before a rule can ask for them.",
        )
    return value


def _unknown(what: str, name: str, known: Sequence[str]) -> UsageError:
    near = nearest(name, known)
    hint = f"Did you mean {visible(near)}? " if near else ""
    names = listed(known, "and", _MOST_NAMES)
    return UsageError(f'There is no {what} "{visible(name)}".', f"{hint}There are: {visible(names)}.")
