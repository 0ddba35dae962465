"""A known reading applied to a synthetic set is recovered or refused, and never taken for another one."""

import contextlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats import Records
from aquarium_tui.ingest.agreement import Wishes, understood
from aquarium_tui.ingest.classes import ClassMatch, check_sense
from aquarium_tui.ingest.readings import Reading, forced, judged
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, Frames, Objects, Project, starts_of

SIZES = np.array([(640, 480), (500, 375), (480, 640), (333, 500)])
IDS = [1, 2, 3, 7, 11, 13, 90]


def scene(seed: int, frames: int) -> Dataset:
    """Frames with three labels each, of seven classes with gaps between their ids."""
    rng = np.random.default_rng(seed)
    size = SIZES[np.arange(frames) % len(SIZES)]
    frame = np.repeat(np.arange(frames), 3)
    side = rng.uniform(0.1, 0.4, (len(frame), 2))
    start = rng.uniform(0, 0.55, (len(frame), 2))
    box = np.concatenate([start, start + side], axis=1) * np.tile(size[frame], 2)
    count = len(frame)
    labels = Objects(
        starts=starts_of(frame, frames),
        class_index=rng.integers(0, len(IDS), count).astype(np.int32),
        box=box,
        confidence=np.zeros(0),
        crowd=np.zeros(count, bool),
        area=np.full(count, np.nan),
    )
    names = [str(3 * row + 5) for row in range(frames)]
    table = Frames(
        id=Text.from_words(names),
        path=Text.from_words([f"day/{1000 - row:04}.jpg" for row in range(frames)]),
        width=size[:, 0].astype(np.int32),
        height=size[:, 1].astype(np.int32),
    )
    classes = ClassMap(tuple(ClassEntry(id_, f"class {chr(122 - i)}") for i, id_ in enumerate(IDS)))
    return Dataset(Project("p", class_map=classes), "d", table, labels, categories={i: i for i in IDS})


def as_size(box: Boxes) -> Boxes:
    """What a reader makes of four numbers that it takes for left, top, width and height."""
    return np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1)


def numbers(box: Boxes) -> Boxes:
    return np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1)


def letterboxed(box: Boxes, size: Boxes) -> Boxes:
    scale = 640 / size[:, :2].max(axis=1, keepdims=True)
    return np.asarray(box * scale + (640 - size * scale) / 2)


BOXES: dict[str, Callable[[Boxes, Boxes], Boxes]] = {
    "given": lambda box, size: box,
    "corners": lambda box, size: as_size(box),
    "center": lambda box, size: box + (numbers(box)[:, 2:] / 2)[:, [0, 1, 0, 1]],
    "yx": lambda box, size: as_size(box[:, [1, 0, 3, 2]]),
    "yx-size": lambda box, size: box[:, [1, 0, 3, 2]],
    "yx-center": lambda box, size: BOXES["center"](box, size)[:, [1, 0, 3, 2]],
    "ends": lambda box, size: as_size(box[:, [0, 2, 1, 3]]),
    "half": lambda box, size: box / 2,
    "double": lambda box, size: box * 2,
    "network": lambda box, size: box / size * 416,
    "letterbox": letterboxed,
    "fractions": lambda box, size: box / size,
    "thousandths": lambda box, size: box / size * 1000,
    "corners of a network": lambda box, size: as_size(box / size * 640),
}
CLASSES = {
    "id": lambda position: np.array(IDS)[position],
    "position": lambda position: position,
    "position-1": lambda position: position + 1,
    "alphabet": lambda position: len(IDS) - 1 - position,
    "permuted": lambda position: np.array([3, 0, 6, 1, 2, 4, 5])[position],
}
EXCHANGED = {"two exchanged": lambda position: np.array(IDS)[np.array([0, 4, 2, 3, 1, 5, 6])[position]]}
"""Too few boxes of two classes prove nothing, so this one is not among the readings of sets of any size."""
FRAMES = {
    "id": lambda row: 3 * row + 5,
    "path": lambda row: [f"/mnt/day/{1000 - each:04}.JPG" for each in row.tolist()],
    "number": lambda row: 1000 - row,
    "position": lambda row: row,
}


