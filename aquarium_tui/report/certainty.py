"""How sure a comparison is, written out: intervals, p-values, the verdict; and columns of text, aligned."""

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aquarium_tui.compare.bootstrap import Significance, group_words
from aquarium_tui.compare.certainty.precision import PrecisionSignificance
from aquarium_tui.compare.certainty.table import Certainty, State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import metric_certainty
from aquarium_tui.compare.objects.verdict import LOWER_IS_BETTER
from aquarium_tui.compare.verdict import Direction, Sensitivity, Statement, Variation, Verdict
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, counted, p_text, signed_share

Write = Callable[[float], str]


def width(text: str) -> int:
    """How many cells of a terminal a printable text takes."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def left(title: str, texts: Sequence[str]) -> list[str]:
    """A column of text below its title, padded to one width."""
    size = max(map(width, [title, *texts]))
    return [text + " " * (size - width(text)) for text in (title, *texts)]


def right(title: str, texts: Sequence[str]) -> list[str]:
    """A column of numbers below its title, padded to one width."""
    size = max(map(width, [title, *texts]))
    return [" " * (size - width(text)) + text for text in (title, *texts)]


def change(
    title: str, base: Sequence[float], other: Sequence[float] | None, write: Write, write_delta: Write
) -> list[str]:
    """A column of `base → other  delta`, or of base alone, each number aligned."""
    before = right("", [write(value) for value in base])[1:]
    if other is None:
        return right(title, before)
    after = right("", [write(value) for value in other])[1:]
    deltas = right("", [write_delta(b - a) for a, b in zip(base, other, strict=True)])[1:]
    return left(title, [f"{a} → {b}  {d}" for a, b, d in zip(before, after, deltas, strict=True)])


def lines(columns: Sequence[Sequence[str]], gap: str = "   ") -> list[str]:
    """The columns side by side."""
    return [gap.join(row).rstrip() for row in zip(*columns, strict=True)]


Figures = Mapping[str, Certainty]
JsonObject = dict[str, Any]

LEGEND = "* sure (q ≤ .05, interval without 0)   ~ too few frames or labels to tell   unmarked: may be chance"

_SIGNS = {Direction.BETTER: "▲", Direction.WORSE: "▼", Direction.UNCLEAR: "◆"}
_ABOUT = {"labels": "labels", "false_alarms": "false alarms", "pixels": "pixels"}


_HEADLINE = {
    "recall": "recall",
    "precision": "precision",
    "f1": "F1",
    "false_alarms": "false alarms per frame",
}
"""The headline deltas as text has them, by figure."""


@dataclass(frozen=True)
class Findings:
    """Everything that is known of how sure a comparison of two sets is.

    Attributes:
        significance: Of rates and cells.
        precision: Of AP and its like; None where AP means nothing.
        sensitivity: What the headline depends on; None where there are no settings.
        verdict: What it comes to.
        metrics: Of the user's metrics, as of `metric_certainty`.
    """

    significance: Significance
    precision: PrecisionSignificance | None
    sensitivity: Sensitivity | None
    verdict: Verdict
    metrics: Figures = field(default_factory=dict)

    @classmethod
    def of(
        cls, comparison: Comparison, precisions: Sequence[str] = (), replicates: int = 1000
    ) -> "Findings | None":
        """The findings about a comparison; None with one set.

        Args:
            comparison: The comparison.
            precisions: Of AP and its like only these, as they take most of the time; empty takes all.
            replicates: How often frames are drawn for these.
        """
        if comparison.other is None:
            return None
        kind = kind_of(comparison.dataset.project)
        significance, depends = comparison.significance(), kind.sensitivity(comparison)
        precision = kind.precision_significance(comparison, precisions, replicates)
        verdict = kind.verdict(comparison, significance, depends)
        return cls(significance, precision, depends, verdict, metric_certainty(comparison))

    def of_average(self, average: str) -> dict[str, Certainty]:
        """The figures over all classes, by figure."""
        return dict(self.significance.totals.get(average, {}))

    def of_all(self, figure: str, average: str) -> Certainty | None:
        """One figure over all classes; None where not known."""
        found = self.of_average(average).get(figure)
        return found or (self.precision.of_all(figure, average) if self.precision else None)

    @property
    def of_wholes(self) -> dict[str, Certainty]:
        """The numbers that belong to no class, such as accuracy and AP, by key."""
        return {**self.significance.wholes, **(self.precision.total if self.precision else {})}

    @property
    def of_classes(self) -> dict[str, Certainty]:
        """The figures of each class, by figure."""
        precision = self.precision.per_class if self.precision else {}
        return {**self.significance.per_class, **precision}


# JSON


def certainty_document(figures: Figures, row: int) -> JsonObject:
    """Interval, p, q, few and state of one row, by figure; None where undefined."""
    return {name: _document(certainty, row) for name, certainty in figures.items()}


def _document(certainty: Certainty, row: int) -> JsonObject:
    few = bool(certainty.few[row])
    low, high = float(certainty.low[row]), float(certainty.high[row])
    return {
        "interval": None if math.isnan(low) else [low, high],
        "p": _plain(float(certainty.p[row])),
        "q": _plain(float(certainty.q[row])),
        "few": few,
        "state": certainty.state(row).value,
    }


def verdict_document(verdict: Verdict) -> JsonObject:
    """The verdict as plain values."""
    claims = {claim.about: _claim(claim) for claim in verdict.claims}
    apart = verdict.operating_points
    return {
        "sentence": verdict_line(verdict),
        "labels": claims.get("labels", claims.get("pixels")),
        "false_alarms": claims.get("false_alarms"),
        "against": [{"class": claim.about} | _claim(claim) for claim in verdict.against],
        "turned_by": [variation.name for variation in verdict.turned_by],
        "operating_points": dict(zip(("base", "other"), apart, strict=True)) if apart else None,
    }


def _claim(claim: Statement) -> JsonObject:
    low, high = claim.interval
    return {
        "says": claim.direction.value,
        "figure": claim.figure,
        "delta": _plain(claim.delta),
        "interval": None if math.isnan(low) else [low, high],
        "p": _plain(claim.p),
        "state": claim.state.value,
    }


def sensitivity_document(found: Sensitivity) -> JsonObject:
    """What the headline depends on, as plain values."""

    def of(variations: Sequence[Variation]) -> JsonObject:
        return {v.name: {"delta": _numbers(v.deltas), "turns": list(v.turns)} for v in variations}

    return {
        "delta": _numbers(found.deltas),
        "rules": of(found.rules),
        "confidences": of(found.confidences),
        "outranked": found.outranked,
    }


def _numbers(values: Mapping[str, float]) -> JsonObject:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


# Text


def verdict_line(verdict: Verdict) -> str:
    """The verdict in one line, words first and figures second."""
    return "   ".join(text for text, _ in verdict_parts(verdict))


def verdict_parts(verdict: Verdict, detail: int = 3, doubts: int = 2) -> list[tuple[str, Direction]]:
    """The parts of the line, each with the direction that it says; what counts against it says none.

    Args:
        verdict: What is said.
        detail: 3 for claims with figures and intervals, 2 without intervals, 1 for the sign of a clear
            one and its figure, 0 in words alone.
        doubts: 2 for all that counts against it, 1 for warnings in short, 0 for a sign that there are some.
    """
    parts = [(_claim_words(claim, verdict.unit, detail), claim.direction) for claim in verdict.claims]
    return parts + [(text, Direction.UNCLEAR) for text in _DOUBTS[doubts](verdict)]


def verdict_sentences(verdict: Verdict) -> list[str]:
    """The verdict in full, part by part, with every class that counts against it."""
    against = [
        f"against it: {visible(each.about)} {signed_share(each.delta)} {figure_words(each.figure)} "
        f"[{signed_share(each.interval[0])}, {signed_share(each.interval[1])}]"
        for each in verdict.against
    ]
    claims = [_claim_words(claim, verdict.unit, 3) for claim in verdict.claims]
    return [*claims, *against, *_against(replace(verdict, against=()))]


VERDICT_FORMS = ((3, 2), (3, 1), (3, 0), (2, 1), (2, 0), (1, 1), (1, 0), (0, 0))
"""How much of the verdict is said, the most first, as `verdict_parts` counts claims and doubts: figures stay
longer than what warns of them, but a sign of the warnings stays as long as there is room."""


def _short_warnings(verdict: Verdict) -> list[str]:
    """What may reverse the verdict, without figures."""
    parts = ["! other operating points"] if verdict.operating_points else []
    return parts + (["! sign turns"] if verdict.turned_by else [])


def _warning_sign(verdict: Verdict) -> list[str]:
    """That something may reverse the verdict."""
    count = bool(verdict.operating_points) + bool(verdict.turned_by)
    return [f"! {counted(count, 'warning')}"] if count else []


def _against(verdict: Verdict) -> list[str]:
    """Classes that went the other way, other operating points, and settings that reverse a sign."""
    parts = []
    if verdict.against:
        first, *more = verdict.against
        further = f" and {len(more)} more" if more else ""
        amount = signed_share(first.delta)
        parts.append(f"against it: {visible(first.about)} {amount} {figure_words(first.figure)}{further}")
    if verdict.operating_points:
        base, other = verdict.operating_points
        parts.append(f"! other operating points: {base:.1f} and {other:.1f} inferences per frame")
    if verdict.turned_by:
        parts.append(f"! sign turns under {', '.join(v.words for v in verdict.turned_by)}")
    return parts


_DOUBTS = (_warning_sign, _short_warnings, _against)


def _claim_words(claim: Statement, drawn: str, detail: int) -> str:
    words = f"{_SIGNS[claim.direction]} {claim.direction} on {_ABOUT[claim.about]}"
    if detail == 0 or (detail == 1 and claim.direction is Direction.UNCLEAR):
        return words
    if math.isnan(claim.delta):
        return f"{words}: not defined"
    alarms = claim.figure == "false_alarms"
    amount: Callable[[float], str] = _signed_number if alarms else _points
    unit = " per frame" if alarms else f" pts {figure_words(claim.figure)}"
    low, high = claim.interval
    if claim.delta == low == high == 0:
        return f"{words}: the same in all {drawn}"
    if detail == 1:
        return f"{_SIGNS[claim.direction]} {_ABOUT[claim.about]} {amount(claim.delta)}{unit}"
    between = "" if math.isnan(low) or detail == 2 else f" [{amount(low)}, {amount(high)}]"
    counted_of = f"{drawn} or labels" if claim.about == "labels" else drawn
    few = f", too few {counted_of} to tell" if claim.state is State.FEW else ""
    gap = "  " if detail > 2 else " "  # Without intervals, two claims then fit into 80 columns.
    return f"{words}{gap}{amount(claim.delta)}{unit}{between}{few}"


def figure_words(name: str) -> str:
    """The name of a figure as text has it."""
    return {"miou": "mIoU", "iou": "IoU", "f1": "F1"}.get(name, name.replace("_", " "))


def _points(value: float) -> str:
    return _signed_number(100 * value, 1)


def _signed_number(value: float, digits: int = 2) -> str:
    if math.isnan(value):
        return UNDEFINED
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0 else ("+" if value > 0 else "−") + text


def interval_lines(comparison: Comparison, findings: Findings, rows: Sequence[int]) -> list[str]:
    """The deltas of rates with their intervals: of the classes at `rows`, then over all classes."""
    kind = kind_of(comparison.dataset.project)
    report = kind.class_report(comparison)
    fields = {field.key: field for field in (*report.fields, *kind.slow_fields(comparison))}
    of_classes = findings.of_classes
    names = [name for name in of_classes if name in fields]
    labels = [*(visible(report.names[row]) for row in rows), *report.averages]
    columns = [left("", labels)]
    for name in names:
        field = fields[name]
        delta = field.values["other"] - field.values["base"]
        texts = [_figure_text(float(delta[row]), of_classes[name], row) for row in rows]
        for average in report.averages:
            found = findings.of_all(name, average)
            whole = field.totals.get(average)
            texts.append(_figure_text(whole["other"] - whole["base"], found, 0) if whole and found else "")
        columns.append(left(figure_words(name), texts))
    drawn = group_words(comparison.groups) if comparison.groups else "frames"
    times = findings.significance.replicates
    title = f"how sure the deltas are: 95 % intervals, {times} resamples of the {drawn}"
    return [title, *lines(columns), LEGEND]


def between(certainty: Certainty | None, row: int, written: Callable[[float], str] = signed_share) -> str:
    """`[+.010, +.054]*`: the interval of a delta and its mark; empty where nothing is known of it."""
    if certainty is None or math.isnan(certainty.p[row]):
        return ""
    low, high = float(certainty.low[row]), float(certainty.high[row])
    ends = "" if math.isnan(low) else f"[{written(low)}, {written(high)}]"
    return f"{ends}{certainty.state(row).mark}"


def _figure_text(delta: float, certainty: Certainty, row: int) -> str:
    if math.isnan(delta):
        return signed_share(delta)
    return " ".join(filter(None, (signed_share(delta), between(certainty, row))))


def sensitivity_lines(found: Sensitivity) -> list[str]:
    """The headline deltas under each rule and with both confidences moved; `!` where a sign turns."""
    variations = [*found.rules, *found.confidences]
    columns = [left("", ["now", *(variation.words for variation in variations)])]
    for figure, title in _HEADLINE.items():
        texts = [_headline(figure, found.deltas)]
        texts += [f"{_headline(figure, v.deltas)}{' !' * (figure in v.turns)}" for v in variations]
        columns.append(left(title, texts))
    title = "what the micro deltas depend on: rule and confidences; ! where the sign turns"
    return [title, *lines(columns), *_outranked_words(found)]


def sensitivity_remarks(found: Sensitivity) -> list[str]:
    """A sentence for each setting that reverses a headline delta's sign, and one for outranked labels."""
    sentences = []
    for variation in found.turning:
        changed = [
            f"{_HEADLINE[figure]} {_headline(figure, variation.deltas)} instead of "
            f"{_headline(figure, found.deltas)}"
            for figure in variation.turns
        ]
        sentences.append(f"the sign turns under {variation.words}: {', '.join(changed)}")
    return sentences + _outranked_words(found)


def _headline(figure: str, deltas: Mapping[str, float]) -> str:
    return (_signed_number if figure in LOWER_IS_BETTER else signed_share)(deltas[figure])


def _outranked_words(found: Sensitivity) -> list[str]:
    counts = {side: count for side, count in found.outranked.items() if count}
    if not counts:
        return []
    lost = " and ".join(f"{counted(count, 'label')} under {side}" for side, count in counts.items())
    return [
        f"{lost} have an inference of their class that lost them to one of another class: they are correct "
        "under rule same-class"
    ]


def test_lines(significance: Significance) -> list[str]:
    """Whether more got better than worse, of labels and of false alarms."""
    found = []
    for what, test in (("labels", significance.labels), ("false alarms", significance.false_alarms)):
        if test is not None:
            if not test.better + test.worse:
                found.append(f"{what}: none changed")
                continue
            few = f", too few {significance.unit} to tell" if test.few else ""
            changed = (
                f"{test.better} better, {test.worse} worse in {counted(test.frames, significance.unit[:-1])}"
            )
            found.append(f"{what}: {changed}, {p_text(test.p)}{few}")
    return found
