"""One small detection set, written in many formats."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from PIL import Image

from tests.ingest.files import Json, write

SIZES = {"a1": (64, 48), "b2": (100, 40), "c3": (32, 32)}
CLASSES = ("bus", "car", "person")
Box = tuple[float, float, float, float]


class Object(NamedTuple):
    """One object: stem of its image, class, corners in pixels, whether a crowd, confidence."""

    image: str
    name: str
    box: Box
    crowd: bool = False
    score: float = 1.0


LABELS = (
    Object("a1", "car", (4, 6, 20, 30)),
    Object("a1", "person", (30.5, 10.25, 40, 44)),
    Object("c3", "bus", (0, 0, 32, 16), crowd=True),
    Object("c3", "car", (8, 8, 24, 24)),
)
"""The image b2 has none."""
INFERENCES = (
    Object("a1", "car", (5, 6, 20, 31), score=0.9),
    Object("b2", "person", (50, 10, 75, 30), score=0.25),
    Object("c3", "bus", (8, 8, 24, 24), score=0.5),
)


def images(folder: Path) -> Path:
    """The images, in a folder of their own."""
    place = folder / "images"
    place.mkdir()
    for stem, size in SIZES.items():
        Image.new("RGB", size).save(place / f"{stem}.png")
    return place


def xywh(one: Object) -> list[float]:
    left, top, right, bottom = one.box
    return [left, top, right - left, bottom - top]


def parts(one: Object) -> Box:
    """Corners in parts of the image."""
    width, height = SIZES[one.image]
    left, top, right, bottom = one.box
    return left / width, top / height, right / width, bottom / height


def of(stem: str, objects: tuple[Object, ...]) -> list[Object]:
    return [one for one in objects if one.image == stem]


def coco_labels(folder: Path) -> Path:
    content = {
        "images": [
            {"id": stem, "file_name": f"{stem}.png", "width": width, "height": height}
            for stem, (width, height) in SIZES.items()
        ],
        "annotations": [
            {
                "image_id": one.image,
                "category_id": CLASSES.index(one.name) + 1,
                "bbox": xywh(one),
                "iscrowd": int(one.crowd),
            }
            for one in LABELS
        ],
        "categories": [{"id": i, "name": name} for i, name in enumerate(CLASSES, 1)],
    }
    return write(folder / "coco.json", content)


def coco_inferences(folder: Path) -> Path:
    return write(folder / "results.json", [_result(one) for one in INFERENCES])


def _result(one: Object, **more: Any) -> Json:
    id_ = CLASSES.index(one.name) + 1
    return {"image_id": one.image, "category_id": id_, "bbox": xywh(one), "score": one.score, **more}


def _bdd(objects: tuple[Object, ...], scored: bool) -> list[Json]:
    def told(one: Object) -> Json:
        box = dict(zip(("x1", "y1", "x2", "y2"), one.box, strict=True))
        more = {"score": one.score} if scored else {"attributes": {"crowd": one.crowd}}
        return {"category": one.name, "box2d": box, **more}

    return [
        {
            "name": f"{stem}.png",
            "attributes": {"weather": "rainy", "scene": "highway", "timeofday": "night"},
            "labels": [told(one) for one in of(stem, objects)] or None,
        }
        for stem in SIZES
    ]


def bdd_labels(folder: Path) -> Path:
    return write(folder / "bdd.json", _bdd(LABELS, scored=False))


def bdd_inferences(folder: Path) -> Path:
    return write(folder / "bdd.json", {"frames": _bdd(INFERENCES, scored=True)})


def _detection(one: Object, scored: bool, label: Any) -> Json:
    left, top, right, bottom = parts(one)
    box = [left, top, right - left, bottom - top]
    more = {"confidence": one.score} if scored else {"attributes": {"iscrowd": one.crowd}}
    return {"label": label, "bounding_box": box, **more}


def _by_stem(folder: Path, objects: tuple[Object, ...], scored: bool) -> Path:
    labels = {
        stem: [_detection(one, scored, CLASSES.index(one.name)) for one in of(stem, objects)] or None
        for stem in SIZES
    }
    return write(folder / "labels.json", {"classes": CLASSES, "labels": labels})


def fiftyone_labels(folder: Path) -> Path:
    return _by_stem(folder, LABELS, scored=False)


def fiftyone_inferences(folder: Path) -> Path:
    return _by_stem(folder, INFERENCES, scored=True)


def fiftyone_dataset(folder: Path) -> Path:
    """Labels and a model's inferences in one samples.json."""

    def field(objects: tuple[Object, ...], scored: bool) -> Json:
        found = [_detection(one, scored, one.name) for one in objects]
        return {
            "_cls": "Detections",
            "detections": [{"_cls": "Detection", "tags": [], **one} for one in found],
        }

    samples = [
        {
            "filepath": f"images/{stem}.png",
            "tags": [],
            "metadata": {"_cls": "ImageMetadata", "width": width, "height": height},
            "_media_type": "image",
            "ground_truth": field(tuple(of(stem, LABELS)), scored=False),
            "model": field(tuple(of(stem, INFERENCES)), scored=True),
        }
        for stem, (width, height) in SIZES.items()
    ]
    return write(folder / "samples.json", {"samples": samples})


