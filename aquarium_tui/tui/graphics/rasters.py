"""What is done to pixels before they are encoded: fewer colours, small PNGs, and what has changed.

The figures in comments here and in the back ends were measured with a photo of fine texture and hatched
boxes, which is hard to compress, drawn with 1000 × 562 pixels for 100 × 28 cells. Sizes are those of what is
sent, in base64; quality is the PSNR against the picture as drawn.
"""

from base64 import standard_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.media.mask_values import png_file
from aquarium_tui.model.picture import Color
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask

# Colours are chosen from every fourth pixel across and down. Choosing from all takes twice as long, 6 ms, and
# gives a worse 31.6 dB instead of 31.9: the octree spends its colours on rare pixels.
SAMPLE = 4
# Bayer's pattern of 4 × 4, from -6 to 6: about half of the way from one colour to the next in the sky of a
# picture with 255 colours.
_BAYER = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]
_PATTERN = np.array(_BAYER, np.int16) * 12 // 15 - 6
# How far each channel of a pixel may be from a colour that is kept: lines let a 25th of the photo through,
# and more where they are small.
NEAR = 24


def reduced(
    image: Image.Image, colours: int, keep: Sequence[Color] = (), *, smooth: bool = False
) -> Image.Image:
    """`image`, RGB, as a palette image of at most `colours` colours.

    An octree chooses the colours, and each is moved once to the mean of the pixels that it stands for. Median
    cut gives 1 dB more but takes 399 ms instead of 21.

    Args:
        image: The picture.
        colours: How many colours it may have.
        keep: Colours that are among them, as far as they take no more than half of them: those of thin lines
            are in too few pixels to be chosen, and would turn into those of others.
        smooth: Whether gradients are broken up by a pattern of points rather than into bands. It repeats
            every four pixels, so it compresses, but takes more bytes than none.
    """
    kept = list(dict.fromkeys(keep))[: colours // 2]
    size = (max(1, image.width // SAMPLE), max(1, image.height // SAMPLE))
    sample = image.resize(size, Image.Resampling.NEAREST)
    palette = sample.quantize(colours - len(kept), method=Image.Quantize.FASTOCTREE, kmeans=1)
    first = int(np.asarray(palette).max()) + 1
    chosen = (palette.getpalette() or [])[: 3 * first]
    palette.putpalette([*chosen, *(part for color in kept for part in color)])
    few = (_pointed(image) if smooth else image).quantize(palette=palette, dither=Image.Dither.NONE)
    if not kept:
        return few
    indices = np.array(few)
    channels = [np.ascontiguousarray(channel) for channel in np.moveaxis(np.asarray(image), 2, 0)]
    for index, color in enumerate(kept, first):
        indices[_near(channels, color)] = index
    result = Image.fromarray(indices, "P")
    result.putpalette(few.getpalette() or [])
    return result


def _near(channels: Sequence[NDArray[np.uint8]], color: Color) -> CellMask:
    """The pixels that are as good as of `color`; the channels are bytes, below the lowest value they wrap."""
    parts = []
    for channel, value in zip(channels, color, strict=True):
        low, high = max(value - NEAR, 0), min(value + NEAR, 255)
        parts.append(channel - np.uint8(low) <= high - low)
    return np.asarray(np.logical_and.reduce(parts))


def _pointed(image: Image.Image) -> Image.Image:
    """`image` with an ordered pattern added."""
    tiles = (-(-image.height // 4), -(-image.width // 4))
    pattern = np.tile(_PATTERN, tiles)[: image.height, : image.width, None]
    return Image.fromarray(np.clip(np.asarray(image) + pattern, 0, 255).astype(np.uint8))


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
# libdeflate's level 5 takes 13 ms for as many bytes as zlib's level 6 makes in 22; level 1 takes 8 ms for 5 %
# more bytes, which a slow line needs longer for, and level 8 takes 22 ms for 1 % less.
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


def palette_png(image: Image.Image) -> str:
    """A palette image as a PNG in base64."""
    return _base64(image)


def difference(before: Image.Image, after: Image.Image, keep: Sequence[Color] = ()) -> PictureChange | None:
    """What turns `before` into `after`, RGB images of the same size; None where too much changes.

    Args:
        before: What is shown.
        after: What is to be shown.
        keep: Colours that must stay as they are.
    """
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
        few = reduced(Image.fromarray(new[top:bottom, left:right][mask][None]), MOST_COLOURS, keep)
        indices[mask] = np.asarray(few)[0] + 1
        palette += (few.getpalette() or [])[: int(indices.max()) * 3]
    picture = Image.fromarray(indices, "P")
    picture.putpalette(palette)
    box = (int(left), int(top), int(right - left), int(bottom - top))
    return PictureChange(_base64(picture, UNCHANGED), box)


def _base64(image: Image.Image, transparent: int | None = None) -> str:
    """A palette image as a PNG in base64."""
    palette = bytes(image.getpalette() or [])
    return standard_b64encode(png_file(np.asarray(image), palette, COMPRESSION, transparent)).decode()
