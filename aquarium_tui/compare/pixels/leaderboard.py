"""All sets of masks against one base."""

from collections.abc import Callable, Sequence

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling, multiplied
from aquarium_tui.compare.certainty.table import Resampled, certainties
from aquarium_tui.compare.objects.leaderboard import (
    Contest,
    Leaderboard,
    LeaderboardFigure,
    own_figures,
    without_base,
)
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.compare.pixels.scores import TOTALS, PixelScores, frame_scores
from aquarium_tui.model.arrays import Flags, Floats


def mask_leaderboard(
    contest: Contest, counts: Sequence[PixelCounts], resampling_of: Callable[[Flags], Resampling]
) -> Leaderboard:
    """Accuracy, mIoU and weighted IoU of all sets, and how sure their deltas to base are.

    Counted are the frames in which every set has its mask. A set wins a frame whose mIoU is higher than under
    base; the mark beside wins and losses is that of the delta of mIoU.

    Args:
        contest: The sets, base first.
        counts: The pixels of each set.
        resampling_of: Gives how the frames that count `(frames,)` are drawn.

    Raises:
        CancelledError: The resampling was cancelled.
    """
    counted: Flags = np.logical_and.reduce([each.counted for each in counts])
    counted = counted if contest.frames is None else counted & contest.frames
    resampling = resampling_of(counted)
    of_frames = [frame_scores(each, "base") for each in counts]
    tables = [
        np.concatenate(
            [part[counted].astype(np.float64) for part in (each.correct, each.support, each.inferred)], axis=1
        )
        for each in of_frames
    ]
    drawn = [_totals(table, resampling) for table in tables]
    values = {name: np.array([each[name][0] for each in drawn]) for name in TOTALS}
    changed = np.stack([_units_that_differ(each, tables[0], resampling) for each in tables])
    deltas = {name: np.stack([each[name] - drawn[0][name] for each in drawn], axis=1) for name in TOTALS}
    figures = {name: Resampled(delta[0], delta[1:], changed) for name, delta in deltas.items()}
    sure = certainties({name: without_base(each) for name, each in figures.items()})
    known = {name: LeaderboardFigure(name, values[name], True, sure[name]) for name in TOTALS}
    known |= own_figures([entrant.values for entrant in contest.entrants])
    miou = np.stack([each.miou[counted] for each in of_frames])
    nothing = np.zeros(0, np.int64)
    return Leaderboard(
        sets=tuple(entrant.name for entrant in contest.entrants),
        figures=known,
        wins=(miou > miou[0]).sum(axis=1),
        losses=(miou < miou[0]).sum(axis=1),
        record=sure["miou"],
        all_wrong=nothing,
        only_one=nothing,
        by=nothing,
        labels=int(counted.sum()),
        frames=int(counted.sum()),
        pareto=("miou", next((name for name, each in known.items() if each.own), "accuracy")),
        unit="frame",
    )


def _totals(table: Floats, resampling: Resampling) -> dict[str, Floats]:
    """Each figure `(1 + replicates,)`, on the frames as they are first."""
    sums = np.concatenate([table.sum(axis=0, keepdims=True), multiplied(table, resampling)])
    scores = PixelScores(*np.split(sums.astype(np.int64), 3, axis=1))
    return {name: getattr(scores, name) for name in TOTALS}


def _units_that_differ(table: Floats, base: Floats, resampling: Resampling) -> np.int64:
    unit = resampling.unit(np.arange(len(table), dtype=np.int32))
    return np.int64(len(np.unique(unit[(table != base).any(axis=1)])))
