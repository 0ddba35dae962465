"""The columns of frames and objects that queries read, by the names of the query language."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.shapes import pair_ious
from aquarium_tui.model.boxes import areas
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.tables import Dataset, Frames, Objects

Rows = NDArray[Any]


def numbers(values: NDArray[Any]) -> Values:
    """A column of numbers, absent where they are NaN."""
    values = values.astype(np.float64)
    return Values("number", values, np.isnan(values))


def words(kinds: tuple[str, ...], members: NDArray[np.uint8]) -> Text:
    """A column of the members of an enumeration whose 0 stands for absence."""
    return Text.from_words(kinds, members.astype(np.int32) - 1)


def known(column: Column) -> Column:
    """The column with numbers that are none, and dates that are none, marked absent."""
    if isinstance(column, Text) or column.kind == "boolean":
        return column
    undefined = np.isnan(column.values) if column.kind == "number" else np.isnat(column.values)
    return Values(column.kind, column.values, column.missing | undefined)


def frame_column(frames: Frames, name: str) -> Column:
    """A column `(frames,)` of the frame table."""
    match name:
        case "id":
            return frames.id
        case "path":
            return frames.path
        case "width" | "height":
            size = frames.width if name == "width" else frames.height
            return Values("number", size.astype(np.float64), size <= 0)
    return known(frames.metadata[name if name in frames.metadata else name.removeprefix("metadata.")])


def object_column(objects: Objects, rows: Rows, name: str, class_map: ClassMap) -> Column:
    """A column of some rows of labels or inferences."""
    if name in _READERS:
        return _READERS[name](objects, rows)
    if name in ("class", "own_class"):
        return class_column(objects.class_index[rows], class_map, evaluated=name == "class")
    if name == "id":
        return ids(objects, rows)
    attributes = objects.attributes
    return known(attributes[name if name in attributes else name.removeprefix("attributes.")].take(rows))


_READERS: dict[str, Callable[[Objects, Rows], Column]] = {
    "left": lambda objects, rows: numbers(objects.box[rows, 0]),
    "top": lambda objects, rows: numbers(objects.box[rows, 1]),
    "width": lambda objects, rows: numbers(objects.box[rows, 2] - objects.box[rows, 0]),
    "height": lambda objects, rows: numbers(objects.box[rows, 3] - objects.box[rows, 1]),
    "area": lambda objects, rows: numbers(
        objects.area[rows] if len(objects.area) else areas(objects.box[rows])
    ),
    "confidence": lambda objects, rows: numbers(objects.confidence[rows]),
    "crowd": lambda objects, rows: Values("boolean", objects.crowd[rows], np.zeros(len(rows), bool)),
}


def class_names(class_map: ClassMap, *, evaluated: bool) -> tuple[str, ...]:
    """The distinct names of all entries, as evaluated or their own, regardless of case."""
    names: dict[str, str] = {}
    for entry in class_map.entries:
        name = entry.evaluated_name if evaluated else entry.name
        names.setdefault(name.casefold(), name)
    return tuple(names.values())


def class_column(index: Rows, class_map: ClassMap, *, evaluated: bool) -> Text:
    """Class names of positions in the class map, over the dictionary of `class_names`."""
    names = class_names(class_map, evaluated=evaluated)
    place = {name.casefold(): i for i, name in enumerate(names)}
    entries = [entry.evaluated_name if evaluated else entry.name for entry in class_map.entries]
    codes = np.array([place[name.casefold()] for name in entries], np.int32)
    return Text.from_words(names, codes[index])


def ids(objects: Objects, rows: Rows) -> Text:
    """The ids of some rows; where the input names none, the row number."""
    if objects.id is not None and not (objects.id.codes[rows] < 0).any():
        return objects.id.take(rows)
    if objects.id is not None:
        return Text.from_values([objects.name(row) for row in rows.tolist()])
    return Text.from_words([str(row) for row in rows.tolist()])


def overlaps(dataset: Dataset, label: Rows, inferences: Objects, inference: Rows) -> Values:
    """IoU of each label with the inference at its side, absent where either row is -1."""
    both = np.flatnonzero((label >= 0) & (inference >= 0))
    values = np.full(len(label), np.nan)
    values[both] = pair_ious(dataset, dataset.labels, label[both], inferences, inference[both])
    return numbers(values)


def spread(column: Column, at: Rows, n: int) -> Column:
    """A column of `n` rows that has `column` in the rows `at` and is absent elsewhere."""
    if isinstance(column, Text):
        codes = np.full(n, -1, np.int32)
        codes[at] = column.codes
        return Text(codes, column.offsets, column.blob)
    values, missing = np.zeros(n, column.values.dtype), np.ones(n, bool)
    values[at], missing[at] = column.values, column.missing
    return Values(column.kind, values, missing)


def minus(left: Column, right: Column) -> Values:
    """The difference of two columns of numbers, absent where either is."""
    if not isinstance(left, Values) or not isinstance(right, Values):
        raise TypeError("text has no difference")
    return Values("number", left.values - right.values, left.missing | right.missing)
