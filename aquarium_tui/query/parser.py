"""Tokens to nodes.

```
query      := [either] ["order" "by" key ("," key)*] ["limit" INTEGER]        key := sum ["asc" | "desc"]
either     := both ("or" both)*
both       := not ("and" not)*
not        := "not" not | comparison
comparison := sum [("=" | "!=" | "<" | "<=" | ">" | ">=") sum
                  | ["not"] "in" "(" value ("," value)* ")"
                  | ["not"] ("contains" | "matches") TEXT
                  | "is" ["not"] "missing"]
sum        := product (("+" | "-") product)*
product    := factor (("*" | "/") factor)*
factor     := NUMBER | TEXT | "true" | "false" | NAME | call | "-" factor | "(" either ")"
call       := NAME "(" [either ("," either)*] ["where" either] ")"
value      := ["-"] NUMBER | TEXT | "true" | "false" | NAME
```

What may stand in parentheses, a condition or a value, is for the compiler to say: it knows the types.
"""

from aquarium_tui.errors import QueryError
from aquarium_tui.query.cursor import Cursor, Operand
from aquarium_tui.query.expressions import Expressions
from aquarium_tui.query.fields import AGGREGATES
from aquarium_tui.query.levels import CONDITIONS, Level
from aquarium_tui.query.nodes import Comparison, Key, Name, Node, Number, Parsed, names
from aquarium_tui.query.wording import HABITS

_FUNCTIONS = frozenset(term.text for term in AGGREGATES)

MAX_LIMIT = 2**62


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
        raise QueryError("this ) closes nothing", cursor.text, cursor.current.start)
    if cursor.current.kind != "end":
        raise cursor.error(_expected(cursor, condition, keys, limit))
    return Parsed(cursor.text, condition, keys, limit)


def _expected(cursor: Cursor, condition: Node | None, keys: tuple[Key, ...], limit: int | None) -> str:
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
    if isinstance(condition, Name) and condition.text.lower() in _FUNCTIONS:
        return f"expected ( after {condition.text}"
    return "expected an operator such as =, >, in, contains or is missing"


def _slip(cursor: Cursor, condition: Node) -> str:
    """What a comparison that goes on after its end looks like."""
    right = condition.right if isinstance(condition, Comparison) else None
    if isinstance(right, Name) and cursor.current.kind == "name":
        return " (text of several words is quoted)"
    if isinstance(right, Number) and cursor.current.word == ",":
        return " (numbers have a decimal point)"
    return ""


def _keys(expressions: Expressions) -> tuple[Key, ...]:
    cursor = expressions.cursor
    cursor.expect("by", "after order")
    keys = [_key(expressions)]
    while cursor.accepts(","):
        keys.append(_key(expressions))
    return tuple(keys)


def _key(expressions: Expressions) -> Key:
    value = expressions.parse(Level.SUM)
    descending = expressions.cursor.accepts("desc")
    if not descending:
        expressions.cursor.accepts("asc")
    return Key(value.start, expressions.cursor.end, value, descending)


def _limit(cursor: Cursor) -> int:
    token = cursor.current
    if token.kind != "number" or not token.value.isdecimal():
        raise cursor.error("expected a whole number after limit")
    return min(int(cursor.take().value[:20]), MAX_LIMIT)
