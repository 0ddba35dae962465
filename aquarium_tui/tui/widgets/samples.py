"""The samples behind a cell: its lists as tabs, and the crops of one of them as a grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.crops import SheetDrawing
from aquarium_tui.kinds.columns import CAPTION, Span, Tiles
from aquarium_tui.kinds.lists import Confusion
from aquarium_tui.kinds.walks import CellWalk, Look, ObjectLook
from aquarium_tui.model.numbers import grouped
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import CROPS
from aquarium_tui.tui.closable import Lapsing
from aquarium_tui.tui.graphics.host import host_of
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.widgets.columns import fitted

GAP = 2
"""Cells between tiles, so that captions of neighbours stay apart."""
WIDE = 26
"""Columns of a tile where there are many: a caption of class, confidence and frame fits below."""
FLAT, HIGH = 0.36, 0.6
"""Rows of a tile for each of its columns, at least and at most: a little off the square either way."""


@dataclass(frozen=True)
class Layout:
    """Sizes in cells: columns of tiles, their width and height, and how many rows are seen."""

    columns: int
    width: int
    height: int
    rows: int

    @classmethod
    def of(cls, width: int, height: int, total: int = 0, form: float | None = None) -> "Layout":
        """The grid that suits an area.

        Tiles are about 26 cells wide, or as high as a low area allows; where there are few, as wide as all of
        them find room. Nothing is less than a cell, even where a window leaves no room: a picture has to have
        a size.

        Args:
            width: Columns of the area.
            height: Its rows.
            total: How many tiles there are; 0 is many.
            form: The height of what most tiles show, in rows for each column of its width; None for any.
        """
        most = max(1, (width + GAP) // (WIDE + GAP))
        grids = [cls._in_columns(columns, width, height, form) for columns in range(1, most + 1)]
        roomy = (grid for grid in grids if 0 < total <= grid.columns * grid.rows)
        return next(roomy, grids[-1])

    @classmethod
    def _in_columns(cls, columns: int, width: int, height: int, form: float | None) -> "Layout":
        """The grid of so many columns."""
        tile = max(1, (width + GAP) // columns - GAP)
        least, most = (FLAT, HIGH) if form is None else (form, form)
        high = max(3, min(round(tile * least), height - CAPTION))
        rows = max(1, height // (high + CAPTION))
        high = max(3, min(round(tile * most), height // rows - CAPTION))
        return cls(columns, tile, high, rows)


class Captions(Widget):
    """The lines of text below a row of tiles."""

    DEFAULT_CSS = f"Captions {{ height: {CAPTION}; }}"

    lines: Sequence[tuple[Sequence[Sequence[Span]], bool]] = ()
    tile = 20

    def render(self) -> Text:
        """Each tile's lines under it, those of the chosen one on the accent."""
        inks = Inks(self)
        text = Text(no_wrap=True, end="")
        for line in range(CAPTION):
            for spans, chosen in self.lines:
                ground = inks.tint("accent", 0.3) if chosen else "background"
                shown = spans[line] if line < len(spans) else ()
                for segment in fitted(shown, self.tile, False, inks, ground):
                    text.append(segment.text, segment.style)
                text.append(" " * GAP, inks.style(""))
            if line < CAPTION - 1:
                text.append("\n")
        return text


class Row(Vertical):
    """One picture of tiles and their captions."""

    DEFAULT_CSS = "Row { height: auto; }"

    def __init__(self) -> None:
        super().__init__()
        self.picture = Picture()
        self.captions = Captions()

    def compose(self) -> ComposeResult:
        """Picture, captions."""
        yield self.picture
        yield self.captions