def inferences(dataset: Dataset, seed: int, frames: str, boxes: str, classes: str) -> Records:
    """A model that finds most labels, under these readings, and invents some boxes."""
    rng = np.random.default_rng(seed + 1)
    labels = dataset.labels
    found = np.flatnonzero(rng.random(len(labels)) < 0.9)
    row = labels.frame[found].astype(np.int64)
    size = np.stack([dataset.frames.width, dataset.frames.height] * 2, axis=1)[row].astype(float)
    box = labels.box[found] + rng.normal(0, 0.01, (len(found), 4)) * size
    position = labels.class_index[found].copy()
    wrong = rng.random(len(found)) < 0.1
    position[wrong] = rng.integers(0, len(IDS), int(wrong.sum()))
    return Records(
        place=str,
        frame=Text.from_values(map(str, FRAMES[frames](row))),
        category=Text.from_values(map(str, (CLASSES | EXCHANGED)[classes](position))),
        box=BOXES[boxes](box, size),
        confidence=rng.uniform(0.3, 1, len(found)),
        sides="size",
    )


@given(
    seed=st.integers(0, 10_000),
    count=st.sampled_from([4, 30]),
    frames=st.sampled_from(sorted(FRAMES)),
    boxes=st.sampled_from(sorted(BOXES)),
    classes=st.sampled_from(sorted(CLASSES)),
)
@settings(max_examples=12, deadline=None, derandomize=True)
def test_a_reading_is_recovered_or_refused(seed, count, frames, boxes, classes):
    dataset = scene(seed, count)
    wanted = understood(dataset, inferences(dataset, seed, "path", "given", "id"), Wishes({"classes": "id"}))
    try:
        made = understood(dataset, inferences(dataset, seed, frames, boxes, classes), Wishes())
    except InputError as error:
        assert "--reading" in error.hint or "--classes" in error.hint
        return
    assert made.placed.frame.tolist() == wanted.placed.frame.tolist()
    np.testing.assert_allclose(made.placed.records.box, wanted.placed.records.box, atol=1e-6)
    assert made.placed.class_index.tolist() == wanted.placed.class_index.tolist()


@pytest.mark.parametrize("boxes", sorted(BOXES))
def test_thirty_frames_are_enough_for_every_reading_of_boxes(boxes):
    dataset = scene(3, 30)
    made = understood(dataset, inferences(dataset, 3, "id", boxes, "id"), Wishes())
    wanted = inferences(dataset, 3, "id", "given", "id").box
    np.testing.assert_allclose(made.placed.records.box, wanted, atol=1e-6)


@pytest.mark.parametrize("way", ["id", "position", "position-1", "alphabet"])
def test_thirty_frames_are_enough_for_every_reading_of_classes(way):
    dataset = scene(3, 30)
    made = understood(dataset, inferences(dataset, 3, "id", "given", way), Wishes())
    wanted = understood(dataset, inferences(dataset, 3, "id", "given", "id"), Wishes({"classes": "id"}))
    assert made.placed.class_index.tolist() == wanted.placed.class_index.tolist()


def test_ids_of_another_list_are_refused():
    dataset = scene(3, 30)
    with pytest.raises(InputError, match="those of another list of classes") as caught:
        understood(dataset, inferences(dataset, 3, "id", "given", "permuted"), Wishes())
    assert "--classes FILE" in caught.value.hint


