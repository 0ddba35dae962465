"""Nodes to a typed predicate: types and names are checked here, columns are read when it runs.

Absence: a comparison with something absent is false, whatever its operator; `not` is plain negation of that.
A condition belongs to the narrowest thing that it names: to objects if it names a field of an object outside
an aggregate, to frames otherwise.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

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
)
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
)
from aquarium_tui.query.wording import listed

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
