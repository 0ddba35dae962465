"""Tables: rows by frame, names of objects, problems in a sentence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.model.columns import Text
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames, Objects, starts_of


def objects(frame, frames: int, id_: Text | None = None) -> Objects:
    n = len(frame)
    starts = starts_of(np.array(frame, int), frames)
    return Objects(
        starts, np.zeros(n, np.int32), np.zeros((n, 4)), np.zeros(n), np.zeros(0, bool), np.zeros(0), id_
    )


@given(st.lists(st.integers(0, 5), max_size=12).map(sorted), st.integers(6, 8))
def test_starts_say_where_each_frame_begins(frame, frames):
    table = objects(frame, frames)
    assert table.frame.tolist() == frame
    for f in range(frames):
        assert frame[table.starts[f] : table.starts[f + 1]] == [f] * frame.count(f)


def test_no_frames():
    table = objects([], 0)
    assert table.starts.tolist() == [0]
    assert len(table) == len(table.frame) == 0


def test_an_object_without_an_id_is_named_by_its_row():
    assert objects([0, 0], 1).name(1) == "1"
    assert objects([0, 0], 1, Text.from_values(["x", None])).name(0) == "x"
    assert objects([0, 0], 1, Text.from_values(["x", None])).name(1) == "1"


def test_frames_are_found_by_id():
    ids = Text.from_words(["b", "a"])
    frames = Frames(ids, ids, np.zeros(2, np.int32), np.zeros(2, np.int32))
    assert frames.row_by_id == {"b": 0, "a": 1}
    assert len(frames) == 2


def test_words_of_outcomes_and_changes():
    assert [o.word for o in Outcome] == ["none", "correct", "confused", "missed", "spurious", "ignored"]
    assert [c.word for c in Change] == ["none", "fixed", "broken", "moved", "same_error", "both_correct"]


def test_a_problem_says_what_how_many_where_and_what_to_do():
    one = Problem("box without area", 1, "kept", ("a.json record 3",))
    assert one.sentence() == "1 box without area (kept): a.json record 3"
    many = Problem("unknown category", 1_200, "left out", ("record 1", "record 2"), "add it to the labels")
    assert many.sentence() == (
        "1,200 unknown category (left out): record 1; record 2 … and 1,198 more – add it to the labels"
    )
    assert Problem("empty set", 1, "noted").sentence() == "1 empty set (noted)"
