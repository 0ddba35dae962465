"""The objects listed for TIDE's errors are those that hotcoco counts."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.tide import TideError, error_objects, near_ious, tide_errors
from aquarium_tui.model.arrays import ious
from aquarium_tui.model.classes import ClassEntry
from tests.oracle.test_average_precision import CLASSES, scene


@pytest.mark.parametrize("some", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_as_many_objects_are_listed_as_hotcoco_counts(seed: int, some: bool) -> None:
    classes = [ClassEntry(i, name, ignore_in_eval=i == 4 and seed == 3) for i, name in enumerate(CLASSES)]
    data, model = scene(seed, frames=14, classes=classes)
    box = model.objects.box + np.random.default_rng(seed).normal(0, 15, model.objects.box.shape)
    box[:, 2:] = np.maximum(box[:, 2:], box[:, :2] + 1)
    model = replace(model, objects=replace(model.objects, box=box))
    evaluation = Evaluation(data, model)
    frames = np.arange(14) % 3 > 0 if some else None
    told, listed = tide_errors(evaluation, frames), error_objects(evaluation, frames)

    counts = np.bincount(listed.error, minlength=len(TideError)).tolist()
    assert dict(zip(TideError, counts, strict=True)) == told.count
    precision = evaluation.average_precision_of(np.ones(14, bool) if frames is None else frames)
    assert told.ap50 == pytest.approx(precision.total["AP50"], abs=1e-12)
    assert min(told.count.values()) > 0 or some


def test_the_near_iou_of_a_label_is_the_best_of_its_class() -> None:
    data, model = scene(1)
    evaluation = Evaluation(data, model)
    found = near_ious(evaluation)
    labels, objects = data.labels, model.objects
    for row in np.flatnonzero(~labels.crowd):
        same = (objects.frame == labels.frame[row]) & (objects.class_index == labels.class_index[row])
        boxes = objects.box[same]
        best = ious(np.repeat(labels.box[[row]], len(boxes), axis=0), boxes).max(initial=0.0)
        assert found[row] == pytest.approx(best, abs=1e-12)
    assert np.isnan(found[labels.crowd]).all()
