"""The diff map, the map of a cell, and the regions in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aquarium_tui.compare.pixels.frame_masks import MaskStack, regions_of
from aquarium_tui.errors import InputError
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.model.outcomes import Diff, InCell
from tests.compare.pixels import reference
from tests.compare.pixels.scene import CAR, ROAD, SKY, VOID, N, pixel_comparison, written

LABEL = np.array([[ROAD, ROAD, CAR, VOID], [SKY, SKY, SKY, CAR]], np.uint8)
BASE = np.array([[ROAD, CAR, CAR, CAR], [SKY, ROAD, ROAD, ROAD]], np.uint8)
OTHER = np.array([[CAR, CAR, CAR, CAR], [SKY, SKY, ROAD, SKY]], np.uint8)
FRAME = (LABEL, BASE, OTHER)
R, W, F, B = Diff.BOTH_RIGHT, Diff.BOTH_WRONG, Diff.FIXED, Diff.BROKEN


@pytest.fixture
def masks(tmp_path):
    dataset, *sets = written(tmp_path, [FRAME])
    return MaskStack.of(dataset, sets).frame(0, read_mask)


def test_the_diff_map(masks):
    assert masks.diff().tolist() == [[B, W, R, 0], [R, F, W, W]]
    assert masks.diff().tolist() == reference.diff_map(FRAME).tolist()
    assert masks.diff().dtype == np.uint8
    assert masks.pixels() == {Diff.IGNORED: 1, R: 2, W: 3, F: 1, B: 1}


def test_a_cell_leaves_its_pixels_and_says_who_put_them_there(masks):
    assert masks.diff((ROAD, CAR)).tolist() == [[B, W, 0, 0], [0, 0, 0, 0]]
    both, base, other = InCell.BOTH, InCell.BASE, InCell.OTHER
    assert masks.in_cell(ROAD, CAR).tolist() == [[other, both, 0, 0], [0, 0, 0, 0]]
    assert masks.in_cell(SKY, ROAD).tolist() == [[0, 0, 0, 0], [0, base, both, 0]]
    assert not masks.in_cell(CAR, N).any()


def test_maps_of_classes(masks):
    assert masks.label.tolist() == [[ROAD, ROAD, CAR, -1], [SKY, SKY, SKY, CAR]]
    assert masks.base.tolist() == BASE.tolist()
    assert masks.other.tolist() == OTHER.tolist()


def test_with_one_set_nothing_changes(tmp_path):
    dataset, base, _ = written(tmp_path, [FRAME])
    masks = MaskStack.of(dataset, [base]).frame(0, read_mask)
    assert set(np.unique(masks.diff())) == {Diff.IGNORED, R, W}


def test_an_inference_of_another_size_is_brought_to_the_labels(tmp_path):
    double = np.repeat(np.repeat(BASE, 2, axis=0), 2, axis=1)
    dataset, *sets = written(tmp_path, [(LABEL, double, OTHER)])
    assert MaskStack.of(dataset, sets).frame(0, read_mask).base.tolist() == BASE.tolist()
    assert (
        pixel_comparison(dataset, *sets).confusion("base").tolist()
        == reference.confusion([FRAME], "base").tolist()
    )


def test_a_frame_whose_mask_went_away_says_so(tmp_path):
    dataset, *sets = written(tmp_path, [FRAME])
    (tmp_path / "new" / "f0.png").unlink()
    with pytest.raises(InputError, match="no such file"):
        MaskStack.of(dataset, sets).frame(0, read_mask)


MAPS = arrays.arrays(
    np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.sampled_from([0, 0, 3, 4])
)


@given(MAPS)
def test_regions_are_those_found_by_flooding(values):
    found = regions_of(values)
    wanted = reference.regions(values)
    boxes = [tuple(map(int, box)) for box in found.box]
    assert sorted(zip(found.value.tolist(), found.pixels.tolist(), boxes, strict=True)) == sorted(wanted)
    assert (np.diff(found.pixels) <= 0).all()


@given(MAPS, st.integers(1, 5))
def test_small_regions_may_be_left_out(values, least):
    whole, large = regions_of(values), regions_of(values, least)
    assert large.pixels.tolist() == [n for n in whole.pixels.tolist() if n >= least]


def test_regions_by_hand():
    values = np.array([[3, 0, 0, 4, 4], [0, 3, 0, 4, 0], [0, 0, 3, 0, 3], [4, 0, 0, 3, 0]], np.uint8)
    found = regions_of(values)
    assert found.pixels.tolist() == [5, 3, 1]
    assert found.value.tolist() == [3, 4, 4]
    assert found.box.tolist() == [[0, 0, 5, 4], [3, 0, 5, 2], [0, 3, 1, 4]]


def test_a_large_spiral_is_one_region():
    values = np.zeros((101, 101), np.uint8)
    values[::2] = 3
    for row in range(1, 101, 2):
        values[row, -1 if row % 4 == 1 else 0] = 3
    assert len(regions_of(values)) == 1
    assert len(regions_of(np.zeros((4, 4), np.uint8))) == 0
