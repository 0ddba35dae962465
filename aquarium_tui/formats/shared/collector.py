"""Objects of files that list them frame by frame, taken one at a time into columns."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from aquarium_tui.formats.shared.records import Finding, Gatherer, Records, key_text
from aquarium_tui.formats.shared.values import number, typed_column, unique_keys
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Action, Problem

PlaceNamer = Callable[[int, int], str]
"""Says where object j of frame i stands; j is -1 for the frame itself."""


class FrameRows:
    """Takes frames one by one; one that occurs again is the frame that it was.

    Args:
        where: What they lie in, such as "val.json frames".
    """

    def __init__(self, where: str) -> None:
        self._again = Gatherer(where)
        self.rows: dict[str, Mapping[str, Any]] = {}

    def add(self, i: int, name: str, row: Mapping[str, Any]) -> None:
        """Take frame `i` of the file, with what is to be kept of it."""
        if name in self.rows:
            hint = "its objects are added to those of the earlier one"
            self._again.add("frames with the name of an earlier one", "changed", i, visible(name), hint)
        else:
            self.rows[name] = row

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with them."""
        return self._again.problems()


def places(file: str, outer: str, inner: str) -> PlaceNamer:
    """Places such as "val.json frame 3 labels[2]", of the words `val.json`, `frame` and `labels`."""

    def place(i: int, j: int) -> str:
        return f"{file} {outer} {i}" if j < 0 else f"{file} {outer} {i} {inner}[{j}]"

    return place


def score_note(scores: int) -> tuple[str, ...]:
    """The sentence on labels of which `scores` have a confidence, if any has."""
    advice = "if these are a model's inferences, upload them with --inferences-id"
    return (f"{scores:,} labels have a confidence: {advice}",) if scores else ()


def nested_note(keys: Iterable[str]) -> tuple[str, ...]:
    """The sentence on keys that are not read, if there are any."""
    words = ", ".join(map(visible, keys))
    return (f"keys with lists or objects are not read: {words}",) if words else ()


NAN = float("nan")
NO_BOX = (NAN, NAN, NAN, NAN)
_TEXTS = ("frame", "file_name", "category", "class_name", "id")
Corners = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Flag:
    action: Action
    hint: str
    rows: list[int] = field(default_factory=list)


class ObjectCollector:
    """Takes objects one by one.

    Args:
        place: Says where object j of frame i stands.
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
        """Take one more object.

        Args:
            at: Positions of its frame and of itself in that, for messages.
            frame: How it names its image.
            box: Its corners; None where it has no box, which is told with `flag`.
            file_name: The file name of that image, if it is given beside.
            category: How it names its class, by id or by name.
            class_name: A name beside that id.
            confidence: The confidence, if any.
            crowd: Whether the region holds many objects, or is to be ignored.
            area: In square pixels, if it is stated.
            id_: Its own name.
            segmentation: Its mask as COCO would have it, if it has one.
            further: Further values by name; lists and objects are counted in `nested` only.
        """
        self._keep_further(further or {})
        if segmentation is not None:
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

    def flag(self, kind: str, action: Action, hint: str = "") -> None:
        """Say that something is wrong with the object taken last."""
        self._flags.setdefault(kind, _Flag(action, hint)).rows.append(len(self) - 1)

    def reject(self, at: tuple[int, int], kind: str, hint: str = "") -> None:
        """Count something that is no object, and is left out."""
        self.add(at, None, None)
        self.flag(kind, "left out", hint)

    def labels(self, *, relative: bool = False) -> Records:
        """What was taken, as labels; `relative` as in `Records`."""
        crowd, area = np.array(self._crowd, dtype=bool), np.array(self._area, dtype=np.float64)
        return replace(self._records(), crowd=crowd, area=area, relative=relative)

    def inferences(self, *, relative: bool = False) -> Records:
        """What was taken, as inferences; `relative` as in `Records`."""
        confidence = np.array(self._confidence, dtype=np.float64)
        return replace(self._records(), confidence=confidence, relative=relative)

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


def four(values: Sequence[object]) -> Corners | None:
    """`values` as four numbers; None where they are anything else."""
    if len(values) != 4:
        return None
    a, b, c, d = map(number, values)
    return None if a is None or b is None or c is None or d is None else (a, b, c, d)
