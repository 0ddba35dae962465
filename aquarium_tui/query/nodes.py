"""The nodes of a parsed query; `start` and `end` are places in its text, the end exclusive."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from aquarium_tui.errors import QueryError
from aquarium_tui.query.wording import shown

TokenKind = Literal["name", "text", "number", "symbol", "end"]

MAX_LENGTH = 100_000
"""The longest query, in characters."""

_QUOTED_NAME = r"`(?:[^`]|``)+`"
_PATTERNS: dict[TokenKind, str] = {
    "name": rf"(?:[^\W\d]\w*|{_QUOTED_NAME})(?:\.(?:\w+|{_QUOTED_NAME}))*\.?",
    "text": r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'",
    "number": r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
    "symbol": r"===|=>|=<|==|!=|<>|<=|>=|&&|\|\||[=<>!+\-*/(),]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[\w.]+")
_PART = re.compile(rf"{_QUOTED_NAME}|\w+")
_SAME = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
_HINTS = {
    "“": 'quote text with the plain ", not with “ ”',
    "‘": "quote text with the plain ', not with ‘ ’",
    "[": "lists stand in ( ), patterns in quotes",
    "{": "lists stand in ( ), patterns in quotes",
    ";": "a query is one condition; join two with and",
    "#": "a query holds no comments",
    "~": "use matches",
    "&": "write and",
    "|": "write or",
    "=>": "write >=",
    "=<": "write <=",
    "===": "write =",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    "%": "write a share as a number: 0.5, not 50 %",
}


@dataclass(frozen=True)
class Token:
    """One word of a query.

    Attributes:
        kind: What it is.
        value: What it means: a symbol or word of the language in its first spelling, text without its quotes.
        start: Where it begins in the query.
        end: Where it ends, exclusive.
        parts: Of a name, what stands between its dots, without back-ticks; empty after a last dot.
    """

    kind: TokenKind
    value: str
    start: int
    end: int
    parts: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The word or symbol of the language that it may be; empty for text and numbers."""
        return self.value.lower() if self.kind in ("name", "symbol") else ""


def scan(text: str) -> Iterator[Token]:
    """The tokens of `text`, an `end` last.

    Raises:
        QueryError: It is too long, or holds something that begins no token.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"a query has at most {MAX_LENGTH:,} characters, not {len(text):,}", text, MAX_LENGTH
        )
    at = _skip_space(text, 0)
    while at < len(text):
        token = _token(text, at)
        yield token
        at = _skip_space(text, token.end)
    yield Token("end", "", len(text), len(text))


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _token(text: str, at: int) -> Token:
    found = _TOKEN.match(text, at)
    if not found:
        raise _stray(text, at, text[at])
    written, end = found.group(), found.end()
    match found.lastgroup:
        case "name":
            return _name(text, at, end)
        case "text":
            return Token("text", written[1:-1].replace(written[0] * 2, written[0]), at, end)
        case "number":
            return _number(text, at, end)
        case _ if written in _HINTS:
            raise _stray(text, at, written)
        case _:
            return Token("symbol", _SAME.get(written, written), at, end)


def _name(text: str, at: int, end: int) -> Token:
    written = text[at:end]
    found = _PART.findall(written)
    parts = tuple(part[1:-1].replace("``", "`") if part[0] == "`" else part for part in found)
    return Token("name", written, at, end, (*parts, "") if written.endswith(".") else parts)


def _number(text: str, at: int, end: int) -> Token:
    whole = _WORD.match(text, at)
    if whole and whole.end() > end:
        raise QueryError(f"{shown(whole.group())} is neither a number nor a name", text, at)
    return Token("number", text[at:end], at, end)


def _stray(text: str, at: int, found: str) -> QueryError:
    if found in "\"'":
        return QueryError(f"text that begins here is not closed; close it with {found}", text, at)
    if found == "`":
        return QueryError("a name begins here and does not end; close it with `", text, at)
    hint = _HINTS.get(found, "")
    return QueryError(f"{shown(found)} has no meaning here{'; ' if hint else ''}{hint}", text, at)


@dataclass(frozen=True)
class Node:
    """Any part of a query."""

    start: int
    end: int


@dataclass(frozen=True)
class Number(Node):
    """`0.5`."""

    value: float


@dataclass(frozen=True)
class String(Node):
    """`"cyclist"`, without its quotes."""

    value: str


@dataclass(frozen=True)
class Truth(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True)
class NameNode(Node):
    """A field such as `label.class`, an entity such as `base`, or a bare word such as `fixed`."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name without back-ticks."""
        return ".".join(self.parts)


@dataclass(frozen=True)
class Call(Node):
    """`name(arguments where condition)`."""

    name: NameNode
    arguments: tuple[Node, ...]
    condition: Node | None


@dataclass(frozen=True)
class Negative(Node):
    """`-operand`."""

    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """`first + a - b`, or `first * a / b`, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class ComparisonNode(Node):
    """`left operator right`, the operator one of `= != < <= > >=`."""

    left: Node
    operator: str
    right: Node


@dataclass(frozen=True)
class Membership(Node):
    """`left [not] in (values)`."""

    left: Node
    values: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True)
class Search(Node):
    """`left [not] contains "…"` or `left [not] matches "…"`."""

    left: Node
    operator: str
    wanted: String
    negated: bool


@dataclass(frozen=True)
class Missing(Node):
    """`left is [not] missing`."""

    left: Node
    negated: bool


@dataclass(frozen=True)
class Not(Node):
    """`not operand`."""

    operand: Node


@dataclass(frozen=True)
class Both(Node):
    """`parts[0] and parts[1] …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either(Node):
    """`parts[0] or parts[1] …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class OrderKey(Node):
    """One key of `order by`."""

    value: Node
    descending: bool


@dataclass(frozen=True)
class Parsed:
    """A whole query.

    Attributes:
        text: As it was written.
        condition: What must hold; None where everything is asked for.
        keys: Of `order by`, the first weighs most.
        limit: At most so many.
    """

    text: str
    condition: Node | None
    keys: tuple[OrderKey, ...]
    limit: int | None


def names(part: object) -> Iterator[NameNode]:
    """Every name in a node or in a tuple of nodes."""
    if isinstance(part, NameNode):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from names(inner)
    elif isinstance(part, Node):
        yield from names(tuple(vars(part).values()))


def entity_of(arguments: Iterable[Node]) -> str:
    """The one entity that all names in `arguments` begin with; empty where they differ."""
    entities = {name.parts[0].lower() for name in names(tuple(arguments))}
    return entities.pop() if len(entities) == 1 else ""
