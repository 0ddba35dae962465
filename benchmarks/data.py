"""A made dataset of COCO val2017's size and habits: 5,000 frames, 37,000 labels, 100 inferences a frame."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.ingest.object_masks import counts_of
from aquarium_tui.model.boxes import Boxes, areas
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of

WIDTH, HEIGHT, CLASSES = 640, 480, 80
Generator = np.random.Generator

_CORNERS = np.linspace(0, 2 * np.pi, 24, endpoint=False)


def dataset(frames: int = 5_000, seed: int = 0) -> Dataset:
    """A labelled set whose counts of labels, classes and sizes are spread as in COCO."""
    rng = np.random.default_rng(seed)
    counts = np.minimum(rng.geometric(1 / 7.4, frames), 90)
    frame = np.repeat(np.arange(frames), counts)
    n = len(frame)
    box = _boxes(rng, n)
    labels = Objects(
        starts=starts_of(frame, frames),
        class_index=_classes(rng, n),
        box=box,
        confidence=np.zeros(0),
        crowd=rng.random(n) < 0.012,
        area=areas(box) * 0.6,
        id=Text.from_words([str(i) for i in range(n)]),
    )
    classes = ClassMap(tuple(ClassEntry(i + 1, f"class {i}") for i in range(CLASSES)))
    return Dataset(Project("bench", class_map=classes), "val", _frames(rng, frames), labels)


def inferences(data: Dataset, name: str, seed: int, per_frame: int = 100) -> InferenceSet:
    """A set that finds most labels, some loosely or as another class, and many faint boxes beside them."""
    rng = np.random.default_rng(seed)
    labels, frames = data.labels, len(data.frames)
    found = np.flatnonzero(rng.random(len(labels)) < 0.8)
    n = frames * per_frame
    faint = max(n - 2 * len(found), 0)
    frame = np.concatenate([labels.frame[found], labels.frame[found], rng.integers(0, frames, faint)])
    class_index = np.concatenate([labels.class_index[found], labels.class_index[found], _classes(rng, faint)])
    mistaken = rng.random(len(class_index)) < 0.15
    class_index[mistaken] = _classes(rng, int(mistaken.sum()))
    near = [_jitter(rng, labels.box[found], by) for by in (0.05, 0.2)]
    box = np.concatenate([*near, _boxes(rng, faint)])
    confidence = np.concatenate(
        [rng.beta(5, 2, len(found)), rng.beta(1, 6, len(found)), rng.beta(0.4, 10, faint)]
    ).round(5)
    order = np.lexsort((-confidence, frame))
    objects = Objects(
        starts=starts_of(frame, frames),
        class_index=class_index[order].astype(np.int32),
        box=box[order],
        confidence=confidence[order],
        crowd=np.zeros(0, bool),
        area=np.zeros(0),
    )
    return InferenceSet(name, objects)


def _frames(rng: Generator, frames: int) -> Frames:
    night = Text.from_words(["day", "dusk", "night"], rng.integers(0, 3, frames).astype(np.int32))
    speed = Values("number", rng.gamma(4, 10, frames).round(1), rng.random(frames) < 0.01)
    return Frames(
        id=Text.from_words([str(139 + 7 * i) for i in range(frames)]),
        path=Text.from_words([f"{139 + 7 * i:012}.jpg" for i in range(frames)]),
        width=np.full(frames, WIDTH, np.int32),
        height=np.full(frames, HEIGHT, np.int32),
        metadata={"time_of_day": night, "speed": speed},
    )


def _classes(rng: Generator, n: int) -> NDArray[np.int32]:
    """COCO's classes are skewed: `person` alone has 30 %."""
    return np.minimum(rng.geometric(0.08, n) - 1, CLASSES - 1).astype(np.int32) * (rng.random(n) > 0.3)


def _boxes(rng: Generator, n: int) -> Boxes:
    size = np.minimum(rng.lognormal(3.9, 0.95, (n, 2)), (WIDTH, HEIGHT))
    corner = rng.random((n, 2)) * ((WIDTH, HEIGHT) - size)
    return np.concatenate([corner, corner + size], axis=1).round(2)


def _jitter(rng: Generator, box: Boxes, by: float) -> Boxes:
    size = np.tile(box[:, 2:] - box[:, :2], 2)
    return np.asarray((box + rng.normal(0, by, box.shape) * size).round(2))


def masked(objects: Objects) -> Objects:
    """The objects with the ellipse in each box as its mask."""
    middle, half = (
        (objects.box[:, :2] + objects.box[:, 2:]) / 2,
        (objects.box[:, 2:] - objects.box[:, :2]) / 2,
    )
    around = np.stack([np.cos(_CORNERS), np.sin(_CORNERS)], axis=1)
    points = middle[:, None] + half[:, None] * around
    counts = [counts_of([one.ravel().tolist()], (WIDTH, HEIGHT))[0] for one in points]
    return replace(objects, mask=Text.from_values(counts))
