"""A script for the hosted product, with its import changed."""

import logging
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import aquarium_tui.client as al
from aquarium_tui.errors import AquariumError, InputError, NotFoundError, StoreError, UsageError
from aquarium_tui.store import Store

BOX: dict[str, Any] = {"top": 1, "left": 2, "width": 3, "height": 4.5}


def project(client: al.Client, **more: Any) -> None:
    client.create_project("street", al.LabelClassMap.from_classnames(["car", "van"]), **more)


def labelled(ids: list[str], classification: str = "car", **box: Any) -> al.LabeledDataset:
    dataset = al.LabeledDataset()
    for id_ in ids:
        frame = al.LabeledFrame(frame_id=id_, date_captured="2024-01-01T00:00:00Z")
        frame.add_image(sensor_id="DEFAULT", image_url=f"images/{id_}.jpg", width=64, height=48)
        frame.add_label_2d_bbox(
            sensor_id="DEFAULT", label_id=f"g_{id_}", classification=classification, **{**BOX, **box}
        )
        dataset.add_frame(frame)
    return dataset


def inferred(ids: list[str], confidence: float = 0.5, metric: Any = None) -> al.Inferences:
    inferences = al.Inferences()
    for id_ in ids:
        frame = al.InferencesFrame(frame_id=id_)
        frame.add_inference_2d_bbox(
            sensor_id="DEFAULT", label_id=f"i_{id_}", classification="van", confidence=confidence, **BOX
        )
        if metric is not None:
            frame.add_custom_metric("score", metric)
        inferences.add_frame(frame)
    return inferences


@pytest.fixture
def client() -> al.Client:
    """A client of a project with a dataset of two frames."""
    client = al.Client()
    project(client)
    client.create_dataset("street", "val", dataset=labelled(["f1", "f2"]))
    return client


def test_an_old_script_runs(store: Store, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "f1.jpg").touch()
    client = al.Client(api_endpoint="https://example.org/api/v1")
    client.set_credentials(api_key="secret")
    classes = al.LabelClassMap()
    classes.add_entry(al.ClassMapEntry(name="car", class_id=3, color=[1, 2, 3], train_name="vehicle"))
    classes.add_entry(al.ClassMapEntry(name="sky", class_id=1, ignore_in_eval=True, has_instances=False))
    client.create_project(
        "street",
        classes,
        primary_task="2D_OBJECT_DETECTION",
        custom_metrics=[al.CustomMetricsDefinition("score", al.CustomMetricsDefinition.OBJECTIVE)],
        metrics_confidence_threshold=0.25,
        metrics_iou_threshold=0.6,
    )
    frame = al.LabeledFrame(frame_id="f1", date_captured="2024-01-01T00:00:00Z", device_id="cam_3")
    frame.add_image(image_url="images/f1.jpg", width=64, height=48)
    frame.add_user_metadata("split", "val")
    frame.add_user_metadata("speed", 3.5)
    frame.add_user_metadata("note", None, val_type="str")
    frame.add_user_metadata_list("tags", ["wet", "dusk"])
    frame.add_geo_latlong_data(52.5, 13)
    frame.add_label_2d_bbox(
        label_id="g1", classification="car", iscrowd=True, user_attrs={"occluded": True}, **BOX
    )
    frame.add_label_2d_polygon_list(
        label_id="g2", classification="sky", polygons=[{"vertices": [[1, 2], [3.5, 4], [2, 9]]}]
    )
    dataset = al.LabeledDataset()
    dataset.add_frame(frame)
    client.create_dataset("street", "val", dataset=dataset)
    found = al.Inferences()
    inferences = al.InferencesFrame(frame_id="f1")
    inferences.add_inference_2d_bbox(label_id="i1", classification="car", confidence=0.75, **BOX)
    inferences.add_custom_metric("score", 3.5)
    found.add_frame(inferences)
    client.create_inferences("street", "val", inferences_id="model_a", inferences=found)

    stored = store.load_dataset("street", "val")
    assert [
        (e.id, e.name, e.color, e.train_name, e.ignore_in_eval) for e in stored.project.class_map.entries
    ] == [
        (3, "car", (1, 2, 3), "vehicle", False),
        (1, "sky", None, None, True),
    ]
    assert (stored.project.settings.base_confidence, stored.project.settings.iou) == (0.25, 0.6)
    assert list(stored.frames.path) == ["images/f1.jpg"]
    assert stored.images == str(tmp_path)
    assert stored.labels.box.tolist() == [[2, 1, 5, 5.5], [1, 2, 3.5, 9]]
    assert stored.labels.crowd.tolist() == [True, False]
    assert list(stored.labels.id or ()) == ["g1", "g2"]
    assert stored.labels.attributes["occluded"][0] is True
    metadata = {key: column[0] for key, column in stored.frames.metadata.items() if key != "date_captured"}
    assert metadata == {
        "device_id": "cam_3",
        "split": "val",
        "speed": 3.5,
        "tags": "wet, dusk",
        "latitude": 52.5,
        "longitude": 13,
    }
    assert stored.frames.metadata["date_captured"][0] == datetime(2024, 1, 1)
    set_ = store.load_inferences("street", "val", "model_a")
    assert set_.objects.confidence.tolist() == [0.75]
    assert set_.metrics["score"].number.tolist() == [3.5]


