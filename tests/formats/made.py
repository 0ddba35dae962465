"""One detection set, written as each format has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tests.ingest.files import write

SIZES = {"street_01": (200, 100), "street_02": (160, 120), "street_03": (120, 80)}
CLASSES = ("car", "cyclist", "van")


@dataclass(frozen=True)
class Thing:
    """An object; edges in whole pixels, right and bottom exclusive."""

    stem: str
    name: str
    box: tuple[int, int, int, int]
    crowd: bool = False
    score: float = 0.0


LABELS = (
    Thing("street_01", "car", (10, 20, 60, 50)),
    Thing("street_01", "van", (100, 8, 190, 88)),
    Thing("street_02", "cyclist", (4, 6, 20, 66)),
    Thing("street_02", "car", (80, 60, 160, 120), crowd=True),
)
RESULTS = (
    Thing("street_01", "car", (12, 20, 62, 50), score=0.9),
    Thing("street_01", "cyclist", (100, 8, 190, 88), score=0.25),
    Thing("street_02", "cyclist", (4, 6, 20, 64), score=0.5),
    Thing("street_03", "van", (40, 40, 60, 72), score=0.125),
)


def images(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for stem, size in SIZES.items():
        Image.new("RGB", size).save(folder / f"{stem}.png")
    return folder


def coco_labels(folder: Path) -> Path:
    ids = {stem: i for i, stem in enumerate(SIZES, 1)}
    tables: dict[str, list[Any]] = {
        "images": [
            {"id": ids[stem], "file_name": f"{stem}.png", "width": w, "height": h}
            for stem, (w, h) in SIZES.items()
        ],
        "categories": [{"id": i, "name": name} for i, name in enumerate(CLASSES, 1)],
        "annotations": [
            {
                "id": i,
                "image_id": ids[one.stem],
                "category_id": CLASSES.index(one.name) + 1,
                "bbox": _xywh(one),
                "iscrowd": int(one.crowd),
            }
            for i, one in enumerate(LABELS, 1)
        ],
    }
    images(folder)
    return write(folder / "coco.json", tables)


def coco_results(path: Path, things: Sequence[Thing] = RESULTS) -> Path:
    ids = {stem: i for i, stem in enumerate(SIZES, 1)}
    rows = [
        {
            "image_id": ids[one.stem],
            "category_id": CLASSES.index(one.name) + 1,
            "bbox": _xywh(one),
            "score": one.score,
        }
        for one in things
    ]
    return write(path, rows)


def ultralytics_results(path: Path, offset: int = 0, things: Sequence[Thing] = RESULTS) -> Path:
    rows = [
        {
            "image_id": one.stem,
            "file_name": f"{one.stem}.png",
            "category_id": CLASSES.index(one.name) + offset,
            "bbox": _xywh(one),
            "score": one.score,
        }
        for one in things
    ]
    return write(path, rows)


def yolo_labels(folder: Path) -> Path:
    images(folder / "images" / "val")
    yolo_files(folder / "labels" / "val", LABELS)
    names = "".join(f"  {i}: {name}\n" for i, name in enumerate(CLASSES))
    return write(folder / "data.yaml", f"path: .\ntrain: images/train\nval: images/val\nnames:\n{names}")


def yolo_files(folder: Path, things: Sequence[Thing], first: bool = False) -> Path:
    """Text files; with scores where things have any, after the class if `first`."""
    lines: dict[str, list[str]] = {}
    for one in things:
        width, height = SIZES[one.stem]
        left, top, right, bottom = one.box
        centre = [(left + right) / 2 / width, (top + bottom) / 2 / height]
        columns = [*centre, (right - left) / width, (bottom - top) / height]
        if one.score:
            columns.insert(0 if first else 4, one.score)
        index = CLASSES.index(one.name)
        lines.setdefault(one.stem, []).append(" ".join([str(index), *(f"{v:.6f}" for v in columns)]))
    return _text_files(folder, lines)


def kitti_files(folder: Path, things: Sequence[Thing]) -> Path:
    lines: dict[str, list[str]] = {stem: [] for stem in SIZES}
    for one in things:
        box = " ".join(f"{edge:.2f}" for edge in one.box)
        score = f" {one.score}" if one.score else ""
        lines[one.stem].append(f"{one.name} 0.00 0 -1.57 {box} 1.5 1.6 3.9 1.0 2.0 30.0 -1.5{score}")
    return _text_files(folder, lines)


def voc_files(folder: Path, things: Sequence[Thing], offset: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for stem, (width, height) in SIZES.items():
        objects = "".join(_voc_object(one, offset) for one in things if one.stem == stem)
        size = f"<size><width>{width}</width><height>{height}</height><depth>3</depth></size>"
        head = f"<filename>{stem}.png</filename>{size}"
        write(folder / f"{stem}.xml", f"<annotation>{head}{objects}</annotation>")
    return folder


def _voc_object(one: Thing, offset: int) -> str:
    left, top, right, bottom = one.box
    score = f"<confidence>{one.score}</confidence>" if one.score else ""
    edges = {"ymin": top + offset, "xmin": left + offset, "xmax": right, "ymax": bottom}
    box = "".join(f"<{key}>{value}</{key}>" for key, value in edges.items())
    return (
        f"<object><bndbox>{box}</bndbox><difficult>{int(one.crowd)}</difficult>"
        f"<name>{one.name}</name><pose>Left</pose>{score}</object>"
    )


def _text_files(folder: Path, lines: dict[str, list[str]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for stem, rows in lines.items():
        write(folder / f"{stem}.txt", "".join(f"{row}\n" for row in rows))
    return folder


def _xywh(one: Thing) -> list[int]:
    left, top, right, bottom = one.box
    return [left, top, right - left, bottom - top]
