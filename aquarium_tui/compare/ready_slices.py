"""Slices that suggest themselves: by size, shape, crowding, position, class, attributes and metadata."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.fields import POSITIONS
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.tables import CLASSIFICATION, MULTILABEL
from aquarium_tui.query.fields import Scope
from aquarium_tui.query.suggestions import written
from aquarium_tui.query.wording import quoted

MOST_VALUES = 20
"""Values of a text field that get a slice of their own, the most frequent first: more than anyone reads, and
fewer than the ids that some files carry as attributes."""

SMALL, LARGE = 32**2, 96**2
"""COCO's borders between small, medium and large objects, in square pixels."""

_SHARES = (0.25, 0.5, 0.75)
"""Numbers are cut into quarters, so that each has enough objects to tell."""


@dataclass(frozen=True)
class ReadySlice:
    """A slice with what it is about.

    Attributes:
        about: The field or property that it is one value of.
        condition: As a query states it.
        title: A word for it; empty where the condition says it best.
    """

    about: str
    condition: str
    title: str = ""


def ready_slices(binding: Binding[ObjectComparison], *, halves: bool = False) -> tuple[ReadySlice, ...]:
    """The slices of a comparison, those of one property together.

    Args:
        binding: The comparison as queries see it.
        halves: Whether numbers are also cut in two.
    """
    comparison = binding.comparison
    shapes = () if comparison.dataset.project.task in (CLASSIFICATION, MULTILABEL) else _of_boxes()
    return (*shapes, *_of_classes(binding), *_of_carried(binding, halves))


def _of_boxes() -> Iterator[ReadySlice]:
    """What every box has."""
    yield ReadySlice("size", f"label.area < {SMALL}", "small")
    yield ReadySlice("size", f"label.area >= {SMALL} and label.area < {LARGE}", "medium")
    yield ReadySlice("size", f"label.area >= {LARGE}", "large")
    yield ReadySlice("aspect", "label.aspect < 0.5", "tall")
    yield ReadySlice("aspect", "label.aspect >= 0.5 and label.aspect <= 2", "even")
    yield ReadySlice("aspect", "label.aspect > 2", "wide")
    yield ReadySlice("crowding", "label.neighbours = 0", "alone")
    yield ReadySlice("crowding", "label.neighbours = 1", "one neighbour")
    yield ReadySlice("crowding", "label.neighbours > 1", "crowded")
    yield ReadySlice("border", "label.at_border", "at the border")
    yield ReadySlice("border", "not label.at_border", "inside")
    for position in POSITIONS:
        yield ReadySlice("position", f"label.position = {quoted(position)}", position)


def _of_classes(binding: Binding[ObjectComparison]) -> Iterator[ReadySlice]:
    for name in binding.comparison.classes[:-1]:
        yield ReadySlice("class", f"label.class = {quoted(name)}", name)


def _of_carried(binding: Binding[ObjectComparison], halves: bool) -> Iterator[ReadySlice]:
    """Attributes of labels, metadata of frames, and the frames' sizes where they differ."""
    dataset = binding.comparison.dataset
    for name, field in binding.schema.fields.items():
        entity, _, rest = name.partition(".")
        own = rest.removeprefix("attributes.").removeprefix("metadata.")
        of_label = entity == "label" and field.scope == Scope.OBJECT and own in dataset.labels.attributes
        of_frame = entity == "frame" and (own in dataset.frames.metadata or rest in ("width", "height"))
        if (of_label or of_frame) and binding.object_field(name) is None:
            yield from slices_of(name, binding.column(name), halves)


def slices_of(name: str, column: Column, halves: bool) -> Iterator[ReadySlice]:
    """One slice per value of a field, or per quarter of its numbers; none where all values are the same."""
    if isinstance(column, Text):
        conditions = _of_words(name, column)
    elif column.kind == "boolean":
        conditions = [(written(name), "true"), (f"not {written(name)}", "false")]
        conditions = conditions if len(np.unique(column.values[~column.missing])) > 1 else []
    else:
        conditions = _of_shares(name, column, _SHARES)
        if halves and len(conditions) > len(_SHARES):
            conditions += _of_shares(name, column, _SHARES[1:2])
    for condition, title in conditions:
        yield ReadySlice(name, condition, title)


def _of_words(name: str, column: Text) -> list[tuple[str, str]]:
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.words))
    there = np.flatnonzero(counts)
    if len(there) < 2 or counts.max() < 2:
        return []
    first = there[np.argsort(-counts[there], kind="stable")][:MOST_VALUES].tolist()
    return [(f"{written(name)} = {quoted(column.word(code))}", column.word(code)) for code in first]


def _of_shares(name: str, column: Values, shares: Sequence[float]) -> list[tuple[str, str]]:
    """The parts between shares of the sorted numbers; few distinct ones each by themselves."""
    values = np.sort(column.values[~column.missing])
    if not len(values) or values[0] == values[-1]:
        return []
    distinct = np.unique(values)
    if len(distinct) <= len(shares) + 1:
        return [(f"{written(name)} = {_literal(value)}", _shown(value)) for value in distinct]
    cuts = np.unique(values[[int(share * len(values)) for share in shares]])
    cuts = cuts[cuts > values[0]]
    field, limits = written(name), [_literal(cut) for cut in cuts]
    shown = [_shown(cut) for cut in cuts]
    found = [(f"{field} < {limits[0]}", f"below {shown[0]}")]
    for at in range(len(limits) - 1):
        condition = f"{field} >= {limits[at]} and {field} < {limits[at + 1]}"
        found.append((condition, f"{shown[at]} to {shown[at + 1]}"))
    return [*found, (f"{field} >= {limits[-1]}", f"from {shown[-1]}")]


def _literal(value: np.generic) -> str:
    """A number or a date as a query writes it; numbers with all their digits."""
    if isinstance(value, np.datetime64):
        return quoted(str(value.astype("datetime64[s]")))
    return repr(float(value)).removesuffix(".0")


def _shown(value: np.generic) -> str:
    if isinstance(value, np.datetime64):
        return str(value.astype("datetime64[m]")).replace("T", " ")
    return f"{float(value):.4g}"
