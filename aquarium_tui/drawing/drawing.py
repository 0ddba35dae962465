"""What a drawing is: a picture made on request, in the region and size asked for; frames as drawings."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.names import joined
from aquarium_tui.model.picture import Color, Region, Size, part_of, whole
from aquarium_tui.model.tables import Dataset
from aquarium_tui.render.brush import draw_marks
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


def picture(drawing: Drawing, width: int | None = None) -> Image.Image:
    """All of a drawing as an RGB picture, for a file.

    Args:
        drawing: What to draw.
        width: Of the picture in pixels, its height follows; None takes the drawing's own size.
    """
    across, down = drawing.size
    size = drawing.size if width is None else (width, max(1, round(down * width / across)))
    return drawing.draw(whole(drawing.size), size)


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
        try:
            photo = open_photo(self.path, self.size)
            image = self.cache.read(photo, part_of(region, self.size, whole(photo.size)), pixels)
        except InputError as error:
            image = placeholder(pixels, error.message)
        return draw_marks(image, self.marks, region, captions=self.captions)


def image_path(dataset: Dataset, frame: int) -> str:
    """The path or URL of the image of a frame."""
    return joined(dataset.images, dataset.frames.path[frame] or "")


def frame_size(dataset: Dataset, frame: int) -> tuple[int, int]:
    """Width and height of a frame in pixels, from its image where the dataset does not give them."""
    width, height = int(dataset.frames.width[frame]), int(dataset.frames.height[frame])
    if width > 0 and height > 0:
        return width, height
    try:
        return open_photo(image_path(dataset, frame)).size
    except InputError:
        return _UNKNOWN_SIZE
