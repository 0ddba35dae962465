"""Sixel: pictures painted into the cells themselves, a piece at a time.

The encoder is textual-image's; it is loaded when the first picture is encoded.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from aquarium_tui.errors import UsageError
from aquarium_tui.tui.graphics.backend import Backend, Plate, goto
from aquarium_tui.tui.graphics.colours import changed_cells, reduced
from aquarium_tui.tui.graphics.geometry import Cells, Grid, Piece, Size

COLOURS, FEW_COLOURS = 52, 16
ROUGH = 4
PIXELS = 40_000
BESIDE = "\x1b[?8452h", "\x1b[?8452l"
_DEFINED = re.compile(r"#(\d+);2;\d+;\d+;\d+")


@dataclass(eq=False)
class SixelPlate(Plate):
    """A picture with few colours.

    Attributes:
        image: Palette image of the grid's extent.
        source: The picture with all its colours, as it was drawn.
        encoded: Pieces of it as sixels.
    """

    image: Image.Image
    source: Image.Image
    encoded: dict[Piece, str] = field(default_factory=dict)

    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """The piece as one sixel picture that leaves the pixels around it alone."""
        if piece not in self.encoded:
            (width, height), (across, down) = self.grid.cell, self.image.size
            left, top = piece[0] * width, piece[1] * height
            right, bottom = min(piece[2] * width, across), min(piece[3] * height, down)
            crop = self.image.crop((left, top, right, bottom))
            self.encoded[piece] = _encode(crop) if left < right and top < bottom else ""
        return f"{goto(at, piece)}{BESIDE[0]}{self.encoded[piece]}{BESIDE[1]}"

    def differs(self, over: Plate) -> Cells:
        """The cells in which another picture was drawn."""
        if not isinstance(over, SixelPlate) or over.rough != self.rough:
            return super().differs(over)
        return changed_cells(over.source, self.source, self.grid)


class Sixel(Backend):
    """The sixel back end.

    Args:
        limit: Largest width and height in pixels that the terminal shows; None where it names none.
    """

    def __init__(self, limit: Size | None = None) -> None:
        self._limit = limit

    def most(self, grid: Grid) -> Size:
        """Every pixel."""
        return grid.extent

    def piece(self, grid: Grid) -> Size:
        """Whole rows, so that a piece is about twenty kilobytes; less where the terminal has a limit."""
        columns, rows = grid.cells[0], max(1, PIXELS // (grid.cells[0] * grid.cell[0] * grid.cell[1]))
        if self._limit:
            columns = max(1, min(columns, self._limit[0] // grid.cell[0]))
            rows = max(1, min(rows, self._limit[1] // grid.cell[1]))
        return columns, rows

    def make(
        self, image: Image.Image, grid: Grid, *, rough: bool = False, over: Plate | None = None
    ) -> SixelPlate:
        """Choose the colours, and enlarge what is smaller than its cells, since the terminal does not."""
        source = image
        if rough:
            size = (max(1, grid.extent[0] // ROUGH), max(1, grid.extent[1] // ROUGH))
            image = image.resize(size, Image.Resampling.BOX)
        few = reduced(image, FEW_COLOURS if rough else COLOURS)
        return SixelPlate(grid, rough, few.resize(grid.extent, Image.Resampling.NEAREST), source)


def _encode(image: Image.Image) -> str:
    """A palette image as sixels.

    A colour is chosen once more after it is defined: not every terminal takes the one for the other. What the
    picture leaves out in its last band stays as it is.
    """
    sixels, options = _encoder()
    text = sixels(image, options(colors=COLOURS))
    return _DEFINED.sub(r"\g<0>#\1", text.replace("\x1bP0;0;0q", "\x1bP0;1;0q", 1))


def _encoder() -> tuple[Callable[..., str], Callable[..., object]]:
    """textual-image's encoder; the modules around it ask the terminal questions when they are loaded."""
    try:
        from textual_image._sixel import SixelOptions, image_to_sixels
    except ImportError as error:
        reason = "the installed textual-image has no sixel encoder"
        raise UsageError(reason, "choose other --graphics, such as half") from error
    return image_to_sixels, SixelOptions
