"""How sure the deltas between two sets of objects are: rates, cells, and what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import (
    ChangeTest,
    FrameCounts,
    Resampling,
    Significance,
    ValueIntervals,
    counts_of_table,
    frame_counts,
)
from aquarium_tui.compare.cells import RATES, class_mean, rate
from aquarium_tui.compare.certainty.table import (
    LEAST_FRAMES,
    Certainty,
    Resampled,
    certainties,
    corrected_interval,
    interval_of,
    listed,
    two_sided,
    typical_units,
)
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import SIDES, Side

EXACT = 12
"""Up to so many frames that differ, all 2 ** 12 ways of flipping their signs are counted."""


def cluster_test(column: NDArray[Any], unit: NDArray[Any], change: NDArray[Any], columns: int) -> Floats:
    """Two-sided p-values of `(columns,)` sums of changes, if a unit's changes are as likely the other way.

    Objects in one frame succeed and fail together. McNemar's own test takes each object for a coin of its own
    and so finds too much: its error at .05 is .09 to .35 where outcomes in a frame are correlated by .1 to
    .4. The unit here is the frame, or a group of frames that belong together.

    Obuchowski (1998) and Durkalski et al. (2003): the sum of the per-unit differences over the root of the
    sum of their squares. With few units that differ, the sum is compared with those under all flips of signs.
    1 where nothing differs.

    Args:
        column: `(n,)` int, which sum a change belongs to: a class, a cell, or all 0.
        unit: `(n,)` int, the frame or group of each change.
        change: `(n,)` number, such as +1 for an object that was fixed and -1 for one that was broken.
        columns: How many sums there are.
    """
    units = int(unit.max(initial=0)) + 1
    key, where = np.unique(column.astype(np.int64) * units + unit, return_inverse=True)
    difference = np.bincount(where, change, len(key)) if len(key) else np.zeros(0)
    key, difference = key[difference != 0], difference[difference != 0]
    of = key // units
    count = np.bincount(of, minlength=columns)
    total, square = (np.bincount(of, d, columns) for d in (difference, difference**2))
    score = np.divide(total, np.sqrt(square), out=np.zeros(columns), where=square > 0)
    p = two_sided(score)
    starts = np.searchsorted(of, np.arange(columns + 1))
    for few in np.flatnonzero((count > 0) & (count <= EXACT)):
        p[few] = sign_flips(difference[starts[few] : starts[few + 1]])
    return np.where(count == 0, 1.0, p)


def sign_flips(difference: Floats) -> float:
    """The share of all flips of the signs of `(n,)` differences whose sum is as far from 0 as theirs."""
    sums = np.zeros(1)
    for each in np.abs(difference):
        sums = np.concatenate([sums + each, sums - each])
    # Sums of whole numbers are exact; of others, a rounding error must not part a sum from its mirror.
    return float(np.mean(np.abs(sums) >= abs(difference.sum()) * (1 - 1e-9)))


Rates = Mapping[str, Floats]


def object_significance(ledger: Ledger, n: int, resampling: Resampling) -> Significance:
    """Intervals, p- and q-values of the deltas between base and other.

    Args:
        ledger: The objects of the frames that are counted.
        n: How many evaluated classes there are.
        resampling: How frames are drawn.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    unit = resampling.unit(ledger.frame)
    counts = _ClassCounts.of(ledger, n, unit)
    labels, false_alarms = _change_tests(ledger, unit)
    per_class, totals = _rates(counts, resampling)
    for average in ("weighted", "micro"):
        # Both are the share of all labels that are found, which has one test, wherever it is shown.
        recall = totals[average]["recall"]
        totals[average]["recall"] = replace(recall, frames=np.array([labels.frames]), p=np.array([labels.p]))
    return Significance(
        replicates=resampling.replicates,
        cells=_cells(ledger, n, unit, resampling),
        per_class=certainties(per_class),
        totals={average: certainties(figures) for average, figures in totals.items()},
        headline={
            "recall": _tested(totals["micro"]["recall"], labels),
            "false_alarms": _tested(_false_alarms(ledger, resampling), false_alarms),
        },
        labels=labels,
        false_alarms=false_alarms,
    )


