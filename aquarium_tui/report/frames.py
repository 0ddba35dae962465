"""Frames with their counts and metrics as flat records, for tables and scripts."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.measure import Compared
from aquarium_tui.compare.user_metrics import valued
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.report.objects import Record

_SCORES = ("correct", "confused", "missed", "spurious", "errors", "precision", "recall", "f1")


def frame_columns(comparison: Comparison) -> tuple[str, ...]:
    """The fields of a record, in order."""
    of_sets = (f"{side}_{name}" for side in comparison.sides for name in _SCORES)
    further = (*metric_columns(comparison), *metadata_columns(comparison))
    return ("frame", "path", "width", "height", "labels", *of_sets, *further)


def frame_records(comparison: Comparison, frames: Sequence[int] | NDArray[Any]) -> Iterator[Record]:
    """One record a frame, in the order given; None where there is no value.

    Args:
        comparison: Base and other.
        frames: Rows of the frames.
    """
    table = comparison.dataset.frames
    labels = np.diff(comparison.dataset.labels.starts)
    for row in map(int, frames):
        record: Record = {"frame": table.id[row], "path": table.path[row]}
        record |= {"width": int(table.width[row]) or None, "height": int(table.height[row]) or None}
        record["labels"] = int(labels[row])
        for side in comparison.sides:
            scores = comparison.frame_scores[side]
            record |= {f"{side}_{name}": plain(getattr(scores, name)[row]) for name in _SCORES}
        yield record | metrics_of(comparison, row) | metadata_of(comparison, row)


def metadata_columns(comparison: Compared) -> tuple[str, ...]:
    """The fields of the frames' metadata."""
    return tuple(f"meta_{key}" for key in comparison.dataset.frames.metadata)


def metadata_of(comparison: Compared, row: int) -> Record:
    """The metadata of one frame."""
    metadata = comparison.dataset.frames.metadata
    return {f"meta_{key}": plain(column[row]) for key, column in metadata.items()}


def metric_columns(comparison: Compared) -> tuple[str, ...]:
    """The fields of the user's metrics that are one number a frame."""
    return tuple(f"{side}_{name}" for side in comparison.sides for name in _objectives(comparison))


def metrics_of(comparison: Compared, row: int) -> Record:
    """The user's metrics of one frame."""
    found: Record = {}
    for side in comparison.sides:
        for name in _objectives(comparison):
            values = comparison.inferences(side).metrics.get(name)
            found[f"{side}_{name}"] = None if values is None else plain(values.number[row])
    return found


def _objectives(comparison: Compared) -> list[str]:
    return [metric.name for metric in valued(comparison) if metric.kind is MetricKind.OBJECTIVE]


def plain(value: object) -> object:
    """A value that CSV and JSON can hold; whole numbers without a point."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    return value
