"""A sweep over all thresholds says what a matching at each of them says."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from aquarium_tui.compare.objects.sweep import sweep
from tests.compare.strategies import SURE, comparisons


@hypothesis_settings(max_examples=150, deadline=None)
@given(comparisons())
def test_counts_at_every_threshold_are_those_of_a_matching_there(comparison):
    frames = np.arange(len(comparison.dataset.frames)) != 1
    for counted in (comparison, comparison.within(frames)):
        found = sweep(counted, "other")
        classes = range(len(comparison.classes) - 1)
        curves = [found.curve(), *(found.curve(class_) for class_ in classes)]
        for threshold in SURE:
            settings = replace(comparison.settings, other_confidence=threshold)
            there = counted.under(settings)
            matrix = there.confusion("other")
            each = np.diag(matrix)[:-1], matrix[:, :-1].sum(0), matrix[-1, :-1], matrix[:-1].sum(1)
            wanted = [tuple(int(c.sum()) for c in each), *zip(*(c.tolist() for c in each), strict=True)]
            for curve, (correct, inferred, spurious, support) in zip(curves, wanted, strict=True):
                at = curve.at(threshold)
                counts = (curve.correct, curve.inferred, curve.spurious)
                now = tuple(int(column[at]) if at >= 0 else 0 for column in counts)
                assert now == (correct, inferred, spurious)
                assert curve.support == support
