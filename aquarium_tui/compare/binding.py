"""A comparison as queries see it: its fields, frames, objects, and saved segments."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import ObjectField, known, minus, numbers
from aquarium_tui.compare.metrics import frame_fields
from aquarium_tui.compare.objects.fields import CHANGES, OUTCOMES, POSITIONS
from aquarium_tui.compare.reviews import FrameSets, Reviews
from aquarium_tui.errors import QueryError
from aquarium_tui.model.arrays import RowNumbers
from aquarium_tui.model.classes import ClassMap, distinct_names
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.reviews import VERDICTS, Edit
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Frames
from aquarium_tui.query.fields import (
    FRAME_WORDS,
    NOTE,
    OBJECT,
    REVIEW_WORDS,
    Choices,
    FieldType,
    Method,
    QueryField,
    RowMask,
    Schema,
    Scope,
)
from aquarium_tui.query.patterns import patience
from aquarium_tui.query.query import Query, Selection, compile_query, run
from aquarium_tui.query.wording import quoted

_TYPES = {"number": FieldType.NUMBER, "boolean": FieldType.BOOLEAN, "date": FieldType.DATE}
_NO_OTHER = "there is no other set to compare with; choose one"
_CARRIED = {"metadata": "Metadata of the frame.", "attributes": "Attribute from the file."}

Carried = tuple[str, str, Column]
"""Full name, group and column of metadata or attributes."""


def schema_of(comparison: Comparison, names: Callable[[str], Sequence[str] | None]) -> Schema:
    """Every field and method that a query over `comparison` may name.

    Args:
        comparison: What is asked.
        names: The known names of a field of names, such as segments, by its full name; None for others.
    """
    sides = (*comparison.sides, *(("delta",) if comparison.other else ()))
    choices = _choices(comparison.dataset.project.class_map, names("frame.segment") or ())
    fields = {field.name: field for field in _of_frames(choices)}
    fields |= {field.name: field for field in _of_objects(comparison, choices)}
    fields |= {field.name: field for field in _of_reviews(comparison)}
    _add_numbers(fields, comparison, sides)
    carried = list(_carried(comparison, fields))
    for full, group, column in carried:
        kind = FieldType.TEXT if isinstance(column, Text) else _TYPES[column.kind]
        scope = Scope.FRAME if group == "metadata" else Scope.OBJECT
        fields[full] = QueryField(full, kind, scope, _CARRIED[group])
    absent = {} if comparison.other else dict.fromkeys(("other", "delta", "change"), _NO_OTHER)
    if comparison.no_objects:
        absent |= dict.fromkeys(("label", "object", "change"), comparison.no_objects)
    return Schema(fields, _methods(comparison, sides), _offers(comparison, carried, names), absent)


def _of_frames(choices: Mapping[str, Choices]) -> Iterator[QueryField]:
    for word in FRAME_WORDS:
        choice = choices.get(word.name)
        yield QueryField(f"frame.{word.name}", word.type, Scope.FRAME, word.sentence, choice, word.single)


def _of_reviews(comparison: Comparison) -> Iterator[QueryField]:
    yield QueryField(NOTE.name, NOTE.type, Scope.FRAME, NOTE.sentence)
    for word in () if comparison.no_objects else REVIEW_WORDS:
        name = f"{OBJECT.text}.{word.name}"
        yield QueryField(name, word.type, Scope.OBJECT, word.sentence, single=word.single)


def _of_objects(comparison: Comparison, choices: Mapping[str, Choices]) -> Iterator[QueryField]:
    """The table of object fields; what stands alone covers both sets."""
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
        "position": Choices("position", POSITIONS),
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
    comparison: Comparison,
    carried: Iterable[Carried],
    names: Callable[[str], Sequence[str] | None],
) -> Callable[[str], Sequence[str]]:
    """The known values of fields of free text."""
    dataset = comparison.dataset
    texts = {"frame.id": dataset.frames.id, "frame.path": dataset.frames.path, "label.id": dataset.labels.id}
    texts |= {full: column for full, _, column in carried if isinstance(column, Text)}

    def offer(name: str) -> Sequence[str]:
        column, known = texts.get(name), names(name)
        return known if known is not None else column.words if column is not None else ()

    return offer


NONE: FrameSets = MappingProxyType({})
_REVIEWED = frozenset(
    {
        NOTE.name,
        *(f"{entity}.{word.name}" for entity in ("frame", OBJECT.text) for word in REVIEW_WORDS),
    }
)
_OFFERED = {"frame.verdict": VERDICTS, "object.verdict": VERDICTS}
"""Names that are offered before anyone has used them."""

AnyComparison = TypeVar("AnyComparison", bound=Comparison)


class Binding(Generic[AnyComparison]):
    """A comparison, and what review and the user add to it, as queries see it.

    Columns are computed when a query first asks for them and kept as long as the comparison.

    Args:
        comparison: What is asked.
        segments: Frames of each segment.
        reviews: What was said of frames and objects; it may grow.
    """

    def __init__(
        self,
        comparison: AnyComparison,
        *,
        segments: FrameSets = NONE,
        reviews: Reviews | None = None,
    ) -> None:
        self.comparison = comparison
        self.reviews = Reviews(comparison) if reviews is None else reviews
        self._segments = segments
        self._fields = frame_fields(comparison)
        self._objects = {
            field.name(e): (field, e) for field in comparison.object_fields for e in field.entities
        }

    @cached_property
    def schema(self) -> Schema:
        """What a query may name."""
        return schema_of(self.comparison, self._names)

    def _names(self, field: str) -> tuple[str, ...] | None:
        if field == "frame.segment":
            return tuple(self._segments)
        if field not in _REVIEWED:
            return None
        return tuple(dict.fromkeys((*_OFFERED.get(field, ()), *sorted(self.reviews.members(field)))))

    @patience()
    def select(self, query: str | Query) -> Selection:
        """What a query selects.

        Raises:
            QueryError: It cannot be understood, or its regular expressions take too long.
            CancelledError: The `patience` around this was cancelled.
        """
        compiled = compile_query(query, self.schema) if isinstance(query, str) else query
        inside = self.comparison.inside
        if inside is None:
            return run(compiled, self)
        return run(compiled.among(inside), self).of_objects(inside)

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.comparison.dataset.frames)

    @property
    def frame(self) -> RowNumbers:
        """`(objects,)`: the frame of each object."""
        return self.comparison.object_frame

    def present(self, entity: str) -> RowMask:
        """`(objects,)`: which objects have a label, base or other; every `object` is one."""
        inside = self.comparison.inside
        if entity == "object":
            return np.ones(len(self.frame), bool) if inside is None else inside
        there = self.comparison.object_present(entity)
        return there if inside is None else there & inside

    @property
    def of_frames(self) -> "Binding[AnyComparison]":
        """What sums over a frame's objects are taken over."""
        return self

    def object_field(self, name: str) -> ObjectField[Any] | None:
        """The field of objects of that full name; None for metadata, attributes and numbers of frames."""
        return self._objects[name][0] if name in self._objects else None

    def column(self, name: str) -> Column:
        """A field's values, one per frame or one per object."""
        kept = self.comparison.kept_columns
        if name not in kept:
            kept[name] = self._read(name)
        return kept[name]

    def method(self, name: str, classes: tuple[int, ...]) -> Column:
        """`(frames,)` numbers of a frame field."""
        entity, _, rest = name.partition(".")
        if entity == "delta":
            of_other, of_base = (self.method(f"{side}.{rest}", classes) for side in ("other", "base"))
            return minus(of_other, of_base)
        side: Side = "base" if entity == "base" else "other"
        field = self._fields[rest.removeprefix("metrics.")]
        return numbers(field.values(self.comparison, side, classes))

    def members(self, name: str) -> FrameSets:
        """Frames or objects by name, of segments or what review says."""
        return self._segments if name == "frame.segment" else self.reviews.members(name)

    def _read(self, name: str) -> Column:
        entity, _, rest = name.partition(".")
        if entity == "frame":
            return _of_frame(self.comparison.dataset.frames, rest)
        if name in self._objects:
            field, of = self._objects[name]
            return field.values(self.comparison, of, slice(None))
        if entity != "label" and rest.removeprefix("metrics.") in self._fields:
            return self.method(name, ())
        return self.comparison.object_attribute(entity, rest)


