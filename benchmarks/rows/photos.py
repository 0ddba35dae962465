"""Photos, boxes and crops as pictures, in processor time of all threads; Pillow's plain way next to them."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from aquarium_tui.drawing.crops import CropDrawing, SheetDrawing, crop_region
from aquarium_tui.drawing.drawing import FrameDrawing
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.model.picture import whole
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.mark import Mark, MarkOwner
from aquarium_tui.render.palette import class_color
from aquarium_tui.tui.graphics.geometry import fit
from aquarium_tui.tui.graphics.half import Half
from benchmarks.photos import CROPPED, SIZES, Size, photo_like
from benchmarks.work import Site, Work, timed, timed_with

_KINDS: tuple[MarkOwner, ...] = ("label", "base", "other")
_TILE = (200, 140)
_CELLS, _CELL = (100, 30), (10, 20)

processor = partial(timed, clock=time.process_time)


def read(site: Site, kind: str, width: int, display: int) -> Work:
    """What a frame's first picture takes: open, decode, reduce."""

    def work() -> object:
        photo = open_photo(path)
        return PhotoCache().read(photo, whole(photo.size), _display(display))

    path = _path(site, kind, width)
    return processor(work)


def read_plainly(site: Site, kind: str, width: int, display: int) -> Work:
    """What one writes without much thought: decode all of it, then resize."""

    def work() -> object:
        with Image.open(path) as image:
            return image.convert("RGB").resize(_display(display), Image.Resampling.BILINEAR)

    path = _path(site, kind, width)
    return processor(work)


def read_again(site: Site, kind: str, width: int, display: int) -> Work:
    photo, cache = open_photo(_path(site, kind, width)), PhotoCache()
    return processor(lambda: cache.read(photo, whole(photo.size), _display(display)))


def boxes(_: Site, count: int, width: int, height: int) -> Work:
    """Marks of all kinds and many classes."""
    size = (width, height)
    image, marks = photo_like(size), _marks(count, size)
    return processor(lambda: draw_marks(image, marks, whole(size)))


def crops(site: Site) -> Work:
    return timed_with(PhotoCache, _sheet(site), time.process_time)


def crops_again(site: Site) -> Work:
    draw, cache = _sheet(site), PhotoCache()
    return processor(lambda: draw(cache))


def half_cells(site: Site) -> Work:
    image, backend = _scene(site), Half()
    grid = fit((0, 0, *image.size), _CELLS, _CELL)

    def work() -> None:
        backend.make(image, grid).paint((0, 0), (0, 0, *grid.cells))

    return processor(work)


def half_cells_stock(site: Site) -> Work:
    """The renderable that textual-image's widget shows, drawn at the same size."""
    from rich.console import Console
    from textual_image.renderable.halfcell import Image as HalfCells

    image = _scene(site)
    console = Console(width=_CELLS[0], height=_CELLS[1], force_terminal=True, color_system="truecolor")

    def work() -> None:
        with console.capture():
            console.print(HalfCells(image, width=_CELLS[0]))

    return processor(work)


def _sheet(site: Site) -> Callable[[PhotoCache], object]:
    """Draws 24 crops of 8 photos in six columns."""
    size, folder = SIZES[0], site.part("photos")
    marks = _marks(24, size)

    def draw(cache: PhotoCache) -> object:
        crops = [
            CropDrawing(
                FrameDrawing(str(folder / f"crop{i % CROPPED}.jpg"), size, marks, "", cache, captions=False),
                crop_region(mark.box, size, aspect=_TILE),
            )
            for i, mark in enumerate(marks)
        ]
        sheet = SheetDrawing(tuple(crops), 6, _TILE, (8, 8), "")
        return sheet.draw(whole(sheet.size), sheet.size)

    return draw


def _marks(count: int, size: Size) -> tuple[Mark, ...]:
    """From small ones to a quarter of the picture's width."""
    rng = np.random.default_rng(0)
    sides = rng.uniform(0.02, 0.25, (count, 2)) * size
    corners = rng.random((count, 2)) * (size - sides)
    return tuple(
        Mark((left, top, right, bottom), _KINDS[i % 3], class_color(i % 12), "cyclist .91 IoU .71")
        for i, (left, top, right, bottom) in enumerate(np.hstack([corners, corners + sides]).tolist())
    )


def _path(site: Site, kind: str, width: int) -> Path:
    return site.part("photos") / f"{width}.{kind}"


def _display(width: int) -> Size:
    return (width, width * 9 // 16)


def _scene(site: Site) -> Image.Image:
    with Image.open(site.part("photos") / "scenes" / "0.jpg") as image:
        return image.convert("RGB")
