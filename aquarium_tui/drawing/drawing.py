"""What a drawing is: a picture made on request, in the region and at the size that are asked for."""

from collections.abc import Hashable
from typing import Protocol

from PIL import Image

from aquarium_tui.model.picture import Region, Size, whole


class Drawing(Protocol):
    """A picture that can be drawn: immutable, cheap to make, drawn only when and where it is looked at."""

    @property
    def key(self) -> Hashable:
        """Drawings with equal keys have equal pixels wherever region and size are equal."""

    @property
    def size(self) -> Size:
        """Width and height of the source in pixels, which regions are measured in."""

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
