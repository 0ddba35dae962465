"""Sums of per-frame counts over resampled frames."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import CancelledError

FrameWeights = NDArray[np.int32]
WholeNumbers = NDArray[np.int32] | NDArray[np.int64]

_SPARSE = 32
"""With at least one count in so many, multiplying whole matrices is faster than adding what is there."""
_ROOMY = 4
"""With at most so many places for each count, adding up at once is faster than sorting: ten times for slices,
of which every object is in many."""
_TABLE = 1 << 25
"""Counts in the largest matrix that is multiplied: a quarter of a gigabyte."""
_ROWS = 64
"""Replicates multiplied together."""
_PIECE = 4096
"""Columns summed together: bounds the memory where there are thousands of classes."""


@dataclass(frozen=True)
class Resampling:
    """How frames, or groups of frames, are drawn with replacement, as many as there are: the bootstrap.

    Attributes:
        frames: How many frames there are.
        replicates: How often they are drawn.
        seed: Of the draws; the same seed draws the same frames.
        cancelled: Asked before every draw.
        group: `(frames,)` int32 group of each frame, numbered from 0 (a video, a scene, a patient): frames of
            one group are drawn together. None where each frame stands for itself.
    """

    frames: int
    replicates: int
    seed: int
    cancelled: Callable[[], bool]
    group: NDArray[np.int32] | None = None

    @property
    def units(self) -> int:
        """How many units are drawn: frames, or groups."""
        return self.frames if self.group is None else int(self.group.max(initial=-1)) + 1

    def unit(self, frame: NDArray[np.int32]) -> NDArray[np.int32]:
        """The unit of each of some frames."""
        return frame if self.group is None else self.group[frame]

    def weights(self) -> Iterator[FrameWeights]:
        """How often each frame is drawn, `(frames,)` int32, once a replicate: multinomial.

        Raises:
            CancelledError: `cancelled` said so.
        """
        random = np.random.default_rng(self.seed)
        units = self.units
        for _ in range(self.replicates):
            if self.cancelled():
                raise CancelledError
            drawn = random.integers(0, units, units)
            weights = np.bincount(drawn, minlength=units).astype(np.int32)
            yield weights if self.group is None else weights[self.group]


@dataclass(frozen=True)
class FrameCounts:
    """Counts by (column, frame), only those that are not zero, sorted by column.

    Attributes:
        columns: `(columns,)` int64, ascending: those with any count.
        starts: `(columns,)` int64, where each begins in `frame` and `count`.
        frame: `(counts,)` int32.
        count: `(counts,)` int32 or, where sums need it, int64.
    """

    columns: NDArray[np.int64]
    starts: NDArray[np.int64]
    frame: FrameWeights
    count: WholeNumbers

    def sums(self) -> WholeNumbers:
        """The sum of each column over the frames as they are, `(columns,)`."""
        return np.add.reduceat(self.count, self.starts) if len(self.columns) else self.count

    def frames_of(self, columns: int) -> NDArray[np.int64]:
        """How many frames have a count in each of `columns` columns, `(columns,)`."""
        found = np.zeros(columns, np.int64)
        found[self.columns] = np.diff(np.append(self.starts, len(self.frame)))
        return found

    def pieces(self) -> Iterator["FrameCounts"]:
        """The columns in pieces of a few thousand."""
        edges = np.append(self.starts, len(self.frame))
        for first in range(0, len(self.columns), _PIECE):
            last = min(first + _PIECE, len(self.columns))
            inside = slice(edges[first], edges[last])
            starts = self.starts[first:last] - edges[first]
            yield FrameCounts(self.columns[first:last], starts, self.frame[inside], self.count[inside])

    def resampled(self, resampling: Resampling) -> WholeNumbers:
        """The sum of each column in each replicate, `(replicates, columns)` of the counts' dtype."""
        sums = np.zeros((resampling.replicates, len(self.columns)), self.count.dtype)
        cells = len(self.columns) * resampling.frames
        if cells <= _TABLE and len(self.frame) * _SPARSE > cells:
            sums[:] = multiplied(self._table(resampling.frames), resampling)
        elif len(self.columns):
            for row, weight in zip(sums, resampling.weights(), strict=True):
                np.add.reduceat(weight[self.frame] * self.count, self.starts, out=row)
        return sums

    def _table(self, frames: int) -> NDArray[np.float64]:
        """All counts, `(frames, columns)`."""
        lengths = np.diff(np.append(self.starts, len(self.frame)))
        table = np.zeros((frames, len(self.columns)))
        table[self.frame, np.repeat(np.arange(len(self.columns)), lengths)] = self.count
        return table


def multiplied(table: NDArray[np.float64], resampling: Resampling) -> NDArray[np.float64]:
    """The sums of whole numbers `(frames, columns)` in each replicate, `(replicates, columns)`, exact."""
    sums = np.zeros((resampling.replicates, table.shape[1]))
    weights = resampling.weights()
    for first in range(0, len(sums), _ROWS):
        rows = np.array(list(islice(weights, _ROWS)), dtype=np.float64)
        sums[first : first + _ROWS] = rows @ table
    return sums


def counts_of_table(table: NDArray[np.int32]) -> FrameCounts:
    """Counts `(columns, frames)` of which many may be zero."""
    column, frame = np.nonzero(table)
    columns, starts = np.unique(column, return_index=True)
    return FrameCounts(columns, starts, frame.astype(np.int32), table[column, frame])


def frame_counts(column: NDArray[Any], frame: NDArray[Any], count: WholeNumbers) -> FrameCounts:
    """Single counts, `(n,)` integers each, added up by column and frame in their own dtype."""
    frames = int(frame.max(initial=0)) + 1
    key = column.astype(np.int64) * frames + frame
    sums: WholeNumbers
    places = (int(column.max(initial=0)) + 1) * frames
    if places <= _ROOMY * len(key):
        # As floats, which hold every sum of so many small counts exactly.
        every = np.bincount(key, count, places)
        key = np.flatnonzero(every).astype(np.int64)
        sums = every[key].astype(count.dtype)
    else:
        order = np.argsort(key)
        key, first = np.unique(key[order], return_index=True)
        sums = np.add.reduceat(count[order], first) if len(first) else count
        key, sums = key[sums != 0], sums[sums != 0]
    columns, starts = np.unique(key // frames, return_index=True)
    return FrameCounts(columns, starts, (key % frames).astype(np.int32), sums)
