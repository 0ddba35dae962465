"""A compiled query, and what it selects."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import QueryError
from aquarium_tui.model.columns import Values
from aquarium_tui.query.compiler import Compiler
from aquarium_tui.query.fields import FieldType, QueryRows, RowMask, Schema, Scope
from aquarium_tui.query.nodes import scan
from aquarium_tui.query.parser import parse
from aquarium_tui.query.patterns import patience
from aquarium_tui.query.values import Condition, Context, Value, ranks
from aquarium_tui.query.wording import quoted


@dataclass(frozen=True)
class Query:
    """A compiled query; it may be run over any rows of the schema it was compiled for.

    Attributes:
        text: As it was written.
        scope: What it lists: objects if it names a field of an object outside an aggregate, else frames.
        condition: What must hold.
        keys: Values to order by, and whether the largest comes first.
        limit: At most so many of what it lists.
    """

    text: str
    scope: Scope
    condition: Condition
    keys: tuple[tuple[Value, bool], ...] = ()
    limit: int | None = None

    def among(self, objects: RowMask) -> "Query":
        """The same query, if it lists objects, among those where `(objects,)` is true."""
        if self.scope != Scope.OBJECT:
            return self
        found = self.condition
        among = Condition(Scope.OBJECT, lambda rows: found.mask(rows, Scope.OBJECT) & objects)
        return replace(self, condition=among)


@dataclass(frozen=True)
class Selection:
    """What a query selects.

    Attributes:
        frames: `(frames,)` bool.
        objects: `(objects,)` bool, rows of the ledger; every object of the frames, if the query lists frames.
        frame_order: `(selected frames,)` int64 rows of frames, in the order asked for; else ascending.
        object_order: `(selected objects,)` int64 rows of the ledger, in the order asked for; else ascending.
    """

    frames: RowMask
    objects: RowMask
    frame_order: NDArray[np.int64]
    object_order: NDArray[np.int64]

    def of_objects(self, objects: RowMask) -> "Selection":
        """The same frames, and of their objects those where `(objects,)` is true."""
        order = self.object_order[objects[self.object_order]]
        return replace(self, objects=self.objects & objects, object_order=order)

    def among(self, frames: RowMask, frame: NDArray[np.int32]) -> "Selection":
        """The same of those frames alone.

        Args:
            frames: `(frames,)` bool.
            frame: `(objects,)`, the frame of each object.
        """
        inside = frames[frame]
        return Selection(
            self.frames & frames,
            self.objects & inside,
            self.frame_order[frames[self.frame_order]],
            self.object_order[inside[self.object_order]],
        )


@patience()
def compile_query(text: str, schema: Schema) -> Query:
    """The query `text` over what `schema` names.

    Raises:
        QueryError: It does not follow the grammar, names what is not there, joins what does not fit, or
            holds regular expressions that take too long to understand.
    """
    parsed = parse(text)
    compiler = Compiler(Context(text, schema))
    everything = Condition(Scope.CONSTANT, lambda _: np.asarray(True))
    condition = compiler.condition(parsed.condition) if parsed.condition else everything
    keys = tuple((compiler.key(key), key.descending) for key in parsed.keys)
    scope = max(Scope.FRAME, condition.scope, *(value.scope for value, _ in keys))
    return Query(text, scope, condition, keys, parsed.limit)


def within_segment(text: str, segment: str) -> str:
    """The query that selects what `text` selects, among the frames of a segment alone.

    Raises:
        QueryError: `text` holds something that begins no token.
    """
    # Only `order by` and `limit` may follow a condition, and neither word stands for anything else.
    end = next(token.start for token in scan(text) if token.word in ("order", "limit") or token.kind == "end")
    condition, rest = text[:end].strip(), text[end:].strip()
    member = f"frame.segment = {quoted(segment)}"
    return " ".join(filter(None, (f"{member} and ({condition})" if condition else member, rest)))


def check(text: str, schema: Schema) -> QueryError | None:
    """What is wrong with a query, if anything."""
    try:
        compile_query(text, schema)
    except QueryError as error:
        return error
    return None


@patience()
def run(query: Query, rows: QueryRows) -> Selection:
    """What the query selects among `rows`.

    Raises:
        QueryError: The regular expressions take too long.
        CancelledError: The `patience` around this was cancelled.
    """
    if query.scope == Scope.FRAME:
        return _listing_frames(query, rows)
    return _listing_objects(query, rows)


def _listing_frames(query: Query, rows: QueryRows) -> Selection:
    chosen = np.flatnonzero(query.condition.mask(rows, Scope.FRAME))
    order = _ordered(query, rows, chosen, Scope.FRAME)[: query.limit]
    frames = _mask(order, rows.frames)
    objects = np.flatnonzero(frames[rows.frame])
    if query.keys:
        place = np.empty(rows.frames, np.int64)
        place[order] = np.arange(len(order))
        objects = objects[np.argsort(place[rows.frame[objects]], kind="stable")]
    return Selection(frames, _mask(objects, len(rows.frame)), order, objects)


def _listing_objects(query: Query, rows: QueryRows) -> Selection:
    chosen = np.flatnonzero(query.condition.mask(rows, Scope.OBJECT))
    objects = _ordered(query, rows, chosen, Scope.OBJECT)[: query.limit]
    frames = _first_seen(rows.frame[objects], rows.frames)
    if query.condition.scope < Scope.OBJECT and query.limit is None:
        others = query.condition.mask(rows, Scope.FRAME) & ~_mask(frames, rows.frames)
        frames = np.concatenate([frames, np.flatnonzero(others)])
    return Selection(_mask(frames, rows.frames), _mask(objects, len(rows.frame)), frames, objects)


def _first_seen(frames: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """The distinct ones of `n` frames, in order of first appearance."""
    place = np.full(n, -1, np.int64)
    place[frames[::-1]] = np.arange(len(frames))[::-1]
    seen = np.flatnonzero(place >= 0)
    return np.asarray(seen[np.argsort(place[seen])])


def _mask(rows: NDArray[np.int64], n: int) -> RowMask:
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask


def _ordered(query: Query, rows: QueryRows, chosen: NDArray[np.int64], scope: Scope) -> NDArray[np.int64]:
    """`chosen` by the keys; absent values come last, and what is equal stays in its order."""
    columns: list[NDArray[Any]] = []
    for value, descending in query.keys:
        columns += _sorting(value, descending, rows, chosen, scope)
    return np.asarray(chosen[np.lexsort(columns[::-1])]) if columns else chosen


def _sorting(
    value: Value, descending: bool, rows: QueryRows, chosen: NDArray[np.int64], scope: Scope
) -> list[NDArray[Any]]:
    """Two columns to sort `chosen` by, ascending: whether the value is absent, and the value."""
    if value.scope == Scope.CONSTANT:
        return []
    if value.kind == FieldType.TEXT:
        (rank,) = ranks([value.words(rows, scope).take(chosen)], str)
        missing = rank < 0
    else:
        column = value.values(rows, scope).take(chosen)
        rank, missing = _numeric(column), column.missing
    return [missing, np.where(missing, 0, -rank if descending else rank)]


def _numeric(column: Values) -> NDArray[Any]:
    return column.values.view(np.int64) if column.kind == "date" else column.values.astype(np.float64)
