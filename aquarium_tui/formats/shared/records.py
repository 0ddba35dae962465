"""What every format reads its files into: objects as the file has them, not yet matched with anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import clean
from aquarium_tui.model.problems import Handling, Problem

EXAMPLES = 3
"""How many places a problem lists: enough to see a pattern, and short enough for one line."""


@dataclass(frozen=True)
class Finding:
    """One kind of problem in the records of a file.

    Attributes:
        kind: As in `Problem`.
        rows: Which records, ascending.
        action: What is done with them.
        hint: As in `Problem`.
        detail: What to say about a record besides its place; may be empty.
    """

    kind: str
    rows: NDArray[np.int64]
    action: Handling
    hint: str = ""
    detail: Callable[[int], str] | None = None


RecordForm = Literal["boxes", "classes", "multilabel", "masks"]
"""What a record is of: a box in a frame, the class of a whole image, one of its classes, or its mask."""


@dataclass(frozen=True)
class Records:
    """All objects of a file, in order.

    Attributes:
        place: Where record i is, such as "a.json [16]".
        frame: The id by which each names its image, absent where it gives none.
        file_name: The file name by which each names its image; None if no record gives one.
        category: The id or, in some files, the name by which each names its class.
        unscored: Whether no inference of the file has a confidence, so that each is taken as 1.
        whole: Whether each record stands for a whole image, which has one class; boxes then mean nothing.
        several: Whether an image may have several of such classes.
        indexed: Whether the format defines those ids as positions of the classes, from 0.
        class_name: The name of the class besides its id; None if no record has one.
        box: `(n, 4)` float64 left, top, right, bottom in pixels; a row of NaN where there is no box.
        sides: How the file has the numbers of a box: corners, size (left, top, width, height) or center
            (of the box, then width and height).
        relative: Whether boxes are fractions of the image's width and height instead.
        confidence: `(n,)` float64, NaN where absent; empty for labels.
        crowd: `(n,)` bool; empty for inferences.
        area: `(n,)` float64 square pixels, NaN where absent; empty for inferences.
        id: The id of each record; None if no record has one.
        attributes: Further columns by name.
        segmentation: The masks of some records in COCO's form, by row; polygons of relative records are
            relative, too.
        mask: Compressed run lengths of the masks, once these are in the pixels of their frames.
        findings: What is wrong with records according to the format.
    """

    place: Callable[[int], str]
    frame: Text
    category: Text
    box: Boxes
    file_name: Text | None = None
    class_name: Text | None = None
    confidence: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    crowd: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    area: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    id: Text | None = None
    attributes: Mapping[str, Column] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    relative: bool = False
    sides: str = "corners"
    unscored: bool = False
    indexed: bool = False
    whole: bool = False
    several: bool = False
    segmentation: Mapping[int, object] = field(default_factory=dict)
    mask: Text | None = None

    def __len__(self) -> int:
        return len(self.box)

    @property
    def form(self) -> RecordForm:
        """What the records are of."""
        if not self.whole:
            return "boxes"
        return "multilabel" if self.several else "classes"

    def problem(self, finding: Finding) -> Problem:
        """`finding` as a problem that lists its first places."""
        return Problem(
            kind=finding.kind,
            count=len(finding.rows),
            action=finding.action,
            examples=tuple(self._example(int(row), finding) for row in finding.rows[:EXAMPLES]),
            hint=finding.hint,
        )

    def _example(self, row: int, finding: Finding) -> str:
        detail = finding.detail(row) if finding.detail else ""
        return f"{self.place(row)} ({detail})" if detail else self.place(row)


class Gatherer:
    """Counts problems by kind and keeps the first places of each.

    Args:
        where: What holds the places, such as "val.json images".
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._kinds: dict[str, _Tally] = {}

    def add(self, kind: str, action: Handling, index: int, detail: str = "", hint: str = "") -> None:
        """Count a problem at element `index`."""
        gathered = self._kinds.setdefault(kind, _Tally(action, hint))
        gathered.count += 1
        if gathered.count <= EXAMPLES:
            place = f"{self._where}[{index}]"
            gathered.examples.append(f"{place} ({detail})" if detail else place)

    def problems(self) -> tuple[Problem, ...]:
        """One problem per kind, in order of first appearance."""
        return tuple(
            Problem(kind, gathered.count, gathered.action, tuple(gathered.examples), gathered.hint)
            for kind, gathered in self._kinds.items()
        )


def renamed(keys: Text, names: Mapping[str, str]) -> Text | None:
    """The column with each word replaced by its name, absent if it has none; None if no word has one."""
    words = [names.get(word) for word in keys.words]
    if not any(word is not None for word in words):
        return None
    named = Text.from_values([*words, None])
    return named.take(keys.codes)


def key_text(value: object) -> str | None:
    """An id as text: 12, 12.0 and "12" are the same; None for what is not an id."""
    match value:
        case bool() | None:
            return None
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case str():
            return clean(value)
        case _:
            return None


@dataclass
class _Tally:
    action: Handling
    hint: str
    count: int = 0
    examples: list[str] = field(default_factory=list)
