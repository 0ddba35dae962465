"""A compiled query: types and names are checked as nodes become a predicate, columns are read as it runs.

Absence: a comparison with something absent is false, whatever its operator; `not` is plain negation of that.
A condition belongs to the narrowest thing that it names: to objects if it names a field of an object outside
an aggregate, to frames otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import QueryError
from aquarium_tui.model.columns import Column, Values
from aquarium_tui.query.conditions import compared, one_of, presence, searched, truth
from aquarium_tui.query.fields import (
    AGGREGATES,
    OBJECT,
    PARTS,
    FieldType,
    QueryField,
    QueryRows,
    RowMask,
    Schema,
    Scope,
)
from aquarium_tui.query.meanings import field_named, method_value, named_value
from aquarium_tui.query.nodes import (
    Arithmetic,
    Both,
    Call,
    ComparisonNode,
    Either,
    Membership,
    Missing,
    NameNode,
    Negative,
    Node,
    Not,
    Number,
    OrderKey,
    Search,
    String,
    Truth,
    entity_of,
    scan,
)
from aquarium_tui.query.parser import parse
from aquarium_tui.query.patterns import patience
from aquarium_tui.query.values import (
    Condition,
    Context,
    Value,
    arithmetic,
    constant,
    joined,
    negation,
    negative,
    numbers,
    ranks,
)
from aquarium_tui.query.wording import listed, quoted

Reduction = Callable[[Values, RowMask, QueryRows], Values]


def count(node: Call, entity: str, condition: Condition | None) -> Value:
    """How many objects of each frame have an `entity` and meet the condition."""

    def run(rows: QueryRows) -> Column:
        rows = rows.of_frames
        mask = rows.present(entity)
        if condition:
            mask = mask & condition.mask(rows, Scope.OBJECT)
        return numbers(np.bincount(rows.frame[mask], minlength=rows.frames).astype(np.float64))

    return Value(node, FieldType.NUMBER, Scope.FRAME, run)


def reduced(node: Call, value: Value, condition: Condition | None) -> Value:
    """The `max`, `min`, `mean` or `sum` of the values of each frame's objects that are there and meet it."""
    reduction = _REDUCTIONS[node.name.text.lower()]

    def run(rows: QueryRows) -> Column:
        rows = rows.of_frames
        column = value.values(rows, Scope.OBJECT)
        keep = ~column.missing
        if condition:
            keep = keep & condition.mask(rows, Scope.OBJECT)
        return reduction(column, keep, rows)

    return Value(node, FieldType.NUMBER, Scope.FRAME, run)


def _sum(column: Values, keep: RowMask, rows: QueryRows) -> Values:
    return numbers(np.bincount(rows.frame[keep], column.values[keep], minlength=rows.frames))


def _mean(column: Values, keep: RowMask, rows: QueryRows) -> Values:
    counts = np.bincount(rows.frame[keep], minlength=rows.frames)
    sums = _sum(column, keep, rows).values
    return numbers(np.divide(sums, counts, out=np.full(rows.frames, np.nan), where=counts > 0))


def _extreme(operation: np.ufunc) -> Reduction:
    def reduce(column: Values, keep: RowMask, rows: QueryRows) -> Values:
        frame, values = rows.frame[keep], column.values[keep]
        result = np.full(rows.frames, np.nan)
        starts = np.flatnonzero(np.diff(frame, prepend=-1))
        if len(starts):
            result[frame[starts]] = operation.reduceat(values, starts)
        return numbers(result)

    return reduce


_REDUCTIONS: dict[str, Reduction] = {
    "max": _extreme(np.maximum),
    "min": _extreme(np.minimum),
    "mean": _mean,
    "sum": _sum,
}


_FUNCTIONS = frozenset(term.text for term in AGGREGATES)
_COUNTED = (*PARTS, OBJECT.text)
_EXAMPLES = {FieldType.TEXT: '= "…"', FieldType.NUMBER: "> 0.5", FieldType.DATE: '>= "2024-05-31"'}


