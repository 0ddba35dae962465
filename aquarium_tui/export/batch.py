"""What is exported: frames of a dataset, with their labels and inferences."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf, nextafter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.ingest.merge import moved_inferences, picked
from aquarium_tui.model.columns import Column
from aquarium_tui.model.tables import Dataset, InferenceSet

_NUMBER = re.compile("[0-9]{1,18}")
Json = dict[str, Any]
"""A JSON object."""


def plain(column: Column, row: int) -> Any:  # noqa: ANN401
    """One value: whole numbers without a fraction, dates as ISO 8601, None if missing."""
    value: Any = column[row]
    # Above 2**53 a float no longer stands for one whole number only.
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    return value.isoformat() if isinstance(value, datetime) else value


def further(columns: Mapping[str, Column], row: int, prefix: str = "") -> Json:
    """The values of a row that are not missing, by column name."""
    values = ((f"{prefix}{name}", plain(column, row)) for name, column in columns.items())
    return {name: value for name, value in values if value is not None}


def key(text: str | None) -> int | str | None:
    """An id as a number if that number is read back as the same text, else as text."""
    if text is not None and _NUMBER.fullmatch(text) and str(int(text)) == text:
        return int(text)
    return text


def size(start: float, end: float) -> float:
    """A width or height that gives exactly `end` when added to `start`, if there is one.

    The rounded difference may be off by one float, and then boxes would not survive a round trip.
    """
    near = end - start
    if start + near == end:
        return near
    return next((n for n in (nextafter(near, inf), nextafter(near, -inf)) if start + n == end), near)


def sized(box: list[float]) -> list[float]:
    """A box given as left, top, right, bottom, as left, top, width, height."""
    left, top, right, bottom = box
    return [left, top, size(left, right), size(top, bottom)]


def rows_of(starts: Any, frame: int) -> Iterator[int]:  # noqa: ANN401
    """The rows of the objects in a frame."""
    return iter(range(int(starts[frame]), int(starts[frame + 1])))


@dataclass(frozen=True)
class Batch:
    """Frames with their labels and inferences.

    Attributes:
        dataset: A dataset with only these frames.
        sets: Its inference sets.
    """

    dataset: Dataset
    sets: tuple[InferenceSet, ...] = ()


def batch_of(
    dataset: Dataset, sets: Sequence[InferenceSet], frames: NDArray[np.bool_] | None = None
) -> Batch:
    """A batch of these frames with all their labels.

    Args:
        dataset: The dataset.
        sets: Inference sets of the dataset.
        frames: `(frames,)` bool; None for all.
    """
    if frames is None:
        return Batch(dataset, tuple(sets))
    part = picked(dataset, np.flatnonzero(frames))
    return Batch(part, tuple(moved_inferences(one, dataset, part) for one in sets))
