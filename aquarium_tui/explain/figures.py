"""The figures of other tools: average precision, and precision, recall and F1 as each of them takes them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.average_precision import NAMES, average_precision
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import AREAS, Curve, Ranking, read_curves, smooth
from aquarium_tui.compare.objects.matching import EvaluatedClasses
from aquarium_tui.errors import UsageError
from aquarium_tui.explain.explained_set import (
    ExplainedSet,
    active_inferences,
    counted_labels,
    ordered_pairs,
    paired,
    tally,
)
from aquarium_tui.explain.rules import TOOLS, AverageRule, Crowds, MatchRule, Release, Tool
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.names import visible

THRESHOLDS = np.linspace(0.5, 0.95, 10)
"""The IoU thresholds that average precision is averaged over."""

_SINGLE_THRESHOLDS = {"AP50": THRESHOLDS[:1], "AP75": THRESHOLDS[5:6]}
"""Of COCO, the first and the sixth of the ten."""


def ranking(of: ExplainedSet, average: AverageRule, thresholds: NDArray[np.floating]) -> Ranking:
    """The inferences of a set, judged at each IoU threshold."""
    rule = replace(average.rule, iou=float(thresholds.min()))
    active, counted = active_inferences(of, rule), counted_labels(of, rule)
    pairs, share = ordered_pairs(of, rule, active, counted), _crowd_share(of, rule)
    rows = np.flatnonzero(active)
    classes = of.inference_class[rows]
    image = of.image[of.inferences.frame[rows]]
    order = rows[np.lexsort((image, -of.inferences.confidence[rows], classes))]
    correct = np.zeros((len(thresholds), len(of.inferences)), bool)
    for right, iou in zip(correct, thresholds.tolist(), strict=True):
        right[paired(of, pairs, iou)[1]] = True
    ignored = (share[order] >= thresholds[:, None]) & ~correct[:, order]
    n = of.background
    support = np.bincount(of.label_class[counted], minlength=n)
    starts = np.concatenate([[0], np.cumsum(np.bincount(classes, minlength=n))])
    sure = of.inferences.confidence[order]
    return Ranking(starts, sure, correct[:, order], ignored, support, average.correct_first)


def _crowd_share(of: ExplainedSet, rule: MatchRule) -> Floats:
    """`(inferences,)` the largest part of each that lies inside a crowd of its class that absorbs it."""
    share = np.zeros(len(of.inferences))
    if rule.crowds is Crowds.ABSORBING:
        at = np.flatnonzero(of.labels.crowd[of.pairs.label])
        at = at[of.label_class[of.pairs.label[at]] == of.inference_class[of.pairs.inference[at]]]
        np.maximum.at(share, of.pairs.inference[at], of.shares(rule.precision)[at])
    return share


def average_precisions(of: ExplainedSet, average: AverageRule, thresholds: Floats = THRESHOLDS) -> Floats:
    """`(thresholds,)` AP at each IoU threshold, the mean of the classes that have labels; NaN without any."""
    ranked = ranking(of, average, thresholds.astype(of.ious(average.rule.precision).dtype))
    take = AREAS[average.curve]
    classes = np.flatnonzero(ranked.support).tolist()
    if not classes:
        return np.full(len(thresholds), np.nan)
    by_class = [[take(*ranked.curves(c, t)[1:]) for t in range(len(thresholds))] for c in classes]
    return np.asarray(np.mean(by_class, axis=0))


def mean_average_precision(of: ExplainedSet, average: AverageRule, name: str = "AP") -> float:
    """AP, AP50 or AP75, by name."""
    if name == "AP":
        return float(average_precisions(of, average).mean())
    if average.cap_of_one:
        average = replace(average, rule=replace(average.rule, cap=average.cap_of_one))
    return float(average_precisions(of, average, _SINGLE_THRESHOLDS[name])[0])


def best_f1(of: ExplainedSet, average: AverageRule) -> dict[str, float]:
    """Precision, recall and F1 as Ultralytics prints them: class means where smoothed F1 is highest."""
    ranked = ranking(of, average, THRESHOLDS[:1])
    classes = np.flatnonzero(ranked.support).tolist()
    if not classes:
        return dict.fromkeys(("P", "R", "F1"), float("nan"))
    precision, recall = (
        np.array(part) for part in zip(*(read_curves(ranked, c) for c in classes), strict=True)
    )
    f1 = 2 * precision * recall / (precision + recall + 1e-16)
    best = int(smooth(f1.mean(0)).argmax())
    return {name: float(v[:, best].mean()) for name, v in (("P", precision), ("R", recall), ("F1", f1))}


def pooled(of: ExplainedSet, rule: MatchRule) -> dict[str, float]:
    """Precision, recall and F1 of all classes together, from the matrix of a rule."""
    matrix = tally(of, rule).matrix
    n = of.background
    correct, inferred, labelled = (
        int(x) for x in (np.trace(matrix[:n, :n]), matrix[:, :n].sum(), matrix[:n].sum())
    )
    rates = {"P": (correct, inferred), "R": (correct, labelled), "F1": (2 * correct, inferred + labelled)}
    return {name: part / whole if whole else float("nan") for name, (part, whole) in rates.items()}


def figures(comparison: ObjectComparison, of: ExplainedSet, tool: Tool, release: Release) -> dict[str, float]:
    """The figures that a tool prints of a set, by our names, in the tool's scale; NaN where undefined."""
    found = dict(_found(comparison, of, tool, release))
    return {name: tool.scale * found[name] for name in tool.figures}


