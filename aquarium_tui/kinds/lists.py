"""One confusion as screens show it: counts by cell, and what lies behind each cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size

from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.columns import CellText, Span, TableColumn, Tiles
from aquarium_tui.kinds.report_columns import Evidence, looks
from aquarium_tui.kinds.walks import CellWalk, Look
from aquarium_tui.model.names import cell_words, visible
from aquarium_tui.model.numbers import grouped, signed

MatrixMode = Literal["delta", "base", "other", "percent", "column", "relative"]
MODE_TITLES: Mapping[MatrixMode, str] = {
    "delta": "delta: other − base",
    "base": "base",
    "other": "other",
    "percent": "percent of row",
    "column": "percent of column",
    "relative": "relative delta: Δ ÷ base",
}
"""What a matrix shows, in words."""

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
        hidden: `(rows, columns)` bool, cells that a filter leaves out; None where there is no filter.
        whole: Counts of each row `(sets, rows)` and each column `(sets, columns)`, with all that is left out;
            None where nothing is.
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
    hidden: NDArray[np.bool_] | None = None
    whole: tuple[NDArray[Any], NDArray[Any]] | None = None

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
        if self.other is None:
            return ("base", "percent", "column")
        return ("delta", "base", "other", "percent", "column", "relative")

    def worse(self, row: int, column: int) -> float:
        """By how much other is worse in a cell: more of a wrong cell, less of the diagonal."""
        got = (
            self.base[row, column] if self.other is None else self.other[row, column] - self.base[row, column]
        )
        return float(-got if self.diagonal(row, column) else got)

    @property
    def largest_change(self) -> float:
        """The largest delta of a cell in either direction; 0 with one set."""
        return 0.0 if self.other is None else float(np.abs(self.other - self.base).max(initial=0))

    def worst(self) -> ConfusionCell:
        """The wrong cell that got worst, one with counts first; with one set the largest wrong cell."""
        got = self.base if self.other is None else self.other - self.base
        right = np.equal.outer(np.array(self.labels), np.array(self.inferred))
        hidden = right if self.hidden is None else right | self.hidden
        hidden = self.hidden if self.hidden is not None and hidden.all() else hidden
        empty = hidden | (np.maximum(self.base, got) == 0)
        hidden = hidden if empty.all() else empty
        row, column = np.unravel_index(int(np.argmax(np.where(hidden, -np.inf, got))), got.shape)
        return self.cell_at(int(row), int(column))

    def longest(self, mode: MatrixMode) -> int:
        """How many cells the longest text of a mode takes."""
        if mode in ("percent", "column", "relative"):
            unsure = mode == "relative"
            return max((unsure + len(self.share(mode, *at)) for at in np.ndindex(self.base.shape)), default=0)
        other = self.base if self.other is None else self.other
        counts = other - self.base if mode == "delta" else self.base if mode == "base" else other
        write = self.signed if mode == "delta" else self.written
        unsure = mode == "delta"  # A sign stands before a delta that is not sure.
        return max((unsure + len(write(count)) for count in np.unique(counts).tolist()), default=0)

    def share(self, mode: MatrixMode, row: int, column: int) -> str:
        """The share of its row or column that a cell has under each set, or its delta as a part of base."""
        if mode == "relative":
            return self._relative(row, column)
        of_rows, of_columns = self.sums
        whole = of_rows[:, row] if mode == "percent" else of_columns[:, column]
        sets = [counts[row, column] for counts in (self.base, self.other) if counts is not None]
        parts = zip(sets, whole.tolist(), strict=True)
        return "→".join(f"{round(100 * float(n / of))}" if of else "–" for n, of in parts) + "%"

    @property
    def sums(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Counts of each row `(sets, rows)` and of each column `(sets, columns)`, left out or not."""
        if self.whole is not None:
            return self.whole
        sets = np.stack([counts for counts in (self.base, self.other) if counts is not None])
        return sets.sum(axis=2), sets.sum(axis=1)

    def _relative(self, row: int, column: int) -> str:
        """`+25%`; `new` where base has nothing."""
        base = float(self.base[row, column])
        other = base if self.other is None else float(self.other[row, column])
        if not base:
            return "new" if other else "0%"
        return f"{round(100 * (other - base) / base):+d}%".replace("+0%", "0%").replace("-", "−")

    def part(self, wanted: NDArray[np.bool_]) -> "Grid":
        """The same without rows and columns that have no wanted cell; other cells are hidden.

        Args:
            wanted: `(rows, columns)` bool.
        """
        rows, columns = (np.flatnonzero(wanted.any(axis=axis)) for axis in (1, 0))
        place = np.ix_(rows, columns)
        of_rows, of_columns = self.sums
        return replace(
            self,
            labels=[self.labels[row] for row in rows.tolist()],
            inferred=[self.inferred[column] for column in columns.tolist()],
            row_names=[self.row_names[row] for row in rows.tolist()],
            column_names=[self.column_names[column] for column in columns.tolist()],
            colors=[self.colors[row] for row in rows.tolist()],
            base=self.base[place],
            other=None if self.other is None else self.other[place],
            hidden=~wanted[place],
            whole=(of_rows[:, rows], of_columns[:, columns]),
        )


