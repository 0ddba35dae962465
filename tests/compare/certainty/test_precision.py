"""COCO's metrics on re-weighted frames are pycocotools' on a file that repeats each frame by its weight."""

import contextlib
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.precision import PRECISIONS, RECALLS, WeightedPrecision, replicated
from aquarium_tui.compare.certainty.ranked import ranked_matches
from aquarium_tui.compare.objects.average_precision import average_precision
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import PARTIAL, Evaluation
from aquarium_tui.model.arrays import NamedArrays
from aquarium_tui.model.columns import Text
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, InferenceSet
from tests.oracle.test_average_precision import CLASSES, scene

NAMES = (*PRECISIONS, *RECALLS)
Weights = NDArray[np.int32]


def pycocotools(data: Dataset, set_: InferenceSet, weights: Weights) -> dict[str, NDArray[np.float64]]:
    """The metrics per class, of copies of frames; image ids follow the order of the frames' ids."""
    images: list[dict[str, Any]] = []
    truth: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    ids = [id_ or "" for id_ in data.frames.id]
    order = sorted(range(len(ids)), key=lambda i: int(ids[i]) if ids[i].isdigit() else ids[i])
    for frame in (f for f in order for _ in range(weights[f])):
        image = len(images) + 1
        images.append({"id": image, "width": 500, "height": 500})
        for objects, out in ((data.labels, truth), (set_.objects, results)):
            for row in range(objects.starts[frame], objects.starts[frame + 1]):
                left, top, right, bottom = objects.box[row].tolist()
                one: dict[str, Any] = {
                    "id": len(out) + 1,
                    "image_id": image,
                    "category_id": int(objects.class_index[row]),
                    "bbox": [left, top, right - left, bottom - top],
                }
                if out is truth:
                    one |= {"iscrowd": int(objects.crowd[row]), "area": float(objects.area[row])}
                else:
                    one["score"] = float(objects.confidence[row])
                out.append(one)
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": images,
            "annotations": truth,
            "categories": [{"id": i, "name": name} for i, name in enumerate(CLASSES)],
        }
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    precision, recall = (
        np.where(v < 0, np.nan, v) for v in map(evaluation.eval.get, ("precision", "recall"))
    )
    sizes, mosts = ["all", "small", "medium", "large"], [1, 10, 100]
    found = {}
    for name, (size, threshold) in PRECISIONS.items():
        table = precision[..., sizes.index(size), -1]
        found[name] = table.mean((0, 1)) if threshold is None else table[threshold].mean(0)
    for name, (size, most) in RECALLS.items():
        found[name] = recall[..., sizes.index(size), mosts.index(most)].mean(0)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_weights_are_copies_of_frames(seed: int) -> None:
    data, set_ = scene(seed)
    # Of copies of a frame, pycocotools counts equal confidences copy by copy, and weights count them object
    # by object; so no two are equal here.
    distinct = set_.objects.confidence + 1e-6 * np.arange(len(set_.objects))
    set_ = replace(set_, objects=replace(set_.objects, confidence=distinct))
    weights = np.random.default_rng(seed).poisson(1.2, len(data.frames)).astype(np.int32)
    matches = ranked_matches(data, set_.objects, Evaluation(data, set_).classes, len(CLASSES))
    asked = WeightedPrecision(matches, NAMES)
    for each in (np.ones_like(weights), weights):
        expected, found = pycocotools(data, set_, each), asked.of(each)
        for name in NAMES:
            np.testing.assert_allclose(found[name], expected[name], atol=1e-9, err_msg=name)


@pytest.mark.parametrize("seed", range(4))
def test_ties_follow_the_order_of_ids_as_numbers(seed: int) -> None:
    data, set_ = scene(seed)
    rng = np.random.default_rng(seed)
    ids = rng.permutation([9, 10, 11, 100, 8, 7, 1000, 99, 101, 6, 5, 4])
    data = replace(data, frames=replace(data.frames, id=Text.from_words([str(i) for i in ids])))
    objects = replace(set_.objects, confidence=set_.objects.confidence.round(1))
    set_ = replace(set_, objects=objects)
    classes = Evaluation(data, set_).classes
    once = np.ones(len(data.frames), np.int32)
    expected = pycocotools(data, set_, once)
    through_hotcoco = average_precision(data, objects, classes, len(CLASSES)).per_class
    ours = WeightedPrecision(ranked_matches(data, objects, classes, len(CLASSES)), NAMES).of(once)
    for name in NAMES:
        np.testing.assert_allclose(through_hotcoco[name], expected[name], atol=1e-9, err_msg=name)
        np.testing.assert_allclose(ours[name], expected[name], atol=1e-9, err_msg=name)


