"""The parser's rules for conditions and values; the grammar stands in `parser`."""

import math
from dataclasses import replace

from aquarium_tui.errors import QueryError
from aquarium_tui.query.cursor import RESERVED, Cursor, Operand, Operator, Place
from aquarium_tui.query.levels import COMPARISONS, CONDITIONS, LEVELS, Level
from aquarium_tui.query.nodes import (
    Arithmetic,
    Both,
    Call,
    Comparison,
    Either,
    Membership,
    Missing,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Search,
    String,
    Truth,
    entity_of,
)

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
            node: Node = Comparison(left.start, right.end, left, operator, right)
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
        if cursor.current.kind != "text":
            raise cursor.error(f"expected text in quotes after {operator}")
        token = cursor.take()
        return String(token.start, token.end, token.value)

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
                name = Name(token.start, token.end, token.parts)
                return self._call(name) if self.cursor.current.word == "(" else name
        raise self.cursor.error("expected a field or a value")

    def _number(self) -> Number:
        token = self.cursor.take()
        value = float(token.value)
        if math.isinf(value):
            raise QueryError("this number is too large", self.cursor.text, token.start)
        return Number(token.start, token.end, value)

    def _call(self, name: Name) -> Call:
        cursor = self.cursor
        outside, cursor.place = cursor.place, Place(call=name)
        cursor.take()
        self._open += 1
        arguments = self._arguments() if cursor.current.word not in (")", "where") else []
        condition = None
        if cursor.accepts("where"):
            cursor.place = Place(entity=entity_of(arguments))
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
