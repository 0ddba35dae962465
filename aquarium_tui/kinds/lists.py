"""One confusion as screens show it: counts by cell, and what lies behind each cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.kinds.columns import CellText, Span, TableColumn, Tiles
from aquarium_tui.kinds.evidence import Evidence, looks
from aquarium_tui.kinds.grid import ConfusionCell, Grid
from aquarium_tui.kinds.walks import CellWalk, Look


@dataclass(frozen=True)
class CellTable:
    """The cells that are not zero in both sets.

    Attributes:
        label: `(k,)` rows of the confusion.
        inferred: `(k,)` columns of the confusion.
        columns: What to show of them.
    """

    label: NDArray[np.int64]
    inferred: NDArray[np.int64]
    columns: list[TableColumn]

    def row_of(self, label: int, inferred: int) -> int | None:
        """The row of a cell."""
        found = np.flatnonzero((self.label == label) & (self.inferred == inferred))
        return int(found[0]) if len(found) else None

    def touching(self, position: int) -> NDArray[np.int64]:
        """Rows of the cells of one class."""
        return np.flatnonzero((self.label == position) | (self.inferred == position))


class Confusion(Protocol):
    """One confusion of a view."""

    @property
    def title(self) -> str:
        """What it counts."""

    @property
    def sorts(self) -> tuple[str, ...]:
        """What samples can be sorted by."""

    def grid(self, evidence: Evidence | None) -> Grid:
        """All of it."""

    def table(self, evidence: Evidence | None) -> CellTable:
        """The cells as a list."""

    def sentence(self, cell: ConfusionCell, evidence: Evidence | None) -> list[Span]:
        """What happened in a cell, with the sum that always holds."""

    def start(self, cell: ConfusionCell) -> CellWalk:
        """The list of a cell to look at first."""

    def lists(self, cell: ConfusionCell) -> Mapping[str, tuple[str, int]]:
        """The lists of a cell by name: caption, and how many samples are in it."""

    def samples(self, walk: CellWalk) -> NDArray[np.int64]:
        """Rows of what a list holds, in its order."""

    def tiles(self, walk: CellWalk) -> Tiles:
        """The samples of a list as pictures."""

    def look(self, walk: CellWalk, sample: int) -> Look:
        """What to open for one of the samples of a list."""

    def why_empty(self, cell: ConfusionCell) -> str:
        """What to say where a list is empty."""

    def query(self, walk: CellWalk) -> str:
        """The query that selects what a list holds; "" where no query can."""

    def query_of_class(self, position: int) -> str:
        """The query that selects what has to do with a class; "" where no query can."""


def cell_table(grid: Grid, further: Mapping[str, NDArray[Any]]) -> CellTable:
    """The wrong and right cells of base and other, ranked by how much worse they got.

    Args:
        grid: All of a confusion.
        further: More counts of each cell by title, `(rows, columns)`.
    """
    base = grid.base
    other = base if grid.other is None else grid.other
    rows, columns = np.nonzero((base != 0) | (other != 0))
    label, inferred = (np.array(all_, np.int64) for all_ in (grid.labels, grid.inferred))
    label, inferred = label[rows], inferred[columns]
    background = [not color for color in grid.colors]

    def named(row: int) -> CellText:
        return grid.row_names[rows[row]], "dim" if background[rows[row]] else ""

    def called(row: int) -> CellText:
        column = int(columns[row])
        return grid.column_names[column], "dim" if grid.inferred[column] not in grid.labels else ""

    found = [
        TableColumn("label", "label", 0, named, lambda: label),
        TableColumn("inferred", "inferred", 0, called, lambda: inferred),
        _count(grid, "base", base[rows, columns]),
    ]
    if grid.other is not None:
        found += [_count(grid, "other", other[rows, columns]), _change(grid, rows, columns)]
        found += [_count(grid, title, counts[rows, columns]) for title, counts in further.items()]
    return CellTable(label, inferred, found)


def _change(grid: Grid, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> TableColumn:
    assert grid.other is not None
    delta = (grid.other - grid.base)[rows, columns]
    worse = np.array([grid.worse(*at) for at in zip(rows.tolist(), columns.tolist(), strict=True)])

    def change(row: int) -> CellText:
        state = grid.state(*grid.cell_at(int(rows[row]), int(columns[row])))
        return looks(grid.signed(delta[row]), -float(worse[row]), state)

    return TableColumn("worse", "delta", 6, change, lambda: worse, right=True, descending=True)


def _count(grid: Grid, title: str, counts: NDArray[Any]) -> TableColumn:
    def cell(row: int) -> CellText:
        return grid.written(counts[row]), "" if counts[row] else "dim"

    return TableColumn(title, title, 5, cell, lambda: counts, right=True, descending=True)
