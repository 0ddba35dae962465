"""Boundary IoU as Cheng et al. define it, against erosions one class at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui.compare.pixels.boundaries import (
    boundary_scores,
    boundary_width,
    count_boundaries,
    on_boundary,
)
from aquarium_tui.compare.pixels.joint_counts import IGNORED, Meaning

CLASSES = 3


def eroded(mask: np.ndarray, distance: int) -> np.ndarray:
    """The mask without what a square, moved along its edge, covers; outside of the frame is nothing."""
    found = np.zeros_like(mask)
    height, width = mask.shape
    for y in range(distance, height - distance):
        for x in range(distance, width - distance):
            found[y, x] = mask[y - distance : y + distance + 1, x - distance : x + distance + 1].all()
    return found


def scene(seed: int, height: int = 21, width: int = 34) -> tuple[np.ndarray, ...]:
    """Labels with an ignored corner, and two inferred masks with a class too many: pieces of rectangles."""
    rng = np.random.default_rng(seed)
    masks = []
    for _ in range(3):
        mask = np.zeros((height, width), np.uint8)
        for value in (1, 2, 3):
            y, x = rng.integers(0, height - 8), rng.integers(0, width - 12)
            mask[y : y + rng.integers(3, 14), x : x + rng.integers(3, 20)] = value
        masks.append(mask)
    return tuple(masks)


def meaning(unnamed: int) -> Meaning:
    return Meaning(np.arange(CLASSES), np.arange(CLASSES, dtype=np.int32), unnamed)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_a_boundary_is_what_an_erosion_takes_away(seed, distance):
    mask = scene(seed)[0]
    found = on_boundary(mask, distance)
    for value in np.unique(mask):
        own = mask == value
        assert (found & own == own & ~eroded(own, distance)).all()


def test_a_frame_that_is_narrower_than_its_boundaries_is_boundary():
    assert on_boundary(np.zeros((4, 40), np.uint8), 2).all()
    assert not on_boundary(np.zeros((5, 40), np.uint8), 2)[2, 2:-2].any()


@pytest.mark.parametrize("seed", range(5))
def test_boundary_iou_of_each_class(seed):
    masks = scene(seed)
    files = {str(i): mask for i, mask in enumerate(masks)}
    meanings = [meaning(IGNORED), meaning(CLASSES), meaning(CLASSES)]
    found = count_boundaries(files.__getitem__, meanings, list(files))
    sets = boundary_scores({1: found}, 2, CLASSES, 2)
    distance = boundary_width(masks[0].shape)
    assert distance == round(0.02 * np.hypot(*masks[0].shape)) == 1
    counted = masks[0] < CLASSES
    for scores, inferred in zip(sets, masks[1:], strict=True):
        assert scores.support[0].sum() == 0
        for class_ in range(CLASSES):
            label, own = masks[0] == class_, inferred == class_
            edges = [each & ~eroded(each, distance) & counted for each in (label, own)]
            union = (edges[0] | edges[1]).sum()
            wanted = (edges[0] & edges[1]).sum() / union if union else np.nan
            np.testing.assert_allclose(scores.iou[1, class_], wanted)


def test_perfect_masks_have_perfect_boundaries():
    mask = scene(1)[0]
    found = count_boundaries(lambda _: mask, [meaning(IGNORED), meaning(CLASSES)], ["a", "b"])
    (scores,) = boundary_scores({0: found}, 1, CLASSES, 1)
    assert set(scores.iou[scores.support > 0]) == {1.0}
