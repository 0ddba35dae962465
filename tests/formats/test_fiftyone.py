import pytest

from aquarium_tui import ingest
from aquarium_tui.errors import InputError
from aquarium_tui.model.tables import Project
from tests.formats.reading import class_names, inferences, labels, notes, problems
from tests.ingest import made
from tests.ingest.files import nothing

BOX = [0.25, 0.5, 0.5, 0.25]


def field(*detections):
    return {"_cls": "Detections", "detections": list(detections)}


def detection(**more):
    return {"_id": {"$oid": "5f"}, "_cls": "Detection", "label": "car", "bounding_box": BOX, **more}


def sample(**fields):
    return {"filepath": "/elsewhere/data/a1.png", "_id": {"$oid": "1"}, "tags": [], **fields}


def test_boxes_are_parts_of_the_image_from_its_top_left_corner(tmp_path):
    content = {"classes": ["bus", "car"], "labels": {"a1": [{"label": 1, "bounding_box": BOX}], "b2": None}}
    dataset = labels(tmp_path, content)
    assert dataset.labels.box.tolist() == [[16, 24, 48, 36]]
    assert class_names(dataset) == ["bus", "car"]
    assert dataset.labels.class_index.tolist() == [1]
    assert list(dataset.frames.id) == ["a1", "b2"]


def test_the_folder_of_an_export_is_enough(tmp_path):
    (made.images(tmp_path)).rename(tmp_path / "data")
    made.fiftyone_labels(tmp_path)
    dataset = ingest.labelled_dataset(Project("street"), "val", tmp_path, nothing)
    assert dataset.frames.width.tolist() == [64, 100, 32]
    assert problems(dataset) == {}


def test_a_folder_without_an_export_is_told(tmp_path):
    with pytest.raises(InputError, match=r"no samples\.json or labels\.json"):
        ingest.labelled_dataset(Project("street"), "val", tmp_path, nothing, format_="fiftyone")


def test_the_field_is_taken_where_only_one_can_be_meant(tmp_path):
    content = {
        "samples": [sample(gt=field(detection()), model=field(detection(confidence=0.75)), weather="rain")]
    }
    dataset = labels(tmp_path, content)
    assert "labels read from the field `gt`" in notes(dataset)
    assert dataset.frames.metadata["weather"][0] == "rain"
    assert dataset.labels.name(0) == "5f"
    found = inferences(tmp_path, content)
    assert "inferences read from the field `model`" in notes(found)
    assert found.objects.confidence.tolist() == [0.75]


def test_several_fields_are_named_and_one_can_be_chosen(tmp_path):
    models = {"yolo": field(detection(confidence=0.5)), "detr": field(detection(confidence=0.25))}
    content = {"samples": [sample(gt=field(detection()), **models)]}
    with pytest.raises(InputError, match="Several fields") as caught:
        inferences(tmp_path, content)
    assert "yolo (1 object, with confidences), detr (1 object, with confidences)" in caught.value.hint
    assert "--field" in caught.value.hint
    assert inferences(tmp_path, content, field="detr").objects.confidence.tolist() == [0.25]
    assert len(labels(tmp_path, content, field="yolo").labels) == 1


def test_a_field_that_is_not_there_is_told(tmp_path):
    content = {"samples": [sample(gt=field(detection()))]}
    with pytest.raises(InputError, match="No sample has detections in a field `mine`") as caught:
        labels(tmp_path, content, field="mine")
    assert "gt" in caught.value.hint
    with pytest.raises(InputError, match="No field of"):
        inferences(tmp_path, content)


def test_whatever_is_wrong_is_counted_with_its_places(tmp_path):
    by_stem = {
        "a1": [
            {"label": 0, "bounding_box": BOX},
            {"label": 5, "bounding_box": BOX},
            {"label": "bus", "bounding_box": [0.1, 0.2]},
            {"label": 0},
            3,
        ],
        "gone": [{"label": 0, "bounding_box": BOX}],
        "b2": 7,
    }
    dataset = labels(tmp_path, {"classes": ["car"], "labels": by_stem})
    found = problems(dataset)
    place = "x.json image 1 detections record"
    assert found["detections whose label is beyond the list of classes"] == (1, "left out", (f"{place} 2",))
    assert found["boxes that are not four finite numbers"] == (1, "left out", (f"{place} 3",))
    assert found["detections without a bounding_box"] == (1, "left out", (f"{place} 4",))
    assert found["detections that are not JSON objects"] == (1, "left out", (f"{place} 5",))
    assert found["images whose detections are not a list"] == (1, "left out", ("x.json image 3",))
    unsized = found["boxes given as fractions of an image of unknown size"]
    assert unsized == (1, "left out", ("x.json image 2 detections record 1",))
    assert len(dataset.labels) == 1


def test_samples_without_a_path_are_counted(tmp_path):
    dataset = labels(tmp_path, {"samples": [sample(gt=field(detection())), {"gt": field(detection())}, 8]})
    assert problems(dataset) == {
        "samples without a filepath": (2, "left out", ("x.json sample 2", "x.json sample 3"))
    }


@pytest.mark.parametrize("content", [{"labels": [1]}, {"classes": []}])
def test_a_file_without_labels_by_image_is_refused(tmp_path, content):
    with pytest.raises(InputError, match="no `labels` by image"):
        labels(tmp_path, content, format_="fiftyone")


def test_a_folder_called_like_a_file_of_an_export_is_none(tmp_path):
    (tmp_path / "samples.json").mkdir()
    with pytest.raises(InputError, match="is not in a known format"):
        ingest.labelled_dataset(Project("street"), "val", tmp_path, nothing)
