"""Files of other tools: CVAT (XML 1.1), Label Studio (JSON), COCO (JSON) and YOLO."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

import numpy as np

from aquarium_tui.export.records import Batch, Json, further, key, names_of, rows_of, sized
from aquarium_tui.formats.coco.annotations import KNOWN
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.outlines import run_lengths
from aquarium_tui.model.tables import Dataset, Objects

_SCORE = "confidence"


def write_cvat(batch: Batch, folder: Path) -> list[str]:
    """Write a batch of objects into `folder`; return sentences on what this format cannot hold."""
    for name, objects in (("annotations", batch.dataset.labels), *((s.id, s.objects) for s in batch.sets)):
        root = _cvat_document(batch.dataset, objects)
        indent(root)
        ElementTree(root).write(folder / f"{name}.xml", encoding="utf-8", xml_declaration=True)
    return list(_lost_to_cvat(batch))


def _cvat_document(dataset: Dataset, objects: Objects) -> Element:
    root = Element("annotations")
    SubElement(root, "version").text = "1.1"
    labels = SubElement(SubElement(SubElement(root, "meta"), "task"), "labels")
    attributes = [*objects.attributes, *([_SCORE] if len(objects.confidence) else [])]
    for entry in dataset.project.class_map.entries:
        label = SubElement(labels, "label")
        SubElement(label, "name").text = entry.name
        declared = SubElement(label, "attributes")
        for name in attributes:
            attribute = SubElement(declared, "attribute")
            for tag, text in (("name", name), ("mutable", "False"), ("input_type", "text")):
                SubElement(attribute, tag).text = text
    for row, id_ in enumerate(dataset.frames.id):
        image = SubElement(root, "image", id=str(row), name=dataset.frames.path[row] or str(id_))
        if dataset.frames.width[row] and dataset.frames.height[row]:
            image.set("width", str(int(dataset.frames.width[row])))
            image.set("height", str(int(dataset.frames.height[row])))
        for at in _no_crowds(objects, row):
            _add_box(image, dataset, objects, at)
    return root


def _add_box(image: Element, dataset: Dataset, objects: Objects, row: int) -> None:
    edges = zip(("xtl", "ytl", "xbr", "ybr"), map(repr, objects.box[row].tolist()), strict=True)
    name = dataset.project.class_map.entries[int(objects.class_index[row])].name
    box = SubElement(image, "box", {"label": name, "source": "manual", **dict(edges), "z_order": "0"})
    values = further(objects.attributes, row)
    if len(objects.confidence):
        values[_SCORE] = float(objects.confidence[row])
    for title, value in values.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        # XML 1.0 has no control characters, escaped or not.
        shown = "".join(c for c in text if c.isprintable() or c in "\t\n")
        SubElement(box, "attribute", name=title).text = shown


def _lost_to_cvat(batch: Batch) -> Iterator[str]:
    labels = batch.dataset.labels
    if labels.crowd.any():
        yield f"left out, as CVAT cannot mark it: {counted(labels.crowd.sum(), 'crowd label')}"
    if any(each.mask is not None for each in (labels, *(one.objects for one in batch.sets))):
        yield "masks of objects are left out; their boxes are written"
    if labels.id is not None or batch.dataset.frames.metadata or any(one.metrics for one in batch.sets):
        yield "ids, metadata and metrics are left out: CVAT cannot hold them"


_LABEL_STUDIO = """<View>
  <Image name="image" value="$image"/>
  <RectangleLabels name="label" toName="image">
{labels}
  </RectangleLabels>
