"""All frames as a table, the one under the cursor as a picture beside it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.query.wording import quoted
from aquarium_tui.tui.frame_columns import frame_columns
from aquarium_tui.tui.graphics import Picture
from aquarium_tui.tui.screens.board import Board
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.state import View
from aquarium_tui.tui.walks import ChangeWalk
from aquarium_tui.tui.widgets.columns import Sort
from aquarium_tui.tui.widgets.sorting import SortKeys
from aquarium_tui.tui.widgets.table import Table

REST = 0.08
"""Seconds for which the cursor must rest before the preview follows."""


class FramesScreen(SortKeys, Board):
    """Which frames got better or worse."""

    HERE = "frames"
    MAIN_TABLE = "#frames"
    CSS_PATH = "frames.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "Open frame", tooltip="Open the frame under the cursor"),
        Binding("escape", "app.open_screen", "Datasets", tooltip="Choose another dataset"),
    ]

    def content(self) -> ComposeResult:
        """Table and preview."""
        with Container(id="frames-body"):
            yield Table(id="frames", empty="this dataset has no frames")
            with Vertical(id="preview"):
                yield Picture(id="preview-picture")
                yield Static(id="preview-text")

    def show(self, view: View) -> None:
        """Fill the table; the first time sorted by what got worst."""
        table = self.query_one("#frames", Table)
        comparison = view.comparison
        sort = table.sort or Sort("delta" if comparison.other else "errors", True)
        rows = view.selection.frame_order if view.selection else None
        table.show(
            frame_columns(comparison),
            len(comparison.dataset.frames),
            sort=None if view.ordered else sort,
            rows=rows,
        )
        self.say_position()
        if table.row is not None:
            self._preview(table.row)

    @on(Table.Highlighted)
    def follow(self, event: Table.Highlighted) -> None:
        """Show the frame under the cursor a moment after it rests."""
        self.say_position()
        self.set_timer(
            REST,
            lambda: self._preview(event.row) if self.query_one("#frames", Table).row == event.row else None,
        )

    def focus_content(self) -> None:
        """To the table."""
        self.set_focus(self.query_one("#frames"))

    def equivalent(self) -> str:
        """The frame under the cursor."""
        row = self.query_one("#frames", Table).row
        if self.drawn is None or row is None:
            return ""
        return f"frame.id = {quoted(self.drawn.comparison.dataset.frames.id[row] or '')}"

    def _preview(self, row: int) -> None:
        view = self.drawn
        if view is None:
            return
        comparison = view.comparison
        self.query_one(Picture).show(self.aquarium.painter.frame(row))
        frames = comparison.dataset.frames
        labels = int(comparison.dataset.labels.starts[row + 1] - comparison.dataset.labels.starts[row])
        parts = [visible(frames.id[row] or ""), f"{grouped(labels)} labels"]
        for side in comparison.sides:
            parts.append(f"{side} {grouped(int(comparison.frame_scores[side].errors[row]))} errors")
        self.query_one("#preview-text", Static).update(" · ".join(parts), layout=False)

    def say_position(self) -> None:
        """Where the cursor is and how the table is sorted."""
        table = self.query_one("#frames", Table)
        self.say_table(table)

    @on(Table.Selected)
    def action_enter(self, event: Table.Selected | None = None) -> None:
        """Open the frame under the cursor."""
        table = self.query_one("#frames", Table)
        if table.row is not None and self.drawn is not None:
            word = self.drawn.marked_word
            self.app.push_screen(FrameScreen(ChangeWalk(table.order, word), frame=table.row))
