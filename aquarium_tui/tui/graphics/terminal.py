"""What is known about the terminal: one frozen value that the probe makes and everything else reads."""

import fcntl
import signal
import struct
import termios
from dataclasses import dataclass
from typing import Literal, get_args

GraphicsMode = Literal["kitty", "sixel", "iterm", "half", "quadrants", "sextants", "octants", "none"]
GRAPHICS_MODES: tuple[GraphicsMode, ...] = get_args(GraphicsMode)

# Signals that end the program, after it has restored the terminal, with exit code 128 + n.
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

# Undoes everything that Textual sets in a terminal: in-band resizes, bracketed paste, no line wrap, the mouse
# in all its encodings, kitty's keyboard protocol (before the alternate screen is left: each screen has its
# own), the alternate screen, the hidden cursor and reports of the focus.
RESTORE = (
    "\x1b[?2026l\x1b[?2048l\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"
    "\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l\x1b[m"
)

# Where the terminal tells neither the size of a cell nor that of its window: twice as high as wide, as nearly
# every monospaced font is. Only the aspect of pictures depends on it then.
DEFAULT_CELL = (10, 20)

_MODE_SENTENCES: dict[GraphicsMode, str] = {
    "kitty": "kitty graphics, kept in the terminal and shown by placeholders",
    "sixel": "sixel, 52 colours",
    "iterm": "inline images, JPEG",
    "half": "half cells, two pixels per character",
    "quadrants": "quadrants, four pixels per character",
    "sextants": "sextants, six pixels per character",
    "octants": "octants, eight pixels per character",
    "none": "no pictures; they are described in words",
}


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
        frames: Whether part of a kitty picture can be changed (kitty can do this, Ghostty cannot).
        multiplexer: "tmux 3.5a", "screen" or "".
        passthrough: How many tmux, one in the other, pictures are passed through to the terminal around them.
        remote: Whether the program runs at the far end of an ssh connection.
        round_trip: Seconds from the question to the last answer, 0 where there was none.
        typed: What was typed while the probe was asking.
        advice: What the user can do to see more, one sentence each.
    """

    name: str = "unknown"
    version: str = ""
    graphics: GraphicsMode = "half"
    truecolor: bool = True
    cell: tuple[int, int] = DEFAULT_CELL
    sixel_limit: tuple[int, int] | None = None
    frames: bool = False
    multiplexer: str = ""
    passthrough: int = 0
    remote: bool = False
    round_trip: float = 0.0
    typed: bytes = b""
    advice: tuple[str, ...] = ()


def describe(terminal: Terminal) -> str:
    """Say what was found, one fact per line, and what would make it better."""
    facts = {
        "terminal": f"{terminal.name} {terminal.version}".strip(),
        "inside": terminal.multiplexer or "no multiplexer",
        "pictures": _MODE_SENTENCES[terminal.graphics],
        "colours": "24 bit" if terminal.truecolor else "256",
        "cell": f"{terminal.cell[0]} × {terminal.cell[1]} pixels",
        "sixel limit": _sixel_limit(terminal),
        "answers in": f"{terminal.round_trip * 1000:.0f} ms" if terminal.round_trip else "no answer",
        "connection": "ssh" if terminal.remote else "local",
    }
    lines = [f"{name:<12} {fact}" for name, fact in facts.items() if fact]
    return "\n".join([*lines, *(f"advice       {sentence}" for sentence in terminal.advice)])


def _sixel_limit(terminal: Terminal) -> str:
    """The largest sixel picture, where that is how pictures are drawn."""
    if terminal.graphics != "sixel" or terminal.sixel_limit is None:
        return ""
    return f"{terminal.sixel_limit[0]} × {terminal.sixel_limit[1]} pixels per piece"


def window_size(terminal: int) -> tuple[int, int, int, int]:
    """Columns, rows, width and height in pixels of the terminal with that file descriptor; 0 is unknown.

    The kernel passes the pixels on through ssh and tmux.
    """
    try:
        answer = fcntl.ioctl(terminal, termios.TIOCGWINSZ, b"\0" * 8)
    except OSError:
        return (0, 0, 0, 0)
    rows, columns, width, height = struct.unpack("HHHH", answer)
    return columns, rows, width, height


def cell_of(window: tuple[int, int, int, int]) -> tuple[int, int] | None:
    """Width and height of a cell in pixels, where the size of the window tells it.

    Args:
        window: Columns, rows, width and height in pixels, as `window_size` gives them.
    """
    columns, rows, width, height = window
    if not (columns and rows) or width < columns or height < rows:
        return None
    return width // columns, height // rows
