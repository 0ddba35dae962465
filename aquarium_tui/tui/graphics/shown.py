"""What one widget shows: a plate, and which of its cells are still, or again, to be painted."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from textual.geometry import Offset, Region

from aquarium_tui.tui.graphics import behind
from aquarium_tui.tui.graphics.backend import Plate
from aquarium_tui.tui.graphics.geometry import Piece, Size, pieces

if TYPE_CHECKING:
    from aquarium_tui.tui.graphics.picture import Picture


class Shown:
    """A plate in a widget.

    Args:
        widget: The widget.
        plate: The picture.
        most: Columns and rows of a piece at the most.
        age: How often the terminal had lost its pictures when this one was sent.

    Attributes:
        stale: Cells (rows, columns) that are to be painted when they can be seen.
        busy: Whether somebody is painting them.
    """

    def __init__(self, widget: "Picture", plate: Plate, most: Size, age: int) -> None:
        self.widget, self.plate, self._most, self.age = widget, plate, most, age
        columns, rows = plate.grid.cells
        self.stale = np.ones((rows, columns), np.bool_)
        self.busy = False

    @property
    def area(self) -> Region:
        """Where on the screen the picture lies."""
        return self.widget.area(self.plate.grid.cells)

    def spoil(self, regions: Iterable[Region], chained: bool) -> None:
        """Something else was written in `regions` of the screen.

        Args:
            regions: Parts of the screen.
            chained: Whether the cell to the right of a spoiled one is spoiled too.
        """
        area = self.area
        for region in regions:
            if spoiled := region.intersection(area):
                behind.fill(self.stale, area, spoiled.grow((0, int(chained), 0, 0)), True)

    def due(self) -> bool:
        """Whether there is something to be painted that can be seen."""
        return bool(self.stale.any() and (self.stale & behind.visible(self.widget, self.area)).any())

    def next(self) -> tuple[Offset, Piece] | None:
        """Where the picture lies, and a piece to be painted that can be seen; it counts as painted then."""
        area = self.area
        todo = self.stale & behind.visible(self.widget, area) if self.stale.any() else self.stale
        piece = next(pieces(todo, self._most), None)
        if piece is None:
            return None
        self._mark(piece, False)
        return area.offset, piece

    def still(self, at: Offset, piece: Piece) -> bool:
        """Whether `piece` can be painted as planned; otherwise it does not count as painted any more."""
        left, top, right, bottom = piece
        area = self.area
        if area.offset == at and behind.visible(self.widget, area)[top:bottom, left:right].all():
            return True
        self._mark(piece, True)
        return False

    def leave(self, piece: Piece) -> None:
        """`piece` has not been painted after all."""
        self._mark(piece, True)

    def _mark(self, piece: Piece, stale: bool) -> None:
        """Set whether the cells of `piece` are to be painted."""
        left, top, right, bottom = piece
        self.stale[top:bottom, left:right] = stale
