"""What becomes of an object under one set, and how that changes from base to other."""

from enum import IntEnum


class _Word(IntEnum):
    @property
    def word(self) -> str:
        """The member's name as screens, files and queries write it."""
        return self.name.lower()


class Outcome(_Word):
    """What an inference set makes of one object (uint8 in tables).

    `NONE`: the set has nothing here (the other set's spurious inference).
    `IGNORED`: outside every count (crowd, ignored class, or inside such a region).
    """

    NONE = 0
    CORRECT = 1
    CONFUSED = 2
    MISSED = 3
    SPURIOUS = 4
    IGNORED = 5


class Change(_Word):
    """How an object's outcome changes from base to other (uint8 in tables); `NONE` outside every count."""

    NONE = 0
    FIXED = 1
    BROKEN = 2
    MOVED = 3
    SAME_ERROR = 4
    BOTH_CORRECT = 5


class Diff(_Word):
    """How one pixel changes from base to other (uint8 in diff maps); `IGNORED` where no label counts."""

    IGNORED = 0
    BOTH_RIGHT = 1
    BOTH_WRONG = 2
    FIXED = 3
    BROKEN = 4


class InCell(_Word):
    """Which sets put one pixel into one cell of the confusion (uint8 in maps)."""

    NEITHER = 0
    BASE = 1
    OTHER = 2
    BOTH = 3
