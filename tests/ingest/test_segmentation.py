"""Polygons and run lengths become the counts that pycocotools makes of them, or a kind of trouble."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as reference

from aquarium_tui.ingest.object_masks import SegmentationError, counts_of, total

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
"""pycocotools' `decode` under NumPy 2."""

SIZE = (12, 9)
PIXELS = SIZE[0] * SIZE[1]
TRIANGLE = [1, 1, 9, 1, 5, 7]
SQUARE = [2.5, 2.5, 8, 2.5, 8, 6, 2.5, 6]
MASKS = st.lists(st.booleans(), min_size=PIXELS, max_size=PIXELS).map(
    lambda bits: np.array(bits, np.uint8).reshape(SIZE[1], SIZE[0])
)


def decoded(counts: str) -> np.ndarray:
    mask: np.ndarray = reference.decode({"size": [SIZE[1], SIZE[0]], "counts": counts})
    return mask


def runs(mask: np.ndarray) -> list[int]:
    """Lengths of the runs down the columns, the first of zeros."""
    lengths, value = [0], 0
    for pixel in mask.T.ravel().tolist():
        if pixel != value:
            lengths.append(0)
            value = pixel
        lengths[-1] += 1
    return lengths


@pytest.mark.parametrize("polygons", [[TRIANGLE], [TRIANGLE, SQUARE], [[-5, -5, 30, -5, 30, 30]]])
def test_polygons_are_filled_as_pycocotools_fills_them(polygons):
    counts, short = counts_of(polygons, SIZE)
    wanted = reference.merge(reference.frPyObjects(polygons, SIZE[1], SIZE[0]))
    assert (counts, short) == (wanted["counts"].decode(), False)


@given(MASKS)
def test_run_lengths_in_either_form_are_the_mask(mask):
    packed = reference.encode(np.asfortranarray(mask))["counts"].decode()
    for counts in (packed, runs(mask)):
        found, _ = counts_of({"size": [SIZE[1], SIZE[0]], "counts": counts}, SIZE)
        np.testing.assert_array_equal(decoded(found), mask)
        assert total(found) == PIXELS


def test_polygons_too_short_are_left_out_beside_others():
    counts, short = counts_of([[1, 1, 5, 5], TRIANGLE, []], SIZE)
    assert short
    assert counts == counts_of([TRIANGLE], SIZE)[0]


NAN = float("nan")
BROKEN = [
    ([], "segmentations without a polygon"),
    ([[1, 1, 5, 5]], "polygons with fewer than three points"),
    ([[]], "polygons with fewer than three points"),
    ([[1, 1, 5, 5, 7, 2, 3]], "polygons that are not pairs of finite numbers"),
    ([[1, 1, 5, 5, 7, NAN]], "polygons that are not pairs of finite numbers"),
    ([[1, 1, 5, 5, 7, "x"]], "polygons that are not pairs of finite numbers"),
    ([1, 1, 5, 5, 7, 2], "polygons that are not pairs of finite numbers"),
    ("abc", "segmentations that are neither polygons nor RLE"),
    ({"size": [12, 9], "counts": [PIXELS]}, "RLE masks whose size is not that of their image"),
    ({"counts": [PIXELS]}, "RLE masks whose size is not that of their image"),
    ({"size": [9, 12]}, "RLE masks without counts"),
    ({"size": [9, 12], "counts": [PIXELS + 1]}, "RLE masks whose counts cannot be read"),
    ({"size": [9, 12], "counts": [PIXELS + 3, -3]}, "RLE masks whose counts cannot be read"),
    ({"size": [9, 12], "counts": ["x"]}, "RLE masks whose counts cannot be read"),
    ({"size": [9, 12], "counts": "é\x00"}, "RLE masks whose counts cannot be read"),
    ({"size": [9, 12], "counts": [5, 5]}, "RLE masks whose counts do not add up to their size"),
    ({"size": [9, 12], "counts": ""}, "RLE masks whose counts do not add up to their size"),
]


@pytest.mark.parametrize(("given_", "kind"), BROKEN, ids=[str(given_)[:40] for given_, _ in BROKEN])
def test_what_is_no_mask_is_named(given_, kind):
    with pytest.raises(SegmentationError, match=kind):
        counts_of(given_, SIZE)


def test_without_the_size_of_the_image_there_is_no_mask():
    with pytest.raises(SegmentationError, match="width and height are not given"):
        counts_of([TRIANGLE], (0, 9))


JUNK = st.recursive(
    st.none() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=7) | st.fixed_dictionaries({"size": st.just([9, 12]), "counts": inner})
    ),
)


@given(JUNK)
def test_whatever_is_given_the_answer_is_counts_or_a_kind_of_trouble(given_):
    try:
        counts, _ = counts_of(given_, SIZE)
    except SegmentationError:
        return
    assert decoded(counts).shape == (SIZE[1], SIZE[0])
