"""COCO annotations and results, one record after the other, as columns."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import isnan
from typing import Any

import numpy as np

from aquarium_tui.formats.shared.collector import Finding, Records, key_text
from aquarium_tui.formats.shared.values import number, typed_column, unique_keys
from aquarium_tui.model.columns import Text

KNOWN = frozenset(
    {
        "id",
        "image_id",
        "file_name",
        "category_id",
        "category_name",
        "bbox",
        "score",
        "confidence",
        "iscrowd",
        "area",
        "segmentation",
    }
)
_NAN = float("nan")
_NO_BOX = (_NAN, _NAN, _NAN, _NAN)
_PLAIN = frozenset({int, float})
_OPTIONAL = _PLAIN | {type(None)}


class RecordReader:
    """Collects annotations or results; keys that this program does not use become attributes.

    Args:
        outlines: Polygons that records refer to by their number.
    """

    def __init__(self, outlines: Sequence[bytes] = ()) -> None:
        self._outlines = outlines
        self.outlined = 0
        self._frame, self._file_name, self._id = _IdColumn(), _IdColumn(), _IdColumn()
        self._category, self._class_name = _IdColumn(), _IdColumn()
        self._box = array("d")
        self._confidence = array("d")
        self._crowd = array("b")
        self._area = array("d")
        self._further: dict[str, list[Any]] = {}
        self._foreign = array("q")
        self._boxless = array("q")
        self._segmentation: dict[int, object] = {}
        self.scores = 0

    @classmethod
    def of(cls, records: Iterable[Any]) -> "RecordReader":
        """A reader with all of `records`."""
        reader = cls()
        for record in records:
            reader.add(record)
        return reader

    def __len__(self) -> int:
        return len(self._area)

    def extend(self, records: Sequence[Any]) -> None:
        """Add all elements of a list: column by column, four times as fast, where all of them are regular."""
        if not self._take_regular(records):
            for record in records:
                self.add(record)

    def add(self, record: object) -> None:
        """Add an element of the file's list, whatever it is."""
        if not isinstance(record, dict):
            self._foreign.append(len(self))
            record = {}
        elif record.get("bbox") is None and record.get("segmentation") in (None, []):
            self._boxless.append(len(self))
        score = record.get("score", record.get("confidence"))
        self._keep_segmentation(len(self), record.get("segmentation"))
        self.scores += score is not None
        self._keep_further(record)
        for ids, key in self._ids():
            ids.add(record.get(key))
        self._box.extend(corners(record.get("bbox")))
        self._confidence.append(_float(score))
        self._crowd.append(number(record.get("iscrowd")) not in (None, 0.0))
        self._area.append(_float(record.get("area")))

    def _keep_segmentation(self, row: int, given: object) -> None:
        if type(given) is int and 0 <= given < len(self._outlines):
            self._segmentation[row] = self._outlines[given]
            self.outlined += 1
        elif given not in (None, []):  # Empty where there are only boxes.
            self._segmentation[row] = given

    def _take_regular(self, records: Sequence[Any]) -> bool:
        """Add records that have only known keys, a box of four numbers, and numbers where these belong."""
        if not all(type(record) is dict for record in records) or not set().union(*records) <= KNOWN:
            return False
        boxes = [record.get("bbox") for record in records]
        if not all(type(box) is list and len(box) == 4 for box in boxes):
            return False
        scores = [record.get("score", record.get("confidence")) for record in records]
        crowds, areas = ([record.get(key) for record in records] for key in ("iscrowd", "area"))
        sides = list(chain.from_iterable(boxes))
        if not (
            set(map(type, sides)) <= _PLAIN and set(map(type, chain(scores, crowds, areas))) <= _OPTIONAL
        ):
            return False
        try:
            box, score, area = (np.array(values, np.float64) for values in (sides, scores, areas))
        except OverflowError:
            return False
        first = len(self)
        box = box.reshape(-1, 4)
        box[:, 2:] += box[:, :2]
        for column, values in ((self._box, box), (self._confidence, score), (self._area, area)):
            column.frombytes(values.tobytes())
        self._crowd.extend(crowd not in (None, 0) for crowd in crowds)
        self.scores += len(scores) - scores.count(None)
        for ids, key in self._ids():
            ids.extend([record.get(key) for record in records])
        for row, record in enumerate(records, first):
            self._keep_segmentation(row, record.get("segmentation"))
        return True

    def _ids(self) -> Sequence[tuple["_IdColumn", str]]:
        return (
            (self._frame, "image_id"),
            (self._file_name, "file_name"),
            (self._category, "category_id"),
            (self._class_name, "category_name"),
            (self._id, "id"),
        )

    def labels(self, place: Callable[[int], str]) -> Records:
        """The collected records as labels; their scores become an attribute."""
        scores = [None if isnan(score) else score for score in self._confidence]
        records = self._records(place, self._further | ({"score": scores} if self.scores else {}))
        return replace(
            records, crowd=np.array(self._crowd, dtype=bool), area=np.array(self._area, dtype=np.float64)
        )

    def inferences(self, place: Callable[[int], str]) -> Records:
        """The collected records as inferences."""
        records = self._records(place, self._further)
        confidence = np.array(self._confidence, dtype=np.float64)
        return replace(records, confidence=confidence, unscored=not self.scores)

    def nested(self) -> list[str]:
        """Further keys whose values are lists or objects, which are not kept."""
        return [
            key for key, values in self._further.items() if any(isinstance(v, list | dict) for v in values)
        ]

    def _records(self, place: Callable[[int], str], further: Mapping[str, list[Any]]) -> Records:
        attributes = {key: typed_column(self._padded(values)) for key, values in further.items()}
        return Records(
            place=place,
            frame=self._frame.text(),
            file_name=self._file_name.text_or_none(),
            category=self._category.text(),
            class_name=self._class_name.text_or_none(),
            box=np.array(self._box, dtype=np.float64).reshape(-1, 4),
            id=self._id.text_or_none(),
            attributes=unique_keys({key: c for key, c in attributes.items() if c is not None}),
            segmentation=self._segmentation,
            sides="size",
            findings=self._findings(),
        )

    def _findings(self) -> tuple[Finding, ...]:
        found = (
            Finding("records that are not JSON objects", np.array(self._foreign, dtype=np.int64), "left out"),
            Finding("records without a bbox", np.array(self._boxless, dtype=np.int64), "left out"),
        )
        return tuple(finding for finding in found if len(finding.rows))

    def _keep_further(self, record: Mapping[str, Any]) -> None:
        """Keep keys that COCO does not define, and those inside an object called `attributes`."""
        if record.keys() <= KNOWN:
            return
        inner = record.get("attributes")
        further = record.keys() - KNOWN
        if isinstance(inner, dict):
            further -= {"attributes"}
            record = {**inner, **record}
            further |= inner.keys() - KNOWN
        for key in sorted(further):
            self._padded(self._further.setdefault(key, [])).append(record[key])

    def _padded(self, values: list[Any]) -> list[Any]:
        values.extend([None] * (len(self) - len(values)))
        return values


