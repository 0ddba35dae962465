"""Metrics that a script brings along, as the store keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aquarium_tui.client import checks
from aquarium_tui.ingest.metric_values import Gathering
from aquarium_tui.ingest.metrics import UserMetrics, finished, gathering, metric_name
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.metrics import Metric, MetricKind
from aquarium_tui.model.tables import Dataset


@dataclass(frozen=True)
class CustomMetricsDefinition:
    """A metric of a project, by frame: a number ("objective") or a "confusion_matrix".

    Raises:
        UsageError: `metrics_type` is neither.
    """

    name: str
    metrics_type: str = "objective"

    OBJECTIVE = "objective"
    CONFUSION_MATRIX = "confusion_matrix"

    def __post_init__(self) -> None:
        checks.text(self.name, "the name of a metric")
        if self.metrics_type not in list(MetricKind):
            kinds = " or ".join(MetricKind)
            raise checks.RefusedValueError(f"metrics_type must be {kinds}, not {self.metrics_type!r}.")
        if not metric_name(self.name):
            raise checks.RefusedValueError(f"a metric cannot be called {self.name!r}.")

    def metric(self) -> Metric:
        """The metric of the store; its name with underscores for what a name may not hold."""
        return Metric(metric_name(self.name), MetricKind(self.metrics_type))


def user_metrics(dataset: Dataset, found: Mapping[str, Mapping[str, Any]]) -> UserMetrics:
    """The metrics in `found` with their values, and what is wrong with them.

    Args:
        dataset: Has the frames, the class map and the metrics that are declared.
        found: A number or a square matrix by metric and frame id. A matrix is of all classes of the class
            map, or of all that are evaluated, in their order, with or without background as the last.
    """
    rows = dataset.frames.row_by_id
    gathered = []
    for name, by_frame in found.items():
        one = gathering(metric_name(name), dataset)
        for id_, value in by_frame.items():
            _add(one, rows.get(id_), id_, _over_evaluated(value, dataset.project.class_map))
        gathered.append(one)
    filled = [one for one in gathered if len(one)]
    empty = [problem for one in gathered if not len(one) for problem in one.problems()]
    metrics = finished(filled, dataset, (), UserMetrics())
    return replace(metrics, problems=(*metrics.problems, *empty))


def _add(gathered: Gathering, row: int | None, id_: str, value: object) -> None:
    if row is None:
        gathered.reject("values of unknown frames", f"frame {id_}")
    else:
        gathered.add(row, f"frame {id_}", value)


def _over_evaluated(value: object, class_map: ClassMap) -> object:
    """A matrix of all classes as one of the evaluated classes; anything else as it is."""
    entries, evaluated = len(class_map.entries), len(class_map.evaluated_names)
    size = len(value) if isinstance(value, list) else 0
    if entries == evaluated or size not in (entries, entries + 1):
        return value
    matrix = np.array(value, dtype=np.float64)
    place = np.array([*class_map.evaluated.tolist(), evaluated])[:size]
    kept = np.flatnonzero(place >= 0)
    counts = np.zeros((evaluated + 1, evaluated + 1))
    np.add.at(counts, np.ix_(place[kept], place[kept]), matrix[np.ix_(kept, kept)])
    return counts
