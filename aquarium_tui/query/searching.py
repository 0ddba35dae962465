"""The conditions `contains` and `matches`."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from aquarium_tui.errors import QueryError
from aquarium_tui.query.comparing import members, tested
from aquarium_tui.query.fields import Kind
from aquarium_tui.query.nodes import Search
from aquarium_tui.query.patterns import SECONDS, TooSlowError, compiled, search
from aquarium_tui.query.texts import Hits
from aquarium_tui.query.values import Condition, Context, Value, negation

Find = Callable[[Sequence[str]], Hits]


def searched(context: Context, node: Search, left: Value) -> Condition:
    """The condition `left [not] contains "…"` or `left [not] matches "…"`.

    Raises:
        QueryError: `left` is no text, or the pattern no regular expression; when run, it takes too long.
    """
    if left.kind not in (Kind.TEXT, Kind.NAMES):
        name = context.written(left.node)
        raise context.error(node.left, f"{name} is {left.kind}; {node.operator} is for text")
    folds = bool(left.field and left.field.choices and left.field.choices.folded)
    find = _containing(node.wanted.value, folds) if node.operator == "contains" else _matching(context, node)
    if left.kind == Kind.NAMES:
        found = members(left, lambda name: bool(find([name])[0]))
        return negation(found) if node.negated else found
    return tested(left, lambda text: find(text.words) != node.negated)


def _containing(part: str, folds: bool) -> Find:
    def find(words: Sequence[str]) -> Hits:
        if folds:
            return np.array([part.casefold() in word.casefold() for word in words], bool)
        return np.array([part in word for word in words], bool)

    return find


def _matching(context: Context, node: Search) -> Find:
    place = node.wanted
    try:
        pattern = compiled(place.value)
    except re.error as error:
        at = min(place.start + 1 + (error.pos or 0), place.end - 1)
        message = f"this is no regular expression: {error.msg}"
        raise QueryError(message, context.text, at) from None

    def find(words: Sequence[str]) -> Hits:
        try:
            return search(pattern, words)
        except TooSlowError:
            message = f"this expression was stopped after {SECONDS:g} s; repeat less in it (*, +, {{…}}, |)"
            raise context.error(place, message) from None

    return find
