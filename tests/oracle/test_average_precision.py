"""Average precision is pycocotools' to nine digits, and the confidence rule's confusion is hotcoco's."""

import contextlib
import io
from dataclasses import replace
from typing import Any

import hotcoco
import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from aquarium_tui.compare.objects.average_precision import NAMES
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.settings import Rule, Settings
from aquarium_tui.model.tables import Dataset, InferenceSet
from tests.compare.scenes import dataset, inference_set

CLASSES = [f"class {i:02}" for i in range(11)]


def scene(
    seed: int, frames: int = 12, a_frame: int = 9, crowds: float = 0.15, classes=CLASSES
) -> tuple[Dataset, InferenceSet]:
    """Labels of all COCO sizes, masks smaller than boxes; inferences near them, some of another class."""
    rng = np.random.default_rng(seed)
    names = [c if isinstance(c, str) else c.name for c in classes]
    labels, inferences = [], []
    for frame in range(frames):
        for _ in range(int(rng.integers(0, a_frame))):
            corner, size = rng.uniform(0, 200, 2), rng.lognormal(3.8, 1.0, 2)
            box = np.concatenate([corner, corner + size])
            name = str(rng.choice(names[:-1]))
            labels.append((frame, name, tuple(box), bool(rng.random() < crowds)))
            for _ in range(int(rng.integers(0, 4))):
                near = box + rng.normal(0, 0.08, 4) * np.tile(size, 2)
                guess = name if rng.random() < 0.7 else str(rng.choice(names))
                near[2:] = np.maximum(near[2:], near[:2] + 1)
                inferences.append((frame, guess, tuple(near), float(rng.random().__round__(2))))
    data = dataset(classes, labels, frames)
    data = replace(
        data, labels=replace(data.labels, area=data.labels.area * rng.uniform(0.2, 1, len(labels)))
    )
    return data, inference_set(data, "model", inferences)


def coco(data: Dataset, set_: InferenceSet, name_of) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The scene as a COCO file's content and a list of results; `name_of` gives a row's category or None."""
    place = {id_: i for i, id_ in enumerate(sorted(id_ or "" for id_ in data.frames.id))}
    images = [{"id": i, "width": 500, "height": 500} for i in place.values()]
    names = sorted({name_of(e.name) for e in data.project.class_map.entries} - {None})
    truth: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for objects, out in ((data.labels, truth), (set_.objects, results)):
        for row in range(len(objects)):
            name = name_of(data.project.class_map.entries[objects.class_index[row]].name)
            left, top, right, bottom = objects.box[row].tolist()
            wanted = names if name is None and out is truth else [name] if name else []
            for category in wanted:
                out.append(
                    {
                        "id": len(out) + 1,
                        "image_id": place[data.frames.id[int(objects.frame[row])] or ""],
                        "category_id": names.index(category) + 1,
                        "bbox": [left, top, right - left, bottom - top],
                    }
                    | (
                        {"score": float(objects.confidence[row])}
                        if out is results
                        else {
                            "area": float(objects.area[row]),
                            "iscrowd": int(objects.crowd[row] or name is None),
                        }
                    )
                )
    categories = [{"id": i + 1, "name": name} for i, name in enumerate(names)]
    return {"images": images, "annotations": truth, "categories": categories}, results


def pycocotools(data: Dataset, set_: InferenceSet, name_of=lambda name: name, frames=None) -> COCOeval:
    truth, results = coco(data, set_, name_of)
    with contextlib.redirect_stdout(io.StringIO()):
        known = COCO()
        known.dataset = truth
        known.createIndex()
        evaluation = COCOeval(known, known.loadRes(results), "bbox")
        if frames is not None:
            place = {id_: i for i, id_ in enumerate(sorted(id_ or "" for id_ in data.frames.id))}
            wanted = np.flatnonzero(frames).tolist()
            evaluation.params.imgIds = [place[data.frames.id[i] or ""] for i in wanted]
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def close(found, expected: COCOeval) -> None:
    stats = np.where(expected.stats < 0, np.nan, expected.stats)
    assert np.allclose([found.total[name] for name in NAMES], stats, rtol=0, atol=1e-9, equal_nan=True)
    precision = expected.eval["precision"]
    by_class = [np.where(p < 0, np.nan, p) for p in (precision[..., 0, 2], precision[:1, ..., 0, 2])]
    for values, whole in zip((found.per_class["AP"], found.per_class["AP50"]), by_class, strict=True):
        assert np.allclose(values, whole.mean((0, 1)), rtol=0, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("seed", range(4))
def test_average_precision_is_pycocotools(seed, capfd):
    data, set_ = scene(seed)
    found = ObjectComparison.of(data, set_, None, Settings()).average_precision("base")
    assert capfd.readouterr() == ("", "")
    close(found, pycocotools(data, set_))
    assert np.isnan(found.per_class["AP"][-1]), "a class without labels has none"


def test_only_the_hundred_surest_inferences_of_a_frame_and_class_count():
    data, set_ = scene(7, frames=2, a_frame=90, classes=["car", "never"])
    assert np.bincount(set_.objects.frame[set_.objects.class_index == 0]).max() > 100
    close(
        ObjectComparison.of(data, set_, None, Settings()).average_precision("base"), pycocotools(data, set_)
    )


def test_average_precision_of_some_frames():
    data, set_ = scene(5)
    frames = np.arange(len(data.frames)) % 3 > 0
    found = ObjectComparison.of(data, set_, None, Settings()).evaluation("base").average_precision_of(frames)
    close(found, pycocotools(data, set_, frames=frames))


def test_merged_and_ignored_classes():
    classes = [
        ClassEntry(4, "a"),
        ClassEntry(2, "b", train_name="A"),
        ClassEntry(9, "c", ignore_in_eval=True),
        ClassEntry(1, "d"),
        ClassEntry(0, "e"),
    ]
    data, set_ = scene(6, classes=classes)
    found = ObjectComparison.of(data, set_, None, Settings()).average_precision("base")
    expected = pycocotools(data, set_, {"a": "a", "b": "a", "c": None, "d": "d", "e": "e"}.get)
    close(found, expected)


@pytest.mark.parametrize(("iou", "confidence"), [(0.5, 0.0), (0.5, 0.4), (0.75, 0.1), (0.3, 0.7)])
def test_confusion_of_the_confidence_rule_is_hotcocos(iou, confidence):
    data, set_ = scene(11, frames=40, crowds=0.0)
    settings = Settings(base_confidence=confidence, iou=iou, rule=Rule.CONFIDENCE)
    mine = ObjectComparison.of(data, set_, None, settings).confusion("base")
    truth, results = coco(data, set_, lambda name: name)
    known = hotcoco.COCO(truth)
    found = hotcoco.COCOeval(known, known.load_res(results), "bbox").confusion_matrix(
        iou_thr=iou, max_det=10_000, min_score=confidence
    )
    assert mine.sum() > 100
    assert np.array_equal(mine, found["matrix"])
