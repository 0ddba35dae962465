"""Frames with their counts and metrics as flat records, for tables and scripts."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import FrameBinding
from aquarium_tui.compare.measures import Compared, valued
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.scores import FRAME_FIELDS
from aquarium_tui.model.columns import Values
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.report.objects import FlatRecord


@dataclass(frozen=True)
class BehindCell:
    """Frames with anything in one cell under a chosen set.

    Attributes:
        frames: Their rows, those with the largest change in either direction first.
        counts: Objects or pixels in the cell, `(all frames,)`, by field of a record.
    """

    frames: NDArray[np.int64]
    counts: dict[str, NDArray[np.float64]]

    def added(self, records: Iterable[FlatRecord]) -> Iterator[FlatRecord]:
        """Records of `frames`, in their order, with their counts."""
        for row, record in zip(self.frames.tolist(), records, strict=True):
            yield record | {name: plain(values[row]) for name, values in self.counts.items()}


def behind_cell(binding: FrameBinding[Any], cell: tuple[int, int], frames: NDArray[np.int64]) -> BehindCell:
    """The frames behind a cell.

    Args:
        binding: What is asked.
        cell: Label class and inferred class.
        frames: Rows of the frames to choose from; their order decides where changes are equal.
    """
    counts = {f"cell_{side}": _in_cell(binding, side, cell) for side in binding.comparison.sides}
    found = list(counts.values())
    change = found[-1] - found[0] if len(found) > 1 else found[0]
    kept = frames[np.sum(found, axis=0)[frames] > 0]
    order = kept[np.argsort(-np.abs(change[kept]), kind="stable")]
    return BehindCell(order, counts | ({"cell_change": change} if len(found) > 1 else {}))


def _in_cell(binding: FrameBinding[Any], side: str, cell: tuple[int, int]) -> NDArray[np.float64]:
    column = binding.method(f"{side}.confusion", cell)
    if not isinstance(column, Values):
        raise TypeError("counts are numbers")
    return np.where(column.missing, 0.0, column.values)


_CHANGES = tuple(kind.word for kind in Diff)


def mask_frame_columns(comparison: PixelComparison) -> tuple[str, ...]:
    """The fields of a record, in order; those of the diff map are pixels."""
    of_sets = (f"{side}_{name}" for side in comparison.sides for name in FRAME_FIELDS)
    changes = _CHANGES if comparison.other else ()
    further = (*metric_columns(comparison), *metadata_columns(comparison))
    return ("frame", "path", "width", "height", *of_sets, *changes, *further)


def mask_frame_records(
    comparison: PixelComparison, frames: Sequence[int] | NDArray[Any]
) -> Iterator[FlatRecord]:
    """One record a frame, in the order given; None where there is no value.

    Args:
        comparison: Base and other.
        frames: Rows of the frames.
    """
    table, measures = comparison.dataset.frames, comparison.measures
    scores = {
        f"{side}_{name}": measures[name].values(side, ())
        for side in comparison.sides
        for name in FRAME_FIELDS
    }
    for row in map(int, frames):
        record: FlatRecord = {"frame": table.id[row], "path": table.path[row]}
        record |= {"width": int(table.width[row]) or None, "height": int(table.height[row]) or None}
        record |= {name: plain(values[row]) for name, values in scores.items()}
        if comparison.other:
            counted = comparison.counts.counted[row]
            pixels = comparison.frame_diffs[row].tolist()
            record |= {word: n if counted else None for word, n in zip(_CHANGES, pixels, strict=True)}
        yield record | metrics_of(comparison, row) | metadata_of(comparison, row)


_SCORES = ("correct", "confused", "missed", "spurious", "errors", "precision", "recall", "f1")


def frame_columns(comparison: ObjectComparison) -> tuple[str, ...]:
    """The fields of a record, in order."""
    of_sets = (f"{side}_{name}" for side in comparison.sides for name in _SCORES)
    further = (*metric_columns(comparison), *metadata_columns(comparison))
    return ("frame", "path", "width", "height", "labels", *of_sets, *further)


def frame_records(comparison: ObjectComparison, frames: Sequence[int] | NDArray[Any]) -> Iterator[FlatRecord]:
    """One record a frame, in the order given; None where there is no value.

    Args:
        comparison: Base and other.
        frames: Rows of the frames.
    """
    table = comparison.dataset.frames
    labels = np.diff(comparison.dataset.labels.starts)
    for row in map(int, frames):
        record: FlatRecord = {"frame": table.id[row], "path": table.path[row]}
        record |= {"width": int(table.width[row]) or None, "height": int(table.height[row]) or None}
        record["labels"] = int(labels[row])
        for side in comparison.sides:
            scores = comparison.frame_scores[side]
            record |= {f"{side}_{name}": plain(getattr(scores, name)[row]) for name in _SCORES}
        yield record | metrics_of(comparison, row) | metadata_of(comparison, row)


def metadata_columns(comparison: Compared) -> tuple[str, ...]:
    """The fields of the frames' metadata."""
    return tuple(f"meta_{key}" for key in comparison.dataset.frames.metadata)


def metadata_of(comparison: Compared, row: int) -> FlatRecord:
    """The metadata of one frame."""
    metadata = comparison.dataset.frames.metadata
    return {f"meta_{key}": plain(column[row]) for key, column in metadata.items()}


def metric_columns(comparison: Compared) -> tuple[str, ...]:
    """The fields of the user's metrics that are one number a frame."""
    return tuple(f"{side}_{name}" for side in comparison.sides for name in _objectives(comparison))


def metrics_of(comparison: Compared, row: int) -> FlatRecord:
    """The user's metrics of one frame."""
    found: FlatRecord = {}
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
