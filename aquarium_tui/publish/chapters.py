"""What a report consists of, as plain values that each format writes in its own way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aquarium_tui.model.arrays import Floats

Tint = Literal["", "good", "bad", "dim", "strong"]
"""What a text means: better, worse, beside the point, or the main thing. Signs say it too."""


@dataclass(frozen=True)
class Paragraph:
    """A sentence or a few.

    Attributes:
        text: The sentences.
        tone: What they mean.
        lead: Whether this is what the reader should read if nothing else.
    """

    text: str
    tone: Tint = ""
    lead: bool = False


@dataclass(frozen=True)
class Item:
    """One cell of a table.

    Attributes:
        text: Its number or words.
        delta: How it differs; may be empty.
        tone: What the delta means; without one, the text.
        note: An interval or a remark; may be empty.
    """

    text: str
    delta: str = ""
    tone: Tint = ""
    note: str = ""


@dataclass(frozen=True)
class TableBlock:
    """A table.

    Attributes:
        head: Its heading, a text per column.
        rows: As many entries each.
        words: How many of the first columns hold words; the others hold numbers, aligned to the right.
        totals: How many of the last rows are of all the others.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[Item]]
    words: int = 1
    totals: int = 0


@dataclass(frozen=True)
class Shot:
    """A picture with a caption.

    Attributes:
        picture: A JPEG file.
        size: Its width and height in pixels.
        caption: Lines of text.
        description: What it shows, for those who do not see it.
    """

    picture: bytes
    size: tuple[int, int]
    caption: Sequence[str]
    description: str


@dataclass(frozen=True)
class Gallery:
    """Some pictures side by side, below a heading.

    Attributes:
        title: The heading.
        sentence: What they have in common.
        shots: The pictures.
    """

    title: str
    sentence: str
    shots: Sequence[Shot]


@dataclass(frozen=True)
class ChartLine:
    """A line of a chart.

    Attributes:
        name: What stands in the legend.
        x: `(n,)` float64, from 0 to 1, rising.
        y: `(n,)` float64, NaN where undefined.
        dashed: Whether it is broken, so that lines can be told apart without colour.
    """

    name: str
    x: Floats
    y: Floats
    dashed: bool = False


@dataclass(frozen=True)
class LineChart:
    """Lines over numbers from 0 to 1.

    Attributes:
        title: The heading.
        across: What x is.
        lines: The lines, of values from 0 to 1.
        marks: Where a line is marked, as the place on x by the name of a line.
    """

    title: str
    across: str
    lines: Sequence[ChartLine]
    marks: Mapping[str, float]


@dataclass(frozen=True)
class Code:
    """Lines to copy, or columns that line up."""

    lines: Sequence[str]


Block = Paragraph | TableBlock | Gallery | LineChart | Code


@dataclass(frozen=True)
class Chapter:
    """A part of a report.

    Attributes:
        title: Its heading; empty for what stands before all others.
        blocks: What it holds.
    """

    title: str
    blocks: Sequence[Block]
