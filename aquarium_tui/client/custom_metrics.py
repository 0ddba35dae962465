"""Metrics that a script brings along, as the store keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.client import checks
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.names import suggest_name
from aquarium_tui.model.tables import Dataset


@dataclass(frozen=True)
class CustomMetricsDefinition:
    """A metric of a project.

    Raises:
        UsageError: `metrics_type` is neither "objective" nor "confusion_matrix".
    """

    name: str
    metrics_type: str = "objective"
    OBJECTIVE = "objective"
    CONFUSION_MATRIX = "confusion_matrix"

    def __post_init__(self) -> None:
        checks.text(self.name, "the name of a metric")
        if self.metrics_type not in [str(kind) for kind in MetricKind]:
            kinds = " or ".join(MetricKind)
            raise checks.RefusedValueError(f"metrics_type must be {kinds}, not {self.metrics_type!r}.")

    def metric(self) -> Metric:
        """The metric of the store; its name with underscores for what a name may not hold."""
        return Metric(suggest_name(self.name), MetricKind(self.metrics_type))


@dataclass
class Gathered:
    """The values of one metric while they are put in order.

    Attributes:
        number: As in `MetricValues`.
        cells: Frame, label, inferred and value of each cell of a matrix.
    """

    number: NDArray[np.float64]
    cells: list[NDArray[np.float64]] = field(default_factory=list)


def metric_values(
    dataset: Dataset, found: Mapping[str, Mapping[str, Any]]
) -> tuple[list[Metric], dict[str, MetricValues]]:
    """The declared or new metrics in `found`, and their values.

    Args:
        dataset: Has the frames, the class map and the metrics that are declared.
        found: A number or a square matrix by metric and frame id. A matrix is of all classes of the class map
            or of all that are evaluated, in their order, with or without background as the last.

    Raises:
        UsageError: A matrix is of another size, or a metric is a number in one frame and a matrix in another.
    """
    declared = {metric.name.casefold(): metric for metric in dataset.project.metrics}
    metrics, values = [], {}
    for name, by_frame in found.items():
        kinds = {MetricKind.CONFUSION_MATRIX if _is_matrix(v) else MetricKind.OBJECTIVE for v in by_frame.values()}
        metric = declared.get(suggest_name(name).casefold(), Metric(suggest_name(name), min(kinds)))
        if kinds != {metric.kind}:
            raise checks.RefusedValueError(f"metric {name!r} is declared as {metric.kind}, and has other values.")
        metrics.append(metric)
        values[metric.name] = _values(dataset, metric, by_frame)
    return metrics, values


def _is_matrix(value: object) -> bool:
    return isinstance(value, list)


def _values(dataset: Dataset, metric: Metric, by_frame: Mapping[str, Any]) -> MetricValues:
    rows = dataset.frames.row_by_id
    gathered = Gathered(np.full(len(dataset.frames), np.nan))
    placed = sorted((rows[id_], value) for id_, value in by_frame.items() if id_ in rows)
    if metric.kind is MetricKind.OBJECTIVE:
        for row, value in placed:
            gathered.number[row] = value
        return MetricValues(gathered.number)
    for row, value in placed:
        cells = _evaluated(np.array(value, dtype=np.float64), dataset.project.class_map, metric.name)
        gathered.number[row] = cells.sum()
        gathered.cells.append(_cells(row, cells))
    frame, label, inferred, value = np.concatenate([np.zeros((4, 0)), *gathered.cells], axis=1)
    place = [part.astype(np.int32) for part in (frame, label, inferred)]
    return MetricValues(gathered.number, *place, value)


def _cells(row: int, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """`(4, cells)` frame, label, inferred, value of the cells that are not 0; the first where all are."""
    label, inferred = np.nonzero(matrix) if matrix.any() else (np.zeros(1, np.int64), np.zeros(1, np.int64))
    return np.stack([np.full(len(label), float(row)), label, inferred, matrix[label, inferred]])


def _evaluated(matrix: NDArray[np.float64], class_map: ClassMap, name: str) -> NDArray[np.float64]:
    """The matrix over the evaluated classes and background; cells of ignored classes are left out."""
    entries, evaluated = len(class_map.entries), len(class_map.evaluated_names)
    size = len(matrix)
    if size in (entries, entries + 1):
        position: Sequence[int] = [*class_map.evaluated.tolist(), evaluated]
    elif size in (evaluated, evaluated + 1):
        position = range(evaluated + 1)
    else:
        wanted = f"{entries} × {entries}, or {entries + 1} with background last"
        raise checks.RefusedValueError(f"metric {name!r}: a matrix is {size} × {size}; it must be {wanted}.")
    to = np.array(position[:size])
    result = np.zeros((evaluated + 1, evaluated + 1))
    kept = np.flatnonzero(to >= 0)
    np.add.at(result, np.ix_(to[kept], to[kept]), matrix[np.ix_(kept, kept)])
    return result
