"""How sure the deltas of accuracies and of the user's metrics are."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.bootstrap import FrameSums, Resampling
from aquarium_tui.compare.certainty.table import State, certainties
from aquarium_tui.compare.metrics import metric_certainty
from aquarium_tui.compare.objects.accuracy import accuracy_deltas, sums_deltas
from aquarium_tui.model.columns import Text
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
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


def test_each_cell_of_a_matrix_of_the_user_is_judged_by_the_frames_that_differ():
    """Cell (0, 1) grows in every second frame, cell (1, 0) swings, and cell (1, 1) differs in five frames."""
    frame = np.repeat(np.arange(FRAMES, dtype=np.int32), 3)
    label, inferred = (np.tile(np.array(each, np.int32), FRAMES) for each in ([0, 1, 1], [1, 0, 1]))
    swings = np.where(np.arange(FRAMES) % 2, 1.5, -1.5)
    steps = np.stack([np.arange(FRAMES) % 2, swings, np.arange(FRAMES) < 5], axis=1).astype(float)
    values = {
        "base": MetricValues(np.full(FRAMES, 6.0), frame, label, inferred, np.full(3 * FRAMES, 2.0)),
        "other": MetricValues(np.full(FRAMES, 6.0), frame, label, inferred, 2 + steps.ravel()),
    }
    found = measured(np.zeros(FRAMES), np.zeros(FRAMES))
    pairs = (Metric("pairs", MetricKind.CONFUSION_MATRIX),)
    comparison = replace(
        found,
        dataset=replace(found.dataset, project=replace(found.dataset.project, metrics=pairs)),
        base=replace(found.base, metrics={"pairs": values["base"]}),
        other=replace(present(found.other), metrics={"pairs": values["other"]}),
    )
    known, n = metric_certainty(comparison)["pairs"], len(comparison.classes)
    assert [known.state(row) for row in (1, n, n + 1)] == [State.SURE, State.WEAK, State.FEW]
    assert 0 < known.low[1] < FRAMES / 2 < known.high[1]
    assert known.p[1] == pytest.approx(2 / 2 ** (FRAMES // 2))
    assert (known.low[0], known.high[0], known.p[0], known.few[0]) == (0, 0, 1, True)


@pytest.mark.parametrize(("fixed", "state"), [(9, State.SURE), (5, State.FEW)])
def test_an_accuracy_is_judged_by_the_labels_that_change(fixed, state):
    base = np.arange(FRAMES) % 2 == 0
    other = base | (np.arange(FRAMES) < 2 * fixed)
    every, frame = np.ones(FRAMES, bool), np.arange(FRAMES, dtype=np.int32)
    resampling = Resampling(FRAMES, 200, 0, lambda: False)
    sets = {"accuracy": base, "top_2": base}, {"accuracy": other}
    found = certainties(accuracy_deltas(sets, every, frame, resampling))
    assert [*found] == ["accuracy"]
    assert found["accuracy"].state(0) is state
    # All nine changed for the better: p is that of nine coins on one side.
    assert found["accuracy"].p[0] == pytest.approx(2 / 2**fixed)
    assert found["accuracy"].low[0] < fixed / FRAMES < found["accuracy"].high[0]


def test_numbers_that_are_sums_over_frames_are_judged_by_the_frames_that_differ():
    wrong, one = np.arange(FRAMES) % 3 == 0, np.ones(FRAMES)

    def sums(errors):
        table = np.stack([errors, one], axis=1).astype(float)
        return {"loss": FrameSums(table, lambda found: found[:, 0] / found[:, 1])}

    resampling = Resampling(FRAMES, 200, 0, lambda: False)
    better = certainties(sums_deltas(sums(wrong), sums(np.zeros(FRAMES)), 100, resampling))["loss"]
    assert better.state(0) is State.SURE
    assert better.low[0] < -wrong.mean() < better.high[0]
    few = sums_deltas(sums(wrong), sums(wrong & (np.arange(FRAMES) > 12)), 100, resampling)
    assert certainties(few)["loss"].state(0) is State.FEW
