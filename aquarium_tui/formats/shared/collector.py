"""What every format reads its files into: objects as the file has them, not yet matched with anything.

Files that list objects frame by frame are collected one at a time into columns.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.formats.shared.values import number, typed_column, unique_keys
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted
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
"""What a record describes: a box in a frame, the class of a whole image, one of its classes, or its mask."""


@dataclass(frozen=True)
class Records:
    """All objects of a file, in order.

    Attributes:
        place: Where record i is, such as "a.json record 17".
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
        """What the records describe."""
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

    def add(self, kind: str, action: Handling, index: int | None, detail: str = "", hint: str = "") -> None:
        """Count a problem at element `index`; None where `detail` alone says which element it is."""
        gathered = self._kinds.setdefault(kind, _Tally(action, hint))
        gathered.count += 1
        if gathered.count <= EXAMPLES:
            place = self._where if index is None else record_place(self._where, index)
            gathered.examples.append(f"{place} ({detail})" if detail else place)

    def problems(self) -> tuple[Problem, ...]:
        """One problem per kind, in order of first appearance."""
        return tuple(
            Problem(kind, gathered.count, gathered.action, tuple(gathered.examples), gathered.hint)
            for kind, gathered in self._kinds.items()
        )


def record_place(where: str, index: int) -> str:
    """The place of element `index` of a list, such as "val.json images record 3": records count from 1."""
    return f"{where} record {index + 1:,}"


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


PlaceNamer = Callable[[int, int], str]
"""Names the place of object j of frame i; j is -1 for the frame itself."""
NAN = float("nan")
NO_BOX = (NAN, NAN, NAN, NAN)
_TEXTS = ("frame", "file_name", "category", "class_name", "id")
Corners = tuple[float, float, float, float]


