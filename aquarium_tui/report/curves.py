"""The curves of a comparison as rows of a table."""

import math
from collections.abc import Iterator, Sequence

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import CONFIDENCES, Band, Curves
from aquarium_tui.errors import UsageError

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
    for side in curves.comparison.sides:
        one = curves.reliability(side, class_)
        for x, y, count in zip(one.confidence, one.accuracy, one.count.tolist(), strict=True):
            yield _row("reliability", side, name, [x, y], count)
        yield _row("ece", side, name, [math.nan, one.ece], int(one.count.sum()))


def _band(curve: str, name: str, band: Band) -> Iterator[CurveRow]:
    for x, *values in zip(CONFIDENCES, band.value, band.low, band.high, strict=True):
        yield _row(curve, "delta", name, [x, *values])


def _row(curve: str, set_: str, name: str, values: Sequence[float], count: int | None = None) -> CurveRow:
    texts = ["" if math.isnan(value) else repr(float(value)) for value in values]
    x, y, low, high, sure = [*texts, *[""] * (5 - len(texts))]
    return curve, set_, name, x, y, low, high, sure, "" if count is None else str(count)