_SUM = "  =  "
"""What the sum of a sentence begins with."""

LEAVES = {True: ("gained", "lost"), False: ("new", "fixed")}
"""What came into a cell and what left it for good, by whether it is right."""


def cell_title(
    names: Sequence[str], cell: ConfusionCell, missed: str = "missed", spurious: str = "spurious"
) -> str:
    """A cell in words, long names shortened: `cyclist → pedestrian`, `cyclist missed`, `spurious car`."""
    return cell_words([brief(name, 22) for name in names], cell, missed, spurious)


def change_spans(title: str, grid: Grid, cell: ConfusionCell) -> list[Span]:
    """`cyclist → pedestrian   61 → 23   −38`."""
    head: Span = (f" {title}   ", "strong")
    place = grid.place_of(cell)
    if place is None:
        return [head]
    whole = np.issubdtype(grid.base.dtype, np.integer)
    count, change = (grouped, signed) if whole else (grid.written, grid.signed)
    if grid.other is None:
        return [head, (count(grid.base[place]), "")]
    base, other = grid.base[place], grid.other[place]
    delta = looks(change(other - base), -grid.worse(*place), grid.state(*cell))
    return [head, (f"{count(base)} → {count(other)}   ", ""), delta]


def sum_spans(counts: CellCounts, cell: ConfusionCell) -> list[Span]:
    """`=  +4 new − 39 fixed − 3 moved`: how a delta comes about."""
    right = cell[0] == cell[1]
    new, fixed, moved = (int(c[cell]) for c in (counts.introduced, counts.fixed, counts.moved))
    came, went = LEAVES[right]
    tail = "" if right else f" − {grouped(moved)} moved"
    return [(f"{_SUM}+{grouped(new)} {came} − {grouped(fixed)} {went}{tail}", "dim")]


def shorter_sentences(spans: Sequence[Span]) -> list[list[Span]]:
    """A sentence of a cell for less room: without its sum, which the lists repeat, then without chance."""
    least = [span for span in spans[:-1] if not span[0].startswith(_SUM)]
    return [[*least, *spans[-1:]], least]


def both_ends(name: str, width: int) -> str:
    """A name in at most `width` cells, its middle left out where it is longer: ends tell names apart."""
    if cell_len(name) <= width:
        return name
    tail = last_cells(name, (width - 1) // 2)
    return f"{set_cell_size(name, max(width - 1 - cell_len(tail), 0)).rstrip()}…{tail.lstrip()}"


def last_cells(name: str, width: int) -> str:
    """The end of a name in at most `width` cells."""
    start = max(len(name) - width, 0)
    while start < len(name) and cell_len(name[start:]) > width:
        start += 1
    return name[start:]


def brief(name: str, width: int) -> str:
    """A name in at most `width` cells, so that what stands behind it is seen."""
    shown = visible(name)
    return shown if cell_len(shown) <= width else set_cell_size(shown, width - 1).rstrip() + "…"


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
        TableColumn("label", "label", 0, named, lambda: label, ends=True),
        TableColumn("inferred", "inferred", 0, called, lambda: inferred, ends=True),
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

    return TableColumn("worse", "delta", 6, change, lambda: worse, right=True, descending=True, harm=True)


def _count(grid: Grid, title: str, counts: NDArray[Any]) -> TableColumn:
    def cell(row: int) -> CellText:
        return grid.written(counts[row]), "" if counts[row] else "dim"

    return TableColumn(title, title, 5, cell, lambda: counts, right=True, descending=True)
