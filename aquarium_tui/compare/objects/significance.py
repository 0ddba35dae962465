"""Is it real? Intervals of every delta of objects by the bootstrap, and exact tests of what changed."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import FrameCounts, Resampling, frame_counts
from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.compare.rates import RATES, class_mean, rate
from aquarium_tui.compare.significance import Interval, Significance, interval, mcnemar
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.outcomes import Change

Rates = Mapping[str, Floats]


def object_significance(ledger: Ledger, cells: CellCounts, resampling: Resampling) -> Significance:
    """Intervals and p-values of the deltas between base and other.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    n = len(cells.base) - 1
    per_class, total = _rate_deltas(ledger, n, resampling)
    changed = [np.count_nonzero(ledger.change == change) for change in (Change.FIXED, Change.BROKEN)]
    return Significance(
        replicates=resampling.replicates,
        cells=_cell_interval(ledger, n, resampling),
        per_class={name: interval(values) for name, values in per_class.items()},
        total={name: interval(values) for name, values in total.items()},
        p_value=float(mcnemar(*(np.array([count]) for count in changed))[0]),
        p_values=mcnemar(cells.introduced, cells.fixed + cells.moved),
    )


def _cell_interval(ledger: Ledger, n: int, resampling: Resampling) -> Interval:
    low, high = np.zeros((2, (n + 1) ** 2))
    for piece in _cell_deltas(ledger).pieces():
        found = interval(piece.resampled(resampling))
        low[piece.columns], high[piece.columns] = found.low, found.high
    return Interval(low.reshape(n + 1, n + 1), high.reshape(n + 1, n + 1))


def _cell_deltas(ledger: Ledger) -> FrameCounts:
    """By cell and frame, how many objects came less how many left."""
    differs = ledger.base_cell != ledger.other_cell
    left, came = (np.flatnonzero(differs & (c >= 0)) for c in (ledger.base_cell, ledger.other_cell))
    return frame_counts(
        np.concatenate([ledger.base_cell[left], ledger.other_cell[came]]),
        np.concatenate([ledger.frame[left], ledger.frame[came]]),
        np.repeat(np.array([-1, 1], np.int32), [len(left), len(came)]),
    )


def _rate_deltas(ledger: Ledger, n: int, resampling: Resampling) -> tuple[Rates, Rates]:
    """Deltas in each replicate: of each class `(replicates, n)`, of the averages `(replicates,)`."""
    counts = _class_counts(ledger, n)
    sums = np.zeros((resampling.replicates, 5 * n), np.int32)
    sums[:, counts.columns] = counts.resampled(resampling)
    support, *of_sets = np.split(sums, 5, axis=1)
    base, other = (_rates(support, *of_set) for of_set in (of_sets[:2], of_sets[2:]))
    per_class = {name: other[name] - base[name] for name in RATES}
    total = {name: class_mean(other[name], support) - class_mean(base[name], support) for name in RATES}
    return per_class, total


def _class_counts(ledger: Ledger, n: int) -> FrameCounts:
    """Five columns a class: its support, then correct and inferred of base and of other."""
    columns, rows = [], []
    for side, cell in enumerate((ledger.base_cell, ledger.other_cell)):
        label, inferred = np.divmod(cell, np.int32(n + 1))
        counted = cell >= 0
        parts = [(label == inferred, label), (inferred < n, inferred)]
        for place, (among, class_) in enumerate(parts, start=1 + 2 * side):
            rows.append(np.flatnonzero(counted & among))
            columns.append(class_[rows[-1]] + place * n)
    label = ledger.base_cell // np.int32(n + 1)
    rows.append(np.flatnonzero((ledger.base_cell >= 0) & (label < n)))
    columns.append(label[rows[-1]])
    every = np.concatenate(rows)
    return frame_counts(np.concatenate(columns), ledger.frame[every], np.ones(len(every), np.int32))


def _rates(support: NDArray[np.int32], correct: NDArray[np.int32], inferred: NDArray[np.int32]) -> Rates:
    return {
        "precision": rate(correct, inferred),
        "recall": rate(correct, support),
        "f1": rate(2 * correct, inferred + support),
    }
