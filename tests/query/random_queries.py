"""Random well-formed queries, each as text and as a plain Python function of one row."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from tests.query.reference import Row, calculated, difference, in_cell

FRAME, OBJECT = 1, 2
OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SPELLINGS = {"=": ["=", "=="], "!=": ["!=", "<>"]}
NAMES = ["car", "CYCLIST", "pedestrian", "Truck", "sky"]
CELLS = ["car", "Cyclist", "pedestrian", "truck", "background"]
WEATHERS = ["rain", "Rain", "dry", "", 'it\'s "wet"']
DATES = ["2024-05-01", "2024-05-01T12:00", "2024-05-02T01:30+02:00"]


@dataclass(frozen=True)
class Part:
    """A piece of a query: its text, what it means, whether it names an object, and how tightly it binds."""

    text: str
    of: Callable[[Row], Any]
    scope: int = 0
    binding: int = 9

    def inside(self, binding: int) -> str:
        return self.text if self.binding >= binding else f"({self.text})"


def field(name: str, written: str = "") -> Part:
    of_frame = name.startswith(("frame.", "delta.")) or name.rsplit(".", maxsplit=1)[-1] in SCORES
    return Part(written or name, lambda row: row[name], FRAME if of_frame else OBJECT)


SCORES = ["correct", "confused", "missed", "spurious", "errors", "precision", "recall", "f1"]
OBJECT_NUMBERS = ["label.area", "label.left", "label.distance", "label.height"] + [
    f"{side}.{name}" for side in ("base", "other") for name in ("confidence", "iou", "width", "area", "top")
]
FRAME_NUMBERS = ["frame.speed", "frame.width", "frame.metadata.width"] + [
    f"{side}.{name}" for side in ("base", "other", "delta") for name in SCORES
]
FREE_TEXTS = ["frame.id", "frame.weather", "base.track", "other.track", "label.id", "base.id"]
CLASSES = [f"{part}.{name}" for part in ("label", "base", "other") for name in ("class", "own_class")]
TRUTHS = ["frame.night", "label.occluded", "label.crowd"]


def quoted(text: str) -> st.SearchStrategy[str]:
    double, single = text.replace('"', '""'), text.replace("'", "''")
    return st.sampled_from([f'"{double}"', f"'{single}'"])


@st.composite
def literals(draw) -> Part:
    value = draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0, 2.0, 5.0, 20.0, 50.0, 1e3]))
    text = draw(st.sampled_from([repr(value), f"{value:g}", f"{value:e}"]))
    if draw(st.booleans()):
        return Part(text, lambda row: value)
    return Part(f"-{text}", lambda row: -value, 0, 8)


@st.composite
def counts(draw, depth: int) -> Part:
    entity = draw(st.sampled_from(["label", "base", "other", "object"]))
    if depth == 0 or draw(st.booleans()):
        return Part(f"count({entity})", lambda row: _count(row, entity, lambda each: True), FRAME)
    where = draw(conditions(depth - 1))
    text = f"count({entity} where {where.text})"
    if entity != "object" and draw(st.booleans()):
        text = re.sub(rf"\b{entity}\.(class|own_class|left|area|iou|confidence|id)\b", r"\1", text)
    return Part(text, lambda row: _count(row, entity, where.of), FRAME)


def _count(row: Row, entity: str, where) -> float:
    there = [each for each in row["#objects"] if entity == "object" or each[f"#{entity}"]]
    return float(sum(bool(where(row | each)) for each in there))


@st.composite
def aggregates(draw, depth: int) -> Part:
    name = draw(st.sampled_from(["max", "min", "mean", "sum", "MAX"]))
    value = draw(st.sampled_from(OBJECT_NUMBERS).map(field))
    where = draw(conditions(depth - 1)) if depth and draw(st.booleans()) else None
    text = f"{name}({value.text}{f' where {where.text}' if where else ''})"

    def of(row: Row):
        met = [row | each for each in row["#objects"] if where is None or where.of(row | each)]
        values = [v for v in map(value.of, met) if v is not None]
        total = 0.0
        for each in values:
            total += each
        if name == "sum":
            return total
        if not values:
            return None
        return {"max": max(values), "min": min(values), "mean": total / len(values)}[name.lower()]

    return Part(text, of, FRAME)


@st.composite
def cells(draw) -> Part:
    side = draw(st.sampled_from(["base", "other", "delta"]))
    label, inferred = draw(st.sampled_from(CELLS)), draw(st.sampled_from(CELLS))

    def one(row: Row, which: str) -> float:
        return float(sum(in_cell(each, which, label, inferred) for each in row["#objects"]))

    def of(row: Row) -> float | None:
        return difference(one(row, "other"), one(row, "base")) if side == "delta" else one(row, side)

    return Part(f'{side}.confusion("{label}", "{inferred}")', of, FRAME)


@st.composite
def sums(draw, depth: int) -> Part:
    if depth == 0 or draw(st.integers(0, 2)):
        number: Part = draw(
            st.one_of(
                st.sampled_from(OBJECT_NUMBERS).map(field),
                st.sampled_from(FRAME_NUMBERS).map(field),
                literals(),
                cells(),
                counts(depth),
                aggregates(depth),
            )
        )
        return number
    binding, signs = draw(st.sampled_from([(6, "+-"), (7, "*/")]))
    parts = draw(st.lists(sums(depth - 1), min_size=2, max_size=3))
    chosen = draw(st.lists(st.sampled_from(signs), min_size=len(parts) - 1, max_size=len(parts) - 1))
    text = parts[0].inside(binding)
    for sign, part in zip(chosen, parts[1:], strict=True):
        text += f" {sign} {part.inside(binding + 1)}"

    def of(row: Row):
        value = parts[0].of(row)
        for sign, part in zip(chosen, parts[1:], strict=True):
            value = calculated(value, sign, part.of(row))
        return value

    return Part(text, of, max(part.scope for part in parts), binding)


def compared(left: Part, sign: str, spelled: str, right: Part, key=lambda value: value) -> Part:
    def of(row: Row) -> bool:
        a, b = left.of(row), right.of(row)
        return a is not None and b is not None and bool(OPERATORS[sign](key(a), key(b)))

    scope = max(left.scope, right.scope)
    return Part(f"{left.inside(6)} {spelled} {right.inside(6)}", of, scope, 5)


@st.composite
def signs(draw, of=tuple(OPERATORS)):
    sign = draw(st.sampled_from(of))
    return sign, draw(st.sampled_from(SPELLINGS.get(sign, [sign])))


@st.composite
def number_conditions(draw, depth: int) -> Part:
    sign, spelled = draw(signs())
    return compared(draw(sums(depth)), sign, spelled, draw(sums(depth)))


@st.composite
def class_conditions(draw) -> Part:
    left = field(draw(st.sampled_from(CLASSES)))
    sign, spelled = draw(signs(("=", "!=")))
    other = draw(st.one_of(st.none(), st.sampled_from([*CLASSES, "frame.weather"])))
    if other:
        return compared(left, sign, spelled, field(other), str.casefold)
    names = [*NAMES, "lorry"] if "own" in left.text else NAMES
    word = draw(st.sampled_from(names))
    right = Part(draw(quoted(word)), lambda row: word)
    first, second = draw(st.permutations([left, right]))
    return compared(first, sign, spelled, second, str.casefold)


@st.composite
def fixed_conditions(draw) -> Part:
    name, words = draw(
        st.sampled_from(
            [
                ("change", ["fixed", "broken", "moved", "same_error", "BOTH_correct"]),
                ("base.outcome", ["correct", "confused", "Missed", "spurious", "ignored"]),
                ("other.outcome", ["correct", "confused", "missed", "spurious", "ignored"]),
            ]
        )
    )
    word = draw(st.sampled_from(words))
    written = draw(st.sampled_from([word, f'"{word}"']))
    sign, spelled = draw(signs(("=", "!=")))
    return compared(field(name), sign, spelled, Part(written, lambda row: word), str.casefold)


@st.composite
def text_conditions(draw) -> Part:
    left = field(draw(st.sampled_from(FREE_TEXTS)))
    sign, spelled = draw(signs())
    other = draw(st.one_of(st.none(), st.sampled_from(FREE_TEXTS)))
    if other:
        return compared(left, sign, spelled, field(other))
    word = draw(st.sampled_from([*WEATHERS, "f1", "l2", "1", "t1"]))
    return compared(left, sign, spelled, Part(draw(quoted(word)), lambda row: word))


@st.composite
def date_conditions(draw) -> Part:
    word = draw(st.sampled_from(DATES))
    moment = datetime.fromisoformat(word)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    sign, spelled = draw(signs())
    return compared(field("frame.taken"), sign, spelled, Part(f'"{word}"', lambda row: moment))


@st.composite
def searches(draw) -> Part:
    name = draw(st.sampled_from([*FREE_TEXTS, *CLASSES]))
    negated = draw(st.booleans())
    spelled = f"{'not ' if negated else ''}"
    if draw(st.booleans()):
        part = draw(st.sampled_from(["a", "R", "1", "", "c"]))
        folded = name in CLASSES

        def holds(value: str) -> bool:
            return part.casefold() in value.casefold() if folded else part in value

        spelled += f'contains "{part}"'
    else:
        pattern = draw(st.sampled_from(["^r", "n$", r"\d+", "(?i)RAIN", "a|e", "^$", "(ab)+", "."]))

        def holds(value: str) -> bool:
            return re.search(pattern, value) is not None

        spelled += f'matches "{pattern}"'
    left = field(name)

    def of(row: Row) -> bool:
        return left.of(row) is not None and holds(left.of(row)) != negated

    return Part(f"{name} {spelled}", of, left.scope, 5)


@st.composite
def memberships(draw) -> Part:
    name, options, fold = draw(
        st.sampled_from(
            [(name, NAMES, True) for name in CLASSES if "own" not in name]
            + [(name, WEATHERS, False) for name in FREE_TEXTS]
            + [("change", ["fixed", "broken", "moved"], True)]
            + [
                (name, [0.5, 1.0, 50.0, -1.0], None)
                for name in ("base.confidence", "frame.speed", "delta.errors")
            ]
        )
    )
    values = draw(st.lists(st.sampled_from(options), min_size=1, max_size=3))
    negated = draw(st.booleans())
    written = ", ".join(f"{v:g}" if fold is None else draw(quoted(v)) for v in values)
    key = str.casefold if fold else (lambda value: value)
    left = field(name)

    def of(row: Row) -> bool:
        value = left.of(row)
        return value is not None and (key(value) in [key(v) for v in values]) != negated

    return Part(f"{name} {'not ' if negated else ''}in ({written})", of, left.scope, 5)


@st.composite
def absences(draw) -> Part:
    negated = draw(st.booleans())
    spelled = f"is {'not ' if negated else ''}missing"
    if draw(st.booleans()):
        part = draw(st.sampled_from(["label", "base", "other"]))
        return Part(f"{part} {spelled}", lambda row: row[f"#{part}"] == negated, OBJECT, 5)
    value = field(
        draw(
            st.sampled_from([*OBJECT_NUMBERS, *FRAME_NUMBERS, *FREE_TEXTS, *CLASSES, *TRUTHS, "frame.taken"])
        )
    )
    return Part(f"{value.text} {spelled}", lambda row: (value.of(row) is None) != negated, value.scope, 5)


@st.composite
def truths(draw) -> Part:
    value = field(draw(st.sampled_from(TRUTHS)))
    if draw(st.booleans()):
        return Part(value.text, lambda row: value.of(row) is True, value.scope)
    wanted = draw(st.booleans())
    sign, spelled = draw(signs(("=", "!=")))
    return compared(
        value,
        sign,
        spelled,
        Part(draw(st.sampled_from([str(wanted), str(wanted).lower()])), lambda row: wanted),
    )


@st.composite
def tags(draw) -> Part:
    tag = draw(st.sampled_from(["blurred", "check labels", "nobody's"]))
    text, holds = draw(
        st.sampled_from(
            [
                (f'frame.tag = "{tag}"', lambda found: tag in found),
                (f'frame.tag in ("{tag}", "blurred")', lambda found: tag in found or "blurred" in found),
                ('frame.tag contains "e"', lambda found: any("e" in each for each in found)),
                ('frame.tag not matches "^b"', lambda found: not any(each[0] == "b" for each in found)),
                ("frame.tag is missing", lambda found: not found),
                ("frame.tag", bool),
            ]
        )
    )
    return Part(text, lambda row: bool(holds(row["frame.tag"])), FRAME, 5 if " " in text else 9)


@st.composite
def conditions(draw, depth: int = 2) -> Part:
    kind = draw(st.sampled_from(["simple", "simple", "and", "or", "not"])) if depth else "simple"
    if kind == "simple":
        simple: Part = draw(
            st.one_of(
                number_conditions(depth),
                class_conditions(),
                fixed_conditions(),
                text_conditions(),
                date_conditions(),
                searches(),
                memberships(),
                absences(),
                truths(),
                tags(),
            )
        )
        return simple
    if kind == "not":
        part = draw(conditions(depth - 1))
        spelled = draw(st.sampled_from(["not ", "NOT ", "! ", "!"]))
        return Part(f"{spelled}{part.inside(4)}", lambda row: not part.of(row), part.scope, 4)
    parts = draw(st.lists(conditions(depth - 1), min_size=2, max_size=3))
    binding, spellings, join = (
        (3, ["and", "AND", "&&"], all) if kind == "and" else (2, ["or", "Or", "||"], any)
    )
    text = f" {draw(st.sampled_from(spellings))} ".join(part.inside(binding + 1) for part in parts)
    scope = max(part.scope for part in parts)
    return Part(text, lambda row: join([part.of(row) for part in parts]), scope, binding)


@dataclass(frozen=True)
class RandomQuery:
    text: str
    condition: Part | None
    keys: list[tuple[Part, bool]]
    limit: int | None

    @property
    def scope(self) -> int:
        parts = [*([self.condition] if self.condition else []), *(key for key, _ in self.keys)]
        return max([FRAME, *(part.scope for part in parts)])


@st.composite
def queries(draw) -> RandomQuery:
    condition = draw(st.one_of(st.none(), conditions(), conditions(), conditions()))
    key = st.one_of(
        sums(1), st.sampled_from([*FREE_TEXTS, *CLASSES, "change", "frame.taken", "frame.night"]).map(field)
    )
    keys = draw(st.lists(st.tuples(key, st.booleans()), max_size=2))
    limit = draw(st.one_of(st.none(), st.none(), st.integers(0, 4)))
    text = condition.text if condition else ""
    if keys:
        directions = [draw(st.sampled_from([" desc", " DESC"] if down else ["", " asc"])) for _, down in keys]
        written = [key.inside(6) + way for (key, _), way in zip(keys, directions, strict=True)]
        text += " order by " + ", ".join(written)
    text += "" if limit is None else f" limit {limit}"
    return RandomQuery(text, condition, keys, limit)
