"""The Aquarium client's records: `labels.jsonl`, and `ID.jsonl` for each inference set.

Two attribute keys are our own: `area` for a label whose area is not that of its box, and `segmentation` for
an object's mask in COCO's RLE.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from aquarium_tui.export.batch import Batch, Json, further, rows_of, sized
from aquarium_tui.ingest.merge import covered_frames
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.arrays import areas
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import MetricValues
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

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
    counts = None if objects.mask is None else objects.mask[row]
    if len(objects.area) and (counts is not None or objects.area[row] != areas(box[None])[0]):
        found["area"] = float(objects.area[row])
    if counts is not None:
        size = [int(dataset.frames.height[frame]), int(dataset.frames.width[frame])]
        found["segmentation"] = {"size": size, "counts": counts}
    return found
