"""Choose one of a few things by typing a part of its name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from aquarium_tui.kinds.columns import TableColumn
from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import CHOOSE
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.table import Table

WIDTH = 64
"""Cells of the dialog, unless what is said about a choice needs more; `max-width` keeps it on the screen."""
_AROUND = 10
"""Cells of borders, padding, the cursor's mark and a scrollbar."""


@dataclass(frozen=True)
class Offer:
    """Something that can be chosen.

    Attributes:
        key: What the dialog answers with.
        title: Its name.
        detail: A few words about it.
    """

    key: str
    title: str
    detail: str = ""


class Choose(Dialog[str | None]):
    """A list with a filter; answers with the chosen key, or None.

    Args:
        title: What is chosen.
        choices: What there is.
        current: The key of the one under the cursor at first.
        further: What else can be done with a choice, by the id of an action: in a word, and a function of the
            choice's key.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CHOOSE)]

    def __init__(
        self,
        title: str,
        choices: Sequence[Offer],
        current: str = "",
        further: Mapping[str, tuple[str, Callable[[str], None]]] | None = None,
    ) -> None:
        super().__init__()
        self.further = further or {}
        self.heading = title
        self.choices = choices
        self.current = current
        self.shown = list(range(len(choices)))

    def compose(self) -> ComposeResult:
        """Title, filter, list."""
        with Vertical(id="dialog"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            yield Input(placeholder="type to filter", compact=True)
            yield Table(id="choices", empty="no match")
            yield Line(id="further")

    def on_mount(self) -> None:
        """Put the cursor on the current choice."""
        sign = program_of(self).keymap.sign
        words = [f"{sign(action)} {does}" for action, (does, _) in self.further.items()]
        self.query_one("#further", Line).show(
            [("   ".join([f"{sign('dialog.accept')} choose", *words]), "dim")]
        )
        current = next((i for i, c in enumerate(self.choices) if c.key == self.current), 0)
        self._fill(current)

    def _fill(self, at: int = 0) -> None:
        shown = [self.choices[i] for i in self.shown]
        width = max((len(choice.title) for choice in shown), default=8) + 1
        columns = [
            TableColumn("title", "", width, lambda row: visible(shown[row].title)),
            TableColumn("detail", "", 0, lambda row: (visible(shown[row].detail), "dim")),
        ]
        table = self.query_one(Table)
        table.show(columns, len(shown), row=at)
        dialog = self.query_one("#dialog")
        dialog.styles.height = min(len(self.choices), 16) + 7
        longest = max((cell_len(visible(choice.detail)) for choice in self.choices), default=0)
        dialog.styles.width = max(WIDTH, width + longest + _AROUND)

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Keep what contains the text."""
        wanted = event.value.casefold()
        self.shown = [i for i, c in enumerate(self.choices) if wanted in f"{c.title} {c.detail}".casefold()]
        self._fill()

    def action_rename(self) -> None:
        """Rename the choice under the cursor."""
        self._do("segments.rename")

    def action_delete(self) -> None:
        """Delete the choice under the cursor."""
        self._do("segments.delete")

    def _do(self, action: str) -> None:
        """Do something else with the choice under the cursor, and close the list."""
        row = self.query_one(Table).row
        if action in self.further and row is not None:
            self.dismiss(None)
            self.app.call_later(self.further[action][1], self.choices[self.shown[row]].key)

    def action_move(self, by: int) -> None:
        """Move in the list while typing."""
        self.query_one(Table).position += by

    @on(Table.Selected)
    def _clicked(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Answer with the choice under the cursor."""
        row = self.query_one(Table).row
        if row is not None:
            self.dismiss(self.choices[self.shown[row]].key)
