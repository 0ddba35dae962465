"""Rules count what the program itself, slow loops, and pycocotools count."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.explain.explained_set import ExplainedSet, Tally, tally
from aquarium_tui.explain.figures import mean_average_precision
from aquarium_tui.explain.rules import TOOLS, our_rule
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Settings
from tests.compare.strategies import comparisons
from tests.explain import references
from tests.oracle import test_average_precision as oracle

Reference = Callable[[list[references.Known], list[references.Guess]], references.Cells]


def cells(one: Tally) -> references.Cells:
    rows, columns = (
        [references.BACKGROUND if place == one.background else place for place in side.tolist()]
        for side in (one.row, one.column)
    )
    return Counter(zip(rows, columns, strict=True))


@given(comparisons())
def test_our_rule_counts_what_is_on_screen(comparison: ObjectComparison) -> None:
    found = tally(ExplainedSet.of(comparison), our_rule(comparison.settings))
    assert (found.matrix == comparison.confusion("base")).all()
    matching = comparison.judgement.matching("base")
    paired = (found.label >= 0) & (found.inference >= 0)
    assert (matching.label_partner[found.label[paired]] == found.inference[paired]).all()
    assert paired.sum() == (matching.label_partner >= 0).sum()
    spurious = np.flatnonzero(matching.inference_outcome == Outcome.SPURIOUS)
    assert sorted(found.inference[found.label < 0].tolist()) == spurious.tolist()


@pytest.mark.parametrize(
    "reference",
    [
        references.ultralytics,
        references.supervision,
        references.mmdet,
        references.fiftyone,
        references.pycocotools,
    ],
    ids=lambda one: one.__name__,
)
@given(comparison=comparisons(least_side=1))
def test_each_tool_counts_what_slow_loops_count(reference: Reference, comparison: ObjectComparison) -> None:
    # Frames of 64 pixels divide exactly, so FiftyOne's parts lose nothing and its ties stay ties.
    rule = TOOLS[reference.__name__].releases[0].rule
    expected: references.Cells = Counter()
    for labels, guesses in references.frames(comparison):
        expected += reference(labels, guesses)
    assert cells(tally(ExplainedSet.of(comparison), rule)) == +expected


def test_only_counted_frames_count() -> None:
    data, set_ = oracle.scene(5)
    whole = ObjectComparison.of(data, set_, None, Settings())
    part = whole.within(np.arange(len(data.frames)) % 3 > 0)
    found = tally(ExplainedSet.of(part), our_rule(part.settings))
    assert (found.matrix == part.confusion("base")).all()
    assert found.matrix.sum() < tally(ExplainedSet.of(whole), our_rule(whole.settings)).matrix.sum()


def test_a_cap_keeps_the_most_confident() -> None:
    data, set_ = oracle.scene(7, frames=2, a_frame=90, classes=["car", "never"])
    of = ExplainedSet.of(ObjectComparison.of(data, set_, None, Settings()))
    rule = TOOLS["pycocotools"].releases[0].rule
    for per_class, most in ((True, 200), (False, 100)):
        active = tally(of, replace(rule, cap_per_class=per_class)).active
        frame = of.inferences.frame[active]
        assert np.bincount(frame).max() <= most
        left_out = of.inferences.confidence[~active & (of.inferences.frame == 0)]
        if not per_class:
            assert left_out.max() <= of.inferences.confidence[active][frame == 0].min()


@pytest.mark.parametrize("seed", range(6))
def test_averages_and_objects_are_those_of_pycocotools(seed: int) -> None:
    data, set_ = oracle.scene(seed, frames=20)
    evaluation = oracle.pycocotools(data, set_)
    of = ExplainedSet.of(ObjectComparison.of(data, set_, None, Settings()))
    average = TOOLS["pycocotools"].releases[0].average
    found = [mean_average_precision(of, average, name) for name in ("AP", "AP50", "AP75")]
    assert found == pytest.approx(evaluation.stats[:3], abs=1e-12)
    counted = tally(of, TOOLS["pycocotools"].releases[0].rule)
    judged = [one for one in evaluation.evalImgs if one and one["aRng"] == [0, 1e10]]
    correct = {
        int(id_)
        for one in judged
        for id_, match, ignored in zip(one["dtIds"], one["dtMatches"][0], one["dtIgnore"][0], strict=True)
        if match and not ignored
    }
    both = (counted.label >= 0) & (counted.inference >= 0)
    assert {row + 1 for row in counted.inference[both].tolist()} == correct
