"""Slices: which objects they count, and that what they leave out leaves every figure."""

from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.binding import bound
from aquarium_tui.compare.cells import total
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import Curves
from aquarium_tui.compare.slice_rows import sliced, slices_of
from aquarium_tui.compare.slice_table import found_table, precisions, ready_table
from aquarium_tui.errors import QueryError
from aquarium_tui.model.columns import Text, Values
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


def test_the_table_of_slices_has_the_figures_of_each_slice_alone():
    whole = crowded()
    table = ready_table(bound(whole), whole)
    assert {each.about for each in table.slices} >= {
        "size",
        "aspect",
        "crowding",
        "border",
        "position",
        "class",
    }
    for row, each in enumerate(table.slices):
        part = only(whole, each.condition)
        assert table.figures.support[row] == part.label_count
        for side in SIDES:
            figures = total(part.scores[side], "micro")
            rates = {name: values[row] for name, values in table.figures.values[side].items()}
            assert rates == pytest.approx({name: figures[name] for name in rates}, nan_ok=True)
    first = only(whole, table.slices[0].condition)
    assert next(precisions(whole, table)) == {s: first.average_precision(s).total["AP"] for s in SIDES}
    row, values = int(table.figures.support.argmax()), table.figures.values
    sure, delta = table.figures.certainty["f1"], values["other"]["f1"][row] - values["base"]["f1"][row]
    assert sure.low[row] < delta < sure.high[row]


def test_a_slice_of_a_slice_has_the_objects_of_both():
    whole = crowded()
    small, cars = "label.area < 2000", 'label.class = "car"'
    twice, once = only(only(whole, small), cars), only(whole, f"{small} and {cars}")
    for side in SIDES:
        assert (twice.confusion(side) == once.confusion(side)).all()
        assert twice.average_precision(side).total["AP"] == once.average_precision(side).total["AP"]
    under = replace(whole.settings, base_confidence=0.5)
    assert (
        once.under(under).ledger.base_outcome == only(whole.under(under), once.only).ledger.base_outcome
    ).all()


def test_curves_are_of_the_objects_in_the_slice():
    whole = crowded()
    part = only(whole, "label.area < 1024")
    curves, everything = Curves(part), part.under(replace(part.settings, base_confidence=0.0))
    matrix = everything.confusion("base")
    assert curves.reliability("base", None).count.sum() == matrix[:, :-1].sum()
    recall = curves.over_recall("base", None).recall
    assert np.nanmax(recall) == pytest.approx(total(everything.scores["base"], "micro")["recall"])


def test_slices_of_a_field_are_its_values_or_quarters_of_its_numbers():
    numbers = Values("number", np.arange(40.0), np.zeros(40, bool))
    quarters = list(slices_of("frame.speed", numbers, halves=True))
    assert [each.condition for each in quarters] == [
        "frame.speed < 10",
        "frame.speed >= 10 and frame.speed < 20",
        "frame.speed >= 20 and frame.speed < 30",
        "frame.speed >= 30",
        "frame.speed < 20",
        "frame.speed >= 20",
    ]
    words = Text.from_values(["rain", "dry", "dry", None])
    assert [each.condition for each in slices_of("frame.the weather", words, halves=False)] == [
        'frame.`the weather` = "dry"',
        'frame.`the weather` = "rain"',
    ]
    same = Values("number", np.ones(5), np.zeros(5, bool))
    assert list(slices_of("frame.speed", same, halves=False)) == []


@pytest.mark.parametrize("planted", [True, False])
def test_a_search_finds_the_slice_in_which_other_lost_and_nothing_where_there_is_none(planted):
    rng = np.random.default_rng(1)
    frames, boxes = 240, [(40.0 * at, 0.0, 40.0 * at + 30, 30.0) for at in range(6)]
    labels: list[Label] = [(f, CLASSES[at % 2], box) for f in range(frames) for at, box in enumerate(boxes)]
    night = rng.random(frames) < 0.5
    found: tuple[list[Inference], list[Inference]] = ([], [])
    for frame, name, box, *_ in labels:
        for side, kept in enumerate(found):
            loses = planted and side and name == "van" and night[frame]
            if rng.random() < 0.9 - 0.3 * loses:
                kept.append((frame, name, box, 0.9))
    whole = comparison(CLASSES, labels, *found, frames=frames)
    words = Text.from_values(["night" if each else "day" for each in night])
    camera = Text.from_words(["left", "right", "front"], rng.integers(0, 3, frames).astype(np.int32))
    metadata = {"time": words, "camera": camera}
    dataset = replace(whole.dataset, frames=replace(whole.dataset.frames, metadata=metadata))
    whole = ObjectComparison.of(dataset, whole.base, present(whole.other), whole.settings)
    table = found_table(bound(whole), whole)
    conditions = [set(each.condition.split(" and ")) for each in table.slices]
    if not planted:
        assert conditions == [] and present(table.search).candidates > 20
        return
    assert {'label.class = "van"', 'frame.time = "night"'} in conditions
    assert table.q(0) <= 0.05 and present(table.search).found[0].delta < -0.15
