"""A program with an error behind each key, to be run in a terminal: `python -m tests.tui.failing_program`."""

import sys
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from aquarium_tui.tui.closable import ClosesOnce
from aquarium_tui.tui.graphics.probe import probe
from aquarium_tui.tui.textual_private import TerminalApp

KEYS = {"h": "handler", "w": "worker", "a": "deferred", "t": "timer", "d": "drawing", "i": "idle"}


class Fragile(Static):
    """Text that cannot be drawn while it is told so."""

    broken = 0

    def render(self) -> str:
        if self.broken:
            self.broken -= 1
            raise ValueError("on purpose: drawing")
        return "INTACT"


class Undrawable(ClosesOnce[None]):
    def compose(self) -> ComposeResult:
        fragile = Fragile()
        fragile.broken = sys.maxsize
        yield fragile


class Covering(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Static("COVERED")


class FailingProgram(TerminalApp):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"fail('{how}')", how) for key, how in KEYS.items()),
        Binding("s", "open_undrawable", "open a screen that cannot be drawn"),
        Binding("x", "break_all", "break what is drawn for good"),
        Binding("plus", "count", "count"),
    ]
    counted = 0

    def compose(self) -> ComposeResult:
        yield Static("COUNT 0", id="count")
        yield Fragile()

    def action_count(self) -> None:
        self.counted += 1
        self.screen_stack[0].query_one("#count", Static).update(f"COUNT {self.counted}.")

    def action_fail(self, how: str) -> None:
        match how:
            case "handler":
                raise ValueError("on purpose: handler")
            case "worker":
                self.fail_in_thread()
            case "deferred":
                self.screen.call_after_refresh(self.fail_later, "deferred")
            case "timer":
                self.set_timer(0.01, lambda: self.fail_later("timer"))
            case "idle":
                self.screen.call_next(self.fail_later, "idle")
            case "drawing":
                fragile = self.query_one(Fragile)
                fragile.broken = 1
                fragile.refresh()

    def fail_later(self, how: str) -> None:
        raise ValueError(f"on purpose: {how}")

    @work(thread=True)
    def fail_in_thread(self) -> None:
        raise ValueError("on purpose: worker")

    def action_open_undrawable(self) -> None:
        self.push_screen(Undrawable())

    def action_break_all(self) -> None:
        fragile = self.query_one(Fragile)
        fragile.broken = sys.maxsize
        fragile.refresh()


if __name__ == "__main__":
    program = FailingProgram(probe())
    program.run()
    sys.exit(program.return_code)
