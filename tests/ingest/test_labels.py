from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.tables import Project
from tests.ingest.files import image, instances, label, read_labels, write
from tests.narrow import of_type, present


def test_frames_boxes_and_classes_are_what_the_file_says(tmp_path):
    images = [image(7, "cam/b.jpg"), image(5, "cam/a.jpg")]
    annotations = [
        label(5, 3, [1, 2, 30, 40], area=900.5, iscrowd=0, id=11),
        label(7, 1, [0.5, 0.25, 10, 20], id=12, iscrowd=1),
        label(5, 1, [-3, 4, 5, 6], id=13),
    ]
    dataset = read_labels(tmp_path, instances(images, annotations))
    assert list(dataset.frames.id) == ["7", "5"]
    assert list(dataset.frames.path) == ["cam/b.jpg", "cam/a.jpg"]
    assert dataset.frames.width.tolist() == [100, 100]
    assert dataset.frames.height.tolist() == [80, 80]
    assert [(entry.id, entry.name) for entry in dataset.project.class_map.entries] == [
        (1, "car"),
        (3, "cyclist"),
    ]
    labels = dataset.labels
    assert labels.starts.tolist() == [0, 1, 3]
    assert labels.box.tolist() == [[0.5, 0.25, 10.5, 20.25], [1, 2, 31, 42], [-3, 4, 2, 10]]
    assert labels.class_index.tolist() == [0, 1, 0]
    assert labels.crowd.tolist() == [True, False, False]
    assert labels.area.tolist() == [200.0, 900.5, 30.0], "a missing area is width times height"
    assert list(present(labels.id)) == ["12", "11", "13"]
    assert labels.confidence.shape == (0,)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_gzip_and_a_byte_order_mark_change_nothing(tmp_path, packed, mark):
    import json

    plain = read_labels(tmp_path, instances(annotations=[label(1)]))
    content = mark + json.dumps(instances(annotations=[label(1)])).encode()
    write(tmp_path / "l.json", content, packed=packed)
    again = read_labels(tmp_path, (tmp_path / "l.json").read_bytes())
    assert again.labels.box.tolist() == plain.labels.box.tolist()
    assert list(again.frames.id) == list(plain.frames.id)


def test_ids_may_be_numbers_text_or_whole_floats(tmp_path):
    images = [image("12"), image(13.0), image("night/0001")]
    annotations = [label(12), label("13"), label("night/0001", "3")]
    dataset = read_labels(tmp_path, instances(images, annotations))
    assert list(dataset.frames.id) == ["12", "13", "night/0001"]
    assert dataset.labels.frame.tolist() == [0, 1, 2]
    assert dataset.labels.class_index.tolist() == [0, 0, 1]


def test_categories_are_in_the_order_of_their_ids_and_gaps_stay(tmp_path):
    dataset = read_labels(tmp_path, instances(categories={90: "toothbrush", 1: "person", 13: "stop sign"}))
    entries = dataset.project.class_map.entries
    assert [(entry.id, entry.name) for entry in entries] == [
        (1, "person"),
        (13, "stop sign"),
        (90, "toothbrush"),
    ]
    assert dataset.categories == {1: 1, 13: 13, 90: 90}


def test_a_second_dataset_is_mapped_to_the_project_s_classes_by_name(tmp_path):
    first = read_labels(tmp_path, instances(categories={1: "car", 2: "van"}))
    second = read_labels(
        tmp_path,
        instances(annotations=[label(1, 5), label(1, 1)], categories={1: "bus", 5: "Car"}),
        first.project,
    )
    entries = second.project.class_map.entries
    assert [(entry.id, entry.name) for entry in entries] == [(1, "car"), (2, "van"), (3, "bus")]
    assert second.categories == {5: 1, 1: 3}
    assert second.labels.class_index.tolist() == [0, 2]
    assert any("1 class is new to the project: bus" in note for note in second.provenance.notes)