def _found(
    comparison: ObjectComparison, of: ExplainedSet, tool: Tool, release: Release
) -> Iterator[tuple[str, float]]:
    if "P" in tool.figures:
        yield from (
            best_f1(of, release.average) if tool.name == "ultralytics" else pooled(of, release.rule)
        ).items()
    found = average_precisions(of, release.average)
    yield from (("AP", float(found.mean())), ("AP50", float(found[0])), ("AP75", float(found[5])))
    if release.average.cap_of_one:
        yield from ((name, mean_average_precision(of, release.average, name)) for name in _SINGLE_THRESHOLDS)
    if "APs" in tool.figures:
        total = _coco_totals(comparison, of)
        yield from ((name, total[name]) for name in NAMES[3:])


def _coco_totals(comparison: ObjectComparison, of: ExplainedSet) -> dict[str, float]:
    """COCO's metrics by size and number of inferences; objects of ignored classes are left out."""
    n = of.background
    classes = EvaluatedClasses(
        np.where(of.label_class < 0, n, of.label_class),
        np.where(of.inference_class < 0, n, of.inference_class),
    )
    return average_precision(comparison.dataset, of.inferences, classes, n, comparison.frames).total


@dataclass(frozen=True)
class GivenFigure:
    """A figure that a tool printed.

    Attributes:
        name: Our name of it.
        value: In the tool's scale.
        digits: Digits after the point that were given, in that scale.
    """

    name: str
    value: float
    digits: int

    def equals(self, value: float) -> bool:
        """Whether a value, rounded to the digits that were given, is this one."""
        return abs(value - self.value) <= 0.5000001 * 10.0**-self.digits


@dataclass(frozen=True)
class FigureCheck:
    """A given figure beside the reproduced one.

    Attributes:
        given: The figure.
        value: The same, reproduced.
        others: What other ways to compute it give, in words, and their values.
    """

    given: GivenFigure
    value: float
    others: tuple[tuple[str, float], ...] = ()

    @property
    def equal(self) -> bool:
        """Whether the two are equal to the digits that were given."""
        return self.given.equals(self.value)


def given_figure(text: str, tool: Tool) -> GivenFigure:
    """The figure in `NAME=VALUE`; percent are understood where the tool prints parts, and the reverse.

    Raises:
        UsageError: It is not of that form, or the tool does not print such a figure.
    """
    name, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        raise UsageError(f'"{visible(text)}" does not give a figure.', "Write it as NAME=VALUE.") from None
    names = {_folded(alias): ours for ours, theirs in tool.figures.items() for alias in (ours, theirs)}
    known = names | {_folded(alias): ours for alias, ours in _ALIASES.items() if ours in tool.figures}
    if _folded(name) not in known:
        raise UsageError(
            f'{tool.name} does not print "{visible(name)}".',
            f"Its figures are {', '.join(tool.figures.values())}.",
        )
    digits = len(number.strip().partition(".")[2])
    if tool.scale == 1.0 and value > 1.0:
        value, digits = value / 100, digits + 2
    elif tool.scale == 100.0 and 0.0 < value <= 1.0:
        value, digits = value * 100, digits - 2
    return GivenFigure(known[_folded(name)], value, digits)


