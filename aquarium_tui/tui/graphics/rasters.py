"""What is done to pixels before they are encoded: fewer colours, small PNGs, and what has changed.

The figures in comments here and in the back ends were measured with a photo of fine texture and hatched
boxes, which is hard to compress, drawn with 1000 × 562 pixels for 100 × 28 cells. Sizes are those of what is
sent, in base64; quality is the PSNR against the picture as drawn.
"""

import io
from base64 import standard_b64encode
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask

# Colours are chosen from every fourth pixel across and down. Choosing from all takes twice as long, 6 ms, and
# gives a worse 31.6 dB instead of 31.9: the octree spends its colours on rare pixels.
SAMPLE = 4


def reduced(image: Image.Image, colours: int) -> Image.Image:
    """`image`, RGB, as a palette image of at most `colours` colours, without dithering.

    An octree chooses the colours, and each is moved once to the mean of the pixels that it stands for. Median
    cut gives 1 dB more but takes 399 ms instead of 21; dithering looks a little better and takes a third more
    bytes.
    """
    size = (max(1, image.width // SAMPLE), max(1, image.height // SAMPLE))
    sample = image.resize(size, Image.Resampling.NEAREST)
    palette = sample.quantize(colours, method=Image.Quantize.FASTOCTREE, kmeans=1)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def changed_cells(before: Image.Image, after: Image.Image, grid: CellGrid) -> CellMask:
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


# A picture is sent as a change of another if at most this share of its pixels differs. At this share the
# change is a third of the whole (94 kB instead of 288) and takes as long to encode (18 ms); with more, the
# frames that the terminal has to keep cost more than they save.
MOST_CHANGED = 0.35
# One of the 256 palette entries means "unchanged" and is transparent.
UNCHANGED = 0
MOST_COLOURS = 255  # the others
# Level 5 compresses the palette PNG to 288 kB in 12 ms; level 6 takes 17 ms for 283 kB, level 9 takes 47 for
# 281.
COMPRESSION = 5


@dataclass(frozen=True)
class PictureChange:
    """What turns one picture into another.

    Attributes:
        data: PNG in base64, transparent where nothing changes.
        box: Left, top, width and height of where it goes.
    """

    data: str
    box: tuple[int, int, int, int]


def palette_png(image: Image.Image, colours: int) -> str:
    """`image`, RGB, with at most `colours` colours, as a PNG in base64."""
    return _base64(reduced(image, colours))


def difference(before: Image.Image, after: Image.Image) -> PictureChange | None:
    """What turns `before` into `after`, RGB images of the same size; None where too much changes."""
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
    return PictureChange(_base64(picture, transparency=UNCHANGED), box)


def _base64(image: Image.Image, **options: int) -> str:
    """A palette image as a PNG in base64."""
    file = io.BytesIO()
    image.save(file, "png", compress_level=COMPRESSION, **options)
    return standard_b64encode(file.getvalue()).decode()
