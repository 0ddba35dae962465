"""Typed values, texts and conditions over rows: what the compiler makes of nodes."""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import QueryError
from aquarium_tui.model.columns import Column, Text, Values, ValueType
from aquarium_tui.query.fields import FieldType, QueryField, QueryRows, RowMask, Schema, Scope
from aquarium_tui.query.nodes import Node
from aquarium_tui.query.patterns import Hits, go_on
from aquarium_tui.query.wording import shown

PlainValue = float | str | bool | np.datetime64
"""A value written out."""

COLUMN_KINDS: dict[FieldType, ValueType] = {
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
}


@dataclass(frozen=True)
class Context:
    """What is being compiled.

    Attributes:
        text: The query.
        schema: What it may name.
        entity: Whose fields may be named without it, inside a function's `where`.
    """

    text: str
    schema: Schema
    entity: str = ""

    def written(self, node: Node) -> str:
        """The node as the query has it."""
        return shown(self.text[node.start : node.end])

    def error(self, node: Node, message: str, suggestion: str = "") -> QueryError:
        """An error that points at a node."""
        return QueryError(message, self.text, node.start, suggestion)


@dataclass(frozen=True)
class Value:
    """A typed value.

    Attributes:
        node: Where it stands.
        kind: Its type.
        scope: What it belongs to.
        run: Its column: as long as the frames or the objects, of no dimension if constant.
        constant: A value written out, if it is one.
        field: The field, if it is nothing but one.
    """

    node: Node
    kind: FieldType
    scope: Scope
    run: Callable[[QueryRows], Column]
    constant: Any = None
    field: QueryField | None = None

    def values(self, rows: QueryRows, scope: Scope) -> Values:
        """Its numbers, booleans or dates for a scope at least as narrow as its own."""
        found = self.run(rows)
        assert isinstance(found, Values)
        return found.take(rows.frame) if self.scope == Scope.FRAME < scope else found

    def words(self, rows: QueryRows, scope: Scope) -> Text:
        """Its text, in the same way."""
        found = self.run(rows)
        assert isinstance(found, Text)
        return found.take(rows.frame) if self.scope == Scope.FRAME < scope else found


@dataclass(frozen=True)
class Condition:
    """What holds or does not, of each frame or object; of no dimension if constant."""

    scope: Scope
    run: Callable[[QueryRows], RowMask]

    def mask(self, rows: QueryRows, scope: Scope) -> RowMask:
        """`(frames,)` or `(objects,)` as `scope` says, at least as narrow as its own."""
        found = self.run(rows)
        if self.scope == Scope.CONSTANT:
            return np.full(rows.frames if scope == Scope.FRAME else len(rows.frame), found)
        return _spread(found, self.scope, scope, rows)


def _spread(mask: RowMask, scope: Scope, wanted: Scope, rows: QueryRows) -> RowMask:
    return mask[rows.frame] if scope == Scope.FRAME < wanted else mask


def constant(node: Node, kind: FieldType, value: PlainValue) -> Value:
    """A value written out."""
    return Value(node, kind, Scope.CONSTANT, partial(_constant_column, kind, value), value)


def _constant_column(kind: FieldType, value: PlainValue, _: QueryRows) -> Column:
    if kind == FieldType.TEXT:
        return Text.from_words([str(value)])
    return Values(COLUMN_KINDS[kind], np.asarray(value), np.asarray(False))


def joined(parts: Sequence[Condition], operation: np.ufunc) -> Condition:
    """All parts under `logical_and` or `logical_or`; what belongs to frames is joined before it is spread."""
    ordered = sorted(parts, key=lambda part: part.scope)

    def run(rows: QueryRows) -> RowMask:
        scope, mask = ordered[0].scope, ordered[0].run(rows)
        for part in ordered[1:]:
            go_on()
            mask = operation(_spread(mask, scope, part.scope, rows), part.run(rows))
            scope = part.scope
        return mask

    return Condition(ordered[-1].scope, run)


def negation(part: Condition) -> Condition:
    """Where `part` does not hold."""
    return Condition(part.scope, lambda rows: np.logical_not(part.run(rows)))


def negative(node: Node, value: Value) -> Value:
    """A number with its sign turned."""
    if value.constant is not None:
        return constant(node, FieldType.NUMBER, -value.constant)

    def run(rows: QueryRows) -> Column:
        column = value.values(rows, value.scope)
        return Values("number", -column.values, column.missing)

    return Value(node, FieldType.NUMBER, value.scope, run)


def arithmetic(node: Node, first: Value, rest: Sequence[tuple[str, Value]]) -> Value:
    """Numbers joined by `+ -` or `* /` from left to right; absent where an operand is, or a divisor is 0."""
    scope = max(first.scope, *(value.scope for _, value in rest))

    def run(rows: QueryRows) -> Column:
        so_far = first.values(rows, scope)
        for sign, value in rest:
            so_far = _calculated(so_far, sign, value.values(rows, scope))
        return so_far

    return Value(node, FieldType.NUMBER, scope, run)


_OPERATIONS: dict[str, np.ufunc] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


def _calculated(left: Values, sign: str, right: Values) -> Values:
    with np.errstate(all="ignore"):
        values = _OPERATIONS[sign](left.values, right.values)
    missing = left.missing | right.missing | np.isnan(values)
    if sign == "/":
        missing = missing | (right.values == 0)
    return Values("number", values, missing)


def numbers(values: NDArray[Any]) -> Values:
    """A column of numbers, absent where they are NaN."""
    return Values("number", values, np.isnan(values))


COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def rows_with(text: Text, hits: Hits) -> RowMask:
    """`(n,)`: the rows whose word is among the hits; never an absent one."""
    found = np.flatnonzero(hits)
    if len(found) == 1:
        return np.asarray(text.codes == found[0])
    if len(found) == 0:
        return np.zeros(len(text), bool)
    if len(found) == len(hits):
        return np.asarray(text.codes >= 0)
    return np.asarray(np.append(hits, False)[text.codes])


def same_as(text: Text, word: str) -> Hits:
    """The words that are `word`: compared as bytes, without decoding the dictionary."""
    wanted = np.frombuffer(word.encode("utf-8", "surrogatepass"), np.uint8)
    hits = np.diff(text.offsets) == len(wanted)
    alike = np.flatnonzero(hits)
    letters = text.blob[text.offsets[alike, np.newaxis] + np.arange(len(wanted))]
    hits[alike] = (letters == wanted).all(axis=1)
    return np.asarray(hits)


def among(text: Text, words: Iterable[str]) -> Hits:
    """The words that are one of `words`."""
    wanted = set(words)
    return passing(text, wanted.__contains__)


def passing(text: Text, test: Callable[[str], bool]) -> Hits:
    """The words that pass a test."""
    return np.fromiter(map(test, text.words), bool, len(text.words))


def ranks(texts: Iterable[Text], key: Callable[[str], Any]) -> list[NDArray[np.int64]]:
    """Of each column `(n,)` int64 the rank of its word among all words of all columns, -1 where absent."""
    columns = list(texts)
    order = {word: i for i, word in enumerate(sorted({key(word) for text in columns for word in text.words}))}
    return [
        np.append(np.array([order[key(word)] for word in text.words], np.int64), -1)[text.codes]
        for text in columns
    ]
