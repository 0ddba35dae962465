"""The tables of fields of objects, and of the frames that they are in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.fields import (
    FrameField,
    ObjectField,
    Picked,
    Positions,
    Shown,
    known,
    numbers,
    spread,
    words,
)
from aquarium_tui.compare.objects.candidates import overlapping
from aquarium_tui.compare.objects.evaluation import FrameScores
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.model.arrays import Boxes, Floats, RowNumbers, areas, ratio
from aquarium_tui.model.classes import ClassMap, distinct_names
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.names import name_key
from aquarium_tui.model.numbers import RATE
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects
from aquarium_tui.query.fields import PARTS, FieldType

CHANGES = tuple(change.word for change in Change if change)
OUTCOMES = tuple(outcome.word for outcome in Outcome if outcome)


class JudgedObjects(Protocol):
    """What fields are read from: `ObjectComparison`."""

    @property
    def dataset(self) -> Dataset:
        """Frames and labels."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the evaluated classes, background last."""

    @property
    def ledger(self) -> Ledger:
        """One row per object."""

    @property
    def frame_scores(self) -> Mapping[Side, FrameScores]:
        """Counts and rates of every frame."""

    @property
    def labels_of_frames(self) -> NDArray[np.int64]:
        """Labels of every frame."""

    def inferences(self, side: Side) -> InferenceSet:
        """The inference set of one side."""

    def near_ious(self, side: Side | None) -> Floats:
        """`(labels,)` best IoU with an inference of their class; of the judged set without a side."""


_Read = Callable[[Objects, NDArray[Any], ClassMap], Column]
"""Reads a value of some rows of labels or inferences."""


def _each(read: _Read) -> Callable[[JudgedObjects, str, Picked], Column]:
    """What `read` gives of the label or the inference of each object, absent where there is none."""

    def values(comparison: JudgedObjects, entity: str, picked: Picked) -> Column:
        rows = rows_of(comparison, entity)[picked]
        at = np.flatnonzero(rows >= 0)
        column = read(objects_of(comparison, entity), rows[at], comparison.dataset.project.class_map)
        return spread(column, at, len(rows))

    return values


def rows_of(comparison: JudgedObjects, entity: str) -> RowNumbers:
    """`(objects,)`: the row of the label, or of base's or other's inference, of each object."""
    ledger = comparison.ledger
    return {"label": ledger.label, "base": ledger.base, "other": ledger.other}[entity]


def objects_of(comparison: JudgedObjects, entity: str) -> Objects:
    """The labels, or the inferences of base or other."""
    if entity == "label":
        return comparison.dataset.labels
    return comparison.inferences("base" if entity == "base" else "other").objects


def attribute(comparison: JudgedObjects, entity: str, name: str) -> Column:
    """`(objects,)`: an attribute from the files; `name` may have `attributes.` before it.

    Raises:
        KeyError: There is none of that name.
    """

    def read(objects: Objects, rows: NDArray[Any], _: ClassMap) -> Column:
        found = objects.attributes
        return known(found[name if name in found else name.removeprefix("attributes.")].take(rows))

    return _each(read)(comparison, entity, slice(None))


def _class(objects: Objects, rows: NDArray[Any], classes: ClassMap) -> Column:
    return _class_column(objects.class_index[rows], classes, evaluated=True)


def _own_class(objects: Objects, rows: NDArray[Any], classes: ClassMap) -> Column:
    return _class_column(objects.class_index[rows], classes, evaluated=False)


def _class_column(index: NDArray[Any], class_map: ClassMap, *, evaluated: bool) -> Text:
    """Class names of positions in the class map, over the dictionary of `distinct_names`."""
    names = distinct_names(class_map, evaluated=evaluated)
    place = {name_key(name): i for i, name in enumerate(names)}
    entries = [entry.evaluated_name if evaluated else entry.name for entry in class_map.entries]
    codes = np.array([place[name_key(name)] for name in entries], np.int32)
    return Text.from_words(names, codes[index])


def _class_name(objects: Objects, rows: NDArray[Any], classes: ClassMap) -> Column:
    names = [entry.name for entry in classes.entries]
    return Text.from_words(names, objects.class_index[rows].astype(np.int32))


