"""Crowds and ignored classes: what is never missed, never paired, and what leaves the count."""

import numpy as np

from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import Settings
from tests.compare.scenes import comparison

CLASSES: list[str | ClassEntry] = ["car", "truck", ClassEntry(9, "sky", ignore_in_eval=True)]
REGION = (0.0, 0.0, 100.0, 100.0)


def outcomes(labels, inferences, **settings) -> tuple[list[Outcome], list[Outcome]]:
    found = comparison(CLASSES, labels, inferences, settings=Settings(**settings)).matching("base")
    return [Outcome(o) for o in found.label_outcome], [Outcome(o) for o in found.inference_outcome]


def test_a_crowd_is_neither_missed_nor_paired():
    assert outcomes([(0, "car", REGION, True)], []) == ([Outcome.IGNORED], [])
    whole = [(0, "car", REGION, 0.9)]
    assert outcomes([(0, "car", REGION, True)], whole) == ([Outcome.IGNORED], [Outcome.IGNORED])


def test_an_inference_leaves_the_count_from_the_threshold_share_inside():
    crowd = [(0, "car", REGION, True)]
    half, less = (90.0, 0.0, 110.0, 10.0), (91.0, 0.0, 111.0, 10.0)
    assert outcomes(crowd, [(0, "truck", half, 0.9)])[1] == [Outcome.IGNORED]
    assert outcomes(crowd, [(0, "truck", less, 0.9)])[1] == [Outcome.SPURIOUS]
    assert outcomes(crowd, [(0, "truck", less, 0.9)], iou=0.45)[1] == [Outcome.IGNORED]


def test_two_regions_do_not_add_up():
    sides = [(0, "car", (0.0, 0.0, 4.0, 10.0), True), (0, "sky", (6.0, 0.0, 10.0, 10.0))]
    across = [(0, "car", (0.0, 0.0, 10.0, 10.0), 0.9)]
    assert outcomes(sides, across)[1] == [Outcome.SPURIOUS]
    assert outcomes(sides, across, iou=0.4)[1] == [Outcome.IGNORED]


def test_a_pair_inside_a_crowd_counts():
    labels = [(0, "car", REGION, True), (0, "car", (0.0, 0.0, 10.0, 10.0))]
    inferences = [(0, "car", (0.0, 0.0, 10.0, 10.0), 0.9), (0, "car", (0.0, 0.0, 10.0, 9.0), 0.8)]
    assert outcomes(labels, inferences) == (
        [Outcome.IGNORED, Outcome.CORRECT],
        [Outcome.CORRECT, Outcome.IGNORED],
    )


def test_ignored_classes_leave_the_count_on_both_sides():
    labels = [(0, "sky", (0.0, 0.0, 10.0, 10.0)), (0, "car", (50.0, 50.0, 60.0, 60.0))]
    inferences = [(0, "sky", (50.0, 50.0, 60.0, 60.0), 0.9), (0, "sky", (80.0, 0.0, 90.0, 9.0), 0.9)]
    assert outcomes(labels, inferences) == (
        [Outcome.IGNORED, Outcome.MISSED],
        [Outcome.IGNORED, Outcome.IGNORED],
    )


def test_below_the_threshold_there_is_no_outcome():
    faint = [(0, "sky", REGION, 0.05), (0, "car", REGION, 0.05)]
    assert outcomes([], faint)[1] == [Outcome.NONE, Outcome.NONE]


def test_ignored_rows_stand_in_the_ledger_outside_every_count():
    labels = [(0, "car", REGION, True)]
    inside = [(0, "car", (0.0, 0.0, 9.0, 9.0), 0.9)]
    found = comparison(CLASSES, labels, inside, inside)
    assert found.ledger.label.tolist() == [0, -1, -1]
    assert found.ledger.base.tolist() == [-1, 0, -1]
    assert found.ledger.other.tolist() == [-1, -1, 0]
    assert set(found.ledger.change.tolist()) == {Change.NONE}
    assert set(found.ledger.base_cell.tolist()) == {-1}
    assert not found.confusion("base").any()
    assert found.scores["base"].support.tolist() == [0, 0]


def test_merged_classes_are_one_and_names_differ_only_by_case():
    classes = [ClassEntry(0, "car"), ClassEntry(1, "Pick-up", train_name="CAR"), ClassEntry(2, "truck")]
    box = (0.0, 0.0, 10.0, 10.0)
    found = comparison(classes, [(0, "pick-up", box)], [(0, "car", box, 0.9)])
    assert found.classes == ("car", "truck", "background")
    assert found.confusion("base").tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_boxes_without_area_are_missed_and_spurious():
    flat, turned = (5.0, 5.0, 5.0, 9.0), (9.0, 9.0, 5.0, 5.0)
    labels = [(0, "car", flat), (0, "car", turned)]
    inferences = [(0, "car", flat, 0.9), (0, "car", turned, 0.9)]
    found = comparison(CLASSES, labels, inferences, inferences)
    assert found.confusion("base").tolist() == [[0, 0, 2], [0, 0, 0], [2, 0, 0]]
    assert not found.delta.any()


def test_nothing_at_all():
    for classes, frames in ((CLASSES, 0), (CLASSES, 2), ([], 0), ([], 2)):
        empty = comparison(classes, [], [], [], frames=frames)
        assert not empty.delta.any()
        assert empty.delta.shape == (len(empty.classes), len(empty.classes))
        assert len(empty.ledger) == 0
        assert len(empty.ledger.starts) == frames + 1
        assert len(empty.frame_scores["other"].f1) == frames
        assert np.isnan(list(empty.average_precision("base").total.values())).all()
        sure = empty.significance(replicates=10)
        assert sure.labels is not None
        assert sure.labels.p == 1.0
        assert not sure.cells.sure.any()
