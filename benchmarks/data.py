"""Synthetic detections: a labelled dataset of COCO val2017's size and habits, and what two detectors find.

The numbers below were fitted to COCO val2017 (5,000 frames) and to the results of two real detectors on 27
of its photos: FastestDet, which keeps 96 boxes per frame down to a score of 0.01, and YOLO-Fastest 1.1 XL,
which drops boxes below 0.2 and keeps 7 per frame. Of FastestDet's boxes, 7 % have an IoU of 0.5 or more with
a label and 36 % have 0.1 to 0.5; of the synthetic base set's, 8 % and 37 %. FastestDet's median score is 0.10
and its 90th percentile 0.40; the synthetic base set's are 0.11 and 0.33.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.ingest.object_masks import counts_of
from aquarium_tui.model.arrays import Boxes, areas
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of

WIDTH, HEIGHT, CLASSES = 640, 480, 80
PER_FRAME = 100
"""Inferences per frame: COCO counts the best 100, and FastestDet gives 68 to 100."""
LABELS_PER_FRAME = 7.4
"""36,781 labels in the 5,000 frames of COCO val2017, spread about exponentially."""
PERSONS = 0.3
"""The share of COCO's first class, `person`, among its labels."""
CROWDS = 0.012
"""446 of COCO val2017's labels are crowds."""

Generator = np.random.Generator
Floats = NDArray[np.float64]

_CORNERS = np.linspace(0, 2 * np.pi, 24, endpoint=False)


@dataclass(frozen=True)
class Detector:
    """How well a detector finds objects; scores are logistic of normal, given as (mean, deviation).

    Attributes:
        found: The share of labels with a box close to them. FastestDet: 0.70, YOLO-Fastest: 0.57.
        confused: The share of these boxes with another class. FastestDet: 0.28, YOLO-Fastest: 0.18.
        edge: Deviation of a close box's edges, in widths of the label. FastestDet: 0.15, with a mean IoU of
            0.71; this one gives 0.70.
        right: Scores of close boxes of the right class. FastestDet: (0.5, 1.1), YOLO-Fastest: (1.9, 2.1).
        wrong: Scores of close boxes of another class. FastestDet: (-0.8, 1.1), YOLO-Fastest: (-0.2, 1.0).
        off: Scores of all other boxes. FastestDet: (-2.2, 1.0), YOLO-Fastest, above 0.2 only: (-0.3, 1.0).
        near: The share of the other boxes that overlap a label. FastestDet: about 0.4.
        near_edge: The deviation of their edges, chosen such that as many of them as of FastestDet's have an
            IoU between 0.1 and 0.5.
    """

    found: float
    confused: float
    edge: float = 0.12
    right: tuple[float, float] = (0.5, 1.1)
    wrong: tuple[float, float] = (-0.8, 1.1)
    off: tuple[float, float] = (-2.2, 1.0)
    near: float = 0.3
    near_edge: float = 0.65


DETECTORS = {
    "base": Detector(found=0.70, confused=0.28),
    "other": Detector(found=0.74, confused=0.24, edge=0.11, right=(0.8, 1.2)),
}
"""Other finds a little more than base, so that a comparison has something to show."""


def dataset(frames: int = 5_000, seed: int = 0, first: int = 0) -> Dataset:
    """A labelled dataset.

    Args:
        frames: How many frames; there are exactly 7.4 times as many labels, rounded.
        seed: Equal seeds give equal data.
        first: How many frames of a larger dataset come before these; their ids start there.
    """
    rng = np.random.default_rng((seed, first))
    n = round(frames * LABELS_PER_FRAME)
    weights = rng.exponential(size=frames)
    frame = np.repeat(np.arange(frames), 1 + rng.multinomial(n - frames, weights / weights.sum()))
    box = _boxes(rng, n, 4.15)
    labels = Objects(
        starts=starts_of(frame, frames),
        class_index=_classes(rng, n, PERSONS),
        box=box,
        confidence=np.zeros(0),
        crowd=rng.random(n) < CROWDS,
        area=areas(box) * 0.6,
        id=Text.from_words([str(round(first * LABELS_PER_FRAME) + i) for i in range(n)]),
    )
    classes = ClassMap(tuple(ClassEntry(i + 1, f"class {i}") for i in range(CLASSES)))
    own_ids = {entry.id: entry.id for entry in classes.entries}
    project = Project("bench", class_map=classes)
    return Dataset(project, "val", _frames(rng, frames, first), labels, categories=own_ids)