def _edge(side: int) -> _Read:
    return lambda objects, rows, _: numbers(objects.box[rows, side])


def _extent(first: int, last: int) -> _Read:
    return lambda objects, rows, _: numbers(objects.box[rows, last] - objects.box[rows, first])


def _area(objects: Objects, rows: NDArray[Any], _: ClassMap) -> Column:
    return numbers(objects.area[rows] if len(objects.area) else areas(objects.box[rows]))


def _confidence(objects: Objects, rows: NDArray[Any], _: ClassMap) -> Column:
    return numbers(objects.confidence[rows])


def _crowd(objects: Objects, rows: NDArray[Any], _: ClassMap) -> Column:
    return Values("boolean", objects.crowd[rows], np.zeros(len(rows), bool))


def _id(objects: Objects, rows: NDArray[Any], _: ClassMap) -> Column:
    """The ids of some rows; where the input names none, the row number."""
    if objects.id is not None and not (objects.id.codes[rows] < 0).any():
        return objects.id.take(rows)
    if objects.id is not None:
        return Text.from_values([objects.name(row) for row in rows.tolist()])
    return Text.from_words([str(row) for row in rows.tolist()])


def _iou(comparison: JudgedObjects, side: str, picked: Picked) -> Column:
    """IoU of each label with the inference paired with it, absent where either is."""
    label, inference = comparison.ledger.label[picked], rows_of(comparison, side)[picked]
    both = np.flatnonzero((label >= 0) & (inference >= 0))
    values = np.full(len(label), np.nan)
    dataset, objects = comparison.dataset, objects_of(comparison, side)
    values[both] = geometry_of(dataset.project).ious(
        dataset.frames, dataset.labels, label[both], objects, inference[both]
    )
    return numbers(values)


def _near_iou(comparison: JudgedObjects, entity: str, picked: Picked) -> Column:
    """The best IoU of each label with an inference of its class, absent where that finds the label."""
    side: Side | None = None if entity == "label" else "base" if entity == "base" else "other"
    return numbers(np.append(comparison.near_ious(side), np.nan)[comparison.ledger.label[picked]])


def _outcome(comparison: JudgedObjects, side: str, picked: Picked) -> Column:
    ledger = comparison.ledger
    return words(OUTCOMES, (ledger.base_outcome if side == "base" else ledger.other_outcome)[picked])


def _change(comparison: JudgedObjects, entity: str, picked: Picked) -> Column:
    del entity
    return words(CHANGES, comparison.ledger.change[picked])


def _shape(objects: Objects, rows: NDArray[Any], _: ClassMap) -> Column:
    """Width over height; absent where a box has no height."""
    width, height = (objects.box[rows, at + 2] - objects.box[rows, at] for at in (0, 1))
    return numbers(np.divide(width, height, out=np.full(len(rows), np.nan), where=height > 0))


def _of_box(
    read: Callable[[Boxes, NDArray[np.float64]], Column],
) -> Callable[[JudgedObjects, str, Picked], Column]:
    """What `read` gives of a box and its frame's size; absent where either is not known."""

    def values(comparison: JudgedObjects, entity: str, picked: Picked) -> Column:
        rows = rows_of(comparison, entity)[picked]
        objects, frames = objects_of(comparison, entity), comparison.dataset.frames
        size = np.stack([frames.width, frames.height], axis=1).astype(np.float64)
        of_object = size[objects.frame[rows]] if len(objects) else np.zeros((len(rows), 2))
        at = np.flatnonzero((rows >= 0) & (of_object > 0).all(axis=1))
        return spread(read(objects.box[rows[at]], of_object[at]), at, len(rows))

    return values


_AT_BORDER = 1.0
"""Pixels from the frame's edge within which a box touches it: labels are often drawn one pixel inside."""


def _at_border(box: Boxes, size: NDArray[np.float64]) -> Column:
    touches = (box[:, :2] <= _AT_BORDER) | (box[:, 2:] >= size - _AT_BORDER)
    return Values("boolean", np.asarray(touches.any(axis=1)), np.zeros(len(box), bool))


