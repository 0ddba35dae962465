"""`compare --labels-before`: the same inferences under the labels before and under those now."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.errors import NotFoundError, UsageError
from aquarium_tui.store import Store
from aquarium_tui.upload import UploadMode, store_dataset
from tests.cli.test_rename import run
from tests.tui import mask_scene
from tests.tui.scene import A, B, Box, C, F, make_store, objects

COMPARE = ("compare", "street/val", "--base", "model_a", "--other", "model_b")
CORRECTED: list[tuple[int, Box, str, float]] = [
    (0, A, "pedestrian", 0),  # it was a cyclist
    (0, B, "car", 0),
    (0, F, "pedestrian", 0),  # it was not labelled
    (1, C, "pedestrian", 0),
    (1, (210, 60, 320, 140), "car", 0),  # its left edge was too far left
]  # E is gone


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    return store


def correct(store: Store, labels: list[tuple[int, Box, str, float]]) -> tuple[str, ...]:
    dataset = store.load_dataset("street", "val")
    found = store_dataset(store, replace(dataset, labels=objects(labels, True)), mode=UploadMode.REPLACE)
    return found.notes


def test_numbers_change_by_the_correction_alone(store: Store) -> None:
    before = json.loads(run(*COMPARE, "--no-intervals", "--format", "json"))
    assert any("--labels-before" in note for note in correct(store, CORRECTED))
    now = json.loads(run(*COMPARE, "--no-intervals", "--format", "json"))
    found = json.loads(run(*COMPARE, "--labels-before", "--format", "json"))
    assert found["labels"] == {
        "before": 5,
        "now": 5,
        "added": 1,
        "removed": 1,
        "moved": 1,
        "relabelled": [{"before": "cyclist", "now": "pedestrian", "count": 1}],
    }
    assert found["before"]["confusion"] == before["confusion"]
    assert found["now"]["confusion"] == now["confusion"]
    told = found["changed"]["base"]["total"]["micro"]["recall"]
    assert told == pytest.approx(
        now["report"]["total"]["micro"]["base"]["recall"]
        - before["report"]["total"]["micro"]["base"]["recall"]
    )
    text = run(*COMPARE, "--labels-before")
    assert "labels 5 → 5" in text
    assert "1 added, 1 removed, 1 of another class, 1 with another box or outline" in text
    assert "cyclist → pedestrian   1" in text
    assert "delta, other − base" in text


def test_what_is_no_correction_keeps_the_labels_before(store: Store) -> None:
    with pytest.raises(NotFoundError, match="never replaced"):
        run(*COMPARE, "--labels-before")
    correct(store, CORRECTED)
    first = run(*COMPARE, "--labels-before")
    assert not any("--labels-before" in note for note in correct(store, CORRECTED))
    assert run(*COMPARE, "--labels-before") == first


def test_frames_that_come_or_go_with_a_correction_do_not_count(store: Store) -> None:
    dataset = store.load_dataset("street", "val")
    frames = dataset.frames
    kept = np.arange(2)
    fewer = replace(
        frames,
        id=frames.id.take(kept),
        path=frames.path.take(kept),
        width=frames.width[:2],
        height=frames.height[:2],
        metadata={},
    )
    labels = objects([(0, A, "cyclist", 0), (1, C, "car", 0)], True)
    labels = replace(labels, starts=labels.starts[:3])
    store_dataset(store, replace(dataset, frames=fewer, labels=labels), mode=UploadMode.REPLACE)
    found = json.loads(run(*COMPARE, "--labels-before", "--format", "json"))
    assert (found["labels"]["before"], found["labels"]["now"]) == (4, 2)
    assert found["before"]["frames"] == found["now"]["frames"] == 2


def test_masks_are_counted_by_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = mask_scene.make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    project = store.projects()[0]
    name = store.datasets(project)[0]
    dataset = store.load_dataset(project, name)
    assert dataset.masks
    base, other = (one.id for one in store.dataset_card(project, name).sets[:2])
    moved = store.load_inferences(project, name, other).masks
    store_dataset(store, replace(dataset, masks=moved), mode=UploadMode.REPLACE)
    chosen = ("compare", f"{project}/{name}", "--base", base, "--other", other, "--labels-before")
    found = json.loads(run(*chosen, "--format", "json"))
    after = np.array(found["now"]["confusion"]["other"])
    assert not (after * ~np.eye(len(after), dtype=bool))[:-1, :-1].any()
    assert found["labels"]["relabelled"]


def test_it_is_no_gate(store: Store) -> None:
    with pytest.raises(UsageError, match="--fail-on"):
        run(*COMPARE, "--labels-before", "--fail-on", "delta.f1 < 0")
