"""The samples behind a cell: its four lists as tabs, and the crops of one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects import object_at
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.outcomes import Change
from aquarium_tui.render.scene import CropDrawing
from aquarium_tui.tui.inks import Inks, Span
from aquarium_tui.tui.pictures import Painter, brief, pair_text, side_text
from aquarium_tui.tui.state import View
from aquarium_tui.tui.walks import CellWalk, list_word
from aquarium_tui.tui.widgets.crops import Crops

CHANGE_MARKS: dict[Change, Span] = {
    Change.FIXED: ("▲", "good"),
    Change.BROKEN: ("▼", "bad"),
    Change.MOVED: ("◆", "warn"),
    Change.SAME_ERROR: ("■", "dim"),
    Change.BOTH_CORRECT: ("·", "dim"),
    Change.NONE: ("○", "dim"),
}
"""A sign for each change; its colour is never the only one."""


def lists_of(comparison: Comparison, label: int, inferred: int) -> dict[CellList, int]:
    """The lists of a cell with their counts; without other, the one list of what is in it."""
    if comparison.other is None:
        return {CellList.UNCHANGED: int(comparison.confusion("base")[label, inferred])}
    return {
        which: int(getattr(comparison.cells, which.value)[label, inferred])
        for which in CellList
        if not (which is CellList.MOVED and label == inferred)
    }


def first_list(comparison: Comparison, label: int, inferred: int) -> CellList:
    """The list to look at first: what got worse where the cell got worse, else what got better."""
    counts = lists_of(comparison, label, inferred)
    if CellList.FIXED not in counts:
        return CellList.UNCHANGED
    got_more = counts[CellList.INTRODUCED] >= counts[CellList.FIXED]
    wanted = CellList.INTRODUCED if got_more else CellList.FIXED
    return wanted if counts[wanted] else max(counts, key=lambda which: counts[which])


@dataclass(frozen=True, eq=False)
class CellTiles:
    """Rows of the ledger as tiles."""

    view: View
    painter: Painter
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def crop(self, index: int, aspect: tuple[int, int]) -> CropDrawing:
        """The surroundings of the object."""
        return self.painter.crop(int(self.rows[index]), aspect)

    def caption(self, index: int) -> Sequence[Sequence[Span]]:
        """Frame, sign of the change and label; then what each set says."""
        comparison = self.view.comparison
        found = object_at(comparison, int(self.rows[index]))
        frame = visible(comparison.dataset.frames.id[found.frame] or "")
        name = brief(found.label.class_name, 16) if found.label else "no label"
        said = pair_text(found) if comparison.other else side_text(found, "base")
        sign = CHANGE_MARKS[found.change] if comparison.other else ("", "")
        return [
            [sign, (" " if sign[0] else "", ""), (name, ""), (f"  {frame}", "dim")],
            [(said, "dim")],
        ]


class ListTabs(Widget):
    """The lists of a cell with their counts, and how the shown one is sorted."""

    DEFAULT_CSS = "ListTabs { height: 1; background: $surface; }"

    counts: dict[CellList, int]
    diagonal = False
    which = CellList.FIXED
    note = ""

    @dataclass
    class Chosen(Message):
        """Another list was clicked."""

        which: CellList

    def __init__(self) -> None:
        super().__init__()
        self.counts = {}

    def show(self, counts: dict[CellList, int], which: CellList, diagonal: bool, note: str) -> None:
        """Show other counts."""
        self.counts, self.which, self.diagonal, self.note = counts, which, diagonal, note
        self.refresh()

    def _titles(self) -> list[tuple[CellList, str]]:
        single = len(self.counts) == 1
        return [
            (w, f" {'In the cell' if single else list_word(w, self.diagonal)} {grouped(n)} ")
            for w, n in self.counts.items()
        ]

    def render(self) -> Text:
        """One line."""
        inks = Inks(self)
        text = Text(no_wrap=True, end="")
        for which, title in self._titles():
            ink = "accent" if which is self.which else "" if self.counts[which] else "dim"
            text.append(title, inks.style(ink, "panel" if which is self.which else "surface"))
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
    """The lists behind one cell, one of them as crops."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "list(-1)", "Previous list", show=False),
        Binding("right_square_bracket", "list(1)", "Next list", show=False),
    ]
    DEFAULT_CSS = """
    Samples { height: 1fr; }
    Samples #empty { display: none; padding: 1 2; color: $text-muted; }
    Samples.-empty #empty { display: block; }
    Samples.-empty Crops { display: none; }
    """

    view: View | None = None
    painter: Painter | None = None
    walk = CellWalk(0, 0, CellList.FIXED)

    @dataclass
    class Selected(Message):
        """A sample was entered."""

        walk: CellWalk
        row: int

    def compose(self) -> ComposeResult:
        """Lists, crops, and what stands in their place where there are none."""
        yield ListTabs()
        yield Crops()
        yield Static(id="empty", markup=False)

    def show(self, view: View, painter: Painter, walk: CellWalk, position: int = 0) -> None:
        """Show a list of a cell."""
        self.view, self.painter, self.walk = view, painter, walk
        comparison = view.comparison
        rows = walk.rows(view)
        counts = lists_of(comparison, walk.label, walk.inferred)
        arrow = "↓" if walk.descending else "↑"
        note = f"by {walk.sort.replace('_', ' ')} {arrow}  [ ] lists "
        self.query_one(ListTabs).show(counts, walk.which, walk.label == walk.inferred, note)
        self.query_one(Crops).show(CellTiles(view, painter, rows), position)
        self.set_class(not len(rows), "-empty")
        self.query_one("#empty", Static).update(self._why_empty(counts))

    def _why_empty(self, counts: dict[CellList, int]) -> str:
        if not any(counts.values()):
            return "Nothing of this kind under these thresholds. < and > change the confidence threshold."
        return "Nothing in this list. [ and ] go to the other lists of the cell."

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the ledger that are shown."""
        return self.walk.rows(self.view) if self.view else np.zeros(0, np.int64)

    def choose(self, **changes: object) -> None:
        """Another list or sorting of the same cell."""
        if self.view and self.painter:
            self.show(self.view, self.painter, replace(self.walk, **changes))  # type: ignore[arg-type]

    def action_list(self, by: int) -> None:
        """To the next or previous list."""
        if self.view:
            lists = list(lists_of(self.view.comparison, self.walk.label, self.walk.inferred))
            self.choose(which=lists[(lists.index(self.walk.which) + by) % len(lists)])

    def on_list_tabs_chosen(self, event: ListTabs.Chosen) -> None:
        """A list was clicked."""
        self.choose(which=event.which)

    def on_crops_selected(self, event: Crops.Selected) -> None:
        """Say which object it is."""
        event.stop()
        self.post_message(self.Selected(self.walk, int(self.rows[event.position])))
