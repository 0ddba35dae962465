"""What the classic interface refuses, and what it lets pass."""

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import aquarium_tui.client as al
from aquarium_tui.client import checks

BOX: dict[str, Any] = {"top": 1, "left": 2, "width": 3, "height": 4}


@pytest.mark.parametrize("name", ["model_a", "A", "0", "_"])
def test_legal_names(name: str) -> None:
    assert checks.name(name, "project_id") == name


@pytest.mark.parametrize("name", ["model-a", "model.a", "", "a b", "é", "a\n"])
def test_illegal_names(name: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and underscores"):
        checks.name(name, "project_id")


def test_a_legal_name_is_offered() -> None:
    with pytest.raises(ValueError, match="Call it 'model_a'"):
        checks.name("model-a", "inferences_id")


@given(st.text(max_size=6))
def test_ids_are_any_text_but_for_a_few_characters(text: str) -> None:
    def legal(c: str) -> bool:
        n = ord(c)
        return c not in "#[]?*,/" and n <= 0xFF and not 0x7F <= n <= 0x84 and not 0x86 <= n <= 0x9F

    if all(map(legal, text)):
        assert al.LabeledFrame(frame_id=text).frame_id == text
    else:
        with pytest.raises(ValueError, match="may not contain"):
            al.LabeledFrame(frame_id=text)


@pytest.mark.parametrize("id_", ["", " ", "a.b-c:d", "'\"\\", "a\nb", "\x00", "é", "\x85"])
def test_ids_that_surprise_and_are_legal(id_: str) -> None:
    assert al.InferencesFrame(frame_id=id_).frame_id == id_


@pytest.mark.parametrize(
    ("confidence", "error"),
    [
        (1, TypeError),
        ("1", TypeError),
        (1.5, ValueError),
        (-0.1, ValueError),
        (math.nan, ValueError),
        (np.float32(0.5), TypeError),
        (None, TypeError),
    ],
)
def test_confidence_is_a_float_from_0_to_1(confidence: Any, error: type[Exception]) -> None:
    frame = al.InferencesFrame(frame_id="f")
    with pytest.raises(error, match="confidence must be"):
        frame.add_inference_2d_bbox(label_id="i", classification="car", confidence=confidence, **BOX)
    assert not frame.record()["inference_data"]


@pytest.mark.parametrize("confidence", [0.0, 1.0, np.float64(0.5)])
def test_both_ends_of_confidence_are_legal(confidence: float) -> None:
    frame = al.InferencesFrame(frame_id="f")
    frame.add_inference_2d_bbox(label_id="i", classification="car", confidence=confidence, **BOX)
    assert frame.record()["inference_data"][0]["attributes"]["confidence"] == confidence


@pytest.mark.parametrize(
    ("side", "error"),
    [
        (math.nan, ValueError),
        (math.inf, ValueError),
        ("1", TypeError),
        (True, TypeError),
        (np.float32(1), TypeError),
    ],
)
def test_sides_are_finite_numbers_of_python(side: Any, error: type[Exception]) -> None:
    frame = al.LabeledFrame(frame_id="f")
    with pytest.raises(error, match="left must be"):
        frame.add_label_2d_bbox(label_id="g", classification="car", **{**BOX, "left": side})


@pytest.mark.parametrize("side", [-5, 0, 1e9])
def test_negative_and_empty_boxes_pass(side: float) -> None:
    frame = al.LabeledFrame(frame_id="f")
    frame.add_label_2d_bbox(label_id="g", classification="car", **{**BOX, "width": side})
    assert frame.record()["label_data"][0]["attributes"]["width"] == side


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        ("a", None, "str"),
        (1, None, "int"),
        (1.5, "float", "float"),
        (True, None, "bool"),
        (np.float64(1.5), None, "float"),
        (["a", "b"], None, "str"),
        ((1, 2), "int", "int"),
        (None, "float", "float"),
        ([], "str", "str"),
    ],
)
def test_legal_metadata(value: Any, kind: str | None, found: str) -> None:
    assert checks.metadata("key", value, kind) == found


@pytest.mark.parametrize(
    ("value", "kind", "error"),
    [
        (1, "float", TypeError),
        (True, "int", TypeError),
        (["a", 1], None, TypeError),
        ({}, None, TypeError),
        (None, None, ValueError),
        ([], None, ValueError),
        (math.nan, None, ValueError),
        ([1.0, math.inf], None, ValueError),
        (np.float32(1), None, TypeError),
    ],
)
def test_illegal_metadata(value: Any, kind: str | None, error: type[Exception]) -> None:
    with pytest.raises(error, match="Metadata 'key'"):
        checks.metadata("key", value, kind)


