"""Between the picture widgets and the terminal: sends plates, paints them, repaints what frames spoil."""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from weakref import WeakSet

from textual.app import App
from textual.dom import DOMNode
from textual.events import AppFocus, CursorPosition, Event, Resize
from textual.geometry import Region
from textual.worker import Worker

from aquarium_tui.tui.graphics import behind
from aquarium_tui.tui.graphics.backend import Backend, Plate
from aquarium_tui.tui.graphics.geometry import Grid
from aquarium_tui.tui.graphics.half import Half
from aquarium_tui.tui.graphics.iterm import Inline
from aquarium_tui.tui.graphics.kitty import Kitty
from aquarium_tui.tui.graphics.shown import Shown
from aquarium_tui.tui.graphics.sixel import Sixel
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.graphics.tmux import Attachment, through_tmux
from aquarium_tui.tui.graphics.wire import ASK, Wire

if TYPE_CHECKING:
    from aquarium_tui.tui.graphics.picture import Picture

P = ParamSpec("P")
T = TypeVar("T")
KEPT = 12
TOGETHER = "\x1b[?2026h\x1b7{}\x1b8\x1b[?2026l"
LOOK_EVERY = 1.0
THREADS = 2
FAR, SLOW = 0.01, 0.12
BYTES_A_PIXEL = 0.55


def host_of(app: App[Any]) -> "Host":
    """The host of `app`, made when its first picture asks for it."""
    host: Host | None = vars(app).get("_picture_host")
    if host is None:
        host = vars(app)["_picture_host"] = Host(app)
    return host


def start(node: DOMNode, work: Callable[[], Coroutine[None, None, None]]) -> Worker[None]:
    """Do `work` on the event loop as long as `node` is there."""
    return node.run_worker(work, group="pictures")


