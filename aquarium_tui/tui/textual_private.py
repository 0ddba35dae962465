"""What the program uses of Textual behind its public face, beside `textual_guard` and `textual_frames`.

What is used, and why there is no public way:

- `App._display` draws each frame, which `textual_frames` follows.
- `Screen._compositor` and `App._background_screens` tell which cells of a widget nothing covers.
- `App._driver` takes what is written, in order with the frames.
- `App._screen_stacks` holds the screens of modes that are not the current one.
- `LinuxDriver` and `XTermParser` read the keyboard. They end the program at the first byte that is not UTF-8
  and at sequences that the parser did not expect, wait for ever for a terminal that has gone away, and leave
  the terminal in disorder when a signal ends the program. `TerminalDriver` replaces the parts that do.

No other module touches a private name of Textual. `pyproject.toml` bounds the version of Textual accordingly.
"""

import gc
import os
import select
import signal
import termios
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from threading import Timer
from types import FrameType
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from textual._compositor import CompositorUpdate
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App, ComposeResult
from textual.color import Color
from textual.drivers.linux_driver import LinuxDriver
from textual.events import AppBlur, AppFocus, Event, Key, Resize
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.style import Style
from textual.widgets import Footer

from aquarium_tui.tui.graphics.geometry import CellMask
from aquarium_tui.tui.graphics.probe import without_replies
from aquarium_tui.tui.graphics.terminal import ENDING_SIGNALS, RESTORE, Terminal, cell_of, window_size
from aquarium_tui.tui.graphics.wire import DueAnswers
from aquarium_tui.tui.textual_guard import GuardedApp
from aquarium_tui.tui.textual_streams import FollowedUpdate, FrameListener, KeyboardText
from aquarium_tui.tui.xterm_colours import FewColours

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.filter import LineFilter
    from textual.message import Message
    from textual.screen import Screen
    from textual.widget import Widget

# Seconds that an orderly end may take. It takes some 0.2; more if a worker thread is in the middle of a long
# computation, or if the terminal takes no more output.
GRACE = 2.0
# Cells of the largest window that is believed. An 8K display with 4 × 8 pixels per cell has 518,400; laying
# out a window of the size in a damaged report could take all memory.
MOST_CELLS = 1_000_000


