"""What a matrix shows: counts by label class and inferred class, of base and other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.model.numbers import grouped, signed

MatrixMode = Literal["delta", "base", "other", "percent"]
ConfusionCell = tuple[int, int]
"""Label class and inferred class, by position; background comes after the classes."""


def _unknown(label: int, inferred: int) -> State:
    del label, inferred
    return State.UNKNOWN


@dataclass(frozen=True)
class Grid:
    """Some rows and columns of a confusion.

    Attributes:
        labels: The class of each row.
        inferred: The class of each column.
        row_names: What stands at each row.
        column_names: What stands over each column.
        colors: `#rrggbb` of each row; "" where it is no class.
        base: `(rows, columns)` counts of base.
        other: The same of other; None with only one set.
        state: How sure the delta of a cell is, by label class and inferred class.
        written: A count as text.
        signed: A difference of counts as text.
    """

    labels: Sequence[int]
    inferred: Sequence[int]
    row_names: Sequence[str]
    column_names: Sequence[str]
    colors: Sequence[str]
    base: NDArray[Any]
    other: NDArray[Any] | None = None
    state: Callable[[int, int], State] = _unknown
    written: Callable[[float], str] = grouped
    signed: Callable[[float], str] = signed

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.labels)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.inferred)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return self.rows * self.columns

    def cell_at(self, row: int, column: int) -> ConfusionCell:
        """The classes of a row and a column."""
        return self.labels[row], self.inferred[column]

    def place_of(self, cell: ConfusionCell) -> tuple[int, int] | None:
        """Row and column of a cell; None where it is not shown."""
        if cell[0] not in self.labels or cell[1] not in self.inferred:
            return None
        return list(self.labels).index(cell[0]), list(self.inferred).index(cell[1])

    def exists(self, row: int, column: int) -> bool:
        """Whether there is such a cell: of background with background there is none."""
        return not (self.diagonal(row, column) and not self.colors[row])

    def diagonal(self, row: int, column: int) -> bool:
        """Whether it is where labels and inferences agree."""
        return self.labels[row] == self.inferred[column]

    def modes(self) -> tuple[MatrixMode, ...]:
        """What can be shown of it."""
        return ("delta", "base", "other", "percent") if self.other is not None else ("base", "percent")

    def worse(self, row: int, column: int) -> float:
        """By how much other is worse in a cell: more of a wrong cell, less of the diagonal."""
        got = (
            self.base[row, column] if self.other is None else self.other[row, column] - self.base[row, column]
        )
        return float(-got if self.diagonal(row, column) else got)

    def worst(self) -> ConfusionCell:
        """The wrong cell that got worst; with one set the largest wrong cell."""
        got = self.base if self.other is None else self.other - self.base
        right = np.equal.outer(np.array(self.labels), np.array(self.inferred))
        row, column = np.unravel_index(int(np.argmax(np.where(right, -np.inf, got))), got.shape)
        return self.cell_at(int(row), int(column))

    def percent(self, row: int, column: int) -> str:
        """The share of its row that a cell has under each set."""
        sets = [counts for counts in (self.base, self.other) if counts is not None]
        parts = [(counts[row, column], counts[row].sum()) for counts in sets]
        return "→".join(f"{round(100 * float(n / of))}" if of else "–" for n, of in parts) + "%"
