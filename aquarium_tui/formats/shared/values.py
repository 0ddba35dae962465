"""Values of any type, as files have them, as typed columns."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.names import clean, visible

_EXACT = 1 << 53
"""The largest integer below which a float64 holds every one; ids above it stay text."""
_TRUE_FALSE = {"true": True, "false": False}
_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*|(?=\.\d))(?:\.\d*)?(?:e[+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def typed_column(values: Sequence[Any]) -> Column | None:
    """The narrowest column that holds `values`: boolean, number, ISO date, else text.

    None is absent. The result is None if there are only absent values, or a list or an object.
    """
    present = [value for value in values if value is not None]
    kinds = set(map(type, present))
    if not kinds or kinds & {list, dict}:
        return None
    if kinds == {bool}:
        return Values("boolean", np.array([value is True for value in values]), _missing(values))
    if kinds <= {int, float}:
        return _numbers(values, present)
    if kinds == {str}:
        return _dates(values) or Text.from_values(_clean(values))
    return Text.from_values(None if value is None else clean(_plain(value)) for value in values)


def parsed(values: Sequence[str | None]) -> list[Any]:
    """The text of a CSV column as numbers or booleans if every value is one; empty text is absent."""
    filled = [value if value and value.strip() else None for value in values]
    present = [value.strip().lower() for value in filled if value is not None]
    if all(value in _TRUE_FALSE for value in present):
        return [None if value is None else _TRUE_FALSE[value.strip().lower()] for value in filled]
    if all(_NUMBER.fullmatch(value) for value in present):
        return [None if value is None else float(value) for value in filled]
    return list(filled)


def number(value: object) -> float | None:
    """`value` as a float if it is a number, or text that reads as one; None for booleans and the rest."""
    if type(value) is float:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def whole(text: str | None) -> int | None:
    """The whole number that `text` writes with ASCII digits; None for one that 64 bits cannot hold."""
    return int(text) if text is not None and _WHOLE.fullmatch(text) else None


def unique_keys(columns: Mapping[str, Column]) -> dict[str, Column]:
    """The columns under names that are printable, not empty, and unique regardless of case."""
    named: dict[str, Column] = {}
    taken: set[str] = set()
    for key, column in columns.items():
        wished = visible(key).strip() or "unnamed"
        name, again = wished, 2
        while name.casefold() in taken:
            name, again = f"{wished}_{again}", again + 1
        taken.add(name.casefold())
        named[name] = column
    return named


def _numbers(values: Sequence[Any], present: Sequence[Any]) -> Column:
    """A column of floats; of text if an integer is too large for a float."""
    if any(type(value) is int and abs(value) > _EXACT for value in present):
        return Text.from_values(None if value is None else _plain(value) for value in values)
    floats = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return Values("number", floats, np.isnan(floats))


def _dates(values: Sequence[str | None]) -> Column | None:
    moments = [None if value is None else _moment(value) for value in values]
    if any(value is not None and moment is None for value, moment in zip(values, moments, strict=True)):
        return None
    stamps = np.array([0 if m is None else _microseconds(m) for m in moments], dtype=np.int64)
    return Values("date", stamps.view("datetime64[us]"), _missing(values))


def _moment(text: str) -> datetime | None:
    """An ISO 8601 date with or without time, in UTC; one without an offset is taken as UTC."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _microseconds(moment: datetime) -> int:
    past = moment - _EPOCH
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


def _missing(values: Sequence[Any]) -> NDArray[np.bool_]:
    return np.array([value is None for value in values], dtype=bool)


def _clean(values: Iterable[str | None]) -> Iterable[str | None]:
    return (None if value is None else clean(value) for value in values)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
