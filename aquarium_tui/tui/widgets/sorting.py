"""Keys for screens whose main widget is a table: what to sort by, and which columns to show."""

from typing import TYPE_CHECKING, cast

import numpy as np
from textual import on
from textual.screen import Screen

from aquarium_tui.model.numbers import grouped
from aquarium_tui.session.last_used import LastUsed
from aquarium_tui.tui.dialogs.choose import Choose, Offer
from aquarium_tui.tui.dialogs.columns import ChooseColumns
from aquarium_tui.tui.widgets.columns import Arrangement, Sort
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from aquarium_tui.tui.app import AquariumApp


class TableKeys(Screen[None]):
    """`s` chooses what to sort the table by, `S` turns it round, `C` chooses its columns."""

    MAIN_TABLE = ""
    """The table that is sorted where none has the focus."""

    def _table(self) -> Table:
        focused = self.focused
        return focused if isinstance(focused, Table) else self.query_one(self.MAIN_TABLE, Table)

    def action_sort(self) -> None:
        """Ask what to sort by."""
        table = self._table()
        choices = [Offer(c.key, c.title) for c in table.every if c.keys]
        current = table.sort.key if table.sort else ""

        def sort(key: str | None) -> None:
            column = next((c for c in table.every if c.key == key), None)
            if column:
                table.sort_by(Sort(column.key, column.descending))
                self.say_table(table)

        self.app.push_screen(Choose("Sort by", choices, current), sort)

    def action_reverse(self) -> None:
        """Turn the order round."""
        table = self._table()
        if table.sort:
            table.sort_by(Sort(table.sort.key, not table.sort.descending))
            self.say_table(table)

    def action_columns(self) -> None:
        """Ask which columns to show."""
        self.app.push_screen(ChooseColumns(self._table()))

    def on_mount(self) -> None:
        """Begin with the columns that were wanted last."""
        for table in self.query(Table):
            if table.id:
                table.arrangement = Arrangement.of(self._last_used.columns(table.id))

    @on(Table.Arranged)
    def keep_columns(self, event: Table.Arranged) -> None:
        """Remember which columns are wanted."""
        if event.table.id:
            self._last_used.remember_columns(event.table.id, event.table.arrangement.kept)

    @property
    def _last_used(self) -> LastUsed:
        return cast("AquariumApp", self.app).session.last_used

    def say_table(self, table: Table) -> None:
        """Where the table's cursor is, and how it is sorted, on the line of screens."""
        title = next((c.title for c in table.every if table.sort and c.key == table.sort.key), "")
        by = f"  by {title} {'↓' if table.sort and table.sort.descending else '↑'}" if title else ""
        at = f"{grouped(table.position + 1)} of {grouped(table.total)}" if table.total else "none"
        marked = int(np.count_nonzero(table.marks))
        marks = f"  {grouped(marked)} marked" if marked else ""
        self.query_one(Tabs).say(at + marks + by)
