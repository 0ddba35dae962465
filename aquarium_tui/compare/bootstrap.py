"""Is it real? Sums over resampled frames, what they say of deltas, and frames that belong together.

Frames of one video resemble each other. Drawn one by one, they pass for more evidence than they are: on a
driving dataset, intervals over videos are 1.5 to 1.8 times as wide as those over frames.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.table import LEAST_FRAMES, Certainty
from aquarium_tui.errors import CancelledError, InputError
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.tables import Frames

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


@dataclass(frozen=True)
class FrameSums:
    """A number of a whole set that follows from sums over its frames.

    Attributes:
        table: `(frames, columns)` float64, whole numbers, which add up to the same in any order.
        of: The numbers `(rows,)` of sums `(rows, columns)`, NaN where undefined.
    """

    table: Floats
    of: Callable[[Floats], Floats]

    def drawn(self, resampling: Resampling) -> Floats:
        """The number on the frames as they are, then in each replicate: `(1 + replicates, 1)`.

        Raises:
            CancelledError: `resampling.cancelled` said so.
        """
        sums = [self.table.sum(axis=0, keepdims=True), multiplied(self.table, resampling)]
        return self.of(np.concatenate(sums))[:, None]


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


@dataclass(frozen=True)
class ChangeTest:
    """Whether more objects got better than worse, tested frame by frame (see `cluster_test`).

    Attributes:
        better: How many objects got better: fixed labels, or false alarms that went away.
        worse: How many got worse.
        frames: How many frames, or groups, have a part in the difference.
        p: Two-sided p-value; 1 where nothing differs.
    """

    better: int
    worse: int
    frames: int
    p: float

    @property
    def few(self) -> bool:
        """Whether too few frames have a part in it to say anything."""
        return self.frames < LEAST_FRAMES

    @property
    def sure(self) -> bool:
        """Whether the difference is more than chance, at 5 %."""
        return not self.few and self.p <= 0.05


@dataclass(frozen=True)
class ValueIntervals:
    """How sure the figures of one set are, had other frames of the same kind been drawn: without p and q.

    Attributes:
        per_class: Of each class, `(classes,)` by figure.
        totals: Over all classes, `(1,)` by average and figure.
        wholes: Of numbers that belong to no class, `(1,)` by name.
    """

    per_class: Mapping[str, Certainty] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, Certainty]] = field(default_factory=dict)
    wholes: Mapping[str, Certainty] = field(default_factory=dict)


@dataclass(frozen=True)
class Significance:
    """How sure the deltas are, had other frames of the same kind been drawn.

    Attributes:
        replicates: How often the frames were drawn anew.
        cells: Of the delta of every cell, `((classes + 1) ** 2,)` in reading order.
        per_class: Of the deltas of each class, `(classes,)` by figure.
        totals: Of the deltas over all classes, `(1,)` by average (`weighted` by support, `macro`, `micro`)
            and figure.
        headline: Of the deltas that the verdict rests on, `(1,)` by figure.
        labels: Whether more labels got better than worse; None where there are no objects to test.
        false_alarms: The same of spurious inferences.
        wholes: Of the deltas of numbers that belong to no class, such as accuracy, `(1,)` by name.
        unit: What was drawn: `frames`, or `groups` of them.
    """

    replicates: int
    cells: Certainty
    per_class: Mapping[str, Certainty]
    totals: Mapping[str, Mapping[str, Certainty]]
    headline: Mapping[str, Certainty]
    labels: ChangeTest | None = None
    false_alarms: ChangeTest | None = None
    wholes: Mapping[str, Certainty] = field(default_factory=dict)
    unit: str = "frames"


ID_PREFIX = "id_prefix"
"""Instead of a field of metadata: the frame's id without its last number and what follows that, so
`Seq05VD_f` of `Seq05VD_f00750`."""

NAME_PREFIX = "name_prefix"
"""The same of the path of the frame's image without its ending: `video1/` of `video1/000042.jpg`, whose id in
a COCO file is just a number."""

_LAST_NUMBER = re.compile(r"^(.*?)(\d+)\D*$", re.DOTALL)
_SEQUENCE_WORDS = re.compile(
    r"(?<![a-z])(?:frame|video|clip|seq|scene|cam|drive|patient|case|slice)(?:uence|era)?s?(?![a-z])", re.I
)

_LEAST = 3
"""Frames of one prefix that make a sequence: two alike happen in any naming."""

_MOST = 0.8
"""The share of frames that must lie in sequences: a few numbered ones among others are no reason to warn."""


@dataclass(frozen=True)
class FrameGroups:
    """Which frames belong together.

    Attributes:
        by: The field of metadata that says so, `ID_PREFIX` or `NAME_PREFIX`.
        of_frame: `(frames,)` int32 group of each frame, numbered from 0; a frame without a value is a group
            of its own.
    """

    by: str
    of_frame: NDArray[np.int32]

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.of_frame.max(initial=-1)) + 1

    def within(self, frames: NDArray[np.bool_] | None) -> "FrameGroups":
        """The groups of the frames where `(frames,)` is true, numbered anew."""
        if frames is None:
            return self
        return FrameGroups(self.by, _numbered(self.of_frame[frames]))


def frame_groups(frames: Frames, by: str) -> FrameGroups | None:
    """The groups of a dataset's frames; None where each frame stands for itself.

    Args:
        frames: All frames.
        by: The field of metadata whose values are the groups, `ID_PREFIX` or `NAME_PREFIX`; empty means no
            groups.

    Raises:
        InputError: The frames have no such field, or it puts all frames into one group.
    """
    if not by:
        return None
    column = frames.metadata.get(by)
    if column is None and by == ID_PREFIX:
        column = Text.from_values(map(_prefix, frames.id))
    if column is None and by == NAME_PREFIX:
        column = Text.from_values(map(_prefix, _stems(frames)))
    if column is None:
        raise InputError(
            f"Frames cannot be grouped by {visible(by)}: they have no such field. They have "
            f"{', '.join(map(visible, frames.metadata)) or 'no metadata'}.",
            f"Name one of the fields, or {ID_PREFIX} for the frame's id without its last number, or "
            f"{NAME_PREFIX} for its file name without it.",
        )
    groups = FrameGroups(by, _grouped(column))
    if groups.count < 2 <= len(frames):
        raise InputError(
            f"Frames cannot be grouped by {visible(by)}: it has one value for all of them.",
            "One group says nothing about others; choose a finer field.",
        )
    return groups


def _grouped(column: Column) -> NDArray[np.int32]:
    values = column.codes if isinstance(column, Text) else column.values
    number = _numbered(values).astype(np.int64)
    alone = np.flatnonzero(column.missing)
    number[alone] = len(number) + np.arange(len(alone))
    return _numbered(number)


def _numbered(values: NDArray[np.generic]) -> NDArray[np.int32]:
    return np.asarray(np.unique(values, return_inverse=True)[1], np.int32)


def _prefix(id_: str | None) -> str | None:
    found = _LAST_NUMBER.match(id_ or "")
    return found[1] if found else id_


def _stems(frames: Frames) -> Iterator[str | None]:
    """The path of each frame's image without its ending, which may hold a digit of its own."""
    return (path and re.sub(r"\.\w+$", "", path) for path in frames.path)


