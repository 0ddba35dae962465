"""Every public name of the hosted product's classic client is there, with the names of its arguments."""

import inspect
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import aquarium_tui.client as al
from aquarium_tui.errors import NotFoundError, UsageError
from aquarium_tui.store import Store
from tests.client.test_classic import BOX, inferred, labelled, project

INTERFACE: dict[str, tuple[list[str], list[str]]] = json.loads(
    Path(__file__).with_name("classic_interface.json").read_text("utf-8")
)
"""By class and method: names of the arguments that may be given by position, and of those that may not."""


@pytest.mark.parametrize("name", INTERFACE)
def test_every_method_takes_the_arguments_of_old_scripts(name: str) -> None:
    class_, _, method = name.partition(".")
    signature = inspect.signature(getattr(getattr(al, class_), method))
    names = list(signature.parameters)
    bound = names[1:] if names[:1] == ["self"] else names
    signature = signature.replace(parameters=[signature.parameters[each] for each in bound])
    positional, named = INTERFACE[name]
    signature.bind_partial(**dict.fromkeys([*positional, *named]))
    known = [each for each in positional if each in signature.parameters]
    # Those that have a meaning here stand where they stood.
    assert known == [each for each in signature.parameters if each in known]
    required = [
        each
        for each, parameter in signature.parameters.items()
        if parameter.default is parameter.empty and parameter.kind not in (parameter.VAR_KEYWORD,)
    ]
    assert set(required) <= {*positional, *named}


def test_colours_are_those_of_old_scripts() -> None:
    assert (len(al.turbo_rgb), len(al.viridis_rgb)) == (256, 256)
    assert (al.viridis_rgb[0], al.viridis_rgb[-1]) == ((68, 1, 84), (253, 231, 37))
    names = [f"c{i}" for i in range(12)]
    colors = [entry.color for entry in al.LabelClassMap.from_classnames_max10(names).entries]
    assert colors[0] == colors[10] == (31, 119, 180)
    assert len({entry.color for entry in al.LabelClassMap.from_classnames_turbo(names).entries}) == 12


def test_what_is_not_shown_is_counted_and_skipped_with_one_line(store: Store) -> None:
    client = al.Client()
    project(client, stratified_metrics=[al.StratifiedMetricsDefinition("night", ["yes", "no"])])
    frame = al.LabeledFrame(frame_id="f1")
    frame.add_image(image_url="f1.jpg", width=64, height=48)
    frame.add_label_2d_bbox(label_id="g", classification="car", **BOX)
    for i in range(3):
        frame.add_label_2d_keypoints(label_id=f"k{i}", classification="car", keypoints=[])
    frame.add_label_3d_cuboid(label_id="c", classification="car", position=[], dimensions=[], rotation=[])
    frame.add_label_text_token(sensor_id="x", label_id="t", index=0, token="a")
    frame.add_point_cloud_pcd(sensor_id="lidar", pcd_url="x")
    frame.add_frame_embedding(embedding=[1.0])
    dataset = al.LabeledDataset(pipeline_mode="STREAMING")
    dataset.add_frame(frame)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        client.create_dataset("street", "val", dataset=dataset, wait_until_finish=True)
    said = [str(each.message) for each in caught]
    assert "3 keypoints (left out) – this program does not show them" in said
    assert sum("left out" in each for each in said) == 4
    assert client.get_dataset_ingest_error_logs("street", "val")
    unlabeled = al.UnlabeledDataset()
    unlabeled.add_frame(al.UnlabeledFrame(frame_id="u"))
    with pytest.warns(al.UploadWarning, match="unlabeled dataset"):
        client.create_dataset("street", "more", dataset=unlabeled)
    assert store.datasets("street") == ["val"]


@pytest.fixture
def client(store: Store, tmp_path: Path) -> al.Client:
    """A client of a project with a dataset of two frames and one inference set."""
    client = al.Client()
    project(client)
    Image.new("RGB", (64, 48)).save(tmp_path / "f1.jpg")
    client.create_dataset("street", "val", None, None, labelled(["f1", "f2"]))
    client.create_inferences("street", "val", "model_a", inferences=inferred(["f1", "f2"]))
    return client


