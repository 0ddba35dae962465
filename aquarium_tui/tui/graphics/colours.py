"""Pictures with few colours, chosen fast, and where pictures differ."""

import numpy as np
from PIL import Image

from aquarium_tui.tui.graphics.geometry import Cells, Grid

SAMPLE = 4


def reduced(image: Image.Image, colours: int) -> Image.Image:
    """`image`, RGB, as a palette image of at most `colours` colours, without dithering.

    The colours are those of an octree over every fourth pixel across and down, moved once to the mean of what
    falls to them. Dithering would look a little better and take a third more bytes.
    """
    size = (max(1, image.width // SAMPLE), max(1, image.height // SAMPLE))
    sample = image.resize(size, Image.Resampling.NEAREST)
    palette = sample.quantize(colours, method=Image.Quantize.FASTOCTREE, kmeans=1)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def changed_cells(before: Image.Image, after: Image.Image, grid: Grid) -> Cells:
    """The cells of `grid`, (rows, columns), in which two RGB images stretched over it differ."""
    columns, rows = grid.cells
    if before.size != after.size or after.width < columns or after.height < rows:
        return np.ones((rows, columns), np.bool_)
    changed = (np.asarray(before) != np.asarray(after)).any(axis=2)
    tops = np.arange(rows) * grid.cell[1] * after.height // grid.extent[1]
    lefts = np.arange(columns) * grid.cell[0] * after.width // grid.extent[0]
    tops, lefts = tops[tops < after.height], lefts[lefts < after.width]
    cells = np.zeros((rows, columns), np.bool_)
    down = np.logical_or.reduceat(changed, tops, axis=0)
    cells[: len(tops), : len(lefts)] = np.logical_or.reduceat(down, lefts, axis=1)
    return cells
