"""Pictures of masks show what is counted."""

from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.drawing.mask_painter import MaskLayers, MaskPainter
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.outcomes import Diff, InCell
from aquarium_tui.session.session import Session
from tests.tui.mask_scene import CAR, CHOSEN, FRAMES, ROAD, SIZE, SKY, make_store

WHOLE = (0.0, 0.0, float(SIZE[0]), float(SIZE[1]))


@pytest.fixture
def comparison(tmp_path: Path) -> PixelComparison:
    view = Session(make_store(tmp_path)).open(CHOSEN)
    assert isinstance(view.comparison, PixelComparison)
    return view.comparison


@pytest.fixture
def painter(comparison: PixelComparison) -> MaskPainter:
    return MaskPainter(comparison, PhotoCache())


def counted(drawing, color: tuple[int, int, int]) -> int:
    image = np.asarray(drawing.draw(WHOLE, SIZE))
    return int((image == color).all(axis=2).sum())


@pytest.mark.parametrize("frame", range(FRAMES - 1))
def test_the_colours_of_the_diff_map_are_the_counts_of_the_frame(
    comparison: PixelComparison, painter: MaskPainter, frame: int
) -> None:
    drawing = painter.diff(frame, MaskLayers(opacity=1.0))
    counts = comparison.frame_diffs[frame]
    found = [counted(drawing, painter.kind_color(kind)) for kind in list(Diff)[1:]]
    assert found == counts[1:].tolist()
    assert sum(found) == SIZE[0] * SIZE[1] - counts[Diff.IGNORED]


def test_a_hidden_colour_leaves_the_photo(painter: MaskPainter) -> None:
    drawing = painter.diff(1, MaskLayers(opacity=1.0, kinds=(Diff.FIXED,)))
    assert counted(drawing, painter.kind_color(Diff.BROKEN)) == 0
    assert counted(drawing, painter.kind_color(Diff.BOTH_RIGHT)) == 0


@pytest.mark.parametrize(
    ("frame", "cell", "kinds", "sets"),
    [
        (0, (ROAD, CAR), {Diff.FIXED: 800}, {InCell.BASE}),
        (0, (ROAD, ROAD), {Diff.FIXED: 800, Diff.BOTH_RIGHT: 5600}, {InCell.OTHER, InCell.BOTH}),
        (1, (SKY, CAR), {Diff.BROKEN: 1600}, {InCell.OTHER}),
    ],
)
def test_a_cell_dims_all_else_and_hatches_by_set(painter: MaskPainter, frame, cell, kinds, sets) -> None:
    drawing = painter.diff(frame, MaskLayers(opacity=1.0, cell=cell))
    inside = painter.in_cell(frame, cell)
    assert set(np.unique(inside)) - {InCell.NEITHER} == sets
    image = np.asarray(drawing.draw(WHOLE, SIZE))
    for kind in list(Diff)[1:]:
        there = painter.diff_map(frame, cell) == kind
        assert np.count_nonzero(there) == kinds.get(kind, 0)
        same = (image == painter.kind_color(kind)).all(axis=2)
        assert not same[inside == InCell.NEITHER].any(), "what is not in the cell is dim"
        if there.any():
            share = same[there].mean()
            assert 0.4 < share < 1, "its colour shows between the lines of the hatching"


def test_masks_are_filled_in_the_colours_of_their_classes(painter: MaskPainter) -> None:
    photo = painter.photo(1, MaskLayers("other", opacity=1.0))
    image = np.asarray(photo.draw(WHOLE, SIZE)).astype(int)
    sky, car, road = image[30, 20], image[10, 100], image[70, 100]
    assert (np.abs(car - (0, 0, 142)) < np.abs(car - (70, 130, 180))).all()
    assert len({tuple(found) for found in (sky, car, road)}) == 3


def test_all_masks_are_the_labels_with_what_is_wrong_hatched(painter: MaskPainter) -> None:
    right, wrong = (slice(45, 78), slice(60, 150)), (slice(2, 18), slice(82, 158))
    image = np.asarray(painter.photo(1, MaskLayers()).draw(WHOLE, SIZE))
    assert len(np.unique(image[right].reshape(-1, 3), axis=0)) == 1, "both are right here"
    assert len(np.unique(image[wrong].reshape(-1, 3), axis=0)) > 1, "other calls the sky a car here"


def test_a_frame_without_a_mask_says_so(painter: MaskPainter) -> None:
    assert counted(painter.diff(3, MaskLayers(opacity=1.0)), painter.kind_color(Diff.BOTH_RIGHT)) == 0
    assert painter.diff(3).draw(WHOLE, SIZE).size == SIZE
