"""What queries may name in a comparison: the language's table of fields, and what its data brings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.measures import Compared, Measure
from aquarium_tui.compare.objects.candidates import pair_ious
from aquarium_tui.model.boxes import areas
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.tables import Dataset, Frames, Objects
from aquarium_tui.query.fields import CONFUSION, FIELDS, FieldType, Scope
from aquarium_tui.query.schema import Choices, Method, QueryField, Schema
from aquarium_tui.query.wording import quoted

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


CHANGES = tuple(change.word for change in Change if change)
OUTCOMES = tuple(outcome.word for outcome in Outcome if outcome)

_KINDS = {"number": FieldType.NUMBER, "boolean": FieldType.BOOLEAN, "date": FieldType.DATE}
_NO_OBJECTS = "masks have no objects, only frames"
_NO_OTHER = "there is no other set to compare with; choose one"
_CARRIED = {"metadata": "Metadata of the frame.", "attributes": "Attribute from the file."}


def schema_of(
    comparison: Compared,
    measures: Mapping[str, Measure],
    names: Mapping[str, Sequence[str]],
) -> Schema:
    """Every field and method that a query over `comparison` may name.

    Args:
        comparison: What is asked.
        measures: Further numbers of frames, by name.
        names: The known flags, tags and segments, by full name of the field that holds them.
    """
    sides = (*comparison.sides, *(("delta",) if comparison.other else ()))
    entities = ("frame", "label", *sides) if comparison.of_objects else ("frame",)
    fields = {field.name: field for field in _own(entities, comparison, names)}
    for side in sides:
        for name, measure in measures.items():
            if measure.arguments == 0:
                taken = fields.get(f"{side}.{name}")
                of_object = taken is not None and taken.scope == Scope.OBJECT
                full = f"{side}.metrics.{name}" if of_object else f"{side}.{name}"
                fields[full] = QueryField(full, FieldType.NUMBER, Scope.FRAME, measure.sentence)
    carried = list(_carried(comparison, fields))
    for full, group, column in carried:
        kind = FieldType.TEXT if isinstance(column, Text) else _KINDS[column.kind]
        scope = Scope.FRAME if group == "metadata" else Scope.OBJECT
        fields[full] = QueryField(full, kind, scope, _CARRIED[group])
    absent = {} if comparison.other else dict.fromkeys(("other", "delta", "change"), _NO_OTHER)
    if not comparison.of_objects:
        absent |= dict.fromkeys(("label", "change"), _NO_OBJECTS)
    return Schema(fields, _methods(comparison, sides, measures), _offers(comparison, carried, names), absent)


def _own(
    entities: tuple[str, ...], comparison: Compared, names: Mapping[str, Sequence[str]]
) -> Iterator[QueryField]:
    """The fields of the language's own table."""
    choices = _choices(comparison.dataset.project.class_map, names["frame.segment"])
    for word in FIELDS:
        if not word.entities and "other" in entities:
            yield QueryField(word.name, word.kind, word.scope, word.sentence, choices.get(word.name))
        for entity in word.entities:
            if entity in entities:
                name = f"{entity}.{word.name}"
                yield QueryField(name, word.kind, word.scope, word.sentence, choices.get(word.name))


def _choices(class_map: ClassMap, segments: Iterable[str]) -> dict[str, Choices]:
    evaluated, own = (class_names(class_map, evaluated=kind) for kind in (True, False))
    return {
        "class": Choices("class", evaluated, instead=_own_names(class_map)),
        "own_class": Choices("class", own),
        "outcome": Choices("outcome", OUTCOMES, bare=True),
        "change": Choices("change", CHANGES, bare=True),
        "segment": Choices("segment", tuple(segments), folded=False),
    }


def _own_names(class_map: ClassMap) -> dict[str, str]:
    """What to say to a name under which a class is not evaluated."""
    return {
        entry.name.casefold(): f"it is evaluated as {quoted(entry.evaluated_name)}; own_class knows it"
        for entry in class_map.entries
        if entry.train_name
    }


def _carried(comparison: Compared, fields: Mapping[str, QueryField]) -> Iterator[tuple[str, str, Column]]:
    """Full name, group and column of metadata and attributes.

    One that is called like a field in `fields` has its group in its name: `label.attributes.area`.
    """
    dataset = comparison.dataset
    groups: list[tuple[str, str, Mapping[str, Column]]] = [
        ("frame", "metadata", dataset.frames.metadata),
        ("label", "attributes", dataset.labels.attributes),
    ]
    for side in comparison.sides:
        groups.append((side, "attributes", comparison.inferences(side).objects.attributes))
    for entity, group, columns in groups:
        for name, column in columns.items():
            taken = f"{entity}.{name}" in fields
            yield (f"{entity}.{group}.{name}" if taken else f"{entity}.{name}"), group, column


def _methods(
    comparison: Compared, sides: Iterable[str], measures: Mapping[str, Measure]
) -> dict[str, Method]:
    classes = Choices("class", comparison.classes)
    kinds = {CONFUSION.text: (2, CONFUSION.sentence)} if comparison.of_objects else {}
    kinds |= {name: (each.arguments, each.sentence) for name, each in measures.items() if each.arguments}
    return {
        f"{side}.{name}": Method(f"{side}.{name}", arguments, sentence, classes)
        for name, (arguments, sentence) in kinds.items()
        for side in sides
    }


def _offers(
    comparison: Compared,
    carried: Iterable[tuple[str, str, Column]],
    names: Mapping[str, Sequence[str]],
) -> Callable[[str], Sequence[str]]:
    """The known values of fields of free text."""
    dataset = comparison.dataset
    texts = {"frame.id": dataset.frames.id, "frame.path": dataset.frames.path, "label.id": dataset.labels.id}
    texts |= {full: column for full, _, column in carried if isinstance(column, Text)}

    def offer(name: str) -> Sequence[str]:
        column = texts.get(name)
        return names.get(name, column.words if column is not None else ())

    return offer
