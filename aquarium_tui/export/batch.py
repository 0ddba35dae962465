"""What is to be exported: some frames of a dataset, their labels, and what inference sets have on them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf, nextafter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.ingest.merging import moved_inferences, picked
from aquarium_tui.model.columns import Column
from aquarium_tui.model.tables import Dataset, InferenceSet

Json = dict[str, Any]


def plain(column: Column, row: int) -> Any:  # noqa: ANN401
    """One value; whole numbers without a fraction, dates as ISO 8601, None where absent."""
    value: Any = column[row]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    return value.isoformat() if isinstance(value, datetime) else value


def further(columns: Mapping[str, Column], row: int, prefix: str = "") -> Json:
    """The values that a row has, by the names of their columns."""
    values = ((f"{prefix}{name}", plain(column, row)) for name, column in columns.items())
    return {name: value for name, value in values if value is not None}


def key(text: str | None) -> int | str | None:
    """An id as a number where that reads as the same text again."""
    if text is not None and text.isascii() and text.isdigit() and str(int(text)) == text:
        return int(text)
    return text


def size(start: float, end: float) -> float:
    """A width or height which, added to `start`, gives `end` again where any does."""
    near = end - start
    if start + near == end:
        return near
    return next((n for n in (nextafter(near, inf), nextafter(near, -inf)) if start + n == end), near)


def sized(box: list[float]) -> list[float]:
    """Left, top, width and height of left, top, right, bottom."""
    left, top, right, bottom = box
    return [left, top, size(left, right), size(top, bottom)]


def rows_of(starts: Any, frame: int) -> Iterator[int]:  # noqa: ANN401
    """The rows of the objects of a frame."""
    return iter(range(int(starts[frame]), int(starts[frame + 1])))


@dataclass(frozen=True)
class Batch:
    """Frames with their labels and inferences.

    Attributes:
        dataset: Has these frames only.
        sets: Inference sets of it.
    """

    dataset: Dataset
    sets: tuple[InferenceSet, ...] = ()


def batch_of(
    dataset: Dataset, sets: Sequence[InferenceSet], frames: NDArray[np.bool_] | None = None
) -> Batch:
    """A batch of those frames, with all of their labels.

    Args:
        dataset: The dataset.
        sets: Inference sets of it.
        frames: `(frames,)` bool; None for all.
    """
    if frames is None:
        return Batch(dataset, tuple(sets))
    part = picked(dataset, np.flatnonzero(frames))
    return Batch(part, tuple(moved_inferences(one, dataset, part) for one in sets))
