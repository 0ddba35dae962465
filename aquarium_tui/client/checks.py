"""What the classic interface refuses, at the call that brings it."""

import logging
import math
import re
from collections.abc import Iterable, Mapping, Sequence

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import suggest_name, visible

_LOG = logging.getLogger("aquarium_tui.client")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_NOT_IN_IDS = re.compile(r"[#\[\]?*,/\x7f-\x84\x86-\x9f\u0100-\U0010ffff]")
_SCALARS = {"str": str, "bool": bool, "int": int, "float": float}
_LISTED = "str, int, float or bool"
_told: set[tuple[str, str]] = set()


class RefusedValueError(UsageError, ValueError):
    """An argument of the right type that cannot be used."""


class RefusedTypeError(UsageError, TypeError):
    """An argument of the wrong type."""


def text(value: object, what: str) -> str:
    """`value` if it is text.

    Raises:
        RefusedTypeError: It is not.
    """
    if not isinstance(value, str):
        raise RefusedTypeError(f"{what} must be a string, not {_shown(value)}.")
    return value


def name(value: object, what: str) -> str:
    """`value` if it may name a project, dataset, inference set or kind of metadata.

    Raises:
        RefusedTypeError: It is no text.
        RefusedValueError: It holds anything but ASCII letters, digits and underscores, or nothing.
    """
    if _NAME.fullmatch(text(value, what)):
        return str(value)
    better = suggest_name(str(value))
    hint = f"Call it {better!r}." if better else ""
    raise RefusedValueError(f"{what} {_shown(value)} may hold only letters, digits and underscores.", hint)


def identity(value: object, what: str) -> str:
    """`value` if it may be the id of a frame or label.

    Raises:
        RefusedTypeError: It is no text.
        RefusedValueError: It holds one of `# [ ] ? * , /`, or a character that is neither ASCII nor Latin-1.
    """
    if bad := _NOT_IN_IDS.search(text(value, what)):
        raise RefusedValueError(f"{what} {_shown(value)} may not hold {_shown(bad[0])}.")
    return str(value)


def number(value: object, what: str) -> float:
    """`value` if it is a finite int or float of Python's own.

    Raises:
        RefusedTypeError: It is something else, such as a NumPy float32.
        RefusedValueError: It is NaN or infinite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        hint = "Convert it with float(…)." if hasattr(value, "dtype") else ""
        raise RefusedTypeError(f"{what} must be an int or float, not {_shown(value)}.", hint)
    if not math.isfinite(value):
        raise RefusedValueError(f"{what} must be finite, not {value}.")
    return value


def pixels(value: object, what: str) -> int | None:
    """`value` if it is None or a whole number.

    Raises:
        RefusedTypeError: It is something else.
    """
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise RefusedTypeError(f"{what} must be an int, not {_shown(value)}.")


def confidence(value: object) -> float:
    """`value` if it is a float from 0 to 1.

    Raises:
        RefusedTypeError: It is no float; the int 1 is none.
        RefusedValueError: It is outside.
    """
    if not isinstance(value, float):
        raise RefusedTypeError(f"confidence must be a float, not {_shown(value)}.")
    if not 0.0 <= value <= 1.0:
        raise RefusedValueError(f"confidence must be from 0 to 1, not {value}.")
    return value


def metadata(key: str, value: object, kind: str | None) -> str:
    """The type of a value of metadata: `str`, `int`, `float` or `bool`, for a list that of its items.

    Args:
        key: What it is called, for messages.
        value: The value; a list or tuple must be of one type.
        kind: The type that was declared; None where it is to be inferred.

    Raises:
        RefusedTypeError: The value is of no such type, or of another than was declared.
        RefusedValueError: It is NaN or infinite, or tells no type and none is declared.
    """
    items = list(value) if isinstance(value, list | tuple) else [value]
    kinds = {_kind(item) for item in items if item is not None}
    if not kinds:
        if kind not in _SCALARS:
            raise RefusedValueError(f"metadata {key!r} is empty: say its val_type, {_LISTED}.")
        return kind
    if len(kinds) > 1 or "" in kinds:
        raise RefusedTypeError(f"metadata {key!r} must be of one type, {_LISTED}: {_shown(value)}.")
    if any(isinstance(item, float) and not math.isfinite(item) for item in items):
        raise RefusedValueError(f"metadata {key!r} must be finite: {_shown(value)}.")
    (found,) = kinds
    if kind not in (None, found):
        raise RefusedTypeError(f"metadata {key!r} is declared as {kind} and is {found}.")
    return found


def _kind(value: object) -> str:
    """The name of the first type that a value is of; empty where it is of none."""
    return next((name for name, kind in _SCALARS.items() if isinstance(value, kind)), "")


def known_classes(used: Iterable[str], known: Sequence[str]) -> None:
    """Make sure that every class used is in the project's class map, case included.

    Raises:
        RefusedValueError: One is not.
    """
    if strange := sorted(set(used) - set(known)):
        raise RefusedValueError(
            f"Classes that the project's class map does not have: {_listed(strange)}.",
            f"It has {_listed(known)}.",
        )


def unused(where: str, arguments: Mapping[str, object]) -> None:
    """Say once, in the log, which arguments of the hosted product mean nothing here."""
    for argument, value in arguments.items():
        if value is not None and (where, argument) not in _told:
            _told.add((where, argument))
            _LOG.warning("%s: the argument %s has no meaning here and is ignored.", where, argument)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(visible(word) for word in words)


def _shown(value: object) -> str:
    return visible(repr(value)[:60])