POSITIONS = tuple(
    f"{row} {column}".strip() for row in ("top", "middle", "bottom") for column in ("left", "centre", "right")
)
"""Thirds of the frame, row by row."""


def _position(box: Boxes, size: NDArray[np.float64]) -> Column:
    third = np.clip(np.floor((box[:, :2] + box[:, 2:]) / 2 / size * 3), 0, 2).astype(np.int32)
    return Text.from_words(POSITIONS, third[:, 1] * 3 + third[:, 0])


CROWDED = 0.3
"""IoU above which another label is a neighbour: below it, boxes side by side in a row touch."""


def _neighbours(comparison: JudgedObjects, entity: str, picked: Picked) -> Column:
    """How many other labels of the frame overlap each object; without a label, those that overlap its box."""
    rows, labels = rows_of(comparison, entity)[picked], comparison.dataset.labels
    objects = objects_of(comparison, entity)
    begin, end = labels.starts[objects.frame], labels.starts[objects.frame + 1]
    at, label, common = overlapping(objects.box, begin, end, labels.box)
    iou = ratio(common, areas(objects.box)[at] + areas(labels.box)[label] - common)
    found = np.bincount(at[iou > CROWDED], minlength=len(objects))
    if objects is labels:
        found -= (areas(labels.box) > 0).astype(np.int64)  # Each overlaps itself.
    known_ = rows >= 0
    values = np.full(len(rows), np.nan)
    values[known_] = found[rows[known_]]
    return numbers(values)


_ALONE = ("",)
_TEXT, _NUMBER = FieldType.TEXT, FieldType.NUMBER
_NONE = Outcome.NONE.word
"""What files write of an object that a set has nothing for, or that is excluded from all counts."""

OBJECT_FIELDS: tuple[ObjectField[JudgedObjects], ...] = (
    ObjectField(PARTS, "class", _TEXT, "Class that it is evaluated as.", _each(_class)),
    ObjectField(
        PARTS, "own_class", _TEXT, "Class as the file writes it, before `train_name`.", _each(_own_class)
    ),
    ObjectField(
        SIDES,
        "confidence",
        _NUMBER,
        "Confidence of the inference, 0 to 1.",
        _each(_confidence),
        filed="confidence",
    ),
    ObjectField(SIDES, "iou", _NUMBER, "IoU of the inference with the object's label.", _iou, filed="iou"),
    ObjectField(
        PARTS,
        "near_iou",
        _NUMBER,
        "Best IoU of the label with an inference of its class, where it is below the threshold.",
        _near_iou,
    ),
    ObjectField(
        SIDES, "outcome", _TEXT, "Result of the set for the object.", _outcome, filed="outcome", absent=_NONE
    ),
    ObjectField(
        _ALONE,
        "change",
        _TEXT,
        "How the object's outcome changes from base to other.",
        _change,
        filed="change",
        absent=_NONE,
    ),
    ObjectField(
        PARTS,
        "area",
        _NUMBER,
        "Area in square pixels; of a label's mask, if it has one.",
        _each(_area),
        "px²",
    ),
    ObjectField(
        PARTS, "left", _NUMBER, "Left edge of the box in pixels.", _each(_edge(0)), "px", filed="left"
    ),
    ObjectField(PARTS, "top", _NUMBER, "Top edge of the box in pixels.", _each(_edge(1)), "px", filed="top"),
    ObjectField(
        PARTS,
        "right",
        _NUMBER,
        "Right edge of the box in pixels.",
        _each(_edge(2)),
        "px",
        asked=False,
        filed="right",
    ),
    ObjectField(
        PARTS,
        "bottom",
        _NUMBER,
        "Bottom edge of the box in pixels.",
        _each(_edge(3)),
        "px",
        asked=False,
        filed="bottom",
    ),
    ObjectField(PARTS, "width", _NUMBER, "Width of the box in pixels.", _each(_extent(0, 2)), "px"),
    ObjectField(PARTS, "height", _NUMBER, "Height of the box in pixels.", _each(_extent(1, 3)), "px"),
    ObjectField(PARTS, "aspect", _NUMBER, "Width of the box divided by its height.", _each(_shape)),
    ObjectField(
        PARTS,
        "position",
        _TEXT,
        "Third of the frame that the middle of the box is in, such as top left.",
        _of_box(_position),
    ),
    ObjectField(
        PARTS,
        "at_border",
        FieldType.BOOLEAN,
        "Whether the box touches the frame's edge.",
        _of_box(_at_border),
    ),
    ObjectField(
        ("label",),
        "neighbours",
        _NUMBER,
        "How many other labels of the frame overlap it with an IoU above 0.3.",
        _neighbours,
    ),
    ObjectField(
        ("label",), "crowd", FieldType.BOOLEAN, "Whether the label stands for a crowd.", _each(_crowd)
    ),
    ObjectField(
        PARTS, "id", _TEXT, "Id in the file; the row number where the file has none.", _each(_id), filed="id"
    ),
    ObjectField(
        PARTS,
        "name",
        _TEXT,
        "Class as the class map names it.",
        _each(_class_name),
        asked=False,
        filed="class",
    ),
)
"""Most wanted first, as completion offers them."""

