"""Pixels of each frame by label class, base's class and other's class: 3 kB per frame hold all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.masks import Masks, MaskValues
from aquarium_tui.model.shard import Shard
from aquarium_tui.model.tables import starts_of

IGNORED = -1
"""Stands for the class of a pixel that is excluded from all counts."""

_LISTED = 1 << 16
"""Values for which the meanings are listed: all that 16 bits can hold."""


@dataclass(frozen=True)
class Meaning:
    """Evaluated classes by the value of a pixel.

    Attributes:
        value: `(values,)` int64, ascending.
        position: `(values,)` int32, the position of each in the evaluated classes, or `unnamed`.
        unnamed: What every other value means.
    """

    value: NDArray[np.int64]
    position: NDArray[np.int32]
    unnamed: int

    def positions(self, values: NDArray[Any]) -> NDArray[np.int32]:
        """The class of each of `(n,)` values of pixels, int32."""
        if values.dtype.itemsize <= 2:
            return np.asarray(self._table[values])
        return self._found(values.astype(np.int64))

    @cached_property
    def _table(self) -> NDArray[np.int32]:
        return self._found(np.arange(_LISTED))

    def _found(self, values: NDArray[np.int64]) -> NDArray[np.int32]:
        known = np.append(self.value, -1)
        at = np.searchsorted(self.value, values)
        position = np.append(self.position, np.int32(self.unnamed))
        return np.where(known[at] == values, position[at], np.int32(self.unnamed))


def label_meaning(masks: Masks, classes: ClassMap) -> Meaning:
    """Of label masks: what has an ignored class, or none, is `IGNORED`."""
    return _meaning(masks, classes, IGNORED)


def inferred_meaning(masks: Masks, classes: ClassMap) -> Meaning:
    """Of inferred masks: what has an ignored class, or none, is background, after the last class."""
    return _meaning(masks, classes, len(classes.evaluated_names))


def _meaning(masks: Masks, classes: ClassMap, unnamed: int) -> Meaning:
    values = np.array(sorted(masks.values), dtype=np.int64)
    entries = [classes.positions_by_id[masks.values[value]] for value in values.tolist()]
    position = classes.evaluated[np.array(entries, dtype=np.int64)]
    return Meaning(values, np.where(position < 0, np.int32(unnamed), position), unnamed)


_BLOCK = 1 << 17
"""Pixels compared at a time: as many as stay in the cache, for 0.4 ms instead of 0.8 for 2 million."""

RunClasses = NDArray[np.int32]


@dataclass(frozen=True)
class Runs:
    """Runs in reading order; one may go on from a row into the next.

    Attributes:
        shape: Height and width of the label mask in pixels.
        length: `(runs,)` int64 pixels.
        label: `(runs,)` int32 evaluated class; see `Meaning`.
        base: The same under base.
        other: The same under other; base's where there is no other.
    """

    shape: tuple[int, int]
    length: NDArray[np.int64]
    label: RunClasses
    base: RunClasses
    other: RunClasses

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """One value a run, `(runs,)`, as a map `(height, width)` of the same dtype."""
        return np.repeat(values, self.length).reshape(self.shape)


def joint_runs(label: MaskValues, inferred: Sequence[MaskValues], meanings: Sequence[Meaning]) -> Runs:
    """The runs of a label mask and one or two inferred masks.

    Args:
        label: The values of its pixels, of any size.
        inferred: Those of base and, if chosen, other; resized to the label mask where they differ.
        meanings: What the values mean, of the labels first.
    """
    masks = [label, *(resized(mask, label.shape) for mask in inferred)]
    starts, length = runs_of(masks)
    found = [meaning.positions(mask.ravel()[starts]) for mask, meaning in zip(masks, meanings, strict=True)]
    height, width = label.shape
    return Runs((height, width), length, found[0], found[1], found[-1])


def runs_of(masks: Sequence[MaskValues]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs start in masks of one size, read row by row, and their lengths; both `(runs,)` int64."""
    flat = [mask.ravel() for mask in masks]
    last = flat[0].size - 1
    changes, one = np.empty(last, np.bool_), np.empty(min(last, _BLOCK), np.bool_)
    for start in range(0, last, _BLOCK):
        here = changes[start : start + _BLOCK]
        end = start + len(here)
        np.not_equal(flat[0][start + 1 : end + 1], flat[0][start:end], out=here)
        for values in flat[1:]:
            np.not_equal(values[start + 1 : end + 1], values[start:end], out=one[: len(here)])
            np.logical_or(here, one[: len(here)], out=here)
    starts = np.concatenate([np.zeros(1, np.int64), _where(changes) + 1])
    return starts, np.diff(starts, append=last + 1)


