"""From the condition of a slice to the objects in it, and the slices that suggest themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import spread
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import FrameScores
from aquarium_tui.compare.objects.fields import POSITIONS, attribute
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.compare.objects.slices import Slice
from aquarium_tui.compare.reviews import FrameSets
from aquarium_tui.errors import QueryError
from aquarium_tui.model.arrays import Floats, RowNumbers
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import CLASSIFICATION, MULTILABEL, Dataset, InferenceSet
from aquarium_tui.query.fields import RowMask, Schema, Scope
from aquarium_tui.query.query import Query, compile_query, run
from aquarium_tui.query.suggestions import written
from aquarium_tui.query.wording import quoted


def sliced(binding: Binding[Any], only: str) -> Comparison:
    """The comparison of the objects in a slice alone.

    A condition on frames alone leaves out whole frames; any other judges each object.

    Args:
        binding: The comparison of all objects.
        only: The condition.

    Raises:
        QueryError: The condition cannot be understood, or states an order or a limit.
        CancelledError: The `patience` around this was cancelled.
    """
    query = _condition(only, binding.schema)
    comparison: Comparison = binding.comparison
    if query.scope == Scope.FRAME:
        return replace(comparison.within(run(query, binding).frames), only=only)
    assert isinstance(comparison, ObjectComparison)
    return replace(comparison.sliced(SliceMaker(binding).slice_of(query)), only=only)


def slice_problem(only: str, schema: Schema) -> QueryError | None:
    """What is wrong with the condition of a slice, if anything."""
    try:
        _condition(only, schema)
    except QueryError as error:
        return error
    return None


def _condition(only: str, schema: Schema) -> Query:
    query = compile_query(only, schema)
    if query.keys or query.limit is not None:
        word = "order" if query.keys else "limit"
        raise QueryError("a slice has no order and no limit", only, only.lower().rfind(word))
    return query


class SliceMaker:
    """Finds the objects for which conditions hold, those of all sets and confidences.

    Args:
        binding: The comparison of all objects.
    """

    def __init__(self, binding: Binding[ObjectComparison]) -> None:
        self.binding = binding
        self._stand_ins = {side: StandIns(binding, side) for side in binding.comparison.sides}

    def slice_of(self, query: Query) -> Slice:
        """The objects for which a condition holds."""
        comparison, condition = self.binding.comparison, query.condition
        if query.scope == Scope.FRAME:
            mask = condition.mask(self.binding, Scope.FRAME)
            of_sets = {s: mask[comparison.inferences(s).objects.frame] for s in comparison.sides}
            return Slice(mask[comparison.dataset.labels.frame], of_sets)
        ledger = comparison.ledger
        labelled = np.flatnonzero(ledger.label >= 0)
        labels = np.zeros(len(comparison.dataset.labels), bool)
        labels[ledger.label[labelled]] = condition.mask(self.binding, Scope.OBJECT)[labelled]
        inferences = {side: condition.mask(rows, Scope.OBJECT) for side, rows in self._stand_ins.items()}
        return Slice(labels, inferences)


class StandIns:
    """All inferences of one set, as rows of a query that stand in the place of labels.

    What is asked of the label is answered with the inference's own class, box and attributes; an attribute
    that the set does not have, and an id, is absent. All else is that of the inference's row of the ledger.

    Args:
        whole: All objects.
        side: Whose inferences.
    """

    def __init__(self, whole: Binding[ObjectComparison], side: Side) -> None:
        self._whole, self._side = whole, side
        comparison = whole.comparison
        self._objects = comparison.inferences(side).objects
        ledger = comparison.ledger
        self._of_set = of_set = ledger.base if side == "base" else ledger.other
        there = np.flatnonzero(of_set >= 0)
        self._row = np.full(len(self._objects), -1, np.int64)
        self._row[of_set[there]] = there
        self._known = np.flatnonzero(self._row >= 0)
        self._own = _Own(comparison, self._ledger(ledger))
        self._kept: dict[str, Column] = {}

    @property
    def of_frames(self) -> Binding[ObjectComparison]:
        """Sums over a frame cover its objects, whatever stands in for them."""
        return self._whole

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return self._whole.frames

    @property
    def frame(self) -> RowNumbers:
        """`(inferences,)`: the frame of each."""
        return self._objects.frame

    def present(self, entity: str) -> RowMask:
        """`(inferences,)`: which have a label, or an inference of the other set, in their row."""
        if entity in ("object", self._side):
            return np.ones(len(self._objects), bool)
        found = np.zeros(len(self._objects), bool)
        found[self._known] = self._whole.present(entity)[self._row[self._known]]
        return found

    def column(self, name: str) -> Column:
        """A field's values, one per frame or one per inference."""
        if self._whole.schema.fields[name].scope == Scope.FRAME:
            return self._whole.column(name)
        if name not in self._kept:
            self._kept[name] = self._read(name)
        return self._kept[name]

    def _read(self, name: str) -> Column:
        entity, _, rest = name.partition(".")
        if entity not in ("label", self._side):
            return self._taken(self._whole.column(name))
        if name == "label.id":
            return self._absent(self._whole.column(name))
        known = self._whole.object_field(name)
        if known is not None:
            return known.values(self._own, self._side, slice(None))
        like = self._whole.column(name)
        try:
            found = attribute(self._own, self._side, rest)
        except KeyError:
            return self._absent(like)
        return found if _kind(found) == _kind(like) else self._absent(like)

    def method(self, name: str, classes: tuple[int, ...]) -> Column:
        """`(frames,)` numbers of a frame field."""
        return self._whole.method(name, classes)

    def members(self, name: str) -> FrameSets:
        """Frames or inferences by name."""
        found = self._whole.members(name)
        if self._whole.schema.fields[name].scope == Scope.FRAME:
            return found
        of_rows = {each: self._of_set[np.asarray(rows, np.int64)] for each, rows in found.items()}
        return {each: rows[rows >= 0] for each, rows in of_rows.items()}

    def _taken(self, column: Column) -> Column:
        return spread(column.take(self._row[self._known]), self._known, len(self._objects))

    def _absent(self, like: Column) -> Column:
        none = np.zeros(0, np.int64)
        return spread(like.take(none), none, len(self._objects))

    def _ledger(self, whole: Ledger) -> Ledger:
        """One row per inference: its row of the whole ledger, or the inference alone."""

        def taken(column: NDArray[Any], absent: int) -> NDArray[Any]:
            found = np.full(len(self._objects), absent, column.dtype)
            found[self._known] = column[self._row[self._known]]
            return found

        absent = {"label": -1, "base": -1, "other": -1, "base_cell": -1, "other_cell": -1}
        columns = {
            f.name: taken(getattr(whole, f.name), absent.get(f.name, 0))
            for f in fields(whole)
            if f.name not in ("starts", "frame")
        }
        columns[self._side] = np.arange(len(self._objects), dtype=np.int32)
        return Ledger(self._objects.starts, self._objects.frame, **columns)


def _kind(column: Column) -> str:
    return "text" if isinstance(column, Text) else column.kind


@dataclass(frozen=True, eq=False)
class _Own:
    """What the table of object fields reads from, with a ledger of inferences."""

    comparison: ObjectComparison
    ledger: Ledger

    @property
    def dataset(self) -> Dataset:
        return self.comparison.dataset

    @property
    def classes(self) -> tuple[str, ...]:
        return self.comparison.classes

    @property
    def frame_scores(self) -> Mapping[Side, FrameScores]:
        return self.comparison.frame_scores

    @property
    def labels_of_frames(self) -> NDArray[np.int64]:
        return self.comparison.labels_of_frames

    def inferences(self, side: Side) -> InferenceSet:
        return self.comparison.inferences(side)

    def near_ious(self, side: Side | None) -> Floats:
        return self.comparison.near_ious(side)


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
