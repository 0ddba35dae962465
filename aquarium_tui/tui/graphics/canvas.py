"""What the cells of the terminal show: text, or which picture; and what is still to be painted.

Frames of the program leave the pixels of a picture alone while they are right, or until what replaces them
has landed: a picture that is sent again, or a hole where one was, is what users see of a slow line.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from textual.geometry import Offset, Region, Size
from textual.widget import Widget

from aquarium_tui.tui import textual_private
from aquarium_tui.tui.graphics.backend import Plate
from aquarium_tui.tui.graphics.geometry import CellMask, Piece, WidthHeight, pieces

_BEYOND = -1
"""Marks what is not on the terminal."""


class Imprint(NamedTuple):
    """A plate painted at a place of the terminal."""

    plate: Plate
    at: Offset


class Canvas:
    """Which picture each cell of the terminal shows, as far as has been written."""

    def __init__(self) -> None:
        self._owner: NDArray[np.int32] = np.zeros((0, 0), np.int32)
        self._anchored: CellMask = np.zeros((0, 0), np.bool_)
        self._imprints: dict[int, Imprint] = {}
        self._last = 0

    def fit(self, size: Size) -> None:
        """Be as large as the terminal; one of another size than before shows no pictures any more.

        Some terminals move or drop pictures when they are resized.
        """
        if self._owner.shape != (size.height, size.width):
            self._owner = np.zeros((size.height, size.width), np.int32)
            self._anchored = np.zeros((size.height, size.width), np.bool_)

    def clear(self) -> None:
        """Nothing is shown any more."""
        self._owner[:] = 0

    @property
    def filled(self) -> CellMask:
        """The cells of the terminal that show pixels, (rows, columns)."""
        return self._owner > 0

    def number(self, plate: Plate, at: Offset) -> int:
        """What cells are marked with that show `plate` with its top left cell `at`."""
        wanted = Imprint(plate, at)
        for number, imprint in self._imprints.items():
            if imprint.plate is plate and imprint.at == at:
                return number
        self._last += 1
        self._imprints[self._last] = wanted
        return self._last

    def others(self, area: Region, number: int) -> CellMask:
        """The cells of `area`, (rows, columns), that show something else than `number`."""
        window = self._window(area)
        return np.asarray((window != number) & (window != _BEYOND))

    def paint(self, area: Region, number: int) -> None:
        """Note that a piece of a picture has been written in `area`."""
        rows, columns = _slices(area)
        self._owner[rows, columns] = number
        self._anchored[rows, columns] = False
        self._anchored[rows, columns][:, :1] = True

    def become(self, area: Region, before: int, number: int, where: CellMask) -> None:
        """Note that cells of `area` that show `before` also show `number`, `where` the two are the same."""
        window = self._window(area)
        same = where & (window == before)
        rows, columns = _slices(area)
        shown = self._owner[rows, columns]
        shown[same[: shown.shape[0], : shown.shape[1]]] = number

    def cover(self, regions: Iterable[Region], kept: CellMask) -> None:
        """Note that a frame has written in `regions`, but for the cells of the terminal that are `kept`."""
        for region in regions:
            rows, columns = _slices(region)
            self._owner[rows, columns][~kept[rows, columns]] = 0

    def broken(self) -> Iterator[tuple[Imprint, Piece]]:
        """Cells that no longer follow from the one to their left: what they show, as pieces of one cell.

        From now on they count as painted by themselves.
        """
        follows = np.zeros_like(self._anchored)
        follows[:, 1:] = self._owner[:, 1:] == self._owner[:, :-1]
        lost = (self._owner > 0) & ~follows & ~self._anchored
        self._anchored |= lost
        for y, x in np.argwhere(lost).tolist():
            imprint = self._imprints[int(self._owner[y, x])]
            column, row = x - imprint.at.x, y - imprint.at.y
            yield imprint, (column, row, column + 1, row + 1)

    def shows(self, plate: Plate) -> bool:
        """Whether some cell shows `plate`; what no cell shows is forgotten."""
        seen = set(np.unique(self._owner).tolist())
        self._imprints = {number: one for number, one in self._imprints.items() if number in seen}
        return any(one.plate is plate for one in self._imprints.values())

    def _window(self, area: Region) -> NDArray[np.int32]:
        """What the cells of `area` show."""
        window = np.full((area.height, area.width), _BEYOND, np.int32)
        inside = area.intersection(Region(0, 0, *self._owner.shape[::-1]))
        rows, columns = _slices(inside)
        top, left = inside.y - area.y, inside.x - area.x
        window[top : top + inside.height, left : left + inside.width] = self._owner[rows, columns]
        return window


def _slices(area: Region) -> tuple[slice, slice]:
    """Rows and columns of `area`."""
    return slice(max(area.y, 0), max(area.bottom, 0)), slice(max(area.x, 0), max(area.right, 0))


def picture_area(widget: Widget, cells: WidthHeight) -> Region:
    """Where on the screen a picture of `cells` columns and rows lies: in the middle of `widget`."""
    room = widget.content_region
    return Region(room.x + (room.width - cells[0]) // 2, room.y + (room.height - cells[1]) // 2, *cells)


class ShownPlate:
    """A plate in a widget, and which of its cells are being painted.

    Args:
        widget: The widget.
        plate: The picture.
        age: How often the terminal had lost its pictures when this one was sent.
        canvas: What the terminal shows.

    Attributes:
        busy: Whether its cells are being painted.
    """

    def __init__(self, widget: Widget, plate: Plate, age: int, canvas: Canvas) -> None:
        self.widget, self.plate, self.age, self._canvas = widget, plate, age, canvas
        self._claimed: CellMask = np.zeros(plate.grid.cells[::-1], np.bool_)
        self.busy = False

    @property
    def area(self) -> Region:
        """Where on the screen the picture lies."""
        return picture_area(self.widget, self.plate.grid.cells)

    @property
    def number(self) -> int:
        """What its cells are marked with where they show it."""
        return self._canvas.number(self.plate, self.area.offset)

    def todo(self) -> CellMask:
        """The cells that can be seen and show something else, but for those that are being painted."""
        area = self.area
        todo = self._canvas.others(area, self.number) & ~self._claimed
        return todo & textual_private.visible_cells(self.widget, area) if todo.any() else todo

    def due(self) -> bool:
        """Whether there is something to be painted that can be seen."""
        return bool(self.todo().any())

    def next(self, most: WidthHeight) -> tuple[Offset, Piece] | None:
        """Where the picture lies, and a visible piece to be painted of at most so many columns and rows."""
        piece = next(pieces(self.todo(), most), None)
        if piece is None:
            return None
        self._claim(piece, True)
        return self.area.offset, piece

    def land(self, at: Offset, piece: Piece) -> bool:
        """Whether `piece` can be painted as planned; from now on it counts as painted."""
        self._claim(piece, False)
        left, top, right, bottom = piece
        area = self.area
        visible = textual_private.visible_cells(self.widget, area)
        if area.offset != at or not visible[top:bottom, left:right].all():
            return False
        self._canvas.paint(Region(at.x + left, at.y + top, right - left, bottom - top), self.number)
        return True

    def leave(self, piece: Piece) -> None:
        """Note that `piece` is not being painted any more."""
        self._claim(piece, False)

    def follows(self, before: "ShownPlate") -> None:
        """Note that this plate is shown instead of another one on the same cells, some of which are equal."""
        self._canvas.become(self.area, before.number, self.number, ~self.plate.differs(before.plate))

    def _claim(self, piece: Piece, claimed: bool) -> None:
        left, top, right, bottom = piece
        self._claimed[top:bottom, left:right] = claimed
