import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.json_reader import Scanner

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
INDENTS = st.sampled_from([None, 0, 2, "\t"])


@given(st.lists(VALUES), INDENTS)
def test_elements_are_those_of_the_whole_text_read_at_once(values, indent):
    scanner = Scanner(json.dumps(values, indent=indent), "x")
    assert list(scanner.elements()) == values
    scanner.finish()


@given(st.dictionaries(st.text(), VALUES), INDENTS)
def test_members_are_those_of_the_whole_text_read_at_once(values, indent):
    scanner = Scanner(f" {json.dumps(values, indent=indent)}\n", "x")
    assert {key: scanner.value() for key in scanner.members()} == values
    scanner.finish()


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[1, 2", "line 1, column 6", "',' is missing"),
        ("[1 2]", "line 1, column 4", "',' is missing"),
        ("[1,\n 2,\n x]", "line 3, column 2", "Expecting value"),
        ('["a]', "line 1, column 2", "Unterminated string"),
        ("[1]]", "line 1, column 4", "there is more text after the end"),
        ("7", "line 1, column 1", "'[' is missing"),
        ("", "line 1, column 1", "'[' is missing"),
        ("[" * 100_000, "line 1, column 2", "nested too deeply"),
        (f"[{'9' * 5000}]", "line 1, column 2", "4300"),
    ],
)
def test_an_error_has_its_place(text, place, message):
    scanner = Scanner(text, "file.json")
    with pytest.raises(InputError) as caught:
        list(scanner.elements())
        scanner.finish()
    assert f"file.json is not JSON: {place}: " in caught.value.message
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [("{1: 2}", "key in quotes"), ('{"a" 2}', "':' is missing"), ('{"a": 2', "',' is missing")],
)
def test_an_error_in_an_object_has_its_place(text, message):
    scanner = Scanner(text, "file.json")
    with pytest.raises(InputError, match=message):
        for _ in scanner.members():
            scanner.value()


def test_what_stands_around_an_error_is_shown_without_control_characters():
    with pytest.raises(InputError) as caught:
        list(Scanner('["\x1b[31m" x]', "f").elements())
    assert "\\x1b" in caught.value.hint
    assert "\x1b" not in str(caught.value)
