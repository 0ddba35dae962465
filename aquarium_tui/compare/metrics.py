"""The metrics that the user brings: as frame fields beside those of the kind, and in total."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, multiplied
from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.certainty.table import (
    LEAST_FRAMES,
    Certainty,
    Resampled,
    certainties,
    corrected_interval,
    listed,
)
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import FrameField, Positions, Shown
from aquarium_tui.compare.objects.significance import cluster_test
from aquarium_tui.model.arrays import Floats, Whole
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.numbers import NUMBER
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.model.tables import InferenceSet


@dataclass(frozen=True)
class MetricTotal:
    """One metric over the frames that have a value under every chosen set.

    Attributes:
        metric: What it is.
        frames: How many frames that are.
        mean: The mean of an objective by side, NaN over no frames.
        matrix: The sum of a confusion matrix by side, `(classes + 1, classes + 1)` float64, background last.
    """

    metric: Metric
    frames: int
    mean: Mapping[Side, float] = field(default_factory=dict)
    matrix: Mapping[Side, Floats] = field(default_factory=dict)

    @property
    def delta(self) -> float:
        """Other minus base, of the means; NaN with one set."""
        return self.mean.get("other", np.nan) - self.mean.get("base", np.nan)


def frame_fields(comparison: Comparison) -> dict[str, FrameField[Any]]:
    """The frame fields of a comparison by key: those of its kind, and the user's metrics.

    A metric takes the place of a field of its name.
    """
    return {field.key: field for field in (*comparison.own_fields, *metric_fields(comparison))}


def frame_values(comparison: Comparison, key: str, side: Side, classes: Positions = ()) -> NDArray[Any]:
    """`(frames,)` numbers of a frame field under one set, NaN where undefined.

    Raises:
        KeyError: There is no such field.
    """
    return frame_fields(comparison)[key].values(comparison, side, classes)


def metric_fields(comparison: Comparison) -> Iterator[FrameField[Comparison]]:
    """The project's metrics that a chosen set has values of.

    A confusion matrix is asked for with the two classes of a cell.
    """
    return (_field(metric) for metric in valued(comparison))


def metric_totals(comparison: Comparison) -> tuple[MetricTotal, ...]:
    """The project's metrics that a chosen set has values of, over the frames that are counted."""
    return tuple(_total(comparison, metric) for metric in valued(comparison))


def valued(comparison: Comparison) -> Iterator[Metric]:
    """The project's metrics that a chosen set has values of."""
    for metric in comparison.dataset.project.metrics:
        if any(metric.name in comparison.inferences(side).metrics for side in comparison.sides):
            yield metric


def metric_certainty(
    comparison: Comparison,
    replicates: int = 1000,
    seed: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Certainty]:
    """How sure the deltas of the user's metrics are, by name.

    Of an objective `(1,)`: of the mean over the drawn frames that have a value under both sets; all of them
    are listed together. Of a confusion matrix `((classes + 1) ** 2,)`, every cell in reading order: of the
    sum over such frames; its cells are listed together. A frame has a part where its values differ.

    Args:
        comparison: Of two sets.
        replicates: How often the frames are drawn anew.
        seed: Of the draws.
        cancelled: Asked now and then whether to stop.

    Raises:
        CancelledError: `cancelled` said so.
    """
    resampling = comparison.resampling(replicates, seed, cancelled)
    counting = comparison.counting
    unit = resampling.unit(np.arange(resampling.frames, dtype=np.int32))
    found: dict[str, Resampled] = {}
    matrices: dict[str, Certainty] = {}
    for metric in valued(comparison):
        if metric.kind is MetricKind.CONFUSION_MATRIX:
            matrices[metric.name] = _cells(comparison, metric.name, unit, resampling)
            continue
        base, other = (_values(comparison, side, metric.name).number for side in SIDES)
        change = other - base if counting is None else (other - base)[counting]
        there = ~np.isnan(change)
        table = np.stack([np.where(there, change, 0.0), there.astype(np.float64)], axis=1)
        sums = np.concatenate([table.sum(axis=0, keepdims=True), multiplied(table, resampling)])
        delta = rate(sums[:, :1], sums[:, 1:])
        differing = np.count_nonzero(np.bincount(unit, np.abs(table[:, 0])))
        spread = len(np.unique(unit[there]))
        found[metric.name] = Resampled(delta[0], delta[1:], np.array([differing]), spread=np.array([spread]))
    return certainties(found) | matrices


_COUNTS = 1 << 23
"""Cells times frames that are drawn together: 64 MB as float64."""


