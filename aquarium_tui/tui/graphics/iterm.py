"""Inline images of iTerm2, which WezTerm, Konsole, mintty and VS Code know too: JPEG pieces painted into the cells."""

import io
from base64 import standard_b64encode
from dataclasses import dataclass

from PIL import Image

from aquarium_tui.tui.graphics.backend import Stateless, goto
from aquarium_tui.tui.graphics.geometry import Grid, Piece, Size

QUALITY, ROUGH_QUALITY = 85, 40
PIXELS = 90_000


@dataclass(frozen=True, eq=False)
class InlinePlate:
    """A picture to be cut into pieces.

    Attributes:
        grid: The cells.
        image: RGB, stretched over the cells by the terminal.
        quality: JPEG quality of the pieces.
        rough: Whether it is a first impression only.
    """

    grid: Grid
    image: Image.Image
    quality: int
    rough: bool = False


class Inline(Stateless):
    """The back end for inline images."""

    prompt = False

    def most(self, grid: Grid) -> Size:
        """Every pixel of the cells."""
        return grid.cells[0] * grid.cell[0], grid.cells[1] * grid.cell[1]

    def piece(self, grid: Grid) -> Size:
        """Whole rows, so that a piece is a few ten kilobytes."""
        return grid.cells[0], max(1, PIXELS // (grid.cells[0] * grid.cell[0] * grid.cell[1]))

    def make(
        self, image: Image.Image, grid: Grid, *, rough: bool = False, over: InlinePlate | None = None
    ) -> InlinePlate:
        """Keep the picture; it is encoded when a piece of it is painted."""
        if rough:
            image = image.resize((max(1, image.width // 3), max(1, image.height // 3)), Image.Resampling.BOX)
        return InlinePlate(grid, image.convert("RGB"), ROUGH_QUALITY if rough else QUALITY, rough)

    def paint(self, plate: InlinePlate, at: tuple[int, int], piece: Piece) -> str:
        """The piece as a JPEG whose colours are as sharp as its lines."""
        across, down = plate.image.width / plate.grid.cells[0], plate.image.height / plate.grid.cells[1]
        box = (piece[0] * across, piece[1] * down, piece[2] * across, piece[3] * down)
        size = (max(1, round(box[2] - box[0])), max(1, round(box[3] - box[1])))
        file = io.BytesIO()
        part = plate.image.resize(size, Image.Resampling.BILINEAR, box=box)
        part.save(file, "jpeg", quality=plate.quality, subsampling="4:4:4")
        data = file.getvalue()
        keys = (
            f"inline=1;size={len(data)};width={piece[2] - piece[0]};height={piece[3] - piece[1]};"
            "preserveAspectRatio=0;doNotMoveCursor=1"
        )
        return f"{goto(at, piece)}\x1b]1337;File={keys}:{standard_b64encode(data).decode()}\x07"
