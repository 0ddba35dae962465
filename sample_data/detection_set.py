"""The detection set: frames, COCO instances and the COCO results of two simulated detectors."""

from pathlib import Path

from detector import BASE, OTHER, Character, Find, detect
from drives import Shot
from files import Record, save_jpeg, save_json
from painter.canvas import Extent
from painter.finish import H, W
from painter.scene import Scene

CATEGORIES = {"pedestrian": 1, "cyclist": 2, "car": 3, "van": 5, "truck": 8, "traffic light": 10}
GROUPS = {"pedestrian": "person", "cyclist": "person", "traffic light": "signal"}
MODELS = {"model_a": BASE, "model_b": OTHER}
QUALITY = 76
FIRST_ID = 1001


class DetectionSet:
    """Writes the set frame by frame; the JSON files at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "images").mkdir(parents=True, exist_ok=True)
        self.images: list[Record] = []
        self.annotations: list[Record] = []
        self.results: dict[str, list[Record]] = {name: [] for name in MODELS}

    def add(self, shot: Shot, scene: Scene) -> None:
        """Write the image of one frame and keep its records."""
        save_jpeg(scene.image, self.folder / "images" / shot.file_name, QUALITY)
        self.images.append(_image(shot))
        self.annotations.extend(_annotations(scene, FIRST_ID + len(self.annotations)))
        for name, character in MODELS.items():
            self.results[name].extend(_results(scene, character))

    def save(self) -> None:
        """Write labels and results."""
        categories: list[Record] = [
            {"id": number, "name": name, "supercategory": GROUPS.get(name, "vehicle")}
            for name, number in CATEGORIES.items()
        ]
        info = {"description": "made street scenes", "version": "1.0"}
        members = {
            "info": info,
            "categories": categories,
            "images": self.images,
            "annotations": self.annotations,
        }
        save_json(self.folder / "labels.json", members)
        for name, rows in self.results.items():
            save_json(self.folder / f"{name}.json", rows)


def _image(shot: Shot) -> Record:
    moment = shot.moment
    return {
        "id": moment.number,
        "file_name": shot.file_name,
        "width": W,
        "height": H,
        "camera": moment.camera,
        "captured_at": shot.captured_at.isoformat(),
        "speed_kmh": shot.speed_kmh,
        "time_of_day": moment.time_of_day,
        "weather": moment.weather,
    }


def _annotations(scene: Scene, first: int) -> list[Record]:
    rows: list[Record] = []
    for thing in scene.objects:
        crowd = thing.kind == "crowd"
        left, top, right, bottom = thing.box
        rows.append(
            {
                "id": first + len(rows),
                "image_id": scene.moment.number,
                "category_id": CATEGORIES["pedestrian" if crowd else thing.kind],
                "bbox": _bbox(thing.box),
                "area": round((right - left) * (bottom - top), 2),
                "iscrowd": int(crowd),
                "occlusion": round(1 - thing.seen, 2),
            }
        )
    return rows


def _results(scene: Scene, character: Character) -> list[Record]:
    def row(find: Find) -> Record:
        return {
            "image_id": scene.moment.number,
            "category_id": CATEGORIES[find.kind],
            "bbox": _bbox(find.box),
            "score": find.score,
        }

    return [row(find) for find in detect(scene, character)]


def _bbox(box: Extent) -> list[float]:
    left, top, right, bottom = box
    return [round(value, 2) for value in (left, top, right - left, bottom - top)]
