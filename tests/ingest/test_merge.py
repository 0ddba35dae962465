"""An update by tables agrees with the plain reading: a dictionary by frame id."""

from typing import Any, cast

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.ingest.merge import merged_dataset, merged_inferences
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.metrics import MetricValues
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of

PROJECT = Project("p", class_map=ClassMap((ClassEntry(0, "car"),)))
Upload = dict[str, tuple[float | None, list[float]]]
"""A number of metadata, and the left sides of the objects, by frame."""

uploads = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.none() | st.floats(0, 9), st.lists(st.floats(0, 100), max_size=3)),
    max_size=5,
)


def numbers(values: list[float | None]) -> Column:
    missing = np.array([value is None for value in values], bool)
    return Values("number", np.array([value or 0.0 for value in values]), missing)


def dataset(upload: Upload, images: str = "/images") -> Dataset:
    frames = Frames(
        id=Text.from_words(list(upload)),
        path=Text.from_words([f"{id_}.jpg" for id_ in upload]),
        width=np.arange(len(upload), dtype=np.int32),
        height=np.ones(len(upload), np.int32),
        metadata={"speed": numbers([speed for speed, _ in upload.values()])},
    )
    return Dataset(PROJECT, "d", frames, objects([lefts for _, lefts in upload.values()]), images)


def objects(lefts: list[list[float]]) -> Objects:
    flat = np.array([left for each in lefts for left in each], float)
    frame = np.repeat(np.arange(len(lefts)), [len(each) for each in lefts])
    count = len(flat)
    return Objects(
        starts=starts_of(frame, len(lefts)),
        class_index=np.zeros(count, np.int32),
        box=np.stack([flat, flat, flat + 1, flat + 1], axis=1).reshape(-1, 4),
        confidence=np.zeros(0),
        crowd=np.zeros(count, bool),
        area=np.ones(count),
        attributes={"left": numbers(flat.tolist())},
    )


def read(of: Dataset) -> Upload:
    speeds = of.frames.metadata["speed"]
    ends = of.labels.starts
    return {
        str(id_): (cast(float | None, speeds[row]), of.labels.box[ends[row] : ends[row + 1], 0].tolist())
        for row, id_ in enumerate(of.frames.id)
    }


@given(uploads, uploads)
@settings(max_examples=100)
def test_a_dataset_with_new_frames(old: Upload, new: Upload):
    merged = merged_dataset(dataset(old), dataset(new))
    assert list(read(merged).items()) == list({**old, **new}.items())
    left = merged.labels.attributes["left"]
    assert [left[row] for row in range(len(left))] == merged.labels.box[:, 0].tolist()


def test_paths_of_another_folder_become_absolute_and_urls_stay():
    new = dataset({"b": (None, [])}, "/elsewhere")
    one = np.ones(1, np.int32)
    remote = Frames(Text.from_words(["c"]), Text.from_words(["s3://x/c.jpg"]), one, one)
    merged = merged_dataset(dataset({"a": (1.0, [])}), new)
    assert list(merged.frames.path) == ["a.jpg", "/elsewhere/b.jpg"]
    again = merged_dataset(merged, Dataset(PROJECT, "d", remote, objects([[]]), "/elsewhere"))
    assert list(again.frames.path) == ["a.jpg", "/elsewhere/b.jpg", "s3://x/c.jpg"]
    assert again.images == "/images"


def test_metadata_of_two_kinds_becomes_text():
    old, new = dataset({"a": (1.5, []), "b": (None, [])}), dataset({"c": (2.0, [])})
    told = Frames(
        new.frames.id,
        new.frames.path,
        new.frames.width,
        new.frames.height,
        {"speed": Text.from_values(["fast"])},
    )
    merged = merged_dataset(old, Dataset(PROJECT, "d", told, new.labels, "/images"))
    speed = merged.frames.metadata["speed"]
    assert [speed[row] for row in range(3)] == ["1.5", None, "fast"]


@given(
    st.lists(st.tuples(st.booleans(), *[st.lists(st.floats(0, 9), max_size=2)] * 2), min_size=1, max_size=5)
)
@settings(max_examples=60)
def test_inferences_of_the_frames_named_are_replaced(rows: list[tuple[bool, list[float], list[float]]]):
    covered = np.array([row[0] for row in rows])
    old = [row[1] for row in rows]
    new = [row[2] if row[0] else [] for row in rows]
    sets = [InferenceSet("m", objects(each), metrics=metrics(each)) for each in (old, new)]
    merged = merged_inferences(sets[0], sets[1], covered)
    wanted = [b if row[0] else a for a, b, row in zip(old, new, rows, strict=True)]
    assert np.array_equal(merged.objects.box, objects(wanted).box)
    assert np.array_equal(merged.objects.starts, objects(wanted).starts)
    for name, values in metrics(wanted).items():
        found = merged.metrics[name]
        for part in ("number", "frame", "label", "inferred", "value"):
            assert np.array_equal(getattr(found, part), getattr(values, part), equal_nan=True)


def metrics(lefts: list[list[float]]) -> dict[str, Any]:
    """A number where there are objects, and a matrix of one cell an object."""
    counts = [len(each) for each in lefts]
    number = np.array([float(count) if count else np.nan for count in counts])
    frame = np.repeat(np.arange(len(lefts), dtype=np.int32), counts)
    cell = np.zeros(len(frame), np.int32)
    value = np.array([left for each in lefts for left in each], float)
    return {"n": MetricValues(number), "cm": MetricValues(number, frame, cell, cell, value)}
