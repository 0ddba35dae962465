"""The metrics that the user brings: as measures of frames, and over all frames that are counted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.measure import Compared, Measure
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import InferenceSet

Floats = NDArray[np.float64]


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


def metric_measures(comparison: Compared) -> dict[str, Measure]:
    """The project's metrics that a chosen set has values of, as measures by name.

    A confusion matrix is asked for with the two classes of a cell.
    """
    return {metric.name: _measure(comparison, metric) for metric in valued(comparison)}


def metric_totals(comparison: Compared) -> tuple[MetricTotal, ...]:
    """The project's metrics that a chosen set has values of, over the frames that are counted."""
    return tuple(_total(comparison, metric) for metric in valued(comparison))


def valued(comparison: Compared) -> Iterator[Metric]:
    """The project's metrics that a chosen set has values of."""
    for metric in comparison.dataset.project.metrics:
        if any(metric.name in comparison.inferences(side).metrics for side in comparison.sides):
            yield metric


def _total(comparison: Compared, metric: Metric) -> MetricTotal:
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


def _values(comparison: Compared, side: Side, name: str) -> MetricValues:
    inferences: InferenceSet = comparison.inferences(side)
    absent = MetricValues(np.full(len(comparison.dataset.frames), np.nan))
    return inferences.metrics.get(name, absent)


def _measure(comparison: Compared, metric: Metric) -> Measure:
    sentence = f"Metric of the user{f', in {metric.unit}' if metric.unit else ''}."
    if metric.kind is MetricKind.OBJECTIVE:
        return Measure(lambda side, _: _values(comparison, side, metric.name).number, sentence)
    return Measure(_cell_of(comparison, metric), f"{sentence} Of a cell: label class, inferred class.", 2)


def _cell_of(comparison: Compared, metric: Metric) -> Callable[[Side, tuple[int, ...]], Floats]:
    def cell(side: Side, classes: tuple[int, ...]) -> Floats:
        values = _values(comparison, side, metric.name)
        inside = (values.label == classes[0]) & (values.inferred == classes[1])
        sums = np.bincount(values.frame[inside], values.value[inside], len(values.number))
        return np.where(values.present, sums, np.nan)

    return cell
