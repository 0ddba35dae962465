"""Many inference sets of one dataset against one base, from what each makes of the labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, multiplied
from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.certainty.table import Certainty, Resampled, certainties
from aquarium_tui.compare.objects.matching import Matching
from aquarium_tui.compare.objects.significance import cluster_test
from aquarium_tui.errors import UsageError
from aquarium_tui.model.arrays import Counts, Flags, Floats, NamedArrays
from aquarium_tui.model.metrics import SetValue
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Rule, SetConfidence


@dataclass(frozen=True)
class SetTally:
    """What one set makes of the labels: all that a leaderboard has to know, a few bytes a label and frame.

    Attributes:
        outcome: `(labels,)` uint8 `Outcome` of each label.
        spurious: `(frames,)` int64, spurious inferences of each frame.
    """

    outcome: NDArray[np.uint8]
    spurious: Counts

    @classmethod
    def of(cls, matching: Matching, frame: NDArray[np.int32], frames: int) -> "SetTally":
        """From the matching of a set; `frame` `(inferences,)` is the frame of each inference."""
        alone = matching.inference_outcome == Outcome.SPURIOUS
        return cls(matching.label_outcome, np.bincount(frame[alone], minlength=frames))

    @property
    def arrays(self) -> NamedArrays:
        """As arrays by name."""
        return {"outcome": self.outcome, "spurious": self.spurious}


@dataclass(frozen=True)
class LeaderboardFigure:
    """One figure of every set.

    Attributes:
        name: Its name in files and options.
        values: `(sets,)` float64, NaN where a set has none.
        higher_is_better: Whether a larger one is better.
        certainty: How sure its delta to base is, `(sets,)`; None where that is not known.
        own: Whether it is a figure of the user's, in units of its own.
    """

    name: str
    values: Floats
    higher_is_better: bool = True
    certainty: Certainty | None = None
    own: bool = False


@dataclass(frozen=True)
class Leaderboard:
    """Every inference set of a dataset against one base.

    Attributes:
        sets: Ids of the sets, base first.
        figures: By name.
        wins: `(sets,)` int64 labels that a set has right and base has wrong.
        losses: `(sets,)` int64 the reverse.
        record: How sure it is that wins and losses differ, `(sets,)`.
        all_wrong: `(k,)` int64 rows of labels that every set has wrong.
        only_one: `(m,)` int64 rows of labels that just one set has right.
        by: `(m,)` int64 which one, by its place in `sets`.
        labels: How many labels count.
        frames: How many frames count.
        pareto: The two figures whose front is told.
        unit: What is won and lost.
    """

    sets: tuple[str, ...]
    figures: Mapping[str, LeaderboardFigure]
    wins: Counts
    losses: Counts
    record: Certainty
    all_wrong: NDArray[np.int64]
    only_one: NDArray[np.int64]
    by: NDArray[np.int64]
    labels: int
    frames: int
    pareto: tuple[str, str]
    unit: Literal["label", "frame"] = "label"

    @cached_property
    def front(self) -> Flags:
        """`(sets,)` bool: the Pareto front of the two figures, see `pareto_front`."""
        return pareto_front([self.figures[name] for name in self.pareto])

    def on_front_of(self, names: Sequence[str]) -> "Leaderboard":
        """The same with the front of two other figures.

        Raises:
            UsageError: They are not two, or there is no such figure.
        """
        known = {name.casefold(): name for name in self.figures}
        wrong = [name for name in names if name.casefold() not in known]
        if wrong or len(names) != 2:
            what = f'There is no figure "{wrong[0]}".' if wrong else "A Pareto front is of two figures."
            raise UsageError(what, f"Figures: {', '.join(self.figures)}. Write f1,false_alarms.")
        first, second = (known[name.casefold()] for name in names)
        return replace(self, pareto=(first, second))


def pareto_front(figures: Sequence[LeaderboardFigure]) -> Flags:
    """`(sets,)` bool: the sets that none beats in one of the figures and equals at least in all others.

    A set that lacks a figure is not among them.
    """
    gains = np.stack([each.values if each.higher_is_better else -each.values for each in figures], axis=1)
    known = ~np.asarray(np.isnan(gains)).any(axis=1)
    no_worse = np.all(gains[:, None] >= gains[None], axis=2)
    better = np.any(gains[:, None] > gains[None], axis=2)
    beats: Flags = np.asarray(no_worse & better)
    beaten = beats[known].any(axis=0)
    return np.asarray(known & ~beaten)


@dataclass(frozen=True)
class Entrant:
    """One set of a leaderboard.

    Attributes:
        name: Its id.
        confidence: Its confidence thresholds.
        values: Figures of it that are in no file.
    """

    name: str
    confidence: SetConfidence
    values: tuple[SetValue, ...] = ()


@dataclass(frozen=True)
class Contest:
    """What a leaderboard is asked for.

    Attributes:
        entrants: The sets, base first.
        iou: The IoU threshold.
        rule: The matching rule.
        frames: `(frames,)` bool, those that count; None counts all.
        drawn: How they are drawn for the intervals of AP; None where AP means nothing.
        of_slice: The tallies of a slice, by set; empty where all objects count.
    """

    entrants: Sequence[Entrant]
    iou: float
    rule: Rule
    frames: Flags | None
    drawn: Resampling | None
    of_slice: Mapping[str, SetTally] = field(default_factory=dict)


@dataclass(frozen=True)
class Standings:
    """What a leaderboard is made from.

    Attributes:
        sets: Ids, base first.
        tallies: Of each set.
        label_frame: `(labels,)` int32 frame of each label.
        frames: `(frames,)` bool, the frames that count.
        values: Figures that are in no file, of each set.
        precision: AP of each set by name, `(1 + replicates,)` on the frames as they are and as drawn; empty
            where AP means nothing.
    """

    sets: tuple[str, ...]
    tallies: Sequence[SetTally]
    label_frame: NDArray[np.int32]
    frames: Flags
    values: Sequence[Sequence[SetValue]]
    precision: Mapping[str, Sequence[Floats]] = field(default_factory=dict)


def leaderboard(found: Standings, resampling: Resampling) -> Leaderboard:
    """Figures of all sets, and how sure their deltas to base are.

    Rates are over all objects together (micro), so that a few sums a frame give every interval. Wins and
    losses are tested as labels of `compare` are, by frame. Benjamini and Hochberg's procedure covers all
    figures of all sets.

    Args:
        found: What is known of each set.
        resampling: How the frames that count are drawn.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    inside = found.frames[found.label_frame]
    number = np.cumsum(found.frames) - 1
    frame = number[found.label_frame[inside]]
    outcomes = np.stack([tally.outcome[inside] for tally in found.tallies])
    counts = outcomes[0] != Outcome.IGNORED
    outcomes, frame, rows = outcomes[:, counts], frame[counts], np.flatnonzero(inside)[counts]
    correct = outcomes == Outcome.CORRECT
    table = _Table.of(found, correct, outcomes == Outcome.CONFUSED, frame)
    figures = table.figures(resampling)
    wins, losses = correct & ~correct[0], ~correct & correct[0]
    which, at = np.nonzero(wins | losses)
    change = np.where(wins[which, at], 1, -1)
    unit = resampling.unit(frame.astype(np.int32))[at]
    p = cluster_test(which, unit, change, len(correct))
    figures["recall"] = replace(figures["recall"], p=p)
    figures |= _precision(found, resampling, frame)
    sure = certainties({name: without_base(each) for name, each in figures.items()})
    values = table.values | {
        name: np.array([each[0] for each in found.precision[name]]) for name in found.precision
    }
    known = {name: LeaderboardFigure(name, values[name], name != FALSE_ALARMS, sure[name]) for name in values}
    known |= own_figures(found.values)
    right = correct.sum(axis=0)
    single = np.flatnonzero(right == 1)
    return Leaderboard(
        sets=found.sets,
        figures=known,
        wins=wins.sum(axis=1),
        losses=losses.sum(axis=1),
        record=sure["recall"],
        all_wrong=rows[right == 0],
        only_one=rows[single],
        by=np.argmax(correct[:, single], axis=0) if len(single) else single,
        labels=int(counts.sum()),
        frames=int(found.frames.sum()),
        pareto=("f1", next((name for name, each in known.items() if each.own), FALSE_ALARMS)),
    )


