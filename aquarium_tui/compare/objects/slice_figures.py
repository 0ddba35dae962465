"""Figures of many slices at once: rates of the objects in each, all classes together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.compare.objects.significance import rates_of_counts, rates_of_groups
from aquarium_tui.compare.objects.slices import Slice
from aquarium_tui.model.arrays import Counts, Floats, RowNumbers
from aquarium_tui.model.settings import SIDES, Side

_PLACES = 5
"""What is counted in each slice: labels, then correct labels and inferences of base, then those of other."""


@dataclass(frozen=True, eq=False)
class SliceFigures:
    """Figures of slices, `(slices,)` each.

    Attributes:
        support: Labels that count.
        frames: Frames that have any of these labels.
        values: Precision, recall and F1 by side, then by name; NaN where undefined.
        certainty: How sure the deltas are, by name, all slices listed together; empty with one set.
    """

    support: Counts
    frames: Counts
    values: Mapping[Side, Mapping[str, Floats]]
    certainty: Mapping[str, Certainty] = field(default_factory=dict)

    def rows(self, at: NDArray[np.intp]) -> "SliceFigures":
        """The figures of some of the slices."""
        return SliceFigures(
            self.support[at],
            self.frames[at],
            {side: {name: each[at] for name, each in rates.items()} for side, rates in self.values.items()},
            {name: each.rows(at) for name, each in self.certainty.items()},
        )


def slice_figures(
    comparison: ObjectComparison,
    parts: Sequence[Slice],
    replicates: int = 1000,
    seed: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
) -> SliceFigures:
    """Figures of slices in the frames that are counted; slices may overlap.

    Args:
        comparison: Of all objects.
        parts: The slices.
        replicates: How often the frames are drawn anew.
        seed: Of the draws.
        cancelled: Asked now and then whether to stop.

    Raises:
        CancelledError: `cancelled` said so.
    """
    ledger, n = comparison.ledger, len(parts)
    counted = _counted(comparison, ledger)
    columns, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, part in enumerate(parts):
        inside = [part.inside(ledger, side) for side in SIDES]
        for place, among in enumerate(counted):
            mine = among[inside[place > 2][among]]
            rows.append(mine)
            columns.append(np.full(len(mine), place * n + number))
    column, row = np.concatenate(columns), np.concatenate(rows)
    frame = ledger.frame[row]
    sums = np.split(np.bincount(column, minlength=_PLACES * n), _PLACES)
    values = {side: rates_of_counts(sums[0], *sums[1 + 2 * at : 3 + 2 * at]) for at, side in enumerate(SIDES)}
    labelled = column < n
    every = len(comparison.dataset.frames)
    keys = np.unique(column[labelled] * every + frame[labelled])
    frames = np.bincount(keys // max(every, 1), minlength=n)
    figures = SliceFigures(sums[0], frames, {side: values[side] for side in comparison.sides})
    if comparison.other is None:
        return figures
    resampling = comparison.resampling(replicates, seed, cancelled)
    numbered = _renumbered(comparison)[frame]
    certainty = rates_of_groups(n, column, numbered, resampling)
    return SliceFigures(sums[0], frames, figures.values, certainty)


def _counted(comparison: ObjectComparison, ledger: Ledger) -> list[NDArray[np.int64]]:
    """Rows of the ledger by what is counted of them, in the order of `_PLACES`."""
    n = len(comparison.classes) - 1
    inside = np.ones(len(ledger), bool) if comparison.frames is None else comparison.frames[ledger.frame]
    found = [np.flatnonzero(inside & (ledger.label >= 0) & (ledger.base_cell >= 0))]
    for cell in (ledger.base_cell, ledger.other_cell):
        label, inferred = np.divmod(cell, np.int32(n + 1))
        there = inside & (cell >= 0) & (inferred < n)
        found += [np.flatnonzero(there & (label == inferred)), np.flatnonzero(there)]
    return found


def _renumbered(comparison: ObjectComparison) -> RowNumbers:
    """`(frames,)` int32: the number of each frame among those that are counted."""
    if comparison.frames is None:
        return np.arange(len(comparison.dataset.frames), dtype=np.int32)
    return np.asarray(np.cumsum(comparison.frames) - 1, np.int32)
