"""Every mistake is answered with its place, what was expected, and the nearest thing that works."""

from dataclasses import replace

import pytest

from aquarium_tui.errors import AquariumError, QueryError
from aquarium_tui.query.query import check
from tests.narrow import present
from tests.query.street import STREET

BINDING = STREET.binding()

MISTAKES = [
    # what is not known
    ('label.class = "cyclst"', 15, 'unknown class "cyclst"; did you mean "cyclist"?'),
    ('label.class = "zebra"', 15, 'unknown class "zebra"; there are car, cyclist, pedestrian, truck and sky'),
    ('label.class = "lorry"', 15, 'unknown class "lorry"; it is evaluated as "Truck"; own_class knows it'),
    ("label.clas = 1", 1, 'unknown field "label.clas"; did you mean label.class?'),
    (
        'class = "car"',
        1,
        'unknown field "class"; did you mean label.class, base.class or other.class?',
    ),
    ("frame.spede > 3", 1, 'unknown field "frame.spede"; did you mean frame.speed?'),
    ("zzz > 3", 1, 'unknown field "zzz"; names begin with label, base, other, delta or frame'),
    ("change = fixd", 10, 'unknown change "fixd"; did you mean "fixed"?'),
    ('base.outcome in (missed, "corect")', 26, 'unknown outcome "corect"; did you mean "correct"?'),
    ('frame.segment = "night"', 17, 'unknown segment "night"; did you mean "night cyclists"?'),
    ('base.confusion("car", "cycle") > 0', 23, 'unknown class "cycle"; did you mean "cyclist"?'),
    ("cuont(label) > 1", 1, 'unknown function "cuont"; did you mean count?'),
    ("avg(label.area) > 1", 1, 'unknown function "avg"; write mean'),
    (
        "count(base where confdence > 0.5) > 0",
        18,
        'unknown field "confdence"; did you mean confidence or other.confidence?',
    ),
    (
        "delta.confidence > 0.1",
        1,
        "delta is of the frame's scores alone; write other.confidence - base.confidence",
    ),
    # what does not fit
    ("label.class = 5", 15, 'label.class is text, 5 is a number; write "5"'),
    ("frame.id = 7", 12, 'frame.id is text, 7 is a number; write "7"'),
    ('other.confidence > "0.5"', 20, 'other.confidence is a number, "0.5" is text; write 0.5'),
    ('frame.night = "true"', 15, 'frame.night is true or false, "true" is text; write true'),
    ("frame.night = 1", 15, "frame.night is true or false, 1 is a number"),
    ("label.class = cyclst", 15, 'unknown class "cyclst"; did you mean "cyclist"?'),
    (
        'frame.taken > "last week"',
        15,
        'frame.taken is a date, "last week" is none; write it as 2024-05-31 or 2024-05-31T14:30',
    ),
    ("frame.taken > frame.weather", 15, "frame.taken is a date, frame.weather is text"),
    ("label.class + 1 > 2", 1, "label.class is text; + is for numbers"),
    ("frame.taken - 1 > 2", 1, "frame.taken is a date; - is for numbers"),
    ("-frame.night", 2, "frame.night is true or false; - is for numbers"),
    ("label.class", 1, 'label.class is text, not a condition; compare it, as in label.class = "…"'),
    (
        'label.class = "car" or "truck"',
        24,
        '"truck" is text, not a condition; repeat the comparison (x = 1 or x = 2), or use in: x in (1, 2)',
    ),
    ("label.area > (base.iou > 0.5)", 14, "expected a value here, not a condition"),
    ('label.class < "car"', 1, "label.class has no order; compare it with =, != or in"),
    ("label.area contains 5", 21, 'expected text in quotes after contains, not "5"'),
    ('label.area contains "5"', 1, "label.area is a number; contains is for text"),
    (
        "label.class in (base.class)",
        17,
        "in takes a list of values, not of fields; join comparisons with or",
    ),
    (
        'frame.tag != "blurred"',
        1,
        'frame.tag can hold several names at once; write frame.tag = "blurred", or not frame.tag = "blurred"',
    ),
    ("order by frame.tag", 10, "frame.tag can hold several names at once and has no order"),
    (
        "base > 0.5",
        1,
        "base is not a value; ask for one of its fields, "
        "as base.class, base.own_class, base.confidence, …, or write base is missing",
    ),
    ("base.confusion > 1", 1, 'base.confusion is called as base.confusion("car", "…")'),
    ('base.confusion("car") > 1', 1, 'base.confusion is called as base.confusion("car", "…")'),
    ("base.confusion(1, car) > 1", 16, 'expected a class, as in base.confusion("car", "…")'),
    ("label.class(1) > 1", 1, "label.class is a field, not a function"),
    (
        'count(label.class = "car") > 1',
        7,
        'write count(label where label.class = "car")',
    ),
    (
        "count(3) > 1",
        7,
        "count takes label, base, other or object, as in count(base where confidence > 0.5)",
    ),
    ("max(label.area, base.area) > 1", 1, "max takes one value, as in max(other.confidence)"),
    (
        "max(delta.f1) > 1",
        5,
        "max is over a frame's objects, and delta.f1 belongs to the frame; use it alone",
    ),
    # what is written otherwise
    ("label.class is null", 16, 'expected missing after is (compare with =), not "null"; write is missing'),
    ("base.class = None", 14, '"None" is not a field; write is missing'),
    (
        'label.class like "c%"',
        13,
        "expected an operator such as =, >, in, contains or is missing, "
        'not "like"; use contains, or matches with a regular expression',
    ),
    ("label.area => 3", 12, "=> has no meaning here; write >="),
    ("label.area ≥ 3", 12, "≥ has no meaning here; write >="),
    ("label.class = “car”", 15, '“ has no meaning here; quote text with the plain ", not with “ ”'),
    ("base.iou > 50%", 14, "% has no meaning here; write a share as a number: 0.5, not 50 %"),
    ("frame.night & true", 13, "& has no meaning here; write and"),
    (
        "0.2 < base.iou < 0.8",
        16,
        "comparisons do not chain; join two with and, as in 0.2 < x and x < 0.8",
    ),
    (
        "where base.iou > 1",
        1,
        'expected a field or a value, not "where"; '
        "a query is the condition alone; where belongs inside count(…)",
    ),
    (
        "frame.weather = heavy rain",
        23,
        'expected and, or, order by or limit (text of several words is quoted), not "rain"',
    ),
    ("frame.night is true", 16, 'expected missing after is (compare with =), not "true"'),
    ("frame.night = yes", 15, "frame.night is true or false; yes is none"),
    (
        "frame.taken = 2024-05-01",
        15,
        'frame.taken is a date, 2024-05-01 is a number; write "2024-05-01"',
    ),
    ("frame.taken > yesterday", 15, 'frame.taken is a date such as "2024-05-31"; yesterday is none'),
    ("label.class = base", 15, "base is not a value; did you mean base.class?"),
    (
        'delta.class = "car"',
        1,
        "delta is of the frame's scores alone; write other.class != base.class",
    ),
    ("frame.id in [1]", 13, "[ has no meaning here; lists stand in ( ), patterns in quotes"),
    ("base.iou > 0,5", 13, 'expected and, or, order by or limit (numbers have a decimal point), not ","'),
    (
        "count(label where base.iou > 0.5 > 1",
        34,
        "comparisons do not chain; join two with and, as in 0.2 < x and x < 0.8; "
        "or is a ) missing before this?",
    ),
    ("count label > 1", 7, 'expected ( after count, not "label"'),
    ("select * from frames", 15, 'expected an operator (a query is the condition alone), not "frames"'),
    ("sort by base.iou", 6, 'expected an operator (write order by), not "by"'),
    # what is unfinished or too much
    ("label.class =", 14, "expected a field or a value, but the query ends here"),
    ('label.class "car"', 13, 'expected an operator such as =, >, in, contains or is missing, not "car"'),
    ('label.class = "car" base.iou > 1', 21, 'expected and, or, order by or limit, not "base.iou"'),
    ("frame.night and", 16, "expected a field or a value, but the query ends here"),
    ("(frame.night", 13, "expected ) or an operator, but the query ends here"),
    ("frame.night)", 12, "this ) has no matching ("),
    ("label.class in ()", 17, 'expected a value, not ")"'),
    ('label.class in "car"', 16, 'expected ( after in, not "car"'),
    ('label.class = "car', 15, 'text that begins here is not closed; close it with "'),
    ("frame.`time", 7, "a name begins here and does not end; close it with `"),
    ("3cars > 1", 1, "3cars is neither a number nor a name"),
    ("base.iou > 1e999", 12, "this number is too large"),
    ("order label.area", 7, 'expected by after order, not "label.area"'),
    ("limit many", 7, 'expected a whole number after limit, not "many"'),
    (
        "limit 3 order by base.iou",
        9,
        'expected nothing more after limit (order by stands before it), not "order"',
    ),
    ('frame.id matches "a(b"', 20, "this is not a regular expression: missing ), unterminated subpattern"),
    ('frame.id matches "*"', 19, "this is not a regular expression: nothing to repeat"),
    ("(" * 500 + "true" + ")" * 500, 151, "the query is nested too deep here"),
    ("frame.id = \x1b[31m", 12, "\\x1b has no meaning here"),
]


