"""COCO: `labels.json`, instances, and for each inference set `ID.json`, results."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from aquarium_tui.errors import UsageError
from aquarium_tui.export.batch import Batch
from aquarium_tui.export.values import Json, further, key, sized
from aquarium_tui.model.columns import Column
from aquarium_tui.model.tables import CLASSIFICATION, Dataset, Objects

TAKEN = frozenset(
    {
        "id",
        "image_id",
        "file_name",
        "category_id",
        "category_name",
        "bbox",
        "confidence",
        "iscrowd",
        "area",
        "segmentation",
        "attributes",
    }
)
_OF_IMAGES = frozenset({"id", "file_name", "width", "height"})


def write_coco(batch: Batch, folder: Path) -> list[str]:
    """Write a batch into `folder`; sentences on what could not be said in this format.

    Raises:
        UsageError: It is of masks or classes of images.
    """
    dataset = batch.dataset
    if dataset.masks is not None or dataset.project.task == CLASSIFICATION:
        raise UsageError(f"COCO has no {dataset.project.task}: choose --format jsonl.")
    document = {
        "images": list(_images(dataset)),
        "annotations": list(_records(dataset, dataset.labels)),
        "categories": [{"id": e.id, "name": e.name} for e in dataset.project.class_map.entries],
    }
    (folder / "labels.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
    for one in batch.sets:
        results = list(_records(dataset, one.objects))
        (folder / f"{one.id}.json").write_text(json.dumps(results) + "\n", encoding="utf-8")
    notes = [
        f"metrics of {one.id} are not written: choose --format jsonl" for one in batch.sets if one.metrics
    ]
    if renamed := _renamed(dataset.labels.attributes, *(one.objects.attributes for one in batch.sets)):
        notes.append(
            f"attributes called like keys of COCO are written with attr_ before: {', '.join(renamed)}"
        )
    return notes


def _images(dataset: Dataset) -> Iterator[Json]:
    frames = dataset.frames
    metadata = {_free(name, _OF_IMAGES): column for name, column in frames.metadata.items()}
    for row, id_ in enumerate(frames.id):
        path = frames.path[row]
        width, height = int(frames.width[row]), int(frames.height[row])
        yield {
            "id": key(id_),
            **({} if path is None else {"file_name": path}),
            **({"width": width, "height": height} if width and height else {}),
            **further(metadata, row),
        }


def _records(dataset: Dataset, objects: Objects) -> Iterator[Json]:
    """Annotations, or results where objects have a confidence."""
    frames, entries = dataset.frames, dataset.project.class_map.entries
    attributes = {_free(name, TAKEN): column for name, column in objects.attributes.items()}
    of_labels = not len(objects.confidence)
    frame, classes, boxes = objects.frame.tolist(), objects.class_index.tolist(), objects.box.tolist()
    for row, (at, class_, box) in enumerate(zip(frame, classes, boxes, strict=True)):
        record = {"image_id": key(frames.id[at]), "category_id": entries[class_].id, "bbox": sized(box)}
        if objects.id is not None:
            record |= {} if objects.id[row] is None else {"id": key(objects.id[row])}
        elif of_labels:
            record["id"] = row + 1
        if of_labels:
            record |= {"area": float(objects.area[row]), "iscrowd": int(objects.crowd[row])}
        else:
            record["score"] = float(objects.confidence[row])
        counts = None if objects.mask is None else objects.mask[row]
        if counts is not None:
            size = [int(frames.height[at]), int(frames.width[at])]
            record["segmentation"] = {"size": size, "counts": counts}
        yield record | further(attributes, row)


def _free(name: str, taken: frozenset[str]) -> str:
    return f"attr_{name}" if name in taken else name


def _renamed(*columns: Mapping[str, Column]) -> list[str]:
    return sorted({name for each in columns for name in each if name in TAKEN})
