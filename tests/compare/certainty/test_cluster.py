"""The cluster test: hand-worked cases, its exact form, and its error where objects in a frame go together."""

from math import comb

import numpy as np
import pytest

from aquarium_tui.compare.certainty.table import two_sided
from aquarium_tui.compare.objects.significance import cluster_test, sign_flips


def test_few_frames_with_one_change_each_are_the_exact_mcnemar_test() -> None:
    # 8 frames got better, 2 worse: twice the tail of a fair coin.
    change = np.array([1] * 8 + [-1] * 2)
    p = cluster_test(np.zeros(10, int), np.arange(10), change, 1)
    assert p[0] == pytest.approx(2 * sum(comb(10, k) for k in range(3)) / 2**10)


def test_objects_of_one_frame_count_once() -> None:
    # Ten objects fixed in one frame say as little as one.
    assert cluster_test(np.zeros(10, int), np.zeros(10, int), np.ones(10, int), 1)[0] == 1.0
    assert sign_flips(np.array([10.0])) == 1.0


def test_changes_in_a_frame_that_cancel_each_other_do_not_count() -> None:
    assert cluster_test(np.zeros(2, int), np.zeros(2, int), np.array([1, -1]), 1)[0] == 1.0


def test_many_frames_are_compared_with_the_normal_distribution() -> None:
    change = np.array([2] * 15 + [-1] * 10)
    p = cluster_test(np.zeros(25, int), np.arange(25), change, 1)
    assert p[0] == pytest.approx(two_sided(np.array([(30 - 10) / np.sqrt(4 * 15 + 10)]))[0])


def test_columns_are_tested_by_themselves() -> None:
    column, unit = np.array([0] * 6 + [2] * 6), np.tile(np.arange(6), 2)
    p = cluster_test(column, unit, np.array([1] * 6 + [1, -1] * 3), 3)
    assert p.tolist() == [2 / 64, 1.0, 1.0]


def test_the_error_stays_at_its_level_where_objects_of_a_frame_change_together() -> None:
    rng = np.random.default_rng(5)
    rejected = 0
    for _ in range(400):
        direction = rng.choice([-1, 1], 60)
        together = rng.random((60, 5)) < 0.7
        change = np.where(together, direction[:, None], rng.choice([-1, 1], (60, 5)))
        change *= rng.random((60, 5)) < 0.5
        p = cluster_test(np.zeros(300, int), np.repeat(np.arange(60), 5), change.ravel(), 1)
        rejected += p[0] <= 0.05
    # Binomial(400, .05) exceeds 31 in one of 200 seeds; McNemar's own test rejects about 120 times here.
    assert rejected <= 31
