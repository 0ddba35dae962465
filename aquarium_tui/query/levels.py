"""How tightly the operators of the language bind."""

from enum import IntEnum

from aquarium_tui.query.nodes import Both, Comparison, Either, Membership, Missing, Not, Search


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
CONDITIONS = (Comparison, Membership, Search, Missing, Not, Both, Either)
"""Nodes that hold or not; any other has a value."""