@pytest.mark.parametrize("text", ["2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T02:00:00+02:00"])
def test_dates_are_iso_8601(text: str) -> None:
    written = al.LabeledFrame(frame_id="f", date_captured=text).record()["date_captured"]
    assert re.fullmatch(r"2024-01-01T0[02]:00:00\+0[02]:00", written)


def test_other_dates_are_refused() -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        al.LabeledFrame(frame_id="f", date_captured="yesterday")


@pytest.mark.parametrize(
    "polygons",
    [None, [], "no", [1], [{}], [{"vertices": 3}], [{"vertices": [[1]]}], [{"vertices": [["a", 1]]}]],
)
def test_polygons_have_vertices_of_two_numbers(polygons: Any) -> None:
    frame = al.LabeledFrame(frame_id="f")
    with pytest.raises(TypeError):
        frame.add_label_2d_polygon_list(label_id="g", classification="car", polygons=polygons)


@pytest.mark.parametrize("mask", [np.zeros(3, int), np.zeros((2, 2)), [[1]]])
def test_a_mask_is_a_2d_array_of_integers(mask: Any) -> None:
    with pytest.raises(TypeError, match="2-D integer array"):
        al.LabeledFrame(frame_id="f").add_label_2d_semseg(label_id="m", mask_data=mask)


def test_a_mask_is_a_url_or_data_and_not_both() -> None:
    frame = al.LabeledFrame(frame_id="f")
    arguments: list[dict[str, Any]] = [{}, {"mask_url": "m.png", "mask_data": np.zeros((2, 2), int)}]
    for given_ in arguments:
        with pytest.raises(ValueError, match="either mask_url or mask_data"):
            frame.add_label_2d_semseg(label_id="m", **given_)


@pytest.mark.parametrize(
    "value", ["a", [1, 2], [[1, 2]], [[1, math.nan], [1, 1]], [[1], [1, 2]], math.inf, None]
)
def test_a_metric_is_a_number_or_a_square_matrix(value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="Metric 's'"):
        al.InferencesFrame(frame_id="f").add_custom_metric("s", value)


def test_frames_come_once_and_ids_of_labels_too() -> None:
    dataset = al.LabeledDataset()
    frames = [al.LabeledFrame(frame_id=id_) for id_ in ("f1", "f1", "f2")]
    for frame in frames:
        frame.add_label_2d_bbox(label_id="g", classification="car", **BOX)
    dataset.add_frame(frames[0])
    with pytest.raises(ValueError, match="Frame 'f1' was already added"):
        dataset.add_frame(frames[1])
    with pytest.raises(ValueError, match="id 'g', which an earlier frame already uses"):
        dataset.add_frame(frames[2])


def test_frames_are_of_the_right_kind() -> None:
    with pytest.raises(TypeError, match="must be a LabeledFrame"):
        al.LabeledDataset().add_frame(al.InferencesFrame(frame_id="f"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must be an InferencesFrame"):
        al.Inferences().add_frame(al.LabeledFrame(frame_id="f"))  # type: ignore[arg-type]


def test_one_image_a_sensor() -> None:
    frame = al.LabeledFrame(frame_id="f")
    frame.add_image(image_url="a.jpg")
    frame.add_image(image_url="b.jpg", sensor_id="right")
    with pytest.raises(ValueError, match="already has an image for sensor 'right'"):
        frame.add_image(image_url="c.jpg", sensor_id="right")
    with pytest.raises(TypeError, match="width must be an int"):
        frame.add_image(image_url="c.jpg", sensor_id="third", width=64.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "make",
    [
        lambda: al.ClassMapEntry("car", -1),
        lambda: al.ClassMapEntry("car", 1.0),  # type: ignore[arg-type]
        lambda: al.ClassMapEntry("car", 0, color=[0, 0, 256]),
        lambda: al.ClassMapEntry("car", 0, color=[0, 0]),
        lambda: al.ClassMapEntry(3, 0),  # type: ignore[arg-type]
        lambda: al.LabelClassMap([al.ClassMapEntry("car", 0), al.ClassMapEntry("van", 0)]),
        lambda: al.LabelClassMap.from_classnames(["car", "car"]),
        lambda: al.LabelClassMap.from_classnames("car"),
        lambda: al.LabelClassMap().add_entry({"name": "car"}),  # type: ignore[arg-type]
        lambda: al.CustomMetricsDefinition("s", "other"),
        lambda: al.CustomMetricsDefinition("–"),
    ],
)
def test_class_maps_and_metrics_are_checked(make: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        make()


def test_every_way_to_make_a_class_map_from_names() -> None:
    for way in ("", "_max10", "_max20", "_turbo", "_viridis"):
        class_map = getattr(al.LabelClassMap, f"from_classnames{way}")(["car", "van"])
        assert [(e.class_id, e.name) for e in class_map.entries] == [(0, "car"), (1, "van")]