_ALIASES = {
    **dict.fromkeys(("mAP", "mAP50-95", "mAP@50:95", "mAP@[.5:.95]"), "AP"),
    **dict.fromkeys(("mAP50", "mAP@50", "mAP@.5", "mAP_50"), "AP50"),
    **dict.fromkeys(("mAP75", "mAP@75", "mAP_75"), "AP75"),
    "precision": "P",
    "recall": "R",
    "fscore": "F1",
    "F1-score": "F1",
}


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", "").replace("-", "").replace(" ", "")


def check_figure(
    of: ExplainedSet, tool: Tool, release: Release, given: GivenFigure, *, value: float, ours: MatchRule
) -> FigureCheck:
    """The given figure beside the reproduced `value`; where they differ, beside what other rules give."""
    if given.equals(value):
        return FigureCheck(given, value)
    if given.name in ("P", "R", "F1"):
        ways = [(words, pooled(of, rule)[given.name]) for words, rule in _rates(release.rule, ours)]
    elif given.name in ("AP", *_SINGLE_THRESHOLDS):
        averages = _averages(tool, release, ours)
        ways = [(words, mean_average_precision(of, average, given.name)) for words, average in averages]
    else:
        ways = []
    return FigureCheck(given, value, tuple((words, tool.scale * found) for words, found in ways))


def _rates(rule: MatchRule, ours: MatchRule) -> list[tuple[str, MatchRule]]:
    """Rules whose precision, recall and F1 of all classes together may be meant."""
    pooled_at = [(f"all classes pooled at confidence {c:g}", c) for c in (rule.confidence, 0.25, 0.5)]
    found = [(words, replace(rule, confidence=confidence)) for words, confidence in pooled_at]
    return [*dict(found).items(), ("all classes pooled under the rule on screen", ours)]


_CURVE_WORDS = {
    Curve.POINTS: "the mean precision at 101 recalls, as COCO takes it",
    Curve.TRAPEZOID: "the area under 101 interpolated points, as Ultralytics takes it",
    Curve.SLOPE: "the area under 101 interpolated points, as Ultralytics took it before 8.4.100",
    Curve.AREA: "the exact area under the curve, as Pascal VOC takes it",
}
_CAP_WORDS: dict[str, dict[str, Any]] = {
    "no cap": {"cap": None},
    "at most 100 inferences per frame and class": {"cap": 100, "cap_per_class": True},
    "at most 100 inferences per frame": {"cap": 100, "cap_per_class": False},
    "at most 300 inferences per frame": {"cap": 300, "cap_per_class": False},
}
_CROWD_WORDS = {
    Crowds.DROPPED: "crowds dropped",
    Crowds.ORDINARY: "crowds as ordinary labels",
    Crowds.ABSORBING: "inferences inside a crowd of their class excluded",
}


def _averages(tool: Tool, release: Release, ours: MatchRule) -> list[tuple[str, AverageRule]]:
    """Ways to compute average precision that may explain a figure: one change at a time."""
    own = release.average
    found = [
        (f"the rule of {other.name} {one.versions}", one.average)
        for other in TOOLS.values()
        for one in other.releases
        if one is not release
    ]
    found += [(words, replace(own, curve=curve)) for curve, words in _CURVE_WORDS.items()]
    floors = dict.fromkeys((0.0, 0.001, 0.01, 0.05, 0.25, ours.confidence))
    changes: list[tuple[str, dict[str, Any]]] = [
        *(
            (f"only inferences with a confidence of at least {c:g}", {"confidence": c, "above": False})
            for c in floors
        ),
        *_CAP_WORDS.items(),
        *((words, {"crowds": crowds}) for crowds, words in _CROWD_WORDS.items()),
    ]
    changed = [(words, replace(own, rule=replace(own.rule, **change))) for words, change in changes]
    seen: dict[AverageRule, str] = {own: ""}
    for words, average in [*found, *changed]:
        seen.setdefault(average, words)
    return [(words, average) for average, words in seen.items() if words]
