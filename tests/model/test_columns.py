"""Columns: text coded by a dictionary, values with a mask of the absent."""

from datetime import datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.model.columns import Text, Values

texts = st.lists(st.none() | st.text(st.characters(), max_size=5), max_size=8)


@given(texts)
def test_text_gives_back_what_it_was_made_of(values):
    column = Text.from_values(values)
    assert list(column) == values
    assert [column[i] for i in range(len(column))] == values
    assert column.missing.tolist() == [v is None for v in values]
    assert len(column.words) == len(set(values) - {None})


@given(texts, st.data())
def test_taken_rows_share_the_dictionary(values, data):
    rows = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=5)) if values else []
    column = Text.from_values(values)
    taken = column.take(np.array(rows, int))
    assert list(taken) == [values[row] for row in rows]
    assert taken.words == column.words


def test_text_of_words_with_codes():
    column = Text.from_words(["day", "nächt"], np.array([1, -1, 0, 1], np.int32))
    assert list(column) == ["nächt", None, "day", "nächt"]
    assert list(Text.from_words(["a", "b"])) == ["a", "b"]


def test_lone_surrogates_of_json_survive():
    assert list(Text.from_values(["\ud800x"])) == ["\ud800x"]


def test_values_and_the_absent():
    speed = Values("number", np.array([1.5, 99.0]), np.array([False, True]))
    assert [speed[0], speed[1], len(speed)] == [1.5, None, 2]
    assert speed.take(np.array([1, 0, 0])).missing.tolist() == [True, False, False]
    date = Values("date", np.array(["2024-05-01T10:00"], "datetime64[us]"), np.array([False]))
    assert date[0] == datetime(2024, 5, 1, 10)
    night = Values("boolean", np.array([True]), np.array([False]))
    assert night[0] is True
