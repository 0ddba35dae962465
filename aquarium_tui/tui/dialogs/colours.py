"""Choose which colours the diff map shows."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from aquarium_tui.kinds.columns import TableColumn
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import COLOURS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.line import Line
from aquarium_tui.tui.widgets.switches import Part
from aquarium_tui.tui.widgets.table import Table


class ChooseColours(Dialog[None]):
    """The colours of the diff map, which follows every change at once.

    Args:
        legend: The colours as the legend shows them now, each with its name.
        flip: Shows or hides the colour of a name.
        only: Shows only the colour of a name, or all where it is the only one already.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COLOURS)]

    def __init__(
        self,
        legend: Callable[[], Sequence[Part]],
        flip: Callable[[str], None],
        only: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.legend, self.flip, self.only = legend, flip, only

    def compose(self) -> ComposeResult:
        """Title, colours, keys."""
        with Vertical(id="dialog"):
            yield Static("Colours of the diff map", classes="dialog-title")
            yield Table(id="choices")
            yield Line(id="further")

    def on_mount(self) -> None:
        """List them."""
        sign = program_of(self).keymap.sign
        words = f"{sign('choice.flip')} show or hide   {sign('dialog.accept')} only this or all"
        self.query_one("#further", Line).show([(f"{words}   {sign('dialog.cancel')} done", "dim")])
        self.query_one("#dialog").styles.height = len(self.legend()) + 6
        self._fill()

    def _fill(self) -> None:
        parts = self.legend()
        self.query_one(Table).show([TableColumn("colour", "", 0, lambda row: parts[row][1])], len(parts))

    def _change(self, change: Callable[[str], None]) -> None:
        row = self.query_one(Table).row
        if row is not None:
            change(self.legend()[row][0])
            self._fill()

    def action_flip(self) -> None:
        """Show or hide the colour under the cursor."""
        self._change(self.flip)

    @on(Table.Selected)
    def action_take(self) -> None:
        """Show only the colour under the cursor, or all again."""
        self._change(self.only)
