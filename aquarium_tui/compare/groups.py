"""Frames that belong together: of one video, scene, patient or site.

Frames of one video resemble each other. Drawn one by one, they pass for more evidence than they are: on a
driving dataset, intervals over videos are 1.5 to 1.8 times as wide as those over frames.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.tables import Frames

ID_PREFIX = "id_prefix"
"""Instead of a field of metadata: the frame's id without its last number and what follows that, so
`Seq05VD_f` of `Seq05VD_f00750`."""

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
        by: The field of metadata that says so, or `ID_PREFIX`.
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
        by: The field of metadata whose values are the groups, or `ID_PREFIX`; empty means no groups.

    Raises:
        InputError: The frames have no such field, or it puts all frames into one group.
    """
    if not by:
        return None
    column = frames.metadata.get(by)
    if column is None and by == ID_PREFIX:
        column = Text.from_values(map(_prefix, frames.id))
    if column is None:
        raise InputError(
            f"Frames cannot be grouped by {visible(by)}: they have no such field. They have "
            f"{', '.join(map(visible, frames.metadata)) or 'no metadata'}.",
            f"Name one of the fields, or {ID_PREFIX} for the frame's id without its last number.",
        )
    groups = FrameGroups(by, _grouped(column))
    if groups.count < 2 <= len(frames):
        raise InputError(
            f"Frames cannot be grouped by {visible(by)}: it has one value for all of them.",
            "Nothing can be said of other groups from one alone; choose a finer field.",
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
