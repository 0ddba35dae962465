"""What all ways of drawing on a terminal have in common."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PIL import Image

from aquarium_tui.model.picture import Color
from aquarium_tui.render.captions import PlacedCaption
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask, Piece, WidthHeight


@dataclass(eq=False)
class Plate(ABC):
    """A drawn picture made ready for one kind of terminal.

    It is uploaded, then painted piece by piece, as often as a frame of the program has written over its
    cells, and finally released.

    Attributes:
        grid: The cells that it covers.
        rough: Whether it is only a first impression.
    """

    grid: CellGrid
    rough: bool

    def upload(self, size: int) -> Iterator[str]:
        """Slices of about `size` bytes to send before it can be painted; none where painting is all."""
        return iter(())

    @abstractmethod
    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """Draw the cells of `piece`; the picture's top left cell is `at`, column and row of the terminal."""

    def differs(self, over: "Plate") -> CellMask:
        """The cells, (rows, columns), to paint where `over`, of the same grid, has been shown until now."""
        return np.ones(self.grid.cells[::-1], np.bool_)

    def shares(self, other: "Plate") -> bool:
        """Whether only one of the two can be shown at a time, since they are one picture in the terminal."""
        return False

    def release(self) -> str:
        """What frees its memory in the terminal."""
        return ""


@dataclass(frozen=True)
class Care:
    """How much of a picture matters.

    Attributes:
        rough: A first impression will do, if it arrives much sooner than the whole.
        fine: Bytes do not count, since the line is fast.
        keep: Colours that must stay as they are, those that matter most first.
    """

    rough: bool = False
    fine: bool = False
    keep: tuple[Color, ...] = ()


SKETCH = 3
"""A first impression of a picture has a third of its pixels across and down, or fewer."""
PLAIN = Care()
"""A whole picture at a reasonable price."""


class Backend(ABC):
    """One way of drawing pictures on a terminal.

    Attributes:
        room: The most columns and rows that a picture can cover.
        prompt: Whether a piece is made in no time, and so may be part of the frame that spoiled it.
        lettered: Whether captions are text over the picture; otherwise they are drawn on it.
        chained: Whether a cell depends on the one to its left and is spoiled with it.
    """

    room: ClassVar[WidthHeight] = (10_000, 10_000)  # no limit: more than any terminal has
    prompt: ClassVar[bool] = False
    lettered: ClassVar[bool] = False
    chained: ClassVar[bool] = False

    @abstractmethod
    def most(self, grid: CellGrid) -> WidthHeight:
        """The most pixels, width and height, that can be shown on `grid`."""

    def sketch(self, grid: CellGrid) -> WidthHeight:
        """The pixels, width and height, that are drawn where only a first impression is made of them.

        A third of `most` across and down is decoded and drawn in a third of the time (11 ms instead of 31 for
        1280 × 720, 32 instead of 60 for 20 megapixels), and hardly less than back ends keep of all.
        """
        width, height = self.most(grid)
        return max(1, width // SKETCH), max(1, height // SKETCH)

    @abstractmethod
    def piece(self, grid: CellGrid, size: int) -> WidthHeight:
        """The columns and rows that are best painted at once, in about `size` bytes of a hard picture."""

    @abstractmethod
    def bytes(self, grid: CellGrid) -> int:
        """What a hard picture on `grid` takes on the line."""

    @abstractmethod
    def make(
        self,
        image: Image.Image,
        grid: CellGrid,
        care: Care = PLAIN,
        *,
        over: Plate | None = None,
        captions: Sequence[PlacedCaption] = (),
    ) -> Plate:
        """Encode a picture; called in a worker thread.

        Args:
            image: RGB, `most` pixels or fewer.
            grid: The cells that it is to cover.
            care: How much of it matters.
            over: What these cells show until then.
            captions: What is to be written over it, where the back end is `lettered`.
        """

    def close(self) -> str:
        """What frees all memory in the terminal, even in the middle of an upload."""
        return ""


def block(grid: CellGrid, pixels: float) -> WidthHeight:
    """Columns and rows of a piece of at most so many pixels, at least a cell: whole rows, or part of one."""
    cells = max(1, int(pixels / (grid.cell[0] * grid.cell[1])))
    return min(cells, grid.cells[0]), max(1, cells // grid.cells[0])


def goto(at: tuple[int, int], piece: Piece, row: int = 0) -> str:
    """Put the cursor on the first cell of a row of `piece`."""
    return f"\x1b[{at[1] + piece[1] + row + 1};{at[0] + piece[0] + 1}H"
