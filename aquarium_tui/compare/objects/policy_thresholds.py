"""Thresholds that follow from a policy: other's figure matches base's, or F1 is best."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.sweep import OperatingCurve, Sweep, figure_of, sweep
from aquarium_tui.errors import UsageError
from aquarium_tui.model.settings import Aim, Policy, SetConfidence, Settings, Side

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
