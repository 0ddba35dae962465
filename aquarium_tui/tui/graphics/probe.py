"""Finding out, before the program starts, what the terminal can show.

Everything is asked in one write, ending with the question that every terminal answers. Inside tmux, which
answers for itself, the same is then asked of the terminal around it. Asking costs one round trip (two in
tmux), and must be over before Textual reads the keyboard: it takes replies that it does not know for keys.
"""

import os
import re
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import cast

from aquarium_tui.errors import UsageError
from aquarium_tui.tui.graphics.terminal import (
    DEFAULT_CELL,
    ENDING_SIGNALS,
    GRAPHICS_MODES,
    GraphicsMode,
    Terminal,
    cell_of,
    window_size,
)
from aquarium_tui.tui.graphics.wire import through_tmux

VARIABLE = "AQUARIUM_GRAPHICS"

# The questions. Kitty's asks about an image of one pixel without showing or storing it (`a=q`).
KITTY = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
# tmux takes it for the title of its pane; pushed before it and popped after it, the title stays as it was.
TITLED = (b"\x1b[22;2t", KITTY, b"\x1b[23;2t")
NAME = b"\x1b[>q"
CELL = b"\x1b[16t"
WINDOW = b"\x1b[14t"
SIXEL_SIZE = b"\x1b[?2;1;0S"
# Sets a 24-bit background, asks which attributes are set, and resets them. This is more reliable than
# COLORTERM, which ssh does not pass on and GNU screen passes on although it does not support 24-bit colours.
COLOUR = b"\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[m"
# Primary device attributes: every terminal answers this, and answers in order, so it comes last.
ATTRIBUTES = b"\x1b[c"

_REPLIES = {
    "kitty": re.compile(rb"\x1b_Gi=31;([^\x1b]*)\x1b\\"),
    "name": re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\"),
    "cell": re.compile(rb"\x1b\[6;(\d{1,9});(\d{1,9})t"),
    "window": re.compile(rb"\x1b\[4;(\d{1,9});(\d{1,9})t"),
    "sixel_size": re.compile(rb"\x1b\[\?2;0;(\d{1,9});(\d{1,9})S"),
    "colour": re.compile(rb"\x1bP[01]?\$r([^\x1b]*)\x1b\\"),
    "attributes": re.compile(rb"\x1b\[\?([\d;]*)c"),
}
_SIXEL_SIZE_REFUSED = re.compile(rb"\x1b\[\?\d;[123](?:;\d*)*S")
_TRUECOLOR = re.compile(rb"48[:;]2[:;]+1[:;]2[:;]3")
_NAME_AND_VERSION = re.compile(r"([^\s(]+)[\s(]*([^)]*)\)?")

# tmux in tmux, and no deeper: each level doubles the escapes of what goes through it.
MOST_NESTED = 2
# These print the questions instead of answering them.
_UNASKED = ("dumb", "linux", "unknown", "")
# Terminals that do not know a question may have printed a part of it on the current line.
_CLEAN = b"\r\x1b[K"
# The terminal around tmux is another hop away, perhaps over ssh: it gets a multiple of what tmux took, plus
# half a second, since tmux without `allow-passthrough` never answers and the user waits for this.
_OUTER_LEAST, _OUTER_FACTOR = 0.5, 4

# Kitty shows pictures in place of characters since 0.28; 0.26 of Debian 12 says yes to KITTY and shows boxes.
OLDEST_KITTY = (0, 28)
# These know sixel too (Konsole, WezTerm), but JPEGs are about five times smaller than sixels.
INLINE = ("iTerm2", "WezTerm", "Konsole", "mintty")
# These draw sextants themselves, whatever the font: seen in kitty 0.26 and foot 1.21; VTE has since 0.60.
# Octants are too new to be relied on.
SEXTANTS = ("kitty", "foot", "VTE", "WezTerm", "ghostty", "contour")
# The device attribute that stands for sixel.
SIXEL = 4


@dataclass(frozen=True)
class Answers:
    """The replies of one terminal; None, "" and () where it gave none.

    Attributes:
        name: Its name, such as "kitty" in "kitty(0.41.1)".
        version: Its version, such as "0.41.1".
        kitty: Whether it takes kitty's graphics commands.
        cell: Width and height of a cell in pixels.
        window: Width and height of all cells in pixels.
        sixel_size: Largest sixel picture in pixels.
        truecolor: Whether a 24-bit colour came back as it was set; None where no colour came back.
        attributes: The numbers of its primary device attributes; 4 stands for sixel.
    """

    name: str = ""
    version: str = ""
    kitty: bool = False
    cell: tuple[int, int] | None = None
    window: tuple[int, int] | None = None
    sixel_size: tuple[int, int] | None = None
    truecolor: bool | None = None
    attributes: tuple[int, ...] = ()


