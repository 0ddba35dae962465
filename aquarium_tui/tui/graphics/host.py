"""Between the picture widgets and the terminal: sends plates, paints them, repaints what frames spoil."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

import numpy as np
from textual.dom import DOMNode
from textual.events import AppFocus, CursorPosition, Event, Resize
from textual.geometry import Offset, Region
from textual.widget import Widget
from textual.worker import Worker

from aquarium_tui.tui import textual_private
from aquarium_tui.tui.graphics.backend import Backend, Plate
from aquarium_tui.tui.graphics.geometry import CellGrid, Piece, WidthHeight, pieces
from aquarium_tui.tui.graphics.half import Half
from aquarium_tui.tui.graphics.iterm import Inline
from aquarium_tui.tui.graphics.kitty import Kitty
from aquarium_tui.tui.graphics.sixel import Sixel
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.graphics.wire import ASK, Attachment, Wire, through_tmux
from aquarium_tui.tui.textual_private import TerminalApp

P = ParamSpec("P")
T = TypeVar("T")

# Plates kept, besides two per widget, so that going back sends no picture again (1.1 kB instead of 269). In
# kitty each takes 2.2 MB at 1000 × 562: its memory stayed at 169 MB over a thousand photos.
KEPT = 12
# A piece is one synchronised update (terminals without them ignore the mode), with the cursor back where it
# was: otherwise frames of the program show half a picture, and continue in the wrong place.
TOGETHER = "\x1b[?2026h\x1b7{}\x1b8\x1b[?2026l"
# Seconds between looks for another terminal around tmux; a look is one `stat`.
LOOK_EVERY = 1.0
# Two threads encode: one while the other's piece waits for the line. More would only share the interpreter's
# lock, and hold up the event loop.
THREADS = 2
# A first impression is sent before the whole picture where that is likely to take longer than SLOW seconds,
# below which it would appear only a few frames earlier. Until the rate of the line is known, a round trip of
# more than FAR seconds says so: terminals on the same machine answer within a few milliseconds, others do
# not.
FAR, SLOW = 0.01, 0.12
# What a pixel of a hard picture takes on the line: kitty's 288 kB for 562,000 pixels, and commands around
# them.
BYTES_PER_PIXEL = 0.55


def start(node: DOMNode, work: Callable[[], Coroutine[None, None, None]]) -> Worker[None]:
    """Do `work` on the event loop for as long as `node` is there."""
    return node.run_worker(work, group="pictures")


def picture_area(widget: Widget, cells: WidthHeight) -> Region:
    """Where on the screen a picture of `cells` columns and rows lies: in the middle of `widget`."""
    room = widget.content_region
    return Region(room.x + (room.width - cells[0]) // 2, room.y + (room.height - cells[1]) // 2, *cells)


class ShownPlate:
    """A plate in a widget, and which of its cells are still, or again, to be painted.

    Args:
        widget: The widget.
        plate: The picture.
        most: The most columns and rows in a piece.
        age: How often the terminal had lost its pictures when this one was sent.

    Attributes:
        stale: Cells (rows, columns) that are to be painted when they can be seen.
        busy: Whether they are being painted.
    """

    def __init__(self, widget: Widget, plate: Plate, most: WidthHeight, age: int) -> None:
        self.widget, self.plate, self._most, self.age = widget, plate, most, age
        columns, rows = plate.grid.cells
        self.stale = np.ones((rows, columns), np.bool_)
        self.busy = False

    @property
    def area(self) -> Region:
        """Where on the screen the picture lies."""
        return picture_area(self.widget, self.plate.grid.cells)

    def spoil(self, regions: Iterable[Region], chained: bool) -> None:
        """Note that something else was written in `regions` of the screen.

        Args:
            regions: Parts of the screen.
            chained: Whether the cell to the right of a spoiled one is spoiled too.
        """
        area = self.area
        for region in regions:
            if spoiled := region.intersection(area):
                textual_private.fill(self.stale, area, spoiled.grow((0, int(chained), 0, 0)), True)

    def due(self) -> bool:
        """Whether there is something to be painted that can be seen."""
        if not self.stale.any():
            return False
        return bool((self.stale & textual_private.visible_cells(self.widget, self.area)).any())

    def next(self) -> tuple[Offset, Piece] | None:
        """Where the picture lies, and a visible piece to be painted; from now on it counts as painted."""
        area, todo = self.area, self.stale
        if todo.any():
            todo = todo & textual_private.visible_cells(self.widget, area)
        piece = next(pieces(todo, self._most), None)
        if piece is None:
            return None
        self._mark(piece, False)
        return area.offset, piece

    def still(self, at: Offset, piece: Piece) -> bool:
        """Whether `piece` can be painted as planned; otherwise it no longer counts as painted."""
        left, top, right, bottom = piece
        area = self.area
        visible = textual_private.visible_cells(self.widget, area)
        if area.offset == at and visible[top:bottom, left:right].all():
            return True
        self._mark(piece, True)
        return False

    def leave(self, piece: Piece) -> None:
        """Note that `piece` has not been painted after all."""
        self._mark(piece, True)

    def _mark(self, piece: Piece, stale: bool) -> None:
        """Set whether the cells of `piece` are to be painted."""
        left, top, right, bottom = piece
        self.stale[top:bottom, left:right] = stale


class Host:
    """Shows plates in the cells of widgets.

    Args:
        app: The program.

    Attributes:
        terminal: What the terminal can do.
        cell: Width and height of a cell in pixels now.
        in_text: Whether the program draws for no terminal, so that pictures must be part of its text.
        backend: How pictures are drawn; None where they are described in words.
        wire: The way to the terminal.
        age: How often the terminal has lost its pictures.
    """

    def __init__(self, app: TerminalApp) -> None:
        self._app = app
        self.terminal = app.terminal
        self.cell = self.terminal.cell
        self.in_text = app.is_headless or app.is_web or app.is_inline
        self.backend = _backend(self.terminal, headless=self.in_text)
        self.wire = Wire(lambda text: textual_private.write(app, text), _ask(self.terminal))
        self._attachment = Attachment(os.environ if self.terminal.passthrough else {})
        self._threads = ThreadPoolExecutor(THREADS, "pictures")
        self._shown: dict[Widget, ShownPlate] = {}
        self._kept: OrderedDict[Hashable, Plate] = OrderedDict()
        self._widgets: dict[Widget, Callable[[], None]] = {}
        self.age = 0
        if not self.in_text and self.backend is not None:
            app.app_resume_signal.subscribe(app, lambda _: self.restart())
            if self._attachment.known:
                app.set_interval(LOOK_EVERY, self._watch)

    @classmethod
    def of(cls, app: TerminalApp) -> "Host":
        """The host of `app`, made when its first picture asks for it."""
        if app.frame_listener is None:
            app.frame_listener = cls(app)
        assert isinstance(app.frame_listener, Host)
        return app.frame_listener

    def join(self, widget: Widget, again: Callable[[], None]) -> None:
        """Let `widget` show pictures; `again` makes it ask once more for what it shows."""
        self._widgets[widget] = again

    def leave(self, widget: Widget) -> None:
        """Show nothing in `widget` any more, and forget it."""
        self._widgets.pop(widget, None)
        self.drop(widget)

    async def thread(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Do `work` in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, partial(work, *args, **options)
        )

    def replace_threads(self) -> None:
        """Start new worker threads, as a disk that does not answer keeps the old ones."""
        self._threads.shutdown(wait=False)
        self._threads = ThreadPoolExecutor(THREADS, "pictures")

    def recall(self, key: Hashable, widget: Widget) -> Plate | None:
        """The plate kept under `key`, if it can be shown in `widget` beside what others show."""
        plate = self._kept.get(key)
        if plate is None or any(plate.shares(other) and plate is not other for other in self._others(widget)):
            return None
        self._kept.move_to_end(key)
        return plate

    def plate(self, widget: Widget) -> Plate | None:
        """The plate that `widget` shows."""
        shown = self._shown.get(widget)
        return shown.plate if shown else None

    def base(self, widget: Widget) -> Plate | None:
        """The plate that `widget`, and no other, shows and the terminal has."""
        shown = self._shown.get(widget)
        if shown is None or shown.age != self.age:
            return None
        plate = shown.plate
        return None if any(plate.shares(other) for other in self._others(widget)) else plate

    def _others(self, widget: Widget) -> list[Plate]:
        """What is shown elsewhere."""
        return [shown.plate for shown in self._shown.values() if shown.widget is not widget]

    def slow(self, grid: CellGrid) -> bool:
        """Whether a picture on `grid` is likely to take long to send."""
        if not self.wire.rate:
            return self.terminal.remote or self.terminal.round_trip > FAR
        return grid.extent[0] * grid.extent[1] * BYTES_PER_PIXEL / self.wire.rate > SLOW

    async def send(self, plate: Plate, key: Hashable | None, wanted: Callable[[], bool]) -> bool:
        """Bring `plate` to the terminal and keep it under `key`; False if it was not `wanted` to the end."""
        assert self.backend is not None
        if not await self.wire.send(plate.upload(), wanted):
            if plate not in self._kept.values():
                await self.wire.send(filter(None, [plate.release()]))
            return False
        if key is not None:
            before = self._kept.get(key, plate)
            self._kept[key] = plate
            await self._free([before])
        return True

    async def show(self, widget: Widget, plate: Plate, wanted: Callable[[], bool]) -> None:
        """Show `plate`, which has been sent, in `widget`; painting stops when it is no longer `wanted`."""
        assert self.backend is not None
        old = self._shown.get(widget)
        shown = self._shown[widget] = ShownPlate(widget, plate, self.backend.piece(plate.grid), self.age)
        if self.in_text or old is None or old.plate.grid != plate.grid:
            widget.refresh()
        else:
            shown.stale = old.stale | (plate.differs(old.plate) if old.age == self.age else True)
            await self._paint(shown, wanted)
        # Only now: deleting the old picture before the new one covers it would flicker.
        await self._free([old.plate] if old else [])

    def drop(self, widget: Widget) -> None:
        """Show nothing in `widget` any more."""
        old = self._shown.pop(widget, None)
        if old and self._app.is_running:
            widget.refresh()
            start(self._app, partial(self._free, [old.plate]))

    def restart(self) -> None:
        """Send everything again: the program is back in a terminal that it had left."""
        self._shown.clear()
        self._again()
        self._app.refresh(layout=True)

    def renew(self) -> None:
        """Send again what is shown, as the terminal may be another one; what this one has is freed."""
        self.age += 1
        kept = list(self._kept.values())
        self._kept.clear()
        start(self._app, partial(self._free, kept))
        self._again()

    def _again(self) -> None:
        """Let all widgets ask again for what they show."""
        for again in list(self._widgets.values()):
            again()

    async def _free(self, plates: list[Plate]) -> None:
        """Free those of `plates` that are neither shown nor kept, and what is kept beyond the limit."""
        assert self.backend is not None
        while len(self._kept) > KEPT + 2 * len(self._shown):
            plates = [*plates, self._kept.popitem(last=False)[1]]
        used = {id(plate) for plate in (*self._kept.values(), *(s.plate for s in self._shown.values()))}
        gone = [plate for plate in plates if id(plate) not in used]
        if not self.in_text:
            await self.wire.send(filter(None, (plate.release() for plate in gone)))

    async def _paint(self, shown: ShownPlate, wanted: Callable[[], bool]) -> None:
        """Paint what is stale of `shown` and can be seen."""
        assert self.backend is not None
        if self.backend.prompt:
            await self.wire.send(map(TOGETHER.format, self._pieces(shown)), wanted)
            return
        shown.busy = True
        while True:  # a frame may spoil cells after the last of the painters has looked
            await asyncio.gather(*(self._paint_slowly(shown, wanted) for _ in range(THREADS)))
            if not (wanted() and self._current(shown) and shown.due()):
                break
        shown.busy = False

    async def _paint_slowly(self, shown: ShownPlate, wanted: Callable[[], bool]) -> None:
        """Paint piece by piece, each encoded in a thread; it is sent if it still has its place then."""
        while wanted() and self._current(shown) and (found := shown.next()):
            at, piece = found
            text = await self.thread(shown.plate.paint, at, piece)
            planned = _as_planned(shown, at, piece, text)
            if not await self.wire.send(planned, lambda: wanted() and self._current(shown)):
                shown.leave(piece)

    def _pieces(self, shown: ShownPlate) -> Iterator[str]:
        """What paints the stale pieces, each made when it is asked for."""
        while self._current(shown) and (found := shown.next()):
            yield shown.plate.paint(*found)

    def _current(self, shown: ShownPlate) -> bool:
        """Whether its widget shows nothing else meanwhile."""
        return self._shown.get(shown.widget) is shown

    def follow(self, regions: list[Region]) -> str:
        """What puts the pictures right after a frame that wrote `regions` of the screen."""
        if self.backend is None:
            return ""
        text = ""
        for shown in list(self._shown.values()):
            shown.spoil(regions, self.backend.chained)
            if self.backend.prompt:
                text += "".join(self._pieces(shown))
            elif not shown.busy and shown.due():
                shown.busy = True
                start(shown.widget, partial(self._paint, shown, lambda: True))
        return text

    def hear(self, event: Event) -> None:
        """Take what concerns pictures from the events of the program."""
        if isinstance(event, CursorPosition):
            self.wire.answered()
        elif isinstance(event, Resize):
            self._measure()
        elif isinstance(event, AppFocus) and self.terminal.passthrough and not self._attachment.known:
            self.renew()

    def farewell(self) -> str:
        """What frees the terminal's memory of all pictures."""
        self.age += 1
        self._kept.clear()
        return self.backend.close() if self.backend else ""

    def _measure(self) -> None:
        """Notice another font size."""
        cell = textual_private.cell_size(self._app)
        if cell and cell != self.cell:
            self.cell = cell
            self._again()

    def _watch(self) -> None:
        """Notice another terminal around tmux."""
        if self._attachment.renewed():
            self.renew()


def _as_planned(shown: ShownPlate, at: Offset, piece: Piece, text: str) -> Iterator[str]:
    """`text`, which paints `piece`, if that still has its place at the moment when it can be sent."""
    if shown.still(at, piece):
        yield TOGETHER.format(text)


def _backend(terminal: Terminal, *, headless: bool) -> Backend | None:
    """The back end for `terminal`; None where pictures are described in words."""
    if terminal.graphics == "none":
        return None
    if headless or terminal.graphics == "half":
        return Half(terminal.truecolor)
    if terminal.graphics == "sixel":
        return Sixel(terminal.sixel_limit)
    if terminal.graphics == "iterm":
        return Inline()
    return Kitty(passthrough=terminal.passthrough, frames=terminal.frames)


def _ask(terminal: Terminal) -> str:
    """The question whose answer says that the terminal has taken what went before."""
    return through_tmux(ASK) if terminal.passthrough else ASK
