"""What goes out and comes in again is equal: made datasets through every format, and the sample data."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from aquarium_tui import ingest
from aquarium_tui.errors import StoreError, UsageError
from aquarium_tui.export import Batch, batch_of, write_batch
from aquarium_tui.ingest.agreement import Wishes
from aquarium_tui.ingest.object_masks import counts_of
from aquarium_tui.ingest.readings import forced
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.tables import (
    CLASSIFICATION,
    SEGMENTATION,
    Dataset,
    Frames,
    InferenceSet,
    Objects,
    Project,
    no_objects,
    starts_of,
)

CLASSES = ClassMap(
    (
        ClassEntry(3, "car", (1, 2, 3), "vehicle"),
        ClassEntry(1, "van", None, "vehicle"),
        ClassEntry(7, "Übermut", ignore_in_eval=True),
    )
)
WIDTH, HEIGHT = 64, 48
sides = st.floats(0, WIDTH, width=64)
boxes = st.tuples(sides, sides, sides, sides).map(
    lambda box: (box[0], box[1], box[0] + (box[2] + 1), box[1] + (box[3] + 1))
)
"""Left, top, right and bottom of boxes that were given by left, top, width and height."""
made_objects = st.lists(
    st.tuples(
        st.integers(0, 2),  # frame
        st.integers(0, 2),  # class
        boxes,
        st.booleans(),  # crowd
        st.floats(0, 1),  # confidence
        st.none() | st.floats(-9, 9),  # an attribute
        st.booleans(),  # has a mask
    ),
    min_size=1,
    max_size=6,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))
words = st.none() | st.sampled_from(["rain", "2 lines\nhere", "ä", "\x1b[31m"])


def numbers(values: Sequence[float | None]) -> Column:
    missing = np.array([value is None for value in values], bool)
    return Values("number", np.array([value or 0.0 for value in values]), missing)


def objects(rows: Sequence[Any], labels: bool, named: bool, masked: bool) -> Objects:
    frame, classes, box, crowd, confidence, attribute, mask = (list(part) for part in zip(*rows, strict=True))
    count = len(rows)
    square = counts_of([[1, 1, 9, 1, 9, 9, 1, 9]], (WIDTH, HEIGHT))[0]
    masks = [square if has else None for has in mask]
    some = [value for value in attribute if value is not None]
    return Objects(
        starts=starts_of(np.array(frame), 3),
        class_index=np.array(classes, np.int32),
        box=np.array(box, float).reshape(-1, 4),
        confidence=np.zeros(0) if labels else np.array(confidence, float),
        crowd=np.array(crowd if labels else [], bool),
        area=np.arange(count if labels else 0, dtype=float),
        id=Text.from_words([f"id {row}" for row in range(count)]) if named else None,
        attributes={"Height_m": numbers(attribute)} if some else {},
        mask=Text.from_values(masks) if masked and any(mask) else None,
    )


def frames(weather: Sequence[str | None] = (), known: bool = True) -> Frames:
    width, height = (np.full(3, length if known else 0, np.int32) for length in (WIDTH, HEIGHT))
    told: dict[str, Column] = {"weather": Text.from_values(weather)} if any(weather) else {}
    told["wet"] = Values("boolean", np.array([True, False, True]), np.array([False, False, True]))
    told["seen"] = Values(
        "date", np.array(["2024-01-02T03:04:05.000006"] * 3, "datetime64[us]"), np.zeros(3, bool)
    )
    names = Text.from_words(["7", "f 1", "007"])
    return Frames(names, Text.from_values(["a/7.png", "x.jpg", None]), width, height, told)


def same(a: object, b: object) -> bool:
    """Whether two tables hold the same; text may be coded otherwise."""
    if isinstance(a, Text):
        return isinstance(b, Text) and list(a) == list(b)
    if isinstance(a, Values) and isinstance(b, Values):
        equal = [a[row] == b[row] for row in range(len(a))]
        return a.kind == b.kind and len(a) == len(b) and all(equal)
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, Frames | Objects | MetricValues):
        fields = list(a.__dataclass_fields__)
        wrong = [name for name in fields if not same(getattr(a, name), getattr(b, name))]
        assert not wrong, [(name, getattr(a, name), getattr(b, name)) for name in wrong]
        return True
    return a == b


def again(batch: Batch, format_: str, folder: Path, **options: Any) -> Batch:
    """The batch as `upload` reads what `export` wrote of it, into a new project."""
    written = write_batch(batch, format_, folder)
    first, *sets = [dict(zip(*[iter(line.split())] * 2, strict=True)) for line in written.uploads]
    images = Path(first["--images"]) if "--images" in first else None
    dataset = ingest.labelled_dataset(
        Project("p"),
        "d",
        Path(first["--labels"]),
        print,
        images=images,
        classes=Path(first["--classes"]),
        **options,
    )
    read = []
    for one in sets:
        # The few boxes of these batches, which lie anywhere, cannot tell how they are meant.
        meant = ["boxes=given", *(["classes=position"] if format_ == "yolo" else [])]
        wishes = Wishes(forced([*filter(None, [one.get("--reading")]), *meant]))
        path = Path(one["--inferences"])
        read.append(ingest.inference_set(dataset, one["--inferences-id"], path, "auto", print, wishes=wishes))
    return Batch(dataset, tuple(read))


@pytest.mark.parametrize("format_", ["coco", "jsonl"])
@given(
    labels=made_objects,
    found=made_objects,
    weather=st.lists(words, min_size=3, max_size=3),
    named=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_objects(
    tmp_path_factory: pytest.TempPathFactory,
    format_: str,
    *,
    labels: Any,
    found: Any,
    weather: Any,
    named: bool,
) -> None:
    folder = tmp_path_factory.mktemp("out")
    dataset = Dataset(
        Project("p", class_map=CLASSES),
        "d",
        frames(weather),
        objects(labels, True, named or format_ == "coco", True),
        str(folder),
    )
    batch = Batch(dataset, (InferenceSet("m", objects(found, False, named, True)),))
    read = again(batch, format_, folder / "x")
    assert same(batch.dataset.frames, read.dataset.frames)
    assert read.dataset.project.class_map == CLASSES
    assert same(batch.dataset.labels, read.dataset.labels)
    assert same(batch.sets[0].objects, read.sets[0].objects)


def inside(box: tuple[float, ...], number: int) -> tuple[float, ...]:
    """The box cut at the edges of its image, unlike others: by that YOLO's columns and repeats are told."""
    left, top, right, bottom = box
    return left / 2 + number / 16, top / 4, min(right, WIDTH), min(bottom, HEIGHT)


