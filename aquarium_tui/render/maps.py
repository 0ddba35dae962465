r"""Maps of values over a photo: filled, as outlines, or hatched, in the colours of a table.

A map may be of another size than the photo: it is stretched over it. It is sampled at the display's pixels,
so that outlines and hatching are as wide as the display needs at every zoom.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.model.picture import Color, Region, Size, part_of, scales
from aquarium_tui.render.ink import pen_for
from aquarium_tui.render.mark import falling, rising

ValueMap = NDArray[Any]
"""`(height, width)` integers."""
LayerStyle = Literal["fill", "outline", "/", "\\"]
"""Filled, the edges between values, or hatched: `/` as base, `\\` as other."""


def sampled(values: ValueMap, size: Size, region: Region, pixels: Size, *, rare: bool = False) -> ValueMap:
    """A map at the pixels of the display, `(pixels[1], pixels[0])`; -1 beyond its edges.

    Args:
        values: `(height, width)` integers of any size.
        size: Width and height that it is stretched over.
        region: What is shown, in pixels of `size`.
        pixels: Width and height of the display.
        rare: Take the largest value within each pixel of the display rather than that at its middle.
    """
    height, width = values.shape
    left, top, right, bottom = part_of(region, size, (0, 0, width, height))
    columns, rows = (_edges(*side) for side in ((left, right, pixels[0]), (top, bottom, pixels[1])))
    if rare:
        found = _largest(values, rows, columns)
    else:
        at = [
            np.clip((e[:-1] + e[1:]) / 2, 0, n - 1).astype(np.intp)
            for e, n in ((rows, height), (columns, width))
        ]
        found = values[np.ix_(*at)].astype(np.int32)
    middles = [(e[:-1] + e[1:]) / 2 for e in (rows, columns)]
    beyond = [(m < 0) | (m >= n) for m, n in zip(middles, (height, width), strict=True)]
    found[beyond[0]] = -1
    found[:, beyond[1]] = -1
    return found


def _edges(start: float, end: float, n: int) -> NDArray[np.float64]:
    return start + (end - start) * np.arange(n + 1) / n


def _largest(values: ValueMap, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> ValueMap:
    """The largest value in each pixel of the display."""
    firsts = [
        np.clip(edges[:-1], 0, n - 1).astype(np.intp)
        for edges, n in ((rows, values.shape[0]), (columns, values.shape[1]))
    ]
    lasts = [
        int(np.clip(np.ceil(edges[-1]), 1, n))
        for edges, n in ((rows, values.shape[0]), (columns, values.shape[1]))
    ]
    seen = values[: lasts[0], : lasts[1]]
    down = np.maximum.reduceat(seen, np.minimum(firsts[0], lasts[0] - 1), axis=0)
    return np.maximum.reduceat(down, np.minimum(firsts[1], lasts[1] - 1), axis=1).astype(np.int32)


def draw_map(
    image: Image.Image,
    values: ValueMap,
    region: Region,
    colors: Mapping[int, Color],
    *,
    style: LayerStyle,
    opacity: float,
) -> Image.Image:
    """The picture under one map, as a new picture.

    Args:
        image: What is shown (RGB).
        values: The map at its pixels, as `sampled` gives it.
        region: What `image` shows, in source pixels; hatching keeps its place in the source.
        colors: Colour by value; other values leave the picture as it is.
        style: How the map is drawn.
        opacity: How much of the picture it hides, 0 to 1.
    """
    strength = np.zeros(max(int(values.max(initial=0)), *colors, 0) + 2, np.uint8)
    color = np.zeros((len(strength), 3), np.uint8)
    for value, rgb in colors.items():
        strength[value], color[value] = round(255 * opacity), rgb
    alpha = strength[values]
    if style == "outline":
        alpha = alpha * _edge(values, pen_for(image.size).line)
    elif style != "fill":
        alpha = alpha * _hatching(style, image.size, region)
    drawn = image.copy()
    drawn.paste(Image.fromarray(color[values]), mask=Image.fromarray(alpha))
    return drawn


def _edge(values: ValueMap, line: int) -> NDArray[np.bool_]:
    """Pixels whose right or lower neighbour, `line` pixels away, has another value."""
    edge = np.zeros(values.shape, bool)
    for by in range(1, line + 1):
        edge[:, :-by] |= values[:, :-by] != values[:, by:]
        edge[:-by] |= values[:-by] != values[by:]
    return edge


def _hatching(style: LayerStyle, pixels: Size, region: Region) -> NDArray[np.bool_]:
    pen, (across, down) = pen_for(pixels), scales(region, pixels)
    origin = (round(region[0] * across), round(region[1] * down))
    lines = rising if style == "/" else falling
    return lines(pixels, origin, pen.narrow, 0, pen.hatch)
