"""Inline images of iTerm2, known to WezTerm, Konsole, mintty and VS Code too: JPEGs painted into cells."""

import io
from base64 import standard_b64encode
from dataclasses import dataclass, field

from PIL import Image

from aquarium_tui.tui.graphics.backend import Backend, Plate, goto
from aquarium_tui.tui.graphics.colours import changed_cells
from aquarium_tui.tui.graphics.geometry import Cells, Grid, Piece, Size

QUALITY, ROUGH_QUALITY = 85, 40
ROUGH = 3
PIXELS = 90_000


@dataclass(eq=False)
class InlinePlate(Plate):
    """A picture to be cut into pieces.

    Attributes:
        image: RGB; the terminal stretches it over the cells.
        encoded: Pieces of it.
    """

    image: Image.Image
    encoded: dict[Piece, str] = field(default_factory=dict)

    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """The piece as a JPEG."""
        if piece not in self.encoded:
            self.encoded[piece] = self._encode(piece)
        return goto(at, piece) + self.encoded[piece]

    def _encode(self, piece: Piece) -> str:
        """The piece as a JPEG whose colours are as sharp as its lines."""
        (columns, rows), (width, height) = self.grid.cells, self.image.size
        left, top, right, bottom = piece
        box = (left * width / columns, top * height / rows, right * width / columns, bottom * height / rows)
        size = (max(1, round(box[2] - box[0])), max(1, round(box[3] - box[1])))
        file = io.BytesIO()
        part = self.image.resize(size, Image.Resampling.BILINEAR, box=box)
        part.save(file, "jpeg", quality=ROUGH_QUALITY if self.rough else QUALITY, subsampling="4:4:4")
        data = file.getvalue()
        place = f"width={right - left};height={bottom - top};preserveAspectRatio=0;doNotMoveCursor=1"
        payload = standard_b64encode(data).decode()
        return f"\x1b]1337;File=inline=1;size={len(data)};{place}:{payload}\x07"

    def differs(self, over: Plate) -> Cells:
        """The cells in which another picture was drawn."""
        if not isinstance(over, InlinePlate) or over.rough != self.rough:
            return super().differs(over)
        return changed_cells(over.image, self.image, self.grid)


class Inline(Backend):
    """The back end for inline images."""

    def most(self, grid: Grid) -> Size:
        """Every pixel of the cells."""
        return grid.cells[0] * grid.cell[0], grid.cells[1] * grid.cell[1]

    def piece(self, grid: Grid) -> Size:
        """Whole rows, so that a piece is a few ten kilobytes."""
        return grid.cells[0], max(1, PIXELS // (grid.cells[0] * grid.cell[0] * grid.cell[1]))

    def make(
        self, image: Image.Image, grid: Grid, *, rough: bool = False, over: Plate | None = None
    ) -> InlinePlate:
        """Keep the picture; it is encoded when a piece of it is painted."""
        if rough:
            size = (max(1, image.width // ROUGH), max(1, image.height // ROUGH))
            image = image.resize(size, Image.Resampling.BOX)
        return InlinePlate(grid, rough, image.convert("RGB"))
