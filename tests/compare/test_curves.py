"""Precision–recall curves, and the area under one as each tool takes it."""

import numpy as np
import pytest

from aquarium_tui.compare.objects.confidence_curves import AREAS, Curve, Ranking, read_curves


def ranking(
    correct: list[bool], confidence: list[float], ignored: list[bool], first: bool = False
) -> Ranking:
    """The inferences of one class with two labels."""
    starts, support = np.array([0, len(correct)]), np.array([2])
    flags = np.array([correct], bool), np.array([ignored], bool)
    return Ranking(starts, np.array(confidence), *flags, support, first)


def test_a_curve_has_a_point_per_counted_inference() -> None:
    ranked = ranking([True, False, False, True], [0.9, 0.8, 0.7, 0.6], [False, True, False, False])
    confidence, recall, precision = ranked.curves(0, 0)
    assert confidence.tolist() == [0.9, 0.7, 0.6]
    assert recall.tolist() == [0.5, 0.5, 1.0]
    assert precision.tolist() == pytest.approx([1, 1 / 2, 2 / 3])


def test_correct_inferences_come_first_among_equals_only_where_a_tool_does_so() -> None:
    wrong_first = [False, True], [0.5, 0.5], [False, False]
    assert ranking(*wrong_first).curves(0, 0)[2].tolist() == [0.0, 0.5]
    assert ranking(*wrong_first, first=True).curves(0, 0)[2].tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("curve", "area"),
    [(Curve.POINTS, 0.5), (Curve.TRAPEZOID, 0.5), (Curve.SLOPE, 0.75), (Curve.AREA, 0.5)],
)
def test_areas_differ_beyond_the_highest_recall(curve: Curve, area: float) -> None:
    assert AREAS[curve](np.array([0.5]), np.array([1.0])) == pytest.approx(area, abs=0.006)
    assert AREAS[curve](np.zeros(0), np.zeros(0)) == 0.0


def test_curves_of_a_class_without_inferences_are_zero() -> None:
    precision, recall = read_curves(ranking([], [], []), 0)
    assert not precision.any()
    assert not recall.any()
