"""Confusions from joint counts, scores of masks per class, set and frame, and how sure deltas are.

Pixels of one frame are anything but independent, so frames are the unit of everything here: they are drawn
anew for intervals, and p-values come from the spread of the resampled deltas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, Significance, ValueIntervals, frame_counts, multiplied
from aquarium_tui.compare.cells import CellCounts, class_mean, rate
from aquarium_tui.compare.certainty.table import (
    LEAST_FRAMES,
    Certainty,
    Resampled,
    certainties,
    corrected_interval,
    interval_of,
    listed,
    spread_p_values,
)
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.model.arrays import CountMatrix, Counts, Floats, RowNumbers
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import SIDES, Side

CellNumbers = NDArray[np.int64]

_BY_RIGHT = np.array([Diff.BOTH_WRONG, Diff.FIXED, Diff.BROKEN, Diff.BOTH_RIGHT], np.uint8)
"""By whether base is right, twice, plus whether other is."""


def inferred_by(counts: PixelCounts, side: Side) -> NDArray[np.uint16]:
    """`(rows,)`: the class of one set."""
    return counts.base if side == "base" else counts.other


def cells_of(counts: PixelCounts, side: Side) -> CellNumbers:
    """`(rows,)` int64: the cell of each row under one set, `label * (classes + 1) + inferred`."""
    return counts.label.astype(np.int64) * (counts.classes + 1) + inferred_by(counts, side)


def confusion(counts: PixelCounts, side: Side) -> CountMatrix:
    """Pixels by label class and inferred class `(classes + 1, classes + 1)` int64, background last.

    The last row is empty: a pixel without a label class leaves the count. The last column holds what the set
    gave no class, or one that is ignored.
    """
    return _matrix(counts, cells_of(counts, side), slice(None))


def count_cells(counts: PixelCounts) -> CellCounts:
    """Every cell as lists of pixels; see `CellCounts`."""
    base, other = cells_of(counts, "base"), cells_of(counts, "other")
    same = base == other
    for_good = (counts.base == counts.label) | (counts.other == counts.label)
    return CellCounts(
        base=_matrix(counts, base, slice(None)),
        other=_matrix(counts, other, slice(None)),
        fixed=_matrix(counts, base, ~same & for_good),
        introduced=_matrix(counts, other, ~same),
        moved=_matrix(counts, base, ~same & ~for_good),
        unchanged=_matrix(counts, base, same),
    )


def diffs_of(label: NDArray[Any], base: NDArray[Any], other: NDArray[Any]) -> NDArray[np.uint8]:
    """The `Diff` of each of `(n,)` label, base and other classes, uint8; a label below 0 is ignored."""
    right = (base == label).view(np.uint8) * np.uint8(2) + (other == label).view(np.uint8)
    return np.asarray(_BY_RIGHT[right] * (label >= 0))


def frame_diffs(counts: PixelCounts) -> NDArray[np.int64]:
    """Pixels of each frame by `Diff`, `(frames, 5)` int64."""
    kinds = len(Diff)
    change = diffs_of(counts.label.astype(np.int32), counts.base, counts.other)
    place = counts.frame.astype(np.int64) * kinds + change
    sums = np.bincount(place, counts.pixels, counts.frames * kinds).reshape(counts.frames, kinds)
    sums[:, Diff.IGNORED] = counts.ignored
    return sums.astype(np.int64)


def frame_cell(counts: PixelCounts, side: Side, label: int, inferred: int) -> NDArray[np.int64]:
    """Pixels of each frame in one cell, `(frames,)` int64."""
    inside = np.flatnonzero((counts.label == label) & (inferred_by(counts, side) == inferred))
    return np.bincount(counts.frame[inside], counts.pixels[inside], counts.frames).astype(np.int64)


def _matrix(counts: PixelCounts, cells: CellNumbers, among: NDArray[np.bool_] | slice) -> CountMatrix:
    n = counts.classes + 1
    sums = np.bincount(cells[among], counts.pixels[among], n * n)
    return sums.reshape(n, n).astype(np.int64)


RATES = ("precision", "recall", "f1", "iou")
COUNTS = ("support", "inferred", "correct", "false_positives", "false_negatives")
TOTALS = ("accuracy", "miou", "fwiou")


@dataclass(frozen=True)
class PixelScores:
    """Scores of classes, from three counts of one shape `(…, classes)`; the last axis is the classes.

    Rates are float64 with NaN where the denominator is 0; counts are pixels, int64.

    Attributes:
        correct: Labelled and inferred as the class.
        support: Labelled as the class; a property of the labels alone.
        inferred: Inferred as the class, where a label counts.
    """

    correct: Counts
    support: Counts
    inferred: Counts

    @cached_property
    def precision(self) -> Floats:
        """`correct / inferred`."""
        return rate(self.correct, self.inferred)

    @cached_property
    def recall(self) -> Floats:
        """`correct / support`."""
        return rate(self.correct, self.support)

    @cached_property
    def f1(self) -> Floats:
        """Harmonic mean of precision and recall."""
        return rate(2 * self.correct, self.inferred + self.support)

    @cached_property
    def iou(self) -> Floats:
        """`correct / (support + inferred - correct)`."""
        return rate(self.correct, self.inferred + self.support - self.correct)

    @cached_property
    def false_positives(self) -> Counts:
        """Inferred as the class, and not of it."""
        return self.inferred - self.correct

    @cached_property
    def false_negatives(self) -> Counts:
        """Of the class, and not inferred as it."""
        return self.support - self.correct

    @cached_property
    def pixels(self) -> Counts:
        """`(…,)`: all that count."""
        return np.asarray(self.support.sum(-1))

    @cached_property
    def errors(self) -> Counts:
        """`(…,)`: those that are not correct."""
        return np.asarray(self.false_negatives.sum(-1))

    @cached_property
    def accuracy(self) -> Floats:
        """`(…,)`: share of the pixels that are correct."""
        return rate(self.correct.sum(-1), self.pixels)

    @cached_property
    def miou(self) -> Floats:
        """`(…,)`: mean IoU of the classes that labels or inferences have, as Cityscapes defines it."""
        return class_mean(self.iou)

    @cached_property
    def fwiou(self) -> Floats:
        """`(…,)`: IoU of the classes, weighted by support (Long et al. 2015)."""
        return class_mean(self.iou, self.support)


def scores_of(matrix: Counts) -> PixelScores:
    """The scores `(classes,)` of a confusion `(classes + 1, classes + 1)`, background last.

    mIoU of a set is that of its summed confusion, not the mean over frames.
    """
    n = len(matrix) - 1
    return PixelScores(np.diagonal(matrix)[:n], matrix[:n].sum(axis=1), matrix[:n, :n].sum(axis=0))


def frame_scores(counts: PixelCounts, side: Side) -> PixelScores:
    """The scores `(frames, classes)` of each frame by itself; rates are NaN where it is not counted."""
    inferred = inferred_by(counts, side)
    right = np.flatnonzero(counts.label == inferred)
    named = np.flatnonzero(inferred < counts.classes)
    every = np.arange(len(counts.label))
    return PixelScores(
        correct=_by_class(counts, counts.label, right),
        support=_by_class(counts, counts.label, every),
        inferred=_by_class(counts, inferred, named),
    )


def total(scores: PixelScores) -> dict[str, float]:
    """Accuracy, mIoU, fwIoU and averages over the classes, weighted by support as in scikit-learn's report.

    Args:
        scores: `(classes,)`.

    Returns:
        By name, also every count summed over the classes.
    """
    totals = {name: float(getattr(scores, name)) for name in TOTALS}
    means = {name: float(class_mean(getattr(scores, name), scores.support)) for name in RATES}
    return totals | means | {name: float(getattr(scores, name).sum()) for name in COUNTS}


def macro(scores: PixelScores) -> dict[str, float]:
    """Means of the rates over the classes where they are defined, each class alike, by name."""
    return {name: float(class_mean(getattr(scores, name))) for name in RATES}


def _by_class(counts: PixelCounts, of: NDArray[np.uint16], rows: NDArray[np.int64]) -> Counts:
    place = counts.frame[rows].astype(np.int64) * counts.classes + of[rows]
    sums = np.bincount(place, counts.pixels[rows], counts.frames * counts.classes)
    return sums.reshape(counts.frames, counts.classes).astype(np.int64)


NO_BOUNDARIES: Mapping[Side, PixelScores] = MappingProxyType({})
BOUNDARY_IOU, BOUNDARY_MIOU = "boundary_iou", "boundary_miou"


def pixel_significance(
    counts: PixelCounts, resampling: Resampling, boundaries: Mapping[Side, PixelScores] = NO_BOUNDARIES
) -> Significance:
    """Intervals, p- and q-values of the deltas between base and other, over the frames that are counted.

    A class is *few* by the frames, not by its labels, which are pixels: those that have it, where the sets
    differ in it.

    Args:
        counts: Of base and other.
        resampling: How the frames are drawn.
        boundaries: Scores `(frames, classes)` of the boundaries of classes, of each side.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    tables = _tables(counts)
    sets = _resampled_scores(tables, resampling)
    correct, either = _differing(tables, resampling)
    labelled = units_with(tables[0], resampling)
    every = np.array([np.count_nonzero(either.any(axis=1))])
    per_class: dict[str, Resampled] = {}
    totals: dict[str, dict[str, Resampled]] = {"weighted": {}, "macro": {}}
    for name in RATES:
        base, other = (getattr(scores, name) for scores in sets)
        frames = (correct if name == "recall" else either).sum(axis=0)
        per_class[name] = _figure(other - base, np.minimum(frames, labelled))
        weighted, macro = (
            class_mean(other, weights) - class_mean(base, weights) for weights in (sets[0].support, None)
        )
        totals["weighted"][name] = _figure(weighted[:, None], every)
        totals["macro"][name] = _figure(macro[:, None], every)
    for name in TOTALS:
        delta = getattr(sets[1], name) - getattr(sets[0], name)
        totals["weighted"][name] = _figure(delta[:, None], every)
    wholes = [*TOTALS]
    if boundaries:
        (of_classes, *means), differ = _boundary_deltas(counts, resampling, boundaries)
        per_class[BOUNDARY_IOU] = _figure(of_classes, np.minimum(differ.sum(axis=0), labelled))
        any_ = np.array([np.count_nonzero(differ.any(axis=1))])
        for average, mean in zip(("weighted", "macro"), means, strict=True):
            totals[average][BOUNDARY_IOU] = _figure(mean[:, None], any_)
        totals["weighted"][BOUNDARY_MIOU] = totals["macro"][BOUNDARY_IOU]
        wholes.append(BOUNDARY_MIOU)
    return Significance(
        replicates=resampling.replicates,
        cells=_cells(counts, resampling),
        per_class=certainties(per_class),
        totals={average: certainties(figures) for average, figures in totals.items()},
        headline={name: certainties({name: totals["weighted"][name]})[name] for name in ("accuracy", "miou")},
        wholes=certainties({name: totals["weighted"][name] for name in wholes}),
    )