def test_frames_come_back_and_can_be_changed(client: al.Client, store: Store) -> None:
    assert client.get_frame_ids("street", "val") == ["f1", "f2"]
    frame = client.get_frame("street", "val", "f1")
    assert frame.to_dict()["label_data"][0]["attributes"] == {**BOX, "height": 4.5}
    assert set(client.get_frames("street", "val", ["f1", "f2"])) == {"f1", "f2"}
    with pytest.raises(NotFoundError):
        client.get_frame("street", "val", "f9")
    client.update_frames_metadata("street", "val", {"f2": {"weather": "rain"}})
    added = al.UpdateGTLabelSet(frame_id="f1")
    added.add_label_2d_bbox(label_id="new", classification="van", **BOX)
    added.update_label_2d_bbox(label_id="g_f1", classification="van", **BOX)
    client.update_dataset_labels("street", "val", [added])
    dataset = store.load_dataset("street", "val")
    assert dataset.frames.metadata["weather"][1] == "rain"
    names = [dataset.project.class_map.entries[i].name for i in dataset.labels.class_index]
    assert names == ["van", "van", "car"]
    assert client.is_dataset_processed("street", "val")
    assert client.current_dataset_process_state("street", "val") == ("DONE", 100.0)
    assert client.inferences_exists("street", "val", "model_a")


def test_frames_are_deleted_from_the_store(client: al.Client, store: Store) -> None:
    dataset = al.LabeledDataset()
    dataset.delete_frame("f2")
    client.create_or_update_dataset("street", "val", dataset=dataset)
    assert client.get_frame_ids("street", "val") == ["f1"]
    assert len(store.load_inferences("street", "val", "model_a").objects) == 1
    with pytest.raises(UsageError, match="was already added or deleted"):
        dataset.add_frame(al.LabeledFrame(frame_id="f2"))


def test_a_frame_is_previewed_without_being_stored(client: al.Client, capsys: Any) -> None:
    frame = client.get_frame("street", "val", "f1")
    path = client.preview_frame("street", frame)
    assert capsys.readouterr().out.strip() == str(path)
    with Image.open(path) as picture:
        assert picture.size == (64, 48)


def test_issues_are_segments_and_metrics_those_of_compare(client: al.Client) -> None:
    issues = client.get_issue_manager("street")
    element = al.IssueElement("f1", "f1", "frame", "val")
    id_ = issues.create_issue("worst", "val", [element], "frame")
    issues.add_elements_to_issue(id_, [al.IssueElement("f2", "f2", "frame", "val")])
    assert [[each.frame_id for each in issue.elements] for issue in issues.list_issues()] == [["f1", "f2"]]
    metrics = client.get_metrics_manager("street")
    whole, worst = metrics.get_metrics("val", "model_a", 10, 50, ["worst"])
    assert (whole["frame_count"], worst["frame_count"]) == (2, 2)
    assert (whole["recall"]["score"], whole["total_confusions"]["score"]) == (0.0, 2)
    found = metrics.fetch_confusions(
        "val",
        "model_a",
        {
            "confidence_threshold": 0.1,
            "iou_threshold": 0.5,
            "queries": [metrics.make_confusions_query(), metrics.make_correct_query()],
            "ordering": metrics.ORDER_CONF_DESC,
        },
    )
    assert (found["num_rows"], found["rows"][0]["label_class"]) == (2, "car")
    issues.delete_issue(id_)
    assert issues.list_issues() == []


def test_colours_of_a_project_change(client: al.Client, store: Store) -> None:
    client.update_label_class_map_colors("street", [al.ClassMapUpdateEntry(name="Car", color=[1, 2, 3])])
    assert store.project("street").class_map.entries[0].color == (1, 2, 3)
