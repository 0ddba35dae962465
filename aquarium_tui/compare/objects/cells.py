"""Cells of the confusion of objects: their counts, and the four lists behind each."""

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellCounts, CellList
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.model.outcomes import Outcome


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