class Compiler:
    """Compiles the nodes of one query, or of one `where` inside it."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def condition(self, node: Node) -> Condition:
        """A node that holds or not."""
        match node:
            case Both(parts=parts) | Either(parts=parts):
                operation = np.logical_and if isinstance(node, Both) else np.logical_or
                found = joined([self.condition(part) for part in parts], operation)
            case Not(operand=operand):
                found = negation(self.condition(operand))
            case ComparisonNode(left=left, operator=operator, right=right):
                values = self.value(left, self._field(right)), self.value(right, self._field(left))
                found = compared(self.context, values[0], operator, values[1])
            case Membership():
                found = self._membership(node)
            case Search(left=left):
                found = searched(self.context, node, self.value(left))
            case Missing():
                found = self._missing(node)
            case _:
                found = self._truth(self.value(node))
        return found

    def value(self, node: Node, beside: QueryField | None = None) -> Value:
        """A node that has a value; `beside` is the field it is compared with."""
        match node:
            case Number(value=plain):
                found = constant(node, FieldType.NUMBER, plain)
            case String(value=text):
                found = constant(node, FieldType.TEXT, text)
            case Truth(value=holds):
                found = constant(node, FieldType.BOOLEAN, holds)
            case NameNode():
                found = named_value(self.context, node, beside)
            case Call():
                found = self._call(node)
            case Negative(operand=operand):
                found = negative(node, self._number(operand, "-"))
            case Arithmetic():
                found = self._arithmetic(node)
            case _:
                raise self.context.error(node, "expected a value here, not a condition")
        return found

    def key(self, key: OrderKey) -> Value:
        """A key of `order by`."""
        value = self.value(key.value)
        if value.kind == FieldType.NAMES:
            name = self.context.written(key.value)
            raise self.context.error(key, f"{name} can hold several names at once and has no order")
        return value

    def _field(self, node: Node) -> QueryField | None:
        return field_named(self.context, node) if isinstance(node, NameNode) else None

    def _membership(self, node: Membership) -> Condition:
        left = self.value(node.left)
        values = [self.value(each, left.field) for each in node.values]
        for value in values:
            if value.constant is None:
                message = "in takes a list of values, not of fields; join comparisons with or"
                raise self.context.error(value.node, message)
        return one_of(self.context, left, values, node.negated)

    def _missing(self, node: Missing) -> Condition:
        entity = node.left.text.lower() if isinstance(node.left, NameNode) else ""
        if entity in PARTS and entity not in self.context.schema.absent:
            found = Condition(Scope.OBJECT, lambda rows: rows.present(entity))
            return found if node.negated else negation(found)
        found = presence(self.value(node.left))
        return found if node.negated else negation(found)

    def _truth(self, value: Value) -> Condition:
        if value.kind in (FieldType.BOOLEAN, FieldType.NAMES):
            return truth(value)
        name = self.context.written(value.node)
        how = f"compare it, as in {name} {_EXAMPLES[value.kind]}"
        if value.constant is not None:
            how = "repeat the comparison (x = 1 or x = 2), or use in: x in (1, 2)"
        message = f"{name} is {value.kind}, not a condition; {how}"
        raise self.context.error(value.node, message)

    def _number(self, node: Node, operator: str) -> Value:
        value = self.value(node)
        if value.kind != FieldType.NUMBER:
            name = self.context.written(node)
            raise self.context.error(node, f"{name} is {value.kind}; {operator} is for numbers")
        return value

    def _arithmetic(self, node: Arithmetic) -> Value:
        first = self._number(node.first, node.rest[0][0])
        rest = [(operator, self._number(part, operator)) for operator, part in node.rest]
        return arithmetic(node, first, rest)

    def _call(self, node: Call) -> Value:
        function = node.name.text.lower()
        if function not in _FUNCTIONS:
            return method_value(self.context, node)
        inner = Compiler(replace(self.context, entity=entity_of(node.arguments)))
        if function == "count":
            entity = self._counted(node)
            return count(node, entity, inner.condition(node.condition) if node.condition else None)
        value = self._reduced(node)
        return reduced(node, value, inner.condition(node.condition) if node.condition else None)

    def _counted(self, node: Call) -> str:
        match node.arguments:
            case (NameNode(text=text),) if text.lower() in _COUNTED:
                return text.lower()
            case (ComparisonNode() | Membership() | Search() | Both() | Either() | Not(),):
                written = self.context.written(node.arguments[0])
                raise self.context.error(node.arguments[0], f"write count(label where {written})")
        at = node.arguments[0] if node.arguments else node
        raise self.context.error(
            at, f"count takes {listed(_COUNTED)}, as in count(base where confidence > 0.5)"
        )

    def _reduced(self, node: Call) -> Value:
        function = node.name.text
        if len(node.arguments) != 1:
            raise self.context.error(node, f"{function} takes one value, as in {function}(other.confidence)")
        value = self._number(node.arguments[0], function)
        if value.scope != Scope.OBJECT:
            name = self.context.written(value.node)
            message = f"{function} is over a frame's objects, and {name} belongs to the frame; use it alone"
            raise self.context.error(value.node, message)
        return value


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
