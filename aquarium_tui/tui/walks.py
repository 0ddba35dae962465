"""The path through objects and frames that `n`, `p`, `]` and `[` follow, whatever the settings become."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects import object_keys
from aquarium_tui.tui.state import View

SORTS = ("confidence", "iou", "size", "confidence_change", "frame")


class Walk(Protocol):
    """A list of objects, made anew from a comparison whenever its settings change."""

    @property
    def title(self) -> str:
        """What the list holds, in a word or two."""

    def rows(self, view: View) -> NDArray[np.int64]:
        """Rows of the ledger in their order."""


@dataclass(frozen=True)
class CellWalk:
    """The samples in one list of a cell, sorted.

    Attributes:
        label: Row of the confusion.
        inferred: Column of the confusion.
        which: The list.
        sort: One of `SORTS`.
        descending: Largest first.
    """

    label: int
    inferred: int
    which: CellList
    sort: str = "confidence"
    descending: bool = True

    @property
    def title(self) -> str:
        """The list's word."""
        return list_word(self.which, self.label == self.inferred)

    def rows(self, view: View) -> NDArray[np.int64]:
        """Rows of the ledger in their order."""
        comparison = view.comparison
        rows = comparison.rows_of(self.label, self.inferred, self.which)
        if self.sort == "frame":
            return rows[::-1] if self.descending else rows
        keys = getattr(object_keys(comparison, rows), self.sort)
        return rows[np.argsort(-keys if self.descending else keys, kind="stable")]


@dataclass(frozen=True)
class ChangeWalk:
    """The marked objects of frames in the order of a list of frames.

    Attributes:
        frames: `(k,)` int64, the frames in their order.
        title: What is marked, in a word.
    """

    frames: NDArray[np.int64]
    title: str

    def rows(self, view: View) -> NDArray[np.int64]:
        """Rows of the ledger in their order."""
        comparison, ledger = view.comparison, view.comparison.ledger
        place = np.full(len(comparison.dataset.frames), -1, np.int64)
        place[self.frames] = np.arange(len(self.frames))
        rows = np.flatnonzero(view.marked & (place[ledger.frame] >= 0))
        return rows[np.argsort(place[ledger.frame[rows]], kind="stable")]


def find_object(comparison: Comparison, label: int, base: int, other: int) -> int | None:
    """The row of the ledger that holds this label, else this inference of base, else of other."""
    ledger = comparison.ledger
    for column, row in ((ledger.label, label), (ledger.base, base), (ledger.other, other)):
        found = np.flatnonzero(column == row)
        if row >= 0 and len(found):
            return int(found[0])
    return None


def list_word(which: CellList, diagonal: bool) -> str:
    """A list's caption on screen."""
    if diagonal:
        return {"fixed": "Lost", "introduced": "Gained", "moved": "–", "unchanged": "Kept"}[which]
    return {"fixed": "Fixed", "introduced": "New confusion", "moved": "Moved", "unchanged": "Unchanged"}[
        which
    ]
