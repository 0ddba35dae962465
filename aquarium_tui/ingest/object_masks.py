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
from aquarium_tui.model.outlines import drawn, is_polygons, run_lengths
from aquarium_tui.model.picture import Size
from aquarium_tui.model.tables import MASK, Frames, Objects, Project

TOO_SHORT = "polygons with fewer than three points"
_ALONE = "their boxes are kept"
_NEEDED = "they have no bbox either"
_THIN = 3.0
"""Pixels of width, height or area below which a mask may lie between the centres of pixels and have none."""


class SegmentationError(Exception):
    """A segmentation is not a mask; the message is the kind of the problem."""


def counts_of(given: object, size: Size) -> tuple[str, bool]:
    """The run lengths of a mask, compressed as pycocotools does it.

    Args:
        given: A list of polygons `[x1, y1, x2, y2, …]`, the text of sound ones as bytes, or `{size, counts}`
            with text or a list.
        size: Width and height of its image.

    Returns:
        The run lengths, and whether polygons with fewer than three points were left out.

    Raises:
        SegmentationError: It is broken, or the size is unknown.
    """
    if not (size[0] > 0 and size[1] > 0):
        raise SegmentationError("masks in images whose width and height are not given")
    if isinstance(given, bytes):
        return run_lengths(given.decode("ascii"), size), False
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


def with_masks(
    records: Records, frame: NDArray[np.int64], frames: Frames, *, keep_polygons: bool = False
) -> Records:
    """The records with their masks; a record without a box gets the box of its mask.

    Args:
        records: The records of the file.
        frame: `(records,)` int64 row of the frame of each, -1 if there is none.
        frames: The frames, with their sizes.
        keep_polygons: Whether polygons that are known to be sound stay polygons, as no mask is compared.
    """
    if not records.segmentation:
        return records
    counts: list[str | None] = [None] * len(records)
    broken: dict[str, list[int]] = {}
    shortened: list[int] = []
    # The size of no frame, which -1 stands for, comes last.
    sides = [np.append(side, 0)[frame] for side in (frames.width, frames.height)]
    sizes = np.column_stack(sides).tolist()
    measured = _measured_rows(records, sizes) if keep_polygons else frozenset[int]()
    for row, given in records.segmentation.items():
        if frame[row] < 0:
            continue
        size = sizes[row][0], sizes[row][1]
        try:
            if isinstance(given, bytes) and keep_polygons and row not in measured:
                counts[row] = given.decode("ascii")
                continue
            counts[row], short = counts_of(given, size)
        except SegmentationError as error:
            broken.setdefault(str(error), []).append(row)
        else:
            shortened += [row] if short else []
    known = np.array([one is not None for one in counts])
    kept = known & np.array([one is not None and is_polygons(one) for one in counts])
    masked = np.flatnonzero(known & ~kept)
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
        mask=Text.from_values(counts) if known.any() else None,
        segmentation={},
        findings=(*records.findings, *found),
    )


def _measured_rows(records: Records, sizes: list[list[int]]) -> frozenset[int]:
    """Records whose masks have to be drawn: for a box or an area, or as they may have no pixel."""
    box = records.box
    side = np.array(sizes, np.float64).reshape(-1, 2)
    inside = np.minimum(box[:, 2:], side) - np.maximum(box[:, :2], 0)
    with np.errstate(invalid="ignore"):
        needed = ~(inside >= _THIN).all(axis=1)
        if len(records.area):
            needed |= ~(records.area >= _THIN)
    return frozenset(np.flatnonzero(needed).tolist())


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
    if not given:
        raise SegmentationError("segmentations without a polygon")
    polygons = [_polygon(one) for one in given]
    whole = [polygon for polygon in polygons if len(polygon) >= 6]
    if not whole:
        raise SegmentationError(TOO_SHORT)
    return drawn(whole, size), len(whole) < len(polygons)


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
