"""Results read by DuckDB and by the careful reader are the same; what DuckDB would bend is not left to it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.formats import coco
from aquarium_tui.formats.coco.results import read_any, read_regular
from aquarium_tui.formats.shared.format import Given
from tests.ingest.files import result, write
from tests.narrow import present

IDS = st.integers(0, 2**70) | st.floats(0, 1e6) | st.text('ab"\\é\n/.0', max_size=5)
NUMBERS = st.floats(-1e6, 1e6) | st.integers(-1000, 1000) | st.sampled_from([0.1 + 0.2, 1e-320, -0.0])
REGULAR = st.fixed_dictionaries(
    {
        "image_id": IDS,
        "category_id": IDS,
        "bbox": st.lists(NUMBERS, min_size=4, max_size=4),
        "score": st.floats(0, 1) | st.sampled_from(["0.5", 1]),
    },
    optional={"file_name": st.text("abc./", max_size=4)},
)


@given(st.lists(REGULAR, min_size=1, max_size=6), st.booleans())
@settings(max_examples=40, deadline=None)
def test_regular_results_are_the_same_either_way(tmp_path_factory, records, packed):
    path = write(tmp_path_factory.mktemp("f") / "r.json", records, packed)
    fast, careful = read_regular(path), read_any(path)
    assert fast is not None
    np.testing.assert_array_equal(fast.records.box, careful.records.box)
    np.testing.assert_array_equal(fast.records.confidence, careful.records.confidence)
    assert list(fast.records.frame) == list(careful.records.frame)
    assert list(fast.records.category) == list(careful.records.category)
    names = careful.records.file_name
    assert list(fast.records.file_name or ()) == list(names or ())
    assert fast.records.place(0) == careful.records.place(0) == "r.json record 1"
    assert careful.records.findings == ()


ODD = [
    [result(1, bbox=[1, 2, 3])],
    [result(1, bbox=[1, 2, 3, 4, 5])],
    [result(1, bbox=[1, 2, None, 4])],
    [result(1, bbox=[True, 2, 3, 4])],
    [result(1, bbox=[])],
    [result(1, bbox=None)],
    [result(1, bbox={"x": 1})],
    [result(1, bbox="1,2,3,4")],
    [result(1, score=True)],
    [result(1, score=None)],
    [result(1, score="high")],
    [result(None)],
    [result(1, None)],
    [result(1), None],
    [result(1), 7],
    [{"image_id": 1}],
    [result(1, track=5)],
    {"annotations": [result(1)]},
    [],
]


@pytest.mark.parametrize("content", ODD, ids=[json.dumps(odd)[:60] for odd in ODD])
def test_whatever_is_odd_goes_to_the_careful_reader(tmp_path, content):
    path = write(tmp_path / "r.json", content)
    assert read_regular(path) is None
    assert len(coco.read_inferences(Given(path)).records) == len(content)


def test_numbers_that_are_not_finite_reach_the_checks(tmp_path):
    path = write(
        tmp_path / "r.json", [result(1, bbox=[1, 2, float("nan"), 4]), result(1, score=float("inf"))]
    )
    for file in (present(read_regular(path)), read_any(path)):
        assert np.isnan(file.records.box).any(axis=1).tolist() == [True, False]
        assert file.records.confidence.tolist() == [0.5, np.inf]


def test_ids_keep_all_their_digits(tmp_path):
    path = write(
        tmp_path / "r.json", f'[{{"image_id": {2**62 + 1}, "category_id": 1, "bbox": [1,2,3,4], "score": 1}}]'
    )
    assert list(coco.read_inferences(Given(path)).records.frame) == [str(2**62 + 1)]


@pytest.mark.parametrize("name", ["a[1].json", "a*.json", "it's.json", 'q"q.json', "né.json"])
def test_odd_names_of_files_are_read_as_they_are(tmp_path, name):
    write(tmp_path / "a1.json", [result(9)])
    path = write(tmp_path / name, [result(1)])
    assert list(coco.read_inferences(Given(path)).records.frame) == ["1"]


@pytest.mark.parametrize("key", ["annotations", "predictions", "results", "detections", "boxes"])
def test_a_list_inside_an_object_is_found(tmp_path, key):
    content = {"model": {"a": [1]}, key: [result(1), result(2)], "licenses": [], "tags": []}
    file = coco.read_inferences(Given(write(tmp_path / "r.json", content)))
    assert list(file.records.frame) == ["1", "2"]
    assert file.records.place(1) == f"r.json {key} record 2"
    assert file.notes == (f"results read from the list `{key}` inside an object",)


def test_further_keys_are_attributes_and_confidence_is_a_score(tmp_path):
    records = [result(1, track=7, mask=[1]), {**result(2), "id": "x"}]
    records[1]["confidence"] = records[1].pop("score")
    file = coco.read_inferences(Given(write(tmp_path / "r.json", records)))
    assert [file.records.attributes["track"][row] for row in range(2)] == [7.0, None]
    assert list(present(file.records.id)) == [None, "x"]
    assert file.records.confidence.tolist() == [0.5, 0.5]
    assert file.notes == ("keys with lists or objects are ignored: mask",)


def test_masks_send_a_file_to_the_careful_reader_which_keeps_them(tmp_path):
    for records in ([result(1), result(1, segmentation=[[1, 2]])], [result(1), result(1, segmentation="x")]):
        path = write(tmp_path / "r.json", records)
        assert read_regular(path) is None
        assert coco.read_inferences(Given(path)).records.segmentation == {1: records[1]["segmentation"]}
