"""Suspected label errors: what is planted comes first, duplicates count once, and every set votes."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.objects.suspects import SuspectKind, suspects
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects, starts_of
from benchmarks import data
from benchmarks.label_errors import DETECTORS, planted

FRAMES = 300


@pytest.fixture(scope="module")
def made() -> tuple[Dataset, list[InferenceSet]]:
    dataset = data.dataset(FRAMES)
    return dataset, [
        data.inferences(dataset, name, seed, 40, detector) for seed, (name, detector) in enumerate(DETECTORS)
    ]


def test_planted_errors_come_first(made: tuple[Dataset, list[InferenceSet]]) -> None:
    dataset, sets = made
    errors = planted(dataset, 0.05, seed=3)
    first = suspects(errors.dataset, sets)[:20]
    assert sum(errors.caused(each, sets) for each in first) >= 16
    assert len({(each.frame, each.label, each.inferences) for each in first}) == 20


def boxes(rows: list[tuple[int, tuple[float, ...], int, float]], frames: int, label: bool) -> Objects:
    rows = sorted(rows, key=lambda row: row[0])
    frame = np.array([row[0] for row in rows], np.int32)
    box = np.array([row[1] for row in rows], np.float64).reshape(-1, 4)
    confidence = np.array([] if label else [row[3] for row in rows])
    return Objects(
        starts=starts_of(frame, frames),
        class_index=np.array([row[2] for row in rows], np.int32),
        box=box,
        confidence=confidence,
        crowd=np.zeros(len(rows) if label else 0, bool),
        area=np.zeros(len(rows) if label else 0),
    )


ONE, FAR = (10.0, 10.0, 110.0, 110.0), (300.0, 200.0, 420.0, 320.0)
WIDE = (10.0, 10.0, 210.0, 130.0)


Row = tuple[int, tuple[float, ...], int, float]


def street(frames: int = 60) -> tuple[Dataset, dict[str, list[Row]]]:
    """Frames with one object that every set finds, but for the first four: one kind of error each."""
    dataset = data.dataset(frames)
    labels: list[Row] = [(frame, ONE, frame % 3, 0.0) for frame in range(frames)]
    found: list[Row] = [(frame, ONE, frame % 3, 0.9) for frame in range(frames)]
    found += [(0, FAR, 5, 0.95), (0, tuple(np.add(FAR, 2)), 5, 0.94)]  # Missing, and found twice.
    labels[1] = (1, ONE, 40, 0.0)
    labels[2] = (2, WIDE, 2, 0.0)
    labels.append((3, FAR, 0, 0.0))
    made = replace(dataset, labels=boxes(labels, frames, True))
    made = replace(made, frames=replace(made.frames, id=Text.from_words([str(i) for i in range(frames)])))
    return made, {"a": found, "b": found, "c": found}


def sets_of(found: dict[str, list[tuple[int, tuple[float, ...], int, float]]]) -> list[InferenceSet]:
    return [InferenceSet(name, boxes(rows, 60, False)) for name, rows in found.items()]


def test_each_kind_is_found_once() -> None:
    dataset, found = street()
    got = {each.frame: each.kind for each in suspects(dataset, sets_of(found))}
    assert got == {
        0: SuspectKind.MISSING,
        1: SuspectKind.CLASS,
        2: SuspectKind.LOOSE,
        3: SuspectKind.NOTHING,
    }
    assert len(suspects(dataset, sets_of(found))) == 4


def test_a_label_that_the_sets_confirm_is_not_doubted() -> None:
    dataset, found = street()
    # In frame 4, all sets see the label's class, another class, and a part of the object besides.
    twice = [(4, ONE, 30, 0.95), (4, (10.0, 10.0, 110.0, 60.0), 1, 0.92)]
    got = suspects(dataset, sets_of({name: [*rows, *twice] for name, rows in found.items()}))
    assert sorted(each.frame for each in got) == [0, 1, 2, 3]


def test_the_majority_of_the_sets_decides() -> None:
    dataset, found = street()
    found["c"] = [row for row in found["c"] if row[1] == ONE and row[0] != 1]
    frames = {each.frame for each in suspects(dataset, sets_of(found)) if each.kind is not SuspectKind.LOOSE}
    assert {0, 1} <= frames
    found["b"] = found["c"]
    frames = {each.frame for each in suspects(dataset, sets_of(found))}
    assert not {0, 1} & frames
    assert suspects(dataset, sets_of(found)[:1]) == []
