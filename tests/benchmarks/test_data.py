"""The generators of the benchmarks: counts as asked, equal data for equal seeds, shapes like real ones."""

import json
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.model.tables import Objects
from aquarium_tui.store import Store
from benchmarks import parts
from benchmarks.data import dataset, inferences
from benchmarks.streets import VOID, small_streets, street

DATA = dataset(400, seed=3)
BASE, OTHER = inferences(DATA, "base", 1), inferences(DATA, "other", 2)


def columns(objects: Objects) -> list[bytes]:
    return [
        getattr(objects, name).tobytes() for name in ("starts", "class_index", "box", "confidence", "crowd")
    ]


def test_counts_are_as_asked() -> None:
    assert len(DATA.frames) == 400
    assert len(DATA.labels) == 2960
    assert len(BASE.objects) == len(OTHER.objects) == 40_000
    assert np.unique(np.diff(BASE.objects.starts)).tolist() == [100]


def test_equal_seeds_give_equal_data() -> None:
    again = dataset(400, seed=3)
    assert columns(again.labels) == columns(DATA.labels)
    assert columns(inferences(again, "base", 1).objects) == columns(BASE.objects)
    assert columns(inferences(again, "base", 4).objects) != columns(BASE.objects)
    assert columns(dataset(400, seed=4).labels) != columns(DATA.labels)


def test_boxes_and_scores_are_possible() -> None:
    for objects in (DATA.labels, BASE.objects, OTHER.objects):
        assert (objects.box[:, :2] <= objects.box[:, 2:]).all()
    assert (DATA.labels.box >= 0).all() and (DATA.labels.box <= (640, 480, 640, 480)).all()
    assert 0 < BASE.objects.confidence.min() < 0.02 and 0.9 < BASE.objects.confidence.max() < 1


def test_scores_are_like_those_of_a_real_detector() -> None:
    tenth, median, ninetieth = np.percentile(BASE.objects.confidence, [10, 50, 90])
    assert (tenth, median, ninetieth) == pytest.approx((0.033, 0.096, 0.397), rel=0.25)  # FastestDet's


def test_masks_agree_about_as_much_as_those_of_a_real_network() -> None:
    one = street(0)
    counted = one.labels != VOID
    shares = [float((inferred == one.labels)[counted].mean()) for inferred in (one.base, one.other)]
    assert 0.7 < shares[0] < shares[1] < 0.97
    assert [mask.labels.shape for mask in small_streets(3)] == [(64, 128)] * 3


def test_a_store_made_in_pieces_is_one_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PIECE", 40)
    parts.make(tmp_path, "detections", 100)
    parts.make(tmp_path, "coco", 100)
    store = Store(parts.folder_of(tmp_path, "detections", 100))
    data = store.load_dataset("bench", "val")
    assert len(data.frames) == 100 and len(data.labels) == 296 + 296 + 148
    assert len({str(id_) for id_ in data.frames.id}) == 100
    assert data.labels.id is not None and len({str(id_) for id_ in data.labels.id}) == len(data.labels)
    assert len(store.load_inferences("bench", "val", "other").objects) == 10_000
    documents = [json.loads(path.read_text()) for path in sorted(store.root.rglob("set.json"))]
    assert [(one["inferences"], one["frames"]) for one in documents] == [(10_000, 100)] * 2
    coco = parts.folder_of(tmp_path, "coco", 100)
    labels = json.loads((coco / "labels.json").read_text())
    assert (len(labels["images"]), len(labels["annotations"]), len(labels["categories"])) == (100, 740, 80)
    assert len(json.loads((coco / "results.json").read_text())) == 10_000


def test_a_part_is_made_once(tmp_path: Path) -> None:
    parts.make(tmp_path, "detections", 5)
    marker = parts.folder_of(tmp_path, "detections", 5) / "marker"
    marker.touch()
    parts.make(tmp_path, "detections", 5)
    assert marker.exists()
    assert sorted(path.name for path in marker.parents[1].iterdir()) == ["detections-5"]