def test_what_is_there_is_told_and_deleted(client: al.Client) -> None:
    client.create_inferences("street", "val", inferences_id="model_a", inferences=inferred(["f1"]))
    (told,) = client.get_projects()
    assert told == client.get_project("street")
    assert (told["id"], told["primary_task"]) == ("street", "2D_OBJECT_DETECTION")
    assert [(entry["class_id"], entry["name"]) for entry in told["label_class_map"]] == [
        (0, "car"),
        (1, "van"),
    ]
    (dataset,) = client.get_datasets("street")
    assert dataset == client.get_dataset("street", "val")
    assert (dataset["id"], dataset["num_frames"], dataset["num_labels"]) == ("val", 2, 2)
    assert dataset["inferences"] == ["model_a"]
    client.delete_inferences("street", "val", "model_a")
    assert not client.inferences_exist("street", "val", "model_a")
    client.delete_dataset("street", "val")
    assert not client.dataset_exists("street", "val")
    assert client.project_exists("street")
    client.delete_project("street")
    assert client.get_projects() == []
    assert not client.dataset_exists("street", "val")


def test_the_hosted_product_s_other_arguments_are_ignored_with_one_warning_each(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.WARNING):
        client = al.Client()
        project(client, max_shown_categories=5, external_metadata={}, stratified_metrics=None)
        for name in ("a", "b"):
            client.create_dataset("street", name, dataset=labelled(["f1"]), wait_until_finish=True)
    said = [record.getMessage() for record in caplog.records]
    assert [message for message in said if "wait_until_finish" in message] == [
        "create_dataset: the argument wait_until_finish has no meaning here and is ignored."
    ]
    assert any("max_shown_categories" in message for message in said)
    assert not any("stratified_metrics" in message for message in said), "None asks for nothing"
    assert capsys.readouterr().out == ""


def test_a_task_that_is_not_shown_is_said(caplog: pytest.LogCaptureFixture) -> None:
    client = al.Client()
    project(client, primary_task="3D_OBJECT_DETECTION")
    assert "the argument primary_task has no meaning here" in caplog.text
    assert client.get_project("street")["primary_task"] == "2D_OBJECT_DETECTION"


def test_an_update_replaces_the_frames_it_names_and_adds_others(client: al.Client, store: Store) -> None:
    client.create_inferences("street", "val", inferences_id="model_a", inferences=inferred(["f1", "f2"]))
    client.create_or_update_dataset("street", "val", dataset=labelled(["f0", "f2"], "van", top=7))
    dataset = store.load_dataset("street", "val")
    assert list(dataset.frames.id) == ["f1", "f2", "f0"]
    assert dataset.labels.starts.tolist() == [0, 1, 2, 3]
    assert dataset.labels.box[:, 1].tolist() == [1, 7, 7]
    assert dataset.labels.class_index.tolist() == [0, 1, 1]
    assert list(dataset.labels.id or ()) == ["g_f1", "g_f2", "g_f0"]
    assert "1 frame was replaced, 1 added" in dataset.provenance.notes
    kept = store.load_inferences("street", "val", "model_a").objects
    assert kept.starts.tolist() == [0, 1, 2, 2], "the inference sets stay"


def test_segments_and_reviews_outlive_an_update(client: al.Client, store: Store) -> None:
    folder = store.dataset_folder("street", "val")
    for name in ("segments", "reviews"):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "kept.json").write_text("{}")
    client.create_or_update_dataset("street", "val", dataset=labelled(["f3"]))
    assert [(folder / name / "kept.json").read_text() for name in ("segments", "reviews")] == ["{}", "{}"]
    assert sorted(p.name for p in folder.parent.iterdir() if p.name != ".lock") == ["project.json", "val"], (
        "nothing half done is left"
    )