def test_a_set_compared_with_itself_never_differs() -> None:
    data, set_ = scene(0)
    found = ObjectComparison.of(data, set_, set_, Settings()).precision_significance(NAMES, replicates=20)
    for name in NAMES:
        assert found.total[name].few[0]
        assert not np.nan_to_num([found.total[name].low, found.total[name].high]).any()


def test_a_metric_is_as_sure_by_itself_as_among_others() -> None:
    data, set_ = scene(0)
    worse = replace(set_.objects, box=set_.objects.box + np.array([3.0, 0.0, 3.0, 0.0]))
    comparison = ObjectComparison.of(data, set_, InferenceSet("worse", worse), Settings())
    alone, all_ = (
        comparison.precision_significance(names, replicates=40) for names in (["AP50", "APs"], NAMES)
    )
    assert [*alone.total] == ["AP50", "APs"]
    for name in alone.total:
        for found in ("q", "low", "high"):
            for table in ("per_class", "total"):
                one, among = (getattr(getattr(each, table)[name], found) for each in (alone, all_))
                np.testing.assert_equal(one, among)


def test_what_no_setting_has_a_part_in_is_kept_from_run_to_run() -> None:
    data, set_ = scene(0)
    kept: dict[str, NamedArrays] = {}

    def memo(name: str, make: Callable[[], NamedArrays]) -> NamedArrays:
        if name not in kept:
            kept[name] = make()
        return kept[name]

    def asked(confidence: float) -> list[float]:
        sets = [Evaluation(data, set_, memo), Evaluation(data, replace(set_, id="other"), memo)]
        comparison = ObjectComparison.judged(sets[0], sets[1], Settings(confidence, confidence))
        found = comparison.precision_significance(["AP"], replicates=5)
        return [float(value) for value in found.per_class["AP"].low]

    first = asked(0.1)
    made = {name: arrays for name, arrays in kept.items() if name.startswith("counted-AP-")}
    assert len(made) == 1
    np.testing.assert_equal(asked(0.6), first)
    assert kept["counted-AP-AP50-AP75-5-0"] is made["counted-AP-AP50-AP75-5-0"]


def test_frames_of_one_group_are_drawn_together() -> None:
    group = np.array([0, 0, 1, 2, 2, 2], np.int32)
    for weights in Resampling(6, 50, 3, lambda: False, group).weights():
        assert weights[0] == weights[1]
        assert weights[3] == weights[4] == weights[5]
        assert weights[[0, 2, 3]].sum() == 3


def test_leaving_frames_out_is_giving_them_no_weight() -> None:
    data, set_ = scene(1)
    frames = np.arange(len(data.frames)) % 3 > 0
    matches = ranked_matches(data, set_.objects, Evaluation(data, set_).classes, len(CLASSES))
    weighted = WeightedPrecision(matches, NAMES).of(frames.astype(np.int32))
    fewer = WeightedPrecision(matches.within(frames), NAMES).of(np.ones(int(frames.sum()), np.int32))
    for name in NAMES:
        np.testing.assert_allclose(fewer[name], weighted[name], atol=1e-12, err_msg=name)


def test_figures_behind_intervals_are_those_on_screen_where_not_every_object_is_labelled() -> None:
    data, set_ = scene(5)
    ids = [entry.id for entry in data.project.class_map.entries]
    listed = [" ".join(map(str, ids)) if frame % 2 else "" for frame in range(len(data.frames))]
    frames = replace(data.frames, metadata={PARTIAL: Text.from_values(listed)})
    data = replace(data, frames=frames, categories=dict(zip(ids, ids, strict=True)))
    comparison = ObjectComparison.of(data, set_, None, Settings())
    evaluation = comparison.evaluation("base")
    assert evaluation.unlabelled.any()
    drawn = replicated(evaluation, None, Resampling(len(data.frames), 1, 0, lambda: False), NAMES, None)
    of_regions = evaluation.average_precision.per_class
    for name, expected in comparison.average_precision("base").per_class.items():
        np.testing.assert_allclose(of_regions[name], expected, atol=1e-9, err_msg=name)
        np.testing.assert_allclose(drawn[name][0, 1:], expected, atol=1e-9, err_msg=name)
