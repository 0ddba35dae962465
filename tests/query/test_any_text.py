"""Whatever is typed, the answer is a selection or a `QueryError`, in bounded time and depth."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.errors import QueryError
from aquarium_tui.query.nodes import MAX_LENGTH
from aquarium_tui.query.parser import MAX_DEPTH
from aquarium_tui.query.query import Selection, check
from aquarium_tui.query.suggestions import complete
from tests.narrow import present
from tests.query.random_queries import queries
from tests.query.street import STREET

BINDING = STREET.binding()
_WORDS = """
and or not in contains matches is missing order by asc desc limit where true false label base other
delta frame object change class label.class base.iou frame.night frame.tag base.confusion count max
sum fixed missed "car" 'rain' "(" "(a+)+" 0 1 0.5 1e9 1e400 frame.`time-of-day` frame.taken
"2024-05-01" é 𝟙 ٣ İ ß
"""
PIECES = [*"()+-*/=<>!,.`\"'&|@#~\\[]{}:;?%^$ \n\t\x00\ud800", *_WORDS.split()]


def answer(text: str) -> object:
    """What is selected, or the mistake; anything else escapes as an exception."""
    try:
        return BINDING.select(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text)
        assert str(error)
        assert error.pointed().count("\n") == 1
        return error


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_characters_are_answered(text):
    assert isinstance(answer(text), (Selection, QueryError))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["", " "]))
def test_any_words_of_the_language_are_answered(pieces, between):
    text = between.join(pieces)
    assert isinstance(answer(text), (Selection, QueryError))


@settings(max_examples=50, deadline=None)
@given(queries(), st.data())
def test_a_good_query_with_one_piece_changed_is_answered(query, data):
    at = data.draw(st.integers(0, len(query.text)))
    until = data.draw(st.integers(at, min(at + 8, len(query.text))))
    piece = data.draw(st.sampled_from(["", *PIECES]))
    text = query.text[:at] + piece + query.text[until:]
    assert isinstance(answer(text), (Selection, QueryError))
    assert complete(text, at, BINDING.schema).start <= at


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "(" * 20_000 + "true" + ")" * 20_000,
        "not " * 20_000 + "true",
        "- " * 20_000 + "1 > 0",
        "count(label where " * 5_000,
        "a or b and c = d + e * (" * 3_000,
        "max(" * 20_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_nested_too_deep_is_a_mistake(text):
    assert "nested too deep" in present(check(text, BINDING.schema)).message


def test_a_hundred_parentheses_are_not_too_deep():
    depth = MAX_DEPTH - 2
    found = BINDING.select("(" * depth + "frame.night" + ")" * depth)
    assert found.frame_order.tolist() == [1, 2]
    nested = "not (frame.night and " * 30 + "true" + ")" * 30
    assert isinstance(answer(nested), Selection)


def test_a_query_may_be_long_but_not_endless():
    ids = ", ".join(f'"{i:05}"' for i in range(5_000))
    assert BINDING.select(f'frame.id in ({ids}, "0044")').frame_order.tolist() == [2]
    chained = BINDING.select("frame.speed > " + " + ".join(["1"] * 49) + " and true" * 1_000)
    assert chained.frame_order.tolist() == [1, 3, 5]
    assert "at most" in present(check("x" * (MAX_LENGTH + 1), BINDING.schema)).message
