"""Intervals, q-values and p-values against figures from tables and against slow, plain computation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.compare.certainty.table import (
    adjusted,
    corrected_interval,
    spread_p_values,
    student_quantile,
    two_sided,
)


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (5, 2.5706), (10, 2.2281), (30, 2.0423), (100, 1.9840), (1000, 1.9623)],
)
def test_quantiles_of_student_are_those_of_printed_tables(freedom: int, quantile: float) -> None:
    assert student_quantile(0.975, freedom) == pytest.approx(quantile, abs=2e-3)


def test_two_sided_p_values_are_those_of_printed_tables() -> None:
    assert two_sided(np.array([0.0, 1.959964, -2.575829])) == pytest.approx([1.0, 0.05, 0.01], abs=1e-6)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_q_values_reject_what_the_procedure_of_benjamini_and_hochberg_rejects(p: list[float]) -> None:
    values = np.array(p)
    q = adjusted(values, np.ones(len(p), bool))
    for level in (0.05, 0.2):
        below = [k for k in range(1, len(p) + 1) if sorted(p)[k - 1] <= level * k / len(p)]
        cut = sorted(p)[max(below) - 1] if below else -1.0
        # A value next to the cut may fall on either side by rounding; no other may.
        clear = np.abs(q - level) > 1e-12
        assert ((q <= level) == (values <= cut))[clear].all()


def test_rows_that_are_not_listed_have_no_q_value_and_cost_the_others_nothing() -> None:
    q = adjusted(np.array([0.01, 0.04, 0.03]), np.array([True, False, True]))
    assert q[[0, 2]] == pytest.approx([0.02, 0.03])
    assert np.isnan(q[1])


def test_the_interval_of_normal_values_is_the_textbooks() -> None:
    values = np.random.default_rng(0).normal(2.0, 1.0, (20_000, 1))
    found = corrected_interval(values, np.array([2.0]), np.array([100_000]))
    assert (found.low[0], found.high[0]) == pytest.approx((0.04, 3.96), abs=0.08)


def test_few_contributors_widen_the_interval() -> None:
    values = np.random.default_rng(0).normal(0.0, 1.0, (5_000, 2))
    found = corrected_interval(values, np.zeros(2), np.array([6, 600]))
    widths = found.high - found.low
    # Student's quantile with 5 degrees of freedom times sqrt(6 / 5), over the normal's.
    assert widths[0] / widths[1] == pytest.approx(2.5706 * np.sqrt(1.2) / 1.9646, rel=0.08)


def test_the_correction_shifts_towards_where_replicates_are_missing() -> None:
    values = np.random.default_rng(0).normal(-1.0, 1.0, (5_000, 1))
    found = corrected_interval(values, np.zeros(1), np.array([1000]))
    assert found.low[0] > np.quantile(values, 0.025)
    assert found.high[0] > np.quantile(values, 0.975)


def test_one_frame_gives_a_point_and_never_a_difference() -> None:
    found = corrected_interval(np.full((100, 1), 0.5), np.array([0.5]), np.array([1]))
    assert found.low[0] == found.high[0] == 0.5


def test_what_no_replicate_defines_has_no_interval_and_holds_zero() -> None:
    found = corrected_interval(np.full((10, 1), np.nan), np.array([np.nan]), np.array([0]))
    assert np.isnan(found.low[0])
    assert found.holds_zero[0]


def test_p_values_of_a_spread() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(0.1, 0.05, (50_000, 1))
    many, few = np.array([100_000]), np.array([7])
    assert spread_p_values(values, np.array([0.098]), many)[0] == pytest.approx(0.05, abs=0.003)
    # With 6 degrees of freedom, .05 is reached at 2.4469 standard errors, each widened by sqrt(7 / 6).
    apart = np.array([0.05 * 2.4469 * np.sqrt(7 / 6)])
    assert spread_p_values(values, apart, few)[0] == pytest.approx(0.05, abs=0.003)
    assert spread_p_values(np.zeros((10, 1)), np.zeros(1), many)[0] == 1.0
    assert np.isnan(spread_p_values(np.full((10, 1), np.nan), np.array([np.nan]), few)[0])
