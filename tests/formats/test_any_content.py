"""Whatever a file holds, its reader gives records or an error that can be acted upon."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aquarium_tui.errors import AquariumError
from tests.formats.reading import inferences, labels

KEYS = {
    "bdd100k": [
        "name",
        "labels",
        "attributes",
        "box2d",
        "x1",
        "category",
        "frames",
        "size",
        "width",
        "score",
    ],
    "fiftyone": [
        "samples",
        "filepath",
        "labels",
        "classes",
        "label",
        "bounding_box",
        "detections",
        "metadata",
    ],
    "mmdet": ["predictions", "pred_instances", "bboxes", "labels", "scores", "img_path", "img_id"],
    "detectron2": ["instances", "bbox", "bbox_mode", "image_id", "category_id", "score", "annotations"],
}
PLAIN = (
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | st.sampled_from(["a1", "", "\0", "1"])
)


def values(keys):
    return st.recursive(
        PLAIN,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(keys), inner, max_size=4),
        max_leaves=20,
    )


@pytest.mark.parametrize("format_", KEYS)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_read_or_refused(tmp_path, format_, data):
    content = json.dumps(data.draw(values(KEYS[format_])))
    for read, length in ((labels, lambda of: len(of.labels)), (inferences, lambda of: len(of.objects))):
        try:
            found = read(tmp_path, content, format_=format_)
        except AquariumError as error:
            assert error.message
        else:
            assert length(found) >= 0
            assert found.provenance.notes[0] == f"read as {format_}"


HEADERS = [
    "ImageID,LabelName,XMin,XMax,YMin,YMax,Score",
    "frame,class,x,y,w,h,score",
    "frame,class_id,x,y,w,h,score",
]


@pytest.mark.parametrize("header", HEADERS)
@given(rows=st.lists(st.text('a1,.\n"\r -e;é\0', max_size=30), max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_csv_is_read_or_refused(tmp_path, header, rows):
    content = "\n".join([header, *rows])
    for read in (labels, inferences):
        try:
            found = read(tmp_path, content, "x.csv")
        except AquariumError as error:
            assert error.message
        else:
            assert found.provenance.notes[0] in ("read as open-images", "read as plain")
