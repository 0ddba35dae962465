import numpy as np
import pytest

from aquarium_tui.errors import InputError
from tests.formats.reading import class_names, inferences, labels, notes, problems

BOX = {"x1": 1, "y1": 2, "x2": 30, "y2": 40}


def frame(name="a1.png", labels=(), **more):
    return {"name": name, "labels": list(labels), **more}


def label(category="car", **more):
    return {"category": category, "box2d": BOX, **more}


def test_attributes_are_metadata_and_sizes_come_from_the_images(tmp_path):
    attributes = {"weather": "rainy", "scene": "highway", "timeofday": "night"}
    dataset = labels(
        tmp_path,
        [
            frame("b2.png", [label(id=7, attributes={"occluded": True})], attributes=attributes),
            {"name": "a1.png", "labels": None, "timestamp": 10},
        ],
    )
    assert list(dataset.frames.id) == ["b2", "a1"]
    assert dataset.frames.width.tolist() == [100, 64]
    assert {key: dataset.frames.metadata[key][0] for key in attributes} == attributes
    assert [dataset.frames.metadata["weather"][1], dataset.frames.metadata["timestamp"][1]] == [None, 10.0]
    assert dataset.labels.box.tolist() == [[1, 2, 30, 40]]
    assert dataset.labels.attributes["occluded"][0] is True
    assert dataset.labels.name(0) == "7"


def test_sizes_that_scalabel_states_need_no_image(tmp_path):
    dataset = labels(tmp_path, [frame("gone.png", [label()], size={"width": 1280, "height": 720})])
    assert (dataset.frames.width[0], dataset.frames.height[0]) == (1280, 720)
    assert list(problems(dataset)) == ["image files that do not exist"]


def test_frames_in_an_object_are_found_beside_its_config(tmp_path):
    content = {"config": {"categories": [{"name": "car"}]}, "frames": [frame(labels=[label()])], "groups": []}
    dataset = labels(tmp_path, content)
    assert notes(dataset).startswith("read as bdd100k")
    assert len(dataset.labels) == 1


@pytest.mark.parametrize(
    "mark",
    [
        label("DontCare"),
        label("ignored"),
        label(attributes={"crowd": True}),
        label(attributes={"ignored": True, "crowd": True}),
    ],
)
def test_regions_to_ignore_are_crowds(tmp_path, mark):
    dataset = labels(tmp_path, [frame(labels=[label(), mark])])
    assert dataset.labels.crowd.tolist() == [False, True]
    assert dataset.labels.attributes == {}
    assert "1 label is a crowd or ignored" in notes(dataset)


@pytest.mark.parametrize(
    ("known", "said"),
    [("pedestrian", "person"), ("person", "pedestrian"), ("motorcycle", "motor"), ("bicycle", "bicycle")],
)
def test_classes_of_either_release_are_matched_by_name(tmp_path, known, said):
    from aquarium_tui import ingest
    from tests.ingest.files import nothing, write

    dataset = labels(tmp_path, [frame(labels=[label(known), label("rider")])])
    path = write(tmp_path / "r.json", [frame(labels=[label("rider", score=0.5), label(said, score=0.25)])])
    found = ingest.inference_set(dataset, "m", path, "auto", nothing)
    names = np.array(class_names(dataset))[found.objects.class_index]
    assert names.tolist() == ["rider", known]
    if known != said:
        assert f"{said} is called {known}: inferences may use either name" in notes(found)


def test_whatever_is_wrong_is_counted_with_its_places(tmp_path):
    dataset = labels(
        tmp_path,
        [
            frame(labels=[label(), {"category": "lane", "poly2d": []}, 7, {"box2d": BOX}]),
            {"labels": []},
            5,
            {"name": "b2.png", "labels": 7},
            frame(
                labels=[label(box2d={"x1": 1}), label(box2d=[1, 2, 3, 4]), label(box2d=dict(BOX, x1="nan"))]
            ),
        ],
    )
    assert problems(dataset) == {
        "frames with the same name as an earlier one": (1, "changed", ("x.json frames record 5 (a1.png)",)),
        "labels without a box2d": (1, "left out", ("x.json frame 1 labels record 2",)),
        "labels that are not JSON objects": (1, "left out", ("x.json frame 1 labels record 3",)),
        "frames without a name": (2, "left out", ("x.json frame 2", "x.json frame 3")),
        "frames whose `labels` are not a list": (1, "left out", ("x.json frame 4",)),
        "labels of unknown classes": (1, "left out", ("x.json frame 1 labels record 4 (class not given)",)),
        "boxes that are not four finite numbers": (
            3,
            "left out",
            tuple(f"x.json frame 5 labels record {i + 1}" for i in range(3)),
        ),
    }
    assert class_names(dataset) == ["car"]
    assert len(dataset.labels) == 1


def test_inferences_need_a_score_and_a_known_image(tmp_path):
    found = inferences(
        tmp_path,
        [frame(labels=[label(score=0.5), label()]), frame("zz.png", [label(score=1)])],
    )
    assert found.objects.confidence.tolist() == [0.5]
    assert problems(found) == {
        "inferences of unknown images": (1, "left out", ("x.json frame 2 labels record 1 (image zz.png)",)),
        "inferences without a finite confidence": (1, "left out", ("x.json frame 1 labels record 2",)),
    }


def test_labels_with_scores_are_told_to_be_inferences(tmp_path):
    assert "upload them with --inferences-id" in notes(labels(tmp_path, [frame(labels=[label(score=0.5)])]))


@pytest.mark.parametrize("content", [{"a": 1}, [7], {"frames": 3}])
def test_a_file_without_frames_is_refused(tmp_path, content):
    with pytest.raises(InputError, match=r"x\.json has no frames"):
        labels(tmp_path, content, format_="bdd100k")


def test_an_inference_without_a_category_has_no_class(tmp_path):
    found = inferences(tmp_path, [frame(labels=[label(score=0.5), {"box2d": BOX, "score": 0.5}])])
    assert list(problems(found)) == ["inferences of unknown classes"]
