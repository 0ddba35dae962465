"""The set of `made`, written as annotation tools and models write it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from PIL import Image

from tests.formats import made
from tests.formats.made import CLASSES, SIZES, Thing
from tests.ingest.files import write

Things = Sequence[Thing]
Writer = Callable[[Path, Things], Path]
"""Writes a set into a folder that exists, with the images of `made` in `images`."""


def of(stem: str, things: Things) -> list[Thing]:
    return [one for one in things if one.stem == stem]


def xywh(one: Thing) -> list[int]:
    left, top, right, bottom = one.box
    return [left, top, right - left, bottom - top]


def scored(one: Thing, key: str = "score") -> dict[str, Any]:
    return {key: one.score} if one.score else {}


def cvat(folder: Path, things: Things) -> Path:
    def shape(one: Thing) -> str:
        edges = " ".join(f'{k}="{v:.2f}"' for k, v in zip(("xtl", "ytl", "xbr", "ybr"), one.box, strict=True))
        score = f'<attribute name="score">{one.score}</attribute>' if one.score else ""
        return f'<box label="{one.name}" source="manual" occluded="0" {edges} z_order="0">{score}</box>'

    images = "".join(
        f'<image id="{i}" name="{stem}.png" width="{w}" height="{h}">'
        f"{''.join(map(shape, of(stem, things)))}</image>"
        for i, (stem, (w, h)) in enumerate(SIZES.items())
    )
    labels = "".join(f"<label><name>{name}</name><color>#fa3253</color></label>" for name in CLASSES)
    meta = f"<meta><task><size>3</size><labels>{labels}</labels></task></meta>"
    head = '<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>'
    return write(folder / "annotations.xml", f"{head}{meta}{images}</annotations>")


def labelme(folder: Path, things: Things) -> Path:
    place = folder / "labelme"
    place.mkdir()
    for stem, (width, height) in SIZES.items():
        shapes = [
            {
                "label": one.name,
                "points": [list(one.box[:2]), list(one.box[2:])],
                "group_id": None,
                "shape_type": "rectangle",
                "flags": {},
                **scored(one),
            }
            for one in of(stem, things)
        ]
        image = {"imagePath": f"../images/{stem}.png", "imageData": None}
        size = {"imageHeight": height, "imageWidth": width}
        write(place / f"{stem}.json", {"version": "5.4.1", "flags": {}, "shapes": shapes, **image, **size})
    return place


def _region(one: Thing) -> dict[str, Any]:
    width, height = SIZES[one.stem]
    x, y, w, h = xywh(one)
    sides = {
        "x": 100 * x / width,
        "y": 100 * y / height,
        "width": 100 * w / width,
        "height": 100 * h / height,
    }
    return {**sides, "rotation": 0, "rectanglelabels": [one.name]}


def label_studio(folder: Path, things: Things) -> Path:
    def result(one: Thing) -> dict[str, Any]:
        width, height = SIZES[one.stem]
        return {
            "id": f"r{things.index(one)}",
            "type": "rectanglelabels",
            "from_name": "label",
            "to_name": "image",
            "original_width": width,
            "original_height": height,
            "value": _region(one),
            **scored(one),
        }

    key = "predictions" if things[0].score else "annotations"
    other = "annotations" if things[0].score else "predictions"
    tasks = [
        {
            "id": i,
            "data": {"image": f"/data/upload/1/deadbeef-{stem}.png"},
            key: [{"id": 10 + i, "result": [result(one) for one in of(stem, things)]}],
            other: [],
        }
        for i, stem in enumerate(SIZES)
    ]
    return write(folder / "project-1.json", tasks)


def label_studio_min(folder: Path, things: Things) -> Path:
    tasks = []
    for i, (stem, (width, height)) in enumerate(SIZES.items()):
        size = {"original_width": width, "original_height": height}
        regions = [{**_region(one), **size, **scored(one)} for one in of(stem, things)]
        told = {"label": regions} if regions else {}
        tasks.append({"image": f"/data/local-files/?d=x/{stem}.png", "id": i, **told, "annotator": 1})
    return write(folder / "min.json", tasks)


def createml(folder: Path, things: Things) -> Path:
    def told(one: Thing) -> dict[str, Any]:
        x, y, width, height = xywh(one)
        centre = {"x": x + width / 2, "y": y + height / 2}
        box = {**centre, "width": width, "height": height}
        return {"label": one.name, "coordinates": box, **scored(one, "confidence")}

    images = [{"image": f"{stem}.png", "annotations": list(map(told, of(stem, things)))} for stem in SIZES]
    return write(folder / "_annotations.createml.json", images)


def _via_region(one: Thing) -> dict[str, Any]:
    x, y, width, height = xywh(one)
    shape = {"name": "rect", "x": x, "y": y, "width": width, "height": height}
    return {"shape_attributes": shape, "region_attributes": {"class": one.name, **scored(one)}}


def via(folder: Path, things: Things) -> Path:
    images = {
        f"{stem}.png1234": {
            "filename": f"{stem}.png",
            "size": 1234,
            "regions": list(map(_via_region, of(stem, things))),
            "file_attributes": {},
        }
        for stem in SIZES
    }
    return write(folder / "via_project.json", {"_via_settings": {}, "_via_img_metadata": images})


def via_csv(folder: Path, things: Things) -> Path:
    lines = [
        "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
    ]

    def quoted(value: Any) -> str:
        text = json.dumps(value).replace('"', '""')
        return f'"{text}"'

    for stem in SIZES:
        regions = list(map(_via_region, of(stem, things)))
        for i, region in enumerate(regions or [{"shape_attributes": {}, "region_attributes": {}}]):
            cells = [f"{stem}.png", "1234", '"{}"', str(len(regions)), str(i)]
            told = [quoted(region["shape_attributes"]), quoted(region["region_attributes"])]
            lines.append(",".join([*cells, *told]))
    return write(folder / "via.csv", "\n".join(lines) + "\n")


def via_third(folder: Path, things: Things) -> Path:
    files = {str(i): {"fid": i, "fname": f"{stem}.png", "type": 2} for i, stem in enumerate(SIZES, 1)}
    views = {str(i): {"fid_list": [i]} for i in range(1, len(SIZES) + 1)}
    options = {str(i): name for i, name in enumerate(CLASSES)}
    attributes = {"1": {"aname": "class", "type": 4, "options": options}, "2": {"aname": "score", "type": 1}}
    metadata = {
        f"{i}_x": {
            "vid": str(list(SIZES).index(one.stem) + 1),
            "z": [],
            "xy": [2, *xywh(one)],
            "av": {"1": str(CLASSES.index(one.name)), **({"2": str(one.score)} if one.score else {})},
        }
        for i, one in enumerate(things)
    }
    project = {"pname": "x", "vid_list": list(views)}
    document = {"project": project, "config": {}, "attribute": attributes, "file": files}
    return write(folder / "via3.json", {**document, "metadata": metadata, "view": views})


def supervisely(folder: Path, things: Things) -> Path:
    project = folder / "project"
    (project / "val" / "ann").mkdir(parents=True)
    classes = [{"title": name, "shape": "rectangle", "color": "#0F8A46"} for name in CLASSES]
    write(project / "meta.json", {"classes": classes, "tags": []})
    for stem, (width, height) in SIZES.items():
        objects = [
            {
                "id": i,
                "classTitle": one.name,
                "geometryType": "rectangle",
                "tags": [{"name": "confidence", "value": one.score}] if one.score else [],
                "points": {"exterior": [list(one.box[:2]), list(one.box[2:])], "interior": []},
            }
            for i, one in enumerate(of(stem, things))
        ]
        size = {"height": height, "width": width}
        content = {"description": "", "tags": [], "size": size, "objects": objects}
        write(project / "val" / "ann" / f"{stem}.png.json", content)
    return project


def datumaro(folder: Path, things: Things) -> Path:
    (folder / "annotations").mkdir()
    items = [
        {
            "id": stem,
            "annotations": [
                {
                    "id": i,
                    "type": "bbox",
                    "attributes": {"occluded": False, **scored(one)},
                    "group": 0,
                    "label_id": CLASSES.index(one.name),
                    "z_order": 0,
                    "bbox": xywh(one),
                }
                for i, one in enumerate(of(stem, things))
            ],
            "attr": {"frame": i},
            "image": {"size": [height, width], "path": f"{stem}.png"},
        }
        for i, (stem, (width, height)) in enumerate(SIZES.items())
    ]
    labels = [{"name": name, "parent": "", "attributes": []} for name in CLASSES]
    categories = {"label": {"labels": labels, "attributes": ["occluded"]}}
    return write(
        folder / "annotations" / "default.json", {"info": {}, "categories": categories, "items": items}
    )


def ultralytics_json(folder: Path, things: Things) -> Path:
    place = folder / "json"
    place.mkdir()
    for stem in SIZES:
        detections = [
            {
                "name": one.name,
                "class": CLASSES.index(one.name),
                "confidence": one.score,
                "box": dict(zip(("x1", "y1", "x2", "y2"), one.box, strict=True)),
            }
            for one in of(stem, things)
        ]
        write(place / f"{stem}.json", detections)
    return place


def sam(folder: Path, things: Things) -> Path:
    """Without classes, and with masks that fill their boxes."""
    place = folder / "sam"
    place.mkdir()
    for i, (stem, (width, height)) in enumerate(SIZES.items()):
        annotations = []
        for j, one in enumerate(of(stem, things)):
            x, y, w, h = xywh(one)
            annotations.append(
                {
                    "id": 100 * i + j,
                    "segmentation": {"size": [height, width], "counts": _runs(one)},
                    "bbox": [x, y, w, h],
                    "area": w * h,
                    "predicted_iou": one.score or 0.5,
                    "crop_box": [0, 0, width, height],
                    "point_coords": [[x, y]],
                }
            )
        image = {"image_id": i, "file_name": f"{stem}.png", "width": width, "height": height}
        write(place / f"sa_{i}.json", {"image": image, "annotations": annotations})
    return place


def _runs(one: Thing) -> list[int]:
    width, height = SIZES[one.stem]
    x, y, w, h = xywh(one)
    runs = [x * height + y, *[h, height - h] * (w - 1), h]
    return [*runs, width * height - sum(runs)]


def panoptic(folder: Path, things: Things) -> Path:
    """The segments cover one another where boxes do."""
    (folder / "panoptic").mkdir()
    annotations = []
    for i, (stem, (width, height)) in enumerate(SIZES.items(), 1):
        ids = np.zeros((height, width, 3), np.uint8)
        segments = []
        for j, one in enumerate(of(stem, things)):
            left, top, right, bottom = one.box
            ids[top:bottom, left:right] = (j, 1, 0)
            segment = {"id": 256 + j, "category_id": CLASSES.index(one.name) + 1, "bbox": xywh(one)}
            area = (right - left) * (bottom - top)
            segments.append({**segment, "area": area, "iscrowd": int(one.crowd), **scored(one)})
        Image.fromarray(ids).save(folder / "panoptic" / f"{stem}.png")
        annotations.append({"image_id": i, "file_name": f"{stem}.png", "segments_info": segments})
    tables = {
        "images": [
            {"id": i, "file_name": f"{stem}.png", "width": w, "height": h}
            for i, (stem, (w, h)) in enumerate(SIZES.items(), 1)
        ],
        "categories": [{"id": i, "name": name, "isthing": 1} for i, name in enumerate(CLASSES, 1)],
    }
    return write(folder / "panoptic.json", {**tables, "annotations": annotations})


def class_text(folder: Path, things: Things) -> Path:
    place = folder / "text"
    place.mkdir()
    for stem in SIZES:
        lines = [[one.name, *([one.score] if one.score else []), *one.box] for one in of(stem, things)]
        write(place / f"{stem}.txt", "".join(" ".join(map(str, line)) + "\n" for line in lines))
    return place


def class_text_sized(folder: Path, things: Things) -> Path:
    """With width and height instead of right and bottom, as some tools write it."""
    place = folder / "text"
    place.mkdir()
    for stem in SIZES:
        lines = [[one.name, *([one.score] if one.score else []), *xywh(one)] for one in of(stem, things)]
        write(place / f"{stem}.txt", "".join(" ".join(map(str, line)) + "\n" for line in lines))
    return place


def class_text_relative(folder: Path, things: Things) -> Path:
    """As fractions of the image, centre first."""
    place = folder / "text"
    place.mkdir()
    for stem, (width, height) in SIZES.items():
        lines = []
        for one in of(stem, things):
            x, y, w, h = xywh(one)
            box = [(x + w / 2) / width, (y + h / 2) / height, w / width, h / height]
            lines.append([one.name, *([one.score] if one.score else []), *box])
        write(place / f"{stem}.txt", "".join(" ".join(map(str, line)) + "\n" for line in lines))
    return place


def _hugging_face(things: Things) -> list[dict[str, Any]]:
    rows = []
    for stem, (width, height) in SIZES.items():
        own = of(stem, things)
        objects: dict[str, list[Any]] = {
            "bbox": [xywh(one) for one in own],
            "category": [one.name for one in own],
        }
        if things[0].score:
            objects["score"] = [one.score for one in own]
        rows.append({"file_name": f"{stem}.png", "width": width, "height": height, "objects": objects})
    return rows


def hugging_face(folder: Path, things: Things) -> Path:
    lines = [json.dumps(row) + "\n" for row in _hugging_face(things)]
    return write(folder / "metadata.jsonl", "".join(lines))


def hugging_face_parquet(folder: Path, things: Things) -> Path:
    source = hugging_face(folder, things)
    target = folder / "rows.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_json('{source}')) TO '{target}' (FORMAT parquet)")
    return target


def torchmetrics(folder: Path, things: Things) -> Path:
    def told(stem: str) -> dict[str, Any]:
        own = of(stem, things)
        scores = {"scores": [one.score for one in own]} if things[0].score else {}
        return {"boxes": [one.box for one in own], "labels": [one.name for one in own], **scores}

    return write(folder / "preds.json", {f"{stem}.png": told(stem) for stem in SIZES})


def torchmetrics_list(folder: Path, things: Things) -> Path:
    found = json.loads(torchmetrics(folder, things).read_text())
    return write(folder / "preds.json", [{"file_name": name, **value} for name, value in found.items()])


def box_column(folder: Path, things: Things) -> Path:
    head = "image_id,width,height,bbox,class" + (",confidence" if things[0].score else "")
    lines = [head]
    for one in things:
        width, height = SIZES[one.stem]
        score = f",{one.score}" if one.score else ""
        lines.append(f'{one.stem},{width},{height},"{xywh(one)}",{one.name}{score}')
    return write(folder / "train.csv", "\n".join(lines) + "\n")


def prediction_table(folder: Path, things: Things) -> Path:
    columns = ["image", "label", "x1", "y1", "x2", "y2", *(["score"] if things[0].score else [])]
    data = [[f"{one.stem}.png", one.name, *one.box, *([one.score] if one.score else [])] for one in things]
    return write(folder / "table.json", {"columns": columns, "data": data})


def logged_table(folder: Path, things: Things) -> Path:
    """As Weights & Biases logs images with boxes, in fractions of the image."""
    (folder / "media").mkdir()
    rows = []
    for i, (stem, (width, height)) in enumerate(SIZES.items()):
        data = []
        for one in of(stem, things):
            left, top, right, bottom = one.box
            x, y = (
                {"minX": left / width, "maxX": right / width},
                {"minY": top / height, "maxY": bottom / height},
            )
            scores = {"scores": {"score": one.score}} if one.score else {}
            data.append({"position": {**x, **y}, "class_id": CLASSES.index(one.name), **scores})
        labels = {str(k): name for k, name in enumerate(CLASSES)}
        write(folder / "media" / f"{i}.boxes2D.json", {"box_data": data, "class_labels": labels})
        boxes = {"predictions": {"_type": "boxes2D", "path": f"media/{i}.boxes2D.json"}}
        picture = {
            "_type": "image-file",
            "path": f"media/images/{stem}.png",
            "width": width,
            "height": height,
        }
        rows.append([i, {**picture, "boxes": boxes}])
    return write(folder / "x.table.json", {"columns": ["id", "image"], "data": rows})


def mot(folder: Path, things: Things) -> Path:
    """The images of a sequence are called by their numbers, so those of `made` are linked to such names."""
    place = folder / "seq" / ("det" if things[0].score else "gt")
    place.mkdir(parents=True)
    write(place / "labels.txt", "".join(f"{name}\n" for name in CLASSES))
    lines = []
    for k, stem in enumerate(SIZES, 1):
        for i, one in enumerate(of(stem, things)):
            flag = one.score or int(not one.crowd)
            box = ",".join(map(str, xywh(one)))
            lines.append(f"{k},{i},{box},{flag},{CLASSES.index(one.name) + 1},1\n")
    return write(place / f"{place.name}.txt", "".join(lines)).parent.parent


WRITERS: dict[str, Writer] = {
    "cvat": cvat,
    "labelme": labelme,
    "label-studio": label_studio,
    "label-studio min": label_studio_min,
    "createml": createml,
    "via": via,
    "via csv": via_csv,
    "via third": via_third,
    "supervisely": supervisely,
    "datumaro": datumaro,
    "coco-panoptic": panoptic,
    "class-text": class_text,
    "class-text sized": class_text_sized,
    "class-text relative": class_text_relative,
    "huggingface": hugging_face,
    "huggingface parquet": hugging_face_parquet,
    "torchmetrics": torchmetrics,
    "torchmetrics list": torchmetrics_list,
    "box-column": box_column,
    "prediction-table": prediction_table,
    "prediction-table logged": logged_table,
}
"""Formats of labels and inferences."""
RESULTS: dict[str, Writer] = {**WRITERS, "ultralytics-json": ultralytics_json}


def with_images(writer: Writer, things: Things = made.LABELS) -> Callable[[Path], Path]:
    """Writes a set with its images beside it."""

    def both(folder: Path) -> Path:
        made.images(folder / "images")
        return writer(folder, things)

    return both
