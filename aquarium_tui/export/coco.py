"""COCO: instances in `labels.json`, and results in `ID.json` for each inference set."""

import json
from collections.abc import Iterator
from pathlib import Path

from aquarium_tui.export.batch import Batch, Json, further, key, sized
from aquarium_tui.formats.coco.annotations import KNOWN
from aquarium_tui.model.tables import Dataset, Objects

_OF_RESULTS = KNOWN | {"attributes"}
_OF_LABELS = _OF_RESULTS - {"score"}
"""A label may have an attribute `score`; it is read back as an attribute."""
_OF_IMAGES = frozenset({"id", "file_name", "width", "height"})


def write_coco(batch: Batch, folder: Path) -> list[str]:
    """Write a batch of objects into `folder`; return sentences on what this format cannot hold."""
    dataset = batch.dataset
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
    named = [(dataset.frames.metadata, _OF_IMAGES), (dataset.labels.attributes, _OF_LABELS)]
    named += [(one.objects.attributes, _OF_RESULTS) for one in batch.sets]
    if renamed := sorted({name for columns, taken in named for name in columns if name in taken}):
        notes.append(f"names that COCO uses itself are written with the prefix attr_: {', '.join(renamed)}")
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
    """Annotations, or results if the objects have confidences."""
    frames, entries = dataset.frames, dataset.project.class_map.entries
    of_labels = not len(objects.confidence)
    taken = _OF_LABELS if of_labels else _OF_RESULTS
    attributes = {_free(name, taken): column for name, column in objects.attributes.items()}
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
