"""CVAT for images, XML 1.1: `annotations.xml`, and `ID.xml` for each inference set."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from aquarium_tui.export.batch import Batch, further, rows_of
from aquarium_tui.model.tables import Dataset, Objects

_SCORE = "confidence"


def write_cvat(batch: Batch, folder: Path) -> list[str]:
    """Write a batch of objects into `folder`; return sentences on what this format cannot hold."""
    for name, objects in (("annotations", batch.dataset.labels), *((s.id, s.objects) for s in batch.sets)):
        root = _document(batch.dataset, objects)
        indent(root)
        ElementTree(root).write(folder / f"{name}.xml", encoding="utf-8", xml_declaration=True)
    return list(_lost(batch))


def _document(dataset: Dataset, objects: Objects) -> Element:
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
            for key, text in (("name", name), ("mutable", "False"), ("input_type", "text")):
                SubElement(attribute, key).text = text
    for row, id_ in enumerate(dataset.frames.id):
        image = SubElement(root, "image", id=str(row), name=dataset.frames.path[row] or str(id_))
        if dataset.frames.width[row] and dataset.frames.height[row]:
            image.set("width", str(int(dataset.frames.width[row])))
            image.set("height", str(int(dataset.frames.height[row])))
        for at in rows_of(objects.starts, row):
            if not (len(objects.crowd) and objects.crowd[at]):
                _add(image, dataset, objects, at)
    return root


def _add(image: Element, dataset: Dataset, objects: Objects, row: int) -> None:
    edges = zip(("xtl", "ytl", "xbr", "ybr"), map(repr, objects.box[row].tolist()), strict=True)
    name = dataset.project.class_map.entries[int(objects.class_index[row])].name
    box = SubElement(image, "box", {"label": name, "source": "manual", **dict(edges), "z_order": "0"})
    values = further(objects.attributes, row)
    if len(objects.confidence):
        values[_SCORE] = float(objects.confidence[row])
    for key, value in values.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        # XML 1.0 has no control characters, escaped or not.
        shown = "".join(c for c in text if c.isprintable() or c in "\t\n")
        SubElement(box, "attribute", name=key).text = shown


def _lost(batch: Batch) -> Iterator[str]:
    labels = batch.dataset.labels
    if labels.crowd.any():
        yield f"{int(labels.crowd.sum()):,} crowd labels are left out: CVAT cannot mark them"
    if any(each.mask is not None for each in (labels, *(one.objects for one in batch.sets))):
        yield "masks of objects are left out; their boxes are written"
    if labels.id is not None or batch.dataset.frames.metadata or any(one.metrics for one in batch.sets):
        yield "ids, metadata and metrics are left out: CVAT cannot hold them"