def _where(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where flags are set; where few are, 8 at a time are looked at faster than one by one."""
    whole = len(flags) // 8 * 8
    words = flags[:whole].view(np.uint64)
    found = np.flatnonzero(words)
    inside = np.flatnonzero(words[found].view(np.bool_))
    return np.concatenate([found[inside >> 3] * 8 + (inside & 7), whole + np.flatnonzero(flags[whole:])])


def resized(mask: MaskValues, shape: tuple[int, ...]) -> MaskValues:
    """The mask at `shape` (height, width): each pixel is the one nearest to its centre."""
    if mask.shape == shape:
        return mask
    rows, columns = (
        ((2 * np.arange(wanted) + 1) * there) // (2 * wanted)
        for wanted, there in zip(shape, mask.shape, strict=True)
    )
    return np.asarray(mask[rows[:, None], columns])


CountClasses = NDArray[np.uint16]

_DENSE = 1 << 18
"""Cells of three classes up to which an array of all (2 MB, 64 classes) is faster than sorting."""


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
        ignored: `(frames,)` int64 pixels that are excluded from all counts.
        counted: `(frames,)` bool: which frames have all their masks, readable.
        unreadable: Why the masks of a frame cannot be read, by its row.
        missing: Parts of the frames that were left to other machines, and have not been counted.
    """

    classes: int
    starts: NDArray[np.int64]
    label: CountClasses
    base: CountClasses
    other: CountClasses
    pixels: NDArray[np.int32]
    ignored: NDArray[np.int64]
    counted: NDArray[np.bool_]
    unreadable: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[Shard, ...] = ()

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

    def renamed(self, of: NDArray[np.int32], classes: int) -> "PixelCounts":
        """The same with the classes merged; rows of one frame may then be of the same classes.

        Args:
            of: `(classes,)` the merged class of each evaluated class.
            classes: How many merged classes there are.
        """
        table = np.append(of, classes).astype(np.uint16)
        label, base, other = (table[each] for each in (self.label, self.base, self.other))
        return replace(self, classes=classes, label=label, base=base, other=other)

    def by_frame(self) -> dict[int, "Counted | str"]:
        """The counts frame by frame, for `joined`; a text gives the reason why a frame has none."""
        found: dict[int, Counted | str] = dict(self.unreadable)
        for row in np.flatnonzero(self.counted).tolist():
            rows = slice(int(self.starts[row]), int(self.starts[row + 1]))
            parts = (self.label[rows], self.base[rows], self.other[rows], self.pixels[rows])
            found[row] = Counted(*parts, int(self.ignored[row]))
        return found

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
class Counted:
    """The counts of one frame, as rows of `PixelCounts`."""

    label: CountClasses
    base: CountClasses
    other: CountClasses
    pixels: NDArray[np.int32]
    ignored: int


def count_frame(
    read: Callable[[str], MaskValues], meanings: Sequence[Meaning], files: Sequence[str]
) -> Counted | str:
    """The counts of one frame; where a mask cannot be read, why.

    Args:
        read: Gives the values in a mask file; may raise `InputError`.
        meanings: What they mean, of the labels first.
        files: The label mask, base's mask and, if chosen, other's.
    """
    try:
        label, *inferred = map(read, files)
    except InputError as error:
        return error.message
    return counted(joint_runs(label, inferred, meanings), meanings[1].unnamed + 1)


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
    """The counts of all frames from those of some, by row; a text gives the reason why one has none."""
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
