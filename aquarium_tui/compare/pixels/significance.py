"""How sure the deltas between two sets of masks are.

Pixels of one frame are anything but independent, so frames are the unit of everything here: they are drawn
anew for intervals, and p-values come from the spread of the resampled deltas.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, frame_counts, multiplied
from aquarium_tui.compare.certainty.intervals import corrected_interval, spread_p_values
from aquarium_tui.compare.certainty.table import (
    LEAST_FRAMES,
    Certainty,
    Resampled,
    certainties,
    interval_of,
    listed,
)
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.compare.pixels.scores import RATES, TOTALS, PixelScores, cells_of, frame_scores
from aquarium_tui.compare.rates import class_mean
from aquarium_tui.compare.significance import Significance, ValueIntervals
from aquarium_tui.model.arrays import Floats, RowNumbers
from aquarium_tui.model.settings import SIDES, Side

NO_BOUNDARIES: Mapping[Side, PixelScores] = MappingProxyType({})
BOUNDARY_IOU, BOUNDARY_MIOU = "boundary_iou", "boundary_miou"


def pixel_significance(
    counts: PixelCounts, resampling: Resampling, boundaries: Mapping[Side, PixelScores] = NO_BOUNDARIES
) -> Significance:
    """Intervals, p- and q-values of the deltas between base and other, over the frames that are counted.

    A class is *few* by the frames in which it differs, not by its labels, which are pixels.

    Args:
        counts: Of base and other.
        resampling: How the frames are drawn.
        boundaries: Scores `(frames, classes)` of the boundaries of classes, of each side.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    tables = _tables(counts)
    sets = _resampled_scores(tables, resampling)
    frames = _differing(tables, resampling)
    every = np.array([np.count_nonzero(frames.any(axis=1))])
    per_class: dict[str, Resampled] = {}
    totals: dict[str, dict[str, Resampled]] = {"weighted": {}, "macro": {}}
    for name in RATES:
        base, other = (getattr(scores, name) for scores in sets)
        per_class[name] = _figure(other - base, frames.sum(axis=0))
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
        per_class[BOUNDARY_IOU] = _figure(of_classes, differ.sum(axis=0))
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
    return (other.iou - base.iou, *means), _differing(tables, resampling)


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


def _differing(tables: list[NDArray[np.float64]], resampling: Resampling) -> NDArray[np.bool_]:
    """`(units, classes)`: where the correct or inferred pixels of the sets differ in number."""
    _, *of_sets = tables
    frame = np.arange(len(of_sets[0]), dtype=np.int32)
    unit = resampling.unit(frame)
    differing = np.zeros((resampling.units, of_sets[0].shape[1]), bool)
    for base, other in zip(of_sets[:2], of_sets[2:], strict=True):
        sums = np.zeros(differing.shape)
        np.add.at(sums, unit, other - base)
        differing |= sums != 0
    return differing
