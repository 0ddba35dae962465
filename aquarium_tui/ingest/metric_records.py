"""Metrics whose values records hold, frame by frame."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from aquarium_tui.ingest.metric_values import Gathering
from aquarium_tui.ingest.metrics import UserMetrics, finished, gathering, metric_name
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.tables import Dataset


def metrics_from_records(dataset: Dataset, found: Mapping[str, Mapping[str, Any]]) -> UserMetrics:
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
