"""Tokens to nodes, by `QUERY_GRAMMAR`.

What may stand in parentheses, a condition or a value, is for the compiler to say: it knows the types.
"""

import math
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from aquarium_tui.errors import QueryError
from aquarium_tui.query.fields import AGGREGATES, KEYWORDS, OPERATORS
from aquarium_tui.query.nodes import (
    Arithmetic,
    Both,
    Call,
    ComparisonNode,
    Either,
    Membership,
    Missing,
    NameNode,
    Negative,
    Node,
    Not,
    Number,
    OrderKey,
    Parsed,
    Search,
    String,
    Token,
    Truth,
    entity_of,
    names,
    scan,
)
from aquarium_tui.query.wording import HABITS, shown

QUERY_GRAMMAR = """\
query      := [either] ["order" "by" key ("," key)*] ["limit" INTEGER]        key := sum ["asc" | "desc"]
either     := both ("or" both)*
both       := not ("and" not)*
not        := "not" not | comparison
comparison := sum [("=" | "!=" | "<" | "<=" | ">" | ">=") sum
                  | ["not"] "in" "(" value ("," value)* ")"
                  | ["not"] ("contains" | "matches") (TEXT | WORD)
                  | "is" ["not"] "missing"]
sum        := product (("+" | "-") product)*
product    := factor (("*" | "/") factor)*
factor     := NUMBER | TEXT | "true" | "false" | NAME | call | "-" factor | "(" either ")"
call       := NAME "(" [either ("," either)*] ["where" either] ")"
value      := ["-"] NUMBER | TEXT | "true" | "false" | NAME
"""
"""How queries are written. Keywords are the same in capitals; text stands in quotes."""


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
"""Words that are not names, unless back-ticks or a dot say so."""


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


MAX_DEPTH = 150
"""How deep expressions may stand in one another."""


class Expressions:
    """The rules from `either` down, each taking what it describes from the tokens of `cursor`."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._depth = 0
        self._open = 0

    def parse(self, least: Level) -> Node:
        """An operand, and every operator of at least level `least` that follows."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError("the query is nested too deep here", self.cursor.text, self.cursor.current.start)
        left = self._operand(least)
        while (level := self._level(left, least)) >= least:
            left = self._compared(left) if level == Level.COMPARISON else self._chain(left, level)
        self._depth -= 1
        return left

    def _level(self, left: Node, least: Level) -> Level:
        self.cursor.want(Operator(left, least, self.cursor.place))
        return LEVELS.get(self.cursor.current.word, Level.NONE)

    def _chain(self, first: Node, level: Level) -> Node:
        """`first` and what operators of one level join to it."""
        rest: list[tuple[str, Node]] = []
        while LEVELS.get(self.cursor.current.word) == level:
            operator = self.cursor.take().word
            rest.append((operator, self.parse(Level(level + 1))))
        start, end = first.start, rest[-1][1].end
        parts = (first, *(node for _, node in rest))
        match level:
            case Level.OR:
                return Either(start, end, parts)
            case Level.AND:
                return Both(start, end, parts)
            case _:
                return Arithmetic(start, end, first, tuple(rest))

    def _compared(self, left: Node) -> Node:
        cursor = self.cursor
        if isinstance(left, CONDITIONS):
            message = "comparisons do not chain; join two with and, as in 0.2 < x and x < 0.8"
            message += "; or is a ) missing before this?" if self._open else ""
            raise QueryError(message, cursor.text, cursor.current.start)
        outside, cursor.place = cursor.place, replace(cursor.place, beside=left)
        negated = cursor.accepts("not")
        operator = cursor.current.word
        if operator in COMPARISONS and not negated:
            cursor.take()
            right = self.parse(Level.SUM)
            node: Node = ComparisonNode(left.start, right.end, left, operator, right)
        else:
            node = self._tested(left, operator, negated)
        cursor.place = outside
        return node

    def _tested(self, left: Node, operator: str, negated: bool) -> Node:
        cursor = self.cursor
        if cursor.accepts("in"):
            values = self._values()
            return Membership(left.start, cursor.end, left, values, negated)
        if cursor.accepts("contains", "matches"):
            wanted = self._text(operator)
            return Search(left.start, wanted.end, left, operator, wanted, negated)
        if not negated and cursor.accepts("is"):
            negated = cursor.accepts("not")
            cursor.expect("missing", "after is (compare with =)")
            return Missing(left.start, cursor.end, left, negated)
        raise cursor.error("expected in, contains or matches after not")

    def _values(self) -> tuple[Node, ...]:
        self.cursor.expect("(", "after in")
        values = [self._value()]
        while self.cursor.accepts(","):
            values.append(self._value())
        self.cursor.expect(")", "or a comma")
        return tuple(values)

    def _value(self) -> Node:
        cursor = self.cursor
        cursor.want(Operand(cursor.place, "plain"))
        start = cursor.current.start
        if cursor.current.word == "-":
            cursor.take()
            if cursor.current.kind == "number":
                number = self._atom()
                return Negative(start, number.end, number)
        if cursor.current.kind in ("number", "text", "name"):
            return self._atom()
        raise cursor.error("expected a value")

    def _text(self, operator: str) -> String:
        cursor = self.cursor
        cursor.want(Operand(cursor.place, "text"))
        token = cursor.current
        bare = token.kind == "name" and len(token.parts) == 1 and token.word not in RESERVED
        if token.kind != "text" and not bare:
            raise cursor.error(f"expected text in quotes after {operator}")
        cursor.take()
        return String(token.start, token.end, token.parts[0] if bare else token.value)

    def _operand(self, least: Level) -> Node:
        cursor = self.cursor
        cursor.want(Operand(cursor.place, "condition" if least <= Level.NOT else "value"))
        start = cursor.current.start
        if least <= Level.NOT and cursor.current.word == "not":
            cursor.take()
            operand = self.parse(Level.NOT)
            return Not(start, operand.end, operand)
        if cursor.current.word == "-":
            cursor.take()
            operand = self.parse(Level.FACTOR)
            return Negative(start, operand.end, operand)
        if cursor.current.word == "(":
            inner = self._parenthesis()
            return replace(inner, start=start, end=cursor.end)
        return self._atom()

    def _parenthesis(self) -> Node:
        self.cursor.take()
        self._open += 1
        inner = self.parse(Level.OR)
        self._open -= 1
        self.cursor.expect(")", "or an operator")
        return inner

    def _atom(self) -> Node:
        token = self.cursor.current
        match token.kind:
            case "number":
                return self._number()
            case "text":
                self.cursor.take()
                return String(token.start, token.end, token.value)
            case "name" if token.word in ("true", "false"):
                self.cursor.take()
                return Truth(token.start, token.end, token.word == "true")
            case "name" if token.word not in RESERVED:
                self.cursor.take()
                name = NameNode(token.start, token.end, token.parts)
                return self._call(name) if self.cursor.current.word == "(" else name
        raise self.cursor.error("expected a field or a value")

    def _number(self) -> Number:
        token = self.cursor.take()
        value = float(token.value)
        if math.isinf(value):
            raise QueryError("this number is too large", self.cursor.text, token.start)
        return Number(token.start, token.end, value)

    def _call(self, name: NameNode) -> Call:
        cursor = self.cursor
        outside, cursor.place = cursor.place, TokenPlace(call=name)
        cursor.take()
        self._open += 1
        arguments = self._arguments() if cursor.current.word not in (")", "where") else []
        condition = None
        if cursor.accepts("where"):
            cursor.place = TokenPlace(entity=entity_of(arguments))
            condition = self.parse(Level.OR)
        cursor.expect(")", "or an operator")
        self._open -= 1
        cursor.place = outside
        return Call(name.start, cursor.end, name, tuple(arguments), condition)

    def _arguments(self) -> list[Node]:
        arguments = [self.parse(Level.OR)]
        while self.cursor.accepts(","):
            arguments.append(self.parse(Level.OR))
        return arguments


