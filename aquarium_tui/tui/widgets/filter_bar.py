"""A line to type a part of a class name into."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import FILTER
from aquarium_tui.tui.widgets.table import Table


class FilterBar(Input):
    """Hidden until it is opened for a table; Enter keeps the filter, Escape drops it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FILTER)]
    DEFAULT_CSS = """
    FilterBar { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    FilterBar:focus { border: none; }
    FilterBar.-open { display: block; }
    """

    table: Table | None = None

    @dataclass
    class Filtered(Message):
        """The filter of a table changed."""

        table: Table

    def __init__(self) -> None:
        super().__init__(placeholder="part of a class name", compact=True)

    def open_for(self, table: Table) -> None:
        """Type a filter for this table."""
        if self.table is not table:
            self.value = ""
        self.table = table
        self.add_class("-open")
        self.focus()

    def text_of(self, table: Table) -> str:
        """What this table is filtered by, case-folded."""
        return self.value.casefold() if self.table is table else ""

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.table:
            self.post_message(self.Filtered(self.table))

    def action_keep(self) -> None:
        """Back to the table."""
        self.set_class(bool(self.value), "-open")
        if self.table:
            self.table.focus()

    def action_drop(self) -> None:
        """Back to the table, all of it."""
        self.value = ""
        self.action_keep()
