"""What a picture widget asks for: a drawing, which part of it, and for which cells."""

from collections.abc import Hashable
from dataclasses import dataclass

from aquarium_tui.tui.graphics.backend import Drawing
from aquarium_tui.tui.graphics.geometry import Grid, Region, Size


@dataclass(frozen=True, eq=False)
class Request:
    """A drawing to be shown.

    Attributes:
        drawing: What to draw.
        region: Left, top, right, bottom in source pixels.
        grid: The cells it is to cover.
        pixels: Width and height to draw.
    """

    drawing: Drawing
    region: Region
    grid: Grid
    pixels: Size

    @property
    def key(self) -> Hashable:
        """Requests with equal keys ask for the same."""
        return self.drawing.key, self.region, self.grid, self.pixels