@given(labels=made_objects, found=made_objects)
@settings(max_examples=25, deadline=None)
def test_boxes_of_yolo_are_the_same_but_for_rounding(
    tmp_path_factory: pytest.TempPathFactory, labels: Any, found: Any
) -> None:
    folder = tmp_path_factory.mktemp("out")
    for name in ("7.png", "x.png", "y.png"):
        Image.new("RGB", (WIDTH, HEIGHT)).save(folder / name)
    plain = [
        [(*row[:2], inside(row[2], i), False, i / 9, None, False) for i, row in enumerate(rows)]
        for rows in (labels, found)
    ]
    paths = Text.from_words(["7.png", "x.png", "y.png"])
    shown = Frames(Text.from_words(["7", "x", "y"]), paths, frames().width, frames().height)
    dataset = Dataset(
        Project("p", class_map=CLASSES), "d", shown, objects(plain[0], True, False, False), str(folder)
    )
    batch = Batch(dataset, (InferenceSet("m", objects(plain[1], False, False, False)),))
    read = again(batch, "yolo", folder / "x")
    assert read.dataset.project.class_map == CLASSES
    assert (folder / "x" / "images" / "7.png").is_symlink()
    pairs = ((dataset.labels, read.dataset.labels), (batch.sets[0].objects, read.sets[0].objects))
    for before, after in pairs:
        assert np.array_equal(before.starts, after.starts)
        assert np.array_equal(before.class_index, after.class_index)
        assert np.array_equal(before.confidence, after.confidence)
        assert np.allclose(before.box, after.box, rtol=0, atol=1e-12)


def test_classes_of_images_and_metrics(tmp_path: Path) -> None:
    whole = np.tile([0.0, 0.0, WIDTH, HEIGHT], (3, 1))
    labels = Objects(
        starts_of(np.arange(3), 3),
        np.array([0, 1, 0], np.int32),
        whole,
        np.zeros(0),
        np.zeros(3, bool),
        np.full(3, float(WIDTH * HEIGHT)),
    )
    inferred = Objects(
        starts_of(np.array([0, 2]), 3),
        np.array([1, 1], np.int32),
        whole[:2],
        np.array([0.25, 1]),
        np.zeros(0, bool),
        np.zeros(0),
    )
    cells = MetricValues(
        np.array([3.0, np.nan, 0.5]),
        np.array([0, 0, 2], np.int32),
        np.array([0, 1, 0], np.int32),
        np.array([0, 1, 1], np.int32),
        np.array([1.0, 2.0, 0.5]),
    )
    metrics = {"speed": MetricValues(np.array([np.nan, 2.5, 3.0])), "cm": cells}
    dataset = Dataset(Project("p", CLASSIFICATION, CLASSES), "d", frames(), labels, str(tmp_path))
    read = again(Batch(dataset, (InferenceSet("m", inferred, metrics=metrics),)), "jsonl", tmp_path / "x")
    assert read.dataset.project.task == CLASSIFICATION
    assert same(read.dataset.labels, labels)
    assert same(read.sets[0].objects, inferred)
    assert same(dict(read.sets[0].metrics), metrics)
    assert set(read.sets[0].declared) == {Metric("speed"), Metric("cm", MetricKind.CONFUSION_MATRIX)}
    for format_ in ("coco", "yolo"):
        with pytest.raises(UsageError, match="choose --format jsonl"):
            write_batch(Batch(dataset), format_, tmp_path / format_)
        assert not (tmp_path / format_).exists()


