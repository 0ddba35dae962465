"""Choose which columns a table shows, and how wide they are."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from aquarium_tui.kinds.columns import CellText, TableColumn
from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import COLUMNS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.columns import Arrangement
from aquarium_tui.tui.widgets.line import Line
from aquarium_tui.tui.widgets.table import Table


class ChooseColumns(Dialog[None]):
    """The columns of a table, which follows every change at once.

    Args:
        table: The table.
    """

    CSS_PATH = "dialogs.tcss"
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
