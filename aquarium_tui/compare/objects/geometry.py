"""What objects are compared by, their boxes or their masks: the one place that knows both.

A geometry says which objects overlap and by how much, how large they are, and what COCO's evaluation gets.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.candidates import Candidates, OverlapPairs, find_candidates, overlapping
from aquarium_tui.model.arrays import Floats, areas, ious, ratio
from aquarium_tui.model.outlines import run_lengths
from aquarium_tui.model.tables import MASK, Frames, Objects, Project

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


class Geometry(ABC):
    """What objects are compared by.

    Attributes:
        coco: What COCO's evaluation calls it.
        covers: Whether a region that covers a whole frame can be stated.
    """

    coco: ClassVar[str]
    covers: ClassVar[bool]

    @abstractmethod
    def candidates(
        self, frames: Frames, labels: Objects, inferences: Objects, region: NDArray[np.bool_], floor: float
    ) -> Candidates:
        """The candidate pairs of a set; arguments as of `find_candidates`."""

    @abstractmethod
    def in_common(self, frames: Frames, a: Group, b: Group) -> OverlapPairs:
        """Pairs of one group that overlap; `b` is sorted by group.

        Returns:
            Positions in `a` and in `b`, `(pairs,)` int32, ordered by both, and IoUs.
        """

    @abstractmethod
    def ious(
        self, frames: Frames, a: Objects, rows_of_a: NDArray[Any], b: Objects, rows_of_b: NDArray[Any]
    ) -> NDArray[np.float64]:
        """IoU `(n,)` of object `rows_of_a[i]` and `rows_of_b[i]`, which belong to one frame."""

    @abstractmethod
    def with_labels(
        self, frames: Frames, labels: Objects, rows: NDArray[np.intp], inferences: Objects, *, regions: bool
    ) -> tuple[NDArray[Any], NDArray[np.int32], Floats]:
        """Pairs of one of some labels and an inference that overlap.

        Returns:
            Rows of labels and of inferences, and IoUs; of regions the shares of the inference's own area.
        """

    @abstractmethod
    def sizes(self, objects: Objects, rows: NDArray[np.intp]) -> Floats:
        """The areas that decide the size of inferences, `(len(rows),)`.

        A box whose right edge is left of its left edge has a negative area in pycocotools, so it is of no
        size and no false alarm; `model.arrays.areas` would make it 0.
        """

    @abstractmethod
    def outlines(self, frames: Frames, objects: Objects, rows: NDArray[Any]) -> list[Rle] | None:
        """What COCO's evaluation gets beside boxes: masks, or nothing."""


class _Boxes(Geometry):
    coco = "bbox"
    covers = True

    def candidates(
        self, frames: Frames, labels: Objects, inferences: Objects, region: NDArray[np.bool_], floor: float
    ) -> Candidates:
        del frames
        return find_candidates(labels, inferences, region, floor)

    def in_common(self, frames: Frames, a: Group, b: Group) -> OverlapPairs:
        del frames
        boxes = a.objects.box[a.rows], b.objects.box[b.rows]
        begin, end = np.searchsorted(b.of, a.of, "left"), np.searchsorted(b.of, a.of, "right")
        first, second, common = overlapping(boxes[0], begin, end, boxes[1])
        return first, second, ratio(common, areas(boxes[0])[first] + areas(boxes[1])[second] - common)

    def ious(
        self, frames: Frames, a: Objects, rows_of_a: NDArray[Any], b: Objects, rows_of_b: NDArray[Any]
    ) -> NDArray[np.float64]:
        del frames
        return ious(a.box[rows_of_a], b.box[rows_of_b])

    def with_labels(
        self, frames: Frames, labels: Objects, rows: NDArray[np.intp], inferences: Objects, *, regions: bool
    ) -> tuple[NDArray[Any], NDArray[np.int32], Floats]:
        del frames
        frame = labels.frame[rows]
        begin, end = inferences.starts[frame], inferences.starts[frame + 1]
        at, inference, common = overlapping(labels.box[rows], begin, end, inferences.box)
        size = areas(inferences.box)[inference]
        whole = size if regions else areas(labels.box[rows])[at] + size - common
        return rows[at], inference, ratio(common, whole)

    def sizes(self, objects: Objects, rows: NDArray[np.intp]) -> Floats:
        box = objects.box[rows]
        return np.asarray((box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]))

    def outlines(self, frames: Frames, objects: Objects, rows: NDArray[Any]) -> list[Rle] | None:
        del frames, objects, rows
        return None


