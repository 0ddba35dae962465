"""Records in their frames as stored objects, and everything that was wrong with them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Finding, Records
from aquarium_tui.formats.classification import second_of_frame
from aquarium_tui.media.folders import AMBIGUOUS
from aquarium_tui.model.arrays import Boxes, areas
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Handling, Problem
from aquarium_tui.model.tables import Frames, Objects, starts_of

_SLACK = 1.0
"""Pixels by which a box may reach over the edge of its image, as detectors and rounding cause everywhere."""
_MANY, _ALL = 0.1, 0.95
"""If more than `_MANY` of the boxes reach over the edge, and in more than `_ALL` of them width and height
exceed left and top, the last two numbers are a corner: in ordinary files, neither happens."""
_FIRST_PIXEL = 1.01
"""Boxes up to here, from 0 to 1 and a rounding error, are fractions if most boxes of a file are like that."""
_FARTHEST = 1e15
"""Coordinates beyond this are treated as infinite: one such box, of area 1e30, would swamp every sum."""


@dataclass(frozen=True)
class PlacedRecords:
    """Records with the frame and class that were found for each.

    Attributes:
        what: "labels" or "inferences".
        records: As the file has them.
        frame: `(n,)` int64 row of the frame, -1 if there is none.
        class_index: `(n,)` int32 position in the class map, -1 if there is none.
    """

    what: str
    records: Records
    frame: NDArray[np.int64]
    class_index: NDArray[np.int32]


def whole_boxes(frames: Frames) -> Boxes:
    """The box of each whole frame, `(frames + 1, 4)`; one pixel if its size is unknown, as in the last row.

    The class of an image thus becomes an object like any other: the label and the inference of a frame have
    an IoU of 1.
    """
    size = np.stack([np.append(side, 1).clip(1) for side in (frames.width, frames.height)], axis=1)
    return np.hstack([np.zeros_like(size), size]).astype(np.float64)


def in_pixels(records: Records, frame: NDArray[np.int64], frames: Frames) -> Records:
    """The records with boxes and polygons in pixels; those in images of unknown size get a finding.

    Args:
        records: In pixels already, or in fractions of an image.
        frame: `(records,)` int64 row of the frame of each, -1 if there is none.
        frames: The frames, with their sizes.
    """
    if records.whole:
        return replace(records, box=whole_boxes(frames)[frame])
    if not records.relative:
        return records
    size = np.stack([np.append(side, 1) for side in (frames.width, frames.height)], axis=1)[frame]
    unknown = np.flatnonzero((size == 0).any(axis=1))
    hint = "the size is read from the image file: name the folder of the images with --images"
    finding = Finding("boxes given as fractions of an image of unknown size", unknown, "left out", hint)
    with np.errstate(over="ignore", invalid="ignore"):
        box = records.box * np.tile(size, 2)
    return replace(
        records,
        box=box,
        segmentation={row: _scaled(given, size[row]) for row, given in records.segmentation.items()},
        relative=False,
        findings=(*records.findings, finding) if len(unknown) else records.findings,
    )


def unusable(placed: PlacedRecords, classes: str) -> Iterator[Finding]:
    """Records that must be left out: no frame, no class, no box, no confidence.

    The findings of the format come first.

    Args:
        placed: The records.
        classes: The known classes, for the hint.
    """
    records, what = placed.records, placed.what
    yield from records.findings
    sound = np.ones(len(records), bool)
    for finding in records.findings:
        sound[finding.rows] = finding.action != "left out"
    yield _finding(
        f"{what} whose image may be one of several",
        sound & (placed.frame == AMBIGUOUS),
        "left out",
        hint="add the folders to the names of the images",
        detail=lambda row: f"image {_named(records.frame[row])}",
    )
    yield _finding(
        f"{what} of unknown images",
        sound & (placed.frame == -1),
        "left out",
        detail=lambda row: f"image {_named(records.frame[row])}",
    )
    yield _finding(
        f"{what} of unknown classes",
        sound & (placed.class_index < 0),
        "left out",
        hint=classes,
        detail=lambda row: f"class {_named(records.category[row])}",
    )
    known = sound & (placed.class_index >= 0)
    if records.whole and not records.several:
        yield second_of_frame(what, np.where(known, placed.frame, -1))
    if records.several:
        yield _second_of_class(placed, known)
    yield _finding("boxes that are not four finite numbers", sound & ~finite(records.box), "left out")
    if len(records.confidence):
        unsure = sound & ~np.isfinite(records.confidence)
        yield _finding("inferences without a finite confidence", unsure, "left out", "each needs a `score`")


def _second_of_class(placed: PlacedRecords, known: NDArray[np.bool_]) -> Finding:
    """Records of a class that their image already has."""
    key = placed.frame * (int(placed.class_index.max(initial=0)) + 1) + placed.class_index
    rows = np.flatnonzero(known & (placed.frame >= 0))
    again = np.ones(len(rows), bool)
    again[np.unique(key[rows], return_index=True)[1]] = False
    return Finding(
        f"{placed.what} of a class that their image already has", rows[again], "left out", "the first is kept"
    )


def finite(box: Boxes) -> NDArray[np.bool_]:
    """Which boxes, `(n, 4)`, consist of four numbers that can be calculated with."""
    return np.asarray((np.abs(box) < _FARTHEST).all(axis=1))


def doubtful(placed: PlacedRecords, kept: NDArray[np.int64], frames: Frames) -> Iterator[Finding]:
    """Records that are kept as they are, but may be mistakes.

    Args:
        placed: The records.
        kept: The records that are not left out, ascending.
        frames: The frames that hold them.
    """
    if not placed.records.whole:
        yield from _box_findings(placed, kept, frames)
    if len(placed.records.confidence):
        confidence = placed.records.confidence[kept]
        outside = (confidence < 0) | (confidence > 1)
        yield _kept("confidences outside 0 to 1", kept[outside], _scale_hint(confidence))
    yield _kept(f"{placed.what} equal to an earlier one", kept[_repeated(placed, kept)])


def settle(placed: PlacedRecords, frames: Frames, classes: str) -> tuple[Objects, tuple[Problem, ...]]:
    """The usable records as objects, and the problems of all records.

    Args:
        placed: The records.
        frames: The frames that hold them.
        classes: The known classes, for a hint.

    Raises:
        InputError: There are records, and none can be used.
    """
    findings = list(unusable(placed, classes))
    use = np.ones(len(placed.records), bool)
    for finding in findings:
        if finding.action == "left out":
            use[finding.rows] = False
    kept = np.flatnonzero(use)
    if len(placed.records) and not len(kept):
        raise InputError(f"None of the {len(use):,} {placed.what} can be used.", _told(placed, findings))
    findings += doubtful(placed, kept, frames)
    order = kept[np.argsort(placed.frame[kept], kind="stable")]
    problems = tuple(placed.records.problem(finding) for finding in findings if len(finding.rows))
    return objects_of(placed, order, len(frames)), problems


def objects_of(placed: PlacedRecords, order: NDArray[np.int64], frames: int) -> Objects:
    """The records at `order` (`(n,)` int64, sorted by frame) as objects in that many frames."""
    records = placed.records
    box = records.box[order]
    area = records.area[order] if len(records.area) else records.area
    return Objects(
        starts=starts_of(placed.frame[order], frames),
        class_index=placed.class_index[order],
        box=box,
        confidence=records.confidence[order] if len(records.confidence) else records.confidence,
        crowd=records.crowd[order] if len(records.crowd) else records.crowd,
        area=np.where(np.isfinite(area), area, areas(box)) if len(area) else area,
        id=records.id.take(order) if records.id is not None else None,
        mask=records.mask.take(order) if records.mask is not None else None,
        attributes={name: column.take(order) for name, column in records.attributes.items()},
    )


def _scaled(polygons: object, size: NDArray[np.int32]) -> list[list[float]]:
    """Polygons in fractions of an image of that width and height, in pixels."""
    assert isinstance(polygons, list)
    with np.errstate(over="ignore"):
        scaled = [np.reshape(polygon, (-1, 2)) * size.astype(np.float64) for polygon in polygons]
    return [polygon.ravel().tolist() for polygon in scaled]


def _box_findings(placed: PlacedRecords, kept: NDArray[np.int64], frames: Frames) -> Iterator[Finding]:
    box = placed.records.box[kept]
    width, height = (side[placed.frame[kept]].astype(np.float64) for side in (frames.width, frames.height))
    width[width == 0] = height[height == 0] = np.inf
    left, top, right, bottom = box.T
    flat = areas(box) == 0
    beyond = (right <= 0) | (bottom <= 0) | (left >= width) | (top >= height)
    over = (left < -_SLACK) | (top < -_SLACK) | (right > width + _SLACK) | (bottom > height + _SLACK)
    yield _kept("boxes without area", kept[flat], "they match nothing")
    yield _kept("boxes entirely outside their image", kept[beyond & ~flat])
    yield _kept("boxes partly outside their image", kept[over & ~beyond & ~flat], _corner_hint(box, over))
    if len(box) and np.mean(tiny := (right <= _FIRST_PIXEL) & (bottom <= _FIRST_PIXEL)) > 0.5:
        hint = "they look like fractions of the image size; pixels are needed"
        yield _kept("boxes within the first pixel", kept[tiny], hint)


def _corner_hint(box: NDArray[np.float64], over: NDArray[np.bool_]) -> str:
    """A guess at why many boxes reach over the edge."""
    size = box[:, 2:] - box[:, :2]
    if over.any() and np.mean(over) > _MANY and np.mean((size > box[:, :2]).all(axis=1)) > _ALL:
        return "they look like [left, top, right, bottom] where [left, top, width, height] is needed"
    return ""


def _scale_hint(confidence: NDArray[np.float64]) -> str:
    if len(confidence) and confidence.min() < 0:
        return "they look like logits: apply the sigmoid to them"
    return "they look like percentages: divide them by 100"


def _repeated(placed: PlacedRecords, kept: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the kept records equal an earlier one in frame, class, box, and confidence or crowd.

    Each record is hashed (Fibonacci hashing of its columns), and only records with equal hashes are compared:
    500,000 records take 0.1 s, against 0.4 s for sorting by all columns.
    """
    records = placed.records
    columns = [placed.frame[kept], placed.class_index[kept].astype(np.int64), *records.box[kept].T]
    for further in (records.confidence, records.crowd.astype(np.int64)):
        if len(further):
            columns.append(further[kept])
    hashed = np.zeros(len(kept), np.uint64)
    for column in columns:
        hashed = (hashed ^ np.ascontiguousarray(column).view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        hashed ^= hashed >> np.uint64(29)
    return _equal_rows(hashed, columns)


def _equal_rows(hashed: NDArray[np.uint64], columns: Sequence[NDArray[Any]]) -> NDArray[np.bool_]:
    """Which rows equal an earlier one in every column; only rows with the same hash can."""
    again = np.zeros(len(hashed), bool)
    ranked = np.sort(hashed)
    if not (ranked[1:] == ranked[:-1]).any():
        return again
    order = np.argsort(hashed, kind="stable")
    alike = hashed[order[1:]] == hashed[order[:-1]]
    earlier, later = order[:-1][alike], order[1:][alike]
    equal = np.ones(len(later), bool)
    for column in columns:
        equal &= column[earlier] == column[later]
    again[later[equal]] = True
    return again


def _named(key: str | None) -> str:
    return "not given" if key is None else visible(key)


def _finding(
    kind: str,
    mask: NDArray[np.bool_],
    action: Handling,
    hint: str = "",
    detail: Callable[[int], str] | None = None,
) -> Finding:
    return Finding(kind, np.flatnonzero(mask), action, hint, detail)


def _kept(kind: str, rows: NDArray[np.int64], hint: str = "") -> Finding:
    return Finding(kind, rows, "kept", hint if len(rows) else "")


def _told(placed: PlacedRecords, findings: Sequence[Finding]) -> str:
    return "\n".join(placed.records.problem(finding).sentence() for finding in findings if len(finding.rows))
