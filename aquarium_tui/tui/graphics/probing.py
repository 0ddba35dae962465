"""Finding out, before the program starts, what the terminal can show.

Everything is asked in one write, with the question that every terminal answers last. Inside tmux, which
answers for itself, the same is asked once more of the terminal around it.
"""

import os
from collections.abc import Mapping

from aquarium_tui.errors import UsageError
from aquarium_tui.tui.graphics import answers
from aquarium_tui.tui.graphics.answers import Answers
from aquarium_tui.tui.graphics.asking import Line, line, window_size
from aquarium_tui.tui.graphics.judging import Seen, judge
from aquarium_tui.tui.graphics.terminal import GRAPHICS, Terminal
from aquarium_tui.tui.graphics.tmux import through_tmux

VARIABLE = "AQUARIUM_GRAPHICS"
_OUTER = b"".join(
    through_tmux(question.decode()).encode() for question in (answers.KITTY, answers.NAME, answers.ATTRIBUTES)
)
_UNASKED = ("dumb", "linux", "unknown", "")
_CLEAN = b"\r\x1b[K"


def probe(choice: str = "auto", timeout: float = 2.0) -> Terminal:
    """Ask the terminal what it is; to be called before the program takes it over.

    Args:
        choice: "auto", or how pictures are to be drawn whatever the terminal says; the environment variable
            AQUARIUM_GRAPHICS counts where it is "auto".
        timeout: Seconds to wait for answers at the most.

    Raises:
        UsageError: There is no such way of drawing pictures.
    """
    choice = choice if choice != "auto" else os.environ.get(VARIABLE) or "auto"
    if choice not in ("auto", *GRAPHICS):
        raise UsageError(f"there are no graphics {choice!r}", f"choose one of auto, {', '.join(GRAPHICS)}")
    with line() as found:
        seen = _look(found, timeout, os.environ) if found else Seen(at_terminal=False)
    return judge(seen, choice, os.environ)


def _look(terminal: Line, timeout: float, environment: Mapping[str, str]) -> Seen:
    """Ask the terminal, and the one around it where this is tmux; leave no trace on the screen."""
    size = window_size(terminal.screen)
    if environment.get("TERM", "") in _UNASKED:
        return Seen(size=size)
    data, took = terminal.ask(_questions(environment), answers.complete, timeout)
    inner, typed = answers.parse(data)
    outer = Answers()
    if inner.name == "tmux":
        data, _ = terminal.ask(_OUTER, answers.complete, min(timeout, 0.5 + 4 * took))
        outer, more = answers.parse(data)
        typed += more
    terminal.write(_CLEAN)
    return Seen(inner, outer, size, typed, took)


def _questions(environment: Mapping[str, str]) -> bytes:
    """All that is asked at once; tmux would take the question for a colour for a sixel picture."""
    in_tmux = "TMUX" in environment or environment.get("TERM", "").startswith(("tmux", "screen"))
    asked = (answers.KITTY, answers.NAME, answers.CELL, answers.WINDOW, answers.SIXEL_SIZE)
    return b"".join(asked) + (b"" if in_tmux else answers.COLOUR) + answers.ATTRIBUTES
