"""Drawings: what a picture widget shows, drawn on request in the region and at the size it asks for.

A drawing is a frozen value with `key` (equal keys, equal pictures), `size` (regions are given in its pixels),
`description` (the picture in words) and `draw`. Drawing may take long and may be done in any thread.
"""

from collections.abc import Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from PIL import Image

from aquarium_tui.drawing.crops import sheet_size
from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import OUTSIDE, PhotoCache, open_photo
from aquarium_tui.model.picture import Box, Color, Region, Size, part_of, scales, whole
from aquarium_tui.model.tables import Dataset
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.card import placeholder
from aquarium_tui.render.maps import MapDrawing
from aquarium_tui.render.mark import Mark

_THREADS = 4
_UNKNOWN_SIZE = (640, 480)
"""The size of a frame whose image cannot be read: that of the card shown in its place."""


@dataclass(frozen=True)
class FrameDrawing:
    """The photo of a frame with marks on it.

    Attributes:
        path: Where the photo lies; it is opened when it is drawn.
        size: Width and height of the frame, which marks and regions are measured in; a photo of
            another size is scaled to it.
        marks: What is drawn on the photo.
        description: The picture in words.
        cache: Photos decoded before.
        captions: Whether captions are written.
    """

    path: str
    size: Size
    marks: tuple[Mark, ...]
    description: str
    cache: PhotoCache = field(compare=False, repr=False)
    captions: bool = True

    @property
    def key(self) -> Hashable:
        """Equal for drawings that look the same."""
        return (self.path, self.size, self.marks, self.captions)

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` as RGB of exactly `pixels`; where the photo cannot be read, a card with the reason."""
        try:
            photo = open_photo(self.path, self.size)
            image = self.cache.read(photo, part_of(region, self.size, whole(photo.size)), pixels)
        except InputError as error:
            image = placeholder(pixels, error.message)
        return draw_marks(image, self.marks, region, captions=self.captions)


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

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` of the part as RGB of exactly `pixels`."""
        return self.frame.draw(part_of(region, self.size, self.region), pixels)


@dataclass(frozen=True)
class SheetDrawing:
    """Many crops as one picture, row by row.

    Attributes:
        tiles: The crops; None leaves its place empty.
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
        """Width and height in pixels."""
        return sheet_size(len(self.tiles), self.columns, self.tile, self.gap)

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` as RGB of exactly `pixels`: crops drawn at the size they are seen, photos decoded once."""
        sheet = Image.new("RGB", pixels, self.background)
        with ThreadPoolExecutor(_THREADS) as pool:
            for drawn in pool.map(_drawn, _by_photo(_places(self, region, pixels))):
                for image, box in drawn:
                    sheet.paste(image, (box.left, box.top))
        return sheet


_Place = tuple[CropDrawing, Box]


def _places(sheet: SheetDrawing, region: Region, pixels: Size) -> Iterator[_Place]:
    """The crops that are seen when `region` of the sheet is shown at `pixels`, and where."""
    across, down = scales(region, pixels)
    width, height = (
        max(1, round(side * scale)) for side, scale in zip(sheet.tile, (across, down), strict=True)
    )
    for i, tile in enumerate(sheet.tiles):
        row, column = divmod(i, sheet.columns)
        left = round((column * (sheet.tile[0] + sheet.gap[0]) - region[0]) * across)
        top = round((row * (sheet.tile[1] + sheet.gap[1]) - region[1]) * down)
        box = Box(left, top, left + width, top + height)
        if tile and box.right > 0 and box.bottom > 0 and left < pixels[0] and top < pixels[1]:
            yield tile, box


def _by_photo(places: Iterable[_Place]) -> list[list[_Place]]:
    """The crops photo by photo, the one that needs most detail first: its decoding serves the others."""
    ordered = sorted(places, key=lambda one: (one[0].frame.path, one[0].size))
    return [list(group) for _, group in groupby(ordered, key=lambda one: one[0].frame.path)]


def _drawn(places: list[_Place]) -> list[tuple[Image.Image, Box]]:
    return [(tile.draw(whole(tile.size), box.size), box) for tile, box in places]


def image_path(dataset: Dataset, frame: int) -> Path:
    """Where the image of a frame lies."""
    return Path(dataset.images) / (dataset.frames.path[frame] or "")


def frame_size(dataset: Dataset, frame: int) -> tuple[int, int]:
    """Width and height of a frame in pixels, from its image where the dataset does not give them."""
    width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
    if width > 0 and height > 0:
        return width, height
    try:
        return open_photo(image_path(dataset, frame)).size
    except InputError:
        return _UNKNOWN_SIZE
