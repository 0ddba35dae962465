"""The line between two panes, moved with the mouse."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widget import Widget


class Divider(Widget):
    """Says where it is dragged to; who holds the panes moves it."""

    DEFAULT_CSS = """
    Divider { width: 1; height: 1fr; color: $text-muted; }
    Divider:hover { color: $accent; }
    """

    @dataclass
    class Dragged(Message):
        """It is to stand at a column of the screen."""

        column: int

    def render(self) -> str:
        """A dotted line."""
        return "\n".join("┆" * self.size.height)

    def on_mouse_down(self) -> None:
        """Take hold."""
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the pointer."""
        if self.app.mouse_captured is self:
            self.post_message(self.Dragged(int(event.screen_x)))

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()
