"""The confusion as a grid with fixed headings and a cell cursor."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

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

from aquarium_tui.kinds.lists import MODE_TITLES, ConfusionCell, Grid, MatrixMode, both_ends, last_cells
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import MATRIX
from aquarium_tui.tui.inks import Inks

LEAST_CELL = 6
"""Cells of a column at the least: its name is cut to five letters then, which tell most names apart."""

SHORT_HEAD = 18
"""Cells of the names of rows where the columns need the room."""

Shading = Literal["size", "share"]
"""What the shade of a delta shows: how large it is among the deltas of the matrix, or how much of the larger
of its two counts it is."""


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
    shading: reactive[Shading] = reactive("size")

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
    _largest = 0.0
    _clicked: tuple[int, int] | None = None

    @property
    def words(self) -> str:
        """What its numbers are, and what its shades show."""
        if self.mode != "delta":
            return MODE_TITLES[self.mode]
        shade = {"size": "size of change", "share": "change ÷ count"}[self.shading]
        return f"delta: other − base   shade: {shade}"

    def turn_shading(self) -> None:
        """Shade deltas the other way."""
        self.shading = "share" if self.shading == "size" else "size"

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
        """Cells of the names of rows: as many as they need where that leaves the columns all they need."""
        names = self.grid.row_names if self.grid else ()
        longest = max((cell_len(name) for name in names), default=8)
        columns = self.grid.columns if self.grid else 0
        roomy = self.size.width - columns * self._widest >= longest + 6
        return (longest if roomy else min(longest, SHORT_HEAD)) + 4

    @property
    def _widest(self) -> int:
        """Cells of a column in which its name is written in full."""
        names = self.grid.column_names if self.grid else ()
        return max(8, self._least, max((cell_len(name) for name in names), default=7) + 2)

    @property
    def _least(self) -> int:
        """Cells of a column that its numbers need; the cursor has an edge on each side."""
        return max(LEAST_CELL, self._longest + 2)

    @property
    def _cell(self) -> int:
        """Cells of a column: as its name needs where all columns fit so, else less, so that more are seen."""
        columns = self.grid.columns if self.grid else 1
        fitting = (self.size.width - self._head - 2) // max(columns, 1)
        return max(self._least, min(self._widest, fitting))

    @property
    def _top(self) -> int:
        """Lines of the headings: two where names do not fit into one."""
        names = self.grid.column_names if self.grid else ()
        return 1 + any(cell_len(name) >= self._cell for name in names)

    @property
    def height_needed(self) -> int:
        """Lines of the whole matrix, with its headings and a scrollbar where it is too wide."""
        return self.grid.rows + self._top + (self.virtual_size.width > self.size.width) if self.grid else 2

    def _measure(self) -> None:
        """Make the columns as wide as what is to be seen needs."""
        self._longest = self.grid.longest(self.mode) if self.grid else 0
        self._largest = self.grid.largest_change if self.grid else 0.0
        self._refit()

    def _refit(self) -> None:
        if self.grid:
            width = self._head + self.grid.columns * self._cell + 2
            self.virtual_size = Size(width, self.grid.rows + self._top)

    def on_resize(self) -> None:
        """Fit the columns, and keep the cursor in sight."""
        self._refit()
        self._follow()

    def _follow(self) -> None:
        row, column = self.cursor
        height = max(1, self.scrollable_content_region.height - self._top)
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
        top = self._top
        row = y - top + int(self.scroll_offset.y)
        if y >= top and row >= self.grid.rows:
            return Strip.blank(width, inks.style(""))
        head, body = self._headings(y, inks) if y < top else self._row(row, inks)
        room, left = width - self._head, int(self.scroll_offset.x)
        return Strip.join([Strip(head), whole_columns(Strip(body), self._cell, left, room, inks.style(""))])

    def _headings(self, line: int, inks: Inks) -> tuple[list[Segment], list[Segment]]:
        """A line of the headings; the last one is next to the cells."""
        assert self.grid
        last = line == self._top - 1
        head = [Segment(set_cell_size(" label ↓" if last else "", self._head), inks.style("dim"))]
        body = []
        for i, heading in enumerate(headings(self.grid.column_names, self._cell - 1)):
            here = i == self.cursor[1]
            ground = self._crossing(inks) if here else "background"
            text = heading[line - self._top] if line - self._top >= -len(heading) else ""
            body.append(Segment(self._right(text), inks.style("strong" if here else "dim", ground)))
        return head, body

    def _row(self, row: int, inks: Inks) -> tuple[list[Segment], list[Segment]]:
        assert self.grid
        color = self.grid.colors[row]
        here = row == self.cursor[0]
        ground = self._crossing(inks) if here else "background"
        ink = "strong" if here else "" if color else "dim"
        label = set_cell_size(both_ends(self.grid.row_names[row], self._head - 4), self._head - 3)
        mark = Segment(" ■ " if color else "   ", inks.style(color or "dim", ground))
        head = [mark, Segment(label, inks.style(ink, ground))]
        return head, [s for column in range(self.grid.columns) for s in self._drawn(row, column, inks)]

    def _drawn(self, row: int, column: int, inks: Inks) -> list[Segment]:
        text, ink, ground = self._content(row, column, inks)
        if (row, column) != self.cursor:
            crossed = ground == "background" and (row == self.cursor[0] or column == self.cursor[1])
            ground = self._crossing(inks) if crossed else ground
            return [Segment(self._right(text), inks.style(ink, ground))]
        ground = inks.tint("accent", 0.35 if self.has_focus else 0.15)
        edge = inks.style("accent", ground)
        inner = text.rjust(self._cell - 2)
        return [Segment("▐", edge), Segment(inner, inks.style(ink or "strong", ground)), Segment("▌", edge)]

    def _crossing(self, inks: Inks) -> str:
        """The background of the row and the column of the cursor, which cross in it."""
        return inks.tint("accent", 0.12 if self.has_focus else 0.07)

    def _right(self, text: str) -> str:
        return " " * (self._cell - 1 - cell_len(text)) + text + " "

    def _content(self, row: int, column: int, inks: Inks) -> tuple[str, str, str]:
        """Text, ink and background of a cell."""
        grid = self.grid
        assert grid
        if not grid.exists(row, column) or (grid.hidden is not None and grid.hidden[row, column]):
            return "", "", "background"
        base = grid.base[row, column]
        other = grid.other[row, column] if grid.other is not None else base
        right = grid.diagonal(row, column)
        if not base and not other:
            return "·", "dim", "background"
        if self.mode in ("percent", "column"):
            return grid.share(self.mode, row, column), "" if right else "dim", "background"
        if self.mode in ("base", "other"):
            count = base if self.mode == "base" else other
            return grid.written(count), "strong" if right else "", "background"
        worse = grid.worse(row, column)
        told = grid.share("relative", row, column) if self.mode == "relative" else grid.signed(other - base)
        text, ink = looks(told, -worse, grid.state(*grid.cell_at(row, column)))
        if ink not in ("good", "bad"):
            return text, ink, "background"
        whole = self._largest if self.shading == "size" else max(abs(base), abs(other))
        strength = min(1.0, abs(worse) / whole)
        return text, ink, inks.tint(ink, 0.06 + 0.34 * strength)

    # Moving

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        """Within the grid, and not on the corner that does not exist."""
        if self.grid is None or not self.grid.cells:
            return cursor
        row = max(0, min(cursor[0], self.grid.rows - 1))
        column = max(0, min(cursor[1], self.grid.columns - 1))
        near = ((row, column), self.cursor, (row, column - 1), (row - 1, column))
        inside = (each for each in near if self._shown(*each) and self.grid.exists(*each))
        return next(inside, (row, column))

    def _shown(self, row: int, column: int) -> bool:
        """Whether the grid has such a row and column; another grid may have fewer."""
        return self.grid is not None and 0 <= row < self.grid.rows and 0 <= column < self.grid.columns

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
        if self.grid is None or event.y < self._top or x < 0:
            return
        column = (x + int(self.scroll_offset.x)) // self._cell
        row = event.y - self._top + int(self.scroll_offset.y)
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


def headings(names: Sequence[str], width: int) -> list[tuple[str, ...]]:
    """The names in one or two lines of at most `width` cells, whole where they can be.

    Of longer names the beginning and the end are kept; where these would look alike, only the end.
    """
    cut = [_in_lines(name, width) for name in names]
    alike = {lines for lines, count in Counter(cut).items() if count > 1}
    return [_end(name, width) if lines in alike else lines for name, lines in zip(names, cut, strict=True)]


_BREAK = re.compile(r"(?<=[\s_/.-])(?=\S)")


def _in_lines(name: str, width: int) -> tuple[str, ...]:
    """A name in one line, else in two, broken between words if both parts fit then."""
    if cell_len(name) <= width:
        return (name,)
    for place in _BREAK.finditer(name):
        parts = name[: place.start()].rstrip(), name[place.start() :]
        if max(map(cell_len, parts)) <= width:
            return parts
    half = -(-len(name) // 2)
    first, second = name[:half], name[half:]
    if max(cell_len(first), cell_len(second)) > width:
        return set_cell_size(name, width).rstrip(), f"…{last_cells(name, width - 1)}"
    return (f"{first}-" if cell_len(first) < width else first), second


def _end(name: str, width: int) -> tuple[str, ...]:
    """The end of a name in two lines."""
    second = last_cells(name, width)
    return f"…{last_cells(name[: len(name) - len(second)], width - 1)}", second
