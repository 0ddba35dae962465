"""Half cells: two pixels per cell, the upper and the lower half, on every terminal that has colours.

They are also what is drawn in tests and screenshots, where there is no terminal, as Textual's own strips.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from aquarium_tui.tui.graphics.backend import PLAIN, Backend, Care, Plate, block, goto
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask, Piece, WidthHeight

UPPER_HALF, FULL_BLOCK = "▀", "█"
# Blocks of one colour in a first impression, 25 bytes each: 22 kB, a quarter of the whole.
BLOCKS = 900
# A cell of a hard picture: two colours of 24 bits, and three bytes of the character.
BYTES_PER_CELL = 38
# xterm's colours 16 to 231 are a cube of these levels; for each of 256 values, the nearest level.
_LEVELS = np.array([0, 95, 135, 175, 215, 255])
_NEAREST = np.abs(np.arange(256)[:, None] - _LEVELS).argmin(axis=1)


@dataclass(eq=False)
class HalfPlate(Plate):
    """Colours of the cells.

    Attributes:
        colours: uint8 (rows, columns, 2, 3): upper and lower half, red, green and blue.
        truecolor: Whether they are written with 24 bits; otherwise the nearest of xterm's 256 are.
    """

    colours: NDArray[np.uint8]
    truecolor: bool

    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """Rows of half blocks; colours are written only where they change."""
        left, top, right, bottom = piece
        colours = self.colours[top:bottom, left:right]
        codes = _rgb(colours) if self.truecolor else indexed(colours)
        name = _rgb_name if self.truecolor else "5;{}".format
        return "".join(f"{goto(at, piece, y)}{_row(row.tolist(), name)}\x1b[m" for y, row in enumerate(codes))

    def differs(self, over: Plate) -> CellMask:
        """The cells with other colours."""
        if not isinstance(over, HalfPlate):
            return super().differs(over)
        return np.asarray((self.colours != over.colours).any(axis=(2, 3)))


class Half(Backend):
    """The half cell back end.

    Args:
        truecolor: Whether the terminal has 24-bit colours.
    """

    prompt = True

    def __init__(self, truecolor: bool = True) -> None:
        self._truecolor = truecolor

    def most(self, grid: CellGrid) -> WidthHeight:
        """One pixel across and two down per cell."""
        return grid.cells[0], grid.cells[1] * 2

    def piece(self, grid: CellGrid, size: int) -> WidthHeight:
        """Whole rows, or a part of one."""
        return block(grid, size / BYTES_PER_CELL * grid.cell[0] * grid.cell[1])

    def bytes(self, grid: CellGrid) -> int:
        """What its cells take."""
        return grid.cells[0] * grid.cells[1] * BYTES_PER_CELL

    def make(
        self, image: Image.Image, grid: CellGrid, care: Care = PLAIN, *, over: Plate | None = None
    ) -> HalfPlate:
        """Bring `image` to two pixels per cell; small pictures are enlarged without smoothing."""
        wanted = self.most(grid)
        if care.rough:
            wanted = (max(1, grid.cells[0] // _coarse(grid)), grid.cells[1])
        if image.size != wanted:
            reduced = image.width > wanted[0] or image.height > wanted[1]
            image = image.resize(wanted, Image.Resampling.BOX if reduced else Image.Resampling.NEAREST)
        if care.rough:
            image = image.resize(self.most(grid), Image.Resampling.NEAREST)
        columns, rows = grid.cells
        colours = np.asarray(image.convert("RGB")).reshape(rows, 2, columns, 3).swapaxes(1, 2)
        return HalfPlate(grid, care.rough, colours, self._truecolor)


def _coarse(grid: CellGrid) -> int:
    """Columns in a block of a first impression."""
    return max(2, -(-grid.cells[0] * grid.cells[1] // BLOCKS))


def _rgb(colours: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Colours (..., 3) as numbers 0xrrggbb."""
    wide = colours.astype(np.int64)
    return (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]


def _rgb_name(code: int) -> str:
    """The end of an SGR colour with 24 bits."""
    return f"2;{code >> 16};{code >> 8 & 255};{code & 255}"


def indexed(colours: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The nearest of xterm's colours 16..255, a cube of six levels and 24 greys, for `colours` (..., 3)."""
    wide = colours.astype(np.int64)
    cube = _NEAREST[wide]
    grey = np.clip((wide.sum(axis=-1) - 9) // 30, 0, 23)
    off_cube = ((_LEVELS[cube] - wide) ** 2).sum(axis=-1)
    off_grey = (((grey * 10 + 8)[..., None] - wide) ** 2).sum(axis=-1)
    in_cube = 16 + 36 * cube[..., 0] + 6 * cube[..., 1] + cube[..., 2]
    return np.asarray(np.where(off_grey < off_cube, 232 + grey, in_cube), np.int64)


def _row(cells: list[list[int]], name: Callable[[int], str]) -> str:
    """The cells of a row, each with those colours that differ from the cell before."""
    parts = []
    upper = lower = -1
    for up, low in cells:
        if up == low:
            parts.append(FULL_BLOCK if up == upper else f"\x1b[38;{name(up)}m{FULL_BLOCK}")
            upper = up
            continue
        if up != upper and low != lower:
            parts.append(f"\x1b[38;{name(up)};48;{name(low)}m{UPPER_HALF}")
        elif up != upper:
            parts.append(f"\x1b[38;{name(up)}m{UPPER_HALF}")
        else:
            parts.append(UPPER_HALF if low == lower else f"\x1b[48;{name(low)}m{UPPER_HALF}")
        upper, lower = up, low
    return "".join(parts)


def half_strip(plate: HalfPlate, room: WidthHeight, y: int, style: Style) -> Strip:
    """Row `y` of `room` (columns, rows) with the plate in its middle, and `style` around it."""
    columns, rows = plate.grid.cells
    left, top = (room[0] - columns) // 2, (room[1] - rows) // 2
    if not top <= y < top + rows:
        return Strip.blank(room[0], style)
    cells = [
        Segment(UPPER_HALF, Style.from_color(Color.from_rgb(*upper), Color.from_rgb(*lower)))
        for upper, lower in plate.colours[y - top].tolist()
    ]
    right = room[0] - columns - left
    return Strip(
        [Segment(" " * left, style), *cells, Segment(" " * right, style)], left + columns + right
    ).crop(0, room[0])
