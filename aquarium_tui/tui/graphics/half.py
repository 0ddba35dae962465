"""Pictures made of characters: blocks in two colours per cell, on every terminal that has colours.

Half cells are in every font. Quadrants, sextants and octants show more, where the terminal draws them itself
or its font has them. Captions are text over them: letters made of such pixels cannot be read.

They are also what is drawn in tests and screenshots, where there is no terminal, as Textual's own strips.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from aquarium_tui.render.captions import CAPTION_GROUND, CAPTION_WORDS, PlacedCaption
from aquarium_tui.tui.graphics.backend import PLAIN, Backend, Care, Plate, block, goto
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask, Piece, WidthHeight
from aquarium_tui.tui.xterm_colours import LEVELS

Blocks = Literal["half", "quadrants", "sextants", "octants"]

UPPER_HALF, FULL_BLOCK = "▀", "█"
# Blocks of one colour in a first impression, 25 bytes each: 22 kB, a quarter of the whole.
BLOCKS = 900
# A cell of a hard picture: two colours of 24 bits, and three or four bytes of the character.
BYTES_PER_CELL = 38
# xterm's colours 16 to 231 are a cube of these levels; for each of 256 values, the nearest level.
_LEVELS = np.array(LEVELS)
_NEAREST = np.abs(np.arange(256)[:, None] - _LEVELS).argmin(axis=1)
_FULL, _SPACE = ord(FULL_BLOCK), ord(" ")
_BESIDE = 0
"""Stands for the second cell of a wide letter."""
# What begins a caption, in the colour of its box: as the box is drawn.
_SIGNS = {"label": "█", "base": "╱", "other": "╲"}

_DIVISION: dict[Blocks, WidthHeight] = {
    "half": (1, 2),
    "quadrants": (2, 2),
    "sextants": (2, 3),
    "octants": (2, 4),
}
"""Pixels across and down in a cell."""


def _characters(blocks: Blocks) -> NDArray[np.uint32]:
    """The character for each set of pixels; pixel n, row by row, counts 2 ** n."""
    if blocks == "half":
        text = " ▀▄█"
    elif blocks == "quadrants":
        text = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
    elif blocks == "sextants":
        known = {0: " ", 21: "▌", 42: "▐", 63: FULL_BLOCK}
        text = _filled(known, 64, 0x1FB00)
    else:
        known = {
            0: " ",
            1: "\U0001cea8",
            2: "\U0001ceab",
            3: "\U0001fb82",
            20: "\U0001fbe6",
            40: "\U0001fbe7",
        }
        known |= {63: "\U0001fb85", 64: "\U0001cea3", 128: "\U0001cea0", 192: "▂", 252: "▆", 255: FULL_BLOCK}
        quadrants = zip((0, 5, 10, 15, 80, 85, 90, 95, 160, 165, 170, 175, 240, 245, 250, 255),
                        " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█", strict=True)  # fmt: skip
        text = _filled({**known, **dict(quadrants)}, 256, 0x1CD00)
    return np.array([ord(character) for character in text], np.uint32)


def _filled(known: dict[int, str], count: int, first: int) -> str:
    """Characters in their order in Unicode, which leaves out those that it had before."""
    others = iter(range(first, first + count))
    return "".join(known[n] if n in known else chr(next(others)) for n in range(count))


@dataclass(eq=False)
class HalfPlate(Plate):
    """Characters and their colours.

    Attributes:
        glyphs: uint32 (rows, columns): code points; 0 is the second cell of a wide letter.
        inks: uint8 (rows, columns, 3): the colour of each character, red, green and blue.
        grounds: The same of what is behind it.
        truecolor: Whether they are written with 24 bits; otherwise the nearest of xterm's 256 are.
    """

    glyphs: NDArray[np.uint32]
    inks: NDArray[np.uint8]
    grounds: NDArray[np.uint8]
    truecolor: bool

    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """Rows of characters; colours are written only where they change."""
        left, top, right, bottom = piece
        area = (slice(top, bottom), slice(left, right))
        codes = _rgb if self.truecolor else indexed
        name = _rgb_name if self.truecolor else "5;{}".format
        glyphs = self._whole(area)
        cells = np.stack([glyphs.astype(np.int64), codes(self.inks[area]), codes(self.grounds[area])], axis=2)
        return "".join(f"{goto(at, piece, y)}{_row(row.tolist(), name)}\x1b[m" for y, row in enumerate(cells))

    def _whole(self, area: tuple[slice, slice]) -> NDArray[np.uint32]:
        """The characters of a piece; of wide letters that are only half in it, nothing."""
        glyphs = self.glyphs[area].copy()
        cut = np.zeros_like(glyphs, np.bool_)
        cut[:, 0] = glyphs[:, 0] == _BESIDE
        if area[1].stop < self.glyphs.shape[1]:
            cut[:, -1] |= self.glyphs[area[0], area[1].stop] == _BESIDE
        glyphs[cut] = _SPACE
        return glyphs

    def differs(self, over: Plate) -> CellMask:
        """The cells with other characters or colours."""
        if not isinstance(over, HalfPlate):
            return super().differs(over)
        differs = self.glyphs != over.glyphs
        for mine, its in ((self.inks, over.inks), (self.grounds, over.grounds)):
            differs |= (mine != its).any(axis=2)
        for plate in (self, over):  # Both cells of a wide letter are written together.
            second = plate.glyphs[:, 1:] == _BESIDE
            differs[:, 1:] |= second & differs[:, :-1]
            differs[:, :-1] |= second & differs[:, 1:]
        return np.asarray(differs)

    def write(self, caption: PlacedCaption) -> None:
        """Put a caption over the picture, with a sign before it that says whose box it names."""
        (left, y, right, _), mark = caption.box, caption.mark
        letters = [(_SIGNS[mark.kind], mark.color), *((letter, CAPTION_WORDS) for letter in caption.words)]
        letters += [(" ", CAPTION_WORDS)] * (right - left - sum(cell_len(letter) for letter, _ in letters))
        for letter, color in letters:
            width = cell_len(letter)
            if width and left + width <= right:
                self.glyphs[y, left : left + width] = [ord(letter), _BESIDE][:width]
                self.inks[y, left : left + width] = color
                self.grounds[y, left : left + width] = CAPTION_GROUND
                left += width


class Half(Backend):
    """The back end of characters.

    Args:
        truecolor: Whether the terminal has 24-bit colours.
        blocks: How finely a cell is divided.

    Attributes:
        characters: uint32, the character for each set of pixels of a cell; pixel n counts 2 ** n.
    """

    prompt = True
    lettered = True

    def __init__(self, truecolor: bool = True, blocks: Blocks = "half") -> None:
        self._truecolor, self._division = truecolor, _DIVISION[blocks]
        self.characters = _characters(blocks)

    def most(self, grid: CellGrid) -> WidthHeight:
        """As many pixels as a cell is divided into."""
        return grid.cells[0] * self._division[0], grid.cells[1] * self._division[1]

    def sketch(self, grid: CellGrid) -> WidthHeight:
        """All of them: there are few."""
        return self.most(grid)

    def piece(self, grid: CellGrid, size: int) -> WidthHeight:
        """Whole rows, or a part of one."""
        return block(grid, size / BYTES_PER_CELL * grid.cell[0] * grid.cell[1])

    def bytes(self, grid: CellGrid) -> int:
        """What its cells take."""
        return grid.cells[0] * grid.cells[1] * BYTES_PER_CELL

    def make(
        self,
        image: Image.Image,
        grid: CellGrid,
        care: Care = PLAIN,
        *,
        over: Plate | None = None,
        captions: Sequence[PlacedCaption] = (),
    ) -> HalfPlate:
        """Bring `image` to the pixels of the cells; small pictures are enlarged without smoothing."""
        columns, rows = grid.cells
        across, down = (1, 2) if care.rough else self._division
        wanted = (columns * across, rows * down)
        if care.rough:
            image = image.resize((max(1, columns // _coarse(grid)), rows), Image.Resampling.BOX)
        if image.size != wanted:
            reduced = image.width > wanted[0] or image.height > wanted[1]
            image = image.resize(wanted, Image.Resampling.BOX if reduced else Image.Resampling.NEAREST)
        parts = np.asarray(image.convert("RGB")).reshape(rows, down, columns, across, 3).swapaxes(1, 2)
        if across == 1:
            glyphs = np.full((rows, columns), ord(UPPER_HALF), np.uint32)
            inks, grounds = parts[:, :, 0, 0], parts[:, :, 1, 0]
        else:
            chosen, inks, grounds = _two_colours(parts.reshape(rows, columns, across * down, 3))
            glyphs = self.characters[chosen]
        plain = (inks == grounds).all(axis=2)
        plate = HalfPlate(
            grid,
            care.rough,
            np.where(plain, np.uint32(_FULL), glyphs),
            inks.copy(),
            grounds.copy(),
            self._truecolor,
        )
        for caption in captions:
            plate.write(caption)
        return plate


def _coarse(grid: CellGrid) -> int:
    """Columns in a block of a first impression."""
    return max(2, -(-grid.cells[0] * grid.cells[1] // BLOCKS))


def _two_colours(
    parts: NDArray[np.uint8],
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint8]]:
    """For each cell the two colours that come nearest to its pixels, and which pixels have the first.

    All ways to part the pixels are tried: what is lost is least where the squares of the sums of both parts,
    each divided by its number of pixels, are most.

    Args:
        parts: uint8 (rows, columns, n, 3), the pixels of each cell.

    Returns:
        Sets of pixels (rows, columns), pixel k counting 2 ** k; first and second colours (rows, columns, 3).
    """
    count = parts.shape[2]
    ways = np.arange(1 << (count - 1))  # The others part the pixels in the same way.
    member = ((ways[:, None] >> np.arange(count)) & 1).astype(np.float32)
    sizes = np.stack([member.sum(axis=1), count - member.sum(axis=1)])
    pixels = parts.astype(np.float32)
    chosen = np.empty(parts.shape[:2], np.int64)
    for y, row in enumerate(pixels):  # A row at a time stays in the processor's cache.
        ones = np.einsum("wk,xkc->xwc", member, row)
        rest = row.sum(axis=1)[:, None] - ones
        gain = (rest**2).sum(axis=2) / sizes[1] + (ones**2).sum(axis=2) / np.maximum(sizes[0], 1)
        chosen[y] = gain.argmax(axis=1)
    mask = member[chosen][..., None]
    number = sizes[0][chosen][..., None]
    first = (pixels * mask).sum(axis=2) / np.maximum(number, 1)
    second = (pixels * (1 - mask)).sum(axis=2) / (count - number)
    first = np.where(number == 0, second, first)
    # A single pixel is written as all the others: kitty 0.41 has no characters for the corners of octants.
    single = (number == 1)[..., 0]
    chosen = np.where(single, (1 << count) - 1 - chosen, chosen)
    first, second = np.where(single[..., None], [second, first], [first, second])
    return chosen, np.rint(first).astype(np.uint8), np.rint(second).astype(np.uint8)


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
    ink = ground = -1
    for glyph, front, back in cells:
        if glyph == _BESIDE:
            continue
        codes = []
        if glyph != _SPACE and front != ink:
            codes.append(f"38;{name(front)}")
            ink = front
        if glyph != _FULL and back != ground:
            codes.append(f"48;{name(back)}")
            ground = back
        parts.append(f"\x1b[{';'.join(codes)}m{chr(glyph)}" if codes else chr(glyph))
    return "".join(parts)


def half_strip(plate: HalfPlate, room: WidthHeight, y: int, style: Style) -> Strip:
    """Row `y` of `room` (columns, rows) with the plate in its middle, and `style` around it."""
    columns, rows = plate.grid.cells
    left, top = (room[0] - columns) // 2, (room[1] - rows) // 2
    if not top <= y < top + rows:
        return Strip.blank(room[0], style)
    row = (part[y - top].tolist() for part in (plate.glyphs, plate.inks, plate.grounds))
    cells = [
        Segment(
            UPPER_HALF if ink == ground else chr(glyph),
            Style.from_color(Color.from_rgb(*ink), Color.from_rgb(*ground)),
        )
        for glyph, ink, ground in zip(*row, strict=True)
        if glyph != _BESIDE
    ]
    right = room[0] - columns - left
    return Strip(
        [Segment(" " * left, style), *cells, Segment(" " * right, style)], left + columns + right
    ).crop(0, room[0])