FALSE_ALARMS = "false_alarms"
"""Spurious inferences per frame, as the verdict and the gate have them."""


@dataclass(frozen=True)
class _Table:
    """Sums of each frame: `(frames, sets)` correct labels, inferences and spurious ones; and its labels."""

    correct: Floats
    inferred: Floats
    spurious: Floats
    labels: Floats

    @classmethod
    def of(cls, found: Standings, correct: Flags, confused: Flags, frame: NDArray[np.int64]) -> "_Table":
        """From the outcomes `(sets, labels)` of the labels that count, and the frame of each."""
        frames = int(found.frames.sum())

        def summed(flags: Flags) -> Floats:
            return np.stack([np.bincount(frame[each], minlength=frames) for each in flags], axis=1).astype(
                float
            )

        spurious = np.stack([t.spurious[found.frames] for t in found.tallies], axis=1).astype(float)
        hits = summed(correct)
        labels = np.bincount(frame, minlength=frames).astype(float)[:, None]
        return cls(hits, hits + summed(confused) + spurious, spurious, labels)

    @cached_property
    def values(self) -> dict[str, Floats]:
        """The figures `(sets,)` on the frames as they are."""
        whole = np.concatenate(self._columns, axis=1).sum(axis=0, keepdims=True)
        return {name: each[0] for name, each in self._rates(whole).items()}

    def figures(self, resampling: Resampling) -> dict[str, Resampled]:
        """The deltas to base, and those in each replicate."""
        sums = multiplied(np.concatenate(self._columns, axis=1), resampling)
        drawn = self._rates(sums)
        unit = resampling.unit(np.arange(resampling.frames, dtype=np.int32))
        parts = {
            "precision": (self.correct, self.inferred),
            "recall": (self.correct,),
            "f1": (self.correct, self.inferred),
            FALSE_ALARMS: (self.spurious,),
        }
        found = {}
        for name, columns in parts.items():
            differ = np.any([each != each[:, :1] for each in columns], axis=0)
            units = np.array([len(np.unique(unit[rows])) for rows in differ.T])
            delta = self.values[name] - self.values[name][0]
            spread = np.full(len(delta), resampling.units)
            found[name] = Resampled(delta, drawn[name] - drawn[name][:, :1], units, spread=spread)
        return found

    @property
    def _columns(self) -> tuple[Floats, ...]:
        # A draw of groups has as many groups, but not always as many frames: they are counted, too.
        return self.correct, self.inferred, self.spurious, self.labels, np.ones_like(self.labels)

    def _rates(self, sums: Floats) -> dict[str, Floats]:
        n = self.correct.shape[1]
        correct, inferred, spurious = (sums[:, i * n : (i + 1) * n] for i in range(3))
        labels, frames = np.broadcast_to(sums[:, -2:-1], correct.shape), sums[:, -1:]
        return {
            "precision": rate(correct, inferred),
            "recall": rate(correct, labels),
            "f1": rate(2 * correct, inferred + labels),
            FALSE_ALARMS: rate(spurious, np.broadcast_to(frames, correct.shape)),
        }