</View>
"""


def write_label_studio(batch: Batch, folder: Path) -> list[str]:
    """Write a batch of objects into `folder`; return sentences on what this format cannot hold."""
    dataset = batch.dataset
    _write(folder / "tasks.json", _tasks(dataset, dataset.labels, "annotations", ""))
    for one in batch.sets:
        _write(folder / f"{one.id}.json", _tasks(dataset, one.objects, "predictions", one.id))
    names = "\n".join(
        f"    <Label value={json.dumps(entry.name)}/>" for entry in dataset.project.class_map.entries
    )
    (folder / "config.xml").write_text(_LABEL_STUDIO.format(labels=names), encoding="utf-8")
    return list(_lost_to_label_studio(batch))


def _write(path: Path, tasks: Iterator[Json]) -> None:
    path.write_text(json.dumps(list(tasks), indent=1) + "\n", encoding="utf-8")


def _tasks(dataset: Dataset, objects: Objects, key: str, model: str) -> Iterator[Json]:
    frames = dataset.frames
    for row, id_ in enumerate(frames.id):
        data = {"image": frames.path[row] or id_, **further(frames.metadata, row)}
        regions = list(_regions(dataset, objects, row))
        holder: Json = {"result": regions, **({"model_version": model} if model else {})}
        yield {"id": row + 1, "data": data, key: [holder]}


def _regions(dataset: Dataset, objects: Objects, frame: int) -> Iterator[Json]:
    """Rectangles in percent of their image; what has no size cannot be stated."""
    width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
    if not (width and height):
        return
    for row in _no_crowds(objects, frame):
        left, top, right, bottom = objects.box[row].tolist()
        region: Json = {
            "id": objects.name(row),
            "type": "rectanglelabels",
            "from_name": "label",
            "to_name": "image",
            "original_width": width,
            "original_height": height,
            "value": {
                "x": 100 * left / width,
                "y": 100 * top / height,
                "width": 100 * (right - left) / width,
                "height": 100 * (bottom - top) / height,
                "rotation": 0,
                "rectanglelabels": [dataset.project.class_map.entries[int(objects.class_index[row])].name],
            },
        }
        if len(objects.confidence):
            region["score"] = float(objects.confidence[row])
        if values := further(objects.attributes, row):
            region["meta"] = {"text": [f"{name}: {value}" for name, value in values.items()]}
        yield region


def _lost_to_label_studio(batch: Batch) -> Iterator[str]:
    frames, labels = batch.dataset.frames, batch.dataset.labels
    objects = [labels, *(one.objects for one in batch.sets)]
    sizeless = (frames.width == 0) | (frames.height == 0)
    if without := sum(int(sizeless[each.frame].sum()) for each in objects):
        left = counted(without, "box", "boxes")
        yield f"left out, as Label Studio needs the size of the image: {left}"
    if labels.crowd.any():
        yield f"left out, as Label Studio cannot mark it: {counted(labels.crowd.sum(), 'crowd label')}"
    if any(each.mask is not None for each in objects):
        yield "masks of objects are left out; their boxes are written"
    if any(each.attributes for each in objects):
        yield "attributes are written as the text of their region"


_OF_RESULTS = KNOWN | {"attributes"}
_OF_LABELS = _OF_RESULTS - {"score"}
"""A label may have an attribute `score`; it is read back as an attribute."""
_OF_IMAGES = frozenset({"id", "file_name", "width", "height"})


def write_coco(batch: Batch, folder: Path) -> list[str]:
    """Write a batch of objects into `folder`; return sentences on what this format cannot hold."""
    dataset = batch.dataset
    document = {
        "images": list(_coco_images(dataset)),
        "annotations": list(_coco_records(dataset, dataset.labels)),
        "categories": [{"id": e.id, "name": e.name} for e in dataset.project.class_map.entries],
    }
    (folder / "labels.json").write_text(json.dumps(document) + "\n", encoding="utf-8")
    for one in batch.sets:
        results = list(_coco_records(dataset, one.objects))
        (folder / f"{one.id}.json").write_text(json.dumps(results) + "\n", encoding="utf-8")
    notes = [
        f"metrics of {one.id} are not written: choose --format jsonl" for one in batch.sets if one.metrics
    ]
    named = [(dataset.frames.metadata, _OF_IMAGES), (dataset.labels.attributes, _OF_LABELS)]
    named += [(one.objects.attributes, _OF_RESULTS) for one in batch.sets]
    if renamed := sorted({name for columns, taken in named for name in columns if name in taken}):
        notes.append(f"names that COCO uses itself are written with the prefix attr_: {', '.join(renamed)}")
    return notes


def _coco_images(dataset: Dataset) -> Iterator[Json]:
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


def _coco_records(dataset: Dataset, objects: Objects) -> Iterator[Json]:
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
        mask = None if objects.mask is None else objects.mask[row]
        if mask is not None:
            width, height = int(frames.width[at]), int(frames.height[at])
            record["segmentation"] = {"size": [height, width], "counts": run_lengths(mask, (width, height))}
        yield record | further(attributes, row)


def _free(name: str, taken: frozenset[str]) -> str:
    return f"attr_{name}" if name in taken else name


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
            lines = list(_yolo_lines(dataset, objects, frame))
            if lines or place == "labels":
                path = folder / place / f"{stem}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return list(_lost_to_yolo(batch))


def _yolo_lines(dataset: Dataset, objects: Objects, frame: int) -> Iterator[str]:
    """`class x y width height [confidence]` of each object in a frame, as fractions of the image size."""
    width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
    if not (width and height):
        return
    for row in _no_crowds(objects, frame):
        left, top, right, bottom = objects.box[row].tolist()
        numbers = [
            (left + right) / 2 / width,
            (top + bottom) / 2 / height,
            (right - left) / width,
            (bottom - top) / height,
            *objects.confidence[row : row + 1].tolist(),
        ]
        yield " ".join([str(int(objects.class_index[row])), *map(repr, numbers)])


def _lost_to_yolo(batch: Batch) -> Iterator[str]:
    frames, labels = batch.dataset.frames, batch.dataset.labels
    sizeless = (frames.width == 0) | (frames.height == 0)
    objects = [labels, *(one.objects for one in batch.sets)]
    without = sum(int(np.count_nonzero(sizeless[each.frame])) for each in objects)
    if without:
        left = counted(without, "box", "boxes")
        yield f"left out, as YOLO needs the size of the image: {left}"
    if labels.crowd.any():
        yield f"left out, as YOLO cannot mark it: {counted(labels.crowd.sum(), 'crowd label')}"
    if any(each.mask is not None for each in objects):
        yield "masks of objects are left out; their boxes are written"
    if labels.attributes or labels.id is not None or frames.metadata or any(o.metrics for o in batch.sets):
        yield "ids, attributes, metadata and metrics are left out: YOLO cannot hold them"


def _no_crowds(objects: Objects, frame: int) -> Iterator[int]:
    """The rows of a frame's objects, without the crowds, which most formats cannot state."""
    crowds = objects.crowd
    return (row for row in rows_of(objects.starts, frame) if not (len(crowds) and crowds[row]))
