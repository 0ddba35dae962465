"""Numbers of frames that do not come from objects: of masks, and the metrics that the user brings."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Dataset, InferenceSet


@dataclass(frozen=True)
class Measure:
    """A number of each frame and set that comes from elsewhere: a user metric, mIoU, the IoU of a class.

    It takes the place of the language's own field or method of a frame of that name.

    Attributes:
        values: Of a side, and of classes by their position in a confusion: `(frames,)` float64, NaN where
            undefined.
        sentence: What it is.
        arguments: How many class names it is asked for with: none, one, or two for a cell.
    """

    values: Callable[[Side, tuple[int, ...]], NDArray[np.float64]]
    sentence: str
    arguments: int = 0


class Compared(Protocol):
    """What comparisons of objects and of masks have in common, as far as queries and metrics go."""

    @property
    def dataset(self) -> Dataset:
        """Frames and labels."""

    @property
    def other(self) -> Any:  # noqa: ANN401
        """None where only one set is chosen."""

    @property
    def frames(self) -> NDArray[np.bool_] | None:
        """`(frames,)`: those that are counted; None counts all."""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that are chosen."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the matrices' rows and columns, background last."""

    @property
    def of_objects(self) -> bool:
        """Whether there are objects to ask for, not masks alone."""

    @property
    def measures(self) -> Mapping[str, Measure]:
        """Numbers of frames, by name."""

    def inferences(self, side: Side) -> InferenceSet:
        """The inference set of one side."""


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
