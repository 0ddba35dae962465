"""Messages and deferred calls reach only what is there, and unexpected errors are survived.

Textual gives no public way to do either for all widgets, its own included:

- `MessagePump._dispatch_message` is the one place that every message to every widget passes. An error that
  gets out of it ends the widget's task, whatever is done about the error.
- `App._register_child` and `App._start_widget` see every widget before its first message.
- `App._handle_exception` gets the errors of callbacks, timers, workers and drawing, and ends the program.
- `DOMNode._pruning`, `MessagePump._closing` and `App._screen_stacks` say whether a widget is still there, and
  `App._get_screen` starts a screen before it is in a stack.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual import __version__ as textual_version
from textual import _compositor
from textual._callback import invoke
from textual._context import active_message_pump
from textual.app import App
from textual.errors import NoWidget
from textual.events import (
    Callback,
    Compose,
    Event,
    InputEvent,
    Key,
    Load,
    Mount,
    MouseDown,
    Paste,
    Resize,
    Unmount,
)
from textual.message_pump import MessagePump
from textual.messages import CloseMessages, InvokeLater, Prune
from textual.screen import ModalScreen, Screen
from textual.widget import AwaitMount
from textual.worker import WorkerFailed, active_worker

from aquarium_tui.error_log import UNEXPECTED, log_error
from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible
from aquarium_tui.tui.closable import Lapsing

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.message import Message
    from textual.widget import Widget


# Errors that a screen may have before the user does anything more: one key may cause a few, but more than
# these are an error that causes itself again.
MOST_ERRORS = 5
# Attempts at drawing a frame, of which none succeeds. The first failure may be of what changes right after.
MOST_UNDRAWN = 2
# Seconds for which the same error is not reported again: a timer can fail many times a second, and the first
# entry of the log says most.
SAME = 10.0
# Actions that the log names: enough to repeat what led to the error.
REMEMBERED = 20


@dataclass(frozen=True)
class ErrorResponse:
    """What an error calls for.

    Attributes:
        sentence: What to tell the user; "" where that was told a moment ago.
        leave: Whether the screen cannot go on.
    """

    sentence: str
    leave: bool


class Recovery:
    """Judges unexpected errors by what came before them.

    Attributes:
        failures: How many errors there were.
    """

    def __init__(self) -> None:
        self.failures = 0
        self._actions: deque[str] = deque(maxlen=REMEMBERED)
        self._told: dict[str, float] = {}
        self._errors = self._undrawn = 0

    def acted(self, action: str) -> None:
        """Note what the user does, for the log."""
        self._actions.append(action)

    def heard(self) -> None:
        """Note that a key or the mouse was used."""
        self._errors = 0

    def drew(self) -> None:
        """Note that a frame was drawn."""
        self._undrawn = 0

    def judge(self, error: BaseException, place: str, *, drawing: bool) -> ErrorResponse:
        """Log an error and say what to do about it.

        Args:
            error: What happened.
            place: Where: the screens and the widget, and what they run in.
            drawing: Whether a frame was being drawn, which will be tried again at once.

        Returns:
            What to tell the user, and whether to leave the screen.
        """
        self.failures += 1
        self._errors += 1
        self._undrawn += drawing
        leave = self._errors >= MOST_ERRORS or self._undrawn >= MOST_UNDRAWN
        if leave:
            self._errors = self._undrawn = 0
        return ErrorResponse(self._told_of(error, place), leave)

    def log(self, error: BaseException, place: str) -> Path | None:
        """Log an error with its place and the last actions."""
        return log_error(error, f"{place}\nlast actions: {', '.join(self._actions) or 'none'}")

    def sentence(self, error: BaseException, log: Path | None) -> str:
        """An error in one line, with the place of its log."""
        what = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        return f"{what}. {f'Details are in {log}.' if log else 'The log file could not be written.'}"

    def _told_of(self, error: BaseException, place: str) -> str:
        """Log an error and put it in a sentence, unless that was done a moment ago."""
        if isinstance(error, AquariumError):  # It says all; each key that meets it gets the answer.
            return visible(error.message) if self._errors <= 1 else ""
        now, key = monotonic(), f"{type(error).__name__} {_origin(error)}"
        if now - self._told.get(key, -SAME) < SAME:
            return ""
        self._told[key] = now
        return self.sentence(error, self.log(error, place))


def _origin(error: BaseException) -> str:
    """File and line where an error was raised."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


# What a widget that is gone is still told: these take it down, and others wait for the deferred call.
_LAST_MESSAGES = (CloseMessages, Prune, Unmount, Callback)
# Seconds that keys wait for a new screen, which takes some hundredths; after that it must be stuck.
MOST_COMPOSING = 2.0
# Ways from the focused widget to the app after which a key has taken effect. Textual looks up bindings where
# the key ends its first way; what the action posts goes it again, and what is made of that a third time.
PASSES = 3
# What brings the app up. If one of these fails, there is no screen to go on with.
_FIRST_MESSAGES = (Load, Compose, Mount)
# All layout and drawing passes this module.
_DRAWING = _compositor.__file__


