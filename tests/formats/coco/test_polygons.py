"""Polygons that are cut out of a file before it is read as JSON."""

import json

import numpy as np
import pytest

from aquarium_tui.formats.coco.instances import read_instances
from aquarium_tui.formats.coco.polygons import without_polygons
from aquarium_tui.ingest.object_masks import counts_of, with_masks
from aquarium_tui.model.columns import Text
from aquarium_tui.model.outlines import is_polygons, run_lengths
from tests.narrow import of_type

SIZE = (40, 30)
SQUARE = [2, 3, 20.5, 3, 20.5, 18, 2, 18]
OTHER = [25, 5, 38, 5, 30, 25.25]


def cut(polygons: str) -> object:
    return without_polygons(f'{{"segmentation": {polygons}, "area": 1}}'.encode())


@pytest.mark.parametrize(
    "unsound",
    ["[[1,2,3,4,5]]", "[[1,2,3,4]]", "[[1,2,3,4,5,6],[]]", "[[1,2,3,4,5,6,]]", "[[1,,3,4,5,6]]",
     "[[1 2,3,4,5,6,7]]", "[[1.2.3,2,3,4,5,6]]", "[[.5,2,3,4,5,6]]", "[[5.,2,3,4,5,6]]", "[[-,2,3,4,5,6]]",
     "[[1-2,2,3,4,5,6]]", "[[1,2,3,4,5,6]]]", "[[[1,2,3,4,5,6]]]",
     f"[[1,2,3,4,5,{'9' * 400}]]", "[[1e5,2,3,4,5,6]]", "7"],
)  # fmt: skip
def test_what_is_not_plain_polygons_is_left_to_the_json_reader(unsound):
    assert cut(unsound) is None


@pytest.mark.parametrize("sound", ["[[1,2,3,4,5,6]]", "[[1.5, -2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6.25, 7, 8]]"])
def test_sound_polygons_are_cut_out_as_they_are(sound):
    found = without_polygons(f'{{"segmentation": {sound}, "area": 1}}'.encode())
    assert found is not None
    assert (found.outlines, json.loads(found.rest)) == ([sound.encode()], {"segmentation": 0, "area": 1})


def test_a_file_with_polygons_is_read_as_one_record_at_a_time_would_be(tmp_path, monkeypatch):
    label = {"image_id": 1, "category_id": 2}
    annotations = [
        label | {"id": 7, "bbox": [2, 3, 18.5, 15], "area": 277, "segmentation": [SQUARE]},
        label | {"id": 8, "bbox": [2, 3, 36, 22], "iscrowd": 1, "segmentation": [SQUARE, OTHER]},
        label | {"id": 9, "bbox": [1, 1, 5, 5], "area": 25, "segmentation": []},
    ]
    image = {"id": 1, "file_name": "a.jpg", "width": SIZE[0], "height": SIZE[1]}
    document = {"images": [image], "annotations": annotations, "categories": [{"id": 2, "name": "car"}]}
    path = tmp_path / "l.json"
    path.write_text(json.dumps(document))
    fast = read_instances(path)
    monkeypatch.setattr("aquarium_tui.formats.coco.instances.without_polygons", lambda _: None)
    careful = read_instances(path)
    frame = np.zeros(3, np.int64)
    for name in ("box", "area", "crowd"):
        np.testing.assert_array_equal(getattr(fast.records, name), getattr(careful.records, name))
    for name in ("frame", "category", "id"):
        assert list(getattr(fast.records, name)) == list(getattr(careful.records, name))
    masks = [
        with_masks(file.records, frame, file.frames, keep_polygons=True).mask for file in (fast, careful)
    ]
    columns = [of_type(Text, mask) for mask in masks]
    drawn = [[mask and run_lengths(mask, SIZE) for mask in column] for column in columns]
    assert drawn[0] == drawn[1] == [counts_of([SQUARE], SIZE)[0], counts_of([SQUARE, OTHER], SIZE)[0], None]
    # One without an area is drawn, as its area is that of its mask.
    assert [mask and is_polygons(mask) for mask in columns[0]] == [True, False, None]
