"""Copies text to where the user can paste it from; where that is not sure, shows it to be selected."""

import subprocess
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import TEXT
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.textual_private import TerminalApp

ACCEPTING = ("kitty", "ghostty", "wezterm", "foot", "contour")
"""Terminals that take OSC 52 unless they are told not to. Others, such as xterm, iTerm2, VTE and screen, do
not know it, ask first or have it off."""

PATIENCE = 1.0
"""Seconds that tmux may take; it takes some 5 ms."""


_CANNOT = "This terminal cannot be told to copy: select the text with the mouse."


class SelectText(Dialog[None]):
    """A text without anything beside it; while it is shown, the mouse is the terminal's.

    Args:
        text: The text.
        heading: What stands above it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TEXT)]

    def __init__(self, text: str, heading: str = _CANNOT) -> None:
        super().__init__()
        self.text, self.heading = text, heading

    def compose(self) -> ComposeResult:
        """What to do, then the text from the left edge on, so that nothing else is selected with it."""
        with Vertical(id="text"):
            yield Static(self.heading, id="how", markup=False)
            with VerticalScroll():
                yield Static(self.text, markup=False)

    def on_mount(self) -> None:
        """Let the terminal select."""
        self._lend(True)

    def on_unmount(self) -> None:
        """Take the mouse back."""
        self._lend(False)

    def _lend(self, lent: bool) -> None:
        if isinstance(self.app, TerminalApp):
            self.app.lend_mouse(lent)


def copy(app: TerminalApp, text: str, what: str) -> None:
    """Copy a text and say so if it is true.

    Args:
        app: Tells or shows it.
        text: What to copy.
        what: The text in a few words.
    """
    terminal = app.terminal
    if terminal.multiplexer.startswith("tmux"):
        if _in_tmux(text):
            app.notify(f"Copied {visible(what)} into tmux; its prefix and ] paste it.", markup=False)
            return
    elif not terminal.multiplexer and terminal.name.casefold() in ACCEPTING:
        app.copy_to_clipboard(text)
        app.notify(f"Copied {visible(what)}.", markup=False)
        return
    app.push_screen(SelectText("\n".join(map(visible, text.splitlines()))))


def _in_tmux(text: str) -> bool:
    """Whether tmux has taken the text, also for the clipboard of the terminal around it."""
    command = ("tmux", "load-buffer", "-w", "-")
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
