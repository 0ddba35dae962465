"""Between the picture widgets and the terminal: sends plates, paints them, repaints what frames spoil."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Any, ParamSpec, TypeVar

import numpy as np
from textual.dom import DOMNode
from textual.events import AppFocus, CursorPosition, Event, Resize
from textual.geometry import Offset, Region
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.worker import Worker

from aquarium_tui.tui import textual_private
from aquarium_tui.tui.graphics.backend import Backend, Plate
from aquarium_tui.tui.graphics.canvas import Canvas, ShownPlate, picture_area
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask, Piece
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
# Bytes per second from which on pictures are sent with more colours, which take twice as many bytes: what a
# terminal on the same machine, or in the same building, takes in.
FAST = 8e6
# Seconds for which a new widget keeps the pixels that the terminal shows in its place, before it has said
# what it will show: views open in less, and an old picture that stays longer would be taken for a new one.
EXPECT = 2.0
# Seconds after which a new screen is taken to have all its widgets: it composes in a few steps, between which
# frames are drawn.
COMPOSED = 0.3


def start(node: DOMNode, work: Callable[[], Coroutine[None, None, None]]) -> Worker[None]:
    """Do `work` on the event loop for as long as `node` is there."""
    return node.run_worker(work, group="pictures")


def _soon(node: DOMNode, work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Do `work` after what is being done: a task may start at once, and write before the frame that asks."""
    asyncio.get_running_loop().call_soon(partial(_start_if_there, node, work))


