"""A dataset small enough to count by hand, in a store of its own.

frame  label                base says            other says
f1     A cyclist            pedestrian .90       cyclist .95         fixed
f1     B car                car .80              car .85             both right
f1     –                    –                    pedestrian .60      new spurious
f2     C pedestrian         pedestrian .70       cyclist .80         broken
f2     D car                car .90              –                   broken (missed)
f3     E cyclist            pedestrian .50       pedestrian .65      same error
f4     no labels and no inferences
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from aquarium_tui.model.arrays import areas
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store

CLASSES = ("car", "cyclist", "pedestrian")
PARENT = "traffic"
SIZE = (400, 200)
Box = tuple[int, int, int, int]
A, B, C, D, E, F = (
    (20, 20, 100, 120),
    (160, 40, 280, 120),
    (40, 40, 80, 160),
    (200, 60, 320, 140),
    (60, 30, 120, 150),
    (320, 100, 360, 180),
)
LABELS = [
    (0, A, "cyclist", 0),
    (0, B, "car", 0),
    (1, C, "pedestrian", 0),
    (1, D, "car", 0),
    (2, E, "cyclist", 0),
]
BASE = [
    (0, A, "pedestrian", 0.90),
    (0, B, "car", 0.80),
    (1, C, "pedestrian", 0.70),
    (1, D, "car", 0.90),
    (2, E, "pedestrian", 0.50),
]
OTHER = [
    (0, A, "cyclist", 0.95),
    (0, B, "car", 0.85),
    (0, F, "pedestrian", 0.60),
    (1, C, "cyclist", 0.80),
    (2, E, "pedestrian", 0.65),
]
CHOSEN = Choice("street", "val", "model_a", "model_b")
Made = Sequence[tuple[int, Box, str, float]]


def make_store(root: Path, sets: Sequence[str] = ("model_a", "model_b")) -> Store:
    """A store that holds `street/val` with those of its sets."""
    images = root / "images"
    images.mkdir(parents=True)
    for number in range(4):
        _draw(images / f"f{number + 1}.png", [box for frame, box, _, _ in LABELS if frame == number])
    classes = ClassMap(tuple(ClassEntry(i + 1, name, parent=PARENT) for i, name in enumerate(CLASSES)))
    frames = Frames(
        id=Text.from_words([f"f{i + 1}" for i in range(4)]),
        path=Text.from_words([f"f{i + 1}.png" for i in range(4)]),
        width=np.full(4, SIZE[0], np.int32),
        height=np.full(4, SIZE[1], np.int32),
        metadata={"time_of_day": Text.from_values(["day", "night", "night", "day"])},
    )
    dataset = Dataset(Project("street", class_map=classes), "val", frames, objects(LABELS, True), str(images))
    store = Store(root / "home")
    store.add_dataset(dataset)
    for name in sets:
        store.add_inferences(
            dataset, InferenceSet(name, objects(BASE if name == "model_a" else OTHER, False))
        )
    return store


def objects(made: Made, labels: bool) -> Objects:
    frame = np.array([m[0] for m in made], np.int64)
    box = np.array([m[1] for m in made], np.float64).reshape(-1, 4)
    n = len(made)
    return Objects(
        starts=starts_of(frame, 4),
        class_index=np.array([CLASSES.index(m[2]) for m in made], np.int32),
        box=box,
        confidence=np.zeros(0) if labels else np.array([m[3] for m in made], np.float64),
        crowd=np.zeros(n if labels else 0, bool),
        area=areas(box) if labels else np.zeros(0),
        id=Text.from_words([str(i) for i in range(n)]) if labels else None,
    )


def _draw(path: Path, boxes: Sequence[Box]) -> None:
    image = Image.new("RGB", SIZE, (70, 90, 110))
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=(180, 120, 60))
    image.save(path)
