"""Boxes and polygons in parts of their image, as pixels."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.formats import Finding, Records
from aquarium_tui.model.boxes import Boxes
from aquarium_tui.model.tables import Frames


def whole_boxes(frames: Frames) -> Boxes:
    """The box `(frames + 1, 4)` of all of each frame, of one pixel where its size is not known, as the last.

    So a class of an image is an object like any other: the label of a frame and an inference of it have an
    IoU of 1.
    """
    size = np.stack([np.append(side, 1).clip(1) for side in (frames.width, frames.height)], axis=1)
    return np.hstack([np.zeros_like(size), size]).astype(np.float64)


def in_pixels(records: Records, frame: NDArray[np.int64], frames: Frames) -> Records:
    """The records with their boxes and polygons in pixels; those in images of unknown size are found wanting.

    Args:
        records: In pixels already, or in parts of an image.
        frame: `(records,)` int64 row of the frame of each, -1 where there is none.
        frames: Have the sizes.
    """
    if records.whole:
        return replace(records, box=whole_boxes(frames)[frame])
    if not records.relative:
        return records
    size = np.stack([np.append(side, 1) for side in (frames.width, frames.height)], axis=1)[frame]
    unknown = np.flatnonzero((size == 0).any(axis=1))
    hint = "the size is read from the image file: name the folder of the images with --images"
    finding = Finding("boxes in parts of an image whose size is not known", unknown, "left out", hint)
    with np.errstate(over="ignore", invalid="ignore"):
        box = records.box * np.tile(size, 2)
    return replace(
        records,
        box=box,
        segmentation={row: _scaled(given, size[row]) for row, given in records.segmentation.items()},
        relative=False,
        findings=(*records.findings, finding) if len(unknown) else records.findings,
    )


def _scaled(polygons: object, size: NDArray[np.int32]) -> list[list[float]]:
    """Polygons of parts of an image of that width and height, in pixels."""
    assert isinstance(polygons, list)
    with np.errstate(over="ignore"):
        scaled = [np.reshape(polygon, (-1, 2)) * size.astype(np.float64) for polygon in polygons]
    return [polygon.ravel().tolist() for polygon in scaled]