class TerminalApp(GuardedApp):
    """An app that knows its terminal and lets one listener take part in what is written to it.

    Attributes:
        terminal: What the terminal can do.
        frame_listener: Who takes part, if anybody.
    """

    def __init__(self, terminal: Terminal | None = None) -> None:
        super().__init__(driver_class=TerminalDriver)
        self.terminal = terminal or Terminal()
        self.surroundings = f"{self.terminal.name} {self.terminal.version} {self.terminal.graphics}"
        self.frame_listener: FrameListener | None = None
        self._colours: list[LineFilter] = [] if self.terminal.truecolor else [FewColours()]

    def get_line_filters(self) -> "Sequence[LineFilter]":
        """Textual's own, and last what brings colours to those of the terminal."""
        return [*super().get_line_filters(), *self._colours]

    def lend_mouse(self, lent: bool) -> None:
        """Leave the mouse to the terminal, or take it back."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.lend_mouse(lent)

    async def on_event(self, event: Event) -> None:
        """Let the listener see every event first; of changes of focus that wait, only the last one counts.

        Textual styles the whole screen anew at each, which takes 5 ms: a thousand held up the keys for 5 s.
        """
        if self.frame_listener:
            self.frame_listener.hear(event)
        if not (isinstance(self._driver, TerminalDriver) and self._driver.has_newer_focus(event)):
            await super().on_event(event)

    def _display(self, screen: "Screen[Any]", renderable: "RenderableType | None") -> None:
        """Write a frame, and with it what the listener wants to follow it."""
        if self.frame_listener and isinstance(renderable, CompositorUpdate):
            # Textual asks updates for their text with `render_segments` and never treats them as renderables.
            renderable = cast("Any", FollowedUpdate(renderable, self.frame_listener))
        before = self.recovery.failures
        super()._display(screen, renderable)
        # Textual makes the text of some frames only now, and calls this also where there is nothing to draw.
        if renderable is not None and self.recovery.failures == before:
            self.recovery.drew()


class TerminalParser(XTermParser):
    """Textual's parser of what the terminal sends, which this one keeps going.

    Args:
        debug: Whether Textual logs what it parses.
        late_replies: Whether replies to the probe may still come, because it has stopped waiting for them.
        resizes: Whether the terminal has been told to report the size of its window.
    """

    def __init__(
        self, debug: bool = False, *, late_replies: bool = False, resizes: Callable[[], bool] = lambda: True
    ) -> None:
        super().__init__(debug)
        self._late_replies, self._resizes = late_replies, resizes

    def feed(self, data: str) -> "Iterator[Message]":
        """Parse `data`; what cannot be parsed is left out.

        Yields:
            The messages in it, as far as they make sense.
        """
        if self._late_replies:
            data = without_replies(data)
        for character in data:
            # One by one: after an error the parser goes on with the character that follows.
            yield from self._guarded(super().feed, character)

    def release(self, data: str) -> "Iterator[Message]":
        """Parse `data`, which has already waited for more as long as an escape does.

        Yields:
            The messages in it.
        """
        yield from self.feed(data)
        if data and self._timeout_time is not None:
            self._timeout_time = 0.0

    def tick(self) -> "Iterator[Message]":
        """Called at short intervals; an escape after which nothing came is a key.

        Yields:
            The messages that were waiting for more.
        """
        yield from self._guarded(super().tick)

    def _guarded(self, parse: "Callable[..., Iterable[Message]]", *data: str) -> "Iterator[Message]":
        """The messages that `parse` finds in `data`; after an error, those before it."""
        messages: list[Message] = []
        try:
            messages.extend(parse(*data))
        except Exception:
            # A generator that has raised an error cannot be resumed.
            messages.extend(self._tokens)
            self._tokens.clear()
            self._timeout_time = None
            self._gen = self.parse(self._tokens.append)
            self._awaiting = next(self._gen)
        yield from filter(self._makes_sense, messages)

    def _makes_sense(self, message: "Message") -> bool:
        """Whether the app can handle `message`."""
        if isinstance(message, Resize):
            return self._believed(message)
        if isinstance(message, Key):
            # Kitty's protocol sends code points as numbers, and half a surrogate pair cannot be written.
            return not any("\ud800" <= character <= "\udfff" for character in message.character or "")
        return True

    def _believed(self, message: Resize) -> bool:
        """Whether a report of the window's size can be true; otherwise the parser is to forget it.

        The parser divides the places of mouse reports by these sizes.
        """
        pixels = message.pixel_size
        if self._resizes() and 0 < message.size.area <= MOST_CELLS and pixels and pixels.area:
            return True
        self.mouse_pixels = False
        self.terminal_size = self.terminal_pixel_size = None
        return False


class TerminalDriver(LinuxDriver):
    """Textual's driver, but it survives any byte and a lost terminal, and ends in good order at a signal."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast("Any", _ForgivingFile(cast("IO[str]", self._file)))
        self._typed = app.terminal.typed if isinstance(app, TerminalApp) else b""
        self._in_use = self._ending = False
        self._answers = DueAnswers()
        self._probed = isinstance(app, TerminalApp) and app.terminal.round_trip > 0
        self._last_focus: Message | None = None

    def start_application_mode(self) -> None:
        """Take the terminal, at the start and after a suspension."""
        self._in_use = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        for number in ENDING_SIGNALS:
            # A signal that is ignored stays ignored: that is how `nohup` works.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._end)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, at the end and before a suspension."""
        self.write(self._farewell())
        if self._probed and self._key_thread and self._key_thread.is_alive():
            # Answers that come later would be shown on the screen and typed into the shell.
            self._answers.wait()
        super().stop_application_mode()
        if self._mouse_pixels:
            self.write("\x1b[?1016l")  # Textual turns these mouse reports on, but not off.
        self._in_use = False
        if self._app._exit and not self._ending:
            self._end_soon(lambda: self._app.return_code or 0)

    def _sigtstp_application(self, *_: object) -> None:
        """Stop, and give the terminal back if it is in use; a thread may still run after the end."""
        if self._in_use:
            super()._sigtstp_application()
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again, if it was given back for a stop or may have changed during one."""
        if self._must_signal_resume and self._loop.is_running():
            super()._sigcont_application()
        elif self._in_use:
            self._take_again()

    def _take_again(self) -> None:
        """Set the terminal up anew after SIGSTOP, before which nothing could be given back.

        Without an end of the first, a second thread would read the keyboard, and what was set by this program
        would be taken for what the shell wants.
        """
        with suppress(OSError):
            if os.tcgetpgrp(self.fileno) != os.getpgrp():
                os.kill(os.getpid(), signal.SIGSTOP)  # It was sent to the background, where it cannot draw.
                return
        wanted = self.attrs_before
        # The alternate screen is entered anew: the pictures on the old one are gone. Kitty stacks how to tell
        # keys; what was put there before the stop would stay for the next program.
        self.write(f"{self._farewell()}\x1b[<u")
        self.disable_input()
        self.close()
        self._must_signal_resume = True
        self.start_application_mode()
        self.attrs_before = wanted

    def write(self, data: str) -> None:
        """Write to the terminal, in a thread."""
        self._answers.asked(data)
        super().write(data)

    def lend_mouse(self, lent: bool) -> None:
        """Leave the mouse to the terminal, or take it back."""
        if lent:
            self._disable_mouse_support()
        elif self._in_use:
            self._enable_mouse_support()

    def process_message(self, message: "Message") -> None:
        """Hand a message to the app, if that is still running."""
        if isinstance(message, AppFocus | AppBlur):
            self._last_focus = message
        with suppress(RuntimeError):  # The event loop is closed.
            super().process_message(message)

    def has_newer_focus(self, event: Event) -> bool:
        """Whether the focus has changed again since `event`, a change of focus, was read."""
        return isinstance(event, AppFocus | AppBlur) and event is not self._last_focus

    def run_input_thread(self) -> None:
        """Read the keyboard until the driver is told to stop, or until the terminal goes away."""
        text = KeyboardText()
        parser = TerminalParser(
            self._debug, late_replies=not self._probed, resizes=lambda: self._in_band_window_resize
        )
        data, self._typed = self._typed, b""
        while not self.exit_event.is_set():
            self._post(parser.feed(text.feed(data)) if data else parser.release(text.pause()))
            self._post(parser.tick())
            data = b""
            # Textual's driver, too, looks every tenth of a second whether it is to stop.
            if select.select([self.fileno], [], [], 0.1)[0]:
                try:
                    data = os.read(self.fileno, 4096)
                except OSError:
                    data = b""
                if not data:  # Nothing to read, though there is something: the end of the file.
                    self._leave(signal.SIGHUP)
                    return
                self._answers.heard(data)

    def _post(self, messages: "Iterable[Message]") -> None:
        """Hand messages to the app."""
        for message in messages:
            self.process_message(message)

    def _farewell(self) -> str:
        """What the listener wants to be written before the terminal is given back."""
        listener = self._app.frame_listener if isinstance(self._app, TerminalApp) else None
        return listener.farewell() if listener else ""

    def _end(self, number: int, _: FrameType | None) -> None:
        """End the program in good order, or in less after GRACE seconds.

        This runs in the main thread between two steps of Python, even while the event loop is blocked.
        Further signals change nothing: when a session ends, the kernel and the shell both send SIGHUP.
        """
        if not self._loop.is_running():
            self._end_now(128 + number)  # All is done but for a thread that runs, and none can start now.
        if not self._ending:
            self._ending = True
            self._end_soon(lambda: 128 + number)
            self._leave(number)

    def _end_soon(self, code: Callable[[], int]) -> None:
        """End the process in GRACE seconds, even if a thread waits for a disk that does not answer."""
        timer = Timer(GRACE, lambda: self._end_now(code()))
        timer.daemon = True
        timer.start()

    def _leave(self, number: int) -> None:
        """Let the app end with the exit code that stands for a signal."""
        with suppress(RuntimeError):  # The event loop is closed: the program is about to end anyway.
            self._loop.call_soon_threadsafe(lambda: self._app.exit(return_code=128 + number))

    def _end_now(self, code: int) -> None:
        """Restore the terminal without Textual, if that is still to be done, and end the process."""
        if self._in_use:
            self._restore()
        os._exit(code)

    def _restore(self) -> None:
        """Do what `stop_application_mode` does, and wait for nothing."""
        screen = cast("_ForgivingFile", self._file).fileno()
        with suppress(Exception):
            # Nothing may block here. The shell has the same open file, so it must not stay this way.
            os.set_blocking(screen, False)
            # The first sequence ends any that was cut off. Kitty keeps pictures per screen: they are deleted
            # before the alternate screen is left.
            os.write(screen, f"\x1b\\{self._farewell()}{RESTORE}".encode())
        with suppress(OSError):
            os.set_blocking(screen, True)
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)


class _ForgivingFile:
    """A file for Textual's writer thread, which would die, and block the app, when the terminal goes away."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write `text`, if there still is a terminal."""
        with suppress(OSError, ValueError):
            self._file.write(text)

    def flush(self) -> None:
        """Send what was written."""
        with suppress(OSError, ValueError):
            self._file.flush()

    def fileno(self) -> int:
        """The file descriptor."""
        return self._file.fileno()


