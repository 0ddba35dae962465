"""Thresholds under a policy, against every threshold there is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from aquarium_tui.compare.objects.verdict import outcome_of
from aquarium_tui.errors import UsageError
from aquarium_tui.model.settings import Aim, Policy, Rule, SetConfidence
from tests.compare.scenes import comparison as scene
from tests.compare.strategies import SURE, comparisons

MATCHED = [Aim.RECALL, Aim.PRECISION, Aim.FALSE_ALARMS]


def figures(comparison, side, name: str):
    """Of all classes together, then of each."""
    matrix = comparison.confusion(side)
    right, inferred, support = np.diag(matrix)[:-1], matrix[:, :-1].sum(0), matrix[:-1].sum(1)
    counts = {
        "recall": (right, support),
        "precision": (right, inferred),
        "f1": (2 * right, inferred + support),
    }
    part, whole = counts.get(name, (matrix[-1, :-1], np.full(len(right), comparison.frame_count)))
    pairs = [(part.sum(), comparison.frame_count if name == "false_alarms" else whole.sum())]
    return [p / w if w else np.nan for p, w in [*pairs, *zip(part.tolist(), whole.tolist(), strict=True)]]


@hypothesis_settings(max_examples=60, deadline=None)
@given(comparisons())
def test_a_match_is_the_nearest_that_a_confidence_allows(comparison):
    present = [c for c in SURE if c in comparison.evaluation("other").inferences.objects.confidence]
    for aim in MATCHED:
        target = figures(comparison, "base", aim.figure)[0]
        tried = [comparison.settings.with_confidence("other", SetConfidence(c)) for c in present]
        there = [figures(comparison.under(settings), "other", aim.figure)[0] for settings in tried]
        if np.isnan(target) or np.isnan(there).all():
            with pytest.raises(UsageError):
                outcome_of(comparison, Policy(aim))
            continue
        (found,) = outcome_of(comparison, Policy(aim)).whole
        assert found.confidence in present
        assert found.aim == pytest.approx(target)
        assert abs(found.remaining) == pytest.approx(np.nanmin(np.abs(np.array(there) - target)))


@hypothesis_settings(max_examples=40, deadline=None)
@given(comparisons(crowds=False))
def test_a_match_per_class_is_the_nearest_for_each(comparison):
    """Under same-class, recall and precision of a class depend on its own threshold alone."""
    comparison = comparison.under(replace(comparison.settings, rule=Rule.SAME_CLASS))
    target = figures(comparison, "base", "recall")
    if np.isnan(target[0]):
        return
    found = outcome_of(comparison, Policy(Aim.RECALL, per_class=True))
    objects = comparison.evaluation("other").inferences.objects
    classes = comparison.evaluation("other").classes.inference
    for one in found.classes:
        row = comparison.classes.index(one.name)
        present = set(objects.confidence[classes == row].tolist())
        settings = comparison.settings
        tried = [settings.with_confidence("other", SetConfidence(None, ((one.name, c),))) for c in present]
        there = [figures(comparison.under(each), "other", "recall")[row + 1] for each in tried]
        away = np.abs(np.array(there) - target[row + 1])
        assert abs(one.remaining) == pytest.approx(np.nanmin(away))


@hypothesis_settings(max_examples=40, deadline=None)
@given(comparisons())
def test_no_threshold_has_a_better_f1(comparison):
    for found in outcome_of(comparison, Policy(Aim.BEST_F1)).whole:
        for threshold in SURE:
            settings = comparison.settings.with_confidence(found.side, SetConfidence(threshold))
            there = figures(comparison.under(settings), found.side, "f1")[0]
            # Without labels nothing is undefined or 0, whatever the threshold.
            assert np.isnan(there) or there <= np.nan_to_num(found.value) + 1e-12


def test_a_best_f1_on_noise_is_not_taken_for_a_gain():
    """Many thresholds tried on few frames find a better F1 by luck; on other frames it is gone."""
    random = np.random.default_rng(1)
    box = (0.0, 0.0, 10.0, 10.0)
    away = (30.0, 30.0, 40.0, 40.0)
    labels = [(frame, "car", box) for frame in range(20)]
    inferences = [
        (frame, "car", box if random.random() < 0.5 else away, float(random.random())) for frame in range(20)
    ]
    noise = scene(["car"], labels, inferences, inferences, frames=20)
    for per_class in (False, True):
        for found in outcome_of(noise, Policy(Aim.BEST_F1, per_class)).whole:
            assert found.aim < found.value