def test_an_update_that_cannot_be_written_leaves_what_was_there(
    client: al.Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.create_inferences("street", "val", inferences_id="model_a", inferences=inferred(["f1"]))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("aquarium_tui.store.folders.write_dataset", full)
    monkeypatch.setattr("aquarium_tui.store.folders.write_inferences", full)
    with pytest.raises(StoreError, match="No space left"):
        client.create_or_update_dataset("street", "val", dataset=labelled(["f3"]))
    with pytest.raises(StoreError, match="No space left"):
        client.create_or_update_inferences(
            "street", "val", inferences_id="model_a", inferences=inferred(["f2"])
        )
    assert list(store.load_dataset("street", "val").frames.id) == ["f1", "f2"]
    assert store.load_inferences("street", "val", "model_a").objects.starts.tolist() == [0, 1, 1]


def test_an_update_of_inferences_keeps_the_frames_it_does_not_name(client: al.Client, store: Store) -> None:
    client.create_or_update_inferences(
        "street", "val", inferences_id="model_a", inferences=inferred(["f1", "f2"], metric=1.5)
    )
    client.create_or_update_inferences(
        "street", "val", inferences_id="model_a", inferences=inferred(["f2"], 0.25, metric=7)
    )
    set_ = store.load_inferences("street", "val", "model_a")
    assert set_.objects.confidence.tolist() == [0.5, 0.25]
    assert set_.metrics["score"].number.tolist() == [1.5, 7]


def test_the_same_upload_again_changes_nothing(client: al.Client, store: Store) -> None:
    before = store.load_dataset("street", "val")
    client.create_or_update_dataset("street", "val", dataset=labelled(["f1", "f2"]))
    after = store.load_dataset("street", "val")
    assert after.provenance.fingerprint == before.provenance.fingerprint


def test_matrices_are_metrics_over_the_evaluated_classes(store: Store) -> None:
    client = al.Client()
    entries = [("car", 0, "vehicle", False), ("van", 1, "vehicle", False), ("sky", 2, None, True)]
    class_map = al.LabelClassMap(
        [al.ClassMapEntry(n, i, train_name=t, ignore_in_eval=ignore) for n, i, t, ignore in entries]
    )
    definition = al.CustomMetricsDefinition("score", "confusion_matrix")
    client.create_project("street", class_map, custom_metrics=definition)
    client.create_dataset("street", "val", dataset=labelled(["f1", "f2"]))
    matrix = [[1, 2, 100], [3, 4, 100], [100, 100, 100]]
    inferences = inferred(["f1"], metric=matrix)
    client.create_inferences("street", "val", inferences_id="a", inferences=inferences)
    values = store.load_inferences("street", "val", "a").metrics["score"]
    assert values.value.tolist() == [10], "car and van are evaluated as one, sky not at all"
    assert (values.label.tolist(), values.inferred.tolist()) == ([0], [0])


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.create_project("street", al.LabelClassMap.from_classnames(["car"])),
        lambda c: c.create_dataset("street", "val", dataset=labelled(["f1"])),
    ],
)
def test_what_is_there_already_is_refused(client: al.Client, call: Any) -> None:
    with pytest.raises(StoreError, match="already exists"):
        call(client)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.create_dataset("none", "val", dataset=labelled(["f1"])), "no project none"),
        (
            lambda c: c.create_inferences("street", "no", inferences_id="a", inferences=inferred(["f1"])),
            "no dataset",
        ),
        (lambda c: c.delete_dataset("street", "no"), "no dataset"),
        (lambda c: c.get_project("no"), "no project"),
    ],
)
def test_what_is_not_there_is_named(client: al.Client, call: Any, words: str) -> None:
    with pytest.raises(NotFoundError, match=words):
        call(client)


def test_inferences_for_another_dataset_are_refused_and_leave_nothing(client: al.Client) -> None:
    with pytest.raises(InputError, match="None of the 1 inferences refers to an image"):
        client.create_inferences("street", "val", inferences_id="a", inferences=inferred(["elsewhere"]))
    assert not client.inferences_exist("street", "val", "a")


def test_classes_outside_the_class_map_are_refused(client: al.Client) -> None:
    with pytest.raises(ValueError, match=r"in the project.s class map: Car\.\nIt has car, van"):
        client.create_dataset("street", "other", dataset=labelled(["f1"], "Car"))
    assert not client.dataset_exists("street", "other")


def test_frames_on_disk_go_with_the_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dataset = labelled(["f1"])
    assert list(tmp_path.glob("aquarium_tui_*"))
    del dataset
    assert not list(tmp_path.glob("aquarium_tui_*"))


def test_kinds_that_are_not_shown_are_said(store: Store) -> None:
    client = al.Client()
    project(client)
    frame = al.LabeledFrame(frame_id="f1")
    frame.add_image(image_url="a.jpg")
    frame.add_label_2d_classification(label_id="c", classification="car")
    frame.add_label_2d_semseg(label_id="m", mask_url="m.png")
    frame.add_label_2d_semseg(label_id="n", mask_data=np.zeros((2, 3), np.uint8))
    dataset = al.LabeledDataset()
    dataset.add_frame(frame)
    client.create_dataset("street", "val", dataset=dataset)
    notes = store.load_dataset("street", "val").provenance.notes
    for count, kind in ((1, "CLASSIFICATION_2D"), (2, "SEMANTIC_LABEL_URL_2D")):
        assert f"{count} labels of kind {kind} cannot be shown and are skipped" in notes


