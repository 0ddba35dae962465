"""ΔAP as a sum: parts add up, what does not matter gives zero, and a planted change is its own part's."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.precision import WeightedPrecision
from aquarium_tui.compare.objects.ap_difference import ApParts, shapley
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.hybrids import HYBRIDS, PARTS, Hybrids, hybrids, mapped
from aquarium_tui.compare.objects.slices import Slice
from aquarium_tui.compare.objects.switches import contributions
from aquarium_tui.model.arrays import areas
from aquarium_tui.model.settings import SIDES, Settings
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects
from tests.compare.scenes import Inference, dataset, inference_set
from tests.oracle.test_average_precision import scene


def same(values: Any) -> Any:
    return pytest.approx(values, abs=1e-12, nan_ok=True)


def parts_of(data: Dataset, base: InferenceSet, other: InferenceSet) -> ApParts:
    return ApParts(hybrids(Evaluation(data, base), Evaluation(data, other)).average_precisions)


@pytest.mark.parametrize("seed", range(4))
def test_the_parts_of_two_sets_add_up_to_the_difference_that_coco_has(seed: int) -> None:
    data, base = scene(seed)
    other = replace(scene(seed + 50)[1], id="other")
    compared = ObjectComparison.of(data, base, other, Settings())
    parts = parts_of(data, base, other)

    for side, found in zip(SIDES, (parts.base, parts.other), strict=True):
        assert found == same(compared.average_precision(side).per_class["AP"])
    assert parts.per_class.sum(axis=0) == same(parts.other - parts.base)
    base_ap, other_ap = (compared.average_precision(side).total["AP"] for side in SIDES)
    delta = other_ap - base_ap
    assert parts.total.sum() == pytest.approx(delta, abs=1e-12)
    assert parts.shares.sum() == pytest.approx(delta, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "scale", [lambda c: c, lambda c: c**2, lambda c: 40 * c + 3, lambda c: -1 / (c + 0.1)]
)
def test_the_same_set_on_any_scale_gives_four_zeros(seed: int, scale) -> None:
    data, base = scene(seed)
    other = replace(base, objects=replace(base.objects, confidence=scale(base.objects.confidence)))

    assert np.nan_to_num(parts_of(data, base, other).per_class).any() == False  # noqa: E712


def test_the_parts_of_a_slice_and_of_some_frames_are_those_of_its_own_ap() -> None:
    data, base = scene(1)
    compared = ObjectComparison.of(data, base, scene(51)[1], Settings())
    small = Slice(
        data.labels.area < 3000, {s: areas(compared.inferences(s).objects.box) < 3000 for s in SIDES}
    )
    for narrowed in (compared.sliced(small), compared.within(np.arange(12) % 2 > 0)):
        parts = narrowed.ap_difference.parts
        for side, found in zip(SIDES, (parts.base, parts.other), strict=True):
            assert found == same(narrowed.average_precision(side).per_class["AP"])
        known = narrowed.ap_difference.significance(20)
        assert known.total["found"].low[0] <= known.total["found"].high[0]


FEW = ["class 00", "class 01", "class 02"]
LABELS = [(frame, "car", (60.0 * i, 0.0, 60.0 * i + 40, 40.0)) for frame in range(8) for i in range(4)]
FOUND = [
    (frame, name, (left + i % 5, top, right + i % 5, bottom), 0.9 - 0.01 * i)
    for i, (frame, name, (left, top, right, bottom)) in enumerate(LABELS)
]
ALARMS: list[Inference] = [
    (frame, "car", (300.0, 200.0, 330.0, 240.0), 0.85 - 0.05 * frame) for frame in range(8)
]


def planted(part: str) -> list[Inference]:
    changed = [*FOUND, *ALARMS]
    if part == "found":
        return [row for i, row in enumerate(changed) if i not in (3, 9, 10)]
    if part == "localisation":
        shifted = [
            (f, c, (left + 6, top, right + 6, bottom), s) for f, c, (left, top, right, bottom), s in FOUND[:9]
        ]
        return [*shifted, *FOUND[9:], *ALARMS]
    if part == "confidence":
        scores = [row[3] for row in FOUND]
        scores[2], scores[25] = scores[25], scores[2]
        return [*((*row[:3], s) for row, s in zip(FOUND, scores, strict=True)), *ALARMS]
    return [*FOUND, *ALARMS[2:], *((f, c, box, 0.8) for f, c, box, _ in ALARMS[:1])]


@pytest.mark.parametrize("part", PARTS)
def test_a_planted_change_is_its_own_parts_alone(part: str) -> None:
    data = dataset(["car"], LABELS, 8)
    base, other = inference_set(data, "base", [*FOUND, *ALARMS]), inference_set(data, "other", planted(part))
    found = dict(zip(PARTS, parts_of(data, base, other).total.tolist(), strict=True))

    assert found[part]
    assert not any(value for name, value in found.items() if name != part), found


def moved(data: Dataset, base: InferenceSet, further: InferenceSet, seed: int) -> InferenceSet:
    """Half of base's inferences, shaken, and further ones; all of different confidence."""
    rng = np.random.default_rng(seed)
    half = base.objects.box[::2]
    box = np.concatenate([half + rng.normal(0, 2, half.shape), further.objects.box])
    frame = np.concatenate([base.objects.frame[::2], further.objects.frame])
    class_ = np.concatenate([base.objects.class_index[::2], further.objects.class_index])
    order = np.argsort(frame, kind="stable")
    starts = np.searchsorted(frame[order], np.arange(len(data.frames) + 1))
    sure = rng.permutation(len(order)) / 1e3
    made = replace(base.objects, starts=starts, class_index=class_[order], box=box[order], confidence=sure)
    return InferenceSet("other", made)


