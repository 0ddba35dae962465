"""YOLO: `data.yaml`, `images/`, `labels/`, and a folder named by its id for each inference set."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from aquarium_tui.export.batch import Batch, rows_of
from aquarium_tui.export.images import names_of
from aquarium_tui.model.tables import Dataset, Objects


def write_yolo(batch: Batch, folder: Path) -> list[str]:
    """Write a batch of objects without images into `folder`; return sentences on what YOLO cannot hold."""
    dataset = batch.dataset
    names = [f"  {i}: {json.dumps(e.name)}" for i, e in enumerate(dataset.project.class_map.entries)]
    (folder / "data.yaml").write_text(
        "\n".join(["path: .", "train: images", "val: images", "names:", *names, ""]), encoding="utf-8"
    )
    stems = [name.rpartition(".")[0] or name for name in names_of(dataset)]
    for place, objects in [("labels", dataset.labels), *((one.id, one.objects) for one in batch.sets)]:
        for frame, stem in enumerate(stems):
            lines = list(_lines(dataset, objects, frame))
            if lines or place == "labels":
                path = folder / place / f"{stem}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return list(_lost(batch))


def _lines(dataset: Dataset, objects: Objects, frame: int) -> Iterator[str]:
    """`class x y width height [confidence]` of each object in a frame, as fractions of the image size."""
    width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
    if not (width and height):
        return
    for row in rows_of(objects.starts, frame):
        if len(objects.crowd) and objects.crowd[row]:
            continue
        left, top, right, bottom = objects.box[row].tolist()
        numbers = [
            (left + right) / 2 / width,
            (top + bottom) / 2 / height,
            (right - left) / width,
            (bottom - top) / height,
            *objects.confidence[row : row + 1].tolist(),
        ]
        yield " ".join([str(int(objects.class_index[row])), *map(repr, numbers)])


def _lost(batch: Batch) -> Iterator[str]:
    frames, labels = batch.dataset.frames, batch.dataset.labels
    sizeless = (frames.width == 0) | (frames.height == 0)
    objects = [labels, *(one.objects for one in batch.sets)]
    without = sum(int(np.count_nonzero(sizeless[each.frame])) for each in objects)
    if without:
        yield f"{without:,} boxes in images of unknown size are left out: YOLO needs the size"
    if labels.crowd.any():
        yield f"{int(labels.crowd.sum()):,} crowd labels are left out: YOLO cannot mark them"
    if any(each.mask is not None for each in objects):
        yield "masks of objects are left out; their boxes are written"
    if labels.attributes or labels.id is not None or frames.metadata or any(o.metrics for o in batch.sets):
        yield "ids, attributes, metadata and metrics are left out: YOLO cannot hold them"
