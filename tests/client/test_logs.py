"""Arrays from a training loop."""

import gc
import tempfile
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import aquarium_tui.client as al
from aquarium_tui.errors import InputError, NotFoundError, StoreError, UsageError
from aquarium_tui.store import Store

BOXES = np.array([[1.0, 2.0, 11.5, 12.0], [0.0, 0.0, 5.0, 5.0]])


@pytest.fixture
def val(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset street/val of three frames; files on the way lie in `tmp_path`."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    frames = [
        al.Frame("f1", "f1.jpg", 64, 48, BOXES, [0, 1], {"night": True}),
        al.Frame("f2", "f2.jpg", 64, 48),
        al.Frame(
            3, "f3.jpg", cast(int, np.int64(64)), 48, BOXES[:1], ["Van"], {"night": False, "speed": 3.5}
        ),
    ]
    al.log_dataset("street", "val", frames, classes=["car", "van"])


def left_behind(folder: Path) -> list[Path]:
    return list(folder.glob("aquarium_tui_*"))


@pytest.mark.usefixtures("val")
def test_a_dataset_given_at_once(store: Store, tmp_path: Path) -> None:
    dataset = store.load_dataset("street", "val")
    assert list(dataset.frames.id) == ["f1", "f2", "3"]
    assert list(dataset.frames.path) == ["f1.jpg", "f2.jpg", "f3.jpg"]
    assert dataset.frames.width.tolist() == [64, 64, 64]
    assert dataset.labels.starts.tolist() == [0, 2, 2, 3]
    assert dataset.labels.box.tolist() == [*BOXES.tolist(), BOXES[0].tolist()]
    assert dataset.labels.class_index.tolist() == [0, 1, 1]
    assert dataset.labels.area.tolist() == [105, 25, 105]
    assert [dataset.frames.metadata["night"][row] for row in range(3)] == [True, None, False]
    assert not left_behind(tmp_path)


@pytest.mark.usefixtures("val")
def test_inferences_frame_by_frame(store: Store, tmp_path: Path) -> None:
    with al.log_inferences("street", "val", "model_a") as log:
        log.add(
            3, boxes=BOXES.astype(np.float32), classes=[1, 0], confidences=np.array([0.5, 0.25], np.float32)
        )
        log.add("f1", boxes=BOXES[:1], classes=np.array(["CAR"]), confidences=[1.0])
        log.add("f2", boxes=[], classes=[], confidences=[])
        assert store.dataset_card("street", "val").sets == (), "nothing is stored before the end"
    objects = store.load_inferences("street", "val", "model_a").objects
    assert objects.starts.tolist() == [0, 1, 1, 3]
    assert objects.box.tolist() == [BOXES[0].tolist(), *BOXES.tolist()]
    assert objects.class_index.tolist() == [0, 1, 0]
    assert objects.confidence.tolist() == [1.0, 0.5, 0.25]
    assert not left_behind(tmp_path)


@pytest.mark.usefixtures("val")
@pytest.mark.parametrize("by_id", [True, False])
def test_inferences_given_at_once(store: Store, by_id: bool) -> None:
    boxes: Any = {"f1": BOXES, 3: BOXES[:1]} if by_id else [BOXES, [], BOXES[:1]]
    classes: Any = {"f1": [0, 1], 3: [1]} if by_id else [[0, 1], [], [1]]
    sure: Any = {"f1": [0.5, 0.75], 3: [1]} if by_id else [[0.5, 0.75], [], [1]]
    al.log_inferences("street", "val", "model_a", boxes=boxes, classes=classes, confidences=sure)
    objects = store.load_inferences("street", "val", "model_a").objects
    assert objects.starts.tolist() == [0, 2, 2, 3]
    assert objects.confidence.tolist() == [0.5, 0.75, 1]


@pytest.mark.usefixtures("val")
def test_nothing_is_left_behind_when_the_block_raises(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), al.log_inferences("street", "val", "model_a") as log:
        log.add("f1", boxes=BOXES, classes=[0, 1], confidences=[0.5, 0.5])
        _ = 1 / 0
    with pytest.raises(ZeroDivisionError), al.log_dataset("other", "val", classes=["car"]) as data:
        data.add(al.Frame("f1"))
        _ = 1 / 0
    assert store.dataset_card("street", "val").sets == ()
    assert store.projects() == ["street"]
    assert not left_behind(tmp_path)


