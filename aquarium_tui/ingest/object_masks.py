"""Masks of objects: from what a file says of them to counts in the pixels of their frame."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Finding, Records
from aquarium_tui.formats.segmentation import TOO_SHORT, SegmentationError, counts_of
from aquarium_tui.model.boxes import Boxes
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import MASK, Frames, Objects, Project

_ALONE = "their boxes are kept"
_NEEDED = "they have no bbox either"


def with_masks(records: Records, frame: NDArray[np.int64], frames: Frames) -> Records:
    """The records with their masks as counts; a record without a box gets that of its mask.

    Args:
        records: As the file has them.
        frame: `(records,)` int64 row of the frame of each, -1 where there is none.
        frames: Have the sizes.
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
    """Raise `InputError` where objects are matched by their masks, and none of a file's has one."""
    if project.iou_type == MASK and len(records) and records.mask is None:
        raise InputError(
            f"{visible(path.name)} has no masks, and project {project.name} matches by mask IoU.",
            "Write each object's `segmentation`, or upload into a project made without --iou-type mask.",
        )


def mask_notes(objects: Objects) -> Sequence[str]:
    """How many objects have masks, where any has."""
    if objects.mask is None:
        return ()
    return (f"masks of {int((~objects.mask.missing).sum()):,} of {len(objects):,}",)


def _measured(
    records: Records,
    masked: NDArray[np.int64],
    counts: list[str | None],
    frame: NDArray[np.int64],
    frames: Frames,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The boxes of all records, taken from their masks where the file has none, and the masks' areas."""
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
        Finding(f"{TOO_SHORT} beside others", shortened, "changed", "the mask is made of the others"),
        Finding("masks without pixels", masked[area == 0], "kept", "they match nothing by mask IoU"),
    ]
