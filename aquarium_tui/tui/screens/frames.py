"""All frames as a table, the one under the cursor as a picture beside it."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical

from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.drawing import typical_size
from aquarium_tui.kinds.columns import Span, order_columns
from aquarium_tui.kinds.presentation import OpenTiles
from aquarium_tui.kinds.walks import FrameLook
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.tables import Dataset
from aquarium_tui.query.wording import quoted
from aquarium_tui.session.view import View
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import FRAMES
from aquarium_tui.tui.controllers.tables import TableControl
from aquarium_tui.tui.graphics.geometry import gain_below
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.screens.view import NarrowedScreen
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.samples import Crops
from aquarium_tui.tui.widgets.table import Table

_LOOKED = 5_000
"""Tiles among which the frame of the table's cursor is looked for: a screen of them, many times over."""

REST = 0.08
"""Seconds for which the cursor must rest before the preview follows."""

BESIDE = {"-narrow": 48, "-normal": 66, "-wide": 100}
"""Columns of the table beside the preview, by the class of the screen, as in `frames.tcss`."""
AROUND = 4
"""Rows of the header, the screens, the query bar and the footer."""
LOW = 11
"""Rows of a preview below the table in a narrow window: as many as the table has in one of 24 rows."""
WORTH_IT = {True: 0.6, False: 1.15}
"""How many times as large the preview has to be below the table, in a narrow window and in others. A narrow
table loses columns beside it, so only squares and portraits lie there; else it stays where one knows it."""


