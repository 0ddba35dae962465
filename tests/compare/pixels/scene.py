"""Masks made by hand or at random, as files of a dataset or as counts alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.joint_counts import (
    counted,
    inferred_meaning,
    joined,
    joint_runs,
    label_meaning,
)
from aquarium_tui.kinds.masks.pixel_counts import count_pixels
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.tables import SEGMENTATION, Dataset, Frames, InferenceSet, Project, no_objects

ROAD, CAR, SKY, VOID, UNNAMED = 0, 1, 2, 3, 9
CLASSES = ClassMap(
    (
        ClassEntry(ROAD, "road", (128, 64, 128)),
        ClassEntry(CAR, "car", (0, 0, 142)),
        ClassEntry(SKY, "sky", (70, 130, 180)),
        ClassEntry(VOID, "void", (0, 0, 0), ignore_in_eval=True),
    )
)
VALUES = {entry.id: entry.id for entry in CLASSES.entries}
N = 3

Frame = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Label, base and other."""


@st.composite
def frames(draw: st.DrawFn, most: int = 5) -> list[Frame]:
    """Up to `most` frames of small masks, whose values may be void or named by no class."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        shape = draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
        values = st.sampled_from([ROAD, CAR, SKY, VOID, UNNAMED])
        label, base, other = (draw(arrays.arrays(np.uint8, shape, elements=values)) for _ in range(3))
        found.append((label, base, other))
    return found


def masks(folder: Path, names: Sequence[str | None]) -> Masks:
    return Masks(str(folder), Text.from_values(names), VALUES)


def dataset(count: int, labels: Masks | None = None, size: tuple[int, int] = (4, 4)) -> Dataset:
    ids = [f"f{i}" for i in range(count)]
    width, height = (np.full(count, side, np.int32) for side in size)
    table = Frames(Text.from_words(ids), Text.from_words([f"{id_}.jpg" for id_ in ids]), width, height)
    return Dataset(Project("street", SEGMENTATION, CLASSES), "val", table, no_objects(count), masks=labels)


def in_memory(found: Sequence[Frame]) -> PixelComparison:
    """A comparison whose masks were never files."""
    data = dataset(len(found))
    of = Masks("", data.frames.path, VALUES)
    meanings = (label_meaning(of, CLASSES), inferred_meaning(of, CLASSES), inferred_meaning(of, CLASSES))
    runs = [joint_runs(label, [base, other], meanings) for label, base, other in found]
    counts = joined({row: counted(each, N + 1) for row, each in enumerate(runs)}, len(found), N)
    sets = [InferenceSet(name, data.labels) for name in ("old", "new")]
    return PixelComparison.counted(data, sets[0], sets[1], counts)


def written(folder: Path, found: Sequence[Frame]) -> tuple[Dataset, InferenceSet, InferenceSet]:
    """A dataset and two sets whose masks are files."""
    names = [f"f{i}.png" for i in range(len(found))]
    for place, part in (("labels", 0), ("old", 1), ("new", 2)):
        (folder / place).mkdir()
        for name, frame in zip(names, found, strict=True):
            Image.fromarray(frame[part]).save(folder / place / name)
    data = dataset(len(found), masks(folder / "labels", names))
    sets = [InferenceSet(id_, data.labels, masks=masks(folder / id_, names)) for id_ in ("old", "new")]
    return data, sets[0], sets[1]


def pixel_comparison(
    dataset: Dataset, base: InferenceSet, other: InferenceSet | None = None, **how: Any
) -> PixelComparison:
    """A comparison of masks that are files; further arguments are those of `count_pixels`."""
    return PixelComparison.counted(dataset, base, other, count_pixels(dataset, base, other, **how))