def corners(bbox: object) -> tuple[float, float, float, float]:
    """COCO's [x, y, width, height] as left, top, right, bottom; NaN if it is not four numbers."""
    if not isinstance(bbox, list) or len(bbox) != 4:
        return _NO_BOX
    x, y, width, height = map(number, bbox)
    if x is None or y is None or width is None or height is None:
        return _NO_BOX
    return x, y, x + width, y + height


class _IdColumn:
    """The ids of records, each distinct id stored once."""

    def __init__(self) -> None:
        self._codes = array("i")
        self._words: dict[str, int] = {}
        self._plain: dict[int | str, int] = {}

    def add(self, value: object) -> None:
        if type(value) is int or type(value) is str:
            code = self._plain.get(value)
            self._codes.append(self._plain.setdefault(value, self._code(value)) if code is None else code)
        else:
            self._codes.append(-1 if value is None else self._code(value))

    def extend(self, values: Sequence[Any]) -> None:
        if not set(map(type, values)) <= {int, str}:
            for value in values:
                self.add(value)
            return
        for value in dict.fromkeys(values):
            if value not in self._plain:
                self._plain[value] = self._code(value)
        self._codes.extend(map(self._plain.__getitem__, values))

    def _code(self, value: object) -> int:
        key = key_text(value)
        return -1 if key is None else self._words.setdefault(key, len(self._words))

    def text(self) -> Text:
        return Text.from_words(list(self._words), np.array(self._codes, dtype=np.int32))

    def text_or_none(self) -> Text | None:
        return self.text() if self._words else None


def _float(value: object) -> float:
    given = number(value)
    return _NAN if given is None else given
