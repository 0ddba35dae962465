"""What an import found wrong with its input."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Handling = Literal["kept", "clipped", "left out", "changed", "noted"]

GONE = "inferences on frames that are gone"
"""The kind of problem of an inference set whose dataset was replaced by one with fewer frames."""

UNRANKED = "inferences without a confidence, which is all of them,"
"""The kind of problem of an inference set whose file has no confidences: nothing ranks its inferences."""


@dataclass(frozen=True)
class Problem:
    """One kind of trouble in an input, however often it occurs.

    Attributes:
        kind: A short stable name, such as "box without area".
        count: How many records it concerns.
        action: What was done with them.
        examples: The first places, such as "results.json record 17 (frame 42)".
        hint: What would repair it, or why it matters; may be empty.
    """

    kind: str
    count: int
    action: Handling
    examples: tuple[str, ...] = ()
    hint: str = ""

    def sentence(self) -> str:
        """One line: count, kind, action, first places, hint."""
        places = f": {'; '.join(self.examples)}" if self.examples else ""
        rest = self.count - len(self.examples)
        more = f" … and {rest:,} more" if self.examples and rest > 0 else ""
        hint = f" – {self.hint}" if self.hint else ""
        return f"{self.count:,} {self.kind} ({self.action}){places}{more}{hint}"


ALL_FRAMES = "All frames"
"""The segment that every dataset has; a saved one of this name only gives it targets."""


class SegmentKind(StrEnum):
    """What a segment is for."""

    SCENARIO = "scenario"
    REGRESSION_TEST = "regression test"
    SPLIT = "split"


@dataclass(frozen=True)
class Segment:
    """A named set of frames or of objects in them; `frame.segment = "its name"` selects its frames.

    Attributes:
        name: Any text a person can read.
        query: What it was made with; a live segment is whatever this selects now.
        frames: Ids of the frames of a snapshot; None for a live segment.
        created: When, ISO 8601 in UTC.
        kind: What it is for. A split and a scenario stand for more frames like theirs; a regression test is
            about its own frames alone, so that what is counted in it is decided however few they are.
        targets: What must hold in it, each as a rule of the gate is written.
        only: Of its frames, only the objects for which this condition holds; empty for all.
    """

    name: str
    query: str
    frames: tuple[str, ...] | None = None
    created: str = ""
    kind: SegmentKind = SegmentKind.SCENARIO
    targets: tuple[str, ...] = ()
    only: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is everything."""
        return self.live and not self.query and not self.only

    @property
    def live(self) -> bool:
        """Whether it follows its query."""
        return self.frames is None
