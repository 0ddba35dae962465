"""Pictures of masks show what is counted."""

from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.drawing.mask_painter import MaskLayers, MaskPainter, kinds_in_cell
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
    ("frame", "cell", "pixels"),
    [
        (0, (ROAD, CAR), {InCell.BASE: 800, InCell.OTHER: 0, InCell.BOTH: 0}),
        (0, (ROAD, ROAD), {InCell.BASE: 0, InCell.OTHER: 800, InCell.BOTH: 5600}),
        (1, (SKY, CAR), {InCell.BASE: 0, InCell.OTHER: 1600, InCell.BOTH: 0}),
        (2, (ROAD, SKY), {InCell.BASE: 1600, InCell.OTHER: 0, InCell.BOTH: 0}),
    ],
)
def test_a_cell_shows_who_has_its_pixels(painter: MaskPainter, frame, cell, pixels) -> None:
    drawing = painter.diff(frame, MaskLayers(opacity=1.0, cell=cell))
    for who, kind in kinds_in_cell(cell).items():
        assert counted(drawing, painter.kind_color(kind)) == pixels[who]


def test_better_is_green_and_worse_is_red_in_wrong_and_right_cells() -> None:
    assert kinds_in_cell((ROAD, CAR))[InCell.OTHER] is Diff.BROKEN
    assert kinds_in_cell((ROAD, ROAD))[InCell.OTHER] is Diff.FIXED


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
