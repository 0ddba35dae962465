"""One frame: its picture, its objects as a list in step with it, its metrics."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.rows import ObjectRow, object_at
from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.drawing import frame_size
from aquarium_tui.drawing.object_painter import ObjectLayers, ObjectPainter
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.objects.lists import object_columns, object_order
from aquarium_tui.kinds.objects.presentation import ObjectPresentation
from aquarium_tui.kinds.reviews import review_words
from aquarium_tui.kinds.walks import ChangeWalk, SubjectWalk, Walk, find_object
from aquarium_tui.model.numbers import counted, grouped, share
from aquarium_tui.session.view import View
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import FRAME
from aquarium_tui.tui.controllers.layers import Blink
from aquarium_tui.tui.controllers.reviews import ReviewControl
from aquarium_tui.tui.graphics.geometry import SourceRect, gain_below
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.program import presented
from aquarium_tui.tui.screens.view import PictureScreen, ordinal
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.table import Table

BESIDE = {"-narrow": 48, "-normal": 58, "-wide": 72}
"""Columns of the list of objects beside the picture, by the class of the screen, as in `frame.tcss`."""
BELOW = 8
"""Rows of the list below the picture: scores, headings and five objects, however many there are, so that the
picture keeps its size from frame to frame."""
WORTH_IT = 1.15
"""How many times as large the picture has to be above the list: beside it, the list shows more objects."""
AROUND = 4
"""Rows of the header, the screens, the line above the picture and the footer."""


class FrameScreen(PictureScreen):
    """The picture, and what each set made of every object in it."""

    CSS_PATH = "frame.tcss"
    PLACE = FRAME
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FRAME)]

    def __init__(self, walk: Walk, *, frame: int | None = None, row: int | None = None) -> None:
        super().__init__(frame if frame is not None else -1)
        self.walk = walk
        self.queue = walk.queue if isinstance(walk, SubjectWalk) else ""
        self.row = row
        self.close = row is not None
        self.whole = False
        self.drawn_layers = ObjectLayers()
        self.path: NDArray[np.int64] = np.zeros(0, np.int64)
        self.objects: list[ObjectRow] = []
        self.seen: Seen[ObjectComparison] | None = None
        self._anchor: tuple[int, int, int] | None = None
        self.blink = Blink(self, self._repaint)

    def content(self) -> ComposeResult:
        """What is walked through, the picture, the objects."""
        yield Line(id="walk-line")
        with Container(id="frame-body"):
            yield Picture(id="picture")
            with Vertical(id="objects-pane"):
                yield Line(id="scores")
                yield Line(id="said")
                yield Table(id="objects")

    def show(self, view: View) -> None:
        """Draw the frame under other settings, the same object marked."""
        del view
        seen = self.seen = self._of_objects.view
        comparison = seen.comparison
        self.path = self.walk.rows(seen)
        if self._anchor:
            self.row = find_object(comparison, *self._anchor)
        if self.row is not None:
            self.frame = int(comparison.ledger.frame[self.row])
        self._fill()

    def on_resize(self) -> None:
        """A close look fills the new place."""
        if self.drawn:
            self._arrange()
            self.call_after_refresh(self._paint)

    def focus_content(self) -> None:
        """To the objects."""
        self.set_focus(self.query_one("#objects"))

    # Drawing

    def _arrange(self) -> None:
        """Put the list beside the picture, or below it where that leaves the picture more room."""
        columns, rows = self.app.size
        size = frame_size(self._of_objects.view.comparison.dataset, self.frame)
        gain = gain_below(size, (columns, rows - AROUND), self.picture.cell, BESIDE[self.breadth], BELOW)
        self.set_class(gain > WORTH_IT, "-stacked")

    def _fill(self) -> None:
        """List and picture of the frame."""
        view = self.seen
        if view is None:
            return
        self._arrange()
        comparison = view.comparison
        start, stop = (int(v) for v in comparison.ledger.starts[self.frame : self.frame + 2])
        self.objects = [object_at(comparison, row) for row in range(start, stop)]
        rows = start + object_order(comparison.ledger.change[start:stop], view.marked[start:stop])
        if self.row is None and len(rows):
            self.row = int(rows[0])
        table = self.query_one("#objects", Table)
        pair, boxed = comparison.other is not None, self._of_objects.boxed
        reviews = [view.reviews.of_object(found.row) for found in self.objects]
        columns = object_columns(self.objects, start, pair, self._entry_hex, boxed=boxed, reviews=reviews)
        lowers = self.sign("view.confidence_down")
        table.empty = f"no labels, and no inferences at these thresholds: {lowers} lowers them"
        table.show(columns, stop, rows=rows, row=self.row)
        self._keep(self.row)
        if isinstance(self.walk, ChangeWalk):
            self.see(("frame", self.frame))
        self._say(view)
        self.call_after_refresh(self._paint)

    def _keep(self, row: int | None) -> None:
        self.row = row
        if row is not None and self.seen:
            ledger = self.seen.comparison.ledger
            self._anchor = (int(ledger.label[row]), int(ledger.base[row]), int(ledger.other[row]))
            if isinstance(self.walk, SubjectWalk) and row in self.path:
                self.see(("object", row))

    @property
    def _painter(self) -> ObjectPainter:
        return self._of_objects.painter

    @property
    def _of_objects(self) -> ObjectPresentation:
        """What is shown; only kinds whose frames have objects name this screen."""
        return presented(self, ObjectPresentation)

    def _entry_hex(self, position: int) -> str:
        return "#" + bytes(self._painter.classes.entry(position)).hex()

    def _paint(self) -> None:
        painter = self._painter
        picture = self.picture
        layers = self._shown_layers()
        drawing = painter.frame(self.frame, layers, self.row)
        picture.show(drawing, region=self.close_look())
        picture.prepare([painter.frame(f, layers, None) for f in self.neighbours()])

    def close_look(self) -> SourceRect | None:
        """The object under the cursor with its surroundings, where it is looked at closely."""
        size = frame_size(self._of_objects.view.comparison.dataset, self.frame)
        return self._painter.close_look(self.row, size, self.aspect) if self.close else None

    def rendered(self) -> list[str]:
        """The object that is looked at, by an id that no other object of the frame has, and the layers."""
        options = super().rendered()
        found = next((each for each in self.objects if each.row == self.row), None)
        if found and self.close and self.picture.view == self.close_look():
            ids = [one.id for each in self.objects for one in (each.label, each.base, each.other) if one]
            own = (one.id for one in (found.label, found.base, found.other) if one)
            named = next((id_ for id_ in own if ids.count(id_) == 1), "")
            options = ["--object", named] if named else options
        hidden = [name for name in ("labels", "base", "other") if not getattr(self.drawn_layers, name)]
        options += ["--hide", ",".join(hidden)] if hidden else []
        return [*options, *(["--by-change"] if self.drawn_layers.by_change else [])]

    def _shown_layers(self) -> ObjectLayers:
        side = self.blink.side
        if side is None:
            return self.drawn_layers
        return replace(self.drawn_layers, base=side == "base", other=side == "other")

    def _say(self, view: Seen[ObjectComparison]) -> None:
        comparison = view.comparison
        place = self._place()
        where = f"{grouped(len(self.path))} {self.walk.title.lower()}" + (
            f" · {ordinal(place + 1)}" if place is not None else ""
        )
        where += f" · {ReviewControl(self).progress(self.queue)} seen" if self.queue else ""
        self.say_frame(view, where)
        scores: list[Span] = [(f" {counted(len(self.objects), 'object')}", "dim")]
        for side in comparison.sides:
            of = comparison.frame_scores[side]
            f1 = share(float(of.f1[self.frame]), 2)
            scores += [(f"  {side} ", "dim"), (f"{counted(int(of.errors[self.frame]), 'error')} F1 {f1}", "")]
        self.query_one("#scores", Line).show(scores)
        self._say_review(view)
        hidden = [w for w in ("labels", "base", "other") if not getattr(self.drawn_layers, w)]
        notes = [f"blinking: {self.blink.side}"] if self.blink.side else []
        notes += [f"hidden: {', '.join(hidden)}"] if hidden else []
        notes += ["coloured by change"] if self.drawn_layers.by_change else []
        notes += ["reviewing the whole frame"] if self.whole else []
        legend = "label solid   base ╱╱╱   other ╲╲╲" if self._of_objects.boxed else ""
        self.query_one(Tabs).say("  ".join(notes) or legend)

    # Review

    def _say_review(self, view: Seen[ObjectComparison]) -> None:
        """What people said of the object under the cursor, where they said anything."""
        words = review_words(view.reviews.of_object(self.row)) if self.row is not None else []
        line = self.query_one("#said", Line)
        line.display = bool(words)
        line.show([(" ", ""), *words])

    def under_review(self) -> Sequence[Target]:
        """The object under the cursor; the frame where it has none, or where that is wanted."""
        if self.whole or self.row is None:
            return [("frame", self.frame)]
        return [("object", self.row)]

    def review_changed(self) -> None:
        """Draw the signs in the list."""
        self._fill()

    def action_whole(self) -> None:
        """Review the frame itself, or its objects again."""
        self.whole = not self.whole
        if self.seen:
            self._say(self.seen)

    # Walking

    def _place(self) -> int | None:
        """Where the object stands in the walk."""
        found = np.flatnonzero(self.path == (-1 if self.row is None else self.row))
        return int(found[0]) if len(found) else None

    def frames(self) -> NDArray[np.int64]:
        """The frames of the walk in its order."""
        if isinstance(self.walk, ChangeWalk):
            return self.walk.frames
        if self.seen is None or not len(self.path):
            return np.array([self.frame])
        frames = self.seen.comparison.ledger.frame[self.path]
        _, first = np.unique(frames, return_index=True)
        return frames[np.sort(first)].astype(np.int64)

    def action_walk(self, by: int) -> None:
        """To the next or previous object of the walk."""
        view = self.seen
        if view is None or not len(self.path):
            self.notify("There is nothing to step through here.", severity="warning")
            return
        place = self._place()
        if place is None:
            place = self._nearest_place(view, by)
        else:
            place += by
        if not 0 <= place < len(self.path):
            self.notify("That was the last one." if by > 0 else "That was the first one.")
            return
        self._go(int(self.path[place]))

    def _nearest_place(self, view: Seen[ObjectComparison], by: int) -> int:
        """Where the walk goes on from a frame or object that is not part of it."""
        order = self.frames()
        place_of = {int(frame): i for i, frame in enumerate(order)}
        here = place_of.get(self.frame, -1)
        places = np.array([place_of.get(int(f), 0) for f in view.comparison.ledger.frame[self.path]])
        return (
            int(np.searchsorted(places, here, "left"))
            if by > 0
            else int(np.searchsorted(places, here, "left")) - 1
        )

    def _go(self, row: int) -> None:
        assert self.seen
        frame = int(self.seen.comparison.ledger.frame[row])
        if frame == self.frame:
            self._mark(row)
        else:
            self.frame, self.row = frame, row
            self._fill()

    def _mark(self, row: int) -> None:
        """Move to another object of this frame."""
        table = self.query_one("#objects", Table)
        place = table.position_of(row)
        if place is not None:
            table.position = place

    @on(Table.Highlighted, "#objects")
    def _moved(self, event: Table.Highlighted) -> None:
        if event.row != event.table.row or self.seen is None:
            return
        if event.row != self.row:
            self._keep(event.row)
            self._paint()
            self._say(self.seen)

    def open_frame(self, frame: int) -> None:
        """Show another frame, with the cursor on its first object of the walk."""
        self.frame, self.row, self._anchor = frame, None, None
        rows = self.path[self.seen.comparison.ledger.frame[self.path] == self.frame] if self.seen else []
        self._keep(int(rows[0]) if len(rows) else None)
        self._fill()

    # Looking

    def action_close(self) -> None:
        """Closely at the object, or at the whole frame."""
        self.close = not self.close
        self._paint()

    def action_fit(self) -> None:
        """The whole frame."""
        self.close = False
        self.picture.fit()

    def action_layer(self, layer: str) -> None:
        """Show or hide labels, base or other."""
        self._set_layers(replace(self.drawn_layers, **{layer: not getattr(self.drawn_layers, layer)}))

    def action_colour(self) -> None:
        """Colour by class or by change."""
        self._set_layers(replace(self.drawn_layers, by_change=not self.drawn_layers.by_change))

    def _set_layers(self, layers: ObjectLayers) -> None:
        self.drawn_layers = layers
        self._repaint()

    def action_blink(self) -> None:
        """Alternate between base and other, or both again."""
        if self.seen and self.seen.comparison.other:
            self.blink.toggle()

    def _repaint(self) -> None:
        """The same region with other marks."""
        picture = self.picture
        picture.show(self._painter.frame(self.frame, self._shown_layers(), self.row), region=picture.view)
        if self.seen:
            self._say(self.seen)

    @on(events.Click, "#picture")
    def _clicked(self, event: events.Click) -> None:
        """Mark the smallest object under the mouse."""
        point = self.picture.source_point(event.x, event.y)
        if point is None:
            return
        hits = [(size, found.row) for found in self.objects if (size := size_under(found, point)) is not None]
        if hits:
            self._mark(min(hits)[1])


def size_under(found: ObjectRow, point: tuple[float, float]) -> float | None:
    """Area of the smallest box of an object that holds a point; None where none does."""
    boxes = [p.box for p in (found.label, found.base, found.other) if p]
    sizes = [
        (right - left) * (bottom - top)
        for left, top, right, bottom in boxes
        if left <= point[0] < right and top <= point[1] < bottom
    ]
    return min(sizes, default=None)