@pytest.mark.parametrize("boxes", [1, 2])
def test_one_box_of_each_class_proves_no_other_list(boxes):
    keys = [str(id_) for id_ in range(12)] * boxes
    wanted = np.roll(np.arange(12, dtype=np.int32), 1)
    match = ClassMatch(
        Reading("id", "by id"), np.tile(np.arange(12, dtype=np.int32), boxes), 12 * boxes, True
    )
    records, names = np.arange(len(keys)), [f"class {i}" for i in range(12)]
    refused = pytest.raises(InputError, match="another list") if boxes > 1 else contextlib.nullcontext()
    with refused:
        check_sense(match, Text.from_values(keys), records, np.tile(wanted, boxes), names)


def test_ids_of_two_classes_that_are_exchanged_are_refused():
    """Most boxes are right, and these two classes would count as confused with each other."""
    dataset = scene(3, 30)
    with pytest.raises(InputError, match=r"^2 class ids seem to be those of another list") as caught:
        understood(dataset, inferences(dataset, 3, "id", "given", "two exchanged"), Wishes())
    assert "--reading classes=id" in caught.value.hint


@pytest.mark.parametrize("way", ["yx", "yx-size", "yx-center", "ends"])
def test_numbers_of_boxes_in_another_order_are_recovered(way):
    dataset = scene(3, 30)
    made = understood(dataset, inferences(dataset, 3, "id", way, "id"), Wishes())
    wanted = inferences(dataset, 3, "id", "given", "id").box
    np.testing.assert_allclose(made.placed.records.box, wanted, atol=1e-6)


def test_boxes_that_repeat_labels_but_for_one_pixel_are_moved_back():
    dataset = scene(3, 30)
    records = inferences(dataset, 3, "id", "given", "id")
    exact = Records(
        place=str,
        frame=Text.from_values(dataset.frames.id[int(row)] for row in dataset.labels.frame),
        category=Text.from_values(str(IDS[i]) for i in dataset.labels.class_index),
        box=dataset.labels.box + np.array([1.0, 1.0, 0.0, 0.0]),
        confidence=np.ones(len(dataset.labels)),
    )
    made = understood(dataset, exact, Wishes({"classes": "id"}))
    np.testing.assert_allclose(made.placed.records.box, dataset.labels.box)
    assert any("shifted by one pixel (left and top by +1)" in note for note in made.notes)
    assert not any("shifted" in note for note in understood(dataset, records, Wishes()).notes)


@pytest.mark.parametrize(
    ("counts", "taken"),
    [((3, 0), 0), ((0, 2), 0), ((0, 3), None), ((0, 10), 1), ((5, 10), 1), ((6, 10), None), ((0, 0), 0)],
)
def test_a_reading_that_the_file_does_not_state_needs_ten_records_and_twice_as_many(counts, taken):
    hits = np.zeros((2, sum(counts)), bool)
    hits[0, : counts[0]] = hits[1, counts[0] :] = True
    readings = [Reading("id", "by id"), Reading("position", "by position", plain=False)]
    if taken is None:
        with pytest.raises(InputError, match="the labels do not decide it"):
            judged("classes", readings, hits, "boxes")
    else:
        assert judged("classes", readings, hits, "boxes").taken == taken


def test_readings_are_forced_by_subject():
    assert forced(["classes=position", "scale=640x480"]) == {"classes": "position", "scale": "640x480"}
    for text in ("classes", "colours=red", "boxes="):
        with pytest.raises(UsageError, match="does not name a reading"):
            forced([text])


@pytest.mark.parametrize(
    ("way", "scale"), [("corners", ""), ("", "0.5"), ("yx", "fractions"), ("", "640x480")]
)
def test_a_forced_reading_is_not_judged(way, scale):
    dataset = scene(3, 30)
    wishes = Wishes({key: value for key, value in (("boxes", way), ("scale", scale)) if value})
    records = inferences(dataset, 3, "id", "given", "id")
    made = understood(dataset, records, wishes)
    assert not np.allclose(made.placed.records.box, records.box)
    assert f"boxes are read as {f'{way} {scale}'.strip()}, as --reading says" in made.notes