def write(app: App[Any], text: str) -> None:
    """Hand `text` to the terminal, after everything that was written before."""
    if text and app._driver is not None:
        app._driver.write(text)


def cell_size(app: App[Any]) -> tuple[int, int] | None:
    """Width and height of a cell in pixels now, if the terminal says."""
    keyboard = getattr(app._driver, "fileno", None)
    return cell_of(window_size(keyboard)) if isinstance(keyboard, int) else None


def visible_cells(widget: "Widget", area: Region) -> CellMask:
    """Which cells of `area`, a part of the screen, show `widget` with nothing above it: (rows, columns)."""
    mask = np.zeros((area.height, area.width), np.bool_)
    app = widget.app
    screens = [*app._background_screens, app.screen]
    if not widget.is_attached or widget.screen not in screens:
        return mask
    placed = widget.screen._compositor.visible_widgets.get(widget)
    if placed is None:
        return mask
    fill(mask, area, placed[0].intersection(placed[1]), True)
    for screen in screens[screens.index(widget.screen) :]:
        # The compositor lists the topmost widgets first: what comes after the widget itself lies below it,
        # and a screen's own entry covers nothing.
        for over, (region, clip) in screen._compositor.visible_widgets.items():
            if over in (widget, screen):
                break
            fill(mask, area, region.intersection(clip), False)
    return mask


