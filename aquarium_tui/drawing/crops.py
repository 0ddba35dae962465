"""Crops around objects, and many crops as one picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from aquarium_tui.media.photo import OUTSIDE
from aquarium_tui.model.picture import Color, Region, Size

_LEAST = 24.0
"""Source pixels that a crop shows at least, so that a tiny object keeps its surroundings."""


def crop_region(boxes: ArrayLike, size: Size, margin: float = 0.35, aspect: Size = (1, 1)) -> Region:
    """The region to show one object in, its sides in the proportion of `aspect`.

    It lies inside the picture, with less margin if need be, and reaches beyond only where the object itself
    does not fit in that proportion.

    Args:
        boxes: `(4,)` or `(n, 4)` left, top, right, bottom in pixels: the object's label and inferences.
            One that is not finite is left out; without any, the whole picture is shown.
        size: Width and height of the picture.
        margin: What is added on each side, as a share of the longer side.
        aspect: Width and height of the place where it is shown.
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


def contact_sheet(
    tiles: Sequence[Image.Image | None],
    columns: int,
    tile: Size,
    gap: Size = (0, 0),
    background: Color = OUTSIDE,
) -> Image.Image:
    """The tiles row by row in one picture; None leaves its place empty.

    Args:
        tiles: Pictures of `tile` pixels.
        columns: Tiles in a row.
        tile: Width and height of one in pixels.
        gap: Pixels between two columns and two rows.
        background: Colour of gaps and empty places.
    """
    sheet = Image.new("RGB", sheet_size(len(tiles), columns, tile, gap), background)
    for i, image in enumerate(tiles):
        row, column = divmod(i, columns)
        if image is not None:
            sheet.paste(image, (column * (tile[0] + gap[0]), row * (tile[1] + gap[1])))
    return sheet


def sheet_size(tiles: int, columns: int, tile: Size, gap: Size) -> Size:
    """Width and height in pixels of a sheet of so many tiles; at least one row."""
    rows = max(1, -(-tiles // columns))
    return (columns * (tile[0] + gap[0]) - gap[0], rows * (tile[1] + gap[1]) - gap[1])
