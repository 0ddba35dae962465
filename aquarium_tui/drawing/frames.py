"""Frames as drawings: the photo with marks on it."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.model.names import joined
from aquarium_tui.model.picture import Region, Size, part_of, whole
from aquarium_tui.model.tables import Dataset
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.mark import Mark
from aquarium_tui.render.palette import placeholder

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