@dataclass(frozen=True)
class ProbeFindings:
    """What the probe saw.

    Attributes:
        inner: What answered.
        outer: The terminal around tmux, where tmux lets it be asked.
        size: Columns, rows, width and height in pixels; 0 is unknown.
        nested: How many tmux there are between.
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
    nested: int = 0


def probe(choice: str = "auto", timeout: float = 2.0) -> Terminal:
    """Ask the terminal what it is; to be called before the program takes it over.

    Args:
        choice: "auto", or how pictures are to be drawn whatever the terminal says; where it is "auto", the
            environment variable AQUARIUM_GRAPHICS applies.
        timeout: The longest time to wait for answers, in seconds. Two cover slow ssh connections; a tenth of
            a second, tried elsewhere, made a terminal 150 ms away look like one that shows nothing.

    Raises:
        UsageError: There is no such way of drawing pictures.
    """
    choice = choice if choice != "auto" else os.environ.get(VARIABLE) or "auto"
    if choice not in ("auto", *GRAPHICS_MODES):
        raise UsageError(f"Unknown graphics {choice!r}.", f"Choose one of auto, {', '.join(GRAPHICS_MODES)}.")
    with _terminal_line() as found:
        seen = _look(found, timeout, os.environ) if found else ProbeFindings(at_terminal=False)
    return judge(seen, choice, os.environ)


def _look(terminal: "TerminalLine", timeout: float, environment: Mapping[str, str]) -> ProbeFindings:
    """Ask the terminal, and the one around it in tmux; leave no trace on the screen."""
    size = window_size(terminal.screen)
    if environment.get("TERM", "") in _UNASKED:
        return ProbeFindings(size=size)
    data, took = terminal.ask(_questions(environment), complete, timeout)
    inner, typed = parse(data)
    outer, nested = Answers(), 0
    while (outer if nested else inner).name == "tmux" and nested < MOST_NESTED:
        nested += 1
        patience = min(timeout, _OUTER_LEAST + _OUTER_FACTOR * took)
        data, _ = terminal.ask(_questions_through(nested), complete, patience)
        outer, more = parse(data)
        typed += more
    terminal.write(_CLEAN)
    return ProbeFindings(inner, outer, size, typed, took, nested=nested)


def _questions(environment: Mapping[str, str]) -> bytes:
    """All that is asked at once; tmux would take some of it for a sixel picture and for a title."""
    in_tmux = "TMUX" in environment or environment.get("TERM", "").startswith(("tmux", "screen"))
    return b"".join((NAME, CELL, WINDOW, SIXEL_SIZE, *(() if in_tmux else (*TITLED, COLOUR)), ATTRIBUTES))


def _questions_through(nested: int) -> bytes:
    """What is asked of the terminal around so many tmux.

    tmux answers ATTRIBUTES itself, at once; wrapped, the question reaches the terminal around it, and its
    answer says that the others have come.
    """
    asked = (*TITLED, NAME, ATTRIBUTES)
    return b"".join(through_tmux(question.decode(), nested).encode() for question in asked)


class TerminalLine:
    """The line to the terminal, with nothing echoed and every byte readable at once.

    Args:
        keyboard: File descriptor that is read.
        screen: File descriptor that is written.
    """

    def __init__(self, keyboard: int, screen: int) -> None:
        self.keyboard, self.screen = keyboard, screen

    def ask(self, questions: bytes, complete: Callable[[bytes], bool], timeout: float) -> tuple[bytes, float]:
        """Write `questions` and read until the replies are `complete`, for at most `timeout` seconds.

        Returns:
            All that was read, and the seconds it took; 0 seconds where the last reply did not come.
        """
        start, data = monotonic(), b""
        self.write(questions)
        while (left := start + timeout - monotonic()) > 0:
            if not select.select([self.keyboard], [], [], left)[0]:
                continue
            piece = os.read(self.keyboard, 4096)
            data += piece
            if complete(data):
                return data, monotonic() - start
            if not piece:
                break
        return data, 0.0

    def write(self, data: bytes) -> None:
        """Write `data` to the screen."""
        os.write(self.screen, data)


@contextmanager
def _terminal_line() -> Iterator[TerminalLine | None]:
    """The line to the terminal; None where keyboard or screen is redirected or cannot be set up.

    The screen is standard error, which is also where Textual writes.
    """
    try:
        keyboard, screen = sys.__stdin__.fileno(), sys.__stderr__.fileno()  # type: ignore[union-attr]
        before = termios.tcgetattr(keyboard)
        quiet = termios.tcgetattr(keyboard)
        quiet[3] &= ~(termios.ECHO | termios.ICANON)
        quiet[6][termios.VMIN], quiet[6][termios.VTIME] = 1, 0
        if not os.isatty(screen):
            raise OSError
        termios.tcsetattr(keyboard, termios.TCSANOW, quiet)
    except (OSError, ValueError, AttributeError, termios.error):
        yield None
        return
    handlers = {number: signal.signal(number, _exit) for number in ENDING_SIGNALS if _ends(number)}
    try:
        yield TerminalLine(keyboard, screen)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _ends(number: signal.Signals) -> bool:
    """Whether a signal would end the program at once, leaving the terminal without echo."""
    return (
        signal.getsignal(number) is signal.SIG_DFL and threading.current_thread() is threading.main_thread()
    )


def _exit(number: int, _: object) -> None:
    """End the program as a signal asks, but leave all blocks in good order."""
    sys.exit(128 + number)


def complete(data: bytes) -> bool:
    """Whether the reply to the last question, `ATTRIBUTES`, is in `data`."""
    return _REPLIES["attributes"].search(data) is not None


def parse(data: bytes) -> tuple[Answers, bytes]:
    """Take the replies out of `data`, in whatever order they came.

    Returns:
        The replies, and what remains: keys that were typed meanwhile.
    """
    found: dict[str, tuple[bytes, ...]] = {}
    for key, pattern in _REPLIES.items():
        if match := pattern.search(data):
            found[key] = match.groups(b"")
            data = pattern.sub(b"", data)
    data = _SIXEL_SIZE_REFUSED.sub(b"", data)
    name, version = _name(found.get("name", (b"",))[0])
    return Answers(
        name=name,
        version=version,
        kitty=found.get("kitty") == (b"OK",),
        # Heights come first in these two replies.
        cell=_pixels(found.get("cell", ())[::-1]),
        window=_pixels(found.get("window", ())[::-1]),
        sixel_size=_pixels(found.get("sixel_size", ())),
        truecolor=_came_back(found.get("colour", (b"",))[0]),
        attributes=_numbers(found.get("attributes", (b"",))[0]),
    ), data


def without_replies(text: str) -> str:
    """`text` that the terminal sent, without replies to the questions that only the probe asks."""
    data = text.encode(errors="surrogatepass")
    for pattern in _REPLIES.values():
        data = pattern.sub(b"", data)
    return _SIXEL_SIZE_REFUSED.sub(b"", data).decode(errors="surrogatepass")


def _came_back(attributes: bytes) -> bool | None:
    """Whether the background among the attributes is the colour that was set; None if there is none."""
    return bool(_TRUECOLOR.search(attributes)) if b"48" in attributes else None


def _name(reply: bytes) -> tuple[str, str]:
    """Name and version in "kitty(0.41.1)" or "tmux 3.5a"; only printable characters are kept."""
    text = "".join(character for character in reply.decode(errors="replace") if character.isprintable())
    match = _NAME_AND_VERSION.match(text)
    return (match[1], match[2].strip()) if match else ("", "")


def _numbers(reply: bytes) -> tuple[int, ...]:
    """The numbers between semicolons; those of more than nine digits are nonsense and left out."""
    return tuple(int(number) for number in reply.split(b";") if number and len(number) < 10)


def _pixels(numbers: tuple[bytes, ...]) -> tuple[int, int] | None:
    """Width and height, if both are there and neither is zero."""
    if len(numbers) != 2 or not all(numbers) or not all(map(int, numbers)):
        return None
    return int(numbers[0]), int(numbers[1])


def judge(seen: ProbeFindings, choice: str, environment: Mapping[str, str]) -> Terminal:
    """Decide how pictures are drawn.

    Args:
        seen: What the probe saw.
        choice: "auto", or a way of drawing, which is then taken.
        environment: The process's environment variables.
    """
    multiplexer = _multiplexer(seen, environment)
    around = seen.outer if multiplexer.startswith("tmux") else seen.inner
    graphics = _graphics(seen, multiplexer, environment) if choice == "auto" else cast("GraphicsMode", choice)
    return Terminal(
        name=around.name or "unknown",
        version=around.version,
        graphics=graphics,
        truecolor=_truecolor(seen, multiplexer, environment),
        cell=_cell(seen),
        sixel_limit=seen.inner.sixel_size,
        # A terminal without a name that the user says is kitty is taken for kitty.
        frames=around.name == "kitty" or (choice == "kitty" and not around.name),
        multiplexer=multiplexer,
        passthrough=max(seen.nested, 1) if multiplexer.startswith("tmux") and graphics == "kitty" else 0,
        remote=any(name in environment for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")),
        round_trip=seen.round_trip,
        typed=seen.typed,
        advice=tuple(_advice(seen, multiplexer, environment)),
    )


def _multiplexer(seen: ProbeFindings, environment: Mapping[str, str]) -> str:
    """The program between this one and the terminal."""
    if seen.inner.name == "tmux":
        return f"tmux {seen.inner.version}".strip()
    return "screen" if "STY" in environment else ""


def _graphics(seen: ProbeFindings, multiplexer: str, environment: Mapping[str, str]) -> GraphicsMode:
    """The best way there is."""
    if not seen.at_terminal or environment.get("TERM") in (None, "", "dumb"):
        return "none"
    if _placeholders(seen.outer if multiplexer else seen.inner):
        return "kitty"
    if multiplexer:
        # tmux claims sixel whatever is around it, and paints a block of text over the program where the outer
        # terminal has none.
        return _blocks(seen.outer)
    sixel = SIXEL in seen.inner.attributes
    if seen.inner.name in INLINE or (sixel and environment.get("TERM_PROGRAM") == "vscode"):
        return "iterm"
    return "sixel" if sixel else _blocks(seen.inner)


def _blocks(terminal: Answers) -> GraphicsMode:
    """The finest characters that are sure to be seen as they are meant."""
    return "sextants" if terminal.name in SEXTANTS else "half"


def _placeholders(terminal: Answers) -> bool:
    """Whether the terminal shows kitty pictures in place of characters: kitty since 0.28, and Ghostty."""
    numbers = tuple(int(number) for number in re.findall(r"\d{1,9}", terminal.version)[:2])
    return terminal.kitty and (
        terminal.name == "ghostty" or (terminal.name == "kitty" and numbers >= OLDEST_KITTY)
    )


def _truecolor(seen: ProbeFindings, multiplexer: str, environment: Mapping[str, str]) -> bool:
    """Whether 24-bit colours arrive: as the terminal says, else as COLORTERM does.

    tmux converts them to what the outer terminal has; GNU screen prints garbage.
    """
    if multiplexer:
        return multiplexer != "screen"
    if seen.inner.truecolor is not None:
        return seen.inner.truecolor
    return environment.get("COLORTERM") in ("truecolor", "24bit")


def _cell(seen: ProbeFindings) -> tuple[int, int]:
    """Width and height of a cell in pixels."""
    window = seen.inner.window or (0, 0)
    return cell_of(seen.size) or seen.inner.cell or cell_of((*seen.size[:2], *window)) or DEFAULT_CELL


def _advice(seen: ProbeFindings, multiplexer: str, environment: Mapping[str, str]) -> list[str]:
    """What the user can do to see more."""
    advice = []
    if not seen.at_terminal:
        return ["Start it in a terminal: input and output are redirected."]
    if multiplexer.startswith("tmux"):
        advice += _tmux_advice(seen)
    if multiplexer == "screen":
        advice.append(
            "GNU screen cannot show pictures and has only 256 colours: use tmux, or no multiplexer."
        )
    if seen.inner.name == "kitty" and seen.inner.kitty and not _placeholders(seen.inner):
        advice.append(
            f"kitty {seen.inner.version} is too old to show pictures within text; 0.28 or newer can."
        )
    if not seen.round_trip and environment.get("TERM") not in (None, "", "dumb"):
        advice.append("The terminal did not answer. If you know what it can show, say so with --graphics.")
    return advice


def _tmux_advice(seen: ProbeFindings) -> list[str]:
    """What to set in tmux."""
    if seen.nested > 1 and not seen.outer.attributes:
        return [
            "tmux: `set -g allow-passthrough on` in the tmux around this one, too, lets pictures through."
        ]
    if seen.outer.name == "tmux":
        return ["tmux: pictures go through no more than two; attach with fewer of them nested."]
    if not seen.outer.attributes:
        return ["tmux: `set -g allow-passthrough on` lets pictures through to the terminal around it."]
    if _placeholders(seen.outer):
        return ["tmux: `set -g focus-events on` brings pictures back after detach and attach."]
    if SIXEL in seen.outer.attributes:
        return ["tmux: sharp pictures need kitty or Ghostty around it, or no tmux."]
    return []
