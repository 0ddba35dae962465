"""The confusion as a grid with fixed headings and a cell cursor."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from aquarium_tui.kinds.lists import ConfusionCell, Grid, MatrixMode
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import MATRIX
from aquarium_tui.tui.inks import Inks

LEAST_CELL = 6
"""Cells of a column at the least: its name is cut to five letters then, which tell most names apart."""


class Matrix(ScrollView, can_focus=True):
    """Rows are labels, columns inferences; background comes last in both, where it is shown.

    The cursor is a row and a column of the grid; what is told to others are cells: label and inferred class.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MATRIX)]
    DEFAULT_CSS = """
    Matrix { scrollbar-size: 1 1; background: $background; }
    """

    cursor: reactive[tuple[int, int]] = reactive((0, 0), init=False)
    mode: reactive[MatrixMode] = reactive("delta", init=False)

    @dataclass
    class Highlighted(Message):
        """The cursor rests on another cell."""

        label: int
        inferred: int

    @dataclass
    class Selected(Message):
        """A cell was entered."""

        label: int
        inferred: int

    grid: Grid | None = None
    _longest = 0
    _clicked: tuple[int, int] | None = None

    def show(self, grid: Grid, cell: ConfusionCell | None = None) -> None:
        """Show other counts, the cursor where it was unless told a cell that is shown."""
        self._clicked = None
        compared = self.grid is not None and (self.grid.other is None) != (grid.other is None)
        self.grid = grid
        cursor = grid.place_of(cell) if cell else None
        if compared or self.mode not in grid.modes():
            self.set_reactive(Matrix.mode, grid.modes()[0])
        self._measure()
        wanted = self.validate_cursor(cursor or self.cursor)
        self.set_reactive(Matrix.cursor, wanted)
        self._follow()
        self.refresh()

    @property
    def cell(self) -> ConfusionCell | None:
        """The cell under the cursor."""
        return self.grid.cell_at(*self.cursor) if self.grid and self.grid.cells else None

    def go_to(self, cell: ConfusionCell) -> None:
        """Put the cursor on a cell, if it is shown."""
        if self.grid and (place := self.grid.place_of(cell)):
            self.cursor = place

    # Sizes

    @property
    def _head(self) -> int:
        names = self.grid.row_names if self.grid else ()
        longest = max((cell_len(name) for name in names), default=8)
        return min(longest, 18) + 4

    @property
    def _cell(self) -> int:
        """Cells of a column: as its name needs where all columns fit so, else less, so that more are seen."""
        names = self.grid.column_names if self.grid else ()
        least = max(LEAST_CELL, self._longest + 2)  # The cursor has an edge on each side.
        wanted = max(8, least, min(11, max((cell_len(name) for name in names), default=7)) + 1)
        fitting = (self.size.width - self._head - 2) // max(len(names), 1)
        return max(least, min(wanted, fitting))

    @property
    def height_needed(self) -> int:
        """Lines of the whole matrix, with its headings and a scrollbar where it is too wide."""
        return self.grid.rows + 1 + (self.virtual_size.width > self.size.width) if self.grid else 2

    def _measure(self) -> None:
        """Make the columns as wide as what is to be seen needs."""
        self._longest = self.grid.longest(self.mode) if self.grid else 0
        self._refit()

    def _refit(self) -> None:
        if self.grid:
            width = self._head + self.grid.columns * self._cell + 2
            self.virtual_size = Size(width, self.grid.rows + 1)

    def on_resize(self) -> None:
        """Fit the columns, and keep the cursor in sight."""
        self._refit()
        self._follow()

    def _follow(self) -> None:
        row, column = self.cursor
        height = max(1, self.scrollable_content_region.height - 1)
        width = max(1, self.scrollable_content_region.width - self._head)
        left, top = (int(v) for v in self.scroll_offset)
        x, right = column * self._cell, (column + 1) * self._cell
        new_x = min(x, max(left, -(-(right - width) // self._cell) * self._cell))
        new_y = min(row, max(top, row - height + 1))
        if (new_x, new_y) != (left, top):
            self.scroll_to(new_x, new_y, animate=False, force=True)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """The headings of the columns, or one row."""
        inks = Inks(self)
        width = self.size.width
        if self.grid is None:
            return Strip.blank(width, inks.style(""))
        row = y - 1 + int(self.scroll_offset.y)
        if y and row >= self.grid.rows:
            return Strip.blank(width, inks.style(""))
        head, body = self._headings(inks) if y == 0 else self._row(row, inks)
        room, left = width - self._head, int(self.scroll_offset.x)
        return Strip.join([Strip(head), whole_columns(Strip(body), self._cell, left, room, inks.style(""))])

    def _headings(self, inks: Inks) -> tuple[list[Segment], list[Segment]]:
        assert self.grid
        corner = set_cell_size(" label ↓", self._head)
        head = [Segment(corner, inks.style("dim"))]
        body = []
        for i, name in enumerate(headings(self.grid.column_names, self._cell - 1)):
            ink = "strong" if i == self.cursor[1] else "dim"
            body.append(Segment(self._right(name), inks.style(ink)))
        return head, body

    def _row(self, row: int, inks: Inks) -> tuple[list[Segment], list[Segment]]:
        assert self.grid
        color = self.grid.colors[row]
        mark = inks.style(color or "dim")
        ink = "strong" if row == self.cursor[0] else "" if color else "dim"
        label = set_cell_size(shortened(self.grid.row_names[row], self._head - 4), self._head - 3)
        head = [Segment(" ■ " if color else "   ", mark), Segment(label, inks.style(ink))]
        return head, [s for column in range(self.grid.columns) for s in self._drawn(row, column, inks)]

    def _drawn(self, row: int, column: int, inks: Inks) -> list[Segment]:
        text, ink, ground = self._content(row, column, inks)
        if (row, column) != self.cursor:
            return [Segment(self._right(text), inks.style(ink, ground))]
        ground = inks.tint("accent", 0.35 if self.has_focus else 0.15)
        edge = inks.style("accent", ground)
        inner = text.rjust(self._cell - 2)
        return [Segment("▐", edge), Segment(inner, inks.style(ink or "strong", ground)), Segment("▌", edge)]

    def _right(self, text: str) -> str:
        return " " * (self._cell - 1 - cell_len(text)) + text + " "

    def _content(self, row: int, column: int, inks: Inks) -> tuple[str, str, str]:
        """Text, ink and background of a cell."""
        grid = self.grid
        assert grid
        if not grid.exists(row, column):
            return "", "", "background"
        base = grid.base[row, column]
        other = grid.other[row, column] if grid.other is not None else base
        right = grid.diagonal(row, column)
        if not base and not other:
            return "·", "dim", "background"
        if self.mode == "percent":
            return grid.percent(row, column), "" if right else "dim", "background"
        if self.mode != "delta":
            count = base if self.mode == "base" else other
            return grid.written(count), "strong" if right else "", "background"
        worse = grid.worse(row, column)
        text, ink = looks(grid.signed(other - base), -worse, grid.state(*grid.cell_at(row, column)))
        if ink not in ("good", "bad"):
            return text, ink, "background"
        strength = min(1.0, abs(worse) / max(abs(base), abs(other)))
        return text, ink, inks.tint(ink, 0.06 + 0.34 * strength)

    # Moving

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        """Within the grid, and not on the corner that does not exist."""
        if self.grid is None or not self.grid.cells:
            return cursor
        row = max(0, min(cursor[0], self.grid.rows - 1))
        column = max(0, min(cursor[1], self.grid.columns - 1))
        if self.grid.exists(row, column):
            return row, column
        return self.cursor if self.grid.exists(*self.cursor) else (row, column - 1)

    def watch_cursor(self) -> None:
        """Scroll along and say so."""
        self._clicked = None
        self._follow()
        self.refresh()
        if self.cell:
            self.post_message(self.Highlighted(*self.cell))

    def watch_mode(self) -> None:
        """Draw the other numbers."""
        self._measure()
        self._follow()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor looks different."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def action_move(self, columns: int, rows: int) -> None:
        """Move the cursor."""
        row, column = self.cursor
        self.cursor = (row + rows, column + columns)

    def action_page(self, by: int) -> None:
        """Move the cursor by as many rows as are seen."""
        self.action_move(0, by * max(1, self.scrollable_content_region.height - 2))

    def action_first(self) -> None:
        """Move the cursor to the first cell."""
        self.cursor = (0, 0)

    def action_last(self) -> None:
        """Move the cursor to the last cell."""
        if self.grid:
            last = (self.grid.rows - 1, self.grid.columns - 1)
            self.cursor = last if self.grid.exists(*last) else (last[0] - 1, last[1])

    def action_select(self) -> None:
        """Enter the cell under the cursor."""
        if self.cell:
            self.post_message(self.Selected(*self.cell))

    def on_click(self, event: events.Click) -> None:
        """A cell that is all in sight takes the cursor; another click on it, at any time, enters it."""
        x = event.x - self._head
        if self.grid is None or event.y == 0 or x < 0:
            return
        column = (x + int(self.scroll_offset.x)) // self._cell
        row = event.y - 1 + int(self.scroll_offset.y)
        left = column * self._cell - int(self.scroll_offset.x)
        seen = left >= 0 and left + self._cell <= self.scrollable_content_region.width - self._head
        if seen and column < self.grid.columns and row < self.grid.rows and self.grid.exists(row, column):
            again = self._clicked == (row, column) == self.cursor
            self.cursor = (row, column)
            self._clicked = (row, column)
            if again:
                self.action_select()


def whole_columns(body: Strip, cell: int, left: int, room: int, plain: Style) -> Strip:
    """`room` cells of a line from `left` on; a column of `cell` cells that is not all in sight is left blank.

    A part of a number would be read as another one.
    """
    first, last = -(-left // cell) * cell, (left + room) // cell * cell
    seen = body.crop(first, max(first, min(last, body.cell_length)))
    return Strip.join([Strip.blank(first - left, plain), seen]).adjust_cell_length(room, plain)


def headings(names: Sequence[str], width: int) -> list[str]:
    """The names in at most `width` cells; where their beginnings would look alike, their ends are kept."""
    cut = [shortened(name, width) for name in names]
    alike = {name for name, count in Counter(cut).items() if count > 1}
    return [
        f"…{name[1 - width :]}" if short in alike else short for name, short in zip(names, cut, strict=True)
    ]


def shortened(name: str, width: int) -> str:
    """A name in at most `width` cells, its end replaced by a point where it does not fit."""
    return name if cell_len(name) <= width else set_cell_size(name, max(width - 1, 1)).rstrip() + "."
