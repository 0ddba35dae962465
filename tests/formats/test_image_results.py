import pytest

from aquarium_tui.errors import InputError
from tests.formats.reading import inferences, labels, notes, problems

ARRAYS = {"bboxes": [[1, 2, 3, 4]], "labels": [1], "scores": [0.5]}


def record(box=(1, 2, 13, 24), **more):
    return {"image_id": "a1", "category_id": 2, "bbox": list(box), "score": 0.5, **more}


@pytest.mark.parametrize(
    "content",
    [
        [{"img_path": "data/a1.png", "pred_instances": ARRAYS}],
        [{"img_id": "a1", **ARRAYS}],
        {"predictions": [{"file_name": "a1.png", **ARRAYS}], "visualization": []},
    ],
)
def test_arrays_of_corners_labels_and_scores_are_read(tmp_path, content):
    found = inferences(tmp_path, content)
    assert notes(found).startswith("read as mmdet\nboxes are left, top, right, bottom")
    assert found.objects.box.tolist() == [[1, 2, 3, 4]]
    assert found.objects.confidence.tolist() == [0.5]


@pytest.mark.parametrize(
    ("mode", "box"),
    [
        (0, [1, 2, 13, 24]),
        (1, [1, 2, 14, 26]),
        ("XYXY_ABS", [1, 2, 13, 24]),
        ("BoxMode.XYWH_ABS", [1, 2, 14, 26]),
    ],
)
def test_the_mode_of_a_box_says_what_its_numbers_are(tmp_path, mode, box):
    found = inferences(tmp_path, [record(bbox_mode=mode)])
    assert notes(found).startswith("read as detectron2\nboxes are left, top, ")
    assert found.objects.box.tolist() == [box]
    assert found.objects.class_index.tolist() == [1]


def test_instances_of_an_image_are_left_top_width_height(tmp_path):
    entry = {
        "image_id": "a1",
        "instances": [{"category_id": 2, "bbox": [1, 2, 13, 24], "score": 0.5, "track": 4}],
    }
    found = inferences(tmp_path, [entry])
    assert found.objects.box.tolist() == [[1, 2, 14, 26]]
    assert found.objects.attributes["track"][0] == 4.0


def test_whatever_is_wrong_with_arrays_is_counted_with_its_places(tmp_path):
    content = [
        {"img_id": "a1", **ARRAYS},
        {"img_id": "a1", **ARRAYS, "labels": [0, 1]},
        {"img_id": "a1"},
        4,
        ARRAYS,
        {"img_id": "b2", **ARRAYS, "bboxes": [[1, 2, 3]]},
    ]
    assert problems(inferences(tmp_path, content)) == {
        "images whose bboxes, labels and scores differ in number": (1, "left out", ("x.json record 2",)),
        "images without lists of bboxes, labels and scores": (1, "left out", ("x.json record 3",)),
        "images that are not JSON objects": (1, "left out", ("x.json record 4",)),
        "boxes that do not name their image": (1, "left out", ("x.json record 5 box 1",)),
        "boxes that are not four finite numbers": (1, "left out", ("x.json record 6 box 1",)),
    }


def test_whatever_is_wrong_with_instances_is_counted_with_its_places(tmp_path):
    content = [
        record(bbox_mode=0),
        record(bbox_mode=4),
        record((1, 2, 3), bbox_mode=0),
        {"image_id": "a1", "instances": [7]},
    ]
    assert problems(inferences(tmp_path, content)) == {
        "boxes whose bbox_mode is relative, rotated or unknown": (1, "left out", ("x.json record 2",)),
        "instances that are not JSON objects": (1, "left out", ("x.json record 4 box 1",)),
        "boxes that are not four finite numbers": (1, "left out", ("x.json record 3",)),
    }


def test_results_in_the_order_of_a_dataset_are_refused(tmp_path):
    with pytest.raises(InputError, match="No box in") as caught:
        inferences(tmp_path, {"predictions": [ARRAYS, ARRAYS]})
    assert "2 boxes that do not name their image" in caught.value.hint
    assert "img_path" in caught.value.hint


@pytest.mark.parametrize("content", [[{"img_id": "a1", **ARRAYS}], [record(bbox_mode=0)]])
def test_results_are_no_labels(tmp_path, content):
    with pytest.raises(InputError, match="holds a model's results, not labels"):
        labels(tmp_path, content)


@pytest.mark.parametrize(
    "format_", ["auto", "mmdet", "detectron2", "plain", "fiftyone", "bdd100k", "open-images"]
)
def test_pickles_are_refused_with_the_way_to_json(tmp_path, format_):
    with pytest.raises(InputError, match="is a Python pickle") as caught:
        inferences(tmp_path, b"\x80\x04\x95abc", "results.pkl", format_=format_)
    assert "Write JSON instead" in caught.value.hint
