"""Which labels and inferences could be paired: found once per inference set, for every threshold."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Boxes, RowNumbers, areas, ratio
from aquarium_tui.model.tables import Objects

FLOOR = 0.1
"""The least IoU of a pair that is kept."""

_BLOCK = 1 << 16
"""Box pairs looked at together: their columns stay in the processor's cache."""

OverlapPairs = tuple[RowNumbers, RowNumbers, NDArray[np.float64]]


@dataclass(frozen=True)
class Candidates:
    """Pairs of one frame's label and inference that overlap, ordered by label, then by inference.

    Attributes:
        label: `(pairs,)` int32 rows of the labels; never a region.
        inference: `(pairs,)` int32 rows of the inferences.
        iou: `(pairs,)` float64, each at least `floor`.
        inside: `(parts,)` int32 rows of inferences that lie partly inside a region (a crowd label, or a label
            of an ignored class) of their frame, once a region.
        share: `(parts,)` float64, which share of the inference's own area that part is.
        floor: The least IoU kept.
    """

    label: RowNumbers
    inference: RowNumbers
    iou: NDArray[np.float64]
    inside: RowNumbers
    share: NDArray[np.float64]
    floor: float


def find_candidates(
    labels: Objects, inferences: Objects, region: NDArray[np.bool_], floor: float = FLOOR
) -> Candidates:
    """All pairs of a label and an inference of one frame with an IoU of at least `floor`.

    Args:
        labels: The labels of the dataset.
        inferences: The inferences of one set, on the same frames.
        region: `(labels,)` bool, true for crowds and labels of ignored classes.
        floor: The least IoU to keep, above 0.
    """
    label, inference, common = _of_one_frame(labels, np.flatnonzero(~region), inferences)
    size = areas(inferences.box)
    iou = ratio(common, areas(labels.box)[label] + size[inference] - common)
    keep = iou >= floor
    _, inside, part = _of_one_frame(labels, np.flatnonzero(region), inferences)
    share = ratio(part, size[inside])
    return Candidates(label[keep], inference[keep], iou[keep], inside, share, floor)


def _of_one_frame(labels: Objects, rows: NDArray[np.int64], inferences: Objects) -> OverlapPairs:
    frame = labels.frame[rows]
    begin, end = inferences.starts[frame], inferences.starts[frame + 1]
    at, inference, common = overlapping(labels.box[rows], begin, end, inferences.box)
    return rows[at].astype(np.int32), inference, common


def overlapping(a: Boxes, begin: NDArray[np.int64], end: NDArray[np.int64], b: Boxes) -> OverlapPairs:
    """Pairs of boxes with an area in common, box `a[i]` against each of `b[begin[i]:end[i]]`.

    Returns:
        Rows of `a` and of `b`, `(pairs,)` int32, ordered by both, and the common areas in square pixels.
    """
    found = list(_blocks(a, begin, end, b))
    if not found:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)
    first, second, common = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return first, second, common


def _blocks(a: Boxes, begin: NDArray[np.int64], end: NDArray[np.int64], b: Boxes) -> Iterator[OverlapPairs]:
    """The pairs of a few thousand rows of `a` at a time."""
    counts = end - begin
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    columns = [np.ascontiguousarray(b[:, i]) for i in range(4)]
    edges = np.searchsorted(total, np.arange(0, int(total[-1]) + _BLOCK, _BLOCK))
    for low, high in pairwise(np.minimum(edges, len(a)).tolist()):
        yield _overlaps(a, np.arange(low, high, dtype=np.int32), begin[low:high], counts[low:high], columns)


def _overlaps(
    a: Boxes,
    rows: RowNumbers,
    begin: NDArray[np.int64],
    counts: NDArray[np.int64],
    b: list[NDArray[np.float64]],
) -> OverlapPairs:
    """The pairs of some rows of `a` with a common area; sideways first, as that already leaves few.

    Rows are taken with `clip`, which spares NumPy the check that they exist.
    """
    left, top, right, bottom = b
    second = np.repeat(begin - np.cumsum(counts) + counts, counts)
    second += np.arange(len(second))
    width = np.minimum(np.repeat(a[rows, 2], counts), right.take(second, mode="clip"))
    width -= np.maximum(np.repeat(a[rows, 0], counts), left.take(second, mode="clip"))
    keep = np.flatnonzero(width > 0)
    first, second, width = np.repeat(rows, counts)[keep], second[keep], width[keep]
    height = np.minimum(a[first, 3], bottom.take(second, mode="clip"))
    height -= np.maximum(a[first, 1], top.take(second, mode="clip"))
    keep = np.flatnonzero(height > 0)
    return first[keep], second[keep].astype(np.int32), width[keep] * height[keep]