@pytest.mark.parametrize(("text", "column", "message"), MISTAKES, ids=[text[:40] for text, *_ in MISTAKES])
def test_a_mistake_is_named_at_its_place(text, column, message):
    error = check(text, BINDING.schema)
    assert error is not None
    assert (error.column, error.message) == (column, message)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ('label.class = "cyclst"', '"cyclist"'),
        ("label.clas = 1", "label.class"),
        ("frame.id = 7", '"7"'),
        ('other.confidence > "0.5"', "0.5"),
        ("label.class = cyclst", '"cyclist"'),
        ("delta.confidence > 0.1", "other.confidence - base.confidence"),
        ("zzz > 3", ""),
    ],
)
def test_the_suggestion_can_be_put_in_place_of_the_mistake(text, suggestion):
    error = present(check(text, BINDING.schema))
    assert error.suggestion == suggestion
    if suggestion and "1" not in text:
        wrong = text[error.position :].split(" = ")[0].split(" > ")[0]
        assert check(text.replace(wrong, suggestion), BINDING.schema) is None


@pytest.mark.parametrize(
    ("bare", "written"),
    [
        ("label.class = CAR", 'label.class = "car"'),
        ("label.class in (car, cyclist)", 'label.class in ("car", "cyclist")'),
        ("car != other.class", '"car" != other.class'),
        ("count(label where class = car) > 1", 'count(label where class = "car") > 1'),
        ("frame.weather = rain", 'frame.weather = "rain"'),
        ("frame.weather contains ai", 'frame.weather contains "ai"'),
        ("base.confusion(car, cyclist) > 0", 'base.confusion("car", "cyclist") > 0'),
    ],
)
def test_one_word_needs_no_quotes_beside_a_field_of_text(bare, written):
    rows = [list(BINDING.select(text).frames) for text in (bare, written)]
    assert rows[0] == rows[1]


