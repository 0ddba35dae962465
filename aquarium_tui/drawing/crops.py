"""Crops: parts of frames, and strips of many of them as one picture."""

from collections.abc import Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from aquarium_tui.drawing.drawing import CellPicture, FrameDrawing, for_cells
from aquarium_tui.drawing.maps import MapDrawing
from aquarium_tui.media.photo import OUTSIDE
from aquarium_tui.model.picture import Color, PixelBox, Region, Size, part_of, scales, whole

_LEAST = 24.0
"""Source pixels that a crop shows at least, so that a tiny object keeps its surroundings."""
_THREADS = 4
"""Photos decoded at once for a strip; Pillow decodes without the interpreter's lock."""


def crop_region(boxes: ArrayLike, size: Size, margin: float = 0.35, aspect: Size = (1, 1)) -> Region:
    """The region to show one object in, its sides in the proportion of `aspect`.

    It lies inside the picture, with less margin if need be, and reaches beyond only where the object itself
    does not fit in that proportion.

    Args:
        boxes: `(4,)` or `(n, 4)` left, top, right, bottom in pixels: the object's label and inferences.
            One that is not finite is left out; without any, the whole picture is shown.
        size: Width and height of the picture.
        margin: What is added on each side, as a share of the longer side.
        aspect: Width and height of the place where it is shown, in any unit.
    """
    rows = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    rows = np.clip(rows[np.isfinite(rows).all(axis=1)], 0, [*size, *size])
    if not len(rows):
        rows, margin = np.array([[0.0, 0.0, *size]]), 0.0
    low, high = rows[:, :2].min(axis=0), rows[:, 2:].max(axis=0)
    tight = high - low
    unit = np.array(aspect, dtype=np.float64)
    needed = (tight / unit).max()
    wanted = max(((tight + 2 * margin * tight.max()) / unit).max(), _LEAST / unit.min())
    sides = unit * max(needed, min(wanted, (size / unit).min()))
    start = np.clip((low + high - sides) / 2, np.minimum(0, size - sides), np.maximum(0, size - sides))
    left, top = start.tolist()
    right, bottom = (start + sides).tolist()
    return (left, top, right, bottom)


@dataclass(frozen=True)
class CropDrawing:
    """A part of a frame, or of its maps.

    Attributes:
        frame: The whole.
        region: Left, top, right, bottom of the part in the frame's pixels.
        description: The part in words.
    """

    frame: FrameDrawing | MapDrawing
    region: Region
    description: str = ""

    @property
    def key(self) -> Hashable:
        """Equal for drawings that look the same."""
        return (self.frame.key, self.region)

    @property
    def size(self) -> Size:
        """Width and height of the part in whole pixels."""
        left, top, right, bottom = self.region
        return (max(1, round(right - left)), max(1, round(bottom - top)))

    @property
    def colors(self) -> tuple[Color, ...]:
        """Those of the whole."""
        return self.frame.colors

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` of the part as RGB of exactly `pixels`."""
        return self.frame.draw(part_of(region, self.size, self.region), pixels)

    @property
    def within(self) -> "CropDrawing":
        """What of the part is in the frame; the part itself where nothing is."""
        (left, top, right, bottom), (width, height) = self.region, self.frame.size
        inside = (max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height)))
        empty = inside[0] >= inside[2] or inside[1] >= inside[3]
        return self if empty or inside == self.region else replace(self, region=inside)

    def for_cells(self, region: Region, pixels: Size, cells: Size) -> CellPicture:
        """The same with captions as text over so many columns and rows."""
        return for_cells(self.frame, part_of(region, self.size, self.region), pixels, cells)


def all_of(drawing: FrameDrawing | MapDrawing) -> CropDrawing:
    """All of a frame as a crop."""
    return CropDrawing(drawing, whole(drawing.size), drawing.description)


@dataclass(frozen=True)
class SheetDrawing:
    """A strip of crops as one picture, row by row.

    Attributes:
        tiles: The crops, each as large as possible in its place; None leaves its place empty.
        columns: Crops in a row.
        tile: Width and height of one in pixels.
        gap: Pixels between two columns and two rows.
        description: The sheet in words.
        background: Colour between the crops.
    """

    tiles: tuple[CropDrawing | None, ...]
    columns: int
    tile: Size
    gap: Size
    description: str
    background: Color = OUTSIDE

    @property
    def key(self) -> Hashable:
        """Equal for drawings that look the same."""
        tiles = tuple(tile and tile.key for tile in self.tiles)
        return (tiles, self.columns, self.tile, self.gap, self.background)

    @property
    def size(self) -> Size:
        """Width and height in pixels; at least one row."""
        rows = max(1, -(-len(self.tiles) // self.columns))
        across, down = (side + gap for side, gap in zip(self.tile, self.gap, strict=True))
        return (self.columns * across - self.gap[0], rows * down - self.gap[1])

    @property
    def colors(self) -> tuple[Color, ...]:
        """Those of the crops."""
        return tuple(dict.fromkeys(color for tile in self.tiles if tile for color in tile.colors))

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` as RGB of exactly `pixels`: crops drawn at the size they are seen, photos decoded once."""
        sheet = Image.new("RGB", pixels, self.background)
        with ThreadPoolExecutor(_THREADS) as pool:
            for drawn in pool.map(_drawn, _by_photo(_places(self, region, pixels))):
                for image, box in drawn:
                    sheet.paste(image, (box.left, box.top))
        return sheet


_TilePlace = tuple[CropDrawing, PixelBox]


def _places(sheet: SheetDrawing, region: Region, pixels: Size) -> Iterator[_TilePlace]:
    """The crops that are seen when `region` of the sheet is shown at `pixels`, and where."""
    across, down = scales(region, pixels)
    width, height = (
        max(1, round(side * scale)) for side, scale in zip(sheet.tile, (across, down), strict=True)
    )
    for i, tile in enumerate(sheet.tiles):
        row, column = divmod(i, sheet.columns)
        left = round((column * (sheet.tile[0] + sheet.gap[0]) - region[0]) * across)
        top = round((row * (sheet.tile[1] + sheet.gap[1]) - region[1]) * down)
        if tile is None:
            continue
        tile = tile.within  # noqa: PLW2901
        box = _middle(tile.size, PixelBox(left, top, left + width, top + height))
        if box.right > 0 and box.bottom > 0 and left < pixels[0] and top < pixels[1]:
            yield tile, box


def _middle(size: Size, place: PixelBox) -> PixelBox:
    """Where something of a size lies in the middle of a place, as large as possible to the pixel."""
    width, height = place.size
    scale = min(width / size[0], height / size[1])
    across, down = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    across, down = (full if full - part <= 1 else part for part, full in ((across, width), (down, height)))
    left, top = place.left + (width - across) // 2, place.top + (height - down) // 2
    return PixelBox(left, top, left + across, top + down)


def _by_photo(places: Iterable[_TilePlace]) -> list[list[_TilePlace]]:
    """The crops photo by photo, the one that needs most detail first: its decoding serves the others."""
    ordered = sorted(places, key=lambda one: (one[0].frame.path, one[0].size))
    return [list(group) for _, group in groupby(ordered, key=lambda one: one[0].frame.path)]


def _drawn(places: list[_TilePlace]) -> list[tuple[Image.Image, PixelBox]]:
    return [(tile.draw(whole(tile.size), box.size), box) for tile, box in places]
