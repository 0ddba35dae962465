"""Regular expressions find what Python's `re` finds, and none of them can hang the program."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.errors import QueryError
from aquarium_tui.query import conditions as searching
from aquarium_tui.query import texts as patterns
from tests.query.worlds import FrameRow, World

WORDS = ["", "a", "aa" * 20, "ab-12", "zzz\nb", "é\x00", "\ud800", "Night_0012.jpg"]


@pytest.mark.parametrize(
    "pattern",
    ["", "a+b", "(a|b)+", r"^\w+_\d{4}", "(?i)night", r"(z)\1", "é", "(?:ab)*-(?=1)", "^$", ".", r"\s"],
)
def test_the_words_are_those_that_hold_a_match(pattern):
    found = patterns.search(patterns.compiled(pattern), WORDS)
    assert found.tolist() == [re.search(pattern, word) is not None for word in WORDS]


@settings(max_examples=200, deadline=None)
@given(st.text("ab|*+?(){}^$.1,", max_size=12), st.lists(st.text("ab", max_size=6), max_size=4))
def test_any_pattern_searches_as_python_does_or_is_refused(pattern, words):
    try:
        expression = patterns.compiled(pattern)
    except re.error:
        return
    assume_quick = not patterns.runs_away(pattern, 6)
    if assume_quick:
        wanted = [expression.search(word) is not None for word in words]
        assert patterns.search(expression, words).tolist() == wanted


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*$",
        "(a*)*b",
        "(?x)(a+) +b",
        "(a+)(?#again)+b",
        "a*a*a*a*a*a*a*a*b",
        "(a?){40}a{40}b",
        "a?" * 40 + "a" * 40 + "b",
        "(?:a|a)" * 30 + "b",
        r"(a*)\1*\1*b",
    ],
)
def test_what_could_take_for_ever_is_kept_away_from_this_process(pattern):
    assert patterns.runs_away(pattern, 60)


@pytest.mark.parametrize("pattern", ["night", "^cam_front", r"\d+\.jpg$", "(rain|fog)", "^[a-z]+_[0-9]{4}"])
def test_everyday_patterns_need_no_process_of_their_own(pattern):
    assert not patterns.runs_away(pattern, 60)


def test_a_pattern_that_takes_too_long_is_a_mistake_at_its_place(monkeypatch):
    monkeypatch.setattr(patterns, "SECONDS", 0.3)
    monkeypatch.setattr(searching, "SECONDS", 0.3)
    binding = World([FrameRow("f", "a" * 60)], [], [], []).binding()
    text = 'frame.weather = "a" or frame.weather matches "(a+)+b"'
    with pytest.raises(QueryError) as caught:
        binding.select(text)
    assert caught.value.message.startswith("this expression was stopped after 0.3 s; repeat less in it")
    assert caught.value.position == text.index('"(a+)+b"')


def test_a_pattern_may_not_be_endless():
    with pytest.raises(re.error):
        patterns.compiled("a" * (patterns.MAX_PATTERN + 1))
    with pytest.raises(re.error):
        patterns.compiled("a{99999999999999999999}")
