"""Drawings with few colours, which palettes hold without loss."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from aquarium_tui.drawing.drawing import CellPicture
from aquarium_tui.errors import InputError
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.captions import place_words
from aquarium_tui.render.mark import Mark, MarkOwner, mark_colors
from aquarium_tui.render.palette import palette
from aquarium_tui.tui.graphics.geometry import SourceRect, WidthHeight, whole

COLOURS = np.array([(r, g, b) for r in (0, 102, 255) for g in (51, 204) for b in (0, 153, 255)], np.uint8)


@dataclass(frozen=True)
class Patches:
    """Squares of many colours, different for every seed; `mark` puts a small white one in the middle."""

    seed: int = 0
    size: WidthHeight = (480, 270)
    mark: bool = False

    @property
    def key(self) -> tuple[int, WidthHeight, bool]:
        return (self.seed, self.size, self.mark)

    @property
    def description(self) -> str:
        return f"Squares number {self.seed}, of \x1b[31mmany\x1b[0m colours."

    @property
    def colors(self) -> tuple[tuple[int, int, int], ...]:
        return ()

    def source(self) -> Image.Image:
        """The whole in its own pixels."""
        width, height = self.size
        picked = np.random.default_rng(self.seed).integers(
            0, len(COLOURS), (-(-height // 30), -(-width // 30))
        )
        pixels = COLOURS[picked].repeat(30, axis=0).repeat(30, axis=1)[:height, :width].copy()
        if self.mark:
            pixels[height // 2 - 10 : height // 2 + 10, width // 2 - 10 : width // 2 + 10] = 255
        return Image.fromarray(pixels)

    def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
        source = self.source()
        if pixels == source.size and region == whole(source.size):
            return source
        return source.resize(pixels, Image.Resampling.NEAREST, box=region)


@dataclass(frozen=True)
class Boxes:
    """Boxes of four classes with captions on a grey ground."""

    key: str = "boxes"
    size: WidthHeight = (480, 270)
    description: str = "Four boxes."

    @property
    def marks(self) -> tuple[Mark, ...]:
        kinds: tuple[MarkOwner, ...] = ("label", "base", "other", "label")
        places = [(20.0 + 120 * n, 60.0, 100.0 + 120 * n, 200.0) for n in range(4)]
        return tuple(
            Mark(box, kind, palette().class_color(n), f"class {n}", "bright")
            for n, (box, kind) in enumerate(zip(places, kinds, strict=True))
        )

    @property
    def colors(self) -> tuple[tuple[int, int, int], ...]:
        return mark_colors(self.marks)

    def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
        return draw_marks(Image.new("RGB", pixels, (90, 90, 90)), self.marks, region)

    def for_cells(self, region: SourceRect, pixels: WidthHeight, cells: WidthHeight) -> CellPicture:
        ground = Image.new("RGB", pixels, (90, 90, 90))
        image = draw_marks(ground, self.marks, region, captions=False, hatching=False)
        return CellPicture(image, tuple(place_words(self.marks, region, cells)))


@dataclass(frozen=True)
class Broken:
    """A drawing that cannot be drawn."""

    key: str = "broken"
    size: WidthHeight = (40, 30)
    description: str = "nothing"
    colors: tuple[tuple[int, int, int], ...] = ()

    def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
        raise InputError("photo.jpg ends after 3\x07 of 8 bytes", "copy it again")
