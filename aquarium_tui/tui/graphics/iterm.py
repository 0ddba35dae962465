"""Inline images of iTerm2, WezTerm, Konsole, mintty and VS Code: JPEGs painted into cells."""

import io
from base64 import standard_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from aquarium_tui.render.captions import PlacedCaption
from aquarium_tui.tui.graphics.backend import PLAIN, Backend, Care, Plate, block, goto
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask, Piece, WidthHeight
from aquarium_tui.tui.graphics.rasters import changed_cells

# Quality 85: 307 kB with 30.6 dB, like kitty's palette PNG; 75 gives 222 kB with 27.2 dB, 95 gives 542 kB.
# A first impression has a third of the width and height: 11 kB.
QUALITY, ROUGH_QUALITY = 85, 40
ROUGH = 3  # the part of the width and height of a first impression
# The 307 kB above are of 562,000 pixels. Pieces of less than 4 kB would consist of the header and the tables
# of the JPEG, some 600 bytes, to a fifth and more.
BYTES_PER_PIXEL, LEAST = 0.55, 4000


@dataclass(eq=False)
class InlinePlate(Plate):
    """A picture to be cut into pieces.

    Attributes:
        image: RGB; the terminal stretches it over the cells.
        encoded: Pieces of it, kept because they are painted again whenever something covered them.
    """

    image: Image.Image
    encoded: dict[Piece, str] = field(default_factory=dict)

    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """The piece as a JPEG."""
        if piece not in self.encoded:
            self.encoded[piece] = self._encode(piece)
        return goto(at, piece) + self.encoded[piece]

    def _encode(self, piece: Piece) -> str:
        """The piece as a JPEG whose colours are as sharp as its lines.

        Halving the resolution of the colours, as is usual, saves 40 %, but smears hatching: 23.8 dB, not
        30.6.
        """
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

    def differs(self, over: Plate) -> CellMask:
        """The cells in which another picture was drawn."""
        if not isinstance(over, InlinePlate) or over.rough != self.rough:
            return super().differs(over)
        return changed_cells(over.image, self.image, self.grid)


class Inline(Backend):
    """The back end for inline images."""

    def most(self, grid: CellGrid) -> WidthHeight:
        """Every pixel of the cells."""
        return grid.cells[0] * grid.cell[0], grid.cells[1] * grid.cell[1]

    def piece(self, grid: CellGrid, size: int) -> WidthHeight:
        """Whole rows, or a part of one; the header and tables of the JPEG take much of a smaller piece."""
        return block(grid, max(size, LEAST) / BYTES_PER_PIXEL)

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
    ) -> InlinePlate:
        """Keep the picture; it is encoded when a piece of it is painted."""
        if care.rough:
            size = (
                max(1, min(image.width, grid.extent[0] // ROUGH)),
                max(1, min(image.height, grid.extent[1] // ROUGH)),
            )
            image = image.resize(size, Image.Resampling.BOX)
        return InlinePlate(grid, care.rough, image.convert("RGB"))
