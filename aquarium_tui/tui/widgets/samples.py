"""The samples behind a cell: its lists as tabs, and one of them as pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from aquarium_tui.kinds.lists import Confusion
from aquarium_tui.kinds.walks import CellWalk, Look
from aquarium_tui.model.numbers import grouped
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.widgets.crops import Crops


class ListTabs(Widget):
    """The lists of a cell with their counts, and how the shown one is sorted."""

    DEFAULT_CSS = "ListTabs { height: 1; background: $surface; }"

    lists: Mapping[str, tuple[str, int]] = MappingProxyType({})
    which = ""
    note = ""

    @dataclass
    class Chosen(Message):
        """Another list was clicked."""

        which: str

    def show(self, lists: Mapping[str, tuple[str, int]], which: str, note: str) -> None:
        """Show other lists: caption and count by name."""
        self.lists, self.which, self.note = lists, which, note
        self.refresh()

    def _titles(self) -> list[tuple[str, str]]:
        return [(which, f" {caption} {grouped(n)} ") for which, (caption, n) in self.lists.items()]

    def render(self) -> Text:
        """One line."""
        inks = Inks(self)
        text = Text(no_wrap=True, end="")
        for which, title in self._titles():
            ink = "accent" if which == self.which else "" if self.lists[which][1] else "dim"
            text.append(title, inks.style(ink, "panel" if which == self.which else "surface"))
            text.append("│", inks.style("dim", "surface"))
        free = self.size.width - text.cell_len - len(self.note) - 1
        if free > 0:
            text.append(" " * free + self.note, inks.style("dim", "surface"))
        return text

    def on_click(self, event: events.Click) -> None:
        """A title chooses its list."""
        x = event.x
        for which, title in self._titles():
            if 0 <= x < len(title):
                self.post_message(self.Chosen(which))
            x -= len(title) + 1


class Samples(Vertical):
    """The lists behind one cell, one of them as crops.

    Args:
        keys: The keys that lead from list to list, as they are printed.
    """

    DEFAULT_CSS = """
    Samples { height: 1fr; }
    Samples #empty { display: none; padding: 1 2; color: $text-muted; }
    Samples.-empty #empty { display: block; }
    Samples.-empty Crops { display: none; }
    """

    def __init__(self, keys: str) -> None:
        super().__init__()
        self.keys = keys

    confusion: Confusion | None = None
    walk = CellWalk(0, 0, "", "")
    rows: NDArray[np.int64] = np.zeros(0, np.int64)

    @dataclass
    class Selected(Message):
        """A sample was entered."""

        look: Look

    def compose(self) -> ComposeResult:
        """Lists, crops, and what stands in their place where there are none."""
        yield ListTabs()
        yield Crops()
        yield Static(id="empty", markup=False)

    def show(self, confusion: Confusion, walk: CellWalk, position: int = 0) -> None:
        """Show a list of a cell."""
        self.confusion, self.walk = confusion, walk
        self.rows = confusion.samples(walk)
        arrow = "↓" if walk.descending else "↑"
        note = f"by {walk.sort.replace('_', ' ')} {arrow}  {self.keys} lists "
        self.query_one(ListTabs).show(confusion.lists(walk.cell), walk.which, note)
        self.query_one(Crops).show(confusion.tiles(walk), position)
        self.set_class(not len(self.rows), "-empty")
        self.query_one("#empty", Static).update(confusion.why_empty(walk.cell))

    def choose(self, **changes: object) -> None:
        """Another list or sorting of the same cell."""
        if self.confusion:
            self.show(self.confusion, replace(self.walk, **changes))  # type: ignore[arg-type]

    def action_list(self, by: int) -> None:
        """To the next or previous list."""
        if self.confusion:
            lists = list(self.confusion.lists(self.walk.cell))
            self.choose(which=lists[(lists.index(self.walk.which) + by) % len(lists)])

    def on_list_tabs_chosen(self, event: ListTabs.Chosen) -> None:
        """A list was clicked."""
        self.choose(which=event.which)

    def on_crops_selected(self, event: Crops.Selected) -> None:
        """Say which sample it is."""
        event.stop()
        if self.confusion:
            self.post_message(self.Selected(self.confusion.look(self.walk, int(self.rows[event.position]))))
