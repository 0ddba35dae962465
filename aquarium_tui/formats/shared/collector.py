"""Objects of files that list them frame by frame, collected one at a time into columns."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Any

import numpy as np

from aquarium_tui.formats.shared.records import Finding, Gatherer, Records, key_text
from aquarium_tui.formats.shared.values import number, typed_column, unique_keys
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Handling, Problem

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
    """Places such as "val.json frame 3 labels[2]", from the words `val.json`, `frame` and `labels`."""

    def place(i: int, j: int) -> str:
        return f"{file} {outer} {i}" if j < 0 else f"{file} {outer} {i} {inner}[{j}]"

    return place


def score_note(scores: int) -> tuple[str, ...]:
    """A note on labels that have confidences; none if `scores`, their number, is 0."""
    advice = "if these are a model's inferences, upload them with --inferences-id"
    return (f"{scores:,} labels have a confidence: {advice}",) if scores else ()


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
