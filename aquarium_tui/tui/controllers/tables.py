"""Tables of a screen: sorting them, choosing their columns, and which cells of a confusion are shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.columns import CellText, Sort, TableColumn
from aquarium_tui.kinds.lists import CellTable, ConfusionCell, Grid
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import COLUMNS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.dialogs import Choose, Offer
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.columns import Arrangement
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.table import Table


class ChooseColumns(Dialog[None]):
    """The columns of a table, which follows every change at once.

    Args:
        table: The table.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COLUMNS)]

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        """Title, columns, keys."""
        with Vertical(id="dialog"):
            yield Static("Columns", classes="dialog-title")
            yield Table(id="choices")
            yield Line(id="further")

    def on_mount(self) -> None:
        """List them."""
        sign = program_of(self).keymap.sign
        words = (
            f"{sign('choice.flip')} show or hide   {sign('columns.narrower')} {sign('columns.wider')} width"
        )
        words += f"   {sign('columns.reset')} reset   {sign('dialog.cancel')} done"
        self.query_one("#further", Line).show([(words, "dim")])
        self.query_one("#dialog").styles.height = min(len(self.table.every), 16) + 6
        self._fill()

    def on_unmount(self) -> None:
        """Have them remembered."""
        self.table.keep_arrangement()

    def _fill(self) -> None:
        of_table, every = self.table, self.table.every
        widths = dict(zip([c.key for c in of_table.columns], of_table.widths, strict=True))

        def shown(row: int) -> CellText:
            return ("✓" if every[row].key in widths else "", "accent")

        def width(row: int) -> CellText:
            return (str(widths.get(every[row].key, "")), "dim")

        self.query_one("#choices", Table).show(
            [
                TableColumn("shown", "", 1, shown),
                TableColumn("title", "", 0, lambda row: visible(every[row].title) or visible(every[row].key)),
                TableColumn("width", "", 5, width, right=True),
            ],
            len(every),
        )

    def _change(self, arrangement: Arrangement) -> None:
        self.table.rearrange(arrangement)
        self._fill()

    @on(Table.Selected)
    def action_flip(self) -> None:
        """Show or hide the column under the cursor; the first one stays."""
        row = self.query_one("#choices", Table).row
        if row:
            self._change(self.table.arrangement.toggled(self.table.every[row].key))

    def action_widen(self, by: int) -> None:
        """Make the column under the cursor wider or narrower."""
        row = self.query_one("#choices", Table).row
        widths = dict(zip([c.key for c in self.table.columns], self.table.widths, strict=True))
        key = self.table.every[row or 0].key
        if key in widths:
            self._change(self.table.arrangement.sized(key, widths[key] + by))

    def action_reset(self) -> None:
        """Reset columns to their default widths."""
        self._change(Arrangement())


class TableControl:
    """The tables of a screen.

    Args:
        screen: The screen; the line of screens on it says how a table is sorted.
        main: A selector of the table that is sorted where none has the focus.
    """

    def __init__(self, screen: Screen[Any], main: str) -> None:
        self.screen, self.main = screen, main

    def restore(self) -> None:
        """Begin with the columns that were wanted last."""
        program = program_of(self.screen)
        for table in self.screen.query(Table):
            if not table.id:
                continue
            kept, wanted = program.session.last_used.columns(table.id), program.config.columns.get(table.id)
            table.arrangement = (
                Arrangement(only=frozenset(wanted)) if wanted and not kept else Arrangement.of(kept)
            )

    def keep(self, table: Table) -> None:
        """Remember which columns of a table are wanted."""
        if table.id:
            program_of(self.screen).session.last_used.remember_columns(table.id, table.arrangement.kept)

    def sort(self) -> None:
        """Ask what to sort by."""
        table = self._table()
        offers = [Offer(column.key, column.title) for column in table.every if column.keys]
        current = table.sort.key if table.sort else ""

        def sort(key: str | None) -> None:
            column = next((column for column in table.every if column.key == key), None)
            if column:
                table.sort_by(Sort(column.key, column.descending))
                self.say(table)

        self.screen.app.push_screen(Choose("Sort by", offers, current), sort)

    def reverse(self) -> None:
        """Reverse the order."""
        table = self._table()
        if table.sort:
            table.sort_by(Sort(table.sort.key, not table.sort.descending))
            self.say(table)

    def choose_columns(self) -> None:
        """Ask which columns to show."""
        self.screen.app.push_screen(ChooseColumns(self._table()))

    def say(self, table: Table) -> None:
        """Where the table's cursor is, and how it is sorted, on the line of screens."""
        sort = table.sort
        words = (c.order_words(sort.descending) for c in table.every if sort and c.key == sort.key)
        by = "".join(f"  by {order}" for order in words)
        ordinary, place = table.total - table.pinned, table.position + 1 - table.pinned
        at = f"{grouped(place)} of {grouped(ordinary)}" if place > 0 else f"all {grouped(ordinary)}"
        at = at if table.total else "none"
        marked = int(np.count_nonzero(table.marks))
        marks = f"  {grouped(marked)} marked" if marked else ""
        self.screen.query_one(Tabs).say(at + marks + by)

    def _table(self) -> Table:
        focused = self.screen.focused
        return focused if isinstance(focused, Table) else self.screen.query_one(self.main, Table)


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

    def why_none(self, wanted: str) -> str:
        """Why no cells are left by a filter by class or by this one; empty where neither is on."""
        sign = program_of(self.screen).keymap.sign
        if wanted:
            filters = sign("metrics.filter")
            return f"no cell has a class with {visible(wanted)} in its name: {filters} filters"
        return f"no cell is left of {self.title}: {sign('metrics.cells')} shows others" if self.title else ""

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
