"""Masks small enough to count by hand, in a store of their own.

Frames of 160 × 80: sky above road, in f3 the left half is void.

frame  base says                               other says
f1     car on 40 × 20 of the road              all right                            800 fixed
f2     all right                               car on 80 × 20 of the sky,           2 000 broken
                                               car on 20 × 20 of the road
f3     sky on 40 × 40 of the road              car on the same                      1 600 wrong under both
f4     has no mask of other
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.tables import SEGMENTATION, Dataset, Frames, InferenceSet, Project, no_objects
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store

ROAD, CAR, SKY, VOID = range(4)
WIDTH, HEIGHT = SIZE = (160, 80)
FRAMES = 4
CLASSES = ClassMap(
    (
        ClassEntry(ROAD, "road", (128, 64, 128)),
        ClassEntry(CAR, "car", (0, 0, 142)),
        ClassEntry(SKY, "sky", (70, 130, 180)),
        ClassEntry(VOID, "void", ignore_in_eval=True),
    )
)
CHOSEN = Choice("masks", "val", "model_a", "model_b")
SETS = ("model_a", "model_b")
METRICS = (
    Metric("latency", higher_is_better=False, unit="ms"),
    Metric("pairs", MetricKind.CONFUSION_MATRIX),
)
Mask = np.ndarray


def _truth() -> Mask:
    mask = np.full((HEIGHT, WIDTH), ROAD, np.uint8)
    mask[:40] = SKY
    return mask


def _with(*patches: tuple[int, int, int, int, int]) -> Mask:
    """The truth with class, left, top, right, bottom painted over it."""
    mask = _truth()
    for value, left, top, right, bottom in patches:
        mask[top:bottom, left:right] = value
    return mask


LABELS = [_truth(), _truth(), _with((VOID, 0, 0, 80, 80)), _truth()]
INFERRED: dict[str, list[Mask | None]] = {
    "model_a": [_with((CAR, 0, 40, 40, 60)), _truth(), _with((SKY, 120, 40, 160, 80)), _truth()],
    "model_b": [
        _truth(),
        _with((CAR, 80, 0, 160, 20), (CAR, 0, 40, 20, 60)),
        _with((CAR, 120, 40, 160, 80)),
        None,
    ],
}


def make_store(root: Path, sets: Sequence[str] = SETS, metrics: bool = False) -> Store:
    """A store that holds `masks/val` with those of its sets."""
    images = root / "images"
    images.mkdir(parents=True)
    for number in range(FRAMES):
        Image.new("RGB", SIZE, (90, 90, 90)).save(images / f"f{number + 1}.png")
    frames = Frames(
        id=Text.from_words([f"f{i + 1}" for i in range(FRAMES)]),
        path=Text.from_words([f"f{i + 1}.png" for i in range(FRAMES)]),
        width=np.full(FRAMES, WIDTH, np.int32),
        height=np.full(FRAMES, HEIGHT, np.int32),
        metadata={"weather": Text.from_values(["dry", "wet", "wet", "dry"])},
    )
    project = Project("masks", SEGMENTATION, CLASSES)
    labels = _written(root / "labels", LABELS)
    dataset = Dataset(project, "val", frames, no_objects(FRAMES), str(images), masks=labels)
    store = Store(root / "home")
    store.add_dataset(dataset)
    for name in sets:
        masks = _written(root / name, INFERRED[name])
        store.add_inferences(dataset, InferenceSet(name, dataset.labels, masks=masks))
        if metrics:
            store.put_metrics(dataset, name, METRICS, _values(name))
    return store


def _written(folder: Path, masks: Sequence[Mask | None]) -> Masks:
    folder.mkdir()
    for number, mask in enumerate(masks):
        if mask is not None:
            Image.fromarray(mask).save(folder / f"f{number + 1}.png")
    names = [None if mask is None else f"f{number + 1}.png" for number, mask in enumerate(masks)]
    return Masks(str(folder), Text.from_values(names), {value: value for value in range(4)})


def _values(name: str) -> dict[str, MetricValues]:
    """Latency is worse in f2; the pair (road, car) is 1.5 in f1 under base, 4.5 in f3 under other."""
    at_base = name == "model_a"
    latency = np.array([10.0, 10.0 if at_base else 30.0, 10.0, np.nan])
    value = np.array([1.5, 0, 0, 0] if at_base else [0, 0, 4.5, 0])
    frame = np.arange(FRAMES, dtype=np.int32)
    label, inferred = np.full(FRAMES, ROAD, np.int32), np.full(FRAMES, CAR, np.int32)
    cells = MetricValues(value, frame, label, inferred, value)
    return {"latency": MetricValues(latency), "pairs": cells}
