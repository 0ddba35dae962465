"""Shows base and other in turn."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from aquarium_tui.model.settings import Side

BLINK = 0.6
"""Seconds for which each set is shown: long enough to look at one place, short enough to see what jumps."""


class Blink:
    """Which of the two sets is shown alone now.

    Args:
        screen: Nothing blinks while another screen covers it.
        draw: Called when the other set is to be shown, or both again.
    """

    def __init__(self, screen: Screen[Any], draw: Callable[[], None]) -> None:
        self.screen, self.draw = screen, draw
        self.side: Side | None = None
        self._timer: Timer | None = None

    def toggle(self) -> None:
        """Begin with base, or show both again."""
        if self._timer:
            self._timer.stop()
            self._timer, self.side = None, None
        else:
            self._timer, self.side = self.screen.set_interval(BLINK, self._turn), "base"
        self.draw()

    def _turn(self) -> None:
        if self.screen.is_current:
            self.side = "other" if self.side == "base" else "base"
            self.draw()
