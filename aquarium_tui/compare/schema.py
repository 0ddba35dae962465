"""What queries may name in a comparison: the tables of fields, and what its data brings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import frame_fields
from aquarium_tui.compare.objects.fields import CHANGES, OUTCOMES
from aquarium_tui.model.classes import ClassMap, distinct_names
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.query.fields import FRAME_WORDS, Choices, FieldType, Method, QueryField, Schema, Scope
from aquarium_tui.query.wording import quoted

_TYPES = {"number": FieldType.NUMBER, "boolean": FieldType.BOOLEAN, "date": FieldType.DATE}
_NO_OTHER = "there is no other set to compare with; choose one"
_CARRIED = {"metadata": "Metadata of the frame.", "attributes": "Attribute from the file."}

Carried = tuple[str, str, Column]
"""Full name, group and column of metadata or attributes."""


def schema_of(comparison: Comparison, names: Mapping[str, Sequence[str]]) -> Schema:
    """Every field and method that a query over `comparison` may name.

    Args:
        comparison: What is asked.
        names: The known flags, tags and segments, by full name of the field that holds them.
    """
    sides = (*comparison.sides, *(("delta",) if comparison.other else ()))
    choices = _choices(comparison.dataset.project.class_map, names["frame.segment"])
    fields = {field.name: field for field in _of_frames(choices)}
    fields |= {field.name: field for field in _of_objects(comparison, choices)}
    _add_numbers(fields, comparison, sides)
    carried = list(_carried(comparison, fields))
    for full, group, column in carried:
        kind = FieldType.TEXT if isinstance(column, Text) else _TYPES[column.kind]
        scope = Scope.FRAME if group == "metadata" else Scope.OBJECT
        fields[full] = QueryField(full, kind, scope, _CARRIED[group])
    absent = {} if comparison.other else dict.fromkeys(("other", "delta", "change"), _NO_OTHER)
    if comparison.no_objects:
        absent |= dict.fromkeys(("label", "change"), comparison.no_objects)
    return Schema(fields, _methods(comparison, sides), _offers(comparison, carried, names), absent)


def _of_frames(choices: Mapping[str, Choices]) -> Iterator[QueryField]:
    for word in FRAME_WORDS:
        yield QueryField(f"frame.{word.name}", word.type, Scope.FRAME, word.sentence, choices.get(word.name))


def _of_objects(comparison: Comparison, choices: Mapping[str, Choices]) -> Iterator[QueryField]:
    """The table of object fields; what stands alone is of both sets."""
    entities = ("label", *comparison.sides, *(("",) if comparison.other else ()))
    for field in comparison.object_fields:
        for entity in field.entities:
            if field.asked and entity in entities:
                name = field.name(entity)
                yield QueryField(name, field.type, Scope.OBJECT, field.sentence, choices.get(field.key))


def _add_numbers(fields: dict[str, QueryField], comparison: Comparison, sides: Iterable[str]) -> None:
    """The numbers of frames; one that is called like a field of objects is `base.metrics.NAME`."""
    asked = [field for field in frame_fields(comparison).values() if field.asked and not field.arguments]
    for side in sides:
        for field in asked:
            taken = fields.get(f"{side}.{field.key}")
            of_object = taken is not None and taken.scope == Scope.OBJECT
            full = f"{side}.metrics.{field.key}" if of_object else f"{side}.{field.key}"
            fields[full] = QueryField(full, FieldType.NUMBER, Scope.FRAME, field.sentence)


def _choices(class_map: ClassMap, segments: Iterable[str]) -> dict[str, Choices]:
    evaluated, own = (distinct_names(class_map, evaluated=which) for which in (True, False))
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


def _carried(comparison: Comparison, fields: Mapping[str, QueryField]) -> Iterator[Carried]:
    """Metadata and attributes.

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


def _methods(comparison: Comparison, sides: Iterable[str]) -> dict[str, Method]:
    classes = Choices("class", comparison.classes)
    return {
        f"{side}.{field.key}": Method(f"{side}.{field.key}", field.arguments, field.sentence, classes)
        for field in frame_fields(comparison).values()
        if field.asked and field.arguments
        for side in sides
    }


def _offers(
    comparison: Comparison, carried: Iterable[Carried], names: Mapping[str, Sequence[str]]
) -> Callable[[str], Sequence[str]]:
    """The known values of fields of free text."""
    dataset = comparison.dataset
    texts = {"frame.id": dataset.frames.id, "frame.path": dataset.frames.path, "label.id": dataset.labels.id}
    texts |= {full: column for full, _, column in carried if isinstance(column, Text)}

    def offer(name: str) -> Sequence[str]:
        column = texts.get(name)
        return names.get(name, column.words if column is not None else ())

    return offer
