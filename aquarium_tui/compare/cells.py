"""One cell of the delta confusion: its counts, and the four lists of objects behind it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.ledger import Ledger
from aquarium_tui.model.outcomes import Outcome


class CellList(StrEnum):
    """How an object stands to a cell.

    For a wrong cell: `fixed` (in it under base, correct or gone under other), `moved` (left it for another
    wrong cell), `introduced` (in it under other, not under base), `unchanged`. For a diagonal cell `fixed`
    reads lost, `introduced` gained, `unchanged` kept, and `moved` is empty.
    """

    FIXED = "fixed"
    INTRODUCED = "introduced"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class CellCounts:
    """Counts of every cell, each `(classes + 1, classes + 1)` int64.

    Always `other - base == introduced - fixed - moved`. With only one set everything is `unchanged`.
    """

    base: NDArray[np.int64]
    other: NDArray[np.int64]
    fixed: NDArray[np.int64]
    introduced: NDArray[np.int64]
    moved: NDArray[np.int64]
    unchanged: NDArray[np.int64]


def count_cells(ledger: Ledger, n: int) -> CellCounts:
    """The counts of all cells.

    Args:
        ledger: The ledger of base and other.
        n: How many evaluated classes there are.
    """
    base, other = ledger.base_cell, ledger.other_cell
    same = (base == other) & (base >= 0)
    moved = (base >= 0) & ~same & ~_leaves_for_good(ledger)

    def count(cells: NDArray[np.int32], among: NDArray[np.bool_]) -> NDArray[np.int64]:
        found = np.bincount(cells[among & (cells >= 0)], minlength=(n + 1) ** 2)
        return found.reshape(n + 1, n + 1).astype(np.int64)

    every = np.ones(len(ledger), bool)
    return CellCounts(
        base=count(base, every),
        other=count(other, every),
        fixed=count(base, ~same & ~moved),
        introduced=count(other, ~same),
        moved=count(base, moved),
        unchanged=count(base, same),
    )


def rows_of_cell(ledger: Ledger, cell: int, which: CellList) -> NDArray[np.int64]:
    """Rows of the ledger in one list of one cell, ascending.

    Args:
        ledger: The ledger of base and other.
        cell: `row * (classes + 1) + column`.
        which: The list.
    """
    base, other = ledger.base_cell == cell, ledger.other_cell == cell
    leaves = base & ~other
    for_good = _leaves_for_good(ledger)
    masks = {
        CellList.FIXED: leaves & for_good,
        CellList.MOVED: leaves & ~for_good,
        CellList.INTRODUCED: other & ~base,
        CellList.UNCHANGED: base & other,
    }
    return np.flatnonzero(masks[which])


def _leaves_for_good(ledger: Ledger) -> NDArray[np.bool_]:
    """Rows that do not end in another wrong cell: right under other, or lost from the diagonal."""
    under_other = ledger.other_outcome
    gone = (under_other == Outcome.CORRECT) | (under_other == Outcome.NONE)
    return np.asarray(gone | (ledger.base_outcome == Outcome.CORRECT))
