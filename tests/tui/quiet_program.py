"""A program that no key ends, to be run in a terminal: `python -m tests.tui.quiet_program`.

It shows what is typed into a field, and says how often it was told READY.
"""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.widgets import Input, Static

from aquarium_tui.tui.graphics.probe import probe
from aquarium_tui.tui.textual_private import TerminalApp

READY = "\x1b[20;5~"  # ctrl+f9: no other string asks for it


class QuietProgram(TerminalApp):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, "nothing", key, priority=True) for key in ("ctrl+q", "ctrl+c", "ctrl+z")
    ]
    told = 0

    def compose(self) -> ComposeResult:
        yield Static("TOLD 0", id="told")
        yield Input()

    def on_key(self, event: Key) -> None:
        if event.key == "ctrl+f9":
            self.told += 1
            self.query_one("#told", Static).update(f"TOLD {self.told}.")
            self.query_one(Input).value = ""

    def on_paste(self, event: Paste) -> None:
        event.stop()

    def action_nothing(self) -> None:
        pass


if __name__ == "__main__":
    QuietProgram(probe()).run()
