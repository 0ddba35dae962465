"""Sixel: pictures painted into the cells themselves, a piece at a time.

The encoder is textual-image's, and this is the only module that uses it. It is a private part of that
package, because the public ones around it ask the terminal questions when they are loaded, and would paint by
themselves; it is loaded when the first picture is encoded. It must exist in 0.12, the last version that
installs on Python 3.11, and in the current one; `pyproject.toml` bounds the versions accordingly.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PIL import Image

from aquarium_tui.errors import UsageError
from aquarium_tui.render.captions import PlacedCaption
from aquarium_tui.tui.graphics.backend import PLAIN, Backend, Care, Plate, block, goto
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask, Piece, WidthHeight
from aquarium_tui.tui.graphics.rasters import changed_cells, reduced

# 52 colours: 316 kB with 27.6 dB in 72 ms. The size grows little beyond 32, since runs of one colour are
# short anyway, but terminals with 64 registers share them with the colours of text. A first impression has 16
# colours besides those of marks, in blocks two cells wide, as high as three bands of sixels: 20 to 25 kB.
# On a fast line there are 120, so that skies have no bands.
COLOURS, FEW_COLOURS, MANY_COLOURS = 52, 16, 120
BLOCK = (20, 18)  # width and height of a block of a first impression in pixels
# The 316 kB above are of 562,000 pixels.
BYTES_PER_PIXEL = 0.56
# Leave the cursor beside the sixel instead of below it, so that one in the last row never scrolls the screen.
BESIDE = "\x1b[?8452h", "\x1b[?8452l"
_DEFINED = re.compile(r"#(\d+);2;\d+;\d+;\d+")


@dataclass(eq=False)
class SixelPlate(Plate):
    """A picture with few colours.

    Attributes:
        image: Palette image of the grid's extent.
        source: The picture with all its colours, as it was drawn.
        encoded: Pieces of it as sixels, kept because they are painted again whenever something covered them.
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
            # Cells at the edge may have no pixels, and Pillow cuts out nothing that ends before it begins.
            there = left < right and top < bottom
            self.encoded[piece] = _encode(self.image.crop((left, top, right, bottom))) if there else ""
        return f"{goto(at, piece)}{BESIDE[0]}{self.encoded[piece]}{BESIDE[1]}"

    def differs(self, over: Plate) -> CellMask:
        """The cells in which another picture was drawn."""
        if not isinstance(over, SixelPlate) or over.rough != self.rough:
            return super().differs(over)
        return changed_cells(over.source, self.source, self.grid)


class Sixel(Backend):
    """The sixel back end.

    Args:
        limit: Largest width and height in pixels that the terminal shows; None where it names none.
    """

    def __init__(self, limit: WidthHeight | None = None) -> None:
        self._limit = limit

    def most(self, grid: CellGrid) -> WidthHeight:
        """Every pixel."""
        return grid.extent

    def piece(self, grid: CellGrid, size: int) -> WidthHeight:
        """Whole rows, or a part of one; less where the terminal has a limit.

        A larger sixel is not shown at all: xterm's limit is 1000 × 1000 pixels unless it is raised.
        """
        columns, rows = block(grid, size / BYTES_PER_PIXEL)
        if self._limit:
            columns = max(1, min(columns, self._limit[0] // grid.cell[0]))
            rows = max(1, min(rows, self._limit[1] // grid.cell[1]))
        return columns, rows

    def bytes(self, grid: CellGrid) -> int:
        """What its pixels take."""
        return round(grid.extent[0] * grid.extent[1] * BYTES_PER_PIXEL)

    def make(
        self,
        image: Image.Image,
        grid: CellGrid,
        care: Care = PLAIN,
        *,
        over: Plate | None = None,
        captions: Sequence[PlacedCaption] = (),
    ) -> SixelPlate:
        """Choose the colours, and enlarge what is smaller than its cells, since the terminal does not."""
        source = image
        if care.rough:
            size = (max(1, grid.extent[0] // BLOCK[0]), max(1, grid.extent[1] // BLOCK[1]))
            image = image.resize(size, Image.Resampling.BOX)
        colours = FEW_COLOURS if care.rough else MANY_COLOURS if care.fine else COLOURS
        few = reduced(image, colours, care.keep)
        return SixelPlate(grid, care.rough, few.resize(grid.extent, Image.Resampling.NEAREST), source)


def _encode(image: Image.Image) -> str:
    """A palette image as sixels.

    Defining a colour selects it on a VT340 but not in xterm and foot, so each is selected once more. The
    second parameter, 1, keeps what a picture leaves out as it is: its last band of six pixels may end in
    another cell.
    """
    sixels, options = _encoder()
    text = sixels(image, options(colors=256))
    return _DEFINED.sub(r"\g<0>#\1", text.replace("\x1bP0;0;0q", "\x1bP0;1;0q", 1))


def _encoder() -> tuple[Callable[..., str], Callable[..., object]]:
    """textual-image's encoder: an image and its options in, sixels out.

    Raises:
        UsageError: This version of textual-image has none.
    """
    try:
        from textual_image._sixel import SixelOptions, image_to_sixels
    except ImportError as error:
        reason = "The installed textual-image has no sixel encoder that this program knows."
        raise UsageError(
            reason, "Choose other --graphics, such as half, or install textual-image 0.14."
        ) from error
    return image_to_sixels, SixelOptions
