"""The smallest dataset that has everything."""

import numpy as np

from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, Frames, Objects, Project, starts_of


def frames(n: int = 3) -> Frames:
    return Frames(
        id=Text.from_words([str(i) for i in range(n)]),
        path=Text.from_words([f"{i}.jpg" for i in range(n)]),
        width=np.full(n, 64, np.int32),
        height=np.full(n, 48, np.int32),
    )


def objects(frame: list[int], labels: bool = False, n: int = 3) -> Objects:
    k = len(frame)
    return Objects(
        starts=starts_of(np.array(frame, np.int64), n),
        class_index=np.zeros(k, np.int32),
        box=np.tile([1.0, 2.0, 3.0, 4.0], (k, 1)),
        confidence=np.zeros(0) if labels else np.full(k, 0.5),
        crowd=np.zeros(k if labels else 0, bool),
        area=np.full(k if labels else 0, 4.0),
    )


def dataset(
    name: str = "val", classes: tuple[str, ...] = ("car",), labelled: tuple[int, ...] = (0, 0, 2)
) -> Dataset:
    class_map = ClassMap(tuple(ClassEntry(i + 1, c) for i, c in enumerate(classes)))
    labels = objects(list(labelled), labels=True)
    return Dataset(Project("street", class_map=class_map), name, frames(), labels, "/images")
