"""Labels and inferences as the Aquarium client writes them: boxes, polygons, classes or masks of frames."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from aquarium_tui.formats.aquarium.frames import USER, path_of, plain_value
from aquarium_tui.formats.shared.collector import (
    NO_BOX,
    Corners,
    ObjectCollector,
    RecordForm,
    Records,
    four,
    key_text,
    record_place,
)
from aquarium_tui.formats.shared.json_reader import JsonLine
from aquarium_tui.formats.shared.values import number
from aquarium_tui.model.names import visible

_POLYGONS = "POLYGON_LIST_2D"
_CLASS = "CLASSIFICATION_2D"
_DELETED = "DELETE"
MASK_KIND = "SEMANTIC_LABEL_URL_2D"
"""A mask of the whole frame, by path or URL."""


class CropReader:
    """Collects the objects of lines: boxes, or else classes of images; other kinds are counted.

    Masks of whole frames are collected separately.

    Args:
        what: "labels" or "inferences".
        form: What the labels of the project are; None takes boxes if there are any.

    Attributes:
        masks: Path or URL of the mask by frame id; of several masks, the first.
    """

    def __init__(self, what: str, form: RecordForm | None = None) -> None:
        self._what, self._form = what, form
        self._places: list[str] = []
        self._objects, self._whole = (ObjectCollector(self._place) for _ in range(2))
        self._rejected = 0
        self._kinds: Counter[str] = Counter()
        self._ids: dict[str, int] = {}
        self.masks: dict[str, str] = {}

    def add(self, line: JsonLine, key: str, sensor: str | None = None) -> None:
        """Add the objects that `line` has under `key`, whatever is there.

        Args:
            line: The line, which names their frame.
            key: The key of the line that holds them.
            sensor: The sensor whose image the frame shows; None if unknown.
        """
        frame = key_text(line.value.get("task_id"))
        self._places.append(f"{line.place} {key}")
        row, crops = len(self._places) - 1, line.value.get(key)
        if not isinstance(crops, list | None):
            self._reject((row, -1), f"frames whose {key} is not a list")
            return
        for i, crop in enumerate(crops or ()):
            if isinstance(crop, dict):
                self._add((row, i), frame, crop, sensor)
            else:
                self._reject((row, i), "records that are not JSON objects")

    def _place(self, row: int, i: int) -> str:
        return self._places[row] if i < 0 else record_place(self._places[row], i)

    def _reject(self, at: tuple[int, int], kind: str) -> None:
        """Report what is not an object, whichever kind of object is told in the end."""
        self._rejected += 1
        for objects in (self._objects, self._whole):
            objects.reject(at, kind)

    def labels(self) -> Records:
        """The collected objects as labels."""
        return replace(self._told.labels(sides="size"), whole=self._told is self._whole)

    def inferences(self) -> Records:
        """The collected objects as inferences."""
        return replace(self._told.inferences(sides="size"), whole=self._told is self._whole)

    @property
    def _told(self) -> ObjectCollector:
        """The boxes, or the classes of whole images, as the project requires."""
        if self._form:
            return self._whole if self._form in ("classes", "multilabel") else self._objects
        return self._whole if self._has(self._whole) and not self._has(self._objects) else self._objects

    def _has(self, objects: ObjectCollector) -> bool:
        """Whether it holds anything but what was rejected."""
        return len(objects) > self._rejected

    def classes(self, names: Iterable[str]) -> list[tuple[int, str]]:
        """The id and name of each of these classes, ordered by id.

        Classes without an id follow alphabetically, from 1, as in every format that only names classes.
        """
        classes: dict[str, int] = {}
        last = max(self._ids.values(), default=0)
        for name in sorted(names, key=lambda name: (name.casefold(), name)):
            given = self._ids.get(name)
            classes[name] = last + 1 if given is None else given
            last = max(last, classes[name])
        return sorted((id_, name) for name, id_ in classes.items())

    @property
    def of_masks(self) -> bool:
        """Whether the masks are to be read: the project has masks, or there is nothing else."""
        nothing_else = not (self._form or self._has(self._objects) or self._has(self._whole))
        return bool(self.masks) and (self._form == "masks" or nothing_else)

    def notes(self) -> list[str]:
        """Notes on what was recognised, and on kinds that cannot be shown."""
        notes = []
        for kind, count in self._kinds.items():
            if kind == _POLYGONS:
                notes.append(f"{count:,} {self._what} are polygons, read as masks with the boxes around them")
            elif kind == MASK_KIND and self.of_masks:
                notes.append(f"{count:,} {self._what} are masks of whole frames, named by path")
            elif kind == _DELETED:
                notes.append(f"{count:,} {self._what} are marked as deleted and skipped")
            elif kind == _CLASS and self._told is self._whole:
                notes.append(f"{count:,} {self._what} are classes of whole images")
            elif kind not in _BOXES:
                notes.append(
                    f"{count:,} {self._what} of kind {visible(kind)} cannot be shown and are skipped"
                )
        return notes

    def _add(
        self, at: tuple[int, int], frame: str | None, crop: Mapping[str, Any], sensor: str | None
    ) -> None:
        kind = _DELETED if crop.get("change") == _DELETED else str(crop.get("label_type"))
        self._kinds[kind] += 1
        if kind == MASK_KIND:
            self._add_mask(frame, attributes_of(crop).get("url"))
        if kind != _CLASS and kind not in _BOXES:
            return
        objects = self._whole if kind == _CLASS else self._objects
        attributes = attributes_of(crop)
        name, crowd = key_text(crop.get("label")), attributes.get("iscrowd")
        self._learn_id(name, crop.get("class_id"))
        objects.add(
            at,
            frame,
            NO_BOX if kind == _CLASS else _BOXES[kind](attributes),
            category=name,
            confidence=attributes.get("confidence"),
            crowd=crowd is True or bool(number(crowd)),
            id_=crop.get("uuid"),
            area=attributes.get("area"),
            segmentation=_rings(attributes) if kind == _POLYGONS else attributes.get("segmentation"),
            further={
                key.removeprefix(USER): plain_value(value)
                for key, value in attributes.items()
                if key.startswith(USER)
            },
        )
        if sensor and crop.get("label_coordinate_frame", sensor) != sensor:
            objects.flag("labels on another sensor of their frame", "left out", "only one image is shown")

    def _add_mask(self, frame: str | None, url: object) -> None:
        if frame is not None and isinstance(url, str):
            self.masks.setdefault(frame, path_of(url) or "")

    def _learn_id(self, name: str | None, id_: object) -> None:
        """Remember the id that a record gives its class, unless another class has it."""
        if name and type(id_) is int and id_ >= 0 and id_ not in self._ids.values():
            self._ids.setdefault(name, id_)


def attributes_of(crop: object) -> Mapping[str, Any]:
    """The attributes of a label or inference; empty if it has none."""
    attributes = crop.get("attributes") if isinstance(crop, dict) else None
    return attributes if isinstance(attributes, dict) else {}


def _box_of(attributes: Mapping[str, Any]) -> Corners | None:
    sides = four([attributes.get(key) for key in ("left", "top", "width", "height")])
    if sides is None:
        return None
    left, top, width, height = sides
    return left, top, left + width, top + height


def _around_polygons(attributes: Mapping[str, Any]) -> Corners | None:
    """The smallest box around all vertices; None if one of them is not a pair of numbers."""
    polygons = attributes.get("polygons")
    try:
        vertices = [vertex for polygon in polygons or () for vertex in polygon["vertices"]]
        points = np.array(vertices, dtype=np.float64)
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    if points.ndim != 2 or points.shape[1] != 2:
        return None
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom


def _rings(attributes: Mapping[str, Any]) -> list[list[float]] | None:
    """The polygons in COCO's form; None if they have no box either."""
    if _around_polygons(attributes) is None:
        return None
    return [np.ravel(polygon["vertices"]).tolist() for polygon in attributes["polygons"]]


_BOXES = {"BBOX_2D": _box_of, _POLYGONS: _around_polygons}
