"""Intervals are what drawing the frames one by one gives."""

import numpy as np
import pytest

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.table import corrected_interval
from aquarium_tui.compare.pixels.scores import RATES
from aquarium_tui.errors import CancelledError
from tests.compare.pixels import reference
from tests.compare.pixels.scene import CAR, ROAD, Frame, N, in_memory

RNG = np.random.default_rng(5)


def mask(size: int, share: float) -> np.ndarray:
    """Mostly road, some of it car."""
    return (RNG.random((1, size)) < share).astype(np.uint8)


FRAMES = [(mask(40, 0.0), mask(40, 0.3), mask(40, 0.1)) for _ in range(12)]


def drawn(replicates: int, seed: int) -> list[list[Frame]]:
    """The frames of each replicate."""
    found = Resampling(len(FRAMES), replicates, seed, lambda: False).weights()
    return [[f for f, n in zip(FRAMES, weight, strict=True) for _ in range(n)] for weight in found]


def test_intervals_are_those_of_drawing_frames_by_hand():
    found = in_memory(FRAMES).significance(30, seed=7)
    deltas, ious, accuracies = [], [], []
    for frames in drawn(30, 7):
        base, other = (reference.confusion(frames, side) for side in ("base", "other"))
        deltas.append(other - base)
        iou, accuracy = [], []
        for matrix in (base, other):
            right = np.diagonal(matrix)[:N]
            union = matrix[:N].sum(1) + matrix[:, :N].sum(0) - right
            iou.append(right[0] / union[0])
            accuracy.append(right.sum() / matrix.sum())
        ious.append(iou[1] - iou[0])
        accuracies.append(accuracy[1] - accuracy[0])
    base, other = (reference.confusion(FRAMES, side) for side in ("base", "other"))
    each = [[reference.confusion([frame], side) for side in ("base", "other")] for frame in FRAMES]
    differ = np.count_nonzero([(b != o).ravel() for b, o in each], axis=0)
    wanted = corrected_interval(np.array([delta.ravel() for delta in deltas]), (other - base).ravel(), differ)
    assert found.cells.low == pytest.approx(wanted.low)
    assert found.cells.high == pytest.approx(wanted.high)
    total = found.totals["weighted"]["accuracy"]
    now = np.array([np.trace(other[:N, :N]) / other.sum() - np.trace(base[:N, :N]) / base.sum()])
    by_hand = corrected_interval(np.array(accuracies)[:, None], now, np.array([12]))
    assert total.low == pytest.approx(by_hand.low)
    assert total.high == pytest.approx(by_hand.high)
    assert total.sure[0]
    assert found.per_class["iou"].low[0] <= np.median(ious) <= found.per_class["iou"].high[0]
    assert not found.per_class["iou"].sure[2]


def test_a_class_is_few_where_fewer_than_six_frames_have_it():
    # Eight frames of road; five of them have a car, which base finds, and other only calls road a car.
    road = np.zeros((1, 40), np.uint8)
    car = road.copy()
    car[0, :10] = CAR
    wrong = road.copy()
    wrong[0, 20:30] = CAR
    found = in_memory([(car, car, wrong)] * 5 + [(road, road, wrong)] * 3).significance(200, seed=1)
    assert {name: bool(figure.few[CAR]) for name, figure in found.per_class.items()} == dict.fromkeys(
        RATES, True
    )
    assert not found.per_class["precision"].few[ROAD]
    found = in_memory([(car, car, wrong)] * 6 + [(road, road, wrong)] * 2).significance(200, seed=1)
    assert not found.per_class["recall"].few[CAR]


def test_frames_left_out_are_never_drawn():
    whole, part = in_memory(FRAMES), in_memory(FRAMES[:5])
    chosen = np.arange(len(FRAMES)) < 5
    among, alone = whole.within(chosen).significance(20), part.significance(20)
    assert among.cells.low.tolist() == alone.cells.low.tolist()
    assert among.totals["weighted"]["miou"].high == alone.totals["weighted"]["miou"].high


def test_counts_beyond_32_bits_are_exact():
    found = in_memory(FRAMES)
    large = found.counts.pixels.astype(np.int64) * 40_000_000
    object.__setattr__(found.counts, "pixels", large)
    wanted = in_memory(FRAMES).significance(20).cells.low * 40_000_000
    assert found.significance(20).cells.low == pytest.approx(wanted)


def test_it_can_be_stopped():
    with pytest.raises(CancelledError):
        in_memory(FRAMES).significance(cancelled=lambda: True)