def hybrid_set(data: Dataset, base: InferenceSet, other: InferenceSet, hybrid: int) -> InferenceSet:
    """A hybrid put together row by row from the definition, where confidences differ."""
    found = hybrids(Evaluation(data, base), Evaluation(data, other))
    sets, first = (base.objects, other.objects), found.detections.base
    partners = [[int(p) - first * side for p in found.partners[side]] for side in (0, 1)]
    take = {part: hybrid >> i & 1 for i, part in enumerate(PARTS)}
    both = [label for label in range(len(data.labels)) if min(partners[0][label], partners[1][label]) >= 0]
    scores = []
    for class_ in range(found.classes):
        knots = [
            sorted(
                float(sets[side].confidence[partners[side][label]])
                for label in both
                if data.labels.class_index[label] == class_
            )
            for side in (0, 1)
        ]
        scores.append(mapped(other.objects.confidence, np.array(knots[1]), np.array(knots[0]))[0])

    def score(side: int, row: int) -> float:
        return float(scores[sets[1].class_index[row]][row] if side else sets[0].confidence[row])

    rows = []
    for label in range(len(data.labels)):
        mine = [partners[side][label] for side in (0, 1)]
        if label in both:
            box, sure = take["localisation"], take["confidence"]
            rows.append((sets[box], mine[box], score(sure, mine[sure])))
        elif mine[take["found"]] >= 0:
            rows.append((sets[take["found"]], mine[take["found"]], score(take["found"], mine[take["found"]])))
    side = take["false_alarms"]
    finding = set(partners[side])
    rows += [(sets[side], row, score(side, row)) for row in range(len(sets[side])) if row not in finding]
    rows.sort(key=lambda row: int(row[0].frame[row[1]]))
    frame = np.array([objects.frame[row] for objects, row, _ in rows])
    starts = np.searchsorted(frame, np.arange(len(data.frames) + 1))
    made = Objects(
        starts,
        np.array([objects.class_index[row] for objects, row, _ in rows]),
        np.array([objects.box[row] for objects, row, _ in rows]),
        np.array([sure for *_, sure in rows]),
        np.zeros(0, bool),
        np.zeros(0),
    )
    return InferenceSet("hybrid", made)


