"""Pixels of each frame by label, base's class and other's class: 3 kB a frame hold all that is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.meaning import IGNORED, Meaning
from aquarium_tui.compare.pixels.reading import read_mask
from aquarium_tui.compare.pixels.runs import Runs, joint_runs
from aquarium_tui.errors import InputError
from aquarium_tui.model.tables import starts_of

Classes = NDArray[np.uint16]

_DENSE = 1 << 18


@dataclass(frozen=True)
class PixelCounts:
    """Joint counts; one row for each frame, label class, base class and other class with any pixel.

    Attributes:
        classes: How many evaluated classes there are; background is the class after them.
        starts: `(frames + 1,)` int64; the rows of frame f are `starts[f]:starts[f + 1]`.
        label: `(rows,)` uint16 evaluated class.
        base: The same under base, or background.
        other: The same under other; base's where there is no other.
        pixels: `(rows,)` int32.
        ignored: `(frames,)` int64 pixels that leave every count.
        counted: `(frames,)` bool: which frames have all their masks, readable.
        unreadable: Why the masks of a frame cannot be read, by its row.
    """

    classes: int
    starts: NDArray[np.int64]
    label: Classes
    base: Classes
    other: Classes
    pixels: NDArray[np.int32]
    ignored: NDArray[np.int64]
    counted: NDArray[np.bool_]
    unreadable: Mapping[int, str] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """How many frames there are, counted or not."""
        return len(self.counted)

    @property
    def frame(self) -> NDArray[np.int32]:
        """`(rows,)` int32: the frame of each row."""
        return np.repeat(np.arange(self.frames, dtype=np.int32), np.diff(self.starts))

    def swapped(self) -> "PixelCounts":
        """Other as base and base as other."""
        return replace(self, base=self.other, other=self.base)

    def within(self, frames: NDArray[np.bool_]) -> "PixelCounts":
        """The same frames, those where `(frames,)` is false not counted."""
        rows = np.flatnonzero(np.repeat(frames, np.diff(self.starts)))
        counts = np.where(frames, np.diff(self.starts), 0)
        taken = {name: getattr(self, name)[rows] for name in ("label", "base", "other", "pixels")}
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return replace(
            self,
            starts=starts,
            ignored=self.ignored * frames,
            counted=self.counted & frames,
            **taken,
        )


@dataclass(frozen=True)
class Job:
    """One frame to count.

    Attributes:
        files: Its label mask, base's mask and, if chosen, other's.
        meanings: What their values mean, in the same order.
    """

    files: tuple[str, ...]
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True)
class Counted:
    """The counts of one frame, as rows of `PixelCounts`."""

    label: Classes
    base: Classes
    other: Classes
    pixels: NDArray[np.int32]
    ignored: int


def count_frame(job: Job) -> Counted | str:
    """The counts of one frame; where a mask cannot be read, why."""
    try:
        label, *inferred = (read_mask(file) for file in job.files)
    except InputError as error:
        return error.message
    return counted(joint_runs(label, inferred, job.meanings), job.meanings[1].unnamed + 1)


def counted(runs: Runs, n: int) -> Counted:
    """The counts of the runs of a frame, where there are `n` classes with background."""
    valid = runs.label != IGNORED
    label, base, other = (c.astype(np.int64) for c in (runs.label, runs.base, runs.other))
    cell = ((label * n + base) * n + other)[valid]
    cells, pixels = _summed(cell, runs.length[valid], n**3)
    found = [part.astype(np.uint16) for part in (cells // (n * n), cells // n % n, cells % n)]
    return Counted(found[0], found[1], found[2], pixels.astype(np.int32), int(runs.length[~valid].sum()))


def _summed(
    cell: NDArray[np.int64], length: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The distinct cells, all below `size`, ascending, and the sum of their lengths."""
    if size <= _DENSE:
        sums: NDArray[np.float64] = np.asarray(np.bincount(cell, length, size), np.float64)
        there = np.flatnonzero(sums)
        return there, sums[there]
    found, inverse = np.unique(cell, return_inverse=True)
    return found, np.asarray(np.bincount(inverse, length, len(found)), np.float64)


def joined(found: Mapping[int, Counted | str], frames: int, classes: int) -> PixelCounts:
    """The counts of all frames from those of some, by row; a text says why one has none."""
    rows = [row for row in sorted(found) if isinstance(found[row], Counted)]
    parts = [part for row in rows if isinstance(part := found[row], Counted)]
    ignored = np.zeros(frames, np.int64)
    ignored[rows] = [part.ignored for part in parts]
    mask = np.zeros(frames, bool)
    mask[rows] = True
    none = np.zeros(0, np.uint16)
    frame = np.repeat(np.array(rows, dtype=np.int64), [len(part.pixels) for part in parts])
    return PixelCounts(
        classes=classes,
        starts=starts_of(frame, frames),
        label=np.concatenate([none, *(part.label for part in parts)]),
        base=np.concatenate([none, *(part.base for part in parts)]),
        other=np.concatenate([none, *(part.other for part in parts)]),
        pixels=np.concatenate([np.zeros(0, np.int32), *(part.pixels for part in parts)]),
        ignored=ignored,
        counted=mask,
        unreadable={row: part for row, part in sorted(found.items()) if isinstance(part, str)},
    )
