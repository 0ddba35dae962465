"""Maps of values over the photo of a frame, drawn on request."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.model.picture import Color, Region, Size, part_of, whole
from aquarium_tui.render.brush import LayerStyle, ValueMap, draw_map, draw_marks, sampled
from aquarium_tui.render.mark import Mark, mark_colors
from aquarium_tui.render.palette import placeholder

_GREY_SHARE = 0.75
"""How bright a photo without colours is below a map: darker, so that the map stands out."""


@dataclass(frozen=True)
class Layer:
    r"""One map over the photo.

    Attributes:
        key: Equal for maps that are equal.
        read: Gives the map `(height, width)` of integers; may take long, may raise `InputError`.
        colors: Colour by value; other values leave the photo as it is.
        style: Filled, the edges between values, or hatched `/` as base or `\` as other.
        opacity: How much of the photo it hides, 0 to 1.
        rare: Whether each display pixel shows the largest value in it rather than that at its middle, so that
            none is lost.
    """

    key: Hashable
    read: Callable[[], ValueMap] = field(compare=False, repr=False)
    colors: Mapping[int, Color]
    style: LayerStyle = "fill"
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
        path: The path of the photo.
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

    @property
    def colors(self) -> tuple[Color, ...]:
        """Those of lines: what is filled lets the photo through."""
        lines = [color for layer in self.layers if layer.style != "fill" for color in layer.colors.values()]
        return (*mark_colors(self.marks), *dict.fromkeys(lines))

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """`region` as RGB of exactly `pixels`; where a mask cannot be read, a card with the reason."""
        try:
            maps = [layer.read() for layer in self.layers]
        except InputError as error:
            return placeholder(pixels, error.message)
        image = self._photo(region, pixels)
        for layer, values in zip(self.layers, maps, strict=True):
            shown = sampled(values, self.size, region, pixels, rare=layer.rare)
            image = draw_map(image, shown, region, layer.colors, style=layer.style, opacity=layer.opacity)
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
