"""A comparison in Python: its figures and its ledger as NumPy arrays, or as DataFrames of pandas."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.client import checks
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, share, signed_share
from aquarium_tui.model.settings import Rule, SetConfidence, Side
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
"""NamedColumns of one length by name."""


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
        """The report, `(classes,)` each; NaN where undefined.

        Its columns are `class`, `support`, and for each figure `FIGURE_base`, `FIGURE_other`, `FIGURE_delta`.
        """
        kind = kind_of(self.comparison.dataset.project)
        report = kind.class_report(self.comparison)
        found: NamedColumns = {"class": np.array(report.names, object), "support": np.asarray(report.support)}
        for field in (*report.fields, *kind.slow_fields(self.comparison)):
            if field.key != "support":
                found |= {f"{field.key}_{side}": np.asarray(each) for side, each in field.values.items()}
                if "other" in field.values:
                    found[f"{field.key}_delta"] = field.values["other"] - field.values["base"]
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
        return verdict_line(self._findings.verdict) if self._findings else ""

    def figures_frame(self) -> "DataFrame":
        """`figures` as a DataFrame, indexed by class."""
        return _pandas().DataFrame(self.figures).set_index("class")

    def ledger_frame(self) -> "DataFrame":
        """`ledger` as a DataFrame."""
        return _pandas().DataFrame(self.ledger)

    @cached_property
    def _findings(self) -> Findings | None:
        return Findings.of(self.comparison)

    def __repr__(self) -> str:
        dataset = self.comparison.dataset
        sets = " → ".join(self.comparison.inferences(side).id for side in self.comparison.sides)
        frames = counted(self.comparison.frame_count, "frame")
        return visible(f"<{dataset.project.name}/{dataset.name}: {sets}, {frames}>")

    def _repr_html_(self) -> str:
        shown = ("precision", "recall", "f1", "AP50", "iou")
        figures = self.figures
        names = [name for name in figures if name.rpartition("_")[0] in shown]
        head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in ("class", "support", *names))
        written = {name: signed_share if name.endswith("_delta") else share for name in names}
        rows = (
            f"<tr><th>{escape(visible(str(figures['class'][row])))}</th><td>{figures['support'][row]:,}</td>"
            + "".join(f"<td>{write(float(figures[name][row]))}</td>" for name, write in written.items())
            + "</tr>"
            for row in range(len(figures["class"]))
        )
        title = f"<p>{escape(repr(self))}<br><b>{escape(self.verdict)}</b></p>"
        return f"{title}<table><tr>{head}</tr>{''.join(rows)}</table>"


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
