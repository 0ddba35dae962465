"""Curves over confidences as rows of a table, and what a policy for thresholds came to."""

import math
from collections.abc import Iterator, Sequence

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import CONFIDENCES, Band, Curves
from aquarium_tui.compare.objects.verdict import Aimed, PolicyOutcome
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import number, share, signed_number, signed_share, threshold
from aquarium_tui.model.settings import Aim
from aquarium_tui.report.certainty import JsonObject

CURVE_COLUMNS = ("curve", "set", "class", "x", "y", "low", "high", "confidence", "count")

CurveRow = tuple[str, str, str, str, str, str, str, str, str]


def curves_of(comparison: Comparison) -> Curves:
    """The curves of a comparison whose inferences have confidences.

    Raises:
        UsageError: They have none.
    """
    unranked = any(comparison.inferences(side).unranked for side in comparison.sides)
    if not isinstance(comparison, ObjectComparison) or unranked:
        raise UsageError("There are no curves: they need inferences of objects with confidences.")
    return Curves(comparison)


def curve_rows(curves: Curves) -> Iterator[CurveRow]:
    """The rows of all curves, of all classes together (an empty class) and of each class that has labels."""
    comparison = curves.comparison
    support = comparison.scores["base"].support
    yield from _of_class(curves, None, "")
    for class_, name in enumerate(comparison.classes[:-1]):
        if support[class_]:
            yield from _of_class(curves, class_, name)


def _of_class(curves: Curves, class_: int | None, name: str) -> Iterator[CurveRow]:
    for side in curves.comparison.sides:
        ranked = curves.over_recall(side, class_)
        for x, y, sure in zip(ranked.recall, ranked.precision, ranked.confidence, strict=True):
            yield _row("precision over recall", side, name, [x, y, math.nan, math.nan, sure])
    found = curves.over_confidence(class_)
    for side, figures in found.values.items():
        for figure, values in figures.items():
            for x, y in zip(CONFIDENCES, values, strict=True):
                yield _row(f"{figure} over confidence", side, name, [x, y])
    for figure, band in found.deltas.items():
        yield from _band(f"{figure} over confidence", name, band)
    yield from _reliability(curves, class_, name)


def _reliability(curves: Curves, class_: int | None, name: str) -> Iterator[CurveRow]:
    known = curves.calibration_intervals(class_)
    errors: dict[str, float] = {}
    for side in curves.comparison.sides:
        one = curves.reliability(side, class_)
        for x, y, count in zip(one.confidence, one.accuracy, one.count.tolist(), strict=True):
            yield _row("reliability", side, name, [x, y], count)
        errors[side] = one.ece
        yield _row("ece", side, name, [math.nan, one.ece, *known[side].at(0)], int(one.count.sum()))
    if "other" in errors:
        delta = errors["other"] - errors["base"]
        yield _row("ece", "delta", name, [math.nan, delta, *known["delta"].at(0)])


def _band(curve: str, name: str, band: Band) -> Iterator[CurveRow]:
    for x, *values in zip(CONFIDENCES, band.value, band.low, band.high, strict=True):
        yield _row(curve, "delta", name, [x, *values])


def _row(curve: str, set_: str, name: str, values: Sequence[float], count: int | None = None) -> CurveRow:
    texts = ["" if math.isnan(value) else repr(float(value)) for value in values]
    x, y, low, high, sure = [*texts, *[""] * (5 - len(texts))]
    return curve, set_, name, x, y, low, high, sure, "" if count is None else str(count)


_NAMED = 3
"""Classes that are named: those for which most is left."""


def policy_lines(outcome: PolicyOutcome) -> list[str]:
    """A sentence for each set whose threshold was chosen; of matched classes, what is left and where."""
    found = [_whole(outcome, one) for one in outcome.whole]
    if outcome.policy.aim is not Aim.BEST_F1:
        left = sorted(outcome.classes, key=lambda one: (-abs(one.remaining), one.name))[:_NAMED]
        told = [f"{visible(one.name)} {_signed(outcome, one.remaining)}" for one in left if one.remaining]
        if outcome.classes:
            found.append(f"What is left of classes: {', '.join(told) or 'nothing'}.")
    return found


def _whole(outcome: PolicyOutcome, one: Aimed) -> str:
    words = outcome.policy.aim.words
    words = words[:1].upper() + words[1:]
    own = math.isnan(one.confidence)
    place = "a threshold per class" if own else f"confidence ≥ {threshold(one.confidence)}"
    if outcome.policy.aim is Aim.BEST_F1:
        fitted = f"{words} of {one.side} is best with {place}: {_plain(outcome, one.value)}"
        checked = "" if math.isnan(one.aim) else f", cross-validated {_plain(outcome, one.aim)}"
        return f"{fitted}{checked}."
    left = f"{_signed(outcome, one.remaining)} is left" if one.remaining else "nothing is left"
    return (
        f"{words} matched with {place} of other: base {_plain(outcome, one.aim)}, "
        f"other {_plain(outcome, one.value)}; {left}."
    )


def _plain(outcome: PolicyOutcome, value: float) -> str:
    return number(value) if outcome.policy.aim is Aim.FALSE_ALARMS else share(value)


def _signed(outcome: PolicyOutcome, value: float) -> str:
    return signed_number(value) if outcome.policy.aim is Aim.FALSE_ALARMS else signed_share(value)


def policy_document(outcome: PolicyOutcome) -> JsonObject:
    """The same as plain values."""
    return {
        "aim": outcome.policy.aim.value,
        "per_class": outcome.policy.per_class,
        "whole": [_document(outcome, one) for one in outcome.whole],
        "classes": [{"class": one.name, **_document(outcome, one)} for one in outcome.classes],
    }


def _document(outcome: PolicyOutcome, one: Aimed) -> JsonObject:
    values = {"confidence": one.confidence, "value": one.value}
    if outcome.policy.aim is Aim.BEST_F1:
        values["cross_validated"] = one.aim
    else:
        values |= {"base": one.aim, "remaining": one.remaining}
    return {"set": one.side, **{key: None if math.isnan(v) else v for key, v in values.items()}}
