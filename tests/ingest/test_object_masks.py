"""Masks of objects in uploaded files: kept, measured, and what is wrong with them told."""

from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.model.tables import MASK, Project
from aquarium_tui.store import Store
from tests.ingest.files import write
from tests.narrow import present

SQUARE = [[2, 3, 8, 3, 8, 7, 2, 7]]
RUNS = {"size": [20, 30], "counts": [0, 40, 560]}
"""The first two columns."""


def annotation(id_: int, **further):
    return {"id": id_, "image_id": 1, "category_id": 1, **further}


def read(folder: Path, annotations, project: Project | None = None, size=(30, 20)):
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": size[0], "height": size[1]}],
        "categories": [{"id": 1, "name": "car"}],
        "annotations": annotations,
    }
    path = write(folder / "labels.json", content)
    return labelled_dataset(project or Project("p"), "d", path, lambda _: None)


def results(folder: Path, dataset, records):
    path = write(folder / "model.json", records)
    return inference_set(dataset, "model", path, "auto", lambda _: None)


def sentences(found) -> list[str]:
    return [problem.sentence() for problem in found.provenance.problems if "image file" not in problem.kind]


def test_box_and_area_come_from_the_mask_where_the_file_has_none(tmp_path):
    boxed = annotation(2, bbox=[1, 1, 4, 4], area=5, segmentation=RUNS)
    found = read(tmp_path, [annotation(1, segmentation=SQUARE), boxed, annotation(3, bbox=[0, 0, 3, 3])])
    assert found.labels.box.tolist() == [[2, 3, 8, 7], [1, 1, 5, 5], [0, 0, 3, 3]]
    assert found.labels.area.tolist() == [24, 5, 9]
    assert found.labels.mask.missing.tolist() == [False, False, True]
    assert "2 of 3 objects have masks" in found.provenance.notes


def test_results_may_have_masks_alone(tmp_path):
    dataset = read(tmp_path, [annotation(1, bbox=[0, 0, 3, 3])])
    found = results(tmp_path, dataset, [annotation(1, score=0.5, segmentation=RUNS)])
    assert found.objects.box.tolist() == [[0, 0, 2, 20]]
    assert sentences(found) == []


def test_an_empty_segmentation_is_none(tmp_path):
    found = read(tmp_path, [annotation(1, bbox=[0, 0, 3, 3], segmentation=[])])
    assert found.labels.mask is None
    assert sentences(found) == []


def test_without_masks_there_is_no_column(tmp_path):
    found = read(tmp_path, [annotation(1, bbox=[0, 0, 3, 3])])
    assert found.labels.mask is None
    assert not any("mask" in note for note in found.provenance.notes)


BROKEN = [
    ([[]], "polygons with fewer than three points"),
    ([[1, 1, 5, 5]], "polygons with fewer than three points"),
    ({"size": [30, 20], "counts": [600]}, "RLE masks whose size is not that of their image"),
    ({"size": [20, 30], "counts": [9]}, "RLE masks whose counts do not add up to their size"),
]


@pytest.mark.parametrize(("mask", "kind"), BROKEN, ids=[str(mask) for mask, _ in BROKEN])
def test_a_broken_mask_leaves_the_box_and_without_a_box_the_count(tmp_path, mask, kind):
    good = annotation(1, bbox=[0, 0, 3, 3], segmentation=SQUARE)
    boxed, bare = annotation(2, bbox=[9, 9, 3, 3], segmentation=mask), annotation(3, segmentation=mask)
    found = read(tmp_path, [good, boxed, bare])
    assert found.labels.mask.missing.tolist() == [False, True]
    assert sentences(found) == [
        f"1 {kind} (changed): labels.json annotations record 2 – their boxes are kept",
        f"1 {kind} (left out): labels.json annotations record 3 – they have no bbox either",
    ]


def test_short_polygons_and_masks_without_pixels_are_told(tmp_path):
    empty = {"size": [20, 30], "counts": [600]}
    found = read(
        tmp_path,
        [
            annotation(1, bbox=[0, 0, 3, 3], segmentation=[[1, 1, 2, 2], *SQUARE]),
            annotation(2, bbox=[9, 9, 3, 3], segmentation=empty),
        ],
    )
    assert sentences(found) == [
        "1 polygons with fewer than three points beside others (changed): labels.json annotations record 1 "
        "– the mask consists of the others",
        "1 masks without pixels (kept): labels.json annotations record 2 – they match nothing by mask IoU",
    ]


def test_a_mask_of_an_unknown_image_is_told_once(tmp_path):
    dataset = read(tmp_path, [annotation(1, bbox=[0, 0, 3, 3])])
    lost = annotation(2, score=0.5, segmentation=RUNS) | {"image_id": 9}
    found = results(tmp_path, dataset, [annotation(1, score=0.5, segmentation=RUNS), lost])
    assert sentences(found) == ["1 inferences of unknown images (left out): model.json record 2 (image 9)"]


def test_matching_by_mask_needs_masks(tmp_path):
    by_mask = Project("p", iou_type=MASK)
    with pytest.raises(InputError, match="has no masks"):
        read(tmp_path, [annotation(1, bbox=[0, 0, 3, 3])], by_mask)
    dataset = read(tmp_path, [annotation(1, segmentation=SQUARE)], by_mask)
    with pytest.raises(InputError, match="has no masks"):
        results(tmp_path, dataset, [annotation(1, score=0.5, bbox=[0, 0, 3, 3])])
    assert len(results(tmp_path, dataset, []).objects) == 0


def test_masks_and_the_kind_of_iou_are_kept_in_the_store(tmp_path):
    some = [annotation(1, segmentation=SQUARE), annotation(2, bbox=[0, 0, 3, 3])]
    dataset = read(tmp_path, some, Project("p", iou_type=MASK))
    store = Store(tmp_path / "store")
    store.add_dataset(dataset)
    store.add_inferences(dataset, results(tmp_path, dataset, [annotation(1, score=0.5, segmentation=RUNS)]))
    for _ in ("from the table", "from its copy in memory"):
        loaded = store.load_dataset("p", "d")
        assert loaded.project.iou_type == MASK
        masks = present(loaded.labels.mask)
        assert list(masks) == list(present(dataset.labels.mask))
        assert masks[1] is None
        found = store.load_inferences("p", "d", "model").objects
        np.testing.assert_array_equal(found.box, [[0, 0, 2, 20]])
        assert present(found.mask)[0] is not None
