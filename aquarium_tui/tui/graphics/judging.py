"""From what a terminal answered to what is drawn on it, and what its user could do to see more."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from aquarium_tui.tui.graphics.answers import Answers
from aquarium_tui.tui.graphics.asking import cell_of
from aquarium_tui.tui.graphics.terminal import Graphics, Terminal

OLDEST_KITTY = (0, 28)
INLINE = ("iTerm2", "WezTerm", "Konsole", "mintty")
SIXEL = 4
CELL = (10, 20)


@dataclass(frozen=True)
class Seen:
    """What the probe saw.

    Attributes:
        inner: What answered.
        outer: The terminal around tmux, where tmux lets it be asked.
        size: Columns, rows, width and height in pixels; 0 is unknown.
        typed: Keys typed meanwhile.
        round_trip: Seconds until the last answer, 0 where it did not come.
        at_terminal: Whether there is a terminal at all.
    """

    inner: Answers = field(default_factory=Answers)
    outer: Answers = field(default_factory=Answers)
    size: tuple[int, int, int, int] = (0, 0, 0, 0)
    typed: bytes = b""
    round_trip: float = 0.0
    at_terminal: bool = True


def judge(seen: Seen, choice: str, environment: Mapping[str, str]) -> Terminal:
    """Decide how pictures are drawn.

    Args:
        seen: What the probe saw.
        choice: "auto" or a way of drawing, which then is taken.
        environment: The process's environment variables.
    """
    multiplexer = _multiplexer(seen, environment)
    around = seen.outer if multiplexer.startswith("tmux") else seen.inner
    graphics = _graphics(seen, multiplexer, environment) if choice == "auto" else cast("Graphics", choice)
    return Terminal(
        name=around.name or environment.get("TERM_PROGRAM", "") or "unknown",
        version=around.version,
        graphics=graphics,
        truecolor=_truecolor(seen, multiplexer, environment),
        cell=_cell(seen),
        sixel_limit=seen.inner.sixel_size,
        frames=around.name in ("kitty", "" if choice == "kitty" else "kitty"),
        multiplexer=multiplexer,
        passthrough=multiplexer.startswith("tmux") and graphics == "kitty",
        remote=any(name in environment for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")),
        round_trip=seen.round_trip,
        typed=seen.typed,
        advice=tuple(_advice(seen, multiplexer, environment)),
    )


def _multiplexer(seen: Seen, environment: Mapping[str, str]) -> str:
    """The program between this one and the terminal."""
    if seen.inner.name == "tmux":
        return f"tmux {seen.inner.version}".strip()
    return "screen" if "STY" in environment else ""


def _graphics(seen: Seen, multiplexer: str, environment: Mapping[str, str]) -> Graphics:
    """The best way there is."""
    if not seen.at_terminal or environment.get("TERM") in (None, "", "dumb"):
        return "none"
    if _placeholders(seen.outer if multiplexer else seen.inner):
        return "kitty"
    if multiplexer:
        return "half"
    sixel = SIXEL in seen.inner.attributes
    if seen.inner.name in INLINE or (sixel and environment.get("TERM_PROGRAM") == "vscode"):
        return "iterm"
    return "sixel" if sixel else "half"


def _placeholders(terminal: Answers) -> bool:
    """Whether the terminal shows kitty pictures in place of characters: kitty since 0.28, and Ghostty."""
    numbers = tuple(int(number) for number in re.findall(r"\d+", terminal.version)[:2])
    return terminal.kitty and (
        terminal.name == "ghostty" or (terminal.name == "kitty" and numbers >= OLDEST_KITTY)
    )


def _truecolor(seen: Seen, multiplexer: str, environment: Mapping[str, str]) -> bool:
    """Whether 24-bit colours arrive, as the terminal says, else as COLORTERM does; tmux converts them."""
    if multiplexer:
        return multiplexer != "screen"
    if seen.inner.truecolor is not None:
        return seen.inner.truecolor
    return environment.get("COLORTERM") in ("truecolor", "24bit")


def _cell(seen: Seen) -> tuple[int, int]:
    """Width and height of a cell in pixels."""
    window = seen.inner.window or (0, 0)
    return cell_of(seen.size) or seen.inner.cell or cell_of((*seen.size[:2], *window)) or CELL


def _advice(seen: Seen, multiplexer: str, environment: Mapping[str, str]) -> list[str]:
    """What the user can do to see more."""
    advice = []
    if not seen.at_terminal:
        return ["Start it in a terminal: input and output are redirected."]
    if multiplexer.startswith("tmux"):
        advice += _tmux_advice(seen)
    if multiplexer == "screen":
        advice.append("GNU screen shows no pictures and 256 colours: use tmux, or no multiplexer.")
    if seen.inner.name == "kitty" and seen.inner.kitty and not _placeholders(seen.inner):
        advice.append(
            f"kitty {seen.inner.version} is too old for pictures among text: 0.28 or newer has them."
        )
    if not seen.round_trip and environment.get("TERM") not in (None, "", "dumb"):
        advice.append("The terminal did not answer; where you know what it can show, say so with --graphics.")
    return advice


def _tmux_advice(seen: Seen) -> list[str]:
    """What to set in tmux."""
    if not seen.outer.attributes:
        return ["tmux: `set -g allow-passthrough on` lets pictures through to the terminal around it."]
    if _placeholders(seen.outer):
        return ["tmux: `set -g focus-events on` brings pictures back after detach and attach."]
    if SIXEL in seen.outer.attributes:
        return ["tmux: sharp pictures need kitty or Ghostty around it, or no tmux."]
    return []
