"""What is counted of masks is what a slow count, and scikit-learn, count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score, jaccard_score, precision_score, recall_score

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.scores import macro, total
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import SIDES
from tests.compare.pixels import reference
from tests.compare.pixels.scene import CAR, ROAD, SKY, UNNAMED, VOID, N, frames, in_memory
from tests.narrow import present

CELLS = st.tuples(st.integers(0, N - 1), st.integers(0, N))


def flat(found, side):
    """Labels and inferences of every pixel that counts."""
    pairs = [(p[0], p[1 + SIDES.index(side)]) for frame in found for p in reference.pixels(frame)]
    return np.array(pairs).reshape(-1, 2).T


@settings(max_examples=50)
@given(frames())
def test_confusions_are_those_of_a_slow_count_and_of_scikit_learn(found):
    comparison = in_memory(found)
    for side in SIDES:
        matrix = comparison.confusion(side)
        assert matrix.tolist() == reference.confusion(found, side).tolist()
        label, inferred = flat(found, side)
        if len(label):
            assert (matrix == confusion_matrix(label, inferred, labels=range(N + 1))).all()
    assert (comparison.delta == comparison.confusion("other") - comparison.confusion("base")).all()


@settings(max_examples=50)
@given(frames())
def test_scores_are_those_of_scikit_learn(found):
    scores = in_memory(found).scores["base"]
    label, inferred = flat(found, "base")
    if not len(label):
        assert np.isnan(scores.accuracy)
        assert np.isnan(scores.miou)
        return
    options = {"labels": range(N), "average": None, "zero_division": np.nan}
    np.testing.assert_allclose(scores.precision, precision_score(label, inferred, **options))
    np.testing.assert_allclose(scores.recall, recall_score(label, inferred, **options))
    np.testing.assert_allclose(scores.f1, f1_score(label, inferred, **options))
    present = np.array([(label == c).any() or (inferred == c).any() for c in range(N)])
    iou = jaccard_score(label, inferred, labels=range(N), average=None, zero_division=0)
    np.testing.assert_allclose(scores.iou, np.where(present, iou, np.nan))
    assert scores.accuracy == pytest.approx((label == inferred).mean())
    assert scores.miou == pytest.approx(iou[present].mean())
    share = np.bincount(label, minlength=N) / len(label)
    assert scores.fwiou == pytest.approx((share * iou).sum())
    averages = {"labels": range(N), "average": "weighted", "zero_division": np.nan}
    assert total(scores)["f1"] == pytest.approx(f1_score(label, inferred, **averages))
    assert macro(scores)["iou"] == pytest.approx(float(scores.miou))


@settings(max_examples=50)
@given(frames())
def test_scores_of_a_frame_are_those_of_the_frame_alone(found):
    whole = in_memory(found)
    for row, frame in enumerate(found):
        alone, part = in_memory([frame]), whole.frame(row)
        assert (part.confusion("other") == alone.confusion("other")).all()
        for name in ("accuracy", "miou", "fwiou", "errors", "pixels"):
            of_row = getattr(whole.frame_scores["other"], name)[row]
            np.testing.assert_equal(of_row, getattr(alone.scores["other"], name)[()])
        np.testing.assert_equal(whole.frame_scores["base"].iou[row], alone.scores["base"].iou)


@settings(max_examples=50)
@given(frames(), CELLS)
def test_the_lists_of_a_cell_add_up_to_its_delta(found, cell):
    cells = in_memory(found).cells
    wanted = reference.lists(found, cell)
    for name in ("fixed", "moved", "introduced", "unchanged"):
        assert getattr(cells, name)[cell] == wanted[name], name
    assert (cells.other - cells.base == cells.introduced - cells.fixed - cells.moved).all()


@settings(max_examples=50)
@given(frames())
def test_diffs_of_frames_are_those_of_their_pixels(found):
    comparison = in_memory(found)
    for row, frame in enumerate(found):
        wanted = np.bincount(reference.diff_map(frame).ravel(), minlength=len(Diff))
        assert comparison.frame_diffs[row].tolist() == wanted.tolist()
    assert sum(comparison.diffs.values()) == sum(frame[0].size for frame in found)


@settings(max_examples=50)
@given(frames(), CELLS)
def test_frames_of_a_cell_come_by_their_change(found, cell):
    ranked = in_memory(found).frames_of(*cell)
    counts = [[reference.confusion([frame], side)[cell] for side in SIDES] for frame in found]
    assert ranked.base.tolist() == [counts[row][0] for row in ranked.frame]
    assert ranked.other.tolist() == [counts[row][1] for row in ranked.frame]
    assert sorted(ranked.frame.tolist()) == [row for row, pair in enumerate(counts) if sum(pair)]
    assert (np.diff(np.abs(ranked.change)) <= 0).all()


@settings(max_examples=50)
@given(frames(), st.data())
def test_frames_that_are_not_chosen_leave_the_count(found, data):
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(found), max_size=len(found))))
    part = in_memory(found).within(chosen)
    kept = [frame for frame, choice in zip(found, chosen, strict=True) if choice]
    assert part.confusion("other").tolist() == reference.confusion(kept, "other").tolist()
    assert part.frame_count == len(kept)
    assert part.pixel_count + part.ignored_count == sum(frame[0].size for frame in kept)


@settings(max_examples=50)
@given(frames())
def test_swapping_swaps(found):
    comparison = in_memory(found)
    counts = comparison.counts.swapped()
    swapped = PixelComparison.counted(comparison.dataset, present(comparison.other), comparison.base, counts)
    assert (swapped.delta == -comparison.delta).all()
    assert swapped.diffs[Diff.FIXED] == comparison.diffs[Diff.BROKEN]


def test_a_frame_by_hand():
    label = np.array([[ROAD, ROAD, CAR, VOID], [SKY, SKY, UNNAMED, CAR]], np.uint8)
    base = np.array([[ROAD, CAR, CAR, CAR], [SKY, VOID, ROAD, UNNAMED]], np.uint8)
    other = np.array([[ROAD, ROAD, ROAD, CAR], [SKY, SKY, SKY, CAR]], np.uint8)
    found = in_memory([(label, base, other)])
    assert found.confusion("base").tolist() == [[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]]
    assert found.confusion("other").tolist() == [[2, 0, 0, 0], [1, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0]]
    assert (found.pixel_count, found.ignored_count) == (6, 2)
    assert found.scores["base"].iou.tolist() == [1 / 2, 1 / 3, 1 / 2]
    assert found.scores["base"].miou == pytest.approx(4 / 9)
    assert found.scores["other"].accuracy == 5 / 6
    assert found.classes == ("road", "car", "sky", "background")
    assert found.ignored == ("void",)


def test_a_class_that_is_in_neither_mask_has_no_part_in_the_mean():
    road = np.full((2, 2), ROAD, np.uint8)
    scores = in_memory([(road, road, road)]).scores["base"]
    assert scores.miou == 1.0
    assert np.isnan(scores.iou[[CAR, SKY]]).all()


def test_the_mean_iou_of_a_set_is_not_the_mean_of_its_frames():
    road, car = (np.full((1, 4), value, np.uint8) for value in (ROAD, CAR))
    half = np.array([[ROAD, ROAD, CAR, CAR]], np.uint8)
    found = in_memory([(road, road, road), (car, half, half)])
    scores = found.frame_scores["base"]
    assert scores.miou.tolist() == [1.0, 0.25]
    assert found.scores["base"].miou == pytest.approx((4 / 6 + 2 / 4) / 2)
