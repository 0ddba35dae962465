"""A table for what can be long: it reads only the rows it draws, so ten million cost no more than ten."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from aquarium_tui.kinds.columns import CellText, Sort, TableColumn
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import LIST
from aquarium_tui.tui.closable import Lapsing
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.widgets.columns import Arrangement, fitted, spans_of, stable_order

SIDEWAYS = 8
"""Cells that one key press scrolls sideways: about one column of numbers."""
_LEAST_PART = 8
"""Cells of a column at the edge below which its part says nothing, so that it is left out."""


class Table(ScrollView, can_focus=True):
    """Rows with a cursor, a fixed heading, sorting and the mouse.

    A row is its number in the data; its position is where the sorting puts it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LIST)]
    DEFAULT_CSS = """
    Table { scrollbar-size: 0 1; background: $background; }
    """

    position: reactive[int] = reactive(0, init=False)

    @dataclass
    class Arranged(Message):
        """The user wants other columns, or other widths."""

        table: "Table"

        @property
        def control(self) -> "Table":
            """The table."""
            return self.table

    @dataclass
    class Highlighted(Lapsing):
        """The cursor rests on another row."""

        table: "Table"
        row: int

        @property
        def control(self) -> "Table":
            """The table."""
            return self.table

        def shown(self) -> object:
            """What the rows stand for."""
            return self.table.every

    @dataclass
    class Selected(Lapsing):
        """A row was entered."""

        table: "Table"
        row: int

        @property
        def control(self) -> "Table":
            """The table."""
            return self.table

        def shown(self) -> object:
            """What the rows stand for."""
            return self.table.every

    def __init__(self, *, id: str | None = None, empty: str = "nothing here") -> None:  # noqa: A002
        super().__init__(id=id)
        self.columns: Sequence[TableColumn] = ()
        self.every: Sequence[TableColumn] = ()
        self.arrangement = Arrangement()
        self.marks: NDArray[np.bool_] = np.zeros(0, bool)
        self.count = 0
        self.sort: Sort | None = None
        self.empty = empty
        self._order: NDArray[np.int64] | None = None
        self._rows: NDArray[np.int64] | None = None
        self._pinned = 0
        self._clicked: int | None = None
        self._dragged: tuple[str, int] | None = None
        self._sized = False
        self._widths: list[int] | None = None

    def show(
        self,
        columns: Sequence[TableColumn],
        count: int,
        *,
        sort: Sort | None = None,
        rows: NDArray[np.int64] | None = None,
        row: int | None = None,
        pinned: int = 0,
    ) -> None:
        """Show other data; marks stay while there are as many rows.

        Args:
            columns: What to show of each row.
            count: How many rows the data has.
            sort: By what to sort; None keeps the order of `rows`.
            rows: The rows to show, `(k,)` int64, in their order; None shows all.
            row: The row to put the cursor on; by default the one it is on, where still shown.
            pinned: How many of the first rows, such as totals, stay first whatever the order.
        """
        wanted = self.row if row is None else row
        if count != len(self.marks):
            self.marks = np.zeros(count, bool)
        self.every, self.count, self._rows, self._pinned = columns, count, rows, pinned
        self._clicked = None
        self.columns = self.arrangement.applied(columns)
        self._arrange(sort, wanted)

    def rearrange(self, arrangement: Arrangement) -> None:
        """Show the columns that are wanted, as wide as they are wanted."""
        self.arrangement = arrangement
        self.columns = arrangement.applied(self.every)
        self._clear_sizes()
        self._refit()
        self.refresh()

    def keep_arrangement(self) -> None:
        """Say that the columns are as they are wanted now."""
        self.post_message(self.Arranged(self))

    def mark(self, rows: NDArray[np.int64] | int, marked: bool) -> None:
        """Mark rows, or take their marks away."""
        self.marks[rows] = marked
        self.refresh()
        self._tell()

    def sort_by(self, sort: Sort | None) -> None:
        """Sort, and show what comes first now."""
        self._arrange(sort, None)
        self.position = self.pinned
        self.scroll_to(y=0, animate=False, force=True)

    def _arrange(self, sort: Sort | None, wanted: int | None) -> None:
        self.sort = sort
        self._order = self._sorted(sort)
        self._clear_sizes()
        self._refit()
        found = self.position_of(wanted) if wanted is not None else None
        target = min(self.position, max(self.total - 1, 0)) if found is None else found
        self.set_reactive(Table.position, target)
        self._follow(target)
        self.refresh()
        self._tell()

    @property
    def total(self) -> int:
        """How many rows are shown."""
        return self.count if self._order is None else len(self._order)

    @property
    def pinned(self) -> int:
        """How many of the rows that are shown stay first."""
        return self._pinned if self._rows is None else int(np.count_nonzero(self._rows < self._pinned))

    @property
    def row(self) -> int | None:
        """The row under the cursor; None in an empty table."""
        return self.row_at(self.position) if self.total else None

    def row_at(self, position: int) -> int:
        """The row at a position."""
        return position if self._order is None else int(self._order[position])

    def position_of(self, row: int) -> int | None:
        """Where a row stands; None where it is not shown."""
        if self._order is None:
            return row if 0 <= row < self.count else None
        found = np.flatnonzero(self._order == row)
        return int(found[0]) if len(found) else None

    @property
    def order(self) -> NDArray[np.int64]:
        """`(k,)` int64: the rows as they stand."""
        return np.arange(self.count) if self._order is None else self._order

    def _sorted(self, sort: Sort | None) -> NDArray[np.int64] | None:
        column = next((c for c in self.every if sort and c.key == sort.key), None)
        if sort is None or column is None or column.keys is None:
            return self._rows
        keys = column.keys()
        rows = np.arange(self.count) if self._rows is None else self._rows
        pinned = rows < self._pinned
        sorted_ = rows[~pinned]
        return np.concatenate([rows[pinned], sorted_[stable_order(keys[sorted_], sort.descending)]])

    @property
    def _head(self) -> int:
        """Lines of the heading: none where no column has a title."""
        return int(any(column.title for column in self.columns))

    # Sizes

    def _clear_sizes(self) -> None:
        self._widths = None

    @property
    def widths(self) -> list[int]:
        """Cells of each column, the elastic one resolved."""
        if self._widths is None:
            self._widths = self._resolved_widths()
        return self._widths

    def _resolved_widths(self) -> list[int]:
        needed = [
            max(c.width, 0 if c.exact else cell_len(c.title) + bool(c.keys)) if c.width else 0
            for c in self.columns
        ]
        free = self._room - sum(needed) - len(needed) - 1
        share = free // max(needed.count(0), 1)
        return [
            width or max(c.least, min(share, c.most or share))
            for c, width in zip(self.columns, needed, strict=True)
        ]

    @property
    def _room(self) -> int:
        """Cells of a line beside the scrollbar that this many rows bring."""
        region = self.scrollable_content_region
        full = region.width + self.scrollbar_size_vertical * self.show_vertical_scrollbar
        return full - self.scrollbar_size_vertical * (self.total + self._head > region.height)

    @property
    def _seen_width(self) -> int:
        """Cells of a line that no scrollbar covers."""
        return self.scrollable_content_region.width

    def _refit(self) -> None:
        width = sum(self.widths) + len(self.columns) + 1
        self.virtual_size = Size(width, self.total + self._head)

    def on_resize(self) -> None:
        """Lay the columns out again, and keep the cursor in sight."""
        self._clear_sizes()
        self._refit()
        self._follow(self.position)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """The heading, or one row."""
        inks = Inks(self)
        width = self.size.width
        if y < self._head:
            strip = self._line([self._title(c) for c in self.columns], inks, "surface")
        else:
            position = y - self._head + int(self.scroll_offset.y)
            if not self.total:
                said = wrap(self.empty, max(width - 2, 1)) if self.columns else []
                text = f" {said[y - self._head]}" if y - self._head < len(said) else ""
                return Strip([Segment(set_cell_size(text, width), inks.style("dim"))])
            if position >= self.total:
                return Strip.blank(width, inks.style(""))
            strip = self._row_strip(position, inks)
        left = int(self.scroll_offset.x)
        strip = strip.crop(left, left + width)
        return self._with_more(strip, inks) if y < self._head else strip

    def _with_more(self, strip: Strip, inks: Inks) -> Strip:
        """The heading, with a sign where more columns are to the side."""
        left, width = int(self.scroll_offset.x), self._seen_width
        style = inks.style("accent", "surface")
        if left:
            strip = Strip([Segment("‹", style), *strip.crop(1)])
        if sum(self.widths) + len(self.widths) > left + width:
            strip = Strip([*strip.crop(0, width - 1), Segment("›", style), *strip.crop(width)])
        return strip

    def _row_strip(self, position: int, inks: Inks) -> Strip:
        row = self.row_at(position)
        here = position == self.position
        ground = "background" if not here else inks.tint("accent", 0.28 if self.has_focus else 0.1)
        return self._line(
            [c.cell(row) for c in self.columns], inks, ground, here=here, marked=bool(self.marks[row])
        )

    def _title(self, column: TableColumn) -> CellText:
        if self.sort is None or column.key != self.sort.key:
            return (column.title, "dim")
        mark = column.order_mark(self.sort.descending)
        return (f"{mark}{column.title}" if column.right else f"{column.title}{mark}", "strong")

    def _line(
        self, cells: Sequence[CellText], inks: Inks, ground: str, *, here: bool = False, marked: bool = False
    ) -> Strip:
        plain = inks.style("", ground)
        sign = "●" if marked else "▌" if here else " "
        mark = Segment(sign, inks.style("accent", ground))
        segments = [mark]
        for column, cell, width, room in zip(self.columns, cells, self.widths, self._rooms(), strict=True):
            if room:
                segments += fitted(spans_of(cell), room, column.right, inks, ground, ends=column.ends)
            segments.append(Segment(" " * (width - room + 1), plain))
        strip = Strip(segments)
        return strip.extend_cell_length(max(self.size.width, self.virtual_size.width), plain)

    def _rooms(self) -> list[int]:
        """Cells that each column has: at the edges text is shortened, and no number is cut."""
        left = int(self.scroll_offset.x)
        right, start, rooms = left + self._seen_width, 1, []
        for column, width in zip(self.columns, self.widths, strict=True):
            part = right - start
            if start < left < start + width:
                rooms.append(0 if column.right else width)
            elif 0 < part < width:
                rooms.append(0 if column.right or part < _LEAST_PART else part)
            else:
                rooms.append(width)
            start += width + 1
        return rooms

    # Moving

    def validate_position(self, position: int) -> int:
        """Within the rows."""
        return max(0, min(position, self.total - 1))

    def watch_position(self, old: int, new: int) -> None:
        """Scroll along and say so."""
        self._clicked = None
        self._follow(new)
        self.refresh_lines_at(old)
        self.refresh_lines_at(new)
        self._tell()

    def refresh_lines_at(self, position: int) -> None:
        """Draw one row again."""
        y = position - int(self.scroll_offset.y) + self._head
        if self._head <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _tell(self) -> None:
        row = self.row
        if row is not None:
            self.post_message(self.Highlighted(self, row))

    def _follow(self, position: int) -> None:
        height = max(1, self.scrollable_content_region.height - self._head)
        top = int(self.scroll_offset.y)
        if position < top:
            self.scroll_to(y=position, animate=False, force=True)
        elif position >= top + height:
            self.scroll_to(y=position - height + 1, animate=False, force=True)

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor looks different."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def action_move(self, columns: int, rows: int) -> None:
        """Move the cursor by rows; columns are scrolled, as the cursor is a whole row."""
        self.position += rows
        if columns:
            self.scroll_relative(x=columns * SIDEWAYS, animate=False)

    def action_page(self, by: int) -> None:
        """Move the cursor by a screen."""
        self.position += by * max(1, self.scrollable_content_region.height - 2)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self.position = 0

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self.position = self.total - 1

    def action_select(self) -> None:
        """Enter the row under the cursor."""
        row = self.row
        if row is not None:
            self.post_message(self.Selected(self, row))

    def on_click(self, event: events.Click) -> None:
        """The heading sorts; a row takes the cursor; another click on it, however much later, enters it."""
        if self._sized:
            self._sized = False
        elif event.y < self._head:
            self._click_title(event.x + int(self.scroll_offset.x))
        elif (position := event.y - self._head + int(self.scroll_offset.y)) < self.total:
            again = self._clicked == self.row_at(position) and position == self.position
            self.position = position
            self._clicked = self.row_at(position)
            if again:
                self.action_select()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The gap behind a heading sizes its column while the button is held."""
        self._sized = False
        if event.y < self._head:
            x = event.x + int(self.scroll_offset.x)
            left = 1
            for column, width in zip(self.columns, self.widths, strict=True):
                if x == left + width:
                    self._dragged, self._sized = (column.key, left), True
                    self.capture_mouse()
                left += width + 1

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The column follows."""
        if self._dragged:
            key, left = self._dragged
            self.rearrange(self.arrangement.sized(key, event.x + int(self.scroll_offset.x) - left))

    def on_mouse_up(self) -> None:
        """Leave it at that."""
        if self._dragged:
            self._dragged = None
            self.release_mouse()
            self.keep_arrangement()

    def _click_title(self, x: int) -> None:
        left = 1
        for column, width in zip(self.columns, self.widths, strict=True):
            if left <= x < left + width and column.keys:
                again = self.sort is not None and self.sort.key == column.key
                descending = not self.sort.descending if again and self.sort else column.descending
                self.sort_by(Sort(column.key, descending))
            left += width + 1
