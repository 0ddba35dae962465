"""Which labels and inferences could be paired: found once per inference set, for every threshold."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Boxes, RowNumbers, areas, ious, ratio
from aquarium_tui.model.tables import MASK, Dataset, Frames, Objects

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


Rle = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Some objects, in groups within which they are compared.

    Attributes:
        objects: The table.
        rows: `(n,)` rows of it.
        of: `(n,)` int64, the group of each; objects of one group belong to one frame.
    """

    objects: Objects
    rows: NDArray[Any]
    of: NDArray[np.int64]


def candidates(dataset: Dataset, inferences: Objects, region: NDArray[np.bool_], floor: float) -> Candidates:
    """The candidate pairs of a set, by the kind of IoU of the project; arguments as of `find_candidates`."""
    labels = dataset.labels
    if dataset.project.iou_type != MASK:
        return find_candidates(labels, inferences, region, floor)
    its = Group(inferences, np.arange(len(inferences)), inferences.frame.astype(np.int64))
    mine, regions = (_of_frames(labels, np.flatnonzero(which)) for which in (~region, region))
    label, inference, iou = masks_in_common(dataset.frames, mine, its)
    _, inside, share = masks_in_common(dataset.frames, regions, its, of_second=True)
    keep = iou >= floor
    rows = mine.rows[label[keep]].astype(np.int32)
    return Candidates(rows, inference[keep], iou[keep], inside, share, floor)


def in_common(dataset: Dataset, a: Group, b: Group) -> OverlapPairs:
    """Pairs of one group that overlap, by the kind of IoU of the project; `b` is sorted by group.

    Returns:
        Positions in `a` and in `b`, `(pairs,)` int32, ordered by both, and IoUs.
    """
    if dataset.project.iou_type == MASK:
        return masks_in_common(dataset.frames, a, b)
    boxes = a.objects.box[a.rows], b.objects.box[b.rows]
    begin, end = np.searchsorted(b.of, a.of, "left"), np.searchsorted(b.of, a.of, "right")
    first, second, common = overlapping(boxes[0], begin, end, boxes[1])
    return first, second, ratio(common, areas(boxes[0])[first] + areas(boxes[1])[second] - common)


def masks_in_common(frames: Frames, a: Group, b: Group, *, of_second: bool = False) -> OverlapPairs:
    """Pairs of one group whose masks have a pixel in common; `b` is sorted by group.

    Returns:
        Positions in `a` and in `b`, `(pairs,)` int32, ordered by both, and IoUs; with `of_second`, the
        shares of the second mask's own pixels.
    """
    from hotcoco import mask

    order = np.argsort(a.of, kind="stable")
    parts: list[OverlapPairs] = [(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))]
    for group in np.intersect1d(a.of, b.of):
        mine = order[slice(*np.searchsorted(a.of, [group, group + 1], sorter=order))]
        start, stop = np.searchsorted(b.of, [group, group + 1])
        its, theirs = rles(frames, b.objects, b.rows[start:stop]), rles(frames, a.objects, a.rows[mine])
        found = mask.iou(its, theirs, [of_second] * len(mine)).T
        at, of = np.nonzero(found > 0)
        parts.append((mine[at].astype(np.int32), (of + start).astype(np.int32), found[at, of]))
    first, second, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], values[order]


def pair_ious(
    dataset: Dataset, a: Objects, rows_of_a: NDArray[Any], b: Objects, rows_of_b: NDArray[Any]
) -> NDArray[np.float64]:
    """IoU `(n,)` of object `rows_of_a[i]` and `rows_of_b[i]`, which are of one frame."""
    if dataset.project.iou_type != MASK:
        return ious(a.box[rows_of_a], b.box[rows_of_b])
    from hotcoco import mask

    pairs = zip(rles(dataset.frames, a, rows_of_a), rles(dataset.frames, b, rows_of_b), strict=True)
    return np.array([mask.iou([one], [two], [False])[0, 0] for one, two in pairs], dtype=np.float64)


def rles(frames: Frames, objects: Objects, rows: NDArray[Any]) -> list[Rle]:
    """The masks of some objects as hotcoco takes them; one without pixels where an object has none."""
    return [_rle(frames, objects, int(row)) for row in rows]


def _rle(frames: Frames, objects: Objects, row: int) -> Rle:
    frame = objects.frame[row]
    size = [int(frames.height[frame]), int(frames.width[frame])]
    counts = objects.mask[row] if objects.mask is not None else None
    return {"size": size, "counts": [size[0] * size[1]] if counts is None else counts}


def _of_frames(labels: Objects, rows: NDArray[np.intp]) -> Group:
    return Group(labels, rows, labels.frame[rows].astype(np.int64))
