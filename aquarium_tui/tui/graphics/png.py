"""Small PNGs: a picture with a palette, and what changed between two pictures."""

import io
from base64 import standard_b64encode
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aquarium_tui.tui.graphics.colours import reduced

MOST_CHANGED = 0.35
MOST_COLOURS = 255
UNCHANGED = 0


@dataclass(frozen=True)
class Change:
    """What turns one picture into another.

    Attributes:
        data: PNG in base64, transparent where nothing changes.
        box: Left, top, width and height of where it goes.
    """

    data: str
    box: tuple[int, int, int, int]


def palette_png(image: Image.Image, colours: int) -> str:
    """`image`, RGB, with at most `colours` colours as a PNG in base64."""
    return _base64(reduced(image, colours))


def difference(before: Image.Image, after: Image.Image) -> Change | None:
    """What changes `before` into `after`, RGB images of one size; None where too much changes."""
    old, new = np.asarray(before), np.asarray(after)
    changed = (old != new).any(axis=2)
    if changed.mean() > MOST_CHANGED:
        return None
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        rows = columns = np.zeros(1, np.intp)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    mask = changed[top:bottom, left:right]
    indices = np.full(mask.shape, UNCHANGED, np.uint8)
    palette = [0, 0, 0]
    if mask.any():
        few = reduced(Image.fromarray(new[top:bottom, left:right][mask][None]), MOST_COLOURS)
        indices[mask] = np.asarray(few)[0] + 1
        palette += (few.getpalette() or [])[: int(indices.max()) * 3]
    picture = Image.fromarray(indices, "P")
    picture.putpalette(palette)
    box = (int(left), int(top), int(right - left), int(bottom - top))
    return Change(_base64(picture, transparency=UNCHANGED), box)


def _base64(image: Image.Image, **options: int) -> str:
    """A palette image as a PNG in base64."""
    file = io.BytesIO()
    image.save(file, "png", compress_level=5, **options)
    return standard_b64encode(file.getvalue()).decode()
