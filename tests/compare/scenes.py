"""Small scenes written as tuples, as data sets and inference sets."""

from collections.abc import Sequence

import numpy as np

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.arrays import areas
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import name_key
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of

Box = tuple[float, float, float, float]
Label = tuple[int, str, Box] | tuple[int, str, Box, bool]
"""Frame, class, box and, if it is one, True for a crowd."""
Inference = tuple[int, str, Box, float]
"""Frame, class, box, confidence."""


def class_map(classes: Sequence[str | ClassEntry]) -> ClassMap:
    return ClassMap(
        tuple(c if isinstance(c, ClassEntry) else ClassEntry(i, c) for i, c in enumerate(classes))
    )


def dataset(classes: Sequence[str | ClassEntry], labels: Sequence[Label], frames: int = 1) -> Dataset:
    entries = class_map(classes)
    rows = sorted(labels, key=lambda row: row[0])
    starts, class_index, box = _objects(entries, rows, frames)
    crowd = np.array([len(row) > 3 and bool(row[3]) for row in rows], bool)
    labels_ = Objects(starts, class_index, box, confidence=np.zeros(0), crowd=crowd, area=areas(box))
    return Dataset(Project("test", class_map=entries), "val", _frames(frames), labels_)


def inference_set(data: Dataset, name: str, rows: Sequence[Inference]) -> InferenceSet:
    rows = sorted(rows, key=lambda row: row[0])
    starts, class_index, box = _objects(data.project.class_map, rows, len(data.frames))
    sure = np.array([row[3] for row in rows], float)
    return InferenceSet(name, Objects(starts, class_index, box, sure, np.zeros(0, bool), np.zeros(0)))


def comparison(
    classes: Sequence[str | ClassEntry],
    labels: Sequence[Label],
    base: Sequence[Inference],
    other: Sequence[Inference] | None = None,
    *,
    settings: Settings | None = None,
    frames: int = 1,
) -> ObjectComparison:
    data = dataset(classes, labels, frames)
    judged = None if other is None else inference_set(data, "new", other)
    return ObjectComparison.of(data, inference_set(data, "old", base), judged, settings or Settings())


def _objects(entries: ClassMap, rows, frames: int):
    starts = starts_of(np.array([row[0] for row in rows], int), frames)
    class_index = np.array([entries.positions_by_name[name_key(row[1])] for row in rows], np.int32)
    return starts, class_index, np.array([row[2] for row in rows], float).reshape(-1, 4)


def _frames(n: int) -> Frames:
    names = Text.from_words([f"f{i}" for i in range(n)])
    return Frames(names, names, np.full(n, 64, np.int32), np.full(n, 64, np.int32))


def tiny(side: float) -> Box:
    """A box at the corner, 10 wide and `side` high: its IoU with `tiny(10)` is `side / 10`."""
    return (0.0, 0.0, 10.0, float(side))
