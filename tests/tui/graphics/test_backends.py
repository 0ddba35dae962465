"""What each back end writes is, when a terminal has read it, the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.mark import Mark, mark_colors
from aquarium_tui.render.palette import palette
from aquarium_tui.tui.graphics.backend import Backend, Care, Plate
from aquarium_tui.tui.graphics.geometry import CellGrid, fit, pieces, pixels, whole
from aquarium_tui.tui.graphics.half import Half, indexed
from aquarium_tui.tui.graphics.iterm import Inline
from aquarium_tui.tui.graphics.kitty import Kitty
from aquarium_tui.tui.graphics.rasters import changed_cells
from aquarium_tui.tui.graphics.sixel import Sixel
from benchmarks.screen import Screen
from tests.tui.graphics.patches import Patches

ROOM, AT = (60, 20), (3, 2)
BACKENDS: list[Backend] = [Half(), Half(truecolor=False), Kitty(), Kitty(passthrough=1), Sixel(), Inline()]
NAMES = ["half", "half in 256 colours", "kitty", "kitty through tmux", "sixel", "inline"]
EVERY = pytest.mark.parametrize("backend", BACKENDS, ids=NAMES)


def made(
    backend: Backend, drawing: Patches, cell: tuple[int, int] = (10, 20), rough: bool = False
) -> tuple[Plate, Image.Image]:
    grid = fit(whole(drawing.size), ROOM, cell)
    image = drawing.draw(whole(drawing.size), pixels(whole(drawing.size), backend.most(grid)))
    return backend.make(image, grid, Care(rough)), image


def written(backend: Backend, plate: Plate, mask: np.ndarray | None = None) -> str:
    columns, rows = plate.grid.cells
    mask = np.ones((rows, columns), bool) if mask is None else mask
    ahead = "".join(plate.upload(8192))
    return ahead + "".join(
        plate.paint(AT, piece) for piece in pieces(mask, backend.piece(plate.grid, 16_000))
    )


def seen(screen: Screen, grid: CellGrid) -> Image.Image:
    """The pixels of the picture on the screen."""
    (width, height), (columns, rows) = grid.cell, grid.cells
    left, top = AT[0] * width, AT[1] * height
    return screen.image().crop((left, top, left + columns * width, top + rows * height))


def apart(one: Image.Image, other: Image.Image) -> float:
    """Share of pixels that differ visibly."""
    far = np.abs(np.asarray(one, int) - np.asarray(other, int)).max(axis=2) > 60
    return float(far.mean())


@EVERY
@pytest.mark.parametrize("cell", [(10, 20), (9, 19), (7, 13)])
def test_the_picture_arrives(backend: Backend, cell: tuple[int, int]) -> None:
    plate, image = made(backend, Patches())
    if cell != (10, 20):
        plate, image = made(backend, Patches(), cell)
    screen = Screen(cell=cell).feed(written(backend, plate))
    expected = image.resize(seen(screen, plate.grid).size, Image.Resampling.NEAREST)
    tolerance = 0.15 if isinstance(backend, Half) else 0.1
    assert apart(seen(screen, plate.grid), expected) < tolerance


@EVERY
def test_only_what_is_asked_for_is_painted(backend: Backend) -> None:
    plate, _ = made(backend, Patches())
    columns, rows = plate.grid.cells
    mask = np.ones((rows, columns), bool)
    mask[5:9, 10:30] = False
    screen = Screen().feed(written(backend, plate, mask))
    hole = seen(screen, plate.grid).crop((100, 100, 300, 180))
    assert not np.asarray(hole).any()
    whole_screen = Screen().feed(written(backend, made(backend, Patches())[0]))
    around = np.asarray(seen(whole_screen, plate.grid)).copy()
    around[100:180, 100:300] = 0
    assert apart(seen(screen, plate.grid), Image.fromarray(around)) < 0.02


@EVERY
def test_a_picture_smaller_than_its_cells_fills_them(backend: Backend) -> None:
    plate, _ = made(backend, Patches(size=(64, 36)))
    screen = Screen().feed(written(backend, plate))
    assert (np.asarray(seen(screen, plate.grid)).sum(axis=2) > 0).mean() > 0.9


@pytest.mark.parametrize(
    "backend", [Kitty(), Sixel(), Inline(), Half()], ids=["kitty", "sixel", "inline", "half"]
)
def test_a_first_impression_is_small_and_like_the_picture(backend: Backend) -> None:
    rough, image = made(backend, Patches(), rough=True)
    full, _ = made(backend, Patches())
    assert rough.rough
    assert not full.rough
    text = written(backend, rough)
    screen = Screen().feed(text)
    one, two = (np.asarray(look.resize(rough.grid.cells, 4)) for look in (seen(screen, rough.grid), image))
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] >= 0.8, "it can be recognised"
    noise = Image.effect_noise((600, 338), 90).convert("RGB")
    sizes = [len(written(backend, backend.make(noise, full.grid, Care(rough)))) for rough in (True, False)]
    assert sizes[0] * 3 < sizes[1]


@given(arrays(np.uint8, st.tuples(st.integers(1, 4), st.just(3))))
def test_the_nearest_of_xterms_colours_is_found(colours: np.ndarray) -> None:
    levels = [0, 95, 135, 175, 215, 255]
    table = [(r, g, b) for r in levels for g in levels for b in levels] + [
        (8 + 10 * i,) * 3 for i in range(24)
    ]
    away = ((np.array(table, int)[:, None] - colours) ** 2).sum(axis=2)
    found = indexed(colours)
    assert ((found >= 16) & (found <= 255)).all()
    assert (away[found - 16, np.arange(len(colours))] <= away.min(axis=0)).all()


def test_no_sixel_is_larger_than_the_terminal_shows() -> None:
    backend = Sixel(limit=(250, 50))
    plate, image = made(backend, Patches())
    assert backend.piece(plate.grid, 16_000) == (25, 2)
    screen = Screen().feed(written(backend, plate))
    assert apart(seen(screen, plate.grid), image.resize(seen(screen, plate.grid).size)) < 0.15


def test_a_sixel_leaves_the_pixels_around_it_alone() -> None:
    plate, _ = made(Sixel(), Patches())
    assert plate.paint(AT, (0, 0, 10, 1)).startswith("\x1b[3;4H\x1b[?8452h\x1bP0;1;0q")


def test_half_cells_repeat_no_colour() -> None:
    grid = CellGrid((40, 10), (10, 20), (400, 200))
    plate = Half().make(Image.new("RGB", (40, 20), (1, 2, 3)), grid)
    text = plate.paint((0, 0), (0, 0, 40, 10))
    assert text.count("38;2;1;2;3m") == 10
    assert text.count("█") == 400


@pytest.mark.parametrize("backend", [Half(), Sixel(), Inline()], ids=["half", "sixel", "inline"])
def test_what_has_not_changed_is_not_painted_again(backend: Backend) -> None:
    one, two = made(backend, Patches())[0], made(backend, Patches(mark=True))[0]
    differs = two.differs(one)
    rows, columns = np.nonzero(differs)
    assert differs.shape == (17, 60)
    assert 0 < differs.sum() < 20
    assert 7 <= rows.min() <= 8 <= rows.max() <= 9
    assert 28 <= columns.min() <= 29
    assert 30 <= columns.max() <= 31
    screen = Screen().feed(written(backend, one))
    screen.feed("".join(two.paint(AT, piece) for piece in pieces(differs, backend.piece(two.grid, 16_000))))
    again = Screen().feed(written(backend, two))
    assert apart(seen(screen, two.grid), seen(again, two.grid)) < 0.03


@given(st.integers(20, 90), st.integers(20, 90), st.integers(0, 89), st.integers(0, 89))
def test_a_changed_pixel_changes_its_cell(width: int, height: int, x: int, y: int) -> None:
    grid = fit(whole((width, height)), (10, 10), (7, 9))
    before = Image.new("RGB", grid.extent)
    after = before.copy()
    x, y = x % grid.extent[0], y % grid.extent[1]
    after.putpixel((x, y), (1, 2, 3))
    changed = changed_cells(before, after, grid)
    assert changed[y // 9, x // 7]
    assert changed.sum() == 1
    assert not changed_cells(before, before, grid).any()


@pytest.mark.parametrize("backend", [Sixel(), Kitty()], ids=["sixel", "kitty"])
def test_the_colours_of_marks_survive(backend: Backend) -> None:
    """Those of twelve classes in one frame, on a photo of many colours."""
    size = (500, 280)
    y, x = np.mgrid[: size[1], : size[0]]
    noise = np.random.default_rng(3).integers(0, 60, (size[1], size[0]))
    photo = Image.fromarray(np.dstack([x * 255 // 500, y * 200 // 280 + noise, noise * 3]).astype(np.uint8))
    colors = [palette().class_color(index) for index in range(12)]
    marks = [
        Mark((x, y, x + 60.0, y + 70.0), kind, colors[index], shape=None)
        for index in range(12)
        for x, y in [(index % 6 * 80.0 + 8, index // 6 * 130.0 + 20)]
        for kind in (("label", "base", "other")[index % 3],)
    ]
    drawn = draw_marks(photo, marks, whole(size))
    grid = fit(whole(size), (50, 14), (10, 20))
    seen = Screen((60, 20)).feed(written(backend, backend.make(drawn, grid, Care(keep=mark_colors(marks)))))
    left, top = AT
    shown = np.asarray(seen.image().crop((left * 10, top * 20, left * 10 + 500, top * 20 + 280)), int)
    before, after = np.asarray(photo, int), np.asarray(drawn, int)
    for color in colors:
        own = (np.abs(after - color).max(axis=2) <= 15) & (before != after).any(axis=2)
        assert own.sum() > 50
        assert (np.abs(shown - color).max(axis=2) <= 25)[own].mean() > 0.9


def test_a_sixel_of_cells_without_pixels_is_empty() -> None:
    plate = Sixel().make(Image.new("RGB", (10, 20)), CellGrid((3, 1), (10, 20), (10, 20)))
    assert "\x1bP" in plate.paint((0, 0), (0, 0, 1, 1))
    assert "\x1bP" not in plate.paint((0, 0), (2, 0, 3, 1))
