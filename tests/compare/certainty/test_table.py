"""Sure, weak and few: what makes a delta one of them."""

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.table import Resampled, State, certainties


def spread(delta: list[float], frames: list[int], labels: list[int] | None = None) -> Resampled:
    """Deltas with a standard error of 1."""
    around: NDArray[np.float64] = np.random.default_rng(0).normal(0.0, 1.0, (4000, len(delta)))
    many = None if labels is None else np.array(labels)
    return Resampled(np.array(delta), np.array(delta) + around, np.array(frames), many)


def states(found: Resampled) -> list[State]:
    certainty = certainties({"f1": found})["f1"]
    return [certainty.state(row) for row in range(len(found.delta))]


def test_sure_needs_an_interval_without_zero() -> None:
    assert states(spread([5.0, 0.5, -5.0], [100, 100, 100])) == [State.SURE, State.WEAK, State.SURE]


def test_fewer_than_six_frames_or_ten_labels_are_never_sure() -> None:
    found = spread([9.0, 9.0, 9.0, 9.0], [5, 6, 100, 100], [50, 50, 9, 10])
    assert states(found) == [State.FEW, State.SURE, State.FEW, State.SURE]


def test_many_rows_ask_for_more_than_an_interval() -> None:
    alone, among_many = spread([2.2], [100]), spread([2.2] + [0.0] * 40, [100] * 41)
    assert states(alone) == [State.SURE]
    assert states(among_many)[0] is State.WEAK


def test_all_figures_of_a_table_are_listed_together() -> None:
    one, others = spread([2.3], [100]), {f"figure {i}": spread([0.0], [100]) for i in range(20)}
    assert certainties({"f1": one})["f1"].sure[0]
    assert not certainties({"f1": one, **others})["f1"].sure[0]


def test_few_rows_cost_the_others_nothing() -> None:
    alone = certainties({"f1": spread([3.0], [100])})["f1"]
    beside = certainties({"f1": spread([3.0] + [0.0] * 60, [100] + [3] * 60)})["f1"]
    assert np.isnan(beside.q[1:]).all()
    assert abs(beside.q[0] - alone.q[0]) < 1e-3


def test_an_undefined_delta_is_weak_and_has_no_interval() -> None:
    values = np.full((10, 1), np.nan)
    certainty = certainties({"ap": Resampled(np.array([np.nan]), values, np.array([50]))})["ap"]
    assert certainty.state(0) is State.WEAK
    assert np.isnan([certainty.low[0], certainty.high[0], certainty.q[0]]).all()
