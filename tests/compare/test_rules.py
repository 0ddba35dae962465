"""The three rules, on scenes small enough to work by hand: each gives another answer."""

import pytest

from aquarium_tui.model.settings import Rule, Settings
from tests.compare.scenes import comparison, tiny

CLASSES = ["car", "truck", "van"]
LABELS = [(0, "car", tiny(10))]
"""One car; the inferences below overlap it with an IoU of a tenth of their height."""

INFERENCES = [(0, "van", tiny(6), 0.9), (0, "car", tiny(7), 0.5), (0, "truck", tiny(9), 0.6)]


def confusion(rule: Rule, labels=LABELS, inferences=INFERENCES, **settings):
    found = comparison(CLASSES, labels, inferences, settings=Settings(rule=rule, **settings))
    return found.confusion("base").tolist()


def test_overlap_takes_the_truck_that_fits_best():
    assert confusion(Rule.OVERLAP) == [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 1, 0]]


def test_same_class_takes_the_car():
    assert confusion(Rule.SAME_CLASS) == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0]]


def test_confidence_takes_the_surest_which_is_the_van():
    assert confusion(Rule.CONFIDENCE) == [[0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0]]


def test_same_class_leaves_a_neighbour_to_its_own_class():
    # The truck box fits the car label best (IoU 1), the car box fits the truck label only with 0.6.
    labels = [(0, "car", tiny(10)), (0, "truck", tiny(8))]
    inferences = [(0, "truck", tiny(10), 0.9), (0, "car", tiny(7), 0.9)]
    crossed = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    straight = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert confusion(Rule.OVERLAP, labels, inferences) == crossed
    assert confusion(Rule.SAME_CLASS, labels, inferences) == straight


@pytest.mark.parametrize("rule", list(Rule))
def test_a_pair_exactly_at_both_thresholds_is_taken(rule):
    found = [(0, "car", tiny(5), 0.25)]
    assert confusion(rule, inferences=found, base_confidence=0.25, iou=0.5)[0] == [1, 0, 0, 0]
    assert confusion(rule, inferences=found, base_confidence=0.25, iou=0.5000001)[0] == [0, 0, 0, 1]
    assert confusion(rule, inferences=found, base_confidence=0.2500001, iou=0.5)[0] == [0, 0, 0, 1]


@pytest.mark.parametrize("iou", [0.01, 0.05, 0.1])
def test_an_iou_threshold_below_a_tenth_finds_its_pairs(iou):
    found = [(0, "car", (0.0, 0.0, 10.0, iou * 10), 1.0)]
    assert confusion(Rule.OVERLAP, inferences=found, iou=iou)[0] == [1, 0, 0, 0]


@pytest.mark.parametrize("rule", list(Rule))
def test_going_below_a_tenth_and_back_forgets_nothing(rule):
    found = comparison(CLASSES, LABELS, [(0, "car", tiny(0.5), 0.9), (0, "truck", tiny(5), 0.9)])
    partners = [
        found.under(Settings(iou=iou, rule=rule)).matching("base").label_partner.tolist()
        for iou in (0.6, 0.05, 0.2, 0.01, 0.6)
    ]
    low = [1] if rule is Rule.OVERLAP else [0]
    assert partners == [[-1], low, [1], low, [-1]]


def test_thresholds_at_their_ends():
    everything = [(0, "car", tiny(10), 0.0), (0, "truck", tiny(10), 1.0)]
    assert confusion(Rule.OVERLAP, inferences=everything, base_confidence=0.0)[0][0] == 1
    assert confusion(Rule.OVERLAP, inferences=everything, base_confidence=1.0)[0][1] == 1
    assert confusion(Rule.OVERLAP, inferences=everything, base_confidence=1.0)[3] == [0, 0, 0, 0]
    nearly = [(0, "car", tiny(9.99), 1.0)]
    assert confusion(Rule.OVERLAP, inferences=nearly, iou=1.0)[0] == [0, 0, 0, 1]


def partner(rule: Rule, inferences, labels=LABELS) -> list[int]:
    found = comparison(CLASSES, labels, inferences, settings=Settings(rule=rule))
    return list(found.matching("base").label_partner.tolist())


def test_ties_in_overlap_fall_to_same_class_then_confidence_then_order():
    truck, car, surer, same = (
        (0, "truck", tiny(8), 0.9),
        (0, "car", tiny(8), 0.3),
        (0, "car", tiny(8), 0.4),
        (0, "car", tiny(8), 0.4),
    )
    assert partner(Rule.OVERLAP, [truck, car]) == [1]
    assert partner(Rule.OVERLAP, [car, surer]) == [1]
    assert partner(Rule.OVERLAP, [surer, same]) == [0]


def test_under_same_class_overlap_decides_before_confidence():
    loose, tight, alike = (0, "car", tiny(6), 0.9), (0, "car", tiny(8), 0.3), (0, "car", tiny(8), 0.4)
    assert partner(Rule.SAME_CLASS, [loose, tight]) == [1]
    assert partner(Rule.SAME_CLASS, [loose, tight, alike]) == [2]
    assert partner(Rule.SAME_CLASS, [(0, "van", tiny(6), 0.9), (0, "van", tiny(8), 0.3)]) == [1]


def test_ties_in_confidence_fall_to_the_order_of_the_inferences():
    first, second = (0, "truck", tiny(6), 0.5), (0, "car", tiny(9), 0.5)
    assert partner(Rule.CONFIDENCE, [first, second]) == [0]
    assert partner(Rule.CONFIDENCE, [second, first]) == [0]


def test_under_confidence_an_inference_takes_its_best_label_then_its_own_class():
    truck = [(0, "truck", tiny(8), 0.5)]
    labels = [(0, "car", tiny(8)), (0, "truck", tiny(8)), (0, "car", tiny(9))]
    assert partner(Rule.CONFIDENCE, truck, labels) == [-1, 0, -1]
    assert partner(Rule.CONFIDENCE, truck, [*labels[::2], (0, "truck", tiny(7))]) == [0, -1, -1]


def test_equal_boxes_pair_one_to_one_in_order():
    labels, inferences = [LABELS[0]] * 3, [(0, "car", tiny(10), 0.5)] * 2
    assert partner(Rule.OVERLAP, inferences, labels) == [0, 1, -1]


def test_frames_do_not_mix():
    found = comparison(CLASSES, [(0, "car", tiny(10))], [(1, "car", tiny(10), 0.9)], frames=2)
    assert found.confusion("base").tolist() == [[0, 0, 0, 1], [0] * 4, [0] * 4, [1, 0, 0, 0]]
