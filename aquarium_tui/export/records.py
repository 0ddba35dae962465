"""What is exported, where its images are, and the Aquarium client's records: `labels.jsonl`, `ID.jsonl`.

Two attribute keys are our own: `area` for a label whose area is not that of its box, and `segmentation` for
an object's mask in COCO's RLE.
"""

import json
import posixpath
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf, nextafter
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.ingest.merge import covered_frames, moved_inferences, picked
from aquarium_tui.kinds import kind_of
from aquarium_tui.media.source import opened
from aquarium_tui.model.arrays import areas
from aquarium_tui.model.columns import Column
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import MetricValues
from aquarium_tui.model.names import is_remote, joined, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.outlines import run_lengths
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

_NUMBER = re.compile("[0-9]{1,18}")
Json = dict[str, Any]
"""A JSON object."""


def plain(column: Column, row: int) -> Any:  # noqa: ANN401
    """One value: whole numbers without a fraction, dates as ISO 8601, None if missing."""
    value: Any = column[row]
    # Above 2**53 a float no longer stands for one whole number only.
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    return value.isoformat() if isinstance(value, datetime) else value


def further(columns: Mapping[str, Column], row: int, prefix: str = "") -> Json:
    """The values of a row that are not missing, by column name."""
    values = ((f"{prefix}{name}", plain(column, row)) for name, column in columns.items())
    return {name: value for name, value in values if value is not None}


def key(text: str | None) -> int | str | None:
    """An id as a number if that number is read back as the same text, else as text."""
    if text is not None and _NUMBER.fullmatch(text) and str(int(text)) == text:
        return int(text)
    return text


def size(start: float, end: float) -> float:
    """A width or height that gives exactly `end` when added to `start`, if there is one.

    The rounded difference may be off by one float, and then boxes would not survive a round trip.
    """
    near = end - start
    if start + near == end:
        return near
    return next((n for n in (nextafter(near, inf), nextafter(near, -inf)) if start + n == end), near)


def sized(box: list[float]) -> list[float]:
    """A box given as left, top, right, bottom, as left, top, width, height."""
    left, top, right, bottom = box
    return [left, top, size(left, right), size(top, bottom)]


def rows_of(starts: Any, frame: int) -> Iterator[int]:  # noqa: ANN401
    """The rows of the objects in a frame."""
    return iter(range(int(starts[frame]), int(starts[frame + 1])))


@dataclass(frozen=True)
class Batch:
    """Frames with their labels and inferences.

    Attributes:
        dataset: A dataset with only these frames.
        sets: Its inference sets.
    """

    dataset: Dataset
    sets: tuple[InferenceSet, ...] = ()


def batch_of(
    dataset: Dataset, sets: Sequence[InferenceSet], frames: NDArray[np.bool_] | None = None
) -> Batch:
    """A batch of these frames with all their labels.

    Args:
        dataset: The dataset.
        sets: Inference sets of the dataset.
        frames: `(frames,)` bool; None for all.
    """
    if frames is None:
        return Batch(dataset, tuple(sets))
    part = picked(dataset, np.flatnonzero(frames))
    return Batch(part, tuple(moved_inferences(one, dataset, part) for one in sets))


_USER = "user__"


def write_jsonl(batch: Batch, folder: Path) -> list[str]:
    """Write a batch into `folder`; return sentences on what this format cannot hold."""
    with (folder / "labels.jsonl").open("w", encoding="utf-8") as file:
        _write(file, _label_lines(batch.dataset))
    for one in batch.sets:
        with (folder / f"{one.id}.jsonl").open("w", encoding="utf-8") as file:
            _write(file, _inference_lines(batch.dataset, one))
    told = {metric.name: metric for metric in batch.dataset.project.metrics}
    written = [told[name] for one in batch.sets for name in one.metrics if name in told]
    unsaid = dict.fromkeys(m.name for m in written if m.unit or not m.higher_is_better)
    words = "records hold neither units nor that lower is better; declare these metrics on the project"
    return [f"{words}: {', '.join(unsaid)}"] if unsaid else []


