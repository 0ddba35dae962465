"""The path through objects and frames that `n`, `p`, `]` and `[` follow, whatever the settings become."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.rows import object_keys
from aquarium_tui.model.reviews import Subject

SORTS = ("confidence", "iou", "size", "confidence_change", "frame")
OF_BOXES = ("iou", "size")


class Walk(Protocol):
    """A list of objects, made anew from a comparison whenever its settings change."""

    @property
    def title(self) -> str:
        """What the list holds, in a word or two."""

    def rows(self, view: Seen[ObjectComparison]) -> NDArray[np.int64]:
        """Rows of the ledger in their order."""


@dataclass(frozen=True)
class CellWalk:
    """The samples in one list of a cell, sorted.

    Attributes:
        label: Row of the confusion.
        inferred: Column of the confusion.
        which: The list.
        sort: What the samples are sorted by.
        descending: Largest first.
    """

    label: int
    inferred: int
    which: str
    sort: str
    descending: bool = True

    @property
    def cell(self) -> tuple[int, int]:
        """Row and column of the confusion."""
        return self.label, self.inferred


@dataclass(frozen=True)
class ObjectWalk:
    """The objects in one list of a cell."""

    cells: CellWalk

    @property
    def title(self) -> str:
        """The list's word."""
        return list_word(CellList(self.cells.which), self.cells.label == self.cells.inferred)

    def rows(self, view: Seen[ObjectComparison]) -> NDArray[np.int64]:
        """Rows of the ledger in their order."""
        comparison, walk = view.comparison, self.cells
        rows = comparison.rows_of(*walk.cell, CellList(walk.which))
        if walk.sort == "frame":
            return rows[::-1] if walk.descending else rows
        keys = getattr(object_keys(comparison, rows), walk.sort)
        return rows[np.argsort(-keys if walk.descending else keys, kind="stable")]


@dataclass(frozen=True)
class ChangeWalk:
    """The marked objects of frames in the order of a list of frames.

    Attributes:
        frames: `(k,)` int64, the frames in their order.
        title: What is marked, in a word.
    """

    frames: NDArray[np.int64]
    title: str

    def rows(self, view: Seen[ObjectComparison]) -> NDArray[np.int64]:
        """Rows of the ledger in their order."""
        comparison, ledger = view.comparison, view.comparison.ledger
        place = np.full(len(comparison.dataset.frames), -1, np.int64)
        place[self.frames] = np.arange(len(self.frames))
        rows = np.flatnonzero(view.marked & (place[ledger.frame] >= 0))
        return rows[np.argsort(place[ledger.frame[rows]], kind="stable")]


@dataclass(frozen=True)
class SubjectWalk:
    """The objects of a list that is reviewed.

    Attributes:
        title: What the list is called.
        subjects: What it holds, in its order.
        queue: The name of the queue that it is; empty where it is none.
    """

    title: str
    subjects: tuple[Subject, ...]
    queue: str = ""

    def rows(self, view: Seen[ObjectComparison]) -> NDArray[np.int64]:
        """Rows of the ledger in their order."""
        places = (view.reviews.place(subject) for subject in self.subjects)
        rows = [place[1] for place in places if not isinstance(place, str) and place[0] == "object"]
        return np.array(list(dict.fromkeys(rows)), np.int64)


@dataclass(frozen=True)
class ObjectLook:
    """An object to open, and the list it is in."""

    walk: Walk
    row: int


@dataclass(frozen=True)
class FrameLook:
    """A frame to open, and the list it is in.

    Attributes:
        frames: `(k,)` int64, the frames of the list in their order.
        frame: Which of them.
        title: What the list holds, in a word or two.
        cell: Label class and inferred class whose pixels to show; None shows all.
        queue: The name of the queue that the list is; empty where it is none.
    """

    frames: NDArray[np.int64]
    frame: int
    title: str
    cell: tuple[int, int] | None = None
    queue: str = ""


Look = ObjectLook | FrameLook


def find_object(comparison: ObjectComparison, label: int, base: int, other: int) -> int | None:
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