def mask(path: Path, values: list[list[int]]) -> str:
    Image.fromarray(np.array(values, np.uint8)).save(path)
    return path.name


def masked(kind: Any, urls: dict[str, str]) -> Any:
    """Frames of `LabeledFrame` or `InferencesFrame` with these masks."""
    upload = al.LabeledDataset() if kind is al.LabeledFrame else al.Inferences()
    for id_, url in urls.items():
        frame = kind(frame_id=id_)
        if kind is al.LabeledFrame:
            frame.add_image(image_url=f"{id_}.jpg", width=2, height=1)
            frame.add_label_2d_semseg(label_id=f"m_{id_}", mask_url=url)
        else:
            frame.add_inference_2d_semseg(label_id=f"n_{id_}", mask_url=url)
        upload.add_frame(frame)
    return upload


def test_masks_by_path_of_a_segmentation_project(store: Store, tmp_path: Path) -> None:
    a, b = mask(tmp_path / "a.png", [[0, 1]]), mask(tmp_path / "b.png", [[1, 7]])
    client = al.Client()
    project(client, primary_task="2D_SEMSEG")
    client.create_or_update_dataset("street", "val", dataset=masked(al.LabeledFrame, {"f1": a, "f2": b}))
    dataset = store.load_dataset("street", "val")
    assert dataset.project.task == "segmentation"
    assert dataset.masks is not None
    assert [dataset.masks.file(row) for row in (0, 1)] == [str(tmp_path / "a.png"), str(tmp_path / "b.png")]
    assert (dict(dataset.masks.values), dict(dataset.masks.pixels)) == ({0: 0, 1: 1}, {0: 1, 1: 2, 7: 1})
    problems = "".join(problem.sentence() for problem in dataset.provenance.problems)
    assert "label masks with values that no class has (left out): b.png (7: 1 pixels)" in problems
    assert not any("not shown" in note for note in dataset.provenance.notes)

    inferences = masked(al.InferencesFrame, {"f2": a})
    client.create_inferences("street", "val", inferences_id="m", inferences=inferences)
    found = store.load_inferences("street", "val", "m")
    assert found.masks is not None
    assert [found.masks.path[row] for row in (0, 1)] == [None, "a.png"]
    assert "frames without a mask (kept): f1" in "".join(p.sentence() for p in found.provenance.problems)

    swapped = masked(al.LabeledFrame, {"f3": a, "f2": a, "f1": b})
    client.create_or_update_dataset("street", "val", dataset=swapped)
    after = store.load_dataset("street", "val")
    assert after.masks is not None
    assert list(zip(after.frames.id, after.masks.path, strict=True)) == [("f1", b), ("f2", a), ("f3", a)]
    with pytest.raises(InputError, match=r"1 frame has a mask already(.|\n)*all frames together"):
        client.create_or_update_dataset("street", "val", dataset=masked(al.LabeledFrame, {"f1": a}))
    assert store.load_dataset("street", "val").provenance.fingerprint == after.provenance.fingerprint


@pytest.mark.parametrize("values", [[[0, 1]], [[1, 300]]])
def test_masks_given_as_arrays_are_kept_in_the_store(store: Store, values: list[list[int]]) -> None:
    client = al.Client()
    project(client, primary_task="2D_SEMSEG")
    dataset, frame = al.LabeledDataset(), al.LabeledFrame(frame_id="f1")
    frame.add_image(image_url="f1.jpg")
    frame.add_label_2d_semseg(label_id="m", mask_data=np.array(values))
    dataset.add_frame(frame)
    client.create_dataset("street", "val", dataset=dataset)
    masks = store.load_dataset("street", "val").masks
    assert masks is not None
    path = Path(str(masks.file(0)))
    assert path.parent == store.root / "masks"
    assert np.array(Image.open(path)).tolist() == values
    refused: list[list[list[int]]] = [[[-1]], [[70_000]], [[]]]
    for wrong in refused:
        with pytest.raises(UsageError, match="from 0 to 65535"):
            al.LabeledFrame(frame_id="f").add_label_2d_semseg(label_id="m", mask_data=np.array(wrong, int))


def test_every_refusal_is_an_error_of_this_program_too() -> None:
    with pytest.raises(AquariumError):
        al.LabeledFrame(frame_id="a/b")