def fill(mask: CellMask, area: Region, region: Region, value: bool) -> None:
    """Set the cells of `mask`, which lies at `area` of the screen, that are in `region`."""
    left, top, width, height = region.intersection(area)
    left, top = left - area.x, top - area.y
    mask[top : top + height, left : left + width] = value


_InnerOuter = tuple[Style, Style]


def _forget_drawn_widgets() -> None:
    """Keep what widgets have drawn no longer than the widgets.

    Textual remembers two styles for each of the last 1,024 caches of drawn lines, and so holds on to the
    lines of as many widgets that are gone: about 100 MB. The styles depend on two colours alone.
    """
    mixed = StylesCache.get_inner_outer.__wrapped__

    @lru_cache(1024)
    def inner_outer(base: Color, background: Color) -> _InnerOuter:
        found: _InnerOuter = mixed(StylesCache, base, background)
        return found

    def of_cache(_: StylesCache, base: Color, background: Color) -> _InnerOuter:
        return inner_outer(base, background)

    StylesCache.get_inner_outer = of_cache  # type: ignore[method-assign, assignment]


_forget_drawn_widgets()


def forget_closed_watchers(watched: MessagePump) -> None:
    """Drop the screens and widgets that watch something and are closed.

    Textual drops them only when what they watch changes, and keeps them with all that they have drawn until
    then: screens that watch the app, and keys that watch their footer.
    """
    watchers: dict[str, list[tuple[MessagePump, Any]]] = getattr(watched, "__watchers", {})
    for watching in watchers.values():
        watching[:] = [pair for pair in watching if not pair[0]._closing]


class KeyFooter(Footer):
    """A footer that forgets the keys that it has replaced: 20 widgets of 150 objects for each change."""

    def compose(self) -> ComposeResult:
        """The keys that work now."""
        forget_closed_watchers(self)
        yield from super().compose()


def close_opened_screens(app: App[Any], modes: Iterable[str]) -> None:
    """Close the screens that were opened on top of the first one of each of `modes`."""
    for mode in modes:
        stack = app._screen_stacks.get(mode, [])
        while len(stack) > 1:
            stack.pop().remove()


def look_for_garbage_less() -> None:
    """What has been loaded by now stays, and looking through all of it holds up the keys for 100 ms."""
    gc.freeze()
    gc.set_threshold(2_000, 20, 50)
