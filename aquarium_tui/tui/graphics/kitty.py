"""Kitty graphics: pictures are sent once, kept in the terminal, and shown by placeholder characters.

The number of a picture is the colour of its placeholders. Numbers 16 to 255 are written as indexed colours,
which every multiplexer and every setting of COLORTERM leaves alone. A picture that differs little from the
one that it replaces is sent as a further frame of it, and going back and forth then costs a few bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aquarium_tui.tui.graphics.backend import Backend, Plate, goto
from aquarium_tui.tui.graphics.diacritics import MARKS
from aquarium_tui.tui.graphics.geometry import Cells, Grid, Piece, Size
from aquarium_tui.tui.graphics.memory import Memory, Stored
from aquarium_tui.tui.graphics.png import Change, difference, palette_png

PLACEHOLDER = "\U0010eeee"
COLOURS, FEW_COLOURS = 160, 64
ROUGH = 4
FRAMES = 10
ROWS = 64


@dataclass(eq=False)
class KittyPlate(Plate):
    """A picture ready to be sent, and where it is once it has been.

    Attributes:
        memory: Where it is sent.
        image: RGB, what later pictures are compared with.
        data: PNG in base64, what is sent of it; "" once it has been.
        stored: The picture in the terminal.
        frame: Its frame there.
    """

    memory: Memory
    image: Image.Image
    data: str = ""
    stored: Stored | None = None
    frame: int = 1

    def upload(self) -> Iterator[str]:
        """Send what the terminal has not, and choose the frame."""
        if self.stored is None:
            yield from self._send()
        if self.stored and self.stored.current != self.frame:
            self.stored.current = self.frame
            yield self.memory.command(f"a=a,i={self.stored.number},c={self.frame},q=2")

    def _send(self) -> Iterator[str]:
        """Send all of it."""
        self.stored = self.memory.new()
        columns, rows = self.grid.cells
        keys = f"a=T,U=1,i={self.stored.number},c={columns},r={rows},f=100"
        yield from self.memory.transfer(keys, self.data)
        self.data = ""

    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """Rows of placeholders; only the first of a row names its place, the others follow from it."""
        assert self.stored is not None
        left, top, right, bottom = piece
        number, rest = self.stored.number, self.memory.repeated(PLACEHOLDER, right - left - 1)
        rows = (
            f"{goto(at, piece, y - top)}\x1b[0;38;5;{number}m{PLACEHOLDER}{MARKS[y]}{MARKS[left]}{rest}"
            for y in range(top, bottom)
        )
        return "".join(rows) + "\x1b[m"

    def differs(self, over: Plate) -> Cells:
        """None if both are frames of one picture, which are seen through the same placeholders."""
        return np.full(self.grid.cells[::-1], not self.shares(over))

    def shares(self, other: Plate) -> bool:
        """Frames of one picture do."""
        return isinstance(other, KittyPlate) and self.stored is not None and self.stored is other.stored

    def release(self) -> str:
        """Delete the picture and its data when no plate stands for it any more."""
        stored, self.stored = self.stored, None
        return self.memory.release(stored)


@dataclass(eq=False)
class FramePlate(KittyPlate):
    """A picture that is sent as a change of another one.

    Attributes:
        change: What differs.
        over: The plate that it changes.
    """

    change: Change | None = None
    over: KittyPlate | None = None

    def _send(self) -> Iterator[str]:
        """Send the change as a new frame; if that is broken off, there is no such frame."""
        over, change = self.over, self.change
        if over is None or change is None or over.stored is None:
            return
        x, y, width, height = change.box
        keys = f"a=f,i={over.stored.number},c={over.frame},x={x},y={y},s={width},v={height},f=100,z=-1"
        yield from self.memory.transfer(keys, change.data, again="a=f,")
        over.stored.frames += 1
        over.stored.users += 1
        self.stored, self.frame = over.stored, over.stored.frames
        self.change = self.over = None


class Kitty(Backend):
    """The kitty back end.

    Args:
        passthrough: Whether commands go through tmux to the terminal around it.
        frames: Whether the terminal knows frames.
    """

    room = (len(MARKS), len(MARKS))
    prompt = True
    chained = True

    def __init__(self, *, passthrough: bool = False, frames: bool = True) -> None:
        self._memory, self._frames = Memory(passthrough), frames

    def most(self, grid: Grid) -> Size:
        """Every pixel."""
        return grid.extent

    def piece(self, grid: Grid) -> Size:
        """All there is: placeholders are few bytes."""
        return grid.cells[0], ROWS

    def make(
        self, image: Image.Image, grid: Grid, *, rough: bool = False, over: Plate | None = None
    ) -> KittyPlate:
        """Encode what differs from `over`, or all; the terminal stretches it over the cells."""
        if self._frames and isinstance(over, KittyPlate) and _extensible(over, image, grid):
            change = difference(over.image, image)
            if change:
                return FramePlate(grid, False, self._memory, image, change=change, over=over)
        if rough:
            size = (max(1, image.width // ROUGH), max(1, image.height // ROUGH))
            image = image.resize(size, Image.Resampling.BOX)
        return KittyPlate(
            grid, rough, self._memory, image, palette_png(image, FEW_COLOURS if rough else COLOURS)
        )

    def close(self) -> str:
        """Delete every picture that is in the terminal."""
        return self._memory.clear()


def _extensible(over: KittyPlate, image: Image.Image, grid: Grid) -> bool:
    """Whether `image` may become a frame of the picture of `over`."""
    stored = over.stored
    return (
        stored is not None and stored.frames < FRAMES and over.grid == grid and over.image.size == image.size
    )