class Host:
    """Shows plates in the cells of widgets.

    Args:
        app: The program; its attribute `terminal` says what the terminal can do.

    Attributes:
        terminal: What the terminal can do.
        cell: Width and height of a cell in pixels now.
        in_text: Whether the program draws for no terminal, so that pictures must be a part of its text.
        backend: How pictures are drawn; None where they are told in words.
        wire: The way to the terminal.
        widgets: The picture widgets.
        age: How often the terminal has lost its pictures.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.terminal: Terminal = getattr(app, "terminal", None) or Terminal()
        self.cell = self.terminal.cell
        self.in_text = app.is_headless or app.is_web or app.is_inline
        self.backend = _backend(self.terminal, headless=self.in_text)
        self.wire = Wire(lambda text: behind.write(app, text), _ask(self.terminal))
        self._attachment = Attachment(os.environ if self.terminal.passthrough else {})
        self._threads = ThreadPoolExecutor(THREADS, "pictures")
        self._shown: dict[Picture, Shown] = {}
        self._kept: OrderedDict[Hashable, Plate] = OrderedDict()
        self.widgets: WeakSet[Picture] = WeakSet()
        self.age = 0
        if not self.in_text and self.backend is not None:
            behind.attach(app, after=self._after, heard=self._heard, leaving=self._leave)
            app.app_resume_signal.subscribe(app, lambda _: self.restart())
            if self._attachment.known:
                app.set_interval(LOOK_EVERY, self._watch)

    async def thread(self, work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
        """Do `work` in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, partial(work, *args, **options)
        )

    def recall(self, key: Hashable, widget: "Picture") -> Plate | None:
        """The plate kept under `key`, if it can be shown in `widget` beside what others show."""
        plate = self._kept.get(key)
        if plate is None or any(plate.shares(other) and plate is not other for other in self._others(widget)):
            return None
        self._kept.move_to_end(key)
        return plate

    def plate(self, widget: "Picture") -> Plate | None:
        """The plate that `widget` shows."""
        shown = self._shown.get(widget)
        return shown.plate if shown else None

    def base(self, widget: "Picture") -> Plate | None:
        """The plate that `widget`, and no other, shows and the terminal has."""
        shown = self._shown.get(widget)
        if shown is None or shown.age != self.age:
            return None
        plate = shown.plate
        return None if any(plate.shares(other) for other in self._others(widget)) else plate

    def _others(self, widget: "Picture") -> list[Plate]:
        """What is shown elsewhere."""
        return [shown.plate for shown in self._shown.values() if shown.widget is not widget]

    def slow(self, grid: Grid) -> bool:
        """Whether a picture on `grid` is likely to be long under way."""
        if not self.wire.rate:
            return self.terminal.remote or self.terminal.round_trip > FAR
        return grid.extent[0] * grid.extent[1] * BYTES_A_PIXEL / self.wire.rate > SLOW

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

    async def show(self, widget: "Picture", plate: Plate, wanted: Callable[[], bool]) -> None:
        """Show `plate`, which has been sent, in `widget`; painting stops when it is not `wanted` any more."""
        assert self.backend is not None
        old = self._shown.get(widget)
        shown = self._shown[widget] = Shown(widget, plate, self.backend.piece(plate.grid), self.age)
        if self.in_text or old is None or old.plate.grid != plate.grid:
            widget.refresh()
        else:
            shown.stale = old.stale | (plate.differs(old.plate) if old.age == self.age else True)
            await self._paint(shown, wanted)
        await self._free([old.plate] if old else [])

    def drop(self, widget: "Picture") -> None:
        """Show nothing in `widget` any more."""
        old = self._shown.pop(widget, None)
        if old and self._app.is_running:
            widget.refresh()
            start(self._app, partial(self._free, [old.plate]))

    def restart(self) -> None:
        """Send everything again: the program is back in a terminal that it has left."""
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
        for widget in list(self.widgets):
            widget.again()

    async def _free(self, plates: list[Plate]) -> None:
        """Free those of `plates` that are neither shown nor kept, and what is kept beyond the limit."""
        assert self.backend is not None
        while len(self._kept) > KEPT + 2 * len(self._shown):
            plates = [*plates, self._kept.popitem(last=False)[1]]
        used = {id(plate) for plate in (*self._kept.values(), *(s.plate for s in self._shown.values()))}
        gone = [plate for plate in plates if id(plate) not in used]
        if not self.in_text:
            await self.wire.send(filter(None, (plate.release() for plate in gone)))

    async def _paint(self, shown: Shown, wanted: Callable[[], bool]) -> None:
        """Paint what is stale of `shown` and can be seen."""
        assert self.backend is not None
        if self.backend.prompt:
            await self.wire.send(map(TOGETHER.format, self._pieces(shown)), wanted)
            return
        shown.busy = True
        while True:  # a frame may spoil cells after the last of the painters has looked
            await asyncio.gather(*(self._paint_slowly(shown, wanted) for _ in range(THREADS)))
            if not (wanted() and self._shown.get(shown.widget) is shown and shown.due()):
                break
        shown.busy = False

    async def _paint_slowly(self, shown: Shown, wanted: Callable[[], bool]) -> None:
        """Paint piece by piece, each encoded in a thread; it is sent if it still has its place then."""
        while wanted() and self._shown.get(shown.widget) is shown and (found := shown.next()):
            at, piece = found
            text = await self.thread(shown.plate.paint, at, piece)
            still = (TOGETHER.format(text) for _ in range(1) if shown.still(at, piece))
            if not await self.wire.send(still, lambda: wanted() and self._shown.get(shown.widget) is shown):
                shown.leave(piece)

    def _pieces(self, shown: Shown) -> Iterator[str]:
        """What paints the stale pieces, each made when it is asked for."""
        while self._shown.get(shown.widget) is shown and (found := shown.next()):
            yield shown.plate.paint(*found)

    def _after(self, regions: list[Region]) -> str:
        """What puts the pictures right after a frame that wrote `regions` of the screen."""
        assert self.backend is not None
        text = ""
        for shown in list(self._shown.values()):
            shown.spoil(regions, self.backend.chained)
            if self.backend.prompt:
                text += "".join(self._pieces(shown))
            elif not shown.busy and shown.due():
                shown.busy = True
                start(shown.widget, partial(self._paint, shown, lambda: True))
        return text

    def _heard(self, event: Event) -> None:
        """Take what concerns pictures from the events of the program."""
        if isinstance(event, CursorPosition):
            self.wire.answered()
        elif isinstance(event, Resize):
            self._measure()
        elif isinstance(event, AppFocus) and self.terminal.passthrough and not self._attachment.known:
            self.renew()

    def _measure(self) -> None:
        """Notice another font size."""
        cell = behind.cell_size(self._app)
        if cell and cell != self.cell:
            self.cell = cell
            self._again()

    def _watch(self) -> None:
        """Notice another terminal around tmux."""
        if self._attachment.renewed():
            self.renew()

    def _leave(self) -> None:
        """Free the terminal's memory of all pictures."""
        assert self.backend is not None
        self.age += 1
        self._kept.clear()
        behind.write(self._app, self.backend.close())


def _backend(terminal: Terminal, *, headless: bool) -> Backend | None:
    """The back end for `terminal`; None where pictures are told in words."""
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
