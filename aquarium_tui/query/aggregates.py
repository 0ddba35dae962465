"""Values of a frame's objects together: `count(label)`, `max(other.confidence where …)`."""

from collections.abc import Callable

import numpy as np

from aquarium_tui.model.columns import Column, Values
from aquarium_tui.query.fields import Kind, Scope
from aquarium_tui.query.nodes import Call
from aquarium_tui.query.schema import Mask, Rows
from aquarium_tui.query.values import Condition, Value, numbers

Reduction = Callable[[Values, Mask, Rows], Values]


def count(node: Call, entity: str, condition: Condition | None) -> Value:
    """How many objects of each frame have an `entity` and meet the condition."""

    def run(rows: Rows) -> Column:
        mask = rows.present(entity)
        if condition:
            mask = mask & condition.mask(rows, Scope.OBJECT)
        return numbers(np.bincount(rows.frame[mask], minlength=rows.frames).astype(np.float64))

    return Value(node, Kind.NUMBER, Scope.FRAME, run)


def reduced(node: Call, value: Value, condition: Condition | None) -> Value:
    """The `max`, `min`, `mean` or `sum` of the values of each frame's objects that are there and meet it."""
    reduction = _REDUCTIONS[node.name.text.lower()]

    def run(rows: Rows) -> Column:
        column = value.values(rows, Scope.OBJECT)
        keep = ~column.missing
        if condition:
            keep = keep & condition.mask(rows, Scope.OBJECT)
        return reduction(column, keep, rows)

    return Value(node, Kind.NUMBER, Scope.FRAME, run)


def _sum(column: Values, keep: Mask, rows: Rows) -> Values:
    return numbers(np.bincount(rows.frame[keep], column.values[keep], minlength=rows.frames))


def _mean(column: Values, keep: Mask, rows: Rows) -> Values:
    counts = np.bincount(rows.frame[keep], minlength=rows.frames)
    sums = _sum(column, keep, rows).values
    return numbers(np.divide(sums, counts, out=np.full(rows.frames, np.nan), where=counts > 0))


def _extreme(operation: np.ufunc) -> Reduction:
    def reduce(column: Values, keep: Mask, rows: Rows) -> Values:
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
