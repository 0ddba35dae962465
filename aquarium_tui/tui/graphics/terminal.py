"""What is known about the terminal: one frozen value that the probe makes and everything else reads."""

from dataclasses import dataclass
from typing import Literal, get_args

Graphics = Literal["kitty", "sixel", "iterm", "half", "none"]
GRAPHICS: tuple[Graphics, ...] = get_args(Graphics)


@dataclass(frozen=True)
class Terminal:
    """A terminal, what it can show and what would make it show more.

    Attributes:
        name: The terminal's own name for itself ("kitty", "XTerm"), "unknown" where it does not say.
        version: Its version, or "".
        graphics: How pictures are drawn on it.
        truecolor: Whether it paints 24-bit colours; otherwise 256 are used.
        cell: Width and height of a character cell in pixels.
        sixel_limit: Largest sixel picture it shows, in pixels; None where it names no limit.
        frames: Whether a kitty picture can be changed in part (kitty can, Ghostty cannot).
        multiplexer: "tmux 3.5a", "screen" or "".
        passthrough: Whether pictures are handed through tmux to the terminal around it.
        remote: Whether the program runs at the far end of an ssh connection.
        round_trip: Seconds from the question to the last answer, 0 where there was none.
        typed: What was typed while the probe was asking.
        advice: What the user can do to see more, one sentence each.
    """

    name: str = "unknown"
    version: str = ""
    graphics: Graphics = "half"
    truecolor: bool = True
    cell: tuple[int, int] = (10, 20)
    sixel_limit: tuple[int, int] | None = None
    frames: bool = False
    multiplexer: str = ""
    passthrough: bool = False
    remote: bool = False
    round_trip: float = 0.0
    typed: bytes = b""
    advice: tuple[str, ...] = ()