def frame_sequences(frames: Frames) -> tuple[str, Mapping[str, int]]:
    """What shows that frames look like those of videos, `ID_PREFIX` or `NAME_PREFIX`, and their sequences.

    File names are looked at where ids are bare numbers, as COCO files have them.
    """
    if found := sequences(frames.id):
        return ID_PREFIX, found
    bare = not any(map(_prefix, frames.id))
    return NAME_PREFIX, sequences(_stems(frames)) if bare else {}


def sequences(ids: Iterable[str | None]) -> Mapping[str, int]:
    """How many frames each sequence has, by the beginning of its ids; empty where ids do not look like some.

    Ids look like sequences where most of them share their beginning with some others and go on with numbers
    in regular steps, as those of frames that were cut from videos do. Numbers alone look like nothing: most
    datasets have them. One beginning for all says something only where it names a sequence, as in `frame_`.
    """
    numbers: dict[str, list[int]] = {}
    total = 0
    for id_ in ids:
        total += 1
        found = _LAST_NUMBER.match(id_ or "")
        if found and found[1]:
            numbers.setdefault(found[1], []).append(int(found[2][-18:]))
    found_ = {name: len(n) for name, n in numbers.items() if len(n) >= _LEAST and _regular(n)}
    enough = sum(found_.values()) >= _MOST * total and total > 0
    telling = len(found_) > 1 or any(map(_SEQUENCE_WORDS.search, found_))
    return found_ if enough and telling else {}


def _regular(numbers: Sequence[int]) -> bool:
    """Whether at least half of the steps between the sorted numbers are the same."""
    steps = Counter(np.diff(np.sort(np.array(numbers, np.int64))).tolist())
    return 2 * steps.most_common(1)[0][1] >= len(numbers) - 1


def group_words(groups: FrameGroups) -> str:
    """`12 groups by video`."""
    return f"{grouped(groups.count)} groups by {visible(groups.by)}"
