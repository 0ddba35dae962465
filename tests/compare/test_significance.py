"""Intervals and p-values: exact where they are exact, and right in the cases one can reason out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from aquarium_tui.compare import bootstrap
from aquarium_tui.compare.bootstrap import Resampling, frame_counts
from aquarium_tui.compare.cells import RATES, scores, total
from aquarium_tui.compare.certainty.table import State, corrected_interval
from aquarium_tui.errors import CancelledError, UsageError
from tests.compare.scenes import comparison, tiny

BOX = tiny(10)


def moved(fixed: int, broken: int, same: int = 0):
    """One car a frame: some missed only by base, some only by other, some found by both."""
    frames = fixed + broken + same
    labels = [(f, "car", BOX) for f in range(frames)]
    base = [(f, "car", BOX, 0.9) for f in range(fixed, frames)]
    other = [(f, "car", BOX, 0.9) for f in range(frames) if not fixed <= f < fixed + broken]
    return comparison(["car", "truck"], labels, base, other, frames=frames)


def test_labels_and_cells_are_tested_frame_by_frame():
    sure = moved(fixed=9, broken=1).significance(replicates=20)
    exact = 2 * (1 + 10) / 2**10
    assert sure.labels is not None
    assert (sure.labels.better, sure.labels.worse, sure.labels.frames) == (9, 1, 10)
    assert sure.labels.p == pytest.approx(exact)
    # Car found: 9 gained, 1 lost. Car missed: 1 introduced, 9 fixed. Nothing else changed.
    expected = np.ones(9)
    expected[0] = expected[2] = exact
    assert np.allclose(sure.cells.p, expected)


def test_false_alarms_are_tested_apart_from_labels():
    frames = range(10)
    labels = [(f, "car", BOX) for f in frames]
    found = [(f, "car", BOX, 0.9) for f in frames]
    alarms = [(f, "car", (50.0, 50.0, 60.0, 60.0), 0.9) for f in frames]
    sure = comparison(["car"], labels, found + alarms, found, frames=10).significance(replicates=20)
    assert sure.labels is not None
    assert sure.false_alarms is not None
    assert (sure.labels.better, sure.labels.worse, sure.labels.p) == (0, 0, 1.0)
    assert (sure.false_alarms.better, sure.false_alarms.worse) == (10, 0)
    assert sure.false_alarms.p == pytest.approx(2 / 2**10)
    assert sure.headline["false_alarms"].sure[0]
    assert (sure.headline["false_alarms"].low[0], sure.headline["false_alarms"].high[0]) == (-1.0, -1.0)


def test_a_change_in_every_frame_has_no_spread():
    sure = moved(fixed=8, broken=0).significance(replicates=50)
    assert sure.cells.low[0] == sure.cells.high[0] == 8
    assert sure.cells.low[2] == sure.cells.high[2] == -8
    recall = sure.totals["weighted"]["recall"]
    assert (recall.low[0], recall.high[0]) == (1.0, 1.0)
    assert np.isnan(sure.per_class["precision"].low[0]), "base infers nothing: its precision is undefined"
    assert np.isnan(sure.per_class["recall"].low[1]), "no truck is labelled"


def test_one_change_in_many_frames_is_too_little_to_tell():
    sure = moved(fixed=1, broken=0, same=30).significance()
    assert sure.cells.state(0) is State.FEW
    assert sure.totals["micro"]["recall"].state(0) is State.FEW


def test_one_frame_is_never_sure_of_anything():
    labels = [(0, "car", (20.0 * i, 0.0, 20.0 * i + 10, 10.0)) for i in range(12)]
    found = [(*label, 0.9) for label in labels]
    sure = comparison(["car"], labels, [], found).significance(replicates=50)
    assert sure.cells.few.all()
    assert sure.per_class["recall"].state(0) is State.FEW
    assert sure.labels is not None
    assert sure.labels.few


def test_a_set_compared_with_itself_is_no_change_anywhere():
    labels = [(f, "car", BOX) for f in range(20)]
    found = [(f, "car", BOX, 0.9) for f in range(15)] + [(3, "car", (5.0, 5.0, 5.0, 5.0), 0.5)]
    sure = comparison(["car"], labels, found, found, frames=20).significance(replicates=50)
    assert sure.cells.few.all()
    assert not sure.cells.low.any()
    assert sure.labels is not None
    assert sure.labels.p == 1.0
    assert sure.false_alarms is not None
    assert (sure.false_alarms.better, sure.false_alarms.worse) == (0, 0), "a box without area is itself"


def test_a_delta_on_which_all_frames_agree_is_sure():
    labels = [(f, "car", BOX) for f in range(12)]
    found = comparison(["car"], labels, [], [(*label, 0.9) for label in labels], frames=12)
    sure = found.significance(replicates=50)
    assert [sure.per_class[name].p[0] for name in ("recall", "f1")] == [2 / 2**12] * 2
    assert sure.per_class["f1"].state(0) is State.SURE


def test_the_interval_is_as_wide_as_theory_says():
    # Deltas of +1, -1, 0 per frame: a sum of n draws with mean 20/100 and variance 0.6 - 0.04 each. The 60
    # frames that differ widen it by Student's quantile and sqrt(60 / 59).
    sure = moved(fixed=40, broken=20, same=40).significance(replicates=4000)
    spread = 2.001 * np.sqrt(60 / 59) * np.sqrt(100 * 0.56)
    assert sure.cells.low[0] == pytest.approx(20 - spread, abs=1.6)
    assert sure.cells.high[0] == pytest.approx(20 + spread, abs=1.6)
    assert sure.per_class["recall"].low[0] == pytest.approx((20 - spread) / 100, abs=0.016)


def resampled_by_hand(found, weights):
    """Deltas where the objects of each frame are written as often as the frame is drawn."""
    size, ledger = len(found.classes), found.ledger
    times = weights[ledger.frame]
    matrices = []
    for cell in (ledger.base_cell, ledger.other_cell):
        matrix = np.zeros(size * size, int)
        np.add.at(matrix, cell[cell >= 0], times[cell >= 0])
        matrices.append(matrix.reshape(size, size))
    return matrices


def test_every_replicate_counts_whole_frames_as_often_as_they_are_drawn():
    rng = np.random.default_rng(3)
    classes = ["car", "truck", "van"]

    def boxes(n):
        return [
            (int(rng.integers(12)), str(rng.choice(classes)), tiny(int(rng.integers(5, 11))))
            for _ in range(n)
        ]

    def inferences(n):
        return [(*row, 0.9) for row in boxes(n)]

    found = comparison(classes, boxes(40), inferences(50), inferences(50), frames=12)
    sure = found.significance(replicates=101, seed=5)
    weights = list(Resampling(12, 101, 5, lambda: False).weights())
    assert all(w.sum() == 12 for w in weights)
    deltas, rates = [], []
    for weight in weights:
        base, other = resampled_by_hand(found, weight)
        deltas.append((other - base).ravel())
        rates.append(
            [total(scores(other), "weighted")[r] - total(scores(base), "weighted")[r] for r in RATES]
        )
    differs = found.ledger.base_cell != found.ledger.other_cell
    frames = np.zeros(16, int)
    for cell in range(16):
        change = np.zeros(12, int)
        np.add.at(change, found.ledger.frame[differs & (found.ledger.other_cell == cell)], 1)
        np.add.at(change, found.ledger.frame[differs & (found.ledger.base_cell == cell)], -1)
        frames[cell] = np.count_nonzero(change)
    cells = corrected_interval(np.array(deltas), found.delta.ravel(), frames)
    assert np.allclose(sure.cells.low, cells.low)
    assert np.allclose(sure.cells.high, cells.high)
    for i, name in enumerate(RATES):
        now = total(found.scores["other"], "weighted")[name] - total(found.scores["base"], "weighted")[name]
        by_hand = corrected_interval(np.array(rates)[:, [i]], np.array([now]), np.array([12]))
        assert sure.totals["weighted"][name].low == pytest.approx(by_hand.low)
        assert sure.totals["weighted"][name].high == pytest.approx(by_hand.high)


def test_the_same_seed_gives_the_same_answer_and_is_kept():
    found = moved(fixed=5, broken=3, same=10)
    again = moved(fixed=5, broken=3, same=10)
    assert np.array_equal(found.significance(200, 7).cells.low, again.significance(200, 7).cells.low)
    assert found.significance(200, 7) is found.significance(200, 7)
    assert found.significance(200, 7) is not found.significance(200, 8)


def test_it_can_be_cancelled_and_asked_again():
    found, asked = moved(fixed=5, broken=3, same=10), []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 30

    with pytest.raises(CancelledError):
        found.significance(replicates=1000, cancelled=cancelled)
    assert len(asked) == 31
    assert found.significance(replicates=50).replicates == 50


def test_without_another_set_there_is_nothing_to_test():
    with pytest.raises(UsageError, match="no other inference set"):
        comparison(["car"], [], []).significance()


@hypothesis_settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 5), st.sampled_from([-1, 1])), max_size=40))
def test_pieces_hold_every_count_once(rows):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "_PIECE", 3)
        check_pieces(rows)


def check_pieces(rows):
    column, frame, count = np.array(rows, int).reshape(-1, 3).T
    whole = frame_counts(column, frame, count)
    expected: dict[tuple[int, int], int] = {}
    for c, f, n in rows:
        expected[c, f] = expected.get((c, f), 0) + n
    found: dict[tuple[int, int], int] = {}
    for piece in whole.pieces():
        owner = np.repeat(piece.columns, np.diff(np.append(piece.starts, len(piece.frame))))
        triples = zip(owner.tolist(), piece.frame.tolist(), piece.count.tolist(), strict=True)
        found |= {(c, f): n for c, f, n in triples}
    assert found == {key: n for key, n in expected.items() if n}