class GuardedApp(App[None]):
    """An app that survives unexpected errors, and tells widgets that are gone nothing more.

    Args:
        driver_class: What reads and writes the terminal.

    Attributes:
        recovery: Judges errors.
        surroundings: What the log says the program runs in.
    """

    def __init__(self, driver_class: "type[Driver] | None" = None) -> None:
        super().__init__(driver_class=driver_class)
        self.recovery = Recovery()
        self.surroundings = ""
        self._opening = 0
        self._held: deque[Event] = deque()
        self._in_effect = False

    async def on_event(self, event: Event) -> None:
        """Let each key and click take effect before the next one is delivered.

        A stalled connection sends many at once. Each belongs where it would have gone if it had been typed
        slowly: the second one may be for the bar or the dialog that the first one opens.
        """
        if not isinstance(event, InputEvent | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._in_effect:
            if not self._held:
                self.set_timer(MOST_COMPOSING, self._deliver_held)
            self._held.append(event)
        else:
            await self._deliver(event)

    async def _deliver(self, event: Event) -> None:
        """Let what the user does wait for the screen it is for: that is current before it is composed."""
        self.recovery.heard()
        if isinstance(event, Key) and event.key == "escape" and self._notifications:
            self.clear_notifications()  # What is read goes first, then what it is about.
            return
        with suppress(TimeoutError):
            # Meanwhile another screen may have opened, which has to be waited for in turn.
            while self._screen_stack and not self.screen.is_mounted:
                await asyncio.wait_for(self._settle(self.screen), MOST_COMPOSING)
        if isinstance(event, MouseDown) and self._is_on_removed(event):
            return
        await super().on_event(event)
        if isinstance(event, Key | Paste) and self._screen_stack:
            self._in_effect = True
            self._follow(self.focused or self.screen, PASSES)

    def _follow(self, node: MessagePump, passes: int) -> None:
        """Go the way of a message from `node` to the app, behind those that are on it, `passes` times."""
        if node is not self:
            parent = node._parent or self
            if not node.call_later(self._follow, parent, passes):
                self.call_later(self._follow, self, passes)
        elif passes:
            self._follow(self.focused or self.screen, passes - 1)
        else:
            self.call_later(self._deliver_held)

    async def _deliver_held(self) -> None:
        """Deliver what came meanwhile, up to the next key."""
        self._in_effect = False
        while self._held and not self._in_effect:
            await self._deliver(self._held.popleft())

    @staticmethod
    async def _settle(screen: Screen[Any]) -> None:
        """Wait until a new screen is composed and has handled what came first, which gives it its focus."""
        await screen._mounted_event.wait()
        handled = asyncio.Event()
        if screen.call_later(handled.set):
            await handled.wait()

    def _is_on_removed(self, event: MouseDown) -> bool:
        """Whether the mouse is on a widget that is removed but still seen; Textual relies on its parent."""
        try:
            widget, _ = self.get_widget_at(event.x, event.y)
        except NoWidget:
            return False
        return self._is_gone(widget)

    def push_screen(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # Textual overloads it.
        """Open a screen on behalf of the one that is seen; a covered one has asked for it a second time."""
        node = active_message_pump.get(self)
        if node is not self and cast("DOMNode", node).screen is not self.screen:
            return AwaitMount(self.screen, [])
        return super().push_screen(*args, **options)

    def switch_mode(self, mode: str) -> AwaitMount:
        """Show another mode; a question that is open on this one is dropped."""
        while mode != self.current_mode and isinstance(self.screen, ModalScreen):
            self.pop_screen()
        return super().switch_mode(mode)

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: "DOMNode | None" = None,
        namespaces: "Mapping[str, DOMNode] | None" = None,
    ) -> bool:
        """Do what a key or a command stands for, and note it, unless whom it is for is gone meanwhile."""
        if default_namespace is not None and self._is_gone(default_namespace):
            return False
        self.recovery.acted(str(action))
        return await super().run_action(action, default_namespace, namespaces)

    def fall_back(self) -> bool:
        """Leave the first screen of a mode, as it cannot go on; False where there is nowhere to go."""
        return False

    # Messages and deferred calls reach only what is there, and an error in one ends nothing

    def _register_child(
        self, parent: "DOMNode", child: "Widget", before: int | None, after: int | None
    ) -> None:
        super()._register_child(parent, child, before, after)
        self._guard(child)

    def _start_widget(self, parent: "Widget", widget: "Widget") -> None:
        self._guard(widget)
        super()._start_widget(parent, widget)

    def _guard(self, widget: "Widget") -> None:
        dispatch = type(widget)._dispatch_message
        widget._dispatch_message = partial(self._guarded, widget, partial(dispatch, widget))  # type: ignore[method-assign]

    async def _dispatch_message(self, message: "Message") -> None:
        if isinstance(message, _FIRST_MESSAGES):
            await super()._dispatch_message(message)
        else:
            await self._guarded(self, super()._dispatch_message, message)

    async def _guarded(
        self, node: MessagePump, dispatch: "Callable[[Message], Awaitable[None]]", message: "Message"
    ) -> None:
        """Deliver a message, unless who or what it is about is gone."""
        # Once the app is to end, Textual mounts nothing more, and no key means anything.
        gone = self._is_gone(node) or (self._exit and (node is not self or isinstance(message, InputEvent)))
        if (gone and not isinstance(message, _LAST_MESSAGES)) or (
            isinstance(message, Lapsing) and message.lapsed
        ):
            return
        if isinstance(message, InvokeLater):
            message.callback = partial(self._call, node, message.callback)
        elif isinstance(message, Resize) and isinstance(node, Screen) and message.size != self.size:
            # Each screen of a stack passes its size on to all others: two sizes on their way at once would
            # chase each other for ever.
            message = Resize(self.size, self.size, self.size)
        try:
            await dispatch(message)
        except Exception as error:
            self._survive(error, node)

    async def _call(self, node: MessagePump, callback: "Callable[[], Any]") -> None:
        """Make a deferred call on behalf of a widget, if that is still there."""
        if self._is_gone(node):
            return
        try:
            await invoke(callback)
        except Exception as error:
            self._survive(error, node)

    def _get_screen(self, screen: "Screen[Any] | str") -> "tuple[Screen[Any], AwaitMount]":
        """Start a screen that is about to be put in a stack.

        From Python 3.12 on, tasks start at once, so a screen is composed before it is in its stack.
        """
        self._opening += 1
        try:
            return super()._get_screen(screen)
        finally:
            self._opening -= 1

    def _is_gone(self, node: MessagePump) -> bool:
        """Whether a widget has been removed, or its screen closed."""
        screen: MessagePump | None = node
        while screen is not None and not isinstance(screen, Screen | App):
            if screen._closing or getattr(screen, "_pruning", False):
                return True
            screen = screen._parent
        if isinstance(screen, App) or self._opening:
            return False
        return screen is None or not any(screen in stack for stack in self._screen_stacks.values())

    def _handle_exception(self, error: Exception) -> None:
        """Survive what Textual ends the program at."""
        worker = active_worker.get(None)
        if isinstance(error, WorkerFailed):
            error = cast("Exception", error.error)
        self._survive(error, worker.node if worker else active_message_pump.get(self))

    def _survive(self, error: Exception, node: MessagePump) -> None:
        """Log an error; tell the user and go on, or go back one screen, or end."""
        place = self._place(node)
        # Textual no longer runs while it takes down the widgets, and timers still fire then.
        leaving = self._exit or (self._dom_ready and not self.is_running)
        if leaving or (node is not self and self._is_gone(node)):
            self.recovery.log(error, f"{place}, which is gone")
            return
        if self._exception is None:  # Textual's pilot raises it in a test.
            self._exception = error
            self._exception_event.set()
        if not self._dom_ready:
            self._give_up(error, place)
            return
        drawing = any(frame.f_code.co_filename == _DRAWING for frame, _ in walk_tb(error.__traceback__))
        verdict = self.recovery.judge(error, place, drawing=drawing)
        try:
            if verdict.leave and not self._leave(node, drawing):
                self._give_up(error, place)
                return
            if verdict.sentence:
                title = visible(error.hint) if isinstance(error, AquariumError) else "Unexpected error"
                self.notify(verdict.sentence, title=title, severity="error", timeout=15, markup=False)
            if drawing:
                # What was to be drawn is lost, or fails for a second time. This comes later, as Textual takes
                # the layout that it is in the middle of for done.
                self.call_later(lambda: self.screen.refresh(layout=True))
        except Exception as another:
            self._give_up(another, place)

    def _leave(self, node: MessagePump, drawing: bool) -> bool:
        """Close the screen that cannot go on; False where that is all there is."""
        if not drawing and (node is self or cast("DOMNode", node).screen not in self.screen_stack):
            return True  # It is not what is seen that fails.
        if len(self.screen_stack) > 1:
            self.pop_screen()
            return True
        return self.fall_back()

    def _give_up(self, error: Exception, place: str) -> None:
        """End the program in good order, as it cannot go on."""
        log = self.recovery.log(error, place)
        sentence = f"An unexpected error ended the program: {self.recovery.sentence(error, log)}"
        self.exit(return_code=UNEXPECTED, message=Text(sentence))

    def _place(self, node: MessagePump) -> str:
        """Where `node` is, and what the program runs in."""
        screens = " > ".join(type(screen).__name__ for screen in self._screen_stack)
        return (
            f"interface: {node!r} in {screens or 'no screen'} of {self._current_mode}; "
            f"Textual {textual_version}, {self.surroundings} {self.size.width} × {self.size.height}"
        )