def object_values(ledger: Ledger, n: int, resampling: Resampling) -> dict[Side, ValueIntervals]:
    """Intervals of the rates and of the false alarms of each set by themselves.

    Args:
        ledger: The objects of the frames that are counted.
        n: How many evaluated classes there are.
        resampling: How frames are drawn.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    counts = _ClassCounts.of(ledger, n, resampling.unit(ledger.frame))
    support, *of_sets = counts.sums(resampling)
    labels, units = support[0].sum(keepdims=True), np.array([resampling.units])
    found: dict[Side, ValueIntervals] = {}
    for side, of_set in zip(SIDES, (of_sets[:2], of_sets[2:]), strict=True):
        rates = rates_of_counts(support, *of_set)
        pooled = rates_of_counts(*(part.sum(axis=1, keepdims=True) for part in (support, *of_set)))
        averages = {
            "weighted": {name: class_mean(values, support)[:, None] for name, values in rates.items()},
            "macro": {name: class_mean(values)[:, None] for name, values in rates.items()},
            "micro": pooled,
        }
        present = {name: counts.present(name) for name in rates}
        spread = {name: {"macro": typical_units(each)} for name, each in present.items()}
        outcome = ledger.base_outcome if side == "base" else ledger.other_outcome
        alarms = _per_frame(ledger, (outcome == Outcome.SPURIOUS).astype(np.int32), resampling)
        found[side] = ValueIntervals(
            {name: interval_of(values, present[name], support[0]) for name, values in rates.items()},
            {
                average: {
                    name: interval_of(values, spread[name].get(average, units), labels)
                    for name, values in figures.items()
                }
                for average, figures in averages.items()
            },
            {"false_alarms": interval_of(alarms, units)},
        )
    return found


def _change_tests(ledger: Ledger, unit: NDArray[np.int32]) -> list[ChangeTest]:
    """Of labels, and of spurious inferences: two questions, as a model may find more and cry wolf more."""
    direction = np.zeros(len(ledger.change), np.int64)
    direction[ledger.change == Change.FIXED] = 1
    direction[ledger.change == Change.BROKEN] = -1
    tests = []
    for rows in (np.flatnonzero(ledger.label >= 0), np.flatnonzero(ledger.label < 0)):
        change, of = direction[rows], unit[rows]
        p = cluster_test(np.zeros(len(rows), np.int64), of, change, 1)
        better, worse = int((change > 0).sum()), int((change < 0).sum())
        frames = int(np.count_nonzero(np.bincount(of, change))) if len(of) else 0
        tests.append(ChangeTest(better, worse, frames, float(p[0])))
    return tests


def _tested(figure: Resampled, test: ChangeTest) -> Certainty:
    """One figure that is not listed with others, judged by the test of its objects."""
    one = replace(figure, frames=np.array([test.frames]), p=np.array([test.p]))
    return certainties({"": one})[""]


def _false_alarms(ledger: Ledger, resampling: Resampling) -> Resampled:
    """The delta of spurious inferences per frame."""
    spurious = [
        (outcome == Outcome.SPURIOUS).astype(np.int32)
        for outcome in (ledger.base_outcome, ledger.other_outcome)
    ]
    delta = _per_frame(ledger, spurious[1] - spurious[0], resampling)
    return Resampled(delta[0], delta[1:], np.array([0]), spread=np.array([resampling.units]))


def _per_frame(ledger: Ledger, count: NDArray[np.int32], resampling: Resampling) -> Floats:
    """The sum of `(objects,)` counts of objects without a label, per frame, `(1 + replicates, 1)`."""
    rows = np.flatnonzero(ledger.label < 0)
    frames = np.arange(resampling.frames, dtype=np.int32)
    # Column 0 is the sum, column 1 the frames themselves: where groups are drawn, their number differs from
    # draw to draw.
    counts = frame_counts(
        np.repeat(np.array([0, 1]), [len(rows), len(frames)]),
        np.concatenate([ledger.frame[rows], frames]),
        np.concatenate([count[rows], np.ones(len(frames), np.int32)]),
    )
    sums = np.zeros((1 + resampling.replicates, 2))
    sums[0, counts.columns], sums[1:, counts.columns] = counts.sums(), counts.resampled(resampling)
    return rate(sums[:, :1], sums[:, 1:])


# Cells


def _cells(ledger: Ledger, n: int, unit: NDArray[np.int32], resampling: Resampling) -> Certainty:
    count = (n + 1) ** 2
    low, high = np.zeros(count), np.zeros(count)
    column, row, change = _cell_changes(ledger)
    frames = frame_counts(column, unit[row], change).frames_of(count)
    for piece in frame_counts(column, ledger.frame[row], change).pieces():
        found = corrected_interval(piece.resampled(resampling), piece.sums(), frames[piece.columns])
        low[piece.columns], high[piece.columns] = found.low, found.high
    p = cluster_test(column, unit[row], change, count)
    return listed(low, high, p, frames < LEAST_FRAMES)


def _cell_changes(ledger: Ledger) -> tuple[NDArray[np.int32], NDArray[np.intp], NDArray[np.int32]]:
    """Cell, row of the ledger and direction of what came into a cell (1) or left it (-1)."""
    differs = ledger.base_cell != ledger.other_cell
    left, came = (np.flatnonzero(differs & (c >= 0)) for c in (ledger.base_cell, ledger.other_cell))
    return (
        np.concatenate([ledger.base_cell[left], ledger.other_cell[came]]),
        np.concatenate([left, came]),
        np.repeat(np.array([-1, 1], np.int32), [len(left), len(came)]),
    )


# Rates


@dataclass(frozen=True, eq=False)
class _ClassCounts:
    """Counts by class and frame, from which all rates of replicates are made.

    Attributes:
        n: How many evaluated classes there are.
        by_frame: Five columns per class: its support, then correct and inferred of base and of other.
        by_unit: The same by unit of the test: frame, or group of frames.
    """

    n: int
    by_frame: FrameCounts
    by_unit: FrameCounts

    @classmethod
    def of(cls, ledger: Ledger, n: int, unit: NDArray[np.int32]) -> "_ClassCounts":
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
        every, column = np.concatenate(rows), np.concatenate(columns)
        one = np.ones(len(column), np.int32)
        by_frame = frame_counts(column, ledger.frame[every], one)
        return cls(n, by_frame, by_frame if unit is ledger.frame else frame_counts(column, unit[every], one))

    def sums(self, resampling: Resampling) -> list[NDArray[np.int64]]:
        """The five counts on all frames and in each replicate, `(1 + replicates, n)` each."""
        found = np.zeros((1 + resampling.replicates, 5 * self.n), np.int64)
        counts = self.by_frame
        found[0, counts.columns] = counts.sums()
        found[1:, counts.columns] = counts.resampled(resampling)
        return np.split(found, 5, axis=1)

    @cached_property
    def _table(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Of every count by unit: its place among the five, its class and unit as one number, and itself."""
        counts = self.by_unit
        column = np.repeat(counts.columns, np.diff(np.append(counts.starts, len(counts.frame))))
        place, class_ = column // max(self.n, 1), column % max(self.n, 1)
        key = np.asarray(class_ * self._units + counts.frame, np.int64)
        return place, key, counts.count.astype(np.int64)

    @property
    def _units(self) -> int:
        return int(self.by_unit.frame.max(initial=0)) + 1

    def differences(self, place: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Classes and units, as one number each, where other's count differs from base's, and by how much.

        Args:
            place: 1 for correct, 2 for inferred.
        """
        of, key, count = self._table
        mine = (of == place) | (of == place + 2)
        keys, at = np.unique(key[mine], return_inverse=True)
        sums = np.bincount(at, np.where(of[mine] == place, -1, 1) * count[mine], len(keys)).astype(np.int64)
        return keys[sums != 0], sums[sums != 0]

    def differing(self, name: str) -> NDArray[np.int64]:
        """Classes and units, as one number each, that have a part in the delta of a rate."""
        places = (1,) if name == "recall" else (1, 2)
        return np.unique(np.concatenate([self.differences(place)[0] for place in places]))

    def present(self, name: str) -> NDArray[np.int64]:
        """How many units have labels of each class, or for precision and F1 inferences too, `(n,)`."""
        of, key, _ = self._table
        places = (0,) if name == "recall" else (0, 2, 4)
        return self.classes_of(np.unique(key[np.isin(of, places)]))

    def classes_of(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of the keys each class has, `(n,)`."""
        return np.bincount(keys // self._units, minlength=self.n)

    def units_of(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many units the keys name, `(1,)`."""
        return np.array([len(np.unique(keys % self._units))])

    def recall_p_values(self) -> Floats:
        """The cluster test of each class's correct labels, `(n,)`."""
        keys, sums = self.differences(1)
        return cluster_test(keys // self._units, keys % self._units, sums, self.n)


def _rates(
    counts: _ClassCounts, resampling: Resampling
) -> tuple[dict[str, Resampled], dict[str, dict[str, Resampled]]]:
    """The rates of each class, and their averages."""
    sums = counts.sums(resampling)
    support, *of_sets = sums
    sets = [rates_of_counts(support, *of_set) for of_set in (of_sets[:2], of_sets[2:])]
    per_class = _of_classes(counts, support, sets)
    pooled = [part.sum(axis=1, keepdims=True) for part in (support, *of_sets)]
    pools = [rates_of_counts(pooled[0], *of_set) for of_set in (pooled[1:3], pooled[3:])]
    labels, units = support[0].sum(keepdims=True), np.array([resampling.units])
    totals: dict[str, dict[str, Resampled]] = {"weighted": {}, "macro": {}, "micro": {}}
    for name in RATES:
        base, other = (rates[name] for rates in sets)
        frames = counts.units_of(counts.differing(name))
        weighted, macro = (
            class_mean(other, weights) - class_mean(base, weights) for weights in (support, None)
        )
        spread = typical_units(counts.present(name))
        totals["weighted"][name] = _figure(weighted[:, None], frames, labels, spread=units)
        totals["macro"][name] = _figure(macro[:, None], frames, labels, spread=spread)
        totals["micro"][name] = _figure(pools[1][name] - pools[0][name], frames, labels, spread=units)
    return per_class, totals


def _of_classes(
    counts: _ClassCounts, support: NDArray[np.int64], sets: Sequence[Rates]
) -> dict[str, Resampled]:
    found = {}
    for name in RATES:
        delta, keys = sets[1][name] - sets[0][name], counts.differing(name)
        p = counts.recall_p_values() if name == "recall" else None
        found[name] = _figure(delta, counts.classes_of(keys), support[0], p)
    return found


def rates_of_groups(table: NDArray[np.int32], resampling: Resampling) -> dict[str, Certainty]:
    """How sure the deltas of precision, recall and F1 of some groups of objects are, `(groups,)` by rate.

    Args:
        table: `(5, groups, frames)` counts; an object may belong to several groups. First labels, then
            base's correct labels and all inferences of base, then those of other.
        resampling: How frames are drawn.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    n = table.shape[1]
    by_frame = counts_of_table(table.reshape(len(table) * n, table.shape[2]))
    of_column = np.repeat(by_frame.columns, np.diff(np.append(by_frame.starts, len(by_frame.frame))))
    grouped = resampling.group is not None
    by_unit = (
        frame_counts(of_column, resampling.unit(by_frame.frame), by_frame.count) if grouped else by_frame
    )
    counts = _ClassCounts(n, by_frame, by_unit)
    support, *of_sets = counts.sums(resampling)
    sets = [rates_of_counts(support, *of_set) for of_set in (of_sets[:2], of_sets[2:])]
    return certainties(_of_classes(counts, support, sets))


def _figure(
    delta: Floats,
    frames: NDArray[np.int64],
    labels: NDArray[np.int64],
    p: Floats | None = None,
    spread: NDArray[np.int64] | None = None,
) -> Resampled:
    """Of `(1 + replicates, rows)` deltas, those on all frames first."""
    return Resampled(delta[0], delta[1:], frames, labels, p, spread)


def rates_of_counts(
    support: NDArray[np.int64], correct: NDArray[np.int64], inferred: NDArray[np.int64]
) -> Rates:
    """Precision, recall and F1 of labels, correct labels and inferences, of any one shape."""
    return {
        "precision": rate(correct, inferred),
        "recall": rate(correct, support),
        "f1": rate(2 * correct, inferred + support),
    }
