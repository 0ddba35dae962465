"""COCO panoptic: segments by id in a PNG per image; each becomes an object with a mask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.coco.annotations import RecordReader
from aquarium_tui.formats.coco.instances import read_classes, read_images
from aquarium_tui.formats.shared.collector import Gatherer, record_place
from aquarium_tui.formats.shared.format import Given, InferenceFile, LabelFile, is_file, is_folder
from aquarium_tui.formats.shared.listed_images import document
from aquarium_tui.model.masks import COLOR
from aquarium_tui.model.names import joined, visible

_BASE = 256
"""The id of a segment is red + 256 green + 256² blue, as COCO's panoptic API defines it."""
_BROKEN = "segments whose PNG is missing or cannot be read"


def looks_like(given: Given) -> bool:
    """Whether the file has annotations with segments."""
    return given.outline.has_any("annotations[].segments_info", "[].segments_info")


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in a panoptic file, with its PNG files in the folder of the same name.

    Raises:
        InputError: The file cannot be read, is not JSON, or has no images or no categories.
    """
    found = _document(given)
    name = visible(given.path.name)
    tables = {key: found.get(key) for key in ("images", "categories")}
    lacking = [key for key, table in tables.items() if not (isinstance(table, list) and table)]
    if lacking:
        raise InputError(
            f"{visible(str(given.path))} has no {' and no '.join(lacking)}.",
            "A panoptic labels file is an object with `images`, `annotations` and `categories`.",
        )
    segments = _segments(given, found)
    frames = read_images(tables["images"] or [], f"{name} images")
    records = segments.reader.labels(segments.place)
    classes = read_classes(tables["categories"] or [], f"{name} categories", set(records.category.words))
    return LabelFile(
        frames=frames.table,
        classes=classes.classes,
        records=records,
        notes=(*segments.notes, *frames.notes, *classes.notes),
        problems=(*segments.problems.problems(), *frames.problems, *classes.problems),
    )


def read_inferences(given: Given) -> InferenceFile:
    """The segments that a model found.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    segments = _segments(given, _document(given))
    lost = [problem.sentence() for problem in segments.problems.problems()]
    return InferenceFile(segments.reader.inferences(segments.place), (*segments.notes, *lost))


@dataclass
class _Segments:
    where: str
    folder: Path
    problems: Gatherer
    reader: RecordReader = field(default_factory=RecordReader)
    at: list[tuple[int, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def place(self, row: int) -> str:
        i, j = self.at[row]
        found = record_place(f"{self.where} annotations", i)
        return found if j < 0 else record_place(f"{found} segments_info", j)

    def add(self, i: int, j: int, record: object) -> None:
        self.at.append((i, j))
        self.reader.add(record)


def _document(given: Given) -> Mapping[str, Any]:
    found = document(given.path)
    if isinstance(found, list):
        return {"annotations": found}
    if not isinstance(found, dict) or not isinstance(found.get("annotations"), list):
        raise InputError(
            f"{visible(str(given.path))} has no list of `annotations`.", "COCO panoptic JSON has one."
        )
    return found


def _segments(given: Given, found: Mapping[str, Any]) -> _Segments:
    name = visible(given.path.name)
    annotations: Sequence[Any] = found["annotations"]
    folder = _mask_folder(given, annotations)
    segments = _Segments(name, folder, Gatherer(f"{name} annotations"))
    segments.notes.append(f"masks of segments are read from {visible(folder.name)}")
    for i, annotation in enumerate(annotations):
        listed = annotation.get("segments_info") if isinstance(annotation, dict) else None
        if isinstance(listed, list):
            _take(segments, i, annotation, listed)
        else:
            segments.add(i, -1, None)
    return segments


def _take(segments: _Segments, i: int, annotation: Mapping[str, Any], listed: Sequence[Any]) -> None:
    masks: Mapping[int, object] = {}
    file = annotation.get("file_name")
    try:
        masks = _masks(joined(str(segments.folder), str(file))) if listed else {}
    except InputError as error:
        segments.problems.add(_BROKEN, "kept", i, error.message, "only their boxes are known")
    for j, one in enumerate(listed):
        if not isinstance(one, dict):
            segments.add(i, j, None)
            continue
        id_ = one.get("id")
        mask = masks.get(id_) if isinstance(id_, int) else None
        told = {key: value for key, value in one.items() if key not in ("id", "segmentation")}
        image = {"image_id": annotation.get("image_id")}
        segments.add(i, j, {**told, **image, **({"segmentation": mask} if mask else {})})


def _masks(path: str) -> Mapping[int, object]:
    """Run lengths, in COCO's form, of every segment of a PNG, whose ids are R + 256 G + 65536 B.

    Raises:
        InputError: It cannot be read.
    """
    from aquarium_tui.media.mask_values import read_mask

    values = read_mask(path).astype(np.int64)
    red, green, blue = (values >> shift & 255 for shift in (16, 8, 0))
    return _runs(np.where(values >= COLOR, red + _BASE * green + _BASE * _BASE * blue, values))


def _runs(ids: NDArray[np.int64]) -> dict[int, object]:
    """The run lengths of each id in `(height, width)` int64."""
    flat = ids.ravel(order="F")
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
    ends = np.append(starts[1:], len(flat))
    found: dict[int, object] = {}
    values = flat[starts]
    for id_ in np.unique(values).tolist():
        own = values == id_
        edges = np.stack([starts[own], ends[own]], axis=1).ravel()
        counts = np.diff(np.concatenate([[0], edges, [len(flat)]])).tolist()
        found[id_] = {"size": list(ids.shape), "counts": counts if counts[-1] else counts[:-1]}
    return found


def _mask_folder(given: Given, annotations: Sequence[Any]) -> Path:
    """The folder of the PNG files: named like the file, the file's own, or another beside it."""
    first = next((a["file_name"] for a in annotations if isinstance(a, dict) and a.get("file_name")), None)
    own = given.path.absolute()
    beside = sorted(place for place in own.parent.iterdir() if is_folder(place))
    places = [own.with_suffix(""), own.parent, *beside]
    return next((place for place in places if is_file(place / str(first))), places[0])