class _Masks(Geometry):
    coco = "segm"
    covers = False

    def candidates(
        self, frames: Frames, labels: Objects, inferences: Objects, region: NDArray[np.bool_], floor: float
    ) -> Candidates:
        its = _of_frames(inferences, np.arange(len(inferences)))
        mine, regions = (_of_frames(labels, np.flatnonzero(which)) for which in (~region, region))
        label, inference, iou = _masks_in_common(frames, mine, its)
        _, inside, share = _masks_in_common(frames, regions, its, of_second=True)
        keep = iou >= floor
        rows = mine.rows[label[keep]].astype(np.int32)
        return Candidates(rows, inference[keep], iou[keep], inside, share, floor)

    def in_common(self, frames: Frames, a: Group, b: Group) -> OverlapPairs:
        return _masks_in_common(frames, a, b)

    def ious(
        self, frames: Frames, a: Objects, rows_of_a: NDArray[Any], b: Objects, rows_of_b: NDArray[Any]
    ) -> NDArray[np.float64]:
        from hotcoco import mask

        pairs = zip(_rles(frames, a, rows_of_a), _rles(frames, b, rows_of_b), strict=True)
        return np.array([mask.iou([one], [two], [False])[0, 0] for one, two in pairs], dtype=np.float64)

    def with_labels(
        self, frames: Frames, labels: Objects, rows: NDArray[np.intp], inferences: Objects, *, regions: bool
    ) -> tuple[NDArray[Any], NDArray[np.int32], Floats]:
        its = _of_frames(inferences, np.arange(len(inferences)))
        at, inference, iou = _masks_in_common(frames, _of_frames(labels, rows), its, of_second=regions)
        return rows[at], inference, iou

    def sizes(self, objects: Objects, rows: NDArray[np.intp]) -> Floats:
        if not len(objects.area):
            return BOXES.sizes(objects, rows)
        return np.asarray(objects.area[rows], np.float64)

    def outlines(self, frames: Frames, objects: Objects, rows: NDArray[Any]) -> list[Rle] | None:
        return _rles(frames, objects, rows)


BOXES: Geometry = _Boxes()
_MASKS: Geometry = _Masks()


def geometry_of(project: Project) -> Geometry:
    """What the objects of a project are compared by."""
    return _MASKS if project.iou_type == MASK else BOXES


def _masks_in_common(frames: Frames, a: Group, b: Group, *, of_second: bool = False) -> OverlapPairs:
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
        its, theirs = _rles(frames, b.objects, b.rows[start:stop]), _rles(frames, a.objects, a.rows[mine])
        found = mask.iou(its, theirs, [of_second] * len(mine)).T
        at, of = np.nonzero(found > 0)
        parts.append((mine[at].astype(np.int32), (of + start).astype(np.int32), found[at, of]))
    first, second, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], values[order]


def _rles(frames: Frames, objects: Objects, rows: NDArray[Any]) -> list[Rle]:
    """The masks of some objects as hotcoco takes them; one without pixels where an object has none."""
    return [_rle(frames, objects, int(row)) for row in rows]


def _rle(frames: Frames, objects: Objects, row: int) -> Rle:
    frame = objects.frame[row]
    height, width = int(frames.height[frame]), int(frames.width[frame])
    mask = objects.mask[row] if objects.mask is not None else None
    counts = [height * width] if mask is None else run_lengths(mask, (width, height))
    return {"size": [height, width], "counts": counts}


def _of_frames(objects: Objects, rows: NDArray[Any]) -> Group:
    return Group(objects, rows, objects.frame[rows].astype(np.int64))