def _write(file: IO[str], lines: Iterable[Json]) -> None:
    for line in lines:
        file.write(json.dumps(line) + "\n")


def _label_lines(dataset: Dataset) -> Iterator[Json]:
    frames = dataset.frames
    for row, id_ in enumerate(frames.id):
        sensor: Json = {"coordinate_frame": "DEFAULT", "sensor_id": "DEFAULT", "sensor_type": "IMAGE_V0"}
        if frames.path[row] is not None:
            sensor["data_urls"] = {"image_url": frames.path[row]}
        if frames.width[row] and frames.height[row]:
            size = {"width": int(frames.width[row]), "height": int(frames.height[row])}
            sensor["sensor_metadata"] = size
        yield {
            "task_id": id_,
            "type": "GT",
            "sensor_data": [sensor],
            **further(frames.metadata, row, _USER),
            "label_data": list(_crops(dataset, dataset.labels, dataset.masks, row)),
        }


def _inference_lines(dataset: Dataset, inferences: InferenceSet) -> Iterator[Json]:
    classes = len(dataset.project.class_map.evaluated_names)
    for row in np.flatnonzero(covered_frames(inferences)).tolist():
        values = {name: _metric(each, row, classes) for name, each in inferences.metrics.items()}
        yield {
            "task_id": dataset.frames.id[row],
            "type": "Inference",
            "custom_metrics": {name: value for name, value in values.items() if value is not None},
            "inference_data": list(_crops(dataset, inferences.objects, inferences.masks, row)),
        }


def _metric(values: MetricValues, row: int, classes: int) -> float | list[list[float]] | None:
    """A number, or a matrix of all evaluated classes and background; None if there is not a value."""
    if not values.present[row]:
        return None
    cells = slice(*np.searchsorted(values.frame, [row, row + 1]).tolist())
    if not len(values.frame):
        return float(values.number[row])
    matrix = np.zeros((classes + 1, classes + 1))
    matrix[values.label[cells], values.inferred[cells]] = values.value[cells]
    rows: list[list[float]] = matrix.tolist()
    return rows


def _crops(dataset: Dataset, objects: Objects, masks: Masks | None, frame: int) -> Iterator[Json]:
    """The objects or the mask of a frame."""
    path = masks.file(frame) if masks else None
    if path is not None:
        yield {"label_type": "SEMANTIC_LABEL_URL_2D", "label": "__mask", "attributes": {"url": path}}
    boxes = kind_of(dataset.project).boxes
    for row in rows_of(objects.starts, frame):
        entry = dataset.project.class_map.entries[objects.class_index[row]]
        crop = {
            "label_type": "BBOX_2D" if boxes else "CLASSIFICATION_2D",
            "label": entry.name,
            "class_id": entry.id,
            "label_coordinate_frame": "DEFAULT",
            "attributes": _attributes(dataset, objects, frame, row) if boxes else {},
        }
        if objects.id is not None and objects.id[row] is not None:
            crop["uuid"] = objects.id[row]
        if len(objects.confidence):
            crop["attributes"]["confidence"] = float(objects.confidence[row])
        crop["attributes"] |= further(objects.attributes, row, _USER)
        yield crop


def _attributes(dataset: Dataset, objects: Objects, frame: int, row: int) -> Json:
    box = objects.box[row]
    found: Json = dict(zip(("left", "top", "width", "height"), sized(box.tolist()), strict=True))
    if len(objects.crowd) and objects.crowd[row]:
        found["iscrowd"] = True
    mask = None if objects.mask is None else objects.mask[row]
    if len(objects.area) and (mask is not None or objects.area[row] != areas(box[None])[0]):
        found["area"] = float(objects.area[row])
    if mask is not None:
        width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
        found["segmentation"] = {"size": [height, width], "counts": run_lengths(mask, (width, height))}
    return found


