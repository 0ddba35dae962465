"""Where a picture goes: parts of the source, cells of the terminal, pixels in between."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Left, top, right, bottom in pixels of the source.
SourceRect = tuple[float, float, float, float]
# In pixels, or columns and rows; the name of the value says which.
WidthHeight = tuple[int, int]
# One value per cell: (rows, columns).
CellMask = NDArray[np.bool_]
# Left, top, right, bottom of some cells of a picture, counted from its top left one.
Piece = tuple[int, int, int, int]


# How near one can zoom: a pixel of the source is then an eighth of the longer side of the view, eight pixels
# across, beyond which there is nothing more to see.
NEAREST = 8.0


@dataclass(frozen=True)
class CellGrid:
    """The cells that a picture covers.

    Attributes:
        cells: Columns and rows. cell: Width and height of a cell in pixels. extent: Width and height in
        pixels, with the aspect of the source; less than a cell short of the cells.
    """

    cells: WidthHeight
    cell: WidthHeight
    extent: WidthHeight


def whole(size: WidthHeight) -> SourceRect:
    """All of a source of `size` pixels."""
    return (0.0, 0.0, float(size[0]), float(size[1]))


def fit(region: SourceRect, room: WidthHeight, cell: WidthHeight) -> CellGrid:
    """The grid that shows `region` as large as possible with its aspect.

    Args:
        region: Left, top, right, bottom in source pixels.
        room: Columns and rows available.
        cell: Width and height of a cell in pixels.
    """
    width, height = region[2] - region[0], region[3] - region[1]
    scale = min(room[0] * cell[0] / width, room[1] * cell[1] / height)
    columns = min(max(round(width * scale / cell[0]), 1), room[0])
    rows = min(max(round(height * scale / cell[1]), 1), room[1])
    scale = min(columns * cell[0] / width, rows * cell[1] / height)
    return CellGrid((columns, rows), cell, (max(1, round(width * scale)), max(1, round(height * scale))))


def gain_below(source: WidthHeight, room: WidthHeight, cell: WidthHeight, beside: int, below: int) -> float:
    """How many times as large, in area, a picture is with a list below it as with one beside it.

    Args:
        source: Width and height of the picture in any unit.
        room: Columns and rows for both; the picture has at least one of each.
        cell: Width and height of a cell in pixels.
        beside: Columns of a list beside it.
        below: Rows of a list below it.
    """
    columns, rows = max(1, room[0]), max(1, room[1])
    left = fit(whole(source), (max(1, columns - beside), rows), cell).extent
    above = fit(whole(source), (columns, max(1, rows - below)), cell).extent
    return above[0] * above[1] / (left[0] * left[1])


def pixels(region: SourceRect, most: WidthHeight) -> WidthHeight:
    """Width and height to draw: those of the source, or `most`, what can be shown, where that is less.

    Sending more than the source has would be a waste, since the terminal enlarges it just as well. Only where
    it has less than half of what can be shown is it drawn larger, by a whole factor: boxes and captions drawn
    over it would be coarse otherwise.
    """
    width, height = max(1, round(region[2] - region[0])), max(1, round(region[3] - region[1]))
    multiple = max(1, -(-most[0] // (2 * width)))
    return max(1, min(width * multiple, most[0])), max(1, min(height * multiple, most[1]))


def zoomed(
    region: SourceRect, size: WidthHeight, view: WidthHeight, factor: float, at: tuple[float, float]
) -> SourceRect:
    """What is seen after zooming by `factor` about the source point `at`.

    Args:
        region: What is seen now.
        size: Width and height of the source.
        view: Width and height of the view in pixels; as much of it as possible is filled.
        factor: More than 1 zooms in.
        at: The point of the source that stays where it is.
    """
    scale = min(view[0] / (region[2] - region[0]), view[1] / (region[3] - region[1])) * factor
    scale = min(scale, max(view) / NEAREST)
    width, height = min(size[0], view[0] / scale), min(size[1], view[1] / scale)
    across = (at[0] - region[0]) / (region[2] - region[0])
    down = (at[1] - region[1]) / (region[3] - region[1])
    left, top = at[0] - across * width, at[1] - down * height
    return moved((left, top, left + width, top + height), size)


def moved(region: SourceRect, size: WidthHeight, dx: float = 0.0, dy: float = 0.0) -> SourceRect:
    """`region` shifted by `dx`, `dy` of its own width and height, and kept inside the source."""
    width, height = region[2] - region[0], region[3] - region[1]
    left = min(max(region[0] + dx * width, 0.0), max(size[0] - width, 0.0))
    top = min(max(region[1] + dy * height, 0.0), max(size[1] - height, 0.0))
    return (left, top, left + width, top + height)


def pieces(mask: CellMask, most: WidthHeight) -> Iterator[Piece]:
    """Disjoint rectangles (left, top, right, bottom) that together are the true cells of `mask`.

    Args:
        mask: What is to be cut up, (rows, columns).
        most: The most columns and rows in one rectangle.
    """
    columns, rows = most
    for start in range(0, len(mask), rows):
        for left, top, right, bottom in _rectangles(mask[start : start + rows]):
            for first in range(left, right, columns):
                yield (first, top + start, min(first + columns, right), bottom + start)


def _rectangles(mask: CellMask) -> Iterator[Piece]:
    """Disjoint rectangles that are the true cells of `mask`; equal runs in neighbouring rows become one."""
    grown: dict[tuple[int, int], int] = {}
    for y, row in enumerate([*mask, np.zeros(mask.shape[1], np.bool_)]):
        found = _runs(row)
        for span in [span for span in grown if span not in found]:
            yield (span[0], grown.pop(span), span[1], y)
        for span in found:
            grown.setdefault(span, y)


def _runs(row: CellMask) -> list[tuple[int, int]]:
    """First and one-past-last index of every run of true values in `row`."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.view(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