class FramesScreen(NarrowedScreen):
    """Which frames got better or worse."""

    HERE = "frames"
    CSS_PATH = "frames.tcss"
    PLACE = FRAMES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FRAMES)]

    marked_of: Dataset | None = None
    """What the marks are on."""
    gallery: OpenTiles | None = None
    """What is shown as crops; None while rows are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.tables = TableControl(self, "#frames")

    def panes(self) -> ComposeResult:
        """Table and preview."""
        with Container(id="frames-body"):
            yield Table(id="frames")
            with Vertical(id="preview"):
                yield Picture(id="preview-picture")
                yield Line(id="preview-text")
            yield Crops(id="gallery")

    def show(self, view: View) -> None:
        """Fill the table; the first time sorted by what got worst."""
        super().show(view)
        table = self.query_one("#frames", Table)
        comparison = view.comparison
        task = self.program.presentation
        name, *numbers = task.frame_columns()
        columns = [name, *order_columns(view.ordered_by), *numbers]
        if self.marked_of is not comparison.dataset:
            self.marked_of, table.marks = comparison.dataset, table.marks[:0]
        known = table.sort is not None and table.sort.key in {column.key for column in columns}
        rows = view.selection.frame_order if view.selection else None
        table.empty = self.nothing_selected()
        table.show(
            columns,
            len(comparison.dataset.frames),
            sort=None if view.ordered else table.sort if known else task.frame_sort(),
            rows=rows,
        )
        self._arrange()
        self.say_position()
        if self.gallery is not None:
            self._fill_gallery()
            self._show_tiles()
        elif table.row is not None:
            self._preview(table.row)

    def on_resize(self) -> None:
        """Share the new size between table and preview."""
        super().on_resize()
        if self.drawn:
            self._arrange()

    def _arrange(self) -> None:
        """Put the preview beside the table, or below it where it is larger there and the table is whole."""
        assert self.drawn
        columns, rows = self.app.size
        room, narrow = rows - AROUND, self.breadth == "-narrow"
        listed = len(self.query_one("#frames", Table).order)
        below = room - LOW if narrow else listed + 1
        size = typical_size(self.drawn.comparison.dataset)
        cell = self.query_one("#preview-picture", Picture).cell
        gain = gain_below(size, (columns - 2, room - 2), cell, BESIDE[self.breadth], below)
        stacked = gain > WORTH_IT[narrow] and (narrow or 0 < listed < room // 3)
        self.set_class(stacked, "-stacked")
        self.query_one("#frames").styles.height = below if stacked and not narrow else None
        self.query_one("#preview").styles.height = LOW if stacked and narrow else None

    # The gallery

    def action_form(self) -> None:
        """Show rows, or a gallery of crops: the objects that the query asks for, else the frames."""
        table = self.query_one("#frames", Table)
        if self.gallery is not None:
            at = self.query_one(Crops).position
            if at < len(self.gallery):
                table.position = table.position_of(self.gallery.frame(at)) or 0
            self.gallery = None
        else:
            self._fill_gallery()
        self._show_tiles()
        self.focus_content()
        self.say_position()

    @property
    def _tiled(self) -> bool:
        """Whether tiles are seen: where there are none, the table says why."""
        return self.gallery is not None and len(self.gallery) > 0

    def _show_tiles(self) -> None:
        self.set_class(self._tiled, "-gallery")

    def _fill_gallery(self) -> None:
        """What is listed as crops, the cursor on the frame under the table's."""
        table = self.query_one("#frames", Table)
        self.gallery = gallery = self.program.presentation.gallery(table.order)
        at = next((i for i in range(min(len(gallery), _LOOKED)) if gallery.frame(i) == table.row), 0)
        self.query_one(Crops).show(gallery, at)

    @on(Crops.Selected)
    def _open_tile(self, event: Crops.Selected) -> None:
        if self.gallery is not None:
            self.program.look(self.gallery.look(event.position))

    @on(Crops.Highlighted)
    def _say_tile(self) -> None:
        self.say_position()

    def on_screen_resume(self) -> None:
        """Catch up, and sort as was asked for elsewhere."""
        super().on_screen_resume()
        sort, self.program.frames_sort = self.program.frames_sort, None
        if sort and self.drawn:
            table = self.query_one("#frames", Table)
            table.sort_by(sort)
            table.action_first()

    def on_mount(self) -> None:
        """Begin with the columns that were wanted last."""
        self.tables.restore()

    @on(Table.Arranged)
    def _keep_columns(self, event: Table.Arranged) -> None:
        self.tables.keep(event.table)

    def action_sort(self) -> None:
        """Ask what to sort the table by."""
        self.tables.sort()

    def action_reverse(self) -> None:
        """Reverse the order of the table."""
        self.tables.reverse()

    def action_columns(self) -> None:
        """Choose the columns of the table."""
        self.tables.choose_columns()

    @on(Table.Highlighted)
    def follow(self, event: Table.Highlighted) -> None:
        """Show the frame under the cursor a moment after it rests; a gallery follows another order."""
        self.say_position()
        if self.gallery is not None:
            self._fill_gallery()
            return
        self.set_timer(
            REST,
            lambda: self._preview(event.row) if self.query_one("#frames", Table).row == event.row else None,
        )

    def focus_content(self) -> None:
        """To the table, or the gallery."""
        self.set_focus(self.query_one("#gallery" if self._tiled else "#frames"))

    def subject(self) -> dict[str, str]:
        """The frame under the cursor."""
        crops = self.query_one(Crops)
        if self.gallery is not None and crops.total:
            return self.of_frame(self.gallery.frame(crops.position))
        row = self.query_one("#frames", Table).row
        return {} if row is None else self.of_frame(row)

    def equivalent(self) -> str:
        """The marked frames, or the one under the cursor."""
        ids = self._chosen_ids()
        if len(ids) > 1:
            return f"frame.id in ({', '.join(map(quoted, ids))})"
        return f"frame.id = {quoted(ids[0])}" if ids else ""

    def _chosen_ids(self) -> list[str]:
        """Ids of the marked frames in the order of the list, else of the one under the cursor."""
        table = self.query_one("#frames", Table)
        if self.drawn is None or table.row is None:
            return []
        rows = self._marked() if table.marks.any() else [table.row]
        return [self.drawn.comparison.dataset.frames.id[row] or "" for row in rows]

    def _marked(self) -> list[int]:
        """Rows of the marked frames, those of the list first and in its order."""
        table = self.query_one("#frames", Table)
        listed = table.order[table.marks[table.order]]
        others = np.setdiff1d(np.flatnonzero(table.marks), listed)
        return [*listed.tolist(), *others.tolist()]

    def _keep_marks(self, done: str) -> None:
        """Let the marks come back as they are."""
        table = self.query_one("#frames", Table)
        marks = table.marks.copy()

        def back() -> None:
            if len(table.marks) == len(marks):
                table.mark(np.arange(len(marks)), False)
                table.mark(np.flatnonzero(marks), True)

        self.program.undo.offer(done, back)

    def action_mark(self) -> None:
        """Mark the frame under the cursor, or take its mark away, and go on to the next."""
        table = self.query_one("#frames", Table)
        if table.row is not None:
            self._keep_marks("a mark")
            table.mark(table.row, not table.marks[table.row])
            table.position += 1

    def action_mark_all(self) -> None:
        """Mark all frames that are listed; where any is marked, take all marks away."""
        table = self.query_one("#frames", Table)
        self._keep_marks("marking all or none")
        any_ = bool(table.marks.any())
        table.mark(np.arange(len(table.marks)) if any_ else table.order, not any_)

    def under_review(self) -> Sequence[Target]:
        """The marked frames, else the one under the cursor."""
        table = self.query_one("#frames", Table)
        if self.drawn is None or table.row is None:
            return ()
        return [("frame", row) for row in (self._marked() if table.marks.any() else [table.row])]

    def review_changed(self) -> None:
        """Draw the signs of review anew, in a column of their own."""
        if self.drawn is not None:
            self.show(self.drawn)

    def queued(self) -> tuple[str, Sequence[Target]]:
        """The marked frames, else all that are listed."""
        table = self.query_one("#frames", Table)
        rows = self._marked() if table.marks.any() else table.order.tolist()
        return (self.drawn.choice.query if self.drawn else ""), [("frame", row) for row in rows]

    def action_copy_ids(self) -> None:
        """Copy the ids of the marked frames, a line each."""
        ids = self._chosen_ids()
        self.program.copy("\n".join(ids), counted(len(ids), "frame id"))

    def action_save_segment(self) -> None:
        """Save the marked frames under a name; without marks, the query."""
        table, view = self.query_one("#frames", Table), self.drawn
        if view is None or not table.marks.any():
            super().action_save_segment()
            return
        ids = tuple(self._chosen_ids())
        self.segments.save_frames(view, ids)

    def _preview(self, row: int) -> None:
        if self.drawn is None:
            return
        task = self.program.presentation
        self.query_one(Picture).show(task.preview(row))
        name = visible(self.drawn.comparison.dataset.frames.id[row] or "")
        forms: list[list[Span]] = [[(name, "strong"), (f" · {said}", "dim")] for said in task.about(row)]
        self.query_one("#preview-text", Line).show(forms[0], (), *forms[1:])

    def say_position(self) -> None:
        """Where the cursor is and how the table is sorted."""
        if self.gallery is not None:
            crops = self.query_one(Crops)
            at = f"{grouped(crops.position + 1)} of {grouped(crops.total)}" if crops.total else "none"
            self.query_one(Tabs).say(f"{at}  {self.sign('metrics.list')} rows")
            return
        table = self.query_one("#frames", Table)
        self.tables.say(table)

    @on(Table.Selected)
    def action_enter(self, event: Table.Selected | None = None) -> None:
        """Open the frame under the cursor."""
        table = self.query_one("#frames", Table)
        if table.row is not None and self.drawn is not None:
            self.program.look(FrameLook(table.order, table.row, "frames"))
