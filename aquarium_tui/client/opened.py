"""A comparison in Python: its figures and its ledger as NumPy arrays, or as DataFrames of pandas."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.client import checks
from aquarium_tui.compare.certainty.table import Certainty, State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report import ClassField, ClassReport
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.settings import Rule, SetConfidence, Side
from aquarium_tui.publish.chapters import Paragraph
from aquarium_tui.publish.pages import as_fragment
from aquarium_tui.publish.parts import class_blocks, findings_of
from aquarium_tui.report import Findings, object_columns, records_of
from aquarium_tui.report.certainty import verdict_line
from aquarium_tui.report.document import as_document
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.session.thresholds import read_confidence
from aquarium_tui.store import Store

if TYPE_CHECKING:
    from pandas import DataFrame

NamedColumns = dict[str, NDArray[Any]]
"""Columns of one length by name."""


def open_comparison(
    place: str,
    *,
    base: str = "",
    other: str = "",
    query: str = "",
    segment: str = "",
    confidence: float | str | None = None,
    iou: float | None = None,
    rule: str | None = None,
    only: str = "",
    executor: Executor | None = None,
) -> "OpenedComparison":
    """Open a dataset of the default store in Python.

    Args:
        place: `PROJECT/DATASET`.
        base: The base set; may be left out where there are at most two.
        other: The other set.
        query: Count only the frames that it selects.
        segment: Count only the frames of this saved segment.
        confidence: Confidence threshold of both sets, or text such as `0.1,car=0.4`; by default those that
            are stored.
        iou: IoU threshold of a match.
        rule: Which candidate pairs are matched first: `overlap`, `same-class` or `confidence`.
        only: Count only the objects for which this condition holds.
        executor: Where pixels of masks are counted: a pool, or the executor of a cluster that has this
            package and sees the same files. It is left open. By default processes of this machine.

    Raises:
        UsageError: Something given cannot be used, or which sets to compare is left open.
        StoreError: There is no such project, dataset or set, or it cannot be read.
    """
    if not isinstance(place, str):
        raise checks.RefusedValueError(f"{place!r} does not name a dataset: write it as PROJECT/DATASET.")
    project, _, dataset = place.partition("/")
    if not project or not dataset or "/" in dataset:
        raise checks.RefusedValueError(f"{place!r} does not name a dataset: write it as PROJECT/DATASET.")
    if rule is not None and rule not in set(Rule):
        raise checks.RefusedValueError(f"There is no rule {rule!r}. There are {', '.join(Rule)}.")
    choice = Choice(project, dataset, base=base, other=other, query=query, segment=segment, only=only)
    choice = replace(choice, iou=iou, rule=Rule(rule) if rule else None)
    if confidence is not None:
        stated = read_confidence(confidence) if isinstance(confidence, str) else SetConfidence(confidence)
        own = stated.classes
        choice = replace(choice, confidence=stated.rest, base_classes=own, other_classes=own)
    return OpenedComparison(Session(Store.default(), executor).open(choice).comparison, query)


class OpenedComparison:
    """One or two inference sets, judged by the labels. In a notebook it shows the verdict and the report.

    Attributes:
        comparison: The comparison itself, as the rest of the program has it.
        query: The query that selects its frames.
    """

    def __init__(self, comparison: Comparison, query: str = "") -> None:
        self.comparison = comparison
        self.query = query

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of rows and columns of the confusion matrices, background last."""
        return tuple(self.comparison.classes)

    def confusion(self, side: Side = "base") -> NDArray[np.int64]:
        """`(classes, classes)` counts of one set: rows are labels, columns inferences, background last."""
        return np.asarray(self.comparison.confusion(side), np.int64)

    @property
    def delta(self) -> NDArray[np.int64]:
        """`(classes, classes)` other − base."""
        return np.asarray(self.comparison.delta, np.int64)

    @cached_property
    def figures(self) -> NamedColumns:
        """The report class by class, `(classes,)` each; NaN where undefined.

        Its columns are `class`, `support`, and for each figure `FIGURE_base`, `FIGURE_other`, `FIGURE_delta`.
        Where it is known how sure a delta is, `FIGURE_low` and `FIGURE_high` are its 95 % interval,
        `FIGURE_p` and `FIGURE_q` its p-values, and `FIGURE_state` is `sure`, `weak` or `few`. They are those
        of `document`, and take as long as `compare --format json`.
        """
        report, fields = self._report
        found: NamedColumns = {"class": np.array(report.names, object), "support": np.asarray(report.support)}
        sure = self._findings.of_classes if self._findings else {}
        for each in fields:
            found |= _with_delta(each.key, each.values)
            if certainty := sure.get(each.key):
                found |= _how_sure(each.key, [(certainty, row) for row in range(len(report.names))])
        return found

    @cached_property
    def totals(self) -> NamedColumns:
        """The report over all classes, `(averages,)` each.

        Its columns are `average`, such as `macro`, and for each figure those of `figures`. The state is
        `unknown` where an average does not have a figure, as AP has only a macro average.
        """
        report, fields = self._report
        averages, findings = list(report.averages), self._findings
        found: NamedColumns = {"average": np.array(averages, object)}
        for each in fields:
            rows = [each.totals.get(average, {}) for average in averages]
            values = {side: _array([row.get(side) for row in rows]) for side in each.values}
            found |= _with_delta(each.key, values)
            known = [findings.of_all(each.key, average) if findings else None for average in averages]
            if any(known):
                found |= _how_sure(each.key, [(one, 0) if one else None for one in known])
        return found

    @cached_property
    def ledger(self) -> NamedColumns:
        """The ledger: one row per object, `(objects,)` each, named as by `aquarium-tui objects`.

        Raises:
            UsageError: Masks are compared, which have no objects.
        """
        if self.comparison.no_objects:
            raise checks.RefusedTypeError(f"There is no ledger: {self.comparison.no_objects}.")
        names = [name for name in object_columns(self.comparison) if name not in {"list", "was_correct"}]
        rows = np.arange(len(self.comparison.object_frame), dtype=np.int64)
        records = list(records_of(self.comparison, rows))
        return {name: _array([record[name] for record in records]) for name in names}

    @property
    def document(self) -> Mapping[str, Any]:
        """Everything as plain values, as `compare --format json` writes it, with how sure the deltas are."""
        return as_document(self.comparison, self.query, self._findings)

    @property
    def verdict(self) -> str:
        """The verdict in one line; empty with one set."""
        return verdict_line(self._reported.verdict) if self._reported else ""

    def totals_frame(self) -> "DataFrame":
        """`totals` as a DataFrame, indexed by average."""
        return _pandas().DataFrame(self.totals).set_index("average")

    def figures_frame(self) -> "DataFrame":
        """`figures` as a DataFrame, indexed by class."""
        return _pandas().DataFrame(self.figures).set_index("class")

    def ledger_frame(self) -> "DataFrame":
        """`ledger` as a DataFrame."""
        return _pandas().DataFrame(self.ledger)

    @cached_property
    def _report(self) -> tuple[ClassReport, list[ClassField]]:
        """The report, and its figures apart from support, AP last."""
        kind = kind_of(self.comparison.dataset.project)
        report = kind.class_report(self.comparison)
        fields = (*report.fields, *kind.slow_fields(self.comparison))
        return report, [each for each in fields if each.key != "support"]

    @cached_property
    def _findings(self) -> Findings | None:
        return Findings.of(self.comparison)

    @cached_property
    def _reported(self) -> Findings | None:
        """What `compare --format html` says; of AP less than `_findings`, and so in less time."""
        return findings_of(self.comparison)

    def __repr__(self) -> str:
        dataset = self.comparison.dataset
        sets = " → ".join(self.comparison.inferences(side).id for side in self.comparison.sides)
        frames = counted(self.comparison.frame_count, "frame")
        return visible(f"<{dataset.project.name}/{dataset.name}: {sets}, {frames}>")

    def _repr_html_(self) -> str:
        """The verdict and the report class by class, in the words and numbers of `compare --format html`."""
        lead = [Paragraph(self.verdict, lead=True)] if self.verdict else []
        return as_fragment([Paragraph(repr(self)), *lead, *class_blocks(self.comparison, self._reported)])


