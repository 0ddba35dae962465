"""How rules are written, in text and in files."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.gate import read_rules, rule_of
from aquarium_tui.gate.rules import Aspect, FigureName


@pytest.mark.parametrize(
    ("text", "aspect", "figure", "comparison", "limit"),
    [
        ("f1 < 0.6", "value", FigureName("f1"), "<", 0.6),
        (
            'worse(scenario("night").slice("label.class = \\"car\\"").recall)',
            "worse",
            FigureName("recall", "delta", scenario="night", only='label.class = "car"'),
            "",
            0.0,
        ),
        ("delta.f1<-0.01", "value", FigureName("f1", "delta"), "<", -0.01),
        ("delta.f1 < −.01", "value", FigureName("f1", "delta"), "<", -0.01),
        ("base.AP50 >= 1e-3", "value", FigureName("AP50", "base"), ">=", 0.001),
        (
            'lower(delta.recall("traffic light")) < -0.02',
            "lower",
            FigureName("recall", "delta", arguments=("traffic light",)),
            "<",
            -0.02,
        ),
        ("upper(delta.macro(f1)) <= 0", "upper", FigureName("f1", "delta", "macro"), "<=", 0.0),
        (
            'delta.cell("car", "missed") > 5',
            "value",
            FigureName("cell", "delta", "", ("car", "missed")),
            ">",
            5.0,
        ),
        ("worse(f1)", "worse", FigureName("f1", "delta"), "", 0.0),
        ("worse(micro(recall))", "worse", FigureName("recall", "delta", "micro"), "", 0.0),
        ("worse(delta.recall('a \"b\"'))", "worse", FigureName("recall", "delta", "", ('a "b"',)), "", 0.0),
        ('scenario("night").f1 < 0.6', "value", FigureName("f1", scenario="night"), "<", 0.6),
        (
            'worse(scenario("night").recall("car"))',
            "worse",
            FigureName("recall", "delta", "", ("car",), "night"),
            "",
            0.0,
        ),
        ("worse > 3", "value", FigureName("worse"), ">", 3.0),
    ],
)
def test_what_a_rule_says(text: str, aspect: str, figure: FigureName, comparison: str, limit: float) -> None:
    rule = rule_of(text)
    assert (rule.aspect, rule.figure, rule.comparison, rule.limit) == (
        Aspect(aspect),
        figure,
        comparison,
        limit,
    )
    assert rule.title == text.strip()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the name of a figure is missing"),
        ("f1", "a comparison"),
        ("f1 <", "a number is missing"),
        ("f1 < car", "a number is missing"),
        ("f1 < 1 2", "more than one rule"),
        ("recall(car", '"\\)" is missing'),
        ("recall('car'", '"\\)" is missing'),
        ("worse(base.f1)", "takes no base"),
        ("worse(f1) < 1", "more than one rule"),
        ("f1 ; 3", '";" means nothing'),
    ],
)
def test_a_rule_that_cannot_be_read_says_where(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        rule_of(text)


@given(st.text(alphabet='f1 recall("a").<>=0-9,worse\'scenario\\;é', max_size=40))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        rule_of(text)
    except UsageError as error:
        assert error.hint


def test_a_file_of_rules(tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(
        '[[rule]]\nwhen = "worse(f1)"\nname = "no loss"\nalpha = 0.01\n[[rule]]\nwhen = "f1 < 1"\n'
    )
    one, second = read_rules(path)
    assert (one.title, one.alpha, second.title, second.alpha) == ("no loss", 0.01, "f1 < 1", 0.05)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no rules"),
        ("rule = 3", "has no rules"),
        ("[[rules]]\nwhen = 'f1 < 1'", "unknown key 'rules'"),
        ("[[rule]]\nname = 'a'", "Rule 1 of .* has no condition"),
        ("[[rule]]\nwhen = 'f1 < 1'\nlevel = 2", "unknown key 'level'"),
        ("[[rule]]\nwhen = 3", "when is 3"),
        ("[[rule]]\nwhen = 'f1 < 1'\nalpha = 5", "alpha is 5"),
        ("[[rule]]\nwhen = 'f1 < 1'\n[[rule]]\nwhen = 'f1 <'", "Rule 2 of .*number is missing"),
        ("[[rule", "is not TOML"),
        (f"a = {'[' * 5000}", "is not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(text)
    with pytest.raises((UsageError, InputError), match=words):
        read_rules(path)
    with pytest.raises(InputError, match="no file"):
        read_rules(tmp_path / "none.toml")
