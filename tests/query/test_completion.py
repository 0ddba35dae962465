"""Completion offers what the grammar and the types allow at the cursor, in words that can be put there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.query.query import check
from aquarium_tui.query.suggestions import complete
from tests.query.random_queries import queries
from tests.query.street import STREET

BINDING = STREET.binding()
CLASSES = ['"car"', '"cyclist"', '"pedestrian"', '"truck"', '"sky"']


def offered(text: str) -> list[str]:
    """The candidates where `|` stands."""
    before, _, after = text.partition("|")
    return [each.text for each in complete(before + after, len(before), BINDING.schema).candidates]


def accepted(text: str, choice: str) -> str:
    """The query once that candidate is taken where `|` stands."""
    before, _, after = text.partition("|")
    found = complete(before + after, len(before), BINDING.schema)
    assert choice in [each.text for each in found.candidates]
    return (before + after)[: found.start] + choice + (before + after)[found.end :]


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("|", ["label.", "base.", "other.", "delta.", "frame.", "object.", "change", "note"]),
        ("frame.w|", ["frame.width", "frame.weather"]),
        ("label.own|", ["label.own_class"]),
        ("label.class |", ["=", "!=", "in", "not in", "contains", "matches", "is missing", "is not missing"]),
        ("base.iou |", ["=", "!=", "<", "<=", ">", ">=", "in", "not in", "is missing"]),
        ("label.crowd |", ["=", "!=", "in", "not in", "is missing", "is not missing", "and", "or"]),
        ("frame.tag |", ["=", "in", "contains", "matches", "is missing", "is not missing", "and", "or"]),
        ("label.class = |", CLASSES),
        ('label.class = "|', CLASSES),
        ('label.class = "c|', ['"car"', '"cyclist"', '"truck"']),
        ("label.class = cyc|", ['"cyclist"']),
        ('label.class in ("car", |', CLASSES),
        ('label.class contains "|', CLASSES),
        ('frame.weather = "|', ['"dry"', '"rain"', '"fog"']),
        ("frame.tag = |", ['"blurred"', '"check labels"']),
        ("frame.segment = |", ['"night cyclists"', '"empty road"']),
        ("frame.night = |", ["true", "false"]),
        ("base.outcome = |", ["correct", "confused", "missed", "spurious", "ignored"]),
        ("change in (fi|", ["fixed"]),
        ("base is |", ["not", "missing"]),
        ("base |", ["is missing", "is not missing"]),
        ("frame.night |", ["=", "!="]),
        ('label.class = "car" |', ["and", "or", "order by", "limit"]),
        ('label.class = "car" o|', ["or", "order by"]),
        ("(label.area > 5 |", ["+", "-", "*", "/", "and", "or"]),
        ("count(|", ["label", "base", "other", "object"]),
        ("count(base |", ["where"]),
        ("count(base where |", ["class", "own_class", "confidence"]),
        ("count(base where conf|", ["confidence"]),
        ("count(base where class = |", CLASSES),
        ("max(|", ["label.", "base.", "other."]),
        ("max(other.confidence |", ["+", "-", "*", "/", "where"]),
        ("max(other.confidence where class = tr|", ['"truck"']),
        ('base.confusion("car", "|', ['"car"', '"cyclist"', '"pedestrian"', '"truck"', '"background"']),
        ("order |", ["by"]),
        ("order by delta.f|", ["delta.f1"]),
        ("order by delta.f1 |", ["+", "-", "*", "/", "desc", "asc", "limit"]),
        ("frame.t|", ["frame.tag", "frame.taken", "frame.`time-of-day`"]),
        ("frame.`ti|", ["frame.`time-of-day`"]),
        ("conf|", ["base.confidence", "other.confidence", "base.confused"]),
    ],
)
def test_what_fits_is_offered_first(text, candidates):
    assert offered(text)[: len(candidates)] == candidates


@pytest.mark.parametrize(
    "text",
    ["x y z |", 'label.class = "car"|', "(frame.night)|", "limit |", "5|", "frame.night =\x00|", "and|"],
)
def test_nothing_is_offered_where_nothing_fits(text):
    assert offered(text) == []


@pytest.mark.parametrize(
    ("text", "choice", "result"),
    [
        ("lab|", "label.", "label."),
        ('label.class = "cy|', '"cyclist"', 'label.class = "cyclist"'),
        ('label.class = "cy|"', '"cyclist"', 'label.class = "cyclist"'),
        ('label.class = "cy|cl" and frame.night', '"cyclist"', 'label.class = "cyclist" and frame.night'),
        (
            'label.class = "| and base.class = "car"',
            '"cyclist"',
            'label.class = "cyclist" and base.class = "car"',
        ),
        ("label.cl|ass = 1", "label.class", None),
        ("label.ar|e > 1", "label.area", "label.area > 1"),
        ("frame.`ti|", "frame.`time-of-day`", "frame.`time-of-day`"),
        ("frame.`ti|me`", "frame.`time-of-day`", "frame.`time-of-day`"),
        ("other.conf|", "other.confidence", "other.confidence"),
    ],
)
def test_a_candidate_takes_the_place_of_the_word_at_the_cursor(text, choice, result):
    if result is None:
        assert choice not in offered(text) or accepted(text, choice) == text.replace("|", "")
    else:
        assert accepted(text, choice) == result


def test_every_field_offered_says_what_it_is():
    for text in ["label.|", "base.|", "frame.|", "delta.|", "label.class |", "count(|"]:
        before = text[:-1]
        for each in complete(before, len(before), BINDING.schema).candidates:
            assert each.sentence, each


def test_the_worst_first_query_can_be_written_from_what_is_offered():
    text = ""
    for typed, choice in [
        ("base.out", "base.outcome"),
        (" ", "="),
        (" cor", "correct"),
        (" an", "and"),
        (" base.conf", "base.confidence"),
        (" ", ">"),
        (" 0.8 an", "and"),
        (" other.out", "other.outcome"),
        (" ", "="),
        (" con", "confused"),
        (" a", "and"),
        (" frame.ni", "frame.night"),
        (" or", "order by"),
        (" other.co", "other.confidence"),
        (" d", "desc"),
    ]:
        text = accepted(f"{text}{typed}|", choice)
    assert BINDING.select(text).object_order.tolist() == [3]


@settings(max_examples=40, deadline=None)
@given(queries(), st.data())
def test_completion_of_any_part_of_a_query_gives_a_place_and_candidates_in_it(query, data):
    cursor = data.draw(st.integers(0, len(query.text)))
    found = complete(query.text, cursor, BINDING.schema)
    assert 0 <= found.start <= cursor <= found.end <= len(query.text)
    assert len({each.text for each in found.candidates}) == len(found.candidates)


@settings(max_examples=40, deadline=None)
@given(st.text("lab.cs= \"'`(),0aeio", max_size=20), st.integers(0, 20))
def test_completion_of_any_text_is_answered(text, cursor):
    complete(text, min(cursor, len(text)), BINDING.schema)


@pytest.mark.parametrize(
    "text", ["label.class = |", "frame.tag = |", "base.outcome = |", "frame.`|", "frame.weather = |"]
)
def test_what_is_offered_is_understood(text):
    for choice in offered(text):
        if not choice.endswith((".", "(")) and (choice[0] == '"' or choice in ("correct", "missed")):
            assert check(accepted(text, choice), BINDING.schema) is None
