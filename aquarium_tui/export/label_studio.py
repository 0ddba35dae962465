"""Label Studio JSON: `tasks.json`, and `ID.json` with the predictions of each inference set."""

import json
from collections.abc import Iterator
from pathlib import Path

from aquarium_tui.export.batch import Batch, Json, further, rows_of
from aquarium_tui.model.tables import Dataset, Objects

_CONFIG = """<View>
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
    (folder / "config.xml").write_text(_CONFIG.format(labels=names), encoding="utf-8")
    return list(_lost(batch))


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
    for row in rows_of(objects.starts, frame):
        if len(objects.crowd) and objects.crowd[row]:
            continue
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


def _lost(batch: Batch) -> Iterator[str]:
    frames, labels = batch.dataset.frames, batch.dataset.labels
    objects = [labels, *(one.objects for one in batch.sets)]
    sizeless = (frames.width == 0) | (frames.height == 0)
    if without := sum(int(sizeless[each.frame].sum()) for each in objects):
        yield f"{without:,} boxes in images of unknown size are left out: Label Studio needs the size"
    if labels.crowd.any():
        yield f"{int(labels.crowd.sum()):,} crowd labels are left out: Label Studio cannot mark them"
    if any(each.mask is not None for each in objects):
        yield "masks of objects are left out; their boxes are written"
    if any(each.attributes for each in objects):
        yield "attributes are written as the text of their region"
