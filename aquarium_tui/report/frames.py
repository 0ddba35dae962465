"""Frames with their counts and metrics as flat records, for tables and scripts."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.report.objects import Record

_SCORES = ("correct", "confused", "missed", "spurious", "errors", "precision", "recall", "f1")


def frame_columns(comparison: Comparison) -> tuple[str, ...]:
    """The fields of a record, in order."""
    of_sets = (f"{side}_{name}" for side in comparison.sides for name in _SCORES)
    metadata = (f"meta_{key}" for key in comparison.dataset.frames.metadata)
    return ("frame", "path", "width", "height", "labels", *of_sets, *metadata)


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
            record |= {f"{side}_{name}": _plain(getattr(scores, name)[row]) for name in _SCORES}
        record |= {f"meta_{key}": _plain(column[row]) for key, column in table.metadata.items()}
        yield record


def _plain(value: object) -> object:
    """A value that CSV and JSON can hold; whole numbers without a point."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    return value
