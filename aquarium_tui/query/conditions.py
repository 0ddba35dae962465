"""Comparisons of typed values: which fit together, and the condition that they make."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from aquarium_tui.errors import QueryError
from aquarium_tui.model.columns import Text
from aquarium_tui.query.fields import FieldType, QueryRows, RowMask, Scope
from aquarium_tui.query.meanings import unknown_choice
from aquarium_tui.query.nodes import Search
from aquarium_tui.query.patterns import SECONDS, Hits, TooSlowError, compiled, search
from aquarium_tui.query.values import (
    COMPARISONS,
    Condition,
    Context,
    Value,
    among,
    constant,
    negation,
    passing,
    ranks,
    rows_with,
    same_as,
)
from aquarium_tui.query.wording import quoted

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"\s*-?[0-9]*\.?[0-9]+\s*")


def fitted(context: Context, left: Value, right: Value) -> Value:
    """`right` as a value of `left`'s type.

    Raises:
        QueryError: It is of another type, or not among the values that `left` takes.
    """
    if left.kind == FieldType.DATE and isinstance(right.constant, str):
        return constant(right.node, FieldType.DATE, _date(context, left, right))
    wanted = FieldType.TEXT if left.kind == FieldType.NAMES else left.kind
    if right.kind != wanted or (left.kind == FieldType.NAMES and right.constant is None):
        raise _mismatch(context, left, right)
    choices = left.field.choices if left.field else None
    if choices and right.constant is not None and choices.position(right.constant) < 0:
        raise unknown_choice(context, right.node, right.constant, choices)
    return right


def _mismatch(context: Context, left: Value, right: Value) -> QueryError:
    names = f"{context.written(left.node)} is {left.kind}, {context.written(right.node)} is {right.kind}"
    suggestion = ""
    if left.kind == FieldType.TEXT and right.kind in (FieldType.NUMBER, FieldType.BOOLEAN):
        suggestion = quoted(context.written(right.node)) if right.constant is not None else ""
    if left.kind in (FieldType.NUMBER, FieldType.BOOLEAN) and isinstance(right.constant, str):
        suggestion = _unquoted(left.kind, right.constant)
    if left.kind == FieldType.DATE and right.kind == FieldType.NUMBER:
        written = context.written(right.node)
        suggestion = quoted(written) if _DAY.fullmatch(written) else '"2024-05-31"'
    hint = f"; write {suggestion}" if suggestion else ""
    return context.error(right.node, names + hint, suggestion)


def _unquoted(kind: FieldType, text: str) -> str:
    if kind == FieldType.BOOLEAN:
        return text.lower() if text.lower() in ("true", "false") else ""
    return text.strip() if _NUMBER.fullmatch(text) else ""


def _date(context: Context, left: Value, right: Value) -> np.datetime64:
    try:
        moment = datetime.fromisoformat(right.constant)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return np.datetime64(aware.astimezone(UTC).replace(tzinfo=None), "us")
    except (ValueError, OverflowError):
        name, found = context.written(left.node), context.written(right.node)
        message = f"{name} is a date, {found} is none; write it as 2024-05-31 or 2024-05-31T14:30"
        raise context.error(right.node, message) from None


_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UFUNCS: dict[str, np.ufunc] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def compared(context: Context, left: Value, operator: str, right: Value) -> Condition:
    """The condition `left operator right`; nowhere true where either is absent.

    Raises:
        QueryError: Their types do not fit together or have no such operator, or a value is not known.
    """
    if left.constant is not None and right.constant is None:
        left, operator, right = right, _FLIPPED.get(operator, operator), left
    if left.kind == FieldType.NAMES and isinstance(right.constant, bool) and operator in ("=", "!="):
        there = presence(left)
        return there if (operator == "=") == right.constant else negation(there)
    right = fitted(context, left, right)
    if left.kind == FieldType.NAMES:
        return _names_compared(context, left, operator, right)
    if operator not in ("=", "!="):
        _check_order(context, left, right)
    if left.kind == FieldType.TEXT:
        return _texts_compared(left, operator, right)
    return _numbers_compared(left, _UFUNCS[operator], right)


def _check_order(context: Context, left: Value, right: Value) -> None:
    for value in (left, right):
        fixed = value.field and value.field.choices
        if fixed or value.kind == FieldType.BOOLEAN:
            name = context.written(value.node)
            raise context.error(value.node, f"{name} has no order; compare it with =, != or in")


def _numbers_compared(left: Value, operation: np.ufunc, right: Value) -> Condition:
    scope = max(left.scope, right.scope)

    def run(rows: QueryRows) -> RowMask:
        a, b = left.values(rows, scope), right.values(rows, scope)
        missing = a.missing if right.constant is not None else a.missing | b.missing
        return np.asarray(operation(a.values, b.values) & ~missing)

    return Condition(scope, run)


def _texts_compared(left: Value, operator: str, right: Value) -> Condition:
    if right.constant is None:
        return _columns_compared(left, operator, right)
    test = COMPARISONS[operator]
    choices = left.field.choices if left.field else None
    if choices:
        code = choices.position(right.constant)
        return tested(left, lambda text: np.asarray(test(np.arange(len(choices.words)), code)))
    if operator in ("=", "!="):
        return tested(left, lambda text: same_as(text, right.constant) == (operator == "="))
    return tested(left, lambda text: passing(text, lambda word: bool(test(word, right.constant))))


def tested(left: Value, hits: Callable[[Text], Hits]) -> Condition:
    """Rows of a text value whose word is among the hits of its dictionary; never those where it is absent."""

    def run(rows: QueryRows) -> RowMask:
        text = left.words(rows, left.scope)
        mask = rows_with(text, hits(text))
        return mask if left.scope else mask[0]

    return Condition(left.scope, run)


def _columns_compared(left: Value, operator: str, right: Value) -> Condition:
    scope = max(left.scope, right.scope)
    choices = [value.field.choices if value.field else None for value in (left, right)]
    folded = any(chosen and chosen.folded for chosen in choices)
    test = COMPARISONS[operator]

    def run(rows: QueryRows) -> RowMask:
        texts = left.words(rows, scope), right.words(rows, scope)
        alike = choices[0] is not None and choices[0] is choices[1]
        a, b = (t.codes for t in texts) if alike else ranks(texts, str.casefold if folded else str)
        return np.asarray(test(a, b) & (a >= 0) & (b >= 0))

    return Condition(scope, run)


def _names_compared(context: Context, left: Value, operator: str, right: Value) -> Condition:
    if operator == "!=" and left.field and left.field.single:
        return negation(_names_compared(context, left, "=", right))
    if operator != "=":
        name, word = context.written(left.node), context.written(right.node)
        message = f"{name} can hold several names at once; write {name} = {word}, or not {name} = {word}"
        raise context.error(left.node, message)
    return members(left, lambda names: np.array([name == right.constant for name in names], bool))


Find = Callable[[Sequence[str]], Hits]
"""Which words pass a test."""


def members(left: Value, find: Find) -> Condition:
    """Rows that are under at least one name of a field of kind NAMES that passes the test."""
    name = left.field.name if left.field else ""

    def run(rows: QueryRows) -> RowMask:
        found = rows.members(name)
        mask = np.zeros(len(rows.frame) if left.scope == Scope.OBJECT else rows.frames, bool)
        names = list(found)
        for each in np.flatnonzero(find(names)):
            mask[np.asarray(found[names[each]], np.int64)] = True
        return mask

    return Condition(left.scope, run)


def one_of(context: Context, left: Value, values: Sequence[Value], negated: bool) -> Condition:
    """The condition `left [not] in (values)`; nowhere true where `left` is absent."""
    wanted = [fitted(context, left, value).constant for value in values]
    if left.kind == FieldType.NAMES:
        if negated and left.field and left.field.single:
            return negation(one_of(context, left, values, False))
        if negated:
            name = context.written(left.node)
            raise context.error(left.node, f"{name} can hold several names at once; write not {name} in (…)")
        listed_names = set(wanted)
        return members(left, lambda names: np.array([name in listed_names for name in names], bool))
    if left.kind == FieldType.TEXT:
        return tested(left, lambda text: _hits(left, text, wanted) != negated)
    listed = np.array(wanted)

    def run(rows: QueryRows) -> RowMask:
        column = left.values(rows, left.scope)
        return np.asarray((np.isin(column.values, listed) != negated) & ~column.missing)

    return Condition(left.scope, run)


def _hits(left: Value, text: Text, wanted: list[Any]) -> Hits:
    choices = left.field.choices if left.field else None
    if choices is None:
        return among(text, wanted)
    return np.isin(np.arange(len(choices.words)), [choices.position(word) for word in wanted])


def presence(value: Value) -> Condition:
    """Where a value is there."""
    if value.kind == FieldType.NAMES:
        return members(value, lambda names: np.ones(len(names), bool))
    if value.kind == FieldType.TEXT:
        return tested(value, lambda text: np.ones(len(text.offsets) - 1, bool))
    return Condition(value.scope, lambda rows: np.logical_not(value.values(rows, value.scope).missing))


def truth(value: Value) -> Condition:
    """Where a true-or-false value is true, or a set of names holds any."""
    if value.kind == FieldType.NAMES:
        return presence(value)

    def run(rows: QueryRows) -> RowMask:
        column = value.values(rows, value.scope)
        return np.asarray(column.values & ~column.missing)

    return Condition(value.scope, run)


def searched(context: Context, node: Search, left: Value) -> Condition:
    """The condition `left [not] contains "…"` or `left [not] matches "…"`.

    Raises:
        QueryError: `left` is not text, or the pattern is not a regular expression; when run, the patterns
            of the query take too long.
    """
    if left.kind not in (FieldType.TEXT, FieldType.NAMES):
        name = context.written(left.node)
        raise context.error(node.left, f"{name} is {left.kind}; {node.operator} is for text")
    folds = bool(left.field and left.field.choices and left.field.choices.folded)
    find = _containing(node.wanted.value, folds) if node.operator == "contains" else _matching(context, node)
    if left.kind == FieldType.NAMES:
        found = members(left, find)
        return negation(found) if node.negated else found
    return tested(left, lambda text: find(text.words) != node.negated)


def _containing(part: str, folds: bool) -> Find:
    def find(words: Sequence[str]) -> Hits:
        if folds:
            return np.array([part.casefold() in word.casefold() for word in words], bool)
        return np.array([part in word for word in words], bool)

    return find


def _matching(context: Context, node: Search) -> Find:
    place = node.wanted
    slow = context.error(
        place, f"the expressions were stopped after {SECONDS:g} s; repeat less in them (*, +, {{…}}, |)"
    )
    try:
        pattern = compiled(place.value)
    except TooSlowError:
        raise slow from None
    except re.error as error:
        at = min(place.start + 1 + (error.pos or 0), place.end - 1)
        message = f"this is not a regular expression: {error.msg}"
        raise QueryError(message, context.text, at) from None

    def find(words: Sequence[str]) -> Hits:
        try:
            return search(pattern, words)
        except TooSlowError:
            raise slow from None

    return find
