"""Whether two values can be compared: their types, and the values that a field takes."""

import re
from datetime import UTC, datetime

import numpy as np

from aquarium_tui.errors import QueryError
from aquarium_tui.query.fields import Kind
from aquarium_tui.query.unknown import unknown_choice
from aquarium_tui.query.values import Context, Value, constant
from aquarium_tui.query.wording import quoted

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"\s*-?[0-9]*\.?[0-9]+\s*")


def fitted(context: Context, left: Value, right: Value) -> Value:
    """`right` as a value of `left`'s type.

    Raises:
        QueryError: It is of another type, or not among the values that `left` takes.
    """
    if left.kind == Kind.DATE and isinstance(right.constant, str):
        return constant(right.node, Kind.DATE, _date(context, left, right))
    wanted = Kind.TEXT if left.kind == Kind.NAMES else left.kind
    if right.kind != wanted or (left.kind == Kind.NAMES and right.constant is None):
        raise _mismatch(context, left, right)
    choices = left.field.choices if left.field else None
    if choices and right.constant is not None and choices.position(right.constant) < 0:
        raise unknown_choice(context, right.node, right.constant, choices)
    return right


def _mismatch(context: Context, left: Value, right: Value) -> QueryError:
    names = f"{context.written(left.node)} is {left.kind}, {context.written(right.node)} is {right.kind}"
    suggestion = ""
    if left.kind == Kind.TEXT and right.kind in (Kind.NUMBER, Kind.BOOLEAN):
        suggestion = quoted(context.written(right.node)) if right.constant is not None else ""
    if left.kind in (Kind.NUMBER, Kind.BOOLEAN) and isinstance(right.constant, str):
        suggestion = _unquoted(left.kind, right.constant)
    if left.kind == Kind.DATE and right.kind == Kind.NUMBER:
        written = context.written(right.node)
        suggestion = quoted(written) if _DAY.fullmatch(written) else '"2024-05-31"'
    hint = f"; write {suggestion}" if suggestion else ""
    return context.error(right.node, names + hint, suggestion)


def _unquoted(kind: Kind, text: str) -> str:
    if kind == Kind.BOOLEAN:
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
