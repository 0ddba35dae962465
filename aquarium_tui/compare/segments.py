"""The frames of saved segments, as queries ask for them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding, FrameBinding
from aquarium_tui.compare.measures import Compared
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.pixels.binding import PixelBinding
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.errors import QueryError
from aquarium_tui.model.segments import Segment


class SegmentFrames(Mapping[str, NDArray[Any]]):
    """Rows of frames by the name of a segment; a live one is asked anew for each comparison."""

    binding: FrameBinding[Any]

    def __init__(self, segments: Sequence[Segment], comparison: Compared) -> None:
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


@overload
def bound(comparison: ObjectComparison, segments: Sequence[Segment] = ()) -> Binding: ...
@overload
def bound(comparison: PixelComparison, segments: Sequence[Segment] = ()) -> PixelBinding: ...
def bound(
    comparison: ObjectComparison | PixelComparison, segments: Sequence[Segment] = ()
) -> Binding | PixelBinding:
    """A comparison as queries see it, with these segments."""
    frames = SegmentFrames(segments, comparison)
    if isinstance(comparison, PixelComparison):
        frames.binding = of_masks = PixelBinding(comparison, segments=frames)
        return of_masks
    frames.binding = of_objects = Binding(comparison, segments=frames)
    return of_objects


def snapshot(comparison: Compared, binding: FrameBinding[Any], name: str, query: str) -> Segment:
    """The frames that a query selects now, as a segment.

    Raises:
        QueryError: The query cannot be understood.
    """
    ids = comparison.dataset.frames.id
    chosen = np.flatnonzero(binding.select(query).frames)
    return Segment(name, query, tuple(ids[int(row)] or "" for row in chosen))
