"""How much objects overlap: by their boxes, or by their masks where the project says so."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.candidates import Candidates, Pairs, find_candidates, overlapping
from aquarium_tui.model.boxes import areas, ious, ratio
from aquarium_tui.model.tables import MASK, Dataset, Frames, Objects

Rle = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Some objects, in groups within which they are compared.

    Attributes:
        objects: The table.
        rows: `(n,)` rows of it.
        of: `(n,)` int64, the group of each; objects of one group are of one frame.
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


def in_common(dataset: Dataset, a: Group, b: Group) -> Pairs:
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


def masks_in_common(frames: Frames, a: Group, b: Group, *, of_second: bool = False) -> Pairs:
    """Pairs of one group whose masks have a pixel in common; `b` is sorted by group.

    Returns:
        Positions in `a` and in `b`, `(pairs,)` int32, ordered by both, and IoUs; with `of_second`, the
        shares of the second mask's own pixels.
    """
    from hotcoco import mask

    order = np.argsort(a.of, kind="stable")
    parts: list[Pairs] = [(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))]
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