def _precision(found: Standings, resampling: Resampling, frame: NDArray[np.int64]) -> dict[str, Resampled]:
    """AP of all sets as deltas to base; every unit with labels has a part in it."""
    units = len(np.unique(resampling.unit(frame.astype(np.int32))))
    n = len(found.sets)
    tables = {name: np.stack(each, axis=1) for name, each in found.precision.items()}
    deltas = {name: table - table[:, :1] for name, table in tables.items()}
    return {
        name: Resampled(
            delta[0],
            delta[1:],
            np.where(np.nan_to_num(delta).any(axis=0), units, 0),
            np.full(n, len(frame)),
        )
        for name, delta in deltas.items()
    }


def without_base(figure: Resampled) -> Resampled:
    """The figure with base, which is compared with itself, among the few: it is not tested."""
    frames = figure.frames.copy()
    frames[0] = 0
    return replace(figure, frames=frames)


def own_figures(values: Sequence[Sequence[SetValue]]) -> dict[str, LeaderboardFigure]:
    """Figures that are in no file, of each set; one that lacks one has NaN."""
    names = {value.name: value.higher_is_better for each in values for value in each}
    known = [{value.name: value.value for value in each} for each in values]
    return {
        name: LeaderboardFigure(name, np.array([each.get(name, np.nan) for each in known]), better, own=True)
        for name, better in names.items()
    }
