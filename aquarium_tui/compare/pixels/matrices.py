"""Confusions, and what changes between them, from joint counts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import Side

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
