"""A program with a picture: `python -m tests.tui.graphics.program [TIMEOUT] [whole]` in a terminal.

TIMEOUT is how long the probe waits, in seconds. With `whole` no first impressions are sent, as they otherwise
would be on a machine under load, which seems to be a slow terminal.
"""

import math
import sys
from threading import Thread
from time import sleep
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen, Screen
from textual.widgets import ContentSwitcher, Static

from aquarium_tui.tui.graphics import host, requests
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.graphics.probe import probe
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.textual_private import TerminalApp
from tests.tui.graphics.patches import Boxes, Patches

TOAST = 0.4


class Dialog(ModalScreen[None]):
    CSS = "Dialog { align: center middle; } Vertical { width: 20; height: 5; background: blue; }"
    BINDINGS: ClassVar = [("c", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("DIALOG")


class Sparse(Screen[None]):
    """A screen whose empty space belongs to a container."""

    CSS = "Sparse Vertical { height: 1fr; } Sparse Static { height: 1; }"
    BINDINGS: ClassVar = [("c", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("SPARSE")


class Program(TerminalApp):
    CSS = """
    Screen { layers: below above; }
    ContentSwitcher, #other { height: 1fr; }
    #line { height: 1; }
    #note { layer: above; offset: 20 6; width: 10; height: 3; display: none; }
    """
    BINDINGS: ClassVar = [
        ("n", "go(1)", "next"),
        ("p", "go(-1)", "previous"),
        ("m", "mark", "mark"),
        ("b", "boxes", "boxes"),
        ("d", "dialog", "dialog"),
        ("e", "sparse", "sparse screen"),
        ("t", "toast", "toast"),
        ("s", "switch", "switch"),
        ("o", "note", "note"),
        ("i", "move", "move the note"),
        ("z", "suspend_process", "suspend"),
        ("w", "work", "work without an end"),
        ("q", "quit", "quit"),
        ("Q", "linger(1)", "quit, but for a thread"),
        ("E", "linger(999)", "quit, but for a thread that never ends"),
    ]

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self.number, self.marked, self.pressed = 0, False, ""

    def compose(self) -> ComposeResult:
        with ContentSwitcher(initial="picture"):
            yield Picture(id="picture")
            yield Static("the other page", id="other")
        yield Static("READY", id="line")
        yield Static("NOTE", id="note")

    def on_mount(self) -> None:
        self.action_go(0)

    def on_key(self, event: Key) -> None:
        self.pressed += (event.character or "") if event.is_printable else ""
        self.query_one("#line", Static).update(f"KEYS {self.pressed}")

    def action_linger(self, seconds: float) -> None:
        Thread(target=sleep, args=(seconds,)).start()
        self.exit()

    def action_go(self, step: int) -> None:
        self.number += step
        self.query_one(Picture).show(Patches(self.number, mark=self.marked))

    def action_mark(self) -> None:
        self.marked = not self.marked
        self.action_go(0)

    def action_boxes(self) -> None:
        self.query_one(Picture).show(Boxes())

    def action_dialog(self) -> None:
        self.push_screen(Dialog())

    def action_sparse(self) -> None:
        self.push_screen(Sparse())

    def action_toast(self) -> None:
        self.notify("TOAST", timeout=TOAST)

    def action_note(self) -> None:
        note = self.query_one("#note")
        note.display = not note.display

    def action_move(self) -> None:
        self.query_one("#note").offset = (23, 6)

    def action_switch(self) -> None:
        switcher = self.query_one(ContentSwitcher)
        switcher.current = "other" if switcher.current == "picture" else "picture"

    def action_work(self) -> None:
        self.query_one("#line", Static).update("BUSY")
        self.call_after_refresh(self.work)

    def work(self) -> None:
        while True:
            sleep(0.01)


if __name__ == "__main__":
    if "whole" in sys.argv:
        host.FAR = host.SLOW = math.inf
        requests.HURRY = 0.0
    found = probe(timeout=float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
    program = Program(found)
    program.run()
    sys.exit(program.return_code)