_SHOWN = 3
"""Images named in a note."""
_STEM, _SUFFIX = 100, 16
"""Characters of a part of a name and of its suffix that are kept: file systems allow 255 bytes together."""


def names_of(dataset: Dataset) -> list[str]:
    """A relative path for the image of each frame, all different: its own path where possible."""
    taken: set[str] = set()
    folders: set[str] = set()
    names = []
    for row, id_ in enumerate(dataset.frames.id):
        name = base = _inside(dataset.frames.path[row] or str(id_))
        if any(folder in taken for folder in _folders(name)):
            name = base = posixpath.basename(base)
        stem, suffix = posixpath.splitext(base)
        number = 2
        while name.casefold() in taken or name.casefold() in folders:
            name, number = f"{stem}_{number}{suffix}", number + 1
        taken.add(name.casefold())
        folders.update(_folders(name))
        names.append(name)
    return names


def _inside(path: str) -> str:
    """A path that stays in its folder and fits any file system; of one that leads out, the last part."""
    parts = [part for part in PurePosixPath(path).parts if part.strip("/.")]
    if is_remote(path) or posixpath.isabs(path) or ".." in PurePosixPath(path).parts:
        parts = parts[-1:]
    return "/".join(map(_short, parts)) or "image"


def _short(part: str) -> str:
    plain = "".join(c if c.isprintable() else "_" for c in part)
    if len(plain.encode()) <= _STEM + _SUFFIX:
        return plain
    stem, suffix = posixpath.splitext(plain)
    return _bytes(stem, _STEM) + _bytes(suffix, _SUFFIX)


def _bytes(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _folders(name: str) -> Iterator[str]:
    """The folders that a name needs, as they are compared."""
    while name := posixpath.dirname(name):
        yield name.casefold()


def place_images(dataset: Dataset, names: Sequence[str], folder: Path, copy: bool) -> list[str]:
    """Put each frame's image into `folder`; return sentences on the images that could not be put there.

    A labels file may name any file of this machine, and a batch is handed on. So only images are put there,
    and only those in the image folder of the dataset are copied.

    Args:
        dataset: The dataset.
        names: One name per frame, from `names_of`.
        folder: The folder to fill.
        copy: Whether to copy the images; otherwise symbolic links are made.
    """
    root = Path(dataset.images).resolve()
    lost: dict[str, list[str]] = {}
    for row, name in enumerate(names):
        path = dataset.frames.path[row]
        place = joined(dataset.images, path or "")
        source = None if not path or is_remote(place) else Path(place)
        reason = _objection(source, root if copy else None)
        if source is None or reason:
            lost.setdefault(reason, []).append(visible(path or str(dataset.frames.id[row])))
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if copy:
            shutil.copyfile(source, target)
        else:
            target.symlink_to(source.absolute())
    return [_sentence(reason, paths) for reason, paths in lost.items()]


_MISSING = "missing or on a network"
_NO_IMAGES = "left out, as not readable as an image"
_OUTSIDE = "left out, as outside the dataset's image folder, which `upload --images` names"


def _objection(source: Path | None, root: Path | None) -> str:
    """Why an image is not put into a batch; empty if it may be.

    Args:
        source: The image file; None if it is not on this machine.
        root: The folder that it must be in once all links are followed; None for any.
    """
    try:
        if source is None or not source.is_file():
            return _MISSING
        if root is not None and not source.resolve().is_relative_to(root):
            return _OUTSIDE
        with opened(str(source)):
            return ""
    except OSError:
        return _MISSING
    except InputError:
        return _NO_IMAGES


def _sentence(reason: str, paths: Sequence[str]) -> str:
    more = f" … and {len(paths) - _SHOWN:,} more" if len(paths) > _SHOWN else ""
    return f"{counted(len(paths), 'image')} {reason}: {', '.join(paths[:_SHOWN])}{more}"
