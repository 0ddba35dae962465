"""The verdict on two sets of objects, and how far it depends on rule and thresholds."""

from collections.abc import Iterable
from dataclasses import replace
from math import isnan, nan

import numpy as np

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.significance import Significance
from aquarium_tui.compare.verdict import (
    Sensitivity,
    Statement,
    Variation,
    Verdict,
    clearly_apart,
    contradicting,
)
from aquarium_tui.model.numbers import threshold
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import SIDES, Rule, Settings, Side

STEP = 0.1
"""How far both confidences are moved: about what lies between the defaults of common tools (.05, .1, .25)."""

_LEAST = 0.05
"""Where a step down would end below this, the confidence is halved instead."""

LOWER_IS_BETTER = ("false_alarms",)


def headline(comparison: ObjectComparison) -> dict[str, float]:
    """The deltas that the verdict rests on, over all classes: recall, precision, F1, false alarms a frame."""
    deltas: dict[str, float] = {}
    for side, sign in zip(SIDES, (-1, 1), strict=True):
        matrix = comparison.confusion(side)
        n = len(matrix) - 1
        correct, labels, inferred = np.trace(matrix[:n, :n]), matrix[:n].sum(), matrix[:, :n].sum()
        figures = {
            "recall": _share(correct, labels),
            "precision": _share(correct, inferred),
            "f1": _share(2 * correct, labels + inferred),
            "false_alarms": _share(matrix[n, :n].sum(), comparison.frame_count),
        }
        deltas = {name: deltas.get(name, 0.0) + sign * value for name, value in figures.items()}
    return deltas


def sensitivity(comparison: ObjectComparison, rules: bool = True) -> Sensitivity:
    """The headline under the other rules, and with both confidences higher and lower.

    Args:
        comparison: Of two sets.
        rules: Whether matching rules mean anything.
    """
    now, settings = headline(comparison), comparison.settings
    of_rules = [(rule.value, replace(settings, rule=rule)) for rule in Rule] if rules else []
    moved = [_moved(settings, by) for by in (-STEP, STEP)]
    confidences = [(f"confidence {_of_both(s)}", s) for s in moved]
    return Sensitivity(
        now,
        tuple(_variations(comparison, now, of_rules)),
        tuple(_variations(comparison, now, confidences)),
        outranked(comparison) if rules else {},
    )


def _variations(
    comparison: ObjectComparison, now: dict[str, float], changed: Iterable[tuple[str, Settings]]
) -> Iterable[Variation]:
    for name, settings in changed:
        deltas = headline(comparison.under(settings)) if settings != comparison.settings else now
        yield Variation(name, deltas, tuple(key for key, value in deltas.items() if value * now[key] < 0))


def _of_both(settings: Settings) -> str:
    """Both confidences in a few words."""
    words = f"{threshold(settings.base_confidence)} / {threshold(settings.other_confidence)}"
    return f"{words} and of classes likewise" if settings.per_class else words


def _moved(settings: Settings, by: float) -> Settings:
    def to(confidence: float) -> float:
        moved = round(confidence + by, 10)
        return min(moved, 1.0) if moved >= _LEAST else confidence / 2

    return replace(
        settings,
        base_confidence=to(settings.base_confidence),
        other_confidence=to(settings.other_confidence),
        base_classes=tuple((name, to(value)) for name, value in settings.base_classes),
        other_classes=tuple((name, to(value)) for name, value in settings.other_classes),
    )


def outranked(comparison: ObjectComparison) -> dict[str, int]:
    """By side, labels that are confused under the rule in use and correct under `same-class`."""
    strict = comparison.under(replace(comparison.settings, rule=Rule.SAME_CLASS))
    counts: dict[str, int] = {}
    for side in comparison.sides:
        now, then = (each.matching(side).label_outcome for each in (comparison, strict))
        lost = (now == Outcome.CONFUSED) & (then == Outcome.CORRECT)
        if comparison.frames is not None:
            lost &= comparison.frames[comparison.dataset.labels.frame]
        counts[side] = int(np.count_nonzero(lost))
    return counts


def object_verdict(
    comparison: ObjectComparison, significance: Significance, depends: Sensitivity, alarms: bool = True
) -> Verdict:
    """What the comparison comes to.

    Args:
        comparison: Of two sets.
        significance: How sure its deltas are.
        depends: What its headline depends on.
        alarms: Whether there can be inferences without a label.
    """
    found = {name: _claim(name, depends, significance) for name in ("recall", "false_alarms")}
    first = found["recall"]
    claims = (first, found["false_alarms"]) if alarms else (first,)
    classes = []
    scores = {side: comparison.scores[side].recall for side in comparison.sides}
    recall = significance.per_class["recall"]
    for row, name in enumerate(comparison.classes[:-1]):
        delta = float(scores["other"][row] - scores["base"][row])
        if not isnan(delta):
            interval = float(recall.low[row]), float(recall.high[row])
            classes.append(
                Statement(name, "recall", delta, interval, float(recall.p[row]), recall.state(row))
            )
    turned = tuple(v for v in depends.turning if {claim.figure for claim in claims} & set(v.turns))
    per_frame = [_active_per_frame(comparison, side) for side in comparison.sides]
    apart = clearly_apart(*per_frame) if alarms else None
    return Verdict(claims, contradicting(first, classes), turned, apart, significance.unit)


def _claim(figure: str, depends: Sensitivity, significance: Significance) -> Statement:
    certainty = significance.headline[figure]
    return Statement(
        about="labels" if figure == "recall" else "false_alarms",
        figure=figure,
        delta=depends.deltas[figure],
        interval=(float(certainty.low[0]), float(certainty.high[0])),
        p=float(certainty.p[0]),
        state=certainty.state(0),
        higher_is_better=figure not in LOWER_IS_BETTER,
    )


def _active_per_frame(comparison: ObjectComparison, side: Side) -> float:
    """Inferences per frame at or above the threshold, in the frames that are counted."""
    active = comparison.active(side)
    part = comparison.judgement.part
    if part is not None:
        active &= part.active(side, comparison.judgement.whole_matching(side))
    if comparison.frames is not None:
        active &= comparison.frames[comparison.inferences(side).objects.frame]
    return _share(int(active.sum()), comparison.frame_count)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else nan