FILED_FIRST = ("id", "class", "left", "top", "right", "bottom", "confidence", "iou", "outcome", "change")
"""The order in which files have had these from the start; further ones come after them."""


def _score(name: str) -> Callable[[JudgedObjects, Side, Positions], NDArray[Any]]:
    def values(comparison: JudgedObjects, side: Side, classes: Positions) -> NDArray[Any]:
        del classes
        found: NDArray[Any] = getattr(comparison.frame_scores[side], name)
        return found

    return values


def _labels(comparison: JudgedObjects, side: Side, classes: Positions) -> NDArray[Any]:
    del side, classes
    return comparison.labels_of_frames


def _in_cell(comparison: JudgedObjects, side: Side, cell: Positions) -> NDArray[Any]:
    ledger = comparison.ledger
    cells = ledger.base_cell if side == "base" else ledger.other_cell
    label, inferred = cell
    inside = np.flatnonzero(cells == label * len(comparison.classes) + inferred)
    return np.bincount(ledger.frame[inside], minlength=len(comparison.dataset.frames))


_CELL = "Objects of the frame in one cell: label class, inferred class; or background."

FRAME_FIELDS: tuple[FrameField[JudgedObjects], ...] = (
    FrameField("labels", "Labels of the frame.", _labels, of_set=False, asked=False, shown=Shown.EACH),
    FrameField(
        "correct", "Labels of the frame paired with their own class.", _score("correct"), better="higher"
    ),
    FrameField(
        "confused",
        "Labels of the frame paired with another class.",
        _score("confused"),
        better="lower",
        shown=Shown.ALONE,
    ),
    FrameField(
        "missed",
        "Labels of the frame without a partner.",
        _score("missed"),
        better="lower",
        shown=Shown.ALONE,
    ),
    FrameField(
        "spurious",
        "Inferences of the frame without a partner.",
        _score("spurious"),
        better="lower",
        shown=Shown.ALONE,
    ),
    FrameField(
        "errors",
        "Confused, missed and spurious objects of the frame.",
        _score("errors"),
        better="lower",
        shown=Shown.EACH,
    ),
    FrameField(
        "precision",
        "Share of the frame's inferences that are correct.",
        _score("precision"),
        unit=RATE,
        better="higher",
    ),
    FrameField(
        "recall",
        "Share of the frame's labels that are correct.",
        _score("recall"),
        unit=RATE,
        better="higher",
    ),
    FrameField(
        "f1",
        "Harmonic mean of the frame's precision and recall.",
        _score("f1"),
        "F1",
        RATE,
        "higher",
        shown=Shown.JUDGED,
    ),
    FrameField("confusion", _CELL, _in_cell, arguments=2),
)
"""In the order of files."""

CLASS_FRAME_FIELDS = tuple(
    replace(field, shown=Shown.CHANGE if field.key == "errors" else Shown.NEVER) for field in FRAME_FIELDS
)
"""The same where a frame has one class: Frames shows the classes themselves."""