def _table(path: Path, rows: list[Json]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _open_images(folder: Path, objects: tuple[Object, ...]) -> Path:
    described = "".join(f"/m/{i},{name}\n" for i, name in enumerate(CLASSES))
    write(folder / "class-descriptions-boxable.csv", described)
    rows = []
    for one in objects:
        left, top, right, bottom = parts(one)
        head = {"ImageID": one.image, "Source": "x", "LabelName": f"/m/{CLASSES.index(one.name)}"}
        box = {"Confidence": one.score, "XMin": left, "XMax": right, "YMin": top, "YMax": bottom}
        rows.append({**head, **box, "IsGroupOf": int(one.crowd)})
    return _table(folder / "boxes.csv", rows)


def open_images_labels(folder: Path) -> Path:
    return _open_images(folder, LABELS)


def open_images_inferences(folder: Path) -> Path:
    return _open_images(folder, INFERENCES)


def plain_labels(folder: Path) -> Path:
    rows = [{"image": one.image, "class": one.name, **_corners(one), "iscrowd": one.crowd} for one in LABELS]
    nothing = dict.fromkeys(rows[0], "")
    return _table(folder / "plain.csv", [rows[0], rows[1], {**nothing, "image": "b2"}, *rows[2:]])


def _corners(one: Object) -> Json:
    return dict(zip(("left", "top", "right", "bottom"), one.box, strict=True))


def plain_inferences(folder: Path) -> Path:
    rows = [
        {
            "file_name": f"{one.image}.png",
            "label": one.name,
            **dict(zip(("x", "y", "width", "height"), xywh(one), strict=True)),
            "score": one.score,
        }
        for one in INFERENCES
    ]
    return _table(folder / "plain.csv", rows)


def _as_parquet(path: Path) -> Path:
    target = path.with_suffix(".parquet")
    duckdb.read_csv(str(path)).write_parquet(str(target))
    return target


def parquet_labels(folder: Path) -> Path:
    return _as_parquet(plain_labels(folder))


def parquet_inferences(folder: Path) -> Path:
    return _as_parquet(plain_inferences(folder))


def mmdet_inferences(folder: Path) -> Path:
    """As a list with the image's path and arrays side by side."""
    return write(folder / "mmdet.json", [{"img_path": f"/x/{stem}.png", **_arrays(stem)} for stem in SIZES])


def _arrays(stem: str) -> Json:
    objects = of(stem, INFERENCES)
    arrays = {
        "bboxes": [one.box for one in objects],
        "labels": [CLASSES.index(one.name) for one in objects],
        "scores": [one.score for one in objects],
    }
    return {"pred_instances": arrays}


def mmdet_folder(folder: Path) -> Path:
    """As a file an image, called like it."""
    place = folder / "preds"
    place.mkdir()
    for stem in SIZES:
        write(place / f"{stem}.json", _arrays(stem)["pred_instances"])
    return place


def detectron2_inferences(folder: Path) -> Path:
    """As records with a mode of their box."""
    records = [_result(one, bbox_mode=1) for one in INFERENCES]
    records[0] |= {"bbox": INFERENCES[0].box, "bbox_mode": 0}
    return write(folder / "d2.json", records)


def detectron2_instances(folder: Path) -> Path:
    """As a list of instances an image."""
    entries = [
        {"image_id": stem, "instances": [_result(one) for one in of(stem, INFERENCES)]} for stem in SIZES
    ]
    return write(folder / "d2.json", json.loads(json.dumps(entries)))


Writer = Callable[[Path], Path]
