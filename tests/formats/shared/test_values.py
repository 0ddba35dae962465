import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.formats.shared.collector import key_text
from aquarium_tui.formats.shared.values import number, parsed, typed_column, unique_keys
from aquarium_tui.model.columns import Text, Values


def told(column):
    if column is None:
        return None
    kind = "text" if isinstance(column, Text) else column.kind
    return kind, [None if value is None else value for value in (column[i] for i in range(len(column)))]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ([True, None, False], ("boolean", [True, None, False])),
        ([1, 2.5, None], ("number", [1.0, 2.5, None])),
        ([1, True], ("text", ["1", "true"])),
        ([1, "a"], ("text", ["1", "a"])),
        ([2**60, 1], ("text", [str(2**60), "1"])),
        (["a", None, ""], ("text", ["a", None, ""])),
        (["2024-05-01", "soon"], ("text", ["2024-05-01", "soon"])),
        (["20240501"], ("text", ["20240501"])),
        (["0001-01-01T00:00:00+10:00"], ("text", ["0001-01-01T00:00:00+10:00"])),
        ([None, None], None),
        ([], None),
        ([1, [2]], None),
        ([{}], None),
        (["\ud800"], ("text", ["\\ud800"])),
    ],
)
def test_columns_get_the_narrowest_type(values, column):
    assert told(typed_column(values)) == column


@pytest.mark.parametrize("text", ["2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00", "2024-05-01 12:00:00"])
def test_dates_are_held_in_utc(text):
    column = typed_column([text, None])
    assert isinstance(column, Values)
    assert column.kind == "date"
    assert column.values[0] == np.datetime64("2024-05-01T12:00:00", "us")
    assert column.missing.tolist() == [False, True]


@given(st.lists(st.none() | st.floats(allow_nan=False) | st.integers(-(2**53), 2**53), min_size=1))
def test_numbers_survive_a_csv_file(values):
    written = ["" if value is None else repr(value) for value in values]
    plain = all(value is None or np.isfinite(value) for value in values)
    if plain:
        assert parsed(written) == [None if value is None else float(value) for value in values]


@pytest.mark.parametrize("text", ["007", "1_000", "1,5", "0x10", "nan", "inf", "--1", "1e", "٣", "."])
def test_what_only_resembles_a_number_stays_text(text):
    assert parsed([text, "1"]) == [text, "1"]


@pytest.mark.parametrize("text", ["0", "-0.5", "+3", ".5", "5.", "1e-3", "2E+8", "10"])
def test_numbers_of_a_csv_file(text):
    assert parsed([text]) == [float(text)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        (12.0, "12"),
        ("12", "12"),
        ("0012", "0012"),
        (1.5, "1.5"),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_ids_are_text(value, text):
    assert key_text(value) == text


@pytest.mark.parametrize(
    ("value", "float_"),
    [(1, 1.0), ("1.5", 1.5), (True, None), (None, None), ("x", None), ([], None), (10**400, None)],
)
def test_only_numbers_are_numbers(value, float_):
    assert number(value) == float_


def test_names_of_columns_are_made_distinct_and_visible():
    column = Text.from_values(["x"])
    keys = ["a", "A", "a_2", "", "\x1b", "b"]
    assert list(unique_keys(dict.fromkeys(keys, column))) == ["a", "A_2", "a_2_2", "unnamed", "\\x1b", "b"]
