"""One cell of the delta confusion: its counts, and the four lists of objects behind it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


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
