"""Is it real? Intervals of the deltas of masks, by the bootstrap over frames that detections have, too.

Pixels of one frame are anything but independent, so no test of them is offered: only frames are drawn anew.
"""

import numpy as np

from aquarium_tui.compare.bootstrap import FrameCounts, Resampling, frame_counts, multiplied
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.compare.pixels.matrices import cells_of
from aquarium_tui.compare.pixels.scores import RATES, TOTALS, PixelScores, frame_scores
from aquarium_tui.compare.significance import Interval, Significance, interval
from aquarium_tui.model.settings import SIDES


def pixel_significance(counts: PixelCounts, resampling: Resampling) -> Significance:
    """Intervals of the deltas between base and other, over the frames that are counted.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    base, other = _replicates(counts, resampling)
    deltas = {name: getattr(other, name) - getattr(base, name) for name in (*RATES, *TOTALS)}
    return Significance(
        replicates=resampling.replicates,
        cells=_cells(counts, resampling),
        per_class={name: interval(deltas[name]) for name in RATES},
        total={name: interval(deltas[name]) for name in TOTALS},
    )


def _cells(counts: PixelCounts, resampling: Resampling) -> Interval:
    n = counts.classes + 1
    low, high = np.zeros((2, n * n))
    for piece in _cell_deltas(counts).pieces():
        found = interval(piece.resampled(resampling))
        low[piece.columns], high[piece.columns] = found.low, found.high
    return Interval(low.reshape(n, n), high.reshape(n, n))


def _cell_deltas(counts: PixelCounts) -> FrameCounts:
    """By cell and counted frame, how many pixels came less how many left."""
    base, other = cells_of(counts, "base"), cells_of(counts, "other")
    rows = np.flatnonzero(base != other)
    frame = (np.cumsum(counts.counted) - 1)[counts.frame[rows]]
    pixels = counts.pixels[rows].astype(np.int64)
    cells = np.concatenate([base[rows], other[rows]])
    return frame_counts(cells, np.tile(frame, 2), np.concatenate([-pixels, pixels]))


def _replicates(counts: PixelCounts, resampling: Resampling) -> tuple[PixelScores, PixelScores]:
    """The scores of base and of other in each replicate, `(replicates, classes)`."""
    base, other = (frame_scores(counts, side) for side in SIDES)
    parts = (base.support, base.correct, base.inferred, other.correct, other.inferred)
    table = np.concatenate(parts, axis=1)[counts.counted].astype(np.float64)
    sums = multiplied(table, resampling).astype(np.int64)
    support, *of_sets = np.split(sums, len(parts), axis=1)
    return PixelScores(of_sets[0], support, of_sets[1]), PixelScores(of_sets[2], support, of_sets[3])
