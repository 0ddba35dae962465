"""What one widget shows: a plate, and which of its cells are still, or again, to be painted."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from textual.geometry import Region

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

    def next(self) -> Piece | None:
        """A piece that is to be painted and can be seen."""
        if not self.stale.any():
            return None
        return next(pieces(self.stale & behind.visible(self.widget, self.area), self._most), None)

    def take(self, at: tuple[int, int], piece: Piece) -> bool:
        """Regard `piece` as painted, if it still can be seen whole with the picture lying at `at`."""
        left, top, right, bottom = piece
        area = self.area
        if area.offset != at or not behind.visible(self.widget, area)[top:bottom, left:right].all():
            return False
        self.stale[top:bottom, left:right] = False
        return True
