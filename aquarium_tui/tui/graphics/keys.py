"""What is typed while the terminal is asked, and answers that come when nobody waits for them any more."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver

from aquarium_tui.tui.graphics.answers import without_replies
from aquarium_tui.tui.graphics.terminal import Terminal

if TYPE_CHECKING:
    from textual.message import Message


def keep_keys(terminal: Terminal) -> None:
    """See to it that the program gets what was typed during the probe, and no late answer as keys.

    Args:
        terminal: What the probe found; the program that is run next reads its keys from it.
    """
    if not terminal.typed and terminal.round_trip:
        return

    class Parser(XTermParser):
        """Textual's parser of what the terminal sends, which takes answers that it does not know for keys."""

        _typed = terminal.typed.decode(errors="ignore")

        def feed(self, data: str) -> "Iterable[Message]":
            """Parse `data` without late answers."""
            kept = data if terminal.round_trip else without_replies(data)
            return super().feed(kept) if kept or not data else ()

        def tick(self) -> "Iterable[Message]":
            """Called in short intervals: the first time, parse what was typed."""
            typed, self._typed = self._typed, ""
            if typed:
                yield from super().feed(typed)
            yield from super().tick()

    vars(linux_driver)["XTermParser"] = Parser