_FUNCTIONS = frozenset(term.text for term in AGGREGATES)

MAX_LIMIT = 2**62
"""More rows than there can be, and still a 64-bit number; a longer limit means all."""


def parse(text: str) -> Parsed:
    """The nodes of a query.

    Raises:
        QueryError: It does not follow the grammar, or is nested too deep.
    """
    return parse_from(Cursor(text))


def parse_from(cursor: Cursor) -> Parsed:
    """The nodes of the query that `cursor` stands before."""
    expressions = Expressions(cursor)
    cursor.want(Operand(cursor.place, "condition"))
    begins = not cursor.sees("order", "limit") and cursor.current.kind != "end"
    condition = expressions.parse(Level.OR) if begins else None
    keys = _keys(expressions) if cursor.accepts("order") else ()
    limit = _limit(cursor) if cursor.accepts("limit") else None
    if cursor.current.word == ")":
        raise QueryError("this ) has no matching (", cursor.text, cursor.current.start)
    if cursor.current.kind != "end":
        raise cursor.error(_expected(cursor, condition, keys, limit))
    return Parsed(cursor.text, condition, keys, limit)


def _expected(cursor: Cursor, condition: Node | None, keys: tuple[OrderKey, ...], limit: int | None) -> str:
    if limit is not None:
        return "expected nothing more after limit (order by stands before it)"
    if keys:
        return "expected a comma, asc, desc or limit"
    if isinstance(condition, CONDITIONS):
        return f"expected and, or, order by or limit{_slip(cursor, condition)}"
    first = next(names(condition), None)
    habit = HABITS.get(first.text.lower()) if first else None
    if habit:
        return f"expected an operator ({habit})"
    if isinstance(condition, NameNode) and condition.text.lower() in _FUNCTIONS:
        return f"expected ( after {condition.text}"
    return "expected an operator such as =, >, in, contains or is missing"


def _slip(cursor: Cursor, condition: Node) -> str:
    """What a comparison that goes on after its end looks like."""
    right = condition.right if isinstance(condition, ComparisonNode) else None
    if isinstance(right, NameNode) and cursor.current.kind == "name":
        return " (text of several words is quoted)"
    if isinstance(right, Number) and cursor.current.word == ",":
        return " (numbers have a decimal point)"
    return ""


def _keys(expressions: Expressions) -> tuple[OrderKey, ...]:
    cursor = expressions.cursor
    cursor.expect("by", "after order")
    keys = [_key(expressions)]
    while cursor.accepts(","):
        keys.append(_key(expressions))
    return tuple(keys)


def _key(expressions: Expressions) -> OrderKey:
    value = expressions.parse(Level.SUM)
    descending = expressions.cursor.accepts("desc")
    if not descending:
        expressions.cursor.accepts("asc")
    return OrderKey(value.start, expressions.cursor.end, value, descending)


def _limit(cursor: Cursor) -> int:
    token = cursor.current
    if token.kind != "number" or not token.value.isdecimal():
        raise cursor.error("expected a whole number after limit")
    return min(int(cursor.take().value[:20]), MAX_LIMIT)
