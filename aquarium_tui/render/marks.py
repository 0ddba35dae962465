r"""Boxes on a picture: labels solid, base dashed and hatched `/`, other dashed and hatched `\`."""

from collections.abc import Sequence

from PIL import Image

from aquarium_tui.render.brush import Brush
from aquarium_tui.render.captions import place_captions
from aquarium_tui.render.mark import Emphasis, Kind, Mark, place
from aquarium_tui.render.pen import WEIGHTS, pen_for
from aquarium_tui.render.region import Region

__all__ = ["Emphasis", "Kind", "Mark", "draw_marks"]

_BACK_TO_FRONT: tuple[Emphasis, ...] = ("dim", "normal", "bright")


def draw_marks(
    image: Image.Image, marks: Sequence[Mark], region: Region, *, captions: bool = True
) -> Image.Image:
    """`image` with marks on it, as a new picture.

    Lines and hatching are measured in pixels of `image`, whatever the zoom. Marks that recede lie under
    normal ones, these under bright ones, and large ones under small ones.

    Args:
        image: The shown region (RGB) at the size at which it is displayed.
        marks: Boxes in source pixels.
        region: What `image` shows, in source pixels.
        captions: Whether captions are written.
    """
    placed = place(marks, region, image.size)
    if not placed:
        return image.copy()
    pen = pen_for(image.size)
    brush = Brush(image.size, region, pen)
    for emphasis in _BACK_TO_FRONT:
        boxes = [one for one in placed if one.mark.emphasis == emphasis and not one.mark.whole]
        brush.draw(boxes, WEIGHTS[emphasis])
    drawn = brush.ink.over(image)
    for plate, box in place_captions(placed, image.size, pen.letters) if captions else ():
        drawn.paste(plate, (box.left, box.top), plate)
    return drawn