class FrameRows:
    """Collects frames one by one; a name that occurs again means the same frame.

    Args:
        where: What holds them, such as "val.json frames".
    """

    def __init__(self, where: str) -> None:
        self._again = Gatherer(where)
        self.rows: dict[str, Mapping[str, Any]] = {}

    def add(self, i: int, name: str, row: Mapping[str, Any]) -> None:
        """Add frame `i` of the file, with the values to keep."""
        if name in self.rows:
            hint = "their objects are added to the earlier frame"
            self._again.add("frames with the same name as an earlier one", "changed", i, visible(name), hint)
        else:
            self.rows[name] = row

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with them."""
        return self._again.problems()


class ObjectCollector:
    """Collects objects one by one.

    Args:
        place: Names the place of object j of frame i.
    """

    def __init__(self, place: PlaceNamer) -> None:
        self._place = place
        self._at = array("q")
        self._texts: dict[str, list[str | None]] = {key: [] for key in _TEXTS}
        self._box = array("d")
        self._confidence = array("d")
        self._crowd = array("b")
        self._area = array("d")
        self._segmentation: dict[int, object] = {}
        self._further: dict[str, list[Any]] = {}
        self._flags: dict[str, _Flag] = {}
        self.nested: dict[str, None] = {}
        self.scores = 0

    def __len__(self) -> int:
        return len(self._crowd)

    def add(
        self,
        at: tuple[int, int],
        frame: object,
        box: Corners | None,
        *,
        file_name: object = None,
        category: object = None,
        class_name: object = None,
        confidence: object = None,
        crowd: bool = False,
        area: object = None,
        id_: object = None,
        segmentation: object = None,
        further: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an object.

        Args:
            at: The position of its frame, and its own position in that frame, for messages.
            frame: How it names its image.
            box: Its corners; None if it has no box, which the caller reports with `flag`.
            file_name: The file name of that image, if it is given as well.
            category: How it names its class, by id or by name.
            class_name: The name of the class, if it is given as well.
            confidence: The confidence, if any.
            crowd: Whether the region holds many objects or is to be ignored.
            area: The area in square pixels, if it is stated.
            id_: Its own name.
            segmentation: Its mask in COCO's form, if it has one.
            further: Further values by name; of lists and objects only the names are kept, in `nested`.
        """
        self._keep_further(further or {})
        if segmentation not in (None, []):
            self._segmentation[len(self)] = segmentation
        self._at.extend(at)
        for key, value in zip(_TEXTS, (frame, file_name, category, class_name, id_), strict=True):
            self._texts[key].append(key_text(value))
        self._box.extend(NO_BOX if box is None else box)
        given = number(confidence)
        self.scores += given is not None
        self._confidence.append(NAN if given is None else given)
        self._crowd.append(crowd)
        stated = number(area)
        self._area.append(NAN if stated is None else stated)

    def within(self, most: float) -> bool:
        """Whether there are boxes, and none reaches beyond `most`."""
        known = [side for side in self._box if not isnan(side)]
        return bool(known) and max(known) <= most

    def flag(self, kind: str, action: Handling, hint: str = "") -> None:
        """Report that something is wrong with the object added last."""
        self._flags.setdefault(kind, _Flag(action, hint)).rows.append(len(self) - 1)

    def reject(self, at: tuple[int, int], kind: str, hint: str = "") -> None:
        """Report something that is not an object and is left out."""
        self.add(at, None, None)
        self.flag(kind, "left out", hint)

    def labels(self, *, relative: bool = False, sides: str = "corners") -> Records:
        """The collected objects as labels; `relative` and `sides` as in `Records`."""
        crowd, area = np.array(self._crowd, dtype=bool), np.array(self._area, dtype=np.float64)
        return replace(self._records(), crowd=crowd, area=area, relative=relative, sides=sides)

    def inferences(self, *, relative: bool = False, sides: str = "corners") -> Records:
        """The collected objects as inferences; `relative` and `sides` as in `Records`."""
        confidence = np.array(self._confidence, dtype=np.float64)
        return replace(
            self._records(), confidence=confidence, relative=relative, sides=sides, unscored=not self.scores
        )

    def _records(self) -> Records:
        texts = {key: Text.from_values(values) for key, values in self._texts.items()}
        attributes = {key: typed_column(self._padded(values)) for key, values in self._further.items()}
        return Records(
            place=self._place_of,
            frame=texts["frame"],
            category=texts["category"],
            file_name=texts["file_name"] if texts["file_name"].words else None,
            class_name=texts["class_name"] if texts["class_name"].words else None,
            box=np.array(self._box, dtype=np.float64).reshape(-1, 4),
            id=texts["id"] if texts["id"].words else None,
            segmentation=self._segmentation,
            attributes=unique_keys({key: c for key, c in attributes.items() if c is not None}),
            findings=self._findings(),
        )

    def _place_of(self, row: int) -> str:
        return self._place(self._at[2 * row], self._at[2 * row + 1])

    def _findings(self) -> tuple[Finding, ...]:
        return tuple(
            Finding(kind, np.array(flag.rows, dtype=np.int64), flag.action, flag.hint)
            for kind, flag in self._flags.items()
        )

    def _keep_further(self, further: Mapping[str, Any]) -> None:
        for key, value in further.items():
            if isinstance(value, list | dict):
                self.nested[key] = None
            else:
                self._padded(self._further.setdefault(key, [])).append(value)

    def _padded(self, values: list[Any]) -> list[Any]:
        values.extend([None] * (len(self) - len(values)))
        return values


def places(file: str, outer: str, inner: str) -> PlaceNamer:
    """Places such as "val.json frame 3 labels record 2", from the words `val.json`, `frame` and `labels`."""

    def place(i: int, j: int) -> str:
        found = f"{file} {outer} {i + 1:,}"
        return found if j < 0 else record_place(f"{found} {inner}", j)

    return place


def score_note(scores: int) -> tuple[str, ...]:
    """A note on labels that have confidences; none if `scores`, their number, is 0."""
    advice = "if these are a model's inferences, upload them with --inferences-id"
    return (f"{counted(scores, 'label has', 'labels have')} a confidence: {advice}",) if scores else ()


def nested_note(keys: Iterable[str]) -> tuple[str, ...]:
    """A note on keys that are not read; none if there are no such keys."""
    words = ", ".join(map(visible, keys))
    return (f"keys with lists or objects are ignored: {words}",) if words else ()


def four(values: Sequence[object]) -> Corners | None:
    """`values` as four numbers; None if they are anything else."""
    if len(values) != 4:
        return None
    a, b, c, d = map(number, values)
    return None if a is None or b is None or c is None or d is None else (a, b, c, d)


@dataclass(frozen=True)
class _Flag:
    action: Handling
    hint: str
    rows: list[int] = field(default_factory=list)
