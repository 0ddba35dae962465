"""Rules of the gate: how they are written, and files of them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isinf
from pathlib import Path
from typing import Any

from aquarium_tui.errors import UsageError
from aquarium_tui.formats.shared.format import read_toml
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Side

ALPHA = 0.05
"""How often a test may raise an alarm where nothing is worse."""
_LEAST_ALPHA = 1e-12
"""Below this, what is left of 1 is too near to 1 for a normal distribution in floating point."""

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}

RULE_GRAMMAR = """\
rule     = bound compare number | "worse" "(" figure ")"
bound    = figure | ("lower" | "upper") "(" figure ")"
figure   = ["scenario" "(" text ")" "."] ["slice" "(" text ")" "."] [("base" | "other" | "delta") "."] name
name     = word | word "(" text {"," text} ")" | average "(" word ")"
compare  = "<" | "<=" | ">" | ">="
"""
"""How rules are written; a rule that holds fails. Text stands in quotes."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<word>[A-Za-z_]\w*)
    |"(?P<text>(?:[^"\\]|\\.)*)"
    |'(?P<quoted>(?:[^'\\]|\\.)*)'
    |(?P<sign><=|>=|<|>|\(|\)|,|\.))""",
    re.VERBOSE,
)
_SIDES = ("base", "other", "delta")
_EXAMPLES = {
    "rule": 'Write it like: delta.f1 < -0.01, lower(delta.recall("person")) < -0.02, or worse(f1).',
    "target": 'Write it like: f1 >= 0.6, delta.recall("person") >= -0.02, or lower(delta.f1) >= -0.01.',
}
"""By what a condition is called: a rule says what must not hold, a target what must."""
_SLIPS = {
    "%": "write shares like 0.6, not 60%",
    "=": "compare with >=, >, <= or <",
    "!": "compare with >=, >, <= or <",
}
"""What to write instead of signs that come from other languages."""


class Aspect(StrEnum):
    """What of a figure a rule is about."""

    VALUE = "value"
    LOWER = "lower"
    UPPER = "upper"
    WORSE = "worse"


@dataclass(frozen=True)
class FigureName:
    """Which figure is meant.

    Attributes:
        name: As written: `f1`, `ap50`, `cell`, the name of a metric of the user, ….
        side: Whose it is.
        average: How the figure of all classes is made; empty takes the usual one.
        arguments: The class, or label and inferred class of a cell; empty for all classes.
        scenario: The segment whose frames are counted; empty counts those of the comparison.
        only: The condition of the slice whose objects alone are counted; empty counts all.
    """

    name: str
    side: Side | str = "other"
    average: str = ""
    arguments: tuple[str, ...] = ()
    scenario: str = ""
    only: str = ""


@dataclass(frozen=True)
class GateRule:
    """A condition that makes the gate fail.

    Attributes:
        text: The condition as it was written.
        figure: The figure that it is about.
        aspect: Its value, an end of its interval, or the test whether it got worse.
        comparison: `<`, `<=`, `>` or `>=`; empty for the test.
        limit: What the value or the end is compared with.
        name: What results call it.
        alpha: The level of the test.
    """

    text: str
    figure: FigureName
    aspect: Aspect
    comparison: str = ""
    limit: float = 0.0
    name: str = ""
    alpha: float = ALPHA

    @property
    def title(self) -> str:
        """What results call it: its name, or the condition."""
        return self.name or self.text


def rule_of(text: str, name: str = "", alpha: float = ALPHA, noun: str = "rule") -> GateRule:
    """The rule that a text states.

    Args:
        text: The condition.
        name: What results call it.
        alpha: The level of its test.
        noun: What complaints call it, `rule` or `target`.

    Raises:
        UsageError: It cannot be understood.
    """
    return _RuleParser(text, noun).rule(name, alpha)


def read_rules(path: Path) -> list[GateRule]:
    """The rules of a TOML file: `[[rule]]` tables with `when` and, if wanted, `name` and `alpha`.

    Raises:
        InputError: The file cannot be read.
        UsageError: A rule in it cannot be understood.
    """
    where = visible(str(path))
    document = read_toml(path)
    unknown = sorted(set(document) - {"rule"})
    rules = document.get("rule")
    if unknown or not isinstance(rules, list) or not rules:
        what = f"has the unknown key {visible(unknown[0])!r}" if unknown else "has no rules"
        raise UsageError(f"The gate {where} {what}.", 'Write tables like: [[rule]] when = "worse(f1)".')
    return [_read(f"Rule {number} of {where}", rule) for number, rule in enumerate(rules, start=1)]


def _read(where: str, rule: Any) -> GateRule:  # noqa: ANN401
    known = {"when": str, "name": str, "alpha": (int, float)}
    if not isinstance(rule, dict) or "when" not in rule:
        raise UsageError(f"{where} has no condition.", 'Add: when = "…".')
    for key, value in rule.items():
        if key not in known:
            raise UsageError(f"{where} has the unknown key {visible(key)!r}.", "Keys: when, name, alpha.")
        if not isinstance(value, known[key]) or isinstance(value, bool):  # type: ignore[arg-type]
            raise UsageError(f"{where}: {key} is {visible(repr(value))}.", "It must be text, alpha a number.")
    alpha = rule.get("alpha", ALPHA)
    if not _LEAST_ALPHA <= alpha < 1:
        said = f"{alpha}"[:20]
        raise UsageError(f"{where}: alpha is {said}.", "It must lie between 0 and 1, such as 0.05.")
    alpha = float(alpha)
    try:
        return rule_of(rule["when"], rule.get("name", ""), alpha)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


class _RuleParser:
    """Reads one rule from left to right."""

    def __init__(self, text: str, noun: str) -> None:
        self._text, self._noun = text, noun
        self._tokens = self._split(text)
        self._at = 0

    def rule(self, name: str, alpha: float) -> GateRule:
        aspect = Aspect.VALUE
        if self._peek(1) == "(" and self._peek() in (Aspect.LOWER, Aspect.UPPER, Aspect.WORSE):
            aspect = Aspect(self._next())
            self._expect("(")
            figure = self._figure(aspect)
            self._expect(")")
        else:
            figure = self._figure(aspect)
        text = self._text.strip()
        if aspect is Aspect.WORSE:
            self._end()
            return GateRule(text, figure, aspect, name=name, alpha=alpha)
        comparison = self._next()
        if comparison not in COMPARISONS:
            quoted = (
                f'; a class stands in quotes: {figure.name}("{self._peek()}")' if comparison == "." else ""
            )
            raise self._error(f"a comparison (<, <=, > or >=) is missing{quoted}")
        kind, number = self._token()
        if kind != "number":
            delta = (
                f"; to compare with base, write delta.{figure.name} {comparison} 0" if kind == "word" else ""
            )
            raise self._error(f"a number is missing after the comparison{delta}")
        self._end()
        limit = float(number.replace("−", "-"))
        if isinf(limit):
            raise self._error(f"{number} is too large")
        return GateRule(text, figure, aspect, comparison, limit, name, alpha)

    def _figure(self, aspect: Aspect) -> FigureName:
        side = "delta" if aspect is Aspect.WORSE else "other"
        scenario, only = self._among("scenario"), self._among("slice")
        if self._peek() in _SIDES and self._peek(1) == ".":
            side = self._next()
            self._expect(".")
        if aspect is Aspect.WORSE and side != "delta":
            raise self._error(f"worse(…) compares both sets, so it takes no {side}")
        name, average = self._word(), ""
        if self._peek() == "(" and self._kind(1) == "word":
            self._next()
            average, name = name, self._word()
            if average in _SIDES:
                raise self._error(f"write {average}.{name}")
            if average == "cell" or self._peek() == ",":
                raise self._error(f'classes stand in quotes: {average}("{name}", …)')
            arguments = self._texts() if self._peek() == "(" else ()
            self._expect(")")
        else:
            arguments = self._texts() if self._peek() == "(" else ()
        return FigureName(name, side, average, arguments, scenario, only)

    def _among(self, word: str) -> str:
        """The text of `word("…").`, where that comes next."""
        if self._peek() != word or self._peek(1) != "(":
            return ""
        self._next()
        (text,) = self._texts(1)
        if not text.strip():
            raise self._error(f"{word}(…) names nothing")
        self._expect(".")
        return text

    def _texts(self, most: int = 2) -> tuple[str, ...]:
        self._expect("(")
        found = [self._quoted()]
        while self._peek() == "," and len(found) < most:
            self._next()
            found.append(self._quoted())
        self._expect(")")
        return tuple(found)

    def _quoted(self) -> str:
        kind, text = self._token()
        if kind != "text":
            raise self._error("a name in quotes is missing")
        return re.sub(r"\\(.)", r"\1", text)

    def _word(self) -> str:
        kind, text = self._token()
        if kind != "word":
            raise self._error("the name of a figure is missing")
        return text

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self._error(f'"{sign}" is missing')

    def _end(self) -> None:
        if self._at < len(self._tokens):
            more = f'"{visible(self._tokens[self._at][1])}" is more than one {self._noun} holds'
            comma = self._peek() == "," and self._kind(1) == "number"
            raise self._error(more + ("; write decimals with a point" if comma else ""))

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at][1] if at < len(self._tokens) and self._tokens[at][0] != "text" else ""

    def _kind(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at][0] if at < len(self._tokens) else ""

    def _token(self) -> tuple[str, str]:
        found = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        self._at += 1
        return found

    def _next(self) -> str:
        return self._token()[1]

    def _error(self, what: str) -> UsageError:
        sentence = f'The {self._noun} "{visible(self._text.strip())}" cannot be read: {what}.'
        return UsageError(sentence, _EXAMPLES[self._noun])

    def _split(self, text: str) -> Sequence[tuple[str, str]]:
        found, at = [], 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                place = text[at:].strip()[:1]
                instead = f"; {_SLIPS[place]}" if place in _SLIPS else ""
                raise self._error(f'"{visible(place)}" means nothing{instead}')
            kind = str(match.lastgroup)
            found.append(("text" if kind == "quoted" else kind, match[kind]))
            at = match.end()
        return found
