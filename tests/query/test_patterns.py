"""Regular expressions find what Python's `re` finds, and none of them can hang the program."""

import re
import signal
import subprocess
import time
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.compare.binding import bound
from aquarium_tui.errors import CancelledError, QueryError
from aquarium_tui.model.problems import Segment
from aquarium_tui.query import conditions as searching
from aquarium_tui.query import patterns
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


SLOW = 'frame.weather matches "(a+)+b"'
BINDING = World([FrameRow("f", "a" * 60)], [], [], [], segments={"Late": [0], "Night": []}).binding()


def test_a_pattern_that_takes_too_long_is_a_mistake_at_its_place(monkeypatch):
    monkeypatch.setattr(patterns, "SECONDS", 0.3)
    monkeypatch.setattr(searching, "SECONDS", 0.3)
    text = f'frame.weather = "a" or {SLOW}'
    with pytest.raises(QueryError) as caught:
        BINDING.select(text)
    assert caught.value.message.startswith("the expressions were stopped after 0.3 s; repeat less in them")
    assert caught.value.position == text.index('"(a+)+b"')


@pytest.mark.parametrize(
    "one",
    [
        'frame.weather matches "a"',
        'not frame.weather not matches "b"',
        'count(object where frame.weather matches "a") = 1',
        'frame.segment matches "Night"',
        'frame.segment = "Searched"',
    ],
)
def test_all_patterns_of_a_query_share_one_time(one, monkeypatch):
    world = World([FrameRow("f", "a")], [], [], [])
    segment = Segment("Searched", 'frame.weather matches "a"')
    binding = bound(world.comparison(), [segment, Segment("Night", "", ())])
    binding.select(one)
    seconds = count(0, 0.05)
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    binding.select(one)
    with pytest.raises(QueryError, match=r"stopped after 2 s"):
        binding.select(" or ".join([f"(false and {one})"] * 20))


def test_a_cancelled_query_ends_its_process(monkeypatch):
    started = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *given, **more):
            super().__init__(*given, **more)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    monkeypatch.setattr(patterns, "SECONDS", 600.0)
    with pytest.raises(CancelledError), patterns.patience(lambda: bool(started)):
        BINDING.select(f"{SLOW} or {SLOW}")
    assert [child.returncode for child in started] == [-signal.SIGKILL]


def test_the_process_does_not_outlive_a_killed_program(monkeypatch):
    monkeypatch.setattr(patterns, "SECONDS", 0.5)
    child = patterns._Child()
    monkeypatch.setattr(child._process, "kill", lambda: None)
    with pytest.raises(BrokenPipeError):
        child.search(patterns.compiled("(a+)+b"), ["a" * 60], lambda: None)
    child.end()
    assert child._process.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_query_starts_one_process(monkeypatch):
    started = []
    popen = subprocess.Popen

    def starting(*given, **more):
        started.append(given)
        return popen(*given, **more)

    monkeypatch.setattr(subprocess, "Popen", starting)
    found = BINDING.select(
        'frame.segment matches "(L|N)+" and frame.weather matches "(a|b)+" and not frame.id matches "(g)+"'
    )
    assert found.frame_order.tolist() == [0]
    assert len(started) == 1


def test_long_words_and_many_are_sent_whole():
    words = ["a" * 300_000 + "b", *["é"] * 200_000]
    assert patterns.search(patterns.compiled("(a|b)b$"), words).tolist() == [True, *[False] * 200_000]


def test_a_pattern_may_not_be_endless():
    with pytest.raises(re.error):
        patterns.compiled("a" * (patterns.MAX_PATTERN + 1))
    with pytest.raises(re.error):
        patterns.compiled("a{99999999999999999999}")
