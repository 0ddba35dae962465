"""Slices: which objects they count, and that what they leave out leaves every figure."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.binding import bound
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.rates import total
from aquarium_tui.compare.slice_rows import sliced
from aquarium_tui.errors import QueryError
from aquarium_tui.model.columns import Text
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import SIDES
from tests.compare.scenes import Inference, Label, comparison
from tests.narrow import of_type, present

CLASSES = ("car", "van")
CONDITIONS = (
    "label.area < 1024",
    'label.class = "car" and label.left > 60',
    'frame.id = "f3" or label.height > label.width',
    "count(label) > 4 and label.width > 20",
    "other.confidence > 0.5 or label.top < 40",
    "change = broken",
    "base is missing",
)


def crowded(seed: int = 0, frames: int = 12) -> ObjectComparison:
    """Boxes of many sizes, some of them moved, renamed, left out or made up by each set."""
    random = np.random.default_rng(seed)
    labels: list[Label] = []
    sets: tuple[list[Inference], list[Inference]] = ([], [])
    for frame in range(frames):
        for _ in range(6):
            left, top = random.uniform(0, 120, 2)
            width, height = random.uniform(8, 120, 2)
            box = (float(left), float(top), float(left + width), float(top + height))
            name = CLASSES[int(random.integers(2))]
            labels.append((frame, name, box))
            for found in sets:
                near = (np.array(box) + random.normal(0, width / 12, 4)).tolist()
                moved = (near[0], near[1], near[2], near[3])
                seen = name if random.random() < 0.8 else CLASSES[int(random.integers(2))]
                if random.random() < 0.8:
                    found.append((frame, seen, moved, float(random.uniform(0.05, 1))))
                if random.random() < 0.3:
                    made_up = (left + 130, top, left + 130 + height, top + width)
                    found.append((frame, seen, made_up, float(random.uniform(0.05, 1))))
    return comparison(CLASSES, labels, *sets, frames=frames)


def only(whole: ObjectComparison, condition: str) -> ObjectComparison:
    return of_type(ObjectComparison, sliced(bound(whole), condition))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_slice_and_its_negation_add_up_to_what_is_counted_without_one(condition):
    whole = crowded()
    parts = [only(whole, condition), only(whole, f"not ({condition})")]
    for side in SIDES:
        matrices = [part.confusion(side) for part in parts]
        assert (matrices[0] + matrices[1] == whole.confusion(side)).all()
        assert all(matrix.sum() for matrix in matrices)
        for part in parts:
            errors = part.frame_scores[side].errors.sum()
            matrix = part.confusion(side)
            assert errors == matrix.sum() - np.trace(matrix)
    for part in parts:
        cells = part.cells
        assert (cells.other - cells.base == cells.introduced - cells.fixed - cells.moved).all()
        assert (part.delta == part.confusion("other") - part.confusion("base")).all()
        tests = part.significance(20)
        better = np.count_nonzero(part.ledger.change == Change.FIXED)
        assert present(tests.labels).better + present(tests.false_alarms).better == better


def test_a_perfect_detector_is_perfect_in_every_slice():
    whole = crowded()
    labels = whole.dataset.labels
    objects = replace(labels, confidence=np.full(len(labels), 0.9), crowd=np.zeros(0, bool), area=np.zeros(0))
    perfect = replace(whole.base, objects=objects)
    whole = ObjectComparison.of(whole.dataset, perfect, perfect, whole.settings)
    for condition in ("label.area < 1024", "label.width > 60", 'label.class = "van"'):
        part = only(whole, condition)
        figures = total(part.scores["other"], "micro")
        assert figures["f1"] == 1 and figures["support"] == part.label_count < whole.label_count
        assert part.average_precision("other").total["AP"] == pytest.approx(1)


def test_a_slice_of_small_objects_has_the_small_objects_ap_of_coco():
    whole = crowded(1)
    by_size = whole.average_precision("base").total
    for condition, size in (("label.area <= 1024", "s"), ("label.area >= 9216", "l")):
        part = only(whole, condition).average_precision("base").total
        assert part["AP"] == pytest.approx(by_size[f"AP{size}"])
        assert part["AR100"] == pytest.approx(by_size[f"AR{size}"])
    frames = np.arange(12) < 6
    narrowed = only(whole, "label.area <= 1024").within(frames).average_precision("base").total["AP"]
    assert narrowed == pytest.approx(whole.within(frames).average_precision("base").total["APs"])


def test_inferences_stand_in_the_place_of_labels_with_what_they_have_themselves():
    whole = crowded()
    labels = whole.dataset.labels
    hidden = Text.from_values(["yes" if row % 2 else "no" for row in range(len(labels))])
    dataset = replace(whole.dataset, labels=replace(labels, attributes={"hidden": hidden}))
    whole = ObjectComparison.of(dataset, whole.base, present(whole.other), whole.settings)
    spurious = {side: int(whole.confusion(side)[-1].sum()) for side in SIDES}
    for condition, share in (('label.hidden = "yes"', 0), ("label.hidden is missing", 1)):
        part = only(whole, condition)
        assert all(part.confusion(side)[-1].sum() == share * spurious[side] for side in SIDES)
    outside = only(whole, 'label.hidden = "yes"').matching("base")
    paired = whole.matching("base").label_partner
    assert (outside.label_partner == paired).all()
    ignored = outside.label_outcome == Outcome.IGNORED
    assert (outside.inference_outcome[paired[ignored & (paired >= 0)]] == Outcome.IGNORED).all()


def test_a_spurious_pair_on_the_border_is_one_object_that_came_or_went():
    small, large = (0.0, 0.0, 30.0, 30.0), (0.0, 0.0, 30.0, 36.0)
    whole = comparison(CLASSES, [], [(0, "car", small, 0.9)], [(0, "car", large, 0.9)])
    part = only(whole, "label.area < 1000")
    assert part.delta[2, 0] == -1 and part.cells.fixed[2, 0] == 1
    assert part.ledger.change.tolist() == [Change.FIXED]
    assert part.frame_scores["other"].spurious.tolist() == [0]


def test_a_condition_on_frames_leaves_out_frames_and_what_lists_cannot_be_one():
    whole = crowded()
    part = only(whole, 'frame.id = "f3"')
    assert part.frame_count == 1 and part.label_count == 6
    for wrong in ("label.area < 3 limit 2", "order by label.area"):
        with pytest.raises(QueryError, match="no order and no limit"):
            only(whole, wrong)
    part = only(whole, "label.area < 1024")
    binding, inside = bound(part), present(part.inside)
    assert (binding.select('label.class = "car"').objects <= inside).all()
    assert (binding.select("count(label) > 0").objects <= inside).all()
