"""How sure the deltas of accuracies and of the user's metrics are."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.table import State
from aquarium_tui.compare.metrics import metric_certainty
from aquarium_tui.compare.objects.accuracy import accuracy_certainty
from aquarium_tui.model.columns import Text
from aquarium_tui.model.metrics import Metric, MetricValues
from tests.compare.pixels.scene import ROAD, in_memory
from tests.narrow import present

FRAMES = 24
PIXEL = np.full((1, 1), ROAD, np.uint8)


def measured(base, other, group=None):
    """Masks of one pixel, with the values of a metric `edges` under each set."""
    found = in_memory([(PIXEL, PIXEL, PIXEL)] * FRAMES)
    dataset = replace(found.dataset, project=replace(found.dataset.project, metrics=(Metric("edges"),)))
    if group is not None:
        metadata = {"video": Text.from_values(group)}
        dataset = replace(dataset, group_by="video", frames=replace(dataset.frames, metadata=metadata))
    values = [MetricValues(np.asarray(each, np.float64)) for each in (base, other)]
    sets = (
        replace(found.base, metrics={"edges": values[0]}),
        replace(present(found.other), metrics={"edges": values[1]}),
    )
    return replace(found, dataset=dataset, base=sets[0], other=sets[1])


def test_a_metric_is_judged_on_frames_with_both_values_and_by_group():
    steps = np.random.default_rng(0).normal(1, 0.5, FRAMES)
    known = metric_certainty(measured(np.zeros(FRAMES), steps))["edges"]
    assert known.state(0) is State.SURE
    assert known.low[0] < steps.mean() < known.high[0]
    assert metric_certainty(measured(np.zeros(FRAMES), steps - steps.mean()))["edges"].state(0) is State.WEAK
    few = np.where(np.arange(FRAMES) < 5, steps, np.nan)
    assert metric_certainty(measured(np.zeros(FRAMES), few))["edges"].state(0) is State.FEW
    videos = measured(np.zeros(FRAMES), steps, [f"v{i // 6}" for i in range(FRAMES)])
    assert metric_certainty(videos)["edges"].state(0) is State.FEW


@pytest.mark.parametrize(("fixed", "state"), [(9, State.SURE), (5, State.FEW)])
def test_an_accuracy_is_judged_by_the_labels_that_change(fixed, state):
    base = np.arange(FRAMES) % 2 == 0
    other = base | (np.arange(FRAMES) < 2 * fixed)
    every, frame = np.ones(FRAMES, bool), np.arange(FRAMES, dtype=np.int32)
    resampling = Resampling(FRAMES, 200, 0, lambda: False)
    found = accuracy_certainty(
        ({"accuracy": base, "top_2": base}, {"accuracy": other}), every, frame, resampling
    )
    assert [*found] == ["accuracy"]
    assert found["accuracy"].state(0) is state
    # All nine changed for the better: p is that of nine coins on one side.
    assert found["accuracy"].p[0] == pytest.approx(2 / 2**fixed)
    assert found["accuracy"].low[0] < fixed / FRAMES < found["accuracy"].high[0]