def _of_frame(frames: Frames, name: str) -> Column:
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


class SegmentFrames(Mapping[str, NDArray[Any]]):
    """Rows of frames by the name of a segment; a live one is asked anew for each comparison."""

    binding: Binding[Any]

    def __init__(self, segments: Sequence[Segment], comparison: Comparison) -> None:
        self._segments = {segment.name: segment for segment in segments}
        self._rows = comparison.dataset.frames.row_by_id
        self._asking: list[str] = []

    @property
    def segments(self) -> Sequence[Segment]:
        """The segments themselves."""
        return tuple(self._segments.values())

    def __iter__(self) -> Iterator[str]:
        return iter(self._segments)

    def __len__(self) -> int:
        return len(self._segments)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The frames of one segment; those of a snapshot that are no longer in the dataset are left out.

        Raises:
            QueryError: Its query no longer fits the dataset, or leads back to itself.
        """
        segment = self._segments[name]
        if segment.frames is not None:
            return np.array([self._rows[id_] for id_ in segment.frames if id_ in self._rows], np.int64)
        if name in self._asking:
            raise QueryError(f'segment "{name}" leads back to itself', segment.query, 0)
        self._asking.append(name)
        try:
            return np.flatnonzero(self.binding.select(segment.query).frames)
        except QueryError as error:
            message = f'in segment "{name}": {error.message}'
            raise QueryError(message, error.text, error.position, error.suggestion) from error
        finally:
            self._asking.pop()


def bound(
    comparison: AnyComparison, segments: Sequence[Segment] = (), edits: Iterable[Edit] = ()
) -> Binding[AnyComparison]:
    """A comparison as queries see it, with these segments and what was said in review."""
    frames = SegmentFrames(segments, comparison)
    reviews = Reviews(comparison, edits)
    frames.binding = binding = Binding(comparison, segments=frames, reviews=reviews)
    return binding


def rebound(binding: Binding[Any], comparison: AnyComparison) -> Binding[AnyComparison]:
    """Another part of what a binding covers, with the same segments and the same reviews."""
    known = binding.members("frame.segment")
    frames = SegmentFrames(known.segments if isinstance(known, SegmentFrames) else (), comparison)
    frames.binding = found = Binding(comparison, segments=frames, reviews=binding.reviews)
    return found


def snapshot(comparison: Comparison, binding: Binding[Any], name: str, query: str) -> Segment:
    """The frames that a query selects now, as a segment.

    Raises:
        QueryError: The query cannot be understood.
    """
    ids = comparison.dataset.frames.id
    chosen = np.flatnonzero(binding.select(query).frames)
    return Segment(name, query, tuple(ids[int(row)] or "" for row in chosen))