@pytest.mark.usefixtures("val")
def test_close_stores_once_and_a_closed_log_takes_no_more(store: Store) -> None:
    log = al.log_inferences("street", "val", "model_a")
    log.close()
    log.close()
    assert len(store.load_inferences("street", "val", "model_a").objects) == 0, "a model that finds nothing"
    with pytest.raises(UsageError, match="closed"):
        log.add("f1", boxes=BOXES, classes=[0, 1], confidences=[0.5, 0.5])
    discarded = al.log_inferences("street", "val", "model_b")
    discarded.discard()
    discarded.close()
    assert [card.id for card in store.dataset_card("street", "val").sets] == ["model_a"]


@pytest.mark.usefixtures("val")
def test_a_log_that_is_never_closed_stores_nothing(store: Store, tmp_path: Path) -> None:
    log = al.log_inferences("street", "val", "model_a")
    log.add("f1", boxes=BOXES, classes=[0, 1], confidences=[0.5, 0.5])
    assert left_behind(tmp_path)
    del log
    gc.collect()  # On Python 3.12, the frames of an error that was handled are let go only then.
    assert not left_behind(tmp_path)
    assert store.dataset_card("street", "val").sets == ()


@pytest.mark.usefixtures("val")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"boxes": [[1, 2, 3]]}, r"boxes have shape \(1, 3\), not \(n, 4\)"),
        ({"boxes": BOXES[0]}, r"boxes have shape \(4,\)"),
        ({"boxes": [["a", "b", "c", "d"]]}, "boxes are not numbers"),
        ({"boxes": [[1], [1, 2]]}, "boxes are not numbers"),
        ({"classes": [0]}, r"classes have shape \(1,\), not \(2,\)"),
        ({"classes": [0.0, 1.0]}, "classes are float64"),
        ({"classes": [0, 7]}, "there is no class 7.\nThere are 0 car, 1 van"),
        ({"classes": ["car", "bus"]}, "there is no class 'bus'"),
        ({"confidences": [0.5]}, r"confidences have shape \(1,\)"),
        ({"confidences": None}, r"confidences have shape \(\), not \(2,\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_where_they_come(change: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"boxes": BOXES, "classes": [0, 1], "confidences": [0.5, 0.5]}
    log = al.log_inferences("street", "val", "model_a")
    with pytest.raises(UsageError, match=f"Frame f1: {words}"):
        log.add("f1", **{**good, **change})
    log.add("f1", **good)
    log.discard()


@pytest.mark.usefixtures("val")
def test_frames_are_known_and_come_once() -> None:
    log = al.log_inferences("street", "val", "model_a")
    log.add("f1", boxes=[], classes=[], confidences=[])
    with pytest.raises(UsageError, match="Frame f1 was already added"):
        log.add("f1", boxes=[], classes=[], confidences=[])
    with pytest.raises(NotFoundError, match=r"has no frame f\\x1b9.\nThe first frames are f1, f2, 3"):
        log.add("f\x1b9", boxes=[], classes=[], confidences=[])
    log.discard()


@pytest.mark.usefixtures("val")
def test_what_is_wrong_with_values_is_reported_with_the_frame(store: Store) -> None:
    with al.log_inferences("street", "val", "model_a") as log:
        log.add("f2", boxes=[[0.0, 0, 5, 5], [0, 0, float("nan"), 5]], classes=[0, 0], confidences=[50, 0.5])
    set_ = store.load_inferences("street", "val", "model_a")
    said = "\n".join(problem.sentence() for problem in set_.provenance.problems)
    assert "1 confidences outside 0 to 1 (kept): frame f2 record 1" in said
    assert "1 boxes that are not four finite numbers (left out): frame f2 record 2" in said


@pytest.mark.usefixtures("val")
def test_a_set_of_which_nothing_can_be_used_is_refused(store: Store) -> None:
    log = al.log_inferences("street", "val", "model_a")
    log.add("f2", boxes=[[0, 0, np.inf, 5]], classes=[0], confidences=[0.5])
    with pytest.raises(InputError, match="None of the 1 inferences can be used"):
        log.close()
    assert store.dataset_card("street", "val").sets == ()


@pytest.mark.usefixtures("val")
def test_names_that_are_taken_are_refused_before_the_loop() -> None:
    with pytest.raises(StoreError, match=r"Dataset .* already exists"):
        al.log_dataset("street", "val")
    al.log_inferences("street", "val", "model_a").close()
    with pytest.raises(StoreError, match=r"Inference set .* already exists"):
        al.log_inferences("street", "val", "model_a")
    with pytest.raises(UsageError, match="model_b"):
        al.log_inferences("street", "val", "model-b")
    with pytest.raises(NotFoundError):
        al.log_inferences("street", "no", "model_a")


def test_boxes_alone_and_boxes_of_other_frames_are_refused(val: None) -> None:
    with pytest.raises(UsageError, match="also need classes and confidences"):
        al.log_inferences("street", "val", "a", boxes=[BOXES])
    with pytest.raises(UsageError, match="boxes has arrays for 1 frame, but the dataset has 3"):
        al.log_inferences("street", "val", "a", boxes=[BOXES], classes=[[0, 1]], confidences=[[1, 1]])
    with pytest.raises(UsageError, match="must name the same frames"):
        al.log_inferences("street", "val", "a", boxes={"f1": BOXES}, classes={"f2": [0, 1]}, confidences={})


def test_classes_of_a_project_that_exists_are_kept_by_name(val: None, store: Store) -> None:
    with al.log_dataset("street", "night", classes=["bus", "Car"]) as log:
        log.add(al.Frame("f1", boxes=BOXES, classes=[0, 1]))
    dataset = store.load_dataset("street", "night")
    assert [(e.id, e.name) for e in dataset.project.class_map.entries] == [(0, "car"), (1, "van"), (2, "bus")]
    assert dataset.labels.class_index.tolist() == [2, 0]
    with al.log_inferences("street", "night", "a") as inferences:
        inferences.add("f1", boxes=BOXES, classes=[0, 1], confidences=[0.5, 0.5])
    assert store.load_inferences("street", "night", "a").objects.class_index.tolist() == [2, 0]
    with al.log_dataset("street", "rain") as log:
        log.add(al.Frame("f1", boxes=BOXES, classes=[2, 1]))
    assert store.load_dataset("street", "rain").labels.class_index.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([], "No frames were added"),
        ([al.Frame("f1"), al.Frame("f1")], "Frame f1 was already added"),
        ([al.Frame("f1", width=-1)], "Frame f1: width and height"),
        ([al.Frame("f1", width=1.5)], "Frame f1: width and height"),  # type: ignore[arg-type]
        ([al.Frame("f1", boxes=BOXES, classes=[0, 0])], "no class 0"),
    ],
)
def test_frames_that_cannot_be_used_are_refused_and_leave_nothing(
    store: Store, frames: Any, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        al.log_dataset("street", "val", frames)
    assert store.projects() == []


floats = st.floats(-1e9, 1e9, width=64)


@given(st.data())
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_logged_is_stored_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    counts = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=5))
    boxes = [data.draw(arrays.arrays(np.float64, (n, 4), elements=floats)) for n in counts]
    sure = [data.draw(arrays.arrays(np.float64, n, elements=st.floats(0, 1))) for n in counts]
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("AQUARIUM_HOME", str(home))
        al.log_dataset("p", "d", [al.Frame(i) for i in range(len(counts))], classes=["car"])
        classes = [np.zeros(n, int) for n in counts]
        al.log_inferences("p", "d", "a", boxes=boxes, classes=classes, confidences=sure)
        objects = Store(home).load_inferences("p", "d", "a").objects
    assert np.array_equal(objects.box, np.concatenate(boxes))
    assert np.array_equal(objects.confidence, np.concatenate(sure))
    assert np.diff(objects.starts).tolist() == counts


@pytest.mark.usefixtures("store", "val")
def test_problems_are_warned_of_and_kept() -> None:
    with pytest.warns(al.UploadWarning, match="boxes partly outside their image"):
        log = al.log_inferences(
            "street",
            "val",
            "wide",
            boxes={"f1": [[-50, 0, 20, 20]]},
            classes={"f1": [0]},
            confidences={"f1": [0.5]},
        )
    assert [problem.kind for problem in log.problems] == ["boxes partly outside their image"]
