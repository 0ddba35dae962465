"""Columns of text, aligned."""

import unicodedata
from collections.abc import Callable, Sequence

Write = Callable[[float], str]


def width(text: str) -> int:
    """How many cells of a terminal a printable text takes."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def left(title: str, texts: Sequence[str]) -> list[str]:
    """A column of text below its title, padded to one width."""
    size = max(map(width, [title, *texts]))
    return [text + " " * (size - width(text)) for text in (title, *texts)]


def right(title: str, texts: Sequence[str]) -> list[str]:
    """A column of numbers below its title, padded to one width."""
    size = max(map(width, [title, *texts]))
    return [" " * (size - width(text)) + text for text in (title, *texts)]


def change(
    title: str, base: Sequence[float], other: Sequence[float] | None, write: Write, write_delta: Write
) -> list[str]:
    """A column of `base → other  delta`, or of base alone, each number aligned."""
    before = right("", [write(value) for value in base])[1:]
    if other is None:
        return right(title, before)
    after = right("", [write(value) for value in other])[1:]
    deltas = right("", [write_delta(b - a) for a, b in zip(base, other, strict=True)])[1:]
    return left(title, [f"{a} → {b}  {d}" for a, b, d in zip(before, after, deltas, strict=True)])


def lines(columns: Sequence[Sequence[str]], gap: str = "   ") -> list[str]:
    """The columns side by side."""
    return [gap.join(row).rstrip() for row in zip(*columns, strict=True)]
