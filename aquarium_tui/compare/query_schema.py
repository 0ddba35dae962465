"""What queries may name in a comparison: the language's table of fields, and what its data brings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from aquarium_tui.compare.measure import Compared, Measure
from aquarium_tui.compare.query_columns import class_names
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.query.fields import CONFUSION, FIELDS, Kind, Scope
from aquarium_tui.query.schema import Choices, Field, Method, Schema
from aquarium_tui.query.wording import quoted

CHANGES = tuple(change.word for change in Change if change)
OUTCOMES = tuple(outcome.word for outcome in Outcome if outcome)

_KINDS = {"number": Kind.NUMBER, "boolean": Kind.BOOLEAN, "date": Kind.DATE}
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
                fields[full] = Field(full, Kind.NUMBER, Scope.FRAME, measure.sentence)
    carried = list(_carried(comparison, fields))
    for full, group, column in carried:
        kind = Kind.TEXT if isinstance(column, Text) else _KINDS[column.kind]
        scope = Scope.FRAME if group == "metadata" else Scope.OBJECT
        fields[full] = Field(full, kind, scope, _CARRIED[group])
    absent = {} if comparison.other else dict.fromkeys(("other", "delta", "change"), _NO_OTHER)
    if not comparison.of_objects:
        absent |= dict.fromkeys(("label", "change"), _NO_OBJECTS)
    return Schema(fields, _methods(comparison, sides, measures), _offers(comparison, carried, names), absent)


def _own(
    entities: tuple[str, ...], comparison: Compared, names: Mapping[str, Sequence[str]]
) -> Iterator[Field]:
    """The fields of the language's own table."""
    choices = _choices(comparison.dataset.project.class_map, names["frame.segment"])
    for word in FIELDS:
        if not word.entities and "other" in entities:
            yield Field(word.name, word.kind, word.scope, word.sentence, choices.get(word.name))
        for entity in word.entities:
            if entity in entities:
                name = f"{entity}.{word.name}"
                yield Field(name, word.kind, word.scope, word.sentence, choices.get(word.name))


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


def _carried(comparison: Compared, fields: Mapping[str, Field]) -> Iterator[tuple[str, str, Column]]:
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
