"""A place among the tokens of a query, and what could have stood where the query ends."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from aquarium_tui.errors import QueryError
from aquarium_tui.query.fields import KEYWORDS, OPERATORS
from aquarium_tui.query.nodes import (
    Both,
    ComparisonNode,
    Either,
    Membership,
    Missing,
    NameNode,
    Node,
    Not,
    Search,
)
from aquarium_tui.query.scanner import Token, scan
from aquarium_tui.query.wording import HABITS, shown


class Level(IntEnum):
    """How tightly an operator binds."""

    NONE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    FACTOR = 7


COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
LEVELS = {
    "or": Level.OR,
    "and": Level.AND,
    **dict.fromkeys((*COMPARISONS, "not", "in", "contains", "matches", "is"), Level.COMPARISON),
    **dict.fromkeys(("+", "-"), Level.SUM),
    **dict.fromkeys(("*", "/"), Level.PRODUCT),
}
CONDITIONS = (ComparisonNode, Membership, Search, Missing, Not, Both, Either)
"""Nodes that hold or not; any other has a value."""


RESERVED = frozenset(word for term in (*KEYWORDS, *OPERATORS) for word in term.text.split() if word.isalpha())
"""Words that are no names, unless back-ticks or a dot say so."""


@dataclass(frozen=True)
class TokenPlace:
    """Where in a query something is wanted.

    Attributes:
        beside: What a value there is compared with.
        call: The function that it is an argument of, or a condition of.
        entity: What a name without entity belongs to, inside a function's `where`.
    """

    beside: Node | None = None
    call: NameNode | None = None
    entity: str = ""


@dataclass(frozen=True)
class Words:
    """One of these words or symbols could follow."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Operand:
    """A value could follow, of one of these forms: any, or only one written out, or only text in quotes."""

    place: TokenPlace
    form: Literal["condition", "value", "plain", "text"]


@dataclass(frozen=True)
class Operator:
    """An operator of at least level `least` could follow the operand `left`."""

    left: Node
    least: int
    place: TokenPlace


Wanted = Words | Operand | Operator


class Cursor:
    """Goes through the tokens of a query.

    Attributes:
        text: The query.
        wanted: What was looked for at its end.
        place: Where the current token stands.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.wanted: list[Wanted] = []
        self.place = TokenPlace()
        self._tokens = list(scan(text))
        self._at = 0

    @property
    def current(self) -> Token:
        """The token that is next."""
        return self._tokens[self._at]

    @property
    def end(self) -> int:
        """Where the last token taken ends."""
        return self._tokens[self._at - 1].end

    def take(self) -> Token:
        """The current token, and on to the next."""
        token = self.current
        self._at += 1
        return token

    def sees(self, *words: str) -> bool:
        """Whether the current token is one of these words or symbols."""
        self.want(Words(words))
        return self.current.word in words

    def accepts(self, *words: str) -> bool:
        """Whether it is; then on to the next."""
        found = self.sees(*words)
        self._at += found
        return found

    def want(self, wanted: Wanted) -> None:
        """Notes what is looked for, if the query ends here."""
        if self.current.kind == "end":
            self.wanted.append(wanted)

    def expect(self, word: str, why: str = "") -> None:
        """Takes the token `word`.

        Raises:
            QueryError: Something else is there.
        """
        if not self.accepts(word):
            raise self.error(f"expected {word}{' ' if why else ''}{why}")

    def error(self, expected: str) -> QueryError:
        """What was expected, and what is there instead."""
        token = self.current
        if token.kind == "end":
            return QueryError(f"{expected}, but the query ends here", self.text, token.start)
        found = self.text[token.start : token.end]
        there = shown(found) if token.kind == "text" else f'"{shown(found)}"'
        hint = HABITS.get(token.word, "")
        return QueryError(f"{expected}, not {there}{'; ' if hint else ''}{hint}", self.text, token.start)