def test_the_caret_stands_below_the_mistake():
    error = present(check('label.class = "cyclst" and base is missing', BINDING.schema))
    assert error.pointed() == 'label.class = "cyclst" and base is missing\n              ^'
    assert str(error).startswith('column 15: unknown class "cyclst"')


def test_of_several_lines_the_wrong_one_is_shown():
    error = present(check('frame.night\nand label.class = "cyclst"', BINDING.schema))
    assert error.column == 19
    assert error.pointed() == 'and label.class = "cyclst"\n                  ^'


def test_the_caret_allows_for_wide_and_unseen_characters():
    error = present(check('frame.weather = "雨\x1b" and zzz', BINDING.schema))
    shown, caret = error.pointed().split("\n")
    assert shown == 'frame.weather = "雨�" and zzz'
    assert caret.index("^") == shown.index("zzz") + 1


def test_of_a_long_query_the_part_around_the_mistake_is_shown():
    error = present(check(" or ".join(["frame.night"] * 100) + " or zzz", BINDING.schema))
    shown, caret = error.pointed().split("\n")
    assert shown[caret.index("^") :] == "zzz"
    assert len(shown) <= 72


def test_a_query_error_is_one_of_the_errors_that_every_front_end_shows():
    with pytest.raises(AquariumError) as caught:
        BINDING.select("label.class =")
    assert isinstance(caught.value, QueryError)


@pytest.mark.parametrize("text", ["other.iou > 0.5", "delta.f1 < 0", "change = fixed", "other is missing"])
def test_without_an_other_set_its_names_say_so(text):
    alone = replace(STREET, other=None).binding()
    assert present(check(text, alone.schema)).message == "there is no other set to compare with; choose one"
    assert check('base.class = "car" and base.f1 > 0.5', alone.schema) is None