def _with_delta(key: str, values: Mapping[Side, NDArray[Any]]) -> NamedColumns:
    """The values of each side, and with two their delta."""
    found = {f"{key}_{side}": np.asarray(each) for side, each in values.items()}
    if "other" in values:
        found[f"{key}_delta"] = values["other"] - values["base"]
    return found


def _how_sure(key: str, rows: Sequence[tuple[Certainty, int] | None]) -> NamedColumns:
    """Interval, p-values and state of each delta: its table and row there, or None where not known."""
    found: NamedColumns = {
        f"{key}_{name}": np.array(
            [getattr(row[0], name)[row[1]] if row else np.nan for row in rows], np.float64
        )
        for name in ("low", "high", "p", "q")
    }
    states = [row[0].state(row[1]) if row else State.UNKNOWN for row in rows]
    return found | {f"{key}_state": np.array([state.value for state in states], object)}


def _array(values: list[Any]) -> NDArray[Any]:
    """Numbers as float64 with NaN for none; whole numbers and truth values as they are; else objects."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, int | float) for value in present):
        if len(present) == len(values):
            return np.array(values)
        return np.array([np.nan if value is None else value for value in values], np.float64)
    found = np.empty(len(values), object)
    found[:] = values
    return found


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise checks.RefusedTypeError("DataFrames need pandas: pip install pandas.") from error
    return pandas
