"""Checks on arguments, made at the call that passes them."""

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
        RefusedTypeError: It is not text.
        RefusedValueError: It is empty, or contains anything but ASCII letters, digits and underscores.
    """
    if _NAME.fullmatch(text(value, what)):
        return str(value)
    better = suggest_name(str(value))
    hint = f"Call it {better!r}." if better else ""
    raise RefusedValueError(f"{what} {_shown(value)} may contain only letters, digits and underscores.", hint)


def identity(value: object, what: str) -> str:
    """`value` if it may be the id of a frame or label.

    Raises:
        RefusedTypeError: It is not text.
        RefusedValueError: It contains one of `# [ ] ? * , /`, or a character that is not in Latin-1.
    """
    if bad := _NOT_IN_IDS.search(text(value, what)):
        raise RefusedValueError(f"{what} {_shown(value)} may not contain {_shown(bad[0])}.")
    return str(value)


def number(value: object, what: str) -> float:
    """`value` if it is a finite Python int or float.

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
        RefusedTypeError: It is not a float; the int 1 is refused too.
        RefusedValueError: It is outside that range.
    """
    if not isinstance(value, float):
        raise RefusedTypeError(f"confidence must be a float, not {_shown(value)}.")
    if not 0.0 <= value <= 1.0:
        raise RefusedValueError(f"confidence must be from 0 to 1, not {value}.")
    return value


def metadata(key: str, value: object, kind: str | None) -> str:
    """The type of a metadata value, or of the items of a list: `str`, `int`, `float` or `bool`.

    Args:
        key: Its name, used in messages.
        value: The value; a list or tuple must be of one type.
        kind: The declared type; None infers it.

    Raises:
        RefusedTypeError: The value has none of these types, or not the declared one.
        RefusedValueError: It is NaN or infinite, or it is empty and no type is declared.
    """
    items = list(value) if isinstance(value, list | tuple) else [value]
    kinds = {_kind(item) for item in items if item is not None}
    if not kinds:
        if kind not in _SCALARS:
            raise RefusedValueError(f"Metadata {key!r} is empty: give its val_type, one of {_LISTED}.")
        return kind
    if len(kinds) > 1 or "" in kinds:
        raise RefusedTypeError(f"Metadata {key!r} must have one type, {_LISTED}, not {_shown(value)}.")
    if any(isinstance(item, float) and not math.isfinite(item) for item in items):
        raise RefusedValueError(f"Metadata {key!r} must be finite, not {_shown(value)}.")
    (found,) = kinds
    if kind not in (None, found):
        raise RefusedTypeError(f"Metadata {key!r} is declared as {kind} but is {found}.")
    return found


def _kind(value: object) -> str:
    """The name of the first type that fits a value; empty if none does."""
    return next((name for name, kind in _SCALARS.items() if isinstance(value, kind)), "")


def known_classes(used: Iterable[str], known: Sequence[str]) -> None:
    """Make sure that every class used is in the project's class map; case matters.

    Raises:
        RefusedValueError: A class is missing from it.
    """
    if strange := sorted(set(used) - set(known)):
        raise RefusedValueError(
            f"These classes are not in the project's class map: {_listed(strange)}.",
            f"It has {_listed(known)}.",
        )


def unused(where: str, arguments: Mapping[str, object]) -> None:
    """Log a warning, once per argument, for arguments of the hosted product that mean nothing here."""
    for argument, value in arguments.items():
        if value is not None and (where, argument) not in _told:
            _told.add((where, argument))
            _LOG.warning("%s: the argument %s has no meaning here and is ignored.", where, argument)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(visible(word) for word in words)


def _shown(value: object) -> str:
    return visible(repr(value)[:60])
