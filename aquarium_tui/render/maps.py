r"""Maps of values over a photo: filled, as outlines, or hatched, in the colours of a table.

A map may be of another size than the photo: it is stretched over it. It is sampled at the display's pixels,
so that outlines and hatching are as wide as the display needs at every zoom.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.model.picture import Color, Region, Size, part_of, scales, whole
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.card import placeholder
from aquarium_tui.render.ink import pen_for
from aquarium_tui.render.mark import Mark
from aquarium_tui.render.patterns import falling, rising

Map = NDArray[Any]
Style = Literal["fill", "outline", "/", "\\"]

_GREY_SHARE = 0.75
"""How light a photo is below a map that takes its colours away."""


@dataclass(frozen=True)
class Layer:
    r"""One map over the photo.

    Attributes:
        key: Equal for maps that are equal.
        read: Gives the map `(height, width)` of integers; may take long, may raise `InputError`.
        colors: Colour by value; other values leave the photo as it is.
        style: Filled, the edges between values, or hatched `/` as base or `\` as other.
        opacity: Of what is drawn, 0 to 1.
        rare: Whether a value is shown, the larger first, wherever a display pixel holds any of it.
    """

    key: Hashable
    read: Callable[[], Map] = field(compare=False, repr=False)
    colors: Mapping[int, Color]
    style: Style = "fill"
    opacity: float = 0.6
    rare: bool = False

    @property
    def look(self) -> Hashable:
        """Equal for layers that look the same."""
        return (self.key, tuple(sorted(self.colors.items())), self.style, self.opacity, self.rare)


@dataclass(frozen=True)
class MapDrawing:
    """The photo of a frame under maps.

    Attributes:
        path: Where the photo lies.
        size: Width and height of the frame, which regions and marks are measured in.
        layers: The maps, the lowest first.
        description: The picture in words.
        cache: Photos decoded before.
        grey: Whether the photo is shown without its colours.
        marks: What is drawn above the maps.
    """

    path: str
    size: Size
    layers: tuple[Layer, ...]
    description: str
    cache: PhotoCache = field(compare=False, repr=False)
    grey: bool = False
    marks: tuple[Mark, ...] = ()

    @property
    def key(self) -> Hashable:
        """Equal for drawings that look the same."""
        return (self.path, self.size, tuple(layer.look for layer in self.layers), self.grey, self.marks)

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` as RGB of exactly `pixels`; where a mask cannot be read, a card with the reason."""
        try:
            maps = [layer.read() for layer in self.layers]
        except InputError as error:
            return placeholder(pixels, error.message)
        image = self._photo(region, pixels)
        for layer, values in zip(self.layers, maps, strict=True):
            image = _under(image, layer, sampled(values, self.size, region, pixels, rare=layer.rare), region)
        return draw_marks(image, self.marks, region) if self.marks else image

    def _photo(self, region: Region, pixels: Size) -> Image.Image:
        """The photo; black where it cannot be read, as the maps still say what they say."""
        try:
            photo = open_photo(self.path, self.size)
            image = self.cache.read(photo, part_of(region, self.size, whole(photo.size)), pixels)
        except InputError:
            return Image.new("RGB", pixels)
        if not self.grey:
            return image
        grey = image.convert("L").point([round(v * _GREY_SHARE) for v in range(256)])
        return Image.merge("RGB", (grey, grey, grey))


def sampled(values: Map, size: Size, region: Region, pixels: Size, *, rare: bool = False) -> Map:
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


def _largest(values: Map, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> Map:
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


def _under(image: Image.Image, layer: Layer, values: Map, region: Region) -> Image.Image:
    """The picture under one map, whose values are those at its pixels."""
    strength = np.zeros(_most(values, layer) + 2, np.uint8)
    color = np.zeros((len(strength), 3), np.uint8)
    for value, rgb in layer.colors.items():
        strength[value], color[value] = round(255 * layer.opacity), rgb
    alpha = strength[values]
    if layer.style == "outline":
        alpha = alpha * _edge(values, pen_for(image.size).line)
    elif layer.style != "fill":
        alpha = alpha * _hatching(layer.style, image.size, region)
    drawn = image.copy()
    drawn.paste(Image.fromarray(color[values]), mask=Image.fromarray(alpha))
    return drawn


def _most(values: Map, layer: Layer) -> int:
    return max(int(values.max(initial=0)), *layer.colors, 0)


def _edge(values: Map, line: int) -> NDArray[np.bool_]:
    """Pixels whose right or lower neighbour, `line` pixels away, has another value."""
    edge = np.zeros(values.shape, bool)
    for by in range(1, line + 1):
        edge[:, :-by] |= values[:, :-by] != values[:, by:]
        edge[:-by] |= values[:-by] != values[by:]
    return edge


def _hatching(style: Style, pixels: Size, region: Region) -> NDArray[np.bool_]:
    pen, (across, down) = pen_for(pixels), scales(region, pixels)
    origin = (round(region[0] * across), round(region[1] * down))
    lines = rising if style == "/" else falling
    return lines(pixels, origin, pen.narrow, 0, pen.hatch)