def test_masks_by_path(tmp_path: Path) -> None:
    for name in ("a", "b"):
        Image.fromarray(np.full((HEIGHT, WIDTH), 3, np.uint8)).save(tmp_path / f"{name}.png")
    paths = Text.from_values(["a.png", None, str(tmp_path / "b.png")])
    masks = Masks(
        str(tmp_path), paths, {entry.id: entry.id for entry in CLASSES.entries}, {3: 2 * WIDTH * HEIGHT}
    )
    dataset = Dataset(
        Project("p", SEGMENTATION, CLASSES), "d", frames(), no_objects(3), str(tmp_path), masks=masks
    )
    read = again(Batch(dataset, (InferenceSet("m", no_objects(3), masks=masks),)), "jsonl", tmp_path / "x")
    for found in (read.dataset.masks, read.sets[0].masks):
        assert found is not None
        assert [found.file(row) for row in range(3)] == [
            str(tmp_path / "a.png"),
            None,
            str(tmp_path / "b.png"),
        ]
        assert dict(found.pixels) == {3: 2 * WIDTH * HEIGHT}


@pytest.mark.parametrize("format_", ["coco", "jsonl"])
def test_the_frames_of_a_query_with_their_labels(tmp_path: Path, format_: str) -> None:
    data = Path("sample_data/detection")
    dataset = ingest.labelled_dataset(Project("p"), "d", data / "labels.json", print, images=data / "images")
    found = ingest.inference_set(dataset, "m", data / "model_a.json", "auto", print)
    chosen = np.arange(len(dataset.frames)) % 3 == 1
    batch = batch_of(dataset, [found], chosen)
    assert list(batch.dataset.frames.id) == list(dataset.frames.id.take(np.flatnonzero(chosen)))
    taken = np.flatnonzero(chosen[dataset.labels.frame])
    assert np.array_equal(batch.dataset.labels.box, dataset.labels.box[taken])
    read = again(batch, format_, tmp_path / "x")
    assert same(read.dataset.frames, batch.dataset.frames)
    assert same(read.dataset.labels, batch.dataset.labels)
    assert same(read.sets[0].objects, batch.sets[0].objects)


def test_images_are_copied_and_a_full_folder_is_left_alone(tmp_path: Path) -> None:
    data = Path("sample_data/detection")
    dataset = ingest.labelled_dataset(Project("p"), "d", data / "labels.json", print, images=data / "images")
    part = batch_of(dataset, [], np.arange(len(dataset.frames)) < 2)
    written = write_batch(part, "coco", tmp_path / "x", with_images=True)
    names = sorted(path.name for path in (tmp_path / "x" / "images").iterdir())
    assert names == sorted(map(str, part.dataset.frames.path))
    copied = (tmp_path / "x" / "images" / names[0]).read_bytes()
    assert copied == (data / "images" / names[0]).read_bytes()
    assert f"--images {tmp_path / 'x' / 'images'}" in written.uploads[0]
    with pytest.raises(StoreError, match="exists and is not empty"):
        write_batch(part, "coco", tmp_path / "x")


def test_what_yolo_cannot_say_is_said(tmp_path: Path) -> None:
    rows = [(0, 0, (0, 0, 9, 9), True, 0.5, 1.0, True), (1, 1, (0, 0, 9, 9), False, 0.5, 1.0, False)]
    dataset = Dataset(
        Project("p", class_map=CLASSES),
        "d",
        frames(["rain"] * 3),
        objects(rows, True, True, True),
        str(tmp_path),
    )
    assert write_batch(Batch(dataset), "yolo", tmp_path / "x").notes == (
        "left out, as YOLO cannot mark it: 1 crowd label",
        "masks of objects are left out; their boxes are written",
        "ids, attributes, metadata and metrics are left out: YOLO cannot hold them",
        "3 images missing or on a network: a/7.png, x.jpg, 007",
    )
    sizeless = Dataset(
        Project("p", class_map=CLASSES),
        "d",
        frames(known=False),
        objects(rows[1:], True, False, False),
        str(tmp_path),
    )
    notes = write_batch(Batch(sizeless), "yolo", tmp_path / "y").notes
    assert notes[0] == "left out, as YOLO needs the size of the image: 1 box"


def test_an_attribute_never_takes_the_place_of_what_coco_defines(tmp_path: Path) -> None:
    rows = [(0, 0, (0, 0, 9, 9), False, 0.5, 1.0, False)]
    labels, found = objects(rows, True, True, False), objects(rows, False, False, False)
    named: dict[str, Column] = {"score": numbers([0.125]), "area": numbers([7.0])}
    dataset = Dataset(
        Project("p", class_map=CLASSES), "d", frames(), replace(labels, attributes=named), str(tmp_path)
    )
    batch = Batch(dataset, (InferenceSet("m", replace(found, attributes=named)),))
    read = again(batch, "coco", tmp_path / "x")
    assert read.sets[0].objects.confidence.tolist() == [0.5]
    assert sorted(read.sets[0].objects.attributes) == ["attr_area", "attr_score"]
    assert read.dataset.labels.area.tolist() == labels.area.tolist()
    assert sorted(read.dataset.labels.attributes) == ["attr_area", "score"]
