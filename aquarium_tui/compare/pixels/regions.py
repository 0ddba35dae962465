"""Connected regions of a map, the largest first.

Pixels of one value that touch, at a side or a corner, are one region. Rows are cut into runs, runs of
neighbouring rows that touch are joined (Rosenfeld and Pfaltz 1966, the roots of all pairs at once).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.frame_masks import DiffPlane

RunPositions = NDArray[np.int64]


@dataclass(frozen=True)
class Regions:
    """Regions of a map, the largest first; those of one size from top to bottom.

    Attributes:
        value: `(regions,)` uint8, what the map says there.
        pixels: `(regions,)` int64.
        box: `(regions, 4)` float64 left, top, right, bottom in pixels, right and bottom exclusive.
    """

    value: DiffPlane
    pixels: RunPositions
    box: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.pixels)


@dataclass(frozen=True)
class _Rows:
    """Runs of one value within a row, in reading order; each `(runs,)` int64, `stop` exclusive."""

    row: RunPositions
    start: RunPositions
    stop: RunPositions
    value: DiffPlane


def regions_of(values: DiffPlane, least: int = 1) -> Regions:
    """The regions of a map `(height, width)` uint8, in which 0 is nothing.

    Args:
        values: The map.
        least: Regions of fewer pixels are left out.
    """
    runs = _runs(values)
    parent = _joined(len(runs.row), *_touching(runs, values.shape[1]))
    roots, region = np.unique(parent, return_inverse=True)
    pixels = np.bincount(region, runs.stop - runs.start, len(roots)).astype(np.int64)
    box = _boxes(runs, region, len(roots))
    order = np.lexsort((box[:, 0], box[:, 1], -pixels))
    order = order[pixels[order] >= least]
    return Regions(runs.value[roots][order], pixels[order], box[order])


def _runs(values: DiffPlane) -> _Rows:
    height, width = values.shape
    changes = np.ones((height, width), bool)
    changes[:, 1:] = values[:, 1:] != values[:, :-1]
    first = np.flatnonzero(changes)
    stop = np.append(first[1:], height * width)
    found = values.ravel()[first]
    kept = found > 0
    first, stop = first[kept], stop[kept]
    row = first // width
    return _Rows(row, first - row * width, stop - row * width, found[kept])


def _touching(runs: _Rows, width: int) -> tuple[RunPositions, RunPositions]:
    """Pairs of runs of one value, one row apart, that have a side or a corner in common."""
    pitch = width + 2
    start, stop = runs.row * pitch + runs.start, runs.row * pitch + runs.stop
    low = np.searchsorted(stop, start + pitch, side="left")
    high = np.searchsorted(start, stop + pitch, side="right")
    upper = np.repeat(np.arange(len(start)), high - low)
    within = np.arange(len(upper)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    lower = low[upper] + within
    same = runs.value[upper] == runs.value[lower]
    return upper[same], lower[same]


def _joined(n: int, a: RunPositions, b: RunPositions) -> RunPositions:
    """The smallest member of the set of each of `n` things, once the pairs are joined; `(n,)` int64."""
    parent = np.arange(n)
    while len(a):
        root_a, root_b = parent[a], parent[b]
        apart = root_a != root_b
        a, b, root_a, root_b = a[apart], b[apart], root_a[apart], root_b[apart]
        parent[np.maximum(root_a, root_b)] = np.minimum(root_a, root_b)
        parent = _flat(parent)
    return parent


def _flat(parent: RunPositions) -> RunPositions:
    """Each thing hung directly below its root."""
    while True:
        higher = parent[parent]
        if np.array_equal(higher, parent):
            return parent
        parent = higher


def _boxes(runs: _Rows, region: RunPositions, n: int) -> NDArray[np.float64]:
    box = np.tile(np.array([np.inf, np.inf, -np.inf, -np.inf]), (n, 1))
    np.minimum.at(box[:, 0], region, runs.start)
    np.minimum.at(box[:, 1], region, runs.row)
    np.maximum.at(box[:, 2], region, runs.stop)
    np.maximum.at(box[:, 3], region, runs.row + 1)
    return box