@pytest.mark.parametrize("seed", range(2))
def test_hybrids_are_what_coco_makes_of_the_mixed_sets(seed: int) -> None:
    data, base = scene(seed)
    rng = np.random.default_rng(seed)
    base = replace(base, objects=replace(base.objects, confidence=rng.permutation(len(base.objects)) / 1e4))
    other = moved(data, base, scene(seed + 50)[1], seed)
    found = parts_of(data, base, other).hybrids
    for hybrid in range(HYBRIDS):
        mixed = Evaluation(data, hybrid_set(data, base, other, hybrid)).average_precision.per_class["AP"]
        assert found[hybrid] == same(mixed), hybrid


def ap_of(found: Hybrids, present: NDArray[Any]) -> NDArray[np.float64]:
    matches = replace(found, present=present).matches(0)
    return WeightedPrecision(matches, ("AP",)).of(np.ones(found.frames, np.int32))["AP"]


def items(found: Hybrids, part: str, base: int, other: int) -> tuple[int, int]:
    """What base loses and gains when one object is switched, from the definition."""

    def of(box: int, scored: int) -> int:
        at = np.flatnonzero((found.box == box) & (found.scored == scored))
        return int(at[0]) if min(box, scored) >= 0 else -1

    added = {"localisation": (other, base), "confidence": (base, other)}.get(part, (other, other))
    return of(base, base), of(*added)


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("part", PARTS)
def test_a_contribution_is_what_ap_changes_by_when_one_object_is_switched(
    part: str, seed: int, crowded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if crowded:
        monkeypatch.setattr("aquarium_tui.compare.objects.hybrids.CAP", 3)
        monkeypatch.setattr("aquarium_tui.compare.objects.switches.CAP", 3)
    data, base = scene(seed, frames=6, a_frame=9, classes=FEW)
    other = moved(data, base, scene(seed + 50, frames=6, a_frame=9, classes=FEW)[1], seed)
    sets = Evaluation(data, base), Evaluation(data, other)
    found = hybrids(*sets)
    told = contributions(found, sets, part)
    detections, first = found.detections, found.detections.base
    places = [{int(r): i for i, r in enumerate(detections.row[:first])}]
    places.append({int(r): first + i for i, r in enumerate(detections.row[first:])})
    before = ap_of(found, found.present & 1)
    seen = set()
    for at in range(len(told.value)):
        mine = [places[side].get(int(rows[at]), -1) for side, rows in enumerate((told.base, told.other))]
        removed, added = items(found, part, *mine)
        present = found.present & 1
        present[[i for i in (removed,) if i >= 0]] = 0
        present[[i for i in (added,) if i >= 0]] = 1
        change = ap_of(found, present)[told.class_[at]] - before[told.class_[at]]
        assert told.value[at] == pytest.approx(change, abs=1e-12)
        seen.add((removed, added))
    assert len(seen) == len(told.value) > 0
    assert (np.diff(np.abs(told.value)) <= 0).all()
    if part != "false_alarms":
        b, o = found.partners
        pairs = zip(*found.partners[:, ((b >= 0) & (o >= 0)) != (part == "found")].tolist(), strict=True)
        for pair in pairs:
            removed, added = items(found, part, *pair)
            if max(removed, added) >= 0 and (removed, added) not in seen:
                present = found.present & 1
                present[[i for i in (removed,) if i >= 0]] = 0
                present[[i for i in (added,) if i >= 0]] = 1
                assert ap_of(found, present) == same(before)


def test_shapley_values_of_a_game_are_the_mean_over_all_orders() -> None:
    # A glove game: one left glove (player 0), two right ones; a pair is worth 1.
    worth = np.array([float(c & 1 and c >> 1 > 0) for c in range(8)])
    assert shapley(worth).tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_the_map_of_confidences_keeps_order_and_meets_the_quantiles() -> None:
    rng = np.random.default_rng(0)
    other, base = rng.random(40).round(1), rng.random(40).round(1)
    sure = np.unique(np.concatenate([other, rng.random(200) * 3 - 1]))
    value, beside = mapped(sure, other, base)
    assert np.array_equal(np.lexsort((beside, value)), np.arange(len(sure)))
    distinct, scaled = np.sort(rng.random(9)), np.sort(rng.random(9))
    assert mapped(distinct, distinct, scaled)[0].tolist() == scaled.tolist()