class Crops(Vertical, can_focus=True):
    """Tiles with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CROPS)]
    DEFAULT_CSS = "Crops { overflow: hidden; }"

    HOLDS_PICTURES: ClassVar[bool] = True
    """Its pictures come when it knows its size."""
    position: reactive[int] = reactive(0, init=False)
    tiles: Tiles | None = None
    first = 0
    _clicked: int | None = None
    grid = Layout(1, 20, 5, 1)

    @dataclass
    class Highlighted(Lapsing):
        """The cursor rests on another tile."""

        crops: "Crops"
        position: int

        def shown(self) -> object:
            """What the positions refer to."""
            return self.crops.tiles

    @dataclass
    class Selected(Lapsing):
        """A tile was entered."""

        crops: "Crops"
        position: int

        def shown(self) -> object:
            """What the positions refer to."""
            return self.crops.tiles

    @property
    def total(self) -> int:
        """How many tiles there are."""
        return 0 if self.tiles is None else len(self.tiles)

    def show(self, tiles: Tiles, position: int = 0) -> None:
        """Show other tiles."""
        self.tiles = tiles
        self._clicked = None
        self.set_reactive(Crops.position, max(0, min(position, len(tiles) - 1)))
        if self.grid == self._layout():
            self.draw()
        else:
            self.call_next(self.on_resize)
        self.post_message(self.Highlighted(self, self.position))

    async def on_resize(self) -> None:
        """As many rows as there is room for."""
        self.grid = self._layout()
        rows = list(self.query(Row))
        for row in rows[self.grid.rows :]:
            await row.remove()
        if len(rows) < self.grid.rows:
            await self.mount_all(Row() for _ in range(self.grid.rows - len(rows)))
        for row in self.query(Row):
            row.picture.styles.height = self.grid.height
            row.picture.styles.width = self._width
        self.call_after_refresh(self.draw)

    def _layout(self) -> Layout:
        """The grid that suits the tiles."""
        form = self.tiles.form if self.tiles else None
        width, height = host_of(self).cell if form else (1, 1)
        high = form[1] * width / (form[0] * height) if form else None
        return Layout.of(self.size.width, self.size.height, self.total, high)

    @property
    def _width(self) -> int:
        return self.grid.columns * (self.grid.width + GAP) - GAP

    def draw(self) -> None:
        """Bring pictures and captions up to date."""
        grid = self.grid
        at = self.position // grid.columns
        self.first = max(min(self.first, at), at - grid.rows + 1, 0)
        for number, row in enumerate(self.query(Row)):
            start = (self.first + number) * grid.columns
            indices = range(start, min(start + grid.columns, self.total))
            self._draw_row(row, indices)

    def _draw_row(self, row: Row, indices: range) -> None:
        captions = row.captions
        captions.tile = self.grid.width
        tiles, room = self.tiles, self.grid.width
        captions.lines = [(tiles.caption(i, room), i == self.position) for i in indices] if tiles else []
        captions.refresh()
        row.picture.show(self._sheet(indices, row.picture.cell) if indices else None)

    def _sheet(self, indices: range, cell: tuple[int, int]) -> SheetDrawing:
        assert self.tiles
        tile = (self.grid.width * cell[0], self.grid.height * cell[1])
        crops = [self.tiles.crop(i, tile) for i in indices]
        empty = [None] * (self.grid.columns - len(crops))
        ground = Inks(self).ground
        red, green, blue = (int(ground[i : i + 2], 16) for i in (1, 3, 5))
        return SheetDrawing(
            (*crops, *empty),
            self.grid.columns,
            tile,
            (GAP * cell[0], 0),
            f"{len(crops)} crops",
            (red, green, blue),
        )

    def validate_position(self, position: int) -> int:
        """Within the tiles."""
        return max(0, min(position, self.total - 1))

    def watch_position(self) -> None:
        """Draw the cursor, scroll along and say so."""
        self._clicked = None
        self.draw()
        self.post_message(self.Highlighted(self, self.position))

    def action_move(self, columns: int, rows: int) -> None:
        """To the next or previous tile, or to the row below or above."""
        to = self.position + columns + rows * self.grid.columns
        if to >= 0 or not rows:
            self.position = to

    def action_page(self, by: int) -> None:
        """By as many rows as are seen."""
        self.position += by * self.grid.columns * self.grid.rows

    def action_first(self) -> None:
        """To the first tile."""
        self.position = 0

    def action_last(self) -> None:
        """To the last tile."""
        self.position = self.total - 1

    def action_select(self) -> None:
        """Enter the tile under the cursor."""
        if self.total:
            self.post_message(self.Selected(self, self.position))

    def on_click(self, event: events.Click) -> None:
        """A tile takes the cursor; another click on it, however much later, enters it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        column = offset.x // (self.grid.width + GAP)
        row = self.first + offset.y // (self.grid.height + CAPTION)
        index = row * self.grid.columns + column
        if column < self.grid.columns and index < self.total:
            again = self._clicked == index == self.position
            self.position = index
            self._clicked = index
            if again:
                self.action_select()


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
    why = ""
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

    def show(self, confusion: Confusion, walk: CellWalk, position: int = 0, why: str | None = None) -> None:
        """Show a list of a cell; `why` says why there is nothing at all, by default what it said before."""
        self.confusion, self.walk = confusion, walk
        self.why = self.why if why is None else why
        self.rows = confusion.samples(walk)
        arrow = "↓" if walk.descending else "↑"
        note = f"by {walk.sort.replace('_', ' ')} {arrow}  {self.keys} lists "
        self.query_one(ListTabs).show(confusion.lists(walk.cell), walk.which, note)
        self.query_one(Crops).show(confusion.tiles(walk), position)
        self.set_class(not len(self.rows), "-empty")
        self.query_one("#empty", Static).update(self.why or confusion.why_empty(walk.cell))

    def targets(self) -> list[Target]:
        """What the list holds, as it is reviewed."""
        if self.confusion is None or not len(self.rows):
            return []
        kind = (
            "object" if isinstance(self.confusion.look(self.walk, int(self.rows[0])), ObjectLook) else "frame"
        )
        return [(kind, int(row)) for row in self.rows]

    def target(self) -> list[Target]:
        """The sample under the cursor, if there is one."""
        at = self.query_one(Crops).position
        return self.targets()[at : at + 1]

    @property
    def here(self) -> Look | None:
        """The sample under the cursor; None where there is none."""
        at = self.query_one(Crops).position
        if self.confusion is None or at >= len(self.rows):
            return None
        return self.confusion.look(self.walk, int(self.rows[at]))

    def choose(self, **changes: object) -> None:
        """Another list or sorting of the same cell."""
        if self.confusion:
            self.show(self.confusion, replace(self.walk, **changes))  # type: ignore[arg-type]

    def action_list(self, by: int) -> None:
        """To the next or previous list."""
        if self.confusion:
            lists = list(self.confusion.lists(self.walk.cell))
            if len(lists) < 2:
                self.notify("This cell has only this list.")
                return
            self.choose(which=lists[(lists.index(self.walk.which) + by) % len(lists)])

    def on_list_tabs_chosen(self, event: ListTabs.Chosen) -> None:
        """A list was clicked."""
        self.choose(which=event.which)

    def on_crops_selected(self, event: Crops.Selected) -> None:
        """Say which sample it is."""
        event.stop()
        if self.confusion:
            self.post_message(self.Selected(self.confusion.look(self.walk, int(self.rows[event.position]))))
