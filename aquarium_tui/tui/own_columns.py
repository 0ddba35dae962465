"""The columns of the list of the user's numbers."""

from collections.abc import Callable, Sequence

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import MetricTotal, metric_totals
from aquarium_tui.kinds.columns import CellText, TableColumn
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped, number, signed_number
from aquarium_tui.model.settings import Side


def number_totals(comparison: Comparison) -> list[MetricTotal]:
    """The user's metrics that are a number, over the frames that are counted."""
    return [one for one in metric_totals(comparison) if one.metric.kind is MetricKind.OBJECTIVE]


def own_columns(comparison: Comparison, totals: Sequence[MetricTotal]) -> list[TableColumn]:
    """Name and unit, the mean of each set with the delta, and over how many frames."""

    def name(row: int) -> CellText:
        metric = totals[row].metric
        unit = f" {visible(metric.unit)}" if metric.unit else ""
        return [(visible(metric.name), ""), (f"{unit} {'↑' if metric.higher_is_better else '↓'}", "dim")]

    def change(row: int) -> CellText:
        one = totals[row]
        gain = one.delta if one.metric.higher_is_better else -one.delta
        return signed_number(one.delta), "good" if gain > 0 else "bad" if gain < 0 else "dim"

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