def inferences(
    data: Dataset, name: str, seed: int, per_frame: int = PER_FRAME, detector: Detector | None = None
) -> InferenceSet:
    """What a detector finds: most labels, some of them as another class, and many faint boxes beside them.

    Args:
        data: The labelled frames.
        name: The id of the set.
        seed: Equal seeds give equal inferences.
        per_frame: How many inferences every frame has.
        detector: How good it is; by default the one of that name, or base.
    """
    detector = detector or DETECTORS.get(name, DETECTORS["base"])
    rng = np.random.default_rng(seed)
    frame = np.repeat(np.arange(len(data.frames)), per_frame)
    target, close = _targets(rng, data.labels, per_frame, detector)
    labelled = target >= 0
    classes = _classes(rng, len(frame), PERSONS * 0.75)
    right = close & (rng.random(len(frame)) >= detector.confused)
    classes[right] = data.labels.class_index[target[right]]
    box = _boxes(rng, len(frame), 4.45, 0.7)
    edge = np.where(close, detector.edge, detector.near_edge)[labelled]
    box[labelled] = _moved(rng, data.labels.box[target[labelled]], edge)
    score = _scores(rng, len(frame), detector.off)
    score[close] = _scores(rng, int(close.sum()), detector.wrong)
    score[right] = _scores(rng, int(right.sum()), detector.right)
    order = np.lexsort((-score, frame))
    objects = Objects(
        starts=starts_of(frame, len(data.frames)),
        class_index=classes[order],
        box=box.astype(np.float32).astype(np.float64)[order],  # as frameworks write them: single precision
        confidence=score.astype(np.float32).astype(np.float64)[order],
        crowd=np.zeros(0, bool),
        area=np.zeros(0),
    )
    return InferenceSet(name, objects)


def masked(objects: Objects) -> Objects:
    """The objects, each with the ellipse in its box as its mask."""
    corner, opposite = objects.box[:, :2], objects.box[:, 2:]
    around = np.stack([np.cos(_CORNERS), np.sin(_CORNERS)], axis=1)
    points = (corner + opposite)[:, None] / 2 + (opposite - corner)[:, None] / 2 * around
    counts = [counts_of([one.ravel().tolist()], (WIDTH, HEIGHT))[0] for one in points]
    return replace(objects, mask=Text.from_values(counts))


def _targets(
    rng: Generator, labels: Objects, per_frame: int, detector: Detector
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The label that each inference was drawn from, -1 for none, and whether it is close to it."""
    found = np.flatnonzero(rng.random(len(labels)) < detector.found)
    starts = np.searchsorted(found, labels.starts)
    slot = np.arange(per_frame)
    close = slot < np.diff(starts)[:, None]
    target = np.full(close.shape, -1)
    target[close] = found[(starts[:-1, None] + slot)[close]]
    counts = np.diff(labels.starts)[:, None]
    near = ~close & (counts > 0) & (rng.random(close.shape) < detector.near)
    chosen = labels.starts[:-1, None] + (rng.random(close.shape) * counts).astype(np.int64)
    target[near] = chosen[near]
    return target.ravel(), close.ravel()


def _frames(rng: Generator, frames: int, first: int) -> Frames:
    time_of_day = Text.from_words(["day", "dusk", "night"], rng.integers(0, 3, frames).astype(np.int32))
    speed = Values("number", rng.gamma(4, 10, frames).round(1), rng.random(frames) < 0.01)
    numbers = [139 + 7 * i for i in range(first, first + frames)]
    return Frames(
        id=Text.from_words([str(number) for number in numbers]),
        path=Text.from_words([f"{number:012}.jpg" for number in numbers]),
        width=np.full(frames, WIDTH, np.int32),
        height=np.full(frames, HEIGHT, np.int32),
        metadata={"time_of_day": time_of_day, "speed": speed},
    )


def _classes(rng: Generator, n: int, persons: float) -> NDArray[np.int32]:
    """Skewed as COCO's are: one class leads by far, the next ten have half of the rest."""
    others = np.minimum(rng.geometric(0.08, n) - 1, CLASSES - 1).astype(np.int32)
    return others * (rng.random(n) > persons)


def _boxes(rng: Generator, n: int, mean: float, deviation: float = 1.06) -> Boxes:
    """Boxes anywhere; the logarithms of both sides have a part in common (their correlation is 0.8)."""
    both = rng.normal(mean, deviation, (n, 1))
    size = np.minimum(np.exp(both + rng.normal(0, deviation / 2, (n, 2))), (WIDTH, HEIGHT))
    corner = rng.random((n, 2)) * ((WIDTH, HEIGHT) - size)
    return np.concatenate([corner, corner + size], axis=1).round(2)


def _moved(rng: Generator, box: Boxes, by: Floats) -> Boxes:
    """The boxes with each edge moved by so many widths or heights; left stays left of right."""
    size = np.tile(box[:, 2:] - box[:, :2], 2)
    moved = box + rng.normal(size=box.shape) * by[:, None] * size
    low, high = np.minimum(moved[:, :2], moved[:, 2:]), np.maximum(moved[:, :2], moved[:, 2:])
    return np.concatenate([low, high], axis=1)


def _scores(rng: Generator, n: int, logit: tuple[float, float]) -> Floats:
    return np.asarray(1 / (1 + np.exp(-rng.normal(*logit, n))))
