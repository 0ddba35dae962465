"""Masks of objects: from polygons and run lengths in a file to run lengths in the pixels of their frame."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Finding, Records
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Size
from aquarium_tui.model.tables import MASK, Frames, Objects, Project

TOO_SHORT = "polygons with fewer than three points"
_ALONE = "their boxes are kept"
_NEEDED = "they have no bbox either"


class SegmentationError(Exception):
    """A segmentation is not a mask; the message is the kind of the problem."""


def counts_of(given: object, size: Size) -> tuple[str, bool]:
    """The run lengths of a mask, compressed as pycocotools does it.

    Args:
        given: A list of polygons `[x1, y1, x2, y2, …]`, or `{size, counts}` with text or a list.
        size: Width and height of its image.

    Returns:
        The run lengths, and whether polygons with fewer than three points were left out.

    Raises:
        SegmentationError: It is broken, or the size is unknown.
    """
    if not (size[0] > 0 and size[1] > 0):
        raise SegmentationError("masks in images whose width and height are not given")
    if isinstance(given, dict):
        return _of_runs(given, size), False
    if isinstance(given, list):
        return _of_polygons(given, size)
    raise SegmentationError("segmentations that are neither polygons nor RLE")


def total(counts: str) -> int:
    """The sum of compressed run lengths.

    Each run is written in groups of five bits, lowest first, with a sixth bit if more groups follow; from the
    fourth run on, it is the difference from the run before the last. hotcoco does not check the sum.
    """
    runs: list[int] = []
    value = shift = 0
    for letter in counts.encode("ascii"):
        group = letter - 48
        value |= (group & 31) << shift
        shift += 5
        if not group & 32:
            signed = value - (1 << shift) if group & 16 else value
            runs.append(signed + runs[-2] if len(runs) > 2 else signed)
            value = shift = 0
    return sum(runs)


def with_masks(records: Records, frame: NDArray[np.int64], frames: Frames) -> Records:
    """The records with their masks as run lengths; a record without a box gets the box of its mask.

    Args:
        records: The records of the file.
        frame: `(records,)` int64 row of the frame of each, -1 if there is none.
        frames: The frames, with their sizes.
    """
    if not records.segmentation:
        return records
    counts: list[str | None] = [None] * len(records)
    broken: dict[str, list[int]] = {}
    shortened: list[int] = []
    for row, given in records.segmentation.items():
        if frame[row] < 0:
            continue
        size = int(frames.width[frame[row]]), int(frames.height[frame[row]])
        try:
            counts[row], short = counts_of(given, size)
        except SegmentationError as error:
            broken.setdefault(str(error), []).append(row)
        else:
            shortened += [row] if short else []
    masked = np.flatnonzero([one is not None for one in counts])
    boxless = _boxless(records.box)
    box, area = _measured(records, masked, counts, frame, frames)
    named = [row for row in records.segmentation if frame[row] < 0]
    box[named] = np.where(boxless[named, None], 0.0, box[named])
    findings = [one for kind, rows in broken.items() for one in _broken(kind, np.array(rows), boxless)]
    findings += _odd(masked, area, np.array(shortened, dtype=np.int64))
    stated = records.area.copy()
    if len(stated):
        stated[masked] = np.where(np.isnan(stated[masked]), area, stated[masked])
    found = tuple(finding for finding in findings if len(finding.rows))
    return replace(
        records,
        box=box,
        area=stated,
        mask=Text.from_values(counts) if len(masked) else None,
        segmentation={},
        findings=(*records.findings, *found),
    )


def check_masks(project: Project, records: Records, path: Path) -> None:
    """Make sure that objects have masks if the project matches by mask.

    Raises:
        InputError: None of them has one.
    """
    if project.iou_type == MASK and len(records) and records.mask is None:
        raise InputError(
            f"{visible(path.name)} has no masks, and project {project.name} matches by mask IoU.",
            "Write each object's `segmentation`, or upload into a project created without --iou-type mask.",
        )


def mask_notes(objects: Objects) -> Sequence[str]:
    """A note on how many objects have masks, if any has one."""
    if objects.mask is None:
        return ()
    return (f"{int((~objects.mask.missing).sum()):,} of {len(objects):,} objects have masks",)


def _of_polygons(given: list[Any], size: Size) -> tuple[str, bool]:
    from hotcoco import mask

    if not given:
        raise SegmentationError("segmentations without a polygon")
    polygons = [_polygon(one) for one in given]
    whole = [polygon for polygon in polygons if len(polygon) >= 6]
    if not whole:
        raise SegmentationError(TOO_SHORT)
    merged = mask.merge(mask.frPyObjects(whole, size[1], size[0]))
    return merged["counts"].decode(), len(whole) < len(polygons)


def _polygon(given: object) -> list[float]:
    try:
        values = array("d", given if isinstance(given, list) else [nan])
    except (TypeError, OverflowError):
        values = array("d", [nan])
    if len(values) % 2 or not isfinite(sum(values)):
        raise SegmentationError("polygons that are not pairs of finite numbers")
    return values.tolist()


def _of_runs(given: dict[str, Any], size: Size) -> str:
    from hotcoco import mask

    if given.get("size") != [size[1], size[0]]:
        raise SegmentationError("RLE masks whose size is not that of their image")
    counts = given.get("counts")
    if not isinstance(counts, str | list):
        raise SegmentationError("RLE masks without counts")
    try:
        read = mask.frPyObjects({"size": given["size"], "counts": counts}, size[1], size[0])
        runs = str(read["counts"], "ascii")
        whole = total(runs) == size[0] * size[1]
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        raise SegmentationError("RLE masks whose counts cannot be read") from error
    if not whole:
        raise SegmentationError("RLE masks whose counts do not add up to their size")
    return runs


def _measured(
    records: Records,
    masked: NDArray[np.int64],
    counts: list[str | None],
    frame: NDArray[np.int64],
    frames: Frames,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The boxes of all records, taken from the mask if the file has none, and the areas of the masks."""
    from hotcoco import mask

    box = records.box.copy()
    if not len(masked):
        return box, np.zeros(0)
    at = frame[masked]
    sizes = zip(frames.height[at].tolist(), frames.width[at].tolist(), strict=True)
    rles = [{"size": list(size), "counts": counts[row]} for row, size in zip(masked, sizes, strict=True)]
    around = np.asarray(mask.to_bbox(rles), dtype=np.float64).reshape(-1, 4)
    around[:, 2:] += around[:, :2]
    box[masked] = np.where(_boxless(box[masked])[:, None], around, box[masked])
    return box, np.asarray(mask.area(rles), dtype=np.float64)


def _boxless(box: Boxes) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(box).any(axis=1))


def _broken(kind: str, rows: NDArray[np.int64], boxless: NDArray[np.bool_]) -> list[Finding]:
    return [
        Finding(kind, rows[~boxless[rows]], "changed", _ALONE),
        Finding(kind, rows[boxless[rows]], "left out", _NEEDED),
    ]


def _odd(masked: NDArray[np.int64], area: NDArray[np.float64], shortened: NDArray[np.int64]) -> list[Finding]:
    return [
        Finding(f"{TOO_SHORT} beside others", shortened, "changed", "the mask consists of the others"),
        Finding("masks without pixels", masked[area == 0], "kept", "they match nothing by mask IoU"),
    ]
