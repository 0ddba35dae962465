"""What a drawing is: a picture made on request, in the region and size asked for; frames as drawings."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from PIL import Image, ImageDraw

from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.names import joined
from aquarium_tui.model.picture import Color, Region, Size, part_of, whole
from aquarium_tui.model.tables import Dataset
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.captions import PlacedCaption, place_words
from aquarium_tui.render.mark import Mark, mark_colors
from aquarium_tui.render.palette import Palette, placeholder


@dataclass(frozen=True)
class ClassColors:
    """The colour of each class: its own, unless the palette holds for all, else one of the palette.

    Attributes:
        classes: The class map.
        palette: Colours for classes that name none.
    """

    classes: ClassMap
    palette: Palette

    def entry(self, position: int) -> Color:
        """The colour of the class at a position of the class map."""
        own = None if self.palette.only else self.classes.entries[position].color
        return own or self.palette.class_color(position)

    def evaluated(self, position: int) -> Color:
        """The colour of an evaluated class: that of its first entry in the class map."""
        return self.entry(self.classes.evaluated.tolist().index(position))

    def evaluated_hex(self, position: int) -> str:
        """The colour of an evaluated class as `#rrggbb`."""
        return "#" + bytes(self.evaluated(position)).hex()


class Drawing(Protocol):
    """A picture that can be drawn: immutable, cheap to make, drawn only when and where it is looked at."""

    @property
    def key(self) -> Hashable:
        """Drawings with equal keys have equal pixels wherever region and size are equal."""

    @property
    def size(self) -> Size:
        """Width and height of the source in pixels, which regions are measured in."""

    @property
    def colors(self) -> tuple[Color, ...]:
        """Colours that mean something, and so must be seen as they are; those that matter most first."""

    @property
    def description(self) -> str:
        """One or more sentences that say what it shows."""

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """Draw `region` of the source as an RGB image of exactly `pixels`; may take long, in any thread.

        Raises:
            AquariumError: The picture cannot be drawn; the reason is shown in its place.
        """


@dataclass(frozen=True)
class CellPicture:
    """A picture made for the cells of a terminal.

    Attributes:
        image: RGB.
        captions: What is to be written over it as text; places in columns and rows.
    """

    image: Image.Image
    captions: tuple[PlacedCaption, ...] = ()


@runtime_checkable
class CaptionedDrawing(Protocol):
    """A drawing whose captions can be left to the terminal."""

    def for_cells(self, region: Region, pixels: Size, cells: Size) -> CellPicture:
        """As `draw`, but captions are text over so many columns and rows."""


def for_cells(drawing: Drawing, region: Region, pixels: Size, cells: Size) -> CellPicture:
    """Draw for a terminal that shows pictures as characters.

    Args:
        drawing: What to draw.
        region: Left, top, right, bottom of what is shown of it.
        pixels: Width and height of the image.
        cells: Columns and rows that it covers.
    """
    if isinstance(drawing, CaptionedDrawing):
        return drawing.for_cells(region, pixels, cells)
    return CellPicture(drawing.draw(region, pixels))


def picture(drawing: Drawing, width: int | None = None) -> Image.Image:
    """All of a drawing as an RGB picture, for a file.

    Args:
        drawing: What to draw.
        width: Of the picture in pixels, its height follows; None takes the drawing's own size.
    """
    across, down = drawing.size
    size = drawing.size if width is None else (width, max(1, round(down * width / across)))
    return drawing.draw(whole(drawing.size), size)


_MOST = 0.5
"""The share of a frame from which on its boxes are too small, in cells, for hatching: lines of one pixel are
a fifth of them."""
_UNKNOWN_SIZE = (640, 480)
"""The size of a frame whose image cannot be read: that of the card shown in its place."""


@dataclass(frozen=True)
class FrameDrawing:
    """The photo of a frame with marks on it.

    Attributes:
        path: The path of the photo, which is opened when it is drawn.
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

    @property
    def colors(self) -> tuple[Color, ...]:
        """Those of the marks."""
        return mark_colors(self.marks)

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` as RGB of exactly `pixels`; where the photo cannot be read, a card with the reason."""
        return draw_marks(self._photo(region, pixels), self.marks, region, captions=self.captions)

    def for_cells(self, region: Region, pixels: Size, cells: Size) -> CellPicture:
        """As `draw`, with captions as text; hatching only where a part is seen closely."""
        photo = self._photo(region, pixels)
        image = draw_marks(photo, self.marks, region, captions=False, hatching=not self._is_most(region))
        captions = place_words(self.marks, region, cells) if self.captions else []
        draw, across, down = ImageDraw.Draw(image), pixels[0] / cells[0], pixels[1] / cells[1]
        for one in captions:
            if one.leader:
                ends = [(round((x + 0.5) * across), round((y + 0.5) * down)) for x, y in one.leader]
                draw.line(ends, fill=one.mark.color)
        return CellPicture(image, tuple(captions))

    def _photo(self, region: Region, pixels: Size) -> Image.Image:
        try:
            photo = open_photo(self.path, self.size)
            return self.cache.read(photo, part_of(region, self.size, whole(photo.size)), pixels)
        except InputError as error:
            return placeholder(pixels, error.message)

    def _is_most(self, region: Region) -> bool:
        """Whether a region is the whole frame, or nearly."""
        left, top, right, bottom = region
        return (right - left) * (bottom - top) > _MOST * self.size[0] * self.size[1]


def image_path(dataset: Dataset, frame: int) -> str:
    """The path or URL of the image of a frame."""
    return joined(dataset.images, dataset.frames.path[frame] or "")


_TYPICAL = 1_000
"""Frames whose sizes are looked at: datasets have one size, or the sizes of a few cameras."""


def typical_size(dataset: Dataset) -> tuple[int, int]:
    """Width and height of the frame whose aspect is in the middle; those of a card where none is known."""
    width, height = dataset.frames.width[:_TYPICAL], dataset.frames.height[:_TYPICAL]
    known = np.flatnonzero((width > 0) & (height > 0))
    if not len(known):
        return _UNKNOWN_SIZE
    middle = known[np.argsort(width[known] / height[known], kind="stable")[len(known) // 2]]
    return int(width[middle]), int(height[middle])


def frame_size(dataset: Dataset, frame: int) -> tuple[int, int]:
    """Width and height of a frame in pixels, from its image where the dataset does not give them."""
    width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
    if width > 0 and height > 0:
        return width, height
    try:
        return open_photo(image_path(dataset, frame)).size
    except InputError:
        return _UNKNOWN_SIZE
