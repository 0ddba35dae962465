"""The verdict on two sets of objects, and how far it depends on rule and thresholds.

Thresholds may follow from a policy: that figures of other match those of base, or that F1 is best.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Significance
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.sweep import OperatingCurve, Sweep, figure_of, sweep
from aquarium_tui.compare.verdict import (
    Sensitivity,
    Statement,
    Variation,
    Verdict,
    clearly_apart,
    contradicting,
)
from aquarium_tui.errors import UsageError
from aquarium_tui.model.numbers import threshold
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import SIDES, Aim, Policy, Rule, SetConfidence, Settings, Side

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


FOLDS = 5
"""Parts of the frames in the cross-validation of a best F1: each is judged by a threshold of the others."""
_SEED = 0
"""Of the shuffle of frames before they are cut into parts: files are often sorted by scene."""


@dataclass(frozen=True)
class Aimed:
    """What a policy came to, for one class or for all together.

    Attributes:
        name: The class; empty for all classes together.
        side: The set whose threshold was chosen.
        confidence: The threshold; NaN where each class has its own.
        aim: The figure that was aimed at: base's, or with `best-f1` F1 cross-validated over frames.
        value: The figure at the threshold.
    """

    name: str
    side: Side
    confidence: float
    aim: float
    value: float

    @property
    def remaining(self) -> float:
        """What is left of the difference; of a best F1, how much of it is an artefact of the fit."""
        return self.value - self.aim


@dataclass(frozen=True)
class PolicyOutcome:
    """Settings under a policy, and how near it could come.

    Attributes:
        policy: What was asked.
        settings: The thresholds that follow from it.
        whole: Of all classes together, one for each set whose threshold was chosen.
        classes: Of each class, if the policy is per class.
    """

    policy: Policy
    settings: Settings
    whole: tuple[Aimed, ...]
    classes: tuple[Aimed, ...] = ()


def outcome_of(comparison: ObjectComparison, policy: Policy) -> PolicyOutcome:
    """The thresholds that a policy leads to, in the frames and objects that a comparison counts.

    Raises:
        UsageError: It needs a second set, or base has no such figure.
    """
    if policy.aim is Aim.BEST_F1:
        return _best(comparison, policy)
    if comparison.other is None:
        raise UsageError("There is no other set whose threshold could be moved.", "Name one with --other.")
    return _matched(comparison, policy)


def _figure(comparison: ObjectComparison, side: Side, name: str, class_: int | None = None) -> float:
    """A figure of one set at the settings of the comparison."""
    matrix = comparison.confusion(side)
    n = len(matrix) - 1
    rows = slice(None) if class_ is None else slice(class_, class_ + 1)
    correct, inferred = np.diag(matrix)[:n][rows].sum(), matrix[:, :n].sum(0)[rows].sum()
    spurious, support = matrix[n, :n][rows].sum(), matrix[:n].sum(1)[rows].sum()
    correct, inferred, spurious = (np.asarray(count) for count in (correct, inferred, spurious))
    return float(figure_of(name, correct, inferred, spurious, int(support), comparison.frame_count))


def _matched(comparison: ObjectComparison, policy: Policy) -> PolicyOutcome:
    name, found, settings = policy.aim.figure, sweep(comparison, "other"), comparison.settings
    aim = _figure(comparison, "base", name)
    if np.isnan(aim):
        raise UsageError(f"Base has no {policy.aim.words} to match: it is not defined at these thresholds.")
    if not policy.per_class:
        place = _nearest(found.curve(), name, aim)
        if place is None:
            raise UsageError("Other has no inference whose confidence could be the threshold.")
        settings = settings.with_confidence("other", SetConfidence(float(place)))
        value = _figure(comparison.under(settings), "other", name)
        return PolicyOutcome(policy, settings, (Aimed("", "other", float(place), aim, value),))
    names = comparison.classes[:-1]
    aims = [_figure(comparison, "base", name, class_) for class_ in range(len(names))]
    places = {
        class_: place
        for class_, wanted in enumerate(aims)
        if not np.isnan(wanted) and (place := _nearest(found.curve(class_), name, wanted)) is not None
    }
    settings = _per_class(settings, "other", {names[class_]: place for class_, place in places.items()})
    after = comparison.under(settings)
    classes = tuple(
        Aimed(names[class_], "other", place, aims[class_], _figure(after, "other", name, class_))
        for class_, place in places.items()
    )
    whole = Aimed("", "other", np.nan, aim, _figure(after, "other", name))
    return PolicyOutcome(policy, settings, (whole,), classes)


def _nearest(curve: OperatingCurve, name: str, aim: float) -> float | None:
    """The confidence at which a figure is nearest to `aim`; None where it is defined at none.

    Of several that are as near, recall takes the highest (the fewest false alarms), the other figures the
    lowest (the most labels found).
    """
    away = np.abs(curve.figure(name) - aim)
    if np.isnan(away).all():
        return None
    near = np.flatnonzero(away == np.nanmin(away))
    return float(curve.confidence[near[0] if name == "recall" else near[-1]])


def _per_class(settings: Settings, side: Side, own: dict[str, float]) -> Settings:
    """The same with thresholds of some classes of a set; the other classes keep theirs."""
    kept = {**dict(settings.classes(side)), **own}
    return settings.with_confidence(side, SetConfidence(None, tuple(sorted(kept.items()))))


def _best(comparison: ObjectComparison, policy: Policy) -> PolicyOutcome:
    settings = comparison.settings
    whole: list[Aimed] = []
    classes: list[Aimed] = []
    folds = _folds(comparison)
    for side in comparison.sides:
        fit = _Fit(sweep(comparison, side), folds, comparison.settings.confidence(side))
        if not policy.per_class:
            place = fit.best(None, None)
            settings = settings.with_confidence(side, SetConfidence(place))
            held = fit.held_out(None)
            whole.append(Aimed("", side, place, _f1(held), _figure(comparison.under(settings), side, "f1")))
            continue
        names = comparison.classes[:-1]
        own = {name: fit.best(class_, None) for class_, name in enumerate(names)}
        held_out = [fit.held_out(class_) for class_ in range(len(names))]
        settings = _per_class(settings, side, own)
        after = comparison.under(settings)
        for class_, name in enumerate(names):
            value = _figure(after, side, "f1", class_)
            classes.append(Aimed(name, side, own[name], _f1(held_out[class_]), value))
        every = np.sum(held_out, axis=0)
        whole.append(Aimed("", side, np.nan, _f1(every), _figure(after, side, "f1")))
    return PolicyOutcome(policy, settings, tuple(whole), tuple(classes))


def _folds(comparison: ObjectComparison) -> list[NDArray[np.bool_]]:
    """The frames in `FOLDS` parts, `(frames,)` bool each; frames of one group are in one part."""
    counting = comparison.counting
    frames = len(comparison.dataset.frames)
    counted = np.arange(frames) if counting is None else np.flatnonzero(counting)
    unit = comparison.groups.of_frame if comparison.groups else np.arange(len(counted))
    part = np.full(frames, -1)
    units = int(unit.max(initial=-1)) + 1
    part[counted] = (np.random.default_rng(_SEED).permutation(units) % FOLDS)[unit]
    return [part == fold for fold in range(FOLDS) if (part == fold).any()]


def _f1(counts: NDArray[np.int64]) -> float:
    correct, inferred, support = counts.tolist()
    return 2 * correct / (inferred + support) if inferred + support else float("nan")


@dataclass(frozen=True)
class _Fit:
    """Where F1 of one set is best.

    Attributes:
        sweep: The set.
        folds: Parts of the frames.
        usual: The threshold of what has no best one.
    """

    sweep: Sweep
    folds: Sequence[NDArray[np.bool_]]
    usual: float

    def best(self, class_: int | None, frames: NDArray[np.bool_] | None) -> float:
        """The confidence at which F1 is best; of several, the highest."""
        curve = self.sweep.curve(class_, frames)
        f1 = curve.figure("f1")
        if not len(f1) or np.isnan(f1).all() or not np.nanmax(f1):
            return self.usual
        return float(curve.confidence[int(np.nanargmax(f1))])

    def held_out(self, class_: int | None) -> NDArray[np.int64]:
        """Correct, inferred and support, each part of the frames judged by the threshold of the others."""
        total = np.zeros(3, np.int64)
        if len(self.folds) < 2:
            return total
        for fold in self.folds:
            held = self.sweep.curve(class_, fold)
            at = held.at(self.best(class_, ~fold))
            counts = (held.correct[at], held.inferred[at]) if at >= 0 else (0, 0)
            total += np.array([*counts, held.support])
        return total
