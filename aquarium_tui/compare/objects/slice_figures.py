"""Figures of many slices at once: rates of the objects in each, all classes together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.significance import rates_of_counts, rates_of_groups
from aquarium_tui.compare.objects.slices import Slice
from aquarium_tui.errors import CancelledError
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
    places = _places(comparison)
    table = np.zeros((_PLACES, len(parts), comparison.frame_count), np.int32)
    for number, part in enumerate(parts):
        if cancelled():
            raise CancelledError
        for counted in places:
            table[counted.place, number] += counted.of_frames(part)
    sums = table.sum(axis=2, dtype=np.int64)
    values = {side: rates_of_counts(sums[0], *sums[1 + 2 * at : 3 + 2 * at]) for at, side in enumerate(SIDES)}
    frames = np.count_nonzero(table[0], axis=1)
    figures = SliceFigures(sums[0], frames, {side: values[side] for side in comparison.sides})
    if comparison.other is None:
        return figures
    resampling = comparison.resampling(replicates, seed, cancelled)
    return replace(figures, certainty=rates_of_groups(table, resampling))


@dataclass(frozen=True, eq=False)
class _Counted:
    """Some of what is counted, all of it judged alike.

    Attributes:
        place: Where in `_PLACES`.
        row: `(k,)` rows of labels, or of inferences without a label, by frame.
        side: Of which set the inferences are; None for labels.
        starts: `(frames + 1,)` where those of each frame that counts begin.
    """

    place: int
    row: RowNumbers
    side: Side | None
    starts: NDArray[np.int64]

    def of_frames(self, part: Slice) -> NDArray[np.int32]:
        """`(frames,)`: how many of them are in a slice."""
        flags = part.labels if self.side is None else part.inferences[self.side]
        sums = np.zeros(len(self.row) + 1, np.int32)
        np.cumsum(flags[self.row], out=sums[1:])
        return np.asarray(np.diff(sums[self.starts]))


def _places(comparison: ObjectComparison) -> list[_Counted]:
    """What is counted: labels; the correct ones of each set; inferences with a label, and those without."""
    ledger, n = comparison.ledger, len(comparison.classes) - 1
    among = np.ones(len(ledger), bool) if comparison.frames is None else comparison.frames[ledger.frame]
    number, frames = _renumbered(comparison)[ledger.frame], comparison.frame_count

    def counted(place: int, where: NDArray[np.bool_], row: RowNumbers, side: Side | None = None) -> _Counted:
        at = np.flatnonzero(among & where)
        starts = np.searchsorted(number[at], np.arange(frames + 1))
        return _Counted(place, row[at], side, starts)

    labelled = ledger.label >= 0
    found = [counted(0, labelled & (ledger.base_cell >= 0), ledger.label)]
    for at, (side, cell, own) in enumerate(
        (("base", ledger.base_cell, ledger.base), ("other", ledger.other_cell, ledger.other))
    ):
        if side not in comparison.sides:
            continue
        label, inferred = np.divmod(cell, np.int32(n + 1))
        there = (cell >= 0) & (inferred < n)
        found.append(counted(1 + 2 * at, there & (label == inferred), ledger.label))
        found.append(counted(2 + 2 * at, there & labelled, ledger.label))
        found.append(counted(2 + 2 * at, there & ~labelled, own, side))
    return found


def _renumbered(comparison: ObjectComparison) -> RowNumbers:
    """`(frames,)` int32: the number of each frame among those that are counted."""
    if comparison.frames is None:
        return np.arange(len(comparison.dataset.frames), dtype=np.int32)
    return np.asarray(np.cumsum(comparison.frames) - 1, np.int32)