def _start_if_there(node: DOMNode, work: Callable[[], Coroutine[None, None, None]]) -> None:
    if node.is_attached:
        start(node, work)


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
        self.wire = Wire(
            lambda text: textual_private.write(app, text), _ask(self.terminal), self.terminal.round_trip
        )
        self._attachment = Attachment(os.environ if self.terminal.passthrough else {})
        self._threads = ThreadPoolExecutor(THREADS, "pictures")
        self._canvas = Canvas()
        self._shown: dict[Widget, ShownPlate] = {}
        self._awaited: dict[Widget, CellGrid | None] = {}
        self._leaving: list[Plate] = []
        self._screen: Screen[Any] | None = None
        self._since = 0.0
        self._hasty = 0
        self._calm = asyncio.Event()
        self._calm.set()
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
        """Let `widget` show pictures; `again` makes it ask once more for what it shows.

        Until it says what, it is expected to show some.
        """
        self._widgets[widget] = again
        self._awaited[widget] = None
        widget.set_timer(EXPECT, partial(self._give_up, widget))

    def _give_up(self, widget: Widget) -> None:
        """Expect no picture in a widget that has not asked for one."""
        if self._awaited.get(widget, 0) is None:
            del self._awaited[widget]
            widget.refresh()

    def expect(self, widget: Widget, grid: CellGrid) -> None:
        """Keep the pixels that the terminal shows on `grid` in `widget` until a picture lands there."""
        self._awaited[widget] = grid

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
        assert self.backend is not None
        if not self.wire.rate:
            return self.terminal.remote or self.terminal.round_trip > FAR
        return self.backend.bytes(grid) / self.wire.rate > SLOW

    def fast(self) -> bool:
        """Whether bytes do not count."""
        return self.wire.rate > FAST

    @contextmanager
    def haste(self) -> Iterator[None]:
        """While first impressions are made, whole pictures wait in `calm`: they would hold them up."""
        self._hasty += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._hasty -= 1
            if not self._hasty:
                self._calm.set()

    async def calm(self) -> None:
        """Wait until no first impression is being made."""
        await self._calm.wait()

    async def send(self, plate: Plate, key: Hashable | None, wanted: Callable[[], bool]) -> bool:
        """Bring `plate` to the terminal and keep it under `key`; False if it was not `wanted` to the end."""
        assert self.backend is not None
        if not await self.wire.send(plate.upload(self.wire.slice), wanted):
            if plate not in self._kept.values():
                # Made when it is written: what it has to end depends on what was sent before it.
                await self.wire.send(filter(None, (each.release() for each in [plate])))
            return False
        if key is not None:
            before = self._kept.get(key, plate)
            self._kept[key] = plate
            await self._free([before])
        return True

    async def show(self, widget: Widget, plate: Plate, wanted: Callable[[], bool]) -> None:
        """Show `plate`, which has been sent, in `widget`; painting stops when it is no longer `wanted`."""
        assert self.backend is not None
        self._canvas.fit(self._app.size)
        old = self._shown.get(widget)
        shown = self._shown[widget] = ShownPlate(widget, plate, self.age, self._canvas)
        same = old is not None and old.plate.grid == plate.grid
        if old and same and old.age == self.age:
            shown.follows(old)
        if not same or self.in_text:
            widget.refresh()  # Cells that the new picture leaves free are cleared; its own stay as they are.
        if not self.in_text:
            await self._paint(shown, wanted)
            self._tidy()
        await self._free([old.plate] if old else [])

    def drop(self, widget: Widget) -> None:
        """Show nothing in `widget` any more."""
        self._awaited.pop(widget, None)
        old = self._shown.pop(widget, None)
        if old and self._app.is_running:
            widget.refresh()
            start(self._app, partial(self._free, [old.plate]))

    def restart(self) -> None:
        """Send everything again: the program is back in a terminal that it had left."""
        self._shown.clear()
        self._canvas.clear()
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
        self._leaving += [plate for plate in plates if id(plate) not in used and plate not in self._leaving]
        await self._sweep()

    async def _sweep(self) -> None:
        """Free what has been left, once no cell shows it any more: deleting it would blank them."""
        gone = [plate for plate in self._leaving if self.in_text or not self._canvas.shows(plate)]
        self._leaving = [plate for plate in self._leaving if plate not in gone]
        if not self.in_text:
            await self.wire.send(filter(None, (plate.release() for plate in gone)))

    async def _paint(self, shown: ShownPlate, wanted: Callable[[], bool]) -> None:
        """Paint what is to be painted of `shown` and can be seen."""
        assert self.backend is not None
        if shown.busy:
            return
        shown.busy = True
        try:
            while wanted() and self._current(shown) and shown.due():
                if self.backend.prompt:
                    await self.wire.send(map(TOGETHER.format, self._pieces(shown)), wanted)
                else:  # a frame may spoil cells after the last of the painters has looked
                    await asyncio.gather(*(self._paint_slowly(shown, wanted) for _ in range(THREADS)))
        finally:
            shown.busy = False

    async def _paint_slowly(self, shown: ShownPlate, wanted: Callable[[], bool]) -> None:
        """Paint piece by piece, each encoded in a thread; it is sent if it still has its place then."""
        assert self.backend is not None
        while wanted() and self._current(shown):
            found = shown.next(self.backend.piece(shown.plate.grid, self.wire.slice))
            if not found:
                return
            at, piece = found
            text = await self.thread(shown.plate.paint, at, piece)
            planned = _as_planned(shown, at, piece, text)
            if not await self.wire.send(planned, lambda: wanted() and self._current(shown)):
                shown.leave(piece)

    def _pieces(self, shown: ShownPlate) -> Iterator[str]:
        """What paints the pieces that are due, each made when it is asked for."""
        assert self.backend is not None
        while self._current(shown):
            found = shown.next(self.backend.piece(shown.plate.grid, self.wire.slice))
            if not found:
                return
            if shown.land(*found):
                yield shown.plate.paint(*found) + self._joined()

    def _joined(self) -> str:
        """What repairs the cells that have lost the one they follow from."""
        assert self.backend is not None
        if not self.backend.chained:
            return ""
        return "".join(imprint.plate.paint(imprint.at, piece) for imprint, piece in self._canvas.broken())

    def _current(self, shown: ShownPlate) -> bool:
        """Whether its widget shows nothing else meanwhile."""
        return self._shown.get(shown.widget) is shown

    def kept(self) -> tuple[CellMask, CellMask]:
        """The cells of the terminal, (rows, columns), that the next frame is to leave as they are.

        They show pixels, and a picture is shown there, or expected. Until it is known where a new screen has
        its pictures, it leaves pixels where it has nothing else.
        """
        self._canvas.fit(self._app.size)
        filled = self._canvas.filled
        if self.in_text or not filled.any():
            return np.zeros_like(filled), np.zeros_like(filled)
        return filled & self._held_cells(), filled & self._unsettled()

    def _unsettled(self) -> bool:
        """Whether it is not yet known, or not yet seen, where the pictures of a new screen are."""
        screen = self._app.screen
        if screen is not self._screen:
            self._screen, self._since = screen, monotonic()
            if not self._settled():
                self._app.set_timer(COMPOSED, self._tidy)
                self._app.set_timer(EXPECT, self._tidy)
        return not self._settled()

    def _settled(self) -> bool:
        """Whether the pictures of the screen, if it has any, have landed."""
        screen = self._app.screen
        if isinstance(screen, ModalScreen) or monotonic() - self._since >= EXPECT:
            return True
        mine = [widget for widget in self._widgets if widget.is_attached and widget.screen is screen]
        if mine:
            return all(widget in self._shown or widget not in self._awaited for widget in mine)
        places = (getattr(widget, "HOLDS_PICTURES", False) for widget in screen.walk_children())
        return monotonic() - self._since >= COMPOSED and not any(places)

    def _tidy(self) -> None:
        """Clear what is left of pictures that are shown no more."""
        filled = self._canvas.filled
        if not filled.any() or not self._app.screen_stack or self._unsettled():
            return
        left = filled & ~self._held_cells()
        rows, columns = np.flatnonzero(left.any(axis=1)), np.flatnonzero(left.any(axis=0))
        if len(rows):
            corners = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
            # Of the screen, not of widgets in it: empty space belongs to a container, or to none.
            self._app.screen.refresh(Region.from_corners(*corners))

    def _held_cells(self) -> CellMask:
        """The cells of the terminal where pictures are to be seen, or are expected."""
        held = np.zeros_like(self._canvas.filled)
        for widget, area in self._held():
            if area := area.intersection(Region(0, 0, *held.shape[::-1])):
                seen = textual_private.visible_cells(widget, area)
                held[area.y : area.bottom, area.x : area.right] |= seen
        return held

    def _held(self) -> Iterator[tuple[Widget, Region]]:
        """Where pictures are, or are expected."""
        for shown in self._shown.values():
            yield shown.widget, shown.area
        for widget, grid in self._awaited.items():
            if widget.is_attached:
                yield widget, picture_area(widget, grid.cells) if grid else widget.content_region

    def follow(self, regions: list[Region], kept: CellMask) -> str:
        """What puts the pictures right after a frame that wrote `regions`, but for what was kept."""
        if self.backend is None or self.in_text:
            return ""
        self._canvas.cover(regions, kept)
        text = self._joined()
        for shown in list(self._shown.values()):
            if self.backend.prompt and not shown.busy:
                for piece in self._pieces(shown):
                    text += piece
                    if len(text) > self.wire.slice:
                        break
            if not shown.busy and shown.due():
                _soon(shown.widget, partial(self._paint, shown, lambda: True))
        if self._leaving:
            _soon(self._app, self._sweep)
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


def host_of(widget: Widget) -> Host:
    """The host of the program that `widget` is in."""
    app = widget.app
    assert isinstance(app, TerminalApp)
    return Host.of(app)


def _as_planned(shown: ShownPlate, at: Offset, piece: Piece, text: str) -> Iterator[str]:
    """`text`, which paints `piece`, if that still has its place at the moment when it can be sent."""
    if shown.land(at, piece):
        yield TOGETHER.format(text)


def _backend(terminal: Terminal, *, headless: bool) -> Backend | None:
    """The back end for `terminal`; None where pictures are described in words."""
    if terminal.graphics == "none":
        return None
    if headless:
        return Half(terminal.truecolor)
    if terminal.graphics == "kitty":
        return Kitty(passthrough=terminal.passthrough, frames=terminal.frames)
    if terminal.graphics == "sixel":
        return Sixel(terminal.sixel_limit)
    if terminal.graphics == "iterm":
        return Inline()
    return Half(terminal.truecolor, terminal.graphics)


def _ask(terminal: Terminal) -> str:
    """The question whose answer says that the terminal has taken what went before."""
    return through_tmux(ASK, terminal.passthrough)
