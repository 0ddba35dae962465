"""One of several parts of the frames of a dataset, so that many machines share the work."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped

_TEXT = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)
_NAMED = 8
"""Missing shards that are named: enough to start them again by hand."""
_NAME = re.compile(r"(\d{1,9})-of-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, order=True)
class Shard:
    """Part `index` of `count` equal parts.

    Attributes:
        count: How many parts there are.
        index: Which one this is, from 1.
    """

    count: int
    index: int

    @classmethod
    def of(cls, text: str) -> "Shard":
        """The shard that `I/N` names.

        Raises:
            UsageError: It is not of that form, or I is not from 1 to N.
        """
        found = _TEXT.fullmatch(text.strip())
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageError(
                f'"{visible(text)}" is not a shard.', "Write it as I/N with I from 1 to N, for example 3/8."
            )
        return cls(int(found[2]), int(found[1]))

    @classmethod
    def named(cls, name: str) -> "Shard | None":
        """The shard whose `name` this is; None if it is that of none."""
        found = _NAME.fullmatch(name)
        return cls(int(found[2]), int(found[1])) if found else None

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.index}-of-{self.count}"

    def rows(self, frames: int) -> range:
        """Which of so many frames belong to it: neighbours, as they often lie on the disk."""
        return range(frames * (self.index - 1) // self.count, frames * self.index // self.count)

    @staticmethod
    def absent(there: Iterable["Shard"]) -> "tuple[Shard, ...]":
        """Those missing beside these, of the division of which most are there; none if one is whole."""
        there = set(there)
        divisions = Counter(shard.count for shard in sorted(there))
        if not there or any(divisions[count] == count for count in divisions):
            return ()
        count = max(divisions, key=divisions.__getitem__)
        every = (Shard(count, index) for index in range(1, count + 1))
        return tuple(shard for shard in every if shard not in there)

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


@dataclass(frozen=True)
class ShardCount:
    """What counting a shard, or all frames, came to.

    Attributes:
        frames: How many there are in it.
        counted: How many of them were counted just now; the others had been before.
        unreadable: How many cannot be counted, as something is missing or cannot be read.
    """

    frames: int
    counted: int
    unreadable: int


def missing_words(missing: Sequence[Shard]) -> tuple[str, str]:
    """How many shards of how many are missing, and which; the latter as the end of a sentence."""
    number = f"{grouped(len(missing))} of {counted(missing[0].count, 'shard')}"
    names = ", ".join(map(str, missing[:_NAMED]))
    more = f" and {grouped(len(missing) - _NAMED)} more" if len(missing) > _NAMED else ""
    return f"{number} missing", f"{number} {'is' if len(missing) == 1 else 'are'} missing: {names}{more}."
