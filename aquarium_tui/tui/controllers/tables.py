"""Sorts the tables of a screen, and lets their columns be chosen."""

from typing import Any

import numpy as np
from textual.screen import Screen

from aquarium_tui.kinds.columns import Sort
from aquarium_tui.model.numbers import grouped
from aquarium_tui.tui.dialogs.choose import Choose, Offer
from aquarium_tui.tui.dialogs.columns import ChooseColumns
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.columns import Arrangement
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.table import Table


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
        last_used = program_of(self.screen).session.last_used
        for table in self.screen.query(Table):
            if table.id:
                table.arrangement = Arrangement.of(last_used.columns(table.id))

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
        title = next((c.title for c in table.every if table.sort and c.key == table.sort.key), "")
        by = f"  by {title} {'↓' if table.sort and table.sort.descending else '↑'}" if title else ""
        at = f"{grouped(table.position + 1)} of {grouped(table.total)}" if table.total else "none"
        marked = int(np.count_nonzero(table.marks))
        marks = f"  {grouped(marked)} marked" if marked else ""
        self.screen.query_one(Tabs).say(at + marks + by)

    def _table(self) -> Table:
        focused = self.screen.focused
        return focused if isinstance(focused, Table) else self.screen.query_one(self.main, Table)
