"""The report of objects."""

from collections.abc import Mapping

import numpy as np

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.rates import COUNTS, RATES, ClassScores, total
from aquarium_tui.kinds.report import ClassField, ClassReport, Total, TotalGroup
from aquarium_tui.model.numbers import COUNT, SHARE, grouped
from aquarium_tui.model.outcomes import Change
from aquarium_tui.model.settings import Side

AVERAGES = {"weighted": "all (weighted by support)", "macro": "all (macro)", "micro": "all (micro)"}
_TITLES = {"precision": ("precision", "P"), "recall": ("recall", "R"), "f1": ("F1", "F1")}


def class_report(comparison: ObjectComparison) -> ClassReport:
    """Precision, recall, F1 and counts of each class; on screens the total is weighted by support."""
    scores = comparison.scores
    first = scores["base"]
    totals = {average: {side: total(each, average) for side, each in scores.items()} for average in AVERAGES}
    return ClassReport(
        names=comparison.classes[:-1],
        support=first.support,
        seen=np.flatnonzero(sum(s.support + s.correct + s.false_positives for s in scores.values())),
        averages=AVERAGES,
        fields=tuple(_field(name, scores, totals) for name in (*RATES, *COUNTS)),
        total="weighted",
        total_title="all",
    )


def _field(
    name: str,
    scores: Mapping[Side, ClassScores],
    totals: Mapping[str, Mapping[Side, Mapping[str, float]]],
) -> ClassField:
    count = name in COUNTS
    whole = {
        average: {side: int(each[name]) if count else each[name] for side, each in sides.items()}
        for average, sides in totals.items()
    }
    title, short = _TITLES.get(name, ("", ""))
    values = {side: getattr(each, name) for side, each in scores.items()}
    return ClassField(name, values, whole, title, short, COUNT if count else SHARE)


def count_totals(comparison: ObjectComparison) -> TotalGroup:
    """Objects by outcome, and with two sets how many changed."""
    micro = {side: total(each, "micro") for side, each in comparison.scores.items()}
    totals = tuple(
        Total(name, {side: each[name] for side, each in micro.items()}, name.replace("_", " "), unit=COUNT)
        for name in COUNTS[1:]
    )
    return TotalGroup(totals, title="objects", remark=_changes(comparison) if comparison.other else "")


def _changes(comparison: ObjectComparison) -> str:
    """How many objects changed, and how."""
    counts = np.bincount(comparison.ledger.change, minlength=len(Change))
    words = [f"{grouped(counts[c])} {c.word.replace('_', ' ')}" for c in Change if c is not Change.NONE]
    return ", ".join(words)


def counted(count: int, what: str) -> str:
    """`12 frames`, `1 frame`."""
    return f"{grouped(count)} {what}{'s' * (count != 1)}"