def _boundary_deltas(
    counts: PixelCounts, resampling: Resampling, boundaries: Mapping[Side, PixelScores]
) -> tuple[tuple[Floats, ...], NDArray[np.bool_]]:
    """Deltas of boundary IoU in each replicate, per class, weighted and macro; then where sets differ."""
    tables = _boundary_tables(counts, boundaries)
    base, other = _resampled_scores(tables, resampling)
    means = (
        class_mean(other.iou, weights) - class_mean(base.iou, weights) for weights in (base.support, None)
    )
    return (other.iou - base.iou, *means), _differing(tables, resampling)[1]


def _boundary_tables(
    counts: PixelCounts, boundaries: Mapping[Side, PixelScores]
) -> list[NDArray[np.float64]]:
    """As `_tables`; of one set alone, twice the same."""
    base = boundaries["base"]
    other = boundaries.get("other", base)
    parts = (base.support, base.correct, base.inferred, other.correct, other.inferred)
    return [part[counts.counted].astype(np.float64) for part in parts]


def pixel_values(
    counts: PixelCounts, resampling: Resampling, boundaries: Mapping[Side, PixelScores] = NO_BOUNDARIES
) -> dict[Side, ValueIntervals]:
    """Intervals of the figures of each set by themselves, over the frames that are counted.

    Args:
        counts: Of base and other.
        resampling: How the frames are drawn.
        boundaries: As of `pixel_significance`.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    tables = _tables(counts)
    units, every = units_with(tables[0], resampling), np.array([resampling.units])
    edges = _resampled_scores(_boundary_tables(counts, boundaries), resampling) if boundaries else None
    found: dict[Side, ValueIntervals] = {}
    for at, (side, scores) in enumerate(zip(SIDES, _resampled_scores(tables, resampling), strict=True)):
        rates = {name: getattr(scores, name) for name in RATES}
        wholes = {name: interval_of(getattr(scores, name)[:, None], every) for name in TOTALS}
        if edges:
            rates[BOUNDARY_IOU] = edges[at].iou
            wholes[BOUNDARY_MIOU] = interval_of(edges[at].miou[:, None], every)
        totals = {
            average: {
                name: interval_of(class_mean(values, weights)[:, None], every)
                for name, values in rates.items()
            }
            for average, weights in (("weighted", scores.support), ("macro", None))
        }
        of_classes = {name: interval_of(values, units) for name, values in rates.items()}
        found[side] = ValueIntervals(of_classes, totals, wholes)
    return found


def units_with(support: NDArray[Any], resampling: Resampling) -> NDArray[np.int64]:
    """`(classes,)`: in how many units any of `(counted frames, classes)` label pixels lie."""
    unit = resampling.unit(np.arange(len(support), dtype=np.int32))
    frame, class_ = np.nonzero(support)
    pairs = np.unique(class_ * max(resampling.units, 1) + unit[frame])
    return np.bincount(pairs // max(resampling.units, 1), minlength=support.shape[1])


def _figure(delta: Floats, frames: NDArray[np.int64]) -> Resampled:
    """Of `(1 + replicates, rows)` deltas, those on all frames first."""
    return Resampled(delta[0], delta[1:], frames)


def _cells(counts: PixelCounts, resampling: Resampling) -> Certainty:
    n = (counts.classes + 1) ** 2
    low, high, p = np.zeros(n), np.zeros(n), np.ones(n)
    cell, frame, pixels = _cell_changes(counts)
    frames = frame_counts(cell, resampling.unit(frame), pixels).frames_of(n)
    for piece in frame_counts(cell, frame, pixels).pieces():
        values, delta = piece.resampled(resampling), piece.sums()
        found = corrected_interval(values, delta, frames[piece.columns])
        low[piece.columns], high[piece.columns] = found.low, found.high
        p[piece.columns] = spread_p_values(values, delta, frames[piece.columns])
    return listed(low, high, p, frames < LEAST_FRAMES)


def _cell_changes(counts: PixelCounts) -> tuple[RowNumbers, RowNumbers, NDArray[np.int64]]:
    """Cell, counted frame, and how many pixels came into the cell, or left it where negative."""
    base, other = cells_of(counts, "base"), cells_of(counts, "other")
    rows = np.flatnonzero(base != other)
    frame = (np.cumsum(counts.counted) - 1)[counts.frame[rows]].astype(np.int32)
    pixels = counts.pixels[rows].astype(np.int64)
    cells = np.concatenate([base[rows], other[rows]])
    return cells, np.tile(frame, 2), np.concatenate([-pixels, pixels])


def _tables(counts: PixelCounts) -> list[NDArray[np.float64]]:
    """Support, then correct and inferred of base and of other, `(counted frames, classes)` each."""
    base, other = (frame_scores(counts, side) for side in SIDES)
    parts = (base.support, base.correct, base.inferred, other.correct, other.inferred)
    return [part[counts.counted].astype(np.float64) for part in parts]


def _resampled_scores(
    tables: list[NDArray[np.float64]], resampling: Resampling
) -> tuple[PixelScores, PixelScores]:
    """The scores of base and of other, `(1 + replicates, classes)`, on the frames as they are first."""
    table = np.concatenate(tables, axis=1)
    sums = np.concatenate([table.sum(axis=0, keepdims=True), multiplied(table, resampling)])
    support, *of_sets = np.split(sums.astype(np.int64), len(tables), axis=1)
    return PixelScores(of_sets[0], support, of_sets[1]), PixelScores(of_sets[2], support, of_sets[3])


def _differing(
    tables: list[NDArray[np.float64]], resampling: Resampling
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """`(units, classes)`: where correct pixels of the sets differ in number, and where any do."""
    _, *of_sets = tables
    unit = resampling.unit(np.arange(len(of_sets[0]), dtype=np.int32))
    differs = []
    for base, other in zip(of_sets[:2], of_sets[2:], strict=True):
        sums = np.zeros((resampling.units, base.shape[1]))
        np.add.at(sums, unit, other - base)
        differs.append(sums != 0)
    correct, inferred = differs
    return correct, correct | inferred
