"""Which cells of a confusion are shown: of one kind, sure ones; and never rows or columns without counts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.screen import Screen

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.lists import CellTable, ConfusionCell, Grid
from aquarium_tui.tui.dialogs.choose import Choose, Offer

_KINDS = {
    "": "all cells",
    "confused": "confusions",
    "missed": "missed",
    "spurious": "spurious",
    "correct": "correct",
}
"""Kinds of cells, and what they are called on screen."""
_SURE = "sure"


class CellFilter:
    """What is left of a confusion on a screen.

    Args:
        screen: The screen.
        changed: Called when another filter was chosen.
    """

    def __init__(self, screen: Screen[Any], changed: Callable[[], None]) -> None:
        self.screen = screen
        self.changed = changed
        self.kind = ""
        self.sure = False

    @property
    def title(self) -> str:
        """What is shown, where it is not all."""
        words = [_KINDS[self.kind]] if self.kind else []
        return ", ".join([*words, *(["sure changes"] if self.sure else [])])

    def grid(self, whole: Grid, background: int) -> Grid:
        """The cells of a confusion that are shown, without rows and columns of classes that have none.

        Args:
            whole: All of the confusion.
            background: The number of background among its classes.
        """
        if not whole.cells:
            return whole
        used = whole.base != 0
        used = used if whole.other is None else used | (whole.other != 0)
        wanted = self._wanted(whole, background)
        if self.title:
            found = wanted & used
            # A matrix without any cell could not say why: it stays as it is, and all of its cells are hidden.
            return whole.part(found) if found.any() else replace(whole, hidden=~found)
        classes = [np.array([at < background for at in side]) for side in (whole.labels, whole.inferred)]
        keeps = used.any(axis=1) | ~classes[0], used.any(axis=0) | ~classes[1]
        if all(keep.all() for keep in keeps) or not used.any():
            return whole
        return whole.part(np.logical_and.outer(*keeps))

    def _wanted(self, grid: Grid, background: int) -> NDArray[np.bool_]:
        place = [(label, inferred) for label in grid.labels for inferred in grid.inferred]
        kept = [self._wants(cell, grid, background) for cell in place]
        return np.array(kept, bool).reshape(grid.rows, grid.columns)

    def _wants(self, cell: ConfusionCell, grid: Grid, background: int) -> bool:
        if self.kind and kind_of_cell(cell, background) != self.kind:
            return False
        return not self.sure or grid.state(*cell) is State.SURE

    def rows(self, cells: CellTable, grid: Grid, background: int) -> NDArray[np.int64] | None:
        """Rows of the list of cells that are shown; None for all.

        Args:
            cells: The list.
            grid: All of the confusion.
            background: The number of background among its classes.
        """
        if not self.title:
            return None
        pairs = zip(cells.label.tolist(), cells.inferred.tolist(), strict=True)
        return np.flatnonzero(np.array([self._wants(cell, grid, background) for cell in pairs], bool))

    def ask(self) -> None:
        """Ask which cells to show."""
        offers = [Offer(key, words, "shown now" * (key == self.kind)) for key, words in _KINDS.items()]
        words = "sure and unsure changes" if self.sure else "sure changes only"
        offers.append(Offer(_SURE, words))
        self.screen.app.push_screen(Choose("Which cells", offers, self.kind), self._take)

    def _take(self, key: str | None) -> None:
        if key is None:
            return
        if key == _SURE:
            self.sure = not self.sure
        else:
            self.kind = key
        self.changed()


def kind_of_cell(cell: ConfusionCell, background: int) -> str:
    """`confused`, `missed`, `spurious` or `correct`."""
    label, inferred = cell
    if label == background:
        return "spurious"
    if inferred == background:
        return "missed"
    return "correct" if label == inferred else "confused"
