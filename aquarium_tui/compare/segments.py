"""The frames of saved segments, as queries ask for them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import AnyComparison, Binding
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.errors import QueryError
from aquarium_tui.model.problems import Segment


class SegmentFrames(Mapping[str, NDArray[Any]]):
    """Rows of frames by the name of a segment; a live one is asked anew for each comparison."""

    binding: Binding[Any]

    def __init__(self, segments: Sequence[Segment], comparison: Comparison) -> None:
        self._segments = {segment.name: segment for segment in segments}
        self._rows = comparison.dataset.frames.row_by_id
        self._asking: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return iter(self._segments)

    def __len__(self) -> int:
        return len(self._segments)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The frames of one segment; those of a snapshot that are no longer in the dataset are left out.

        Raises:
            QueryError: Its query no longer fits the dataset, or leads back to itself.
        """
        segment = self._segments[name]
        if segment.frames is not None:
            return np.array([self._rows[id_] for id_ in segment.frames if id_ in self._rows], np.int64)
        if name in self._asking:
            raise QueryError(f'segment "{name}" leads back to itself', segment.query, 0)
        self._asking.append(name)
        try:
            return np.flatnonzero(self.binding.select(segment.query).frames)
        except QueryError as error:
            message = f'in segment "{name}": {error.message}'
            raise QueryError(message, error.text, error.position, error.suggestion) from error
        finally:
            self._asking.pop()


def bound(comparison: AnyComparison, segments: Sequence[Segment] = ()) -> Binding[AnyComparison]:
    """A comparison as queries see it, with these segments."""
    frames = SegmentFrames(segments, comparison)
    frames.binding = binding = Binding(comparison, segments=frames)
    return binding


def snapshot(comparison: Comparison, binding: Binding[Any], name: str, query: str) -> Segment:
    """The frames that a query selects now, as a segment.

    Raises:
        QueryError: The query cannot be understood.
    """
    ids = comparison.dataset.frames.id
    chosen = np.flatnonzero(binding.select(query).frames)
    return Segment(name, query, tuple(ids[int(row)] or "" for row in chosen))