def _cells(comparison: Comparison, name: str, unit: NDArray[np.int32], resampling: Resampling) -> Certainty:
    """How sure the delta of each cell of a matrix is that the user brings."""
    count, frames = len(comparison.classes) ** 2, resampling.frames
    cell, frame, change = _cell_changes(comparison, name)
    low, high = np.zeros(count), np.zeros(count)
    units = _units_that_differ(cell, unit[frame], change, count)
    columns, place = np.unique(cell, return_inverse=True)
    together = max(1, _COUNTS // max(frames, 1))
    for first in range(0, len(columns), together):
        piece = columns[first : first + together]
        inside = (place >= first) & (place < first + together)
        table = np.zeros((frames, len(piece)))
        table[frame[inside], place[inside] - first] = change[inside]
        found = corrected_interval(multiplied(table, resampling), table.sum(axis=0), units[piece])
        low[piece], high[piece] = found.low, found.high
    return listed(low, high, cluster_test(cell, unit[frame], change, count), units < LEAST_FRAMES)


def _cell_changes(comparison: Comparison, name: str) -> tuple[Whole, Whole, Floats]:
    """By how much which cell of a matrix differs in which frame, counted frames numbered from 0."""
    values = [_values(comparison, side, name) for side in SIDES]
    both = values[0].present & values[1].present
    counting = comparison.counting
    both = both if counting is None else both & counting
    number = np.cumsum(np.ones(len(both), bool) if counting is None else counting) - 1
    among = [both[each.frame] for each in values]
    cell, frame, value = (
        np.concatenate([column[rows] for column, rows in zip(columns, among, strict=True)])
        for columns in (
            [each.label.astype(np.int64) * len(comparison.classes) + each.inferred for each in values],
            [number[each.frame] for each in values],
            [-values[0].value, values[1].value],
        )
    )
    frames = int(number.max(initial=0)) + 1
    key, at = np.unique(cell * frames + frame, return_inverse=True)
    change = np.bincount(at, value, len(key))
    key, change = key[change != 0], change[change != 0]
    return (key // frames).astype(np.int32), (key % frames).astype(np.int32), change


def _units_that_differ(cell: Whole, unit: Whole, change: Floats, count: int) -> NDArray[np.int64]:
    """In how many frames, or groups, each cell differs, `(count,)`."""
    units = int(unit.max(initial=0)) + 1
    key, at = np.unique(cell.astype(np.int64) * units + unit, return_inverse=True)
    differs = np.bincount(at, change, len(key)) != 0
    return np.bincount(key[differs] // units, minlength=count)


def _total(comparison: Comparison, metric: Metric) -> MetricTotal:
    values = {side: _values(comparison, side, metric.name) for side in comparison.sides}
    frames = np.logical_and.reduce([each.present for each in values.values()])
    if comparison.frames is not None:
        frames = frames & comparison.frames
    count = int(frames.sum())
    if metric.kind is MetricKind.CONFUSION_MATRIX:
        n = len(comparison.classes)
        return MetricTotal(metric, count, matrix={s: _summed(each, frames, n) for s, each in values.items()})
    means = {s: float(each.number[frames].mean()) if count else np.nan for s, each in values.items()}
    return MetricTotal(metric, count, means)


def _summed(values: MetricValues, frames: NDArray[np.bool_], n: int) -> Floats:
    among = frames[values.frame]
    cells = values.label[among].astype(np.int64) * n + values.inferred[among]
    return np.asarray(np.bincount(cells, values.value[among], n * n), np.float64).reshape(n, n)


def _values(comparison: Comparison, side: Side, name: str) -> MetricValues:
    inferences: InferenceSet = comparison.inferences(side)
    absent = MetricValues(np.full(len(comparison.dataset.frames), np.nan))
    return inferences.metrics.get(name, absent)


def _field(metric: Metric) -> FrameField[Comparison]:
    sentence = f"Metric of the user{f', in {metric.unit}' if metric.unit else ''}."
    if metric.kind is not MetricKind.OBJECTIVE:
        cell = f"{sentence} Of a cell: label class, inferred class."
        return FrameField(metric.name, cell, _of_cell(metric.name), unit=NUMBER, arguments=2)
    return FrameField(
        metric.name,
        sentence,
        lambda comparison, side, _: _values(comparison, side, metric.name).number,
        unit=NUMBER,
        better="higher" if metric.higher_is_better else "lower",
        shown=Shown.JUDGED,
    )


def _of_cell(name: str) -> Callable[[Comparison, Side, Positions], Floats]:
    def cell(comparison: Comparison, side: Side, classes: Positions) -> Floats:
        values = _values(comparison, side, name)
        inside = (values.label == classes[0]) & (values.inferred == classes[1])
        sums = np.bincount(values.frame[inside], values.value[inside], len(values.number))
        return np.where(values.present, sums, np.nan)

    return cell
