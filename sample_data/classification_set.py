"""The classification set: crops of single objects, their classes, and what two simulated classifiers say."""

from pathlib import Path

from classifier import BASE, OTHER, classify
from drives import Shot
from files import save_jpeg, save_lines
from painter.canvas import Extent
from painter.finish import H, W
from painter.scene import Object, Scene
from PIL import Image

MODELS = {"model_a": BASE, "model_b": OTHER}
SIDE = 96
EACH = 20
SMALLEST = 30.0
QUALITY = 80


class ClassificationSet:
    """Collects crops from frames, at most one of each class per frame, and writes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "images").mkdir(parents=True, exist_ok=True)
        self.rows: list[tuple[str, str, bool]] = []

    def add(self, shot: Shot, scene: Scene) -> None:
        """Write the crops of one frame: at most one per class."""
        taken: set[str] = set()
        for thing in reversed(scene.objects):
            if thing.kind in taken or not self._wanted(thing):
                continue
            taken.add(thing.kind)
            name = f"{shot.moment.number:04d}_{len(taken)}.jpg"
            crop = scene.image.crop(_square(thing.box)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            save_jpeg(crop, self.folder / "images" / name, QUALITY)
            self.rows.append((name, thing.kind, shot.moment.time_of_day == "night"))

    def _wanted(self, thing: Object) -> bool:
        left, top, right, bottom = thing.box
        whole = thing.kind != "crowd" and thing.seen > 0.75 and top > 0
        clear = whole and max(right - left, bottom - top) > SMALLEST
        return clear and sum(kind == thing.kind for _, kind, _ in self.rows) < EACH

    def save(self) -> None:
        """Write the labels and the inferences."""
        labels = [f"{name},{kind}" for name, kind, _ in self.rows]
        save_lines(self.folder / "labels.csv", ["file,class", *labels])
        for model, manner in MODELS.items():
            lines = ["file,class,confidence"]
            for number, (name, kind, night) in enumerate(self.rows):
                inferred, confidence = classify(kind, number, manner, night=night)
                lines.append(f"{name},{inferred},{confidence}")
            save_lines(self.folder / f"{model}.csv", lines)


def _square(box: Extent) -> tuple[int, int, int, int]:
    """Return the square around a box with a quarter to spare, moved into the frame."""
    left, top, right, bottom = box
    side = min(H, int(1.25 * max(right - left, bottom - top)) + 1)
    x = min(max(0, int((left + right - side) / 2)), W - side)
    y = min(max(0, int((top + bottom - side) / 2)), H - side)
    return x, y, x + side, y + side
