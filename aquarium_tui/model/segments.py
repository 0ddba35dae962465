"""Saved queries and saved sets of frames."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Segment:
    """A named set of frames, used in queries as `frame.segment = "its name"`.

    Attributes:
        name: Any text a person can read.
        query: What it was made with; a live segment is whatever this selects now.
        frames: Ids of the frames of a snapshot; None for a live segment.
        created: When, ISO 8601 in UTC.
    """

    name: str
    query: str
    frames: tuple[str, ...] | None = None
    created: str = ""

    @property
    def live(self) -> bool:
        """Whether it follows its query."""
        return self.frames is None
