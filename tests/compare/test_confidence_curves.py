"""Curves say what a matching, pycocotools and hotcoco say at each of their points."""

from dataclasses import replace

import hotcoco
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from aquarium_tui.compare.certainty.table import LEAST_FRAMES, corrected_interval
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import (
    CONFIDENCES,
    REPLICATES,
    Band,
    Curves,
    operating_point,
)
from aquarium_tui.model.settings import Settings
from tests.compare.strategies import SURE, comparisons
from tests.oracle import test_average_precision as oracle


@hypothesis_settings(max_examples=40, deadline=None)
@given(comparisons())
def test_figures_and_cells_over_confidence_are_those_of_a_matching_there(comparison):
    curves = Curves(comparison)
    whole = curves.over_confidence(None)
    n = len(comparison.classes) - 1
    places = [(i, j) for i in range(n + 1) for j in range(n + 1) if i + j < 2 * n]
    cells = {place: curves.of_cell(*place).value for place in places}
    for threshold in SURE:
        at = int(np.searchsorted(CONFIDENCES, threshold - 1e-9))
        now = replace(
            comparison.settings,
            base_confidence=float(CONFIDENCES[at]),
            other_confidence=float(CONFIDENCES[at]),
        )
        there = comparison.under(now)
        for (i, j), value in cells.items():
            assert value[at] == there.delta[i, j]
        for side in comparison.sides:
            matrix = there.confusion(side)
            right, labels = np.trace(matrix[:n, :n]), matrix[:n].sum()
            wanted = right / labels if labels else np.nan
            np.testing.assert_allclose(whole.values[side]["recall"][at], wanted)


@hypothesis_settings(max_examples=10, deadline=None)
@given(comparisons())
def test_the_band_of_a_cell_is_that_of_its_counts_in_drawn_frames(comparison):
    frames, at, n = len(comparison.dataset.frames), 20, len(comparison.classes) - 1
    there = comparison.under(replace(comparison.settings, base_confidence=0.2, other_confidence=0.2))
    alone = [there.within(np.arange(frames) == frame).delta for frame in range(frames)]
    draws = np.array([*comparison.resampling(REPLICATES, 0, lambda: False).weights()])
    for cell in ((0, 0), (0, n), (n, 0)):
        drawn = draws @ np.array([delta[cell] for delta in alone])
        band = Curves(comparison).of_cell(*cell)
        differ = np.count_nonzero([delta[cell] for delta in alone])
        wanted = corrected_interval(drawn[:, None], there.delta[cell][None], np.array([differ]))
        np.testing.assert_allclose([band.low[at], band.high[at]], [*map(float, wanted.at(0))], atol=1e-5)
        assert band.few[at] == (differ < LEAST_FRAMES)


@hypothesis_settings(max_examples=10, deadline=None)
@given(comparisons())
def test_bands_have_the_intervals_of_the_report_at_the_thresholds_in_use(comparison):
    there = comparison.under(replace(comparison.settings, base_confidence=0.2, other_confidence=0.2))
    sure, curves = there.significance(REPLICATES, seed=0), Curves(there)
    tables = {None: sure.totals["micro"]} | dict.fromkeys(range(len(there.classes) - 1), sure.per_class)
    for class_, table in tables.items():
        for name, band in curves.over_confidence(class_).deltas.items():
            figure, row = (sure.headline[name], 0) if name == "false_alarms" else (table[name], class_ or 0)
            known = not np.isnan(band.low[20]) and (class_ is None or name != "false_alarms")
            wanted = [figure.low[row], figure.high[row]] if known else [band.low[20], band.high[20]]
            np.testing.assert_allclose([band.low[20], band.high[20]], wanted, atol=1e-5)


@hypothesis_settings(max_examples=20, deadline=None)
@given(comparisons())
def test_an_operating_point_has_the_figures_of_the_report(comparison):
    for side in comparison.sides:
        scores = comparison.scores[side]
        for class_ in range(len(comparison.classes) - 1):
            found = operating_point(comparison, side, class_)
            np.testing.assert_equal(found["recall"], scores.recall[class_])
            np.testing.assert_equal(found["precision"], scores.precision[class_])


@hypothesis_settings(max_examples=10, deadline=None)
@given(comparisons())
def test_of_no_frames_there_is_nothing_to_draw(comparison):
    none = np.zeros(len(comparison.dataset.frames), bool)
    curves = Curves(comparison.within(none))
    found = curves.over_confidence(None)
    assert all(np.isnan(values["recall"]).all() for values in found.values.values())


def test_a_band_says_where_its_sign_turns():
    value = np.zeros(101)
    value[10:30], value[30:60], value[60:] = 0.1, -0.1, 0.2
    value[50] = np.nan
    np.testing.assert_allclose(Band(value, value, value, value > 1).turns, [0.3, 0.6])


@pytest.mark.parametrize("seed", [0, 1])
def test_precision_over_recall_is_that_of_pycocotools_and_ece_that_of_hotcoco(seed):
    data, set_ = oracle.scene(seed)
    curves = Curves(ObjectComparison.of(data, set_, None, Settings()))
    expected = oracle.pycocotools(data, set_).eval
    precision, scores = (expected[name][0, :, :, 0, 2] for name in ("precision", "scores"))
    for class_ in range(len(oracle.CLASSES) - 1):
        found = curves.over_recall("base", class_)
        if precision[0, class_] < 0:
            assert np.isnan(found.precision).all()
            continue
        np.testing.assert_allclose(found.precision, precision[:, class_], atol=1e-9)
        reached = ~np.isnan(found.confidence)
        np.testing.assert_allclose(found.confidence[reached], scores[reached, class_])
    mean = precision[:, precision[0] >= 0].mean(axis=1)
    np.testing.assert_allclose(curves.over_recall("base", None).precision, mean, atol=1e-9)

    truth, results = oracle.coco(data, set_, lambda name: name)
    known = hotcoco.COCO(truth)
    evaluation = hotcoco.COCOeval(known, known.load_res(results), "bbox")
    evaluation.evaluate()
    calibration = evaluation.calibration(n_bins=10, iou_threshold=0.5)
    reliability = curves.reliability("base", None)
    assert reliability.ece == pytest.approx(calibration["ece"])
    assert reliability.count.tolist() == [each["count"] for each in calibration["bins"]]
    of_class = calibration["per_category"][oracle.CLASSES[3]]
    assert curves.reliability("base", 3).ece == pytest.approx(of_class)

    other = oracle.scene(seed + 10)[1]
    both = Curves(ObjectComparison.of(data, set_, other, Settings()))
    intervals, delta = both.calibration_intervals(None), both.reliability("other", None).ece - reliability.ece
    assert {*intervals} == {"base", "other", "delta"}
    low, high = intervals["delta"].at(0)
    assert low < delta < high
    sums = both.calibration("base", None)
    np.testing.assert_allclose(sums.of(sums.table.sum(axis=0)[None]), reliability.ece, rtol=1e-6)
