"""The masks of a dataset and of the sets compared, frame by frame, their maps, and regions of maps.

Pixels of one value that touch, at a side or a corner, are one region. Rows are cut into runs, runs of
neighbouring rows that touch are joined (Rosenfeld and Pfaltz 1966, the roots of all pairs at once).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.joint_counts import (
    Meaning,
    Runs,
    inferred_meaning,
    joint_runs,
    label_meaning,
)
from aquarium_tui.compare.pixels.scores import diffs_of
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.model.masks import Masks, MaskValues
from aquarium_tui.model.outcomes import Diff, InCell
from aquarium_tui.model.tables import Dataset, InferenceSet

DiffPlane = NDArray[np.uint8]
ClassPlane = NDArray[np.int32]


@dataclass(frozen=True)
class FrameMasks:
    """The three masks of one frame; every map is `(height, width)` of the label mask.

    Attributes:
        runs: All of them at once.
    """

    runs: Runs

    @property
    def label(self) -> ClassPlane:
        """Evaluated classes of the labels, int32; -1 where a pixel is excluded from all counts."""
        return self.runs.spread(self.runs.label)

    @property
    def base(self) -> ClassPlane:
        """Evaluated classes of base, int32; background is the number of classes."""
        return self.runs.spread(self.runs.base)

    @property
    def other(self) -> ClassPlane:
        """The same of other; base's where there is no other."""
        return self.runs.spread(self.runs.other)

    def diff(self, cell: tuple[int, int] | None = None) -> DiffPlane:
        """The diff map: `Diff` of each pixel, uint8.

        Args:
            cell: Label class and inferred class; where given, pixels that neither set has in it are
                `IGNORED`.
        """
        found = self._diffs
        if cell is not None:
            found = np.where(self._in_cell(*cell) == InCell.NEITHER, np.uint8(Diff.IGNORED), found)
        return self.runs.spread(found)

    def in_cell(self, label: int, inferred: int) -> DiffPlane:
        """Which sets put each pixel into a cell: `InCell`, uint8."""
        return self.runs.spread(self._in_cell(label, inferred))

    def pixels(self) -> dict[Diff, int]:
        """Pixels by `Diff`."""
        sums = np.bincount(self._diffs, self.runs.length, len(Diff))
        return {kind: int(sums[kind]) for kind in Diff}

    @property
    def _diffs(self) -> DiffPlane:
        return diffs_of(self.runs.label, self.runs.base, self.runs.other)

    def _in_cell(self, label: int, inferred: int) -> DiffPlane:
        runs = self.runs
        labelled = runs.label == label
        by_base, by_other = (labelled & (classes == inferred) for classes in (runs.base, runs.other))
        return np.asarray(by_base * np.uint8(InCell.BASE) + by_other * np.uint8(InCell.OTHER))


@dataclass(frozen=True)
class MaskStack:
    """The masks of a dataset and, above them, of one or two sets.

    Attributes:
        masks: Those of the labels first.
        meanings: What the values of each mean.
    """

    masks: tuple[Masks, ...]
    meanings: tuple[Meaning, ...]

    @classmethod
    def of(cls, dataset: Dataset, sets: Sequence[InferenceSet]) -> "MaskStack":
        """The masks of a dataset and its sets.

        Raises:
            UsageError: The dataset or a set has no masks.
        """
        classes = dataset.project.class_map
        labels = _masks(dataset.masks, dataset.name)
        inferred = [_masks(one.masks, one.id) for one in sets]
        meanings = (label_meaning(labels, classes), *(inferred_meaning(each, classes) for each in inferred))
        return cls((labels, *inferred), meanings)

    def files(self, row: int) -> tuple[str, ...] | None:
        """The mask files of a frame; None where one is missing."""
        files = [each.file(row) for each in self.masks]
        return tuple(filter(None, files)) if all(files) else None

    def frame(self, row: int, read: Callable[[str], MaskValues]) -> FrameMasks:
        """The masks of one frame.

        Args:
            row: The frame.
            read: Gives the values in a mask file; may raise `InputError`.

        Raises:
            InputError: One is missing or cannot be read.
        """
        files = self.files(row)
        if files is None:
            raise InputError("a mask is missing", "Upload the masks again once it is there.")
        label, *inferred = map(read, files)
        return FrameMasks(joint_runs(label, inferred, self.meanings))


def _masks(masks: Masks | None, name: str) -> Masks:
    if masks is None:
        raise UsageError(f"{name} has no masks to compare.")
    return masks


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
