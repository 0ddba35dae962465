"""Arithmetic of boxes: right and bottom exclusive, nothing without area overlaps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.model.arrays import areas, intersections, ious, ratio


def boxes(*rows):
    return np.array(rows, float).reshape(-1, 4)


def test_area_is_width_times_height():
    assert areas(boxes((1, 2, 4, 7))).tolist() == [15]


def test_no_area_without_positive_sides():
    without = boxes((3, 0, 3, 9), (4, 0, 3, 9), (0, 9, 5, 9), (5, 5, 1, 1))
    assert areas(without).tolist() == [0, 0, 0, 0]
    whole = boxes(*[(0, 0, 9, 9)] * 4)
    assert intersections(without, whole).tolist() == [0, 0, 0, 0]
    assert ious(without, whole).tolist() == [0, 0, 0, 0]
    assert ious(without, without).tolist() == [0, 0, 0, 0]


def test_iou_worked_by_hand():
    a = boxes((0, 0, 10, 10), (0, 0, 10, 10), (0, 0, 10, 10))
    b = boxes((5, 0, 15, 10), (10, 0, 20, 10), (0, 0, 10, 10))
    assert ious(a, b).tolist() == [50 / 150, 0, 1]


def test_no_boxes():
    assert len(ious(boxes(), boxes())) == len(areas(boxes())) == 0


def test_ratio_of_nothing_is_zero():
    assert ratio(np.array([1.0, 1.0, 1.0]), np.array([2.0, 0.0, -1.0])).tolist() == [0.5, 0.0, 0.0]


side = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(side, side, side, side), min_size=2, max_size=2))
def test_iou_is_symmetric_and_between_0_and_1(pair):
    a, b = boxes(pair[0]), boxes(pair[1])
    assert 0 <= ious(a, b)[0] <= 1
    assert ious(a, b)[0] == ious(b, a)[0]
