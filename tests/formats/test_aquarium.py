"""Records as the two generations of the Aquarium client write them."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui import ingest
from aquarium_tui.errors import InputError
from aquarium_tui.formats import Given, format_of
from aquarium_tui.formats.aquarium import read_inferences as read_file
from aquarium_tui.formats.aquarium import read_labels as read_label_file
from aquarium_tui.model.columns import Values
from aquarium_tui.model.tables import Project
from tests.formats.aquarium_lines import (
    box,
    frame,
    inferences,
    labels,
    lines,
    notes,
    other,
    problems,
    read_inferences,
    read_labels,
)
from tests.narrow import of_type, present


def test_frames_and_labels_on_lines_of_their_own(tmp_path):
    dataset = read_labels(
        tmp_path,
        frame("f1"),
        labels("f1", box("g1", sides=(2, 1, 4, 3), user__occ=True), box("g2", "van", (0, 0, 9.5, 2))),
        frame("f2"),
        labels("f2"),
    )
    assert list(dataset.frames.id) == ["f1", "f2"]
    assert list(dataset.frames.path) == ["images/f1.jpg", "images/f2.jpg"]
    assert dataset.frames.width.tolist() == [64, 64]
    assert dataset.frames.height.tolist() == [48, 48]
    assert dataset.labels.starts.tolist() == [0, 2, 2]
    assert dataset.labels.box.tolist() == [[2, 1, 6, 4], [0, 0, 9.5, 2]]
    assert dataset.labels.area.tolist() == [12, 19]
    assert list(present(dataset.labels.id)) == ["g1", "g2"]
    assert [entry.name for entry in dataset.project.class_map.entries] == ["car", "van"]
    occ = dataset.labels.attributes["occ"]
    assert [occ[0], occ[1]] == [True, None]
    assert "read as aquarium" in notes(dataset)


def test_labels_merged_into_the_line_of_their_frame_are_the_same(tmp_path):
    apart = read_labels(tmp_path, frame("f1"), labels("f1", box("g1")))
    merged = read_labels(tmp_path, {**frame("f1"), "label_data": [box("g1")]})
    assert merged.labels.box.tolist() == apart.labels.box.tolist()
    assert list(present(merged.labels.id)) == list(present(apart.labels.id))
    assert list(merged.frames.path) == list(apart.frames.path)


@pytest.mark.parametrize("names", [("a_frames", "b_labels"), ("b_frames", "a_labels")])
@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_with_a_file_of_frames_and_one_of_labels(tmp_path, names, packed):
    contents = (lines(frame("f1"), frame("f2")), lines(labels("f1", box("g1")), labels("f2", box("g2"))))
    for name, content in zip(names, contents, strict=True):
        file = tmp_path / (f"{name}.jsonl.gz" if packed else f"{name}.jsonl")
        file.write_bytes(gzip.compress(content.encode()) if packed else content.encode())
    format_ = "aquarium" if packed else "auto"
    dataset = ingest.labelled_dataset(Project("street"), "val", tmp_path, lambda _: None, format_=format_)
    assert list(dataset.frames.id) == ["f1", "f2"]
    assert dataset.labels.starts.tolist() == [0, 1, 2]


def test_1_0_7_writes_class_ids_and_a_world_frame(tmp_path):
    image = {
        "coordinate_frame_id": "DEFAULT",
        "coordinate_frame_type": "IMAGE",
        "coordinate_frame_metadata": "{}",
    }
    world = {"coordinate_frame_id": "world", "coordinate_frame_type": "WORLD"}
    crops = [{**box("g1", "van"), "class_id": 7}, {**box("g2", "car"), "class_id": 3}]
    for crop in crops:
        del crop["linked_labels"]
    dataset = read_labels(tmp_path, {**frame("f1", coordinate_frames=[world, image]), "label_data": crops})
    assert [(e.id, e.name) for e in dataset.project.class_map.entries] == [(3, "car"), (7, "van")]
    assert dataset.labels.class_index.tolist() == [1, 0]


def test_a_class_without_an_id_comes_after_those_that_have_one(tmp_path):
    crops = [
        box("g1", "van"),
        {**box("g2", "truck"), "class_id": 4},
        box("g3", "Bus"),
        {**box("g4"), "class_id": 4},
    ]
    dataset = read_labels(tmp_path, {**frame("f1"), "label_data": crops})
    named = [(entry.id, entry.name) for entry in dataset.project.class_map.entries]
    assert named == [(4, "truck"), (5, "Bus"), (6, "car"), (7, "van")], "id 4 is the first one's that had it"
    assert dataset.labels.class_index.tolist() == [3, 0, 1, 2]


def test_the_store_is_that_of_the_same_set_in_coco(tmp_path):
    sides = [(2, 1, 4, 3), (0.1, 0.2, 9.7, 2.3)]
    crops = [box("1", "van", sides[0]), box("2", "car", sides[1])]
    ours = read_labels(tmp_path, frame("f1"), frame("f2"), labels("f2", *crops))
    coco = {
        "images": [
            {"id": i, "file_name": f"images/{i}.jpg", "width": 64, "height": 48} for i in ("f1", "f2")
        ],
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "van"}],
        "annotations": [
            {"id": i + 1, "image_id": "f2", "category_id": 2 - i, "bbox": side}
            for i, side in enumerate(sides)
        ],
    }
    path = tmp_path / "coco.json"
    path.write_text(json.dumps(coco))
    theirs = ingest.labelled_dataset(Project("street"), "val", path, lambda _: None)
    assert ours.project == theirs.project
    assert ours.categories == theirs.categories
    for name in ("id", "path"):
        assert list(getattr(ours.frames, name)) == list(getattr(theirs.frames, name))
    for name in ("starts", "class_index", "box", "crowd", "area"):
        assert np.array_equal(getattr(ours.labels, name), getattr(theirs.labels, name))
    assert list(ours.labels.id or ()) == list(theirs.labels.id or ())


def test_metadata_has_the_types_that_are_declared(tmp_path):
    first = frame(
        "f1",
        user__split="val",
        user__code=12,
        user__speed="3.5",
        user__night=True,
        user__tags=["wet", "dusk"],
        device_id="cam_3",
        geo_data={"lat": 52.5},
        user_metadata_types={"user__split": "str", "user__code": "str", "user__speed": "float"},
    )
    metadata = read_labels(tmp_path, frame("f0"), first).frames.metadata
    assert {key: (column[0], column[1]) for key, column in metadata.items() if key != "date_captured"} == {
        "device_id": (None, "cam_3"),
        "split": (None, "val"),
        "code": (None, "12"),
        "speed": (None, 3.5),
        "night": (None, True),
        "tags": (None, "wet, dusk"),
        "lat": (None, 52.5),
    }
    assert of_type(Values, metadata["date_captured"]).values[1] == np.datetime64("2024-01-01T00:00:00")


def test_polygons_are_boxes_and_other_kinds_are_counted_and_said_once(tmp_path):
    polygons = [{"vertices": [[5, 9], [2.5, 3], [4, 11]]}, {"vertices": [[7, 4], [6, 5], [6, 6]]}]
    dataset = read_labels(
        tmp_path,
        frame("f1"),
        labels(
            "f1",
            other("POLYGON_LIST_2D", polygons=polygons, center=[1, 1]),
            other("CLASSIFICATION_2D"),
            other("SEMANTIC_LABEL_URL_2D", "__mask", url="m.png", resize_mode="fill"),
            other("CLASSIFICATION_2D", "van"),
            {**box("gone"), "change": "DELETE"},
        ),
    )
    assert dataset.labels.box.tolist() == [[2.5, 3, 7, 11]]
    assert [entry.name for entry in dataset.project.class_map.entries] == ["car"]
    assert "1 labels are polygons, read as masks with the boxes around them" in notes(dataset)
    assert notes(dataset).count("2 labels of kind CLASSIFICATION_2D cannot be shown and are skipped") == 1
    assert notes(dataset).count("1 labels of kind SEMANTIC_LABEL_URL_2D cannot be shown") == 1
    assert "1 labels are marked as deleted" in notes(dataset)


def test_classes_of_images_are_taken_where_there_are_no_boxes(tmp_path):
    dataset = read_labels(
        tmp_path,
        frame("f1"),
        frame("f2"),
        labels("f1", other("CLASSIFICATION_2D")),
        labels("f2", other("CLASSIFICATION_2D", "van")),
    )
    assert dataset.project.task == "classification"
    names = [dataset.project.class_map.entries[i].name for i in dataset.labels.class_index]
    assert (names, dataset.labels.frame.tolist()) == (["car", "van"], [0, 1])
    assert "2 labels are classes of whole images" in notes(dataset)


@pytest.mark.parametrize(
    "polygons", [None, [], [{"vertices": []}], [{"vertices": [[1, 2, 3]]}], [{}], "no", 3]
)
def test_what_is_no_polygon_is_reported_with_its_place(tmp_path, polygons):
    dataset = read_labels(
        tmp_path, frame("f1"), labels("f1", box("g1"), other("POLYGON_LIST_2D", polygons=polygons))
    )
    assert len(dataset.labels) == 1
    assert "val.jsonl line 2 label_data record 2" in problems(dataset)


def test_inferences_of_0_0_67(tmp_path):
    found = read_inferences(
        tmp_path,
        inferences("f2", box("i1", "cyclist", confidence=0.5)),
        inferences("f1", box("i2", confidence=0.25), box("i3", confidence=1)),
    )
    assert found.objects.starts.tolist() == [0, 2, 3]
    assert found.objects.confidence.tolist() == [0.25, 1.0, 0.5]
    assert found.objects.class_index.tolist() == [0, 0, 1]
    assert list(present(found.objects.id)) == ["i2", "i3", "i1"]


def test_inferences_of_1_0_7_have_no_type_and_two_lists(tmp_path):
    crops = [{**box("i1", confidence=0.5), "class_id": 0}]
    line = {**frame("f1"), "inference_data": crops, "label_data": crops}
    found = read_inferences(tmp_path, line)
    assert found.objects.confidence.tolist() == [0.5]
    del line["inference_data"]
    assert len(read_inferences(tmp_path, line).objects) == 1, "confidences tell inferences, too"


def test_custom_metrics_are_said_and_read(tmp_path):
    found = read_inferences(
        tmp_path,
        inferences("f1", box("i1", confidence=0.5), custom_metrics={"s": 3.32, "cm": [[1, 2], [3, 4]]}),
        inferences("f2", custom_metrics={"s": 1}),
    )
    assert "custom metrics: s for 2 frames, cm for 1 frame" in notes(found)
    assert read_file(Given(tmp_path / "a.jsonl")).metrics == {
        "s": {"f1": 3.32, "f2": 1},
        "cm": {"f1": [[1, 2], [3, 4]]},
    }


def test_labels_on_a_further_sensor_are_left_out_and_reported(tmp_path):
    second = {"coordinate_frame": "right", "sensor_id": "right", "data_urls": {"image_url": "r.jpg"}}
    both = frame("f1")
    both["sensor_data"].append(second)
    dataset = read_labels(
        tmp_path, both, labels("f1", box("g1"), {**box("g2"), "label_coordinate_frame": "right"})
    )
    assert list(present(dataset.labels.id)) == ["g1"]
    assert (
        "labels on another sensor of their frame (left out): val.jsonl line 2 label_data record 2"
        in problems(dataset)
    )
    assert "1 frame has several sensors" in notes(dataset)


def test_what_is_wrong_with_frames_is_reported(tmp_path):
    bare = {"task_id": "f2", "sensor_data": []}
    nameless: dict[str, object] = {"sensor_data": []}
    dataset = read_labels(
        tmp_path,
        frame("f1"),
        frame("f1"),
        bare,
        nameless,
        labels("lost", box("g1"), 5),
        labels("f1", box("g2")),
    )
    said = problems(dataset)
    assert "1 frames with the same id as an earlier one (left out): val.jsonl frames record 2 (f1)" in said
    assert "1 frames without an image_url (kept): val.jsonl frames record 3 (f2)" in said
    assert "1 frames without a width and height (kept)" in said
    assert "1 frames without a task_id (left out): val.jsonl frames record 4" in said
    assert "1 labels of unknown images (left out): val.jsonl line 5 label_data record 1 (image lost)" in said
    assert "1 records that are not JSON objects (left out): val.jsonl line 5 label_data record 2" in said


def test_file_urls_are_paths_and_other_urls_stay(tmp_path):
    local, remote = frame("f1"), frame("f2")
    (tmp_path / "a b.jpg").touch()
    local["sensor_data"][0]["data_urls"]["image_url"] = (tmp_path / "a b.jpg").as_uri()
    remote["sensor_data"][0]["data_urls"]["image_url"] = "gs://bucket/f2.jpg"
    dataset = read_labels(tmp_path, local, remote)
    assert list(dataset.frames.path) == [str(tmp_path / "a b.jpg"), "gs://bucket/f2.jpg"]
    assert problems(dataset) == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"task_id": "f1", "label_data": []}\n{"task_id": "f', "line 2 is not JSON: column 13.*cut off"),
        (
            '{"task_id": "f1", "label_data": []}\n{"task_id": oops, "a": 1}\n',
            "line 2 is not JSON: column 13.*oops",
        ),
        ('{"task_id": "f1", "label_data": []}\n[1]\n', "line 2 is not an object"),
        (b'{"task_id": "f1", "label_data": []}\n{"a": "\xff"}\n', "line 2 is not UTF-8"),
        ('{"task_id": "f1", "label_data": []}\n', "holds no frames"),
        (lines(labels("f1", box("g1"))), "holds the labels of 1 frames, but not the frames"),
        (lines(inferences("f1", box("g1"))), "holds inferences"),
        ("{" * 100_000, "line 1 is not JSON"),
    ],
)
def test_a_broken_labels_file_is_refused_with_its_line(tmp_path, content, words):
    path = tmp_path / "val.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=r"(?s)" + words):
        ingest.labelled_dataset(Project("street"), "val", path, lambda _: None, format_="aquarium")


def test_labels_given_as_inferences_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds frames and labels, but no inferences"):
        read_inferences(tmp_path, frame("f1"), labels("f1", box("g1")))


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 4, st.floats(0, 1)), max_size=20))
@settings(max_examples=30)
def test_boxes_and_confidences_come_in_bit_by_bit(tmp_path_factory, boxes):
    crops = [box(str(i), sides=each[:4], confidence=each[4]) for i, each in enumerate(boxes)]
    path = tmp_path_factory.mktemp("records") / "a.jsonl"
    path.write_text(lines(inferences("f1", *crops)))
    records = format_of(Given(path)).read_inferences(Given(path)).records
    expected = [[left, top, left + width, top + height] for left, top, width, height, _ in boxes]
    assert records.box.tolist() == expected
    assert records.confidence.tolist() == [each[4] for each in boxes]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "task_id",
                    "sensor_data",
                    "label_data",
                    "inference_data",
                    "attributes",
                    "label_type",
                    "polygons",
                    "vertices",
                    "user__a",
                    "data_urls",
                    "geo_data",
                    "custom_metrics",
                    "type",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                [
                    "task_id",
                    "sensor_data",
                    "label_data",
                    "inference_data",
                    "user__a",
                    "user_metadata_types",
                    "geo_data",
                    "custom_metrics",
                ]
            ),
            json_values,
        ),
        max_size=4,
    )
)
@settings(max_examples=150)
def test_whatever_the_lines_hold_the_answer_is_tables_or_a_sentence(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("records") / "a.jsonl"
    path.write_text(lines({"task_id": "f", "label_data": []}, *records))
    found = format_of(Given(path), "aquarium")
    for read in (found.read_labels, found.read_inferences):
        try:
            file = read(Given(path))
        except InputError as error:
            assert error.message
        else:
            assert len(file.records.frame) == len(file.records.category) == len(file.records)


def test_masks_by_path_are_found_by_frame(tmp_path):
    mask = {"label": "__mask", "label_type": "SEMANTIC_LABEL_URL_2D"}
    path = tmp_path / "val.jsonl"
    first = [5, {**mask, "attributes": {"url": "a.png"}}, {**mask, "attributes": {"url": "b.png"}}]
    third = {**mask, "attributes": {"url": (tmp_path / "c d.png").as_uri()}}
    shown = [frame("f1"), frame("f2"), labels("f1", *first), labels("f2", box("g"))]
    path.write_text(lines(*shown, inferences("f3", third)))
    of_masks = [Given(path, form="masks"), Given(path)]
    assert [read_label_file(given).masks for given in of_masks] == [{"f1": "a.png"}, {}]
    assert read_file(Given(path)).masks == {"f3": str(tmp_path / "c d.png")}
