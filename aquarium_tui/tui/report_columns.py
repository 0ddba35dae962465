"""The columns of the report and of the list of cells."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.report import RATES, Scores, total
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped, share, signed, signed_share
from aquarium_tui.tui.evidence import Evidence
from aquarium_tui.tui.widgets.columns import Cell, Column
from aquarium_tui.tui.widgets.matrix import MISSED, SPURIOUS

TITLES = {"precision": "P", "recall": "R", "f1": "F1"}

Average = NDArray[np.float64]


def report_columns(
    comparison: Comparison, color: Callable[[int], str], evidence: Evidence | None
) -> list[Column]:
    """The report with one row a class and the total as row 0.

    Args:
        comparison: The numbers.
        color: `#rrggbb` of an evaluated class by position.
        evidence: AP50, and which deltas may be chance; None while not known.
    """
    names = comparison.classes[:-1]
    per_side = {side: comparison.scores[side] for side in comparison.sides}
    support = _with_total(per_side["base"], "support")

    def name(row: int) -> Cell:
        return ("all", "strong") if row == 0 else [("■ ", color(row - 1)), (visible(names[row - 1]), "")]

    columns = [
        Column("class", "class", 0, name, lambda: np.arange(len(names) + 1)),
        Column("support", "support", 7, lambda r: grouped(support[r]), lambda: support, True, True),
    ]
    metrics = {m: [_with_total(s, m) for s in per_side.values()] for m in RATES}
    if evidence and evidence.ap50:
        metrics["ap50"] = list(evidence.ap50.values())
    weak = {key: evidence.weak_rates(key) if evidence else None for key in metrics}
    return columns + [_metric(key, values, weak[key]) for key, values in metrics.items()]


def _metric(key: str, values: list[Average], weak: NDArray[np.bool_] | None) -> Column:
    title = TITLES.get(key, "AP50")
    if len(values) == 1:
        return Column(key, title, 5, lambda r: share(float(values[0][r])), lambda: values[0], right=True)
    delta = values[1] - values[0]

    def gain(row: int) -> Cell:
        text = signed_share(float(delta[row]))
        sure = weak is None or not weak[row]
        return text, {"+": "good", "−": "bad"}.get(text[0], "dim") if sure else "dim"

    return Column(key, f"Δ{title}", 6, gain, lambda: delta, right=True)


def _with_total(scores: Scores, metric: str) -> Average:
    return np.concatenate([[total(scores, "weighted")[metric]], getattr(scores, metric)])


@dataclass(frozen=True)
class CellTable:
    """The cells that are not zero in both sets.

    Attributes:
        label: `(k,)` rows of the confusion.
        inferred: `(k,)` columns of the confusion.
        columns: What to show of them.
    """

    label: NDArray[np.int64]
    inferred: NDArray[np.int64]
    columns: list[Column]

    def row_of(self, label: int, inferred: int) -> int | None:
        """The row of a cell."""
        found = np.flatnonzero((self.label == label) & (self.inferred == inferred))
        return int(found[0]) if len(found) else None

    def touching(self, position: int) -> NDArray[np.int64]:
        """Rows of the cells of one class."""
        return np.flatnonzero((self.label == position) | (self.inferred == position))


def cell_table(comparison: Comparison, evidence: Evidence | None) -> CellTable:
    """The wrong and right cells of base and other, ranked by how much worse they got."""
    base = comparison.confusion("base")
    other = comparison.confusion("other") if comparison.other else base
    label, inferred = np.nonzero(base + other)
    diagonal = label == inferred
    names = [visible(n) for n in comparison.classes]
    last = len(names) - 1

    def named(row: int) -> Cell:
        return (SPURIOUS, "dim") if label[row] == last else names[label[row]]

    def called(row: int) -> Cell:
        return (MISSED, "dim") if inferred[row] == last else names[inferred[row]]

    columns = [
        Column("label", "label", 0, named, lambda: label),
        Column("inferred", "inferred", 0, called, lambda: inferred),
    ]
    if comparison.other is None:
        return CellTable(label, inferred, [*columns, _count("base", base[label, inferred])])
    delta = (other - base)[label, inferred]
    worse = np.where(diagonal, -delta, delta)

    weak = np.zeros(len(label), bool)
    if evidence and evidence.weak is not None:
        weak = evidence.weak[label, inferred]

    def change(row: int) -> Cell:
        text = signed(int(delta[row]))
        return text, "dim" if weak[row] or not worse[row] else "bad" if worse[row] > 0 else "good"

    counts = comparison.cells
    return CellTable(
        label,
        inferred,
        [
            *columns,
            _count("base", base[label, inferred]),
            _count("other", other[label, inferred]),
            Column("worse", "delta", 6, change, lambda: worse, right=True, descending=True),
            _count("new", counts.introduced[label, inferred]),
            _count("fixed", counts.fixed[label, inferred]),
            _count("moved", counts.moved[label, inferred]),
        ],
    )


def _count(title: str, counts: NDArray[np.int64]) -> Column:
    def cell(row: int) -> Cell:
        return grouped(int(counts[row])), "" if counts[row] else "dim"

    return Column(title, title, 5, cell, lambda: counts, right=True, descending=True)
