"""Labels and inferences as the Aquarium client writes them: boxes, polygons as boxes, the rest counted."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import nan
from typing import Any

import numpy as np

from aquarium_tui.formats.aquarium_frames import USER, plain_value
from aquarium_tui.formats.jsonl import Line
from aquarium_tui.formats.records import Finding, Records, key_text
from aquarium_tui.formats.values import number, typed_column, unique_keys
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible

_NO_BOX = (nan, nan, nan, nan)
_POLYGONS = "POLYGON_LIST_2D"
_Box = tuple[float, float, float, float]


class CropReader:
    """Takes the objects of lines one by one; keeps those with a box, and counts the kinds it does not know.

    Args:
        what: "labels" or "inferences".
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._frame: list[str | None] = []
        self._class: list[str | None] = []
        self._id: list[str | None] = []
        self._sensor: list[str | None] = []
        self._places: list[tuple[str, str, int]] = []
        self._box, self._confidence, self._crowd = array("d"), array("d"), array("b")
        self._attributes: dict[str, list[Any]] = {}
        self._foreign: list[int] = []
        self._kinds: Counter[str] = Counter()
        self._ids: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def add(self, line: Line, crops: Sequence[Any], key: str) -> None:
        """Take the objects that `line` has under `key`, whatever they are."""
        frame = key_text(line.value.get("task_id"))
        for i, crop in enumerate(crops):
            if not isinstance(crop, dict):
                self._foreign.append(len(self))
                self._add((line.place, key, i), frame, {}, _NO_BOX)
                continue
            kind = str(crop.get("change") if crop.get("change") == "DELETE" else crop.get("label_type"))
            self._kinds[kind] += 1
            if kind in _BOXES:
                self._add((line.place, key, i), frame, crop, _BOXES[kind](_attributes_of(crop)))

    def labels(self) -> Records:
        """What was taken, as labels."""
        unstated = np.full(len(self), np.nan)
        return replace(self._records(), crowd=np.array(self._crowd, dtype=bool), area=unstated)

    def inferences(self) -> Records:
        """What was taken, as inferences."""
        return replace(self._records(), confidence=np.array(self._confidence, dtype=np.float64))

    def sensors(self) -> Text:
        """The sensor on whose image each lies."""
        return Text.from_values(self._sensor)

    def classes(self) -> list[tuple[int, str]]:
        """Id and name of each class that is named, by id; one without an id of its own gets the next."""
        classes: dict[str, int] = {}
        taken = set(self._ids.values())
        for name in filter(None, dict.fromkeys(self._class)):
            free = max(taken, default=-1) + 1
            classes[name] = self._ids.get(name, free)
            taken.add(classes[name])
        return sorted((id_, name) for name, id_ in classes.items())

    def notes(self) -> list[str]:
        """Sentences on what was recognised, and on the kinds that are not shown."""
        notes = []
        if count := self._kinds[_POLYGONS]:
            notes.append(f"{count:,} polygons are read as the boxes around them")
        for kind, count in self._kinds.items():
            if kind == "DELETE":
                notes.append(f"{count:,} {self._what} to be deleted are passed over")
            elif kind not in _BOXES:
                notes.append(f"{count:,} {self._what} of kind {visible(kind)} are not shown: passed over")
        return notes

    def _add(
        self, place: tuple[str, str, int], frame: str | None, crop: Mapping[str, Any], box: _Box
    ) -> None:
        attributes = _attributes_of(crop)
        self._keep(attributes)
        self._places.append(place)
        self._frame.append(frame)
        self._class.append(name := key_text(crop.get("label")))
        self._id.append(key_text(crop.get("uuid")))
        self._sensor.append(key_text(crop.get("label_coordinate_frame")))
        self._box.extend(box)
        confidence = number(attributes.get("confidence"))
        self._confidence.append(nan if confidence is None else confidence)
        crowd = crop.get("iscrowd", attributes.get("iscrowd"))
        self._crowd.append(bool(number(crowd)) or crowd is True)
        self._learn_id(name, crop.get("class_id"))

    def _learn_id(self, name: str | None, id_: object) -> None:
        """Remember the id that a record gives its class, unless it is another class's."""
        if name and isinstance(id_, int) and id_ >= 0 and id_ not in self._ids.values():
            self._ids.setdefault(name, id_)

    def _keep(self, attributes: Mapping[str, Any]) -> None:
        """Keep the user's attributes of one more object."""
        for key, value in attributes.items():
            plain = plain_value(value) if key.startswith(USER) else None
            if plain is not None:
                self._padded(self._attributes.setdefault(key.removeprefix(USER), [])).append(plain)

    def _padded(self, values: list[Any]) -> list[Any]:
        values.extend([None] * (len(self) - len(values)))
        return values

    def _records(self) -> Records:
        columns = {key: typed_column(self._padded(values)) for key, values in self._attributes.items()}
        foreign = Finding("records that are not objects", np.array(self._foreign, dtype=np.int64), "left out")
        return Records(
            place=self._place,
            frame=Text.from_values(self._frame),
            category=Text.from_values(self._class),
            box=np.array(self._box, dtype=np.float64).reshape(-1, 4),
            id=Text.from_values(self._id) if any(id_ is not None for id_ in self._id) else None,
            attributes=unique_keys({key: column for key, column in columns.items() if column is not None}),
            findings=(foreign,) if self._foreign else (),
        )

    def _place(self, row: int) -> str:
        line, key, index = self._places[row]
        return f"{line} {key}[{index}]"


def _attributes_of(crop: Mapping[str, Any]) -> Mapping[str, Any]:
    attributes = crop.get("attributes")
    return attributes if isinstance(attributes, dict) else {}


def _box_of(attributes: Mapping[str, Any]) -> _Box:
    """Left, top, right, bottom; NaN where a side is no number."""
    left, top, width, height = (number(attributes.get(key)) for key in ("left", "top", "width", "height"))
    if left is None or top is None or width is None or height is None:
        return _NO_BOX
    return left, top, left + width, top + height


def _around_polygons(attributes: Mapping[str, Any]) -> _Box:
    """The smallest box around all vertices; NaN where one of them is not two numbers."""
    polygons = attributes.get("polygons")
    try:
        vertices = [vertex for polygon in polygons or () for vertex in polygon["vertices"]]
        points = np.array(vertices, dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError, KeyError):
        return _NO_BOX
    if not len(points):
        return _NO_BOX
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


_BOXES = {"BBOX_2D": _box_of, _POLYGONS: _around_polygons}