def test_further_keys_become_typed_columns(tmp_path):
    images = [
        image(1, weather="rain", speed=3, night=True, date_captured="2013-11-14 17:02:52", sensor={"a": 1}),
        image(2, weather=None, speed=2.5, night=False, date_captured="2013-11-15T00:00:00+01:00", Speed=1),
    ]
    annotations = [
        label(1, occluded=True, attributes={"truncated": 0.5}, keypoints=[1, 2]),
        label(2, note="\x1b[31m"),
    ]
    dataset = read_labels(tmp_path, instances(images, annotations))
    metadata = dataset.frames.metadata
    assert list(metadata) == ["weather", "speed", "night", "date_captured", "Speed_2"]
    assert list(of_type(Text, metadata["weather"])) == ["rain", None]
    assert of_type(Values, metadata["speed"]).values.tolist() == [3.0, 2.5]
    assert of_type(Values, metadata["night"]).values.tolist() == [True, False]
    dates = np.array(["2013-11-14T17:02:52", "2013-11-14T23:00:00"], "datetime64[us]")
    assert of_type(Values, metadata["date_captured"]).values.tolist() == dates.tolist()
    attributes = dataset.labels.attributes
    assert sorted(attributes) == ["note", "occluded", "truncated"]
    assert [attributes["truncated"][row] for row in range(2)] == [0.5, None]
    assert any("keypoints" in note for note in dataset.provenance.notes)
    assert any("sensor" in note for note in dataset.provenance.notes)


def test_text_that_looks_like_a_polygon_is_left_alone(tmp_path):
    text = 'say "segmentation": [1, 2]'
    dataset = read_labels(tmp_path, instances([image(1, caption=text), image(2)]))
    assert list(of_type(Text, dataset.frames.metadata["caption"])) == [text, None]


def test_roboflow_s_empty_root_is_dropped_but_no_other_class(tmp_path):
    root = [{"id": 0, "name": "cars", "supercategory": "none"}]
    others = [
        {"id": 1, "name": "car", "supercategory": "cars"},
        {"id": 2, "name": "van", "supercategory": "cars"},
    ]
    dataset = read_labels(tmp_path, instances(annotations=[label(1)], categories=root + others))
    assert [entry.name for entry in dataset.project.class_map.entries] == ["car", "van"]
    assert any("category 0 (cars)" in note for note in dataset.provenance.notes)
    used = read_labels(tmp_path, instances(annotations=[label(1, 0)], categories=root + others))
    assert [entry.name for entry in used.project.class_map.entries] == ["cars", "car", "van"]
    plain = [{"id": 0, "name": "car"}, {"id": 1, "name": "van"}]
    kept = read_labels(tmp_path, instances(annotations=[label(1, 1)], categories=plain))
    assert [entry.name for entry in kept.project.class_map.entries] == ["car", "van"]


def test_a_file_without_annotations_is_a_dataset_without_labels(tmp_path):
    content = instances()
    del content["annotations"]
    dataset = read_labels(tmp_path, content)
    assert len(dataset.labels) == 0
    assert dataset.labels.starts.tolist() == [0, 0, 0]
    assert any("no frame has labels" in note for note in dataset.provenance.notes)


def test_lvis_images_are_named_by_the_last_part_of_their_url(tmp_path):
    images = [
        {
            "id": 1,
            "coco_url": "http://images.cocodataset.org/val2017/000000397133.jpg",
            "width": 9,
            "height": 9,
        }
    ]
    assert list(read_labels(tmp_path, instances(images)).frames.path) == ["000000397133.jpg"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([], "is a list of results, not a labels file"),
        ({"images": [image(1)], "annotations": []}, "has no categories"),
        ({"annotations": [], "categories": []}, "has no images and no categories"),
        ('{"images": [1,], "annotations": []}', "line 1, column"),
        ('{"images": {}, "annotations": []}', r"'\[' is missing"),
        ("", "is empty"),
    ],
)
def test_what_is_no_labels_file_is_refused(tmp_path, content, sentence):
    with pytest.raises(InputError, match=sentence):
        read_labels(tmp_path, content)


def test_a_place_in_broken_json_is_that_in_the_whole_file(tmp_path):
    content = '{"images": [], "annotations": [\n{"segmentation": [[1, 2, 3, 4]], "bbox": [1, 2 3]}]}'
    with pytest.raises(InputError, match="line 2, column 48"):
        read_labels(tmp_path, content)


def test_a_bad_name_is_refused_with_a_good_one(tmp_path):
    path = write(tmp_path / "l.json", instances())
    from aquarium_tui import ingest

    with pytest.raises(UsageError, match="val_2"):
        ingest.labelled_dataset(Project("street"), "val-2", path, print)


def test_the_input_is_not_changed(tmp_path):
    project = Project("street")
    read_labels(tmp_path, instances(), project)
    assert project == replace(project)
    assert project.class_map.entries == ()
