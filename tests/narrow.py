"""Values of a known type for the type checker; a value of another type fails the test."""

from typing import TypeVar

T = TypeVar("T")


def of_type(type_: type[T], value: object) -> T:
    assert isinstance(value, type_), value
    return value


def present(value: T | None) -> T:
    assert value is not None
    return value
