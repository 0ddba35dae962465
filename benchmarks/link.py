"""A terminal at the end of a slow line, in which a program can be run: a byte rate, a latency, a log.

It answers the questions that programs ask of terminals, and records which bytes arrived when.
"""

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep

_ASKED = re.compile(
    rb"\x1b\[6n|\x1b\[c|\x1b\[>q|\x1b\[1[46]t|\x1b\[\?2;1;0S|\x1b\[\?20(?:26|48)\$p|\x1bP\$qm\x1b\\"
    rb"|\x1b_Gi=31,[^\x1b]*a=q[^\x1b]*\x1b\\|\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\"
)
# What would tell the program about the terminal that the tests or benchmarks themselves run in.
_AWAY = ("TMUX", "STY", "COLORTERM", "TERM_PROGRAM", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "NO_COLOR",
         "COLUMNS", "LINES", "AQUARIUM_GRAPHICS")  # fmt: skip
_LONGEST = 400
"""Bytes that a question may have; the longest, of kitty's graphics, have some 60, and more inside tmux."""
_CREDIT = 0.01
"""Seconds of the line's rate that may be caught up on: reading starts late by the time a thread is asleep."""


@dataclass(frozen=True)
class Kind:
    """What a terminal can do, as far as its answers tell.

    Attributes:
        name: Its name and version; "" if it does not tell.
        kitty: Whether it understands kitty's graphics commands.
        attributes: Its primary device attributes, the last answer; "" if it does not answer.
        truecolor: Whether a 24-bit colour comes back as it was set; None if it does not answer.
        sixel_size: Width and height of the largest sixel picture it shows, in pixels.
        synchronised: Whether it knows mode 2026, synchronised output.
        around: If it is tmux, the terminal around it, which receives what is wrapped for it.
        pixels: Whether the size of its window in pixels is known.
    """

    name: str = "kitty(0.41.1)"
    kitty: bool = True
    attributes: str = "62;"
    truecolor: bool | None = True
    sixel_size: tuple[int, int] | None = None
    synchronised: bool = True
    around: "Kind | None" = None
    pixels: bool = True


KITTY = Kind()
XTERM = Kind("XTerm(379)", kitty=False, attributes="64;1;2;4;22", sixel_size=(1000, 1000), synchronised=False)
PLAIN = Kind("", kitty=False, attributes="", truecolor=None, synchronised=False, pixels=False)
TMUX = Kind("tmux 3.5a", kitty=False, attributes="1;2;4", truecolor=None, synchronised=False, around=KITTY)


def answers(kind: Kind, question: bytes, size: tuple[int, int], cell: tuple[int, int]) -> bytes:
    """What a terminal of this kind, with `size` columns and rows of `cell` pixels, replies to a question."""
    if question.startswith(b"\x1bPtmux;"):
        inner = question[7:-2].replace(b"\x1b\x1b", b"\x1b")
        return answers(kind.around, inner, size, cell) if kind.around else b""
    colour = b"\x1bP1$r0;48:2:1:2:3m\x1b\\" if kind.truecolor else b"\x1bP1$r0;48:5:16m\x1b\\"
    width, height = kind.sixel_size or (0, 0)
    known = {
        b"\x1b[6n": b"\x1b[1;1R",
        b"\x1b[c": f"\x1b[?{kind.attributes}c".encode() if kind.attributes else b"",
        b"\x1b[>q": f"\x1bP>|{kind.name}\x1b\\".encode() if kind.name else b"",
        b"\x1b[16t": f"\x1b[6;{cell[1]};{cell[0]}t".encode() if kind.name else b"",
        b"\x1b[14t": f"\x1b[4;{cell[1] * size[1]};{cell[0] * size[0]}t".encode() if kind.name else b"",
        b"\x1b[?2;1;0S": f"\x1b[?2;0;{width};{height}S".encode() if kind.sixel_size else b"",
        b"\x1b[?2026$p": b"\x1b[?2026;2$y" if kind.synchronised else b"",
        b"\x1bP$qm\x1b\\": b"" if kind.truecolor is None else colour,
    }
    if question.startswith(b"\x1b_G"):
        return b"\x1b_Gi=31;OK\x1b\\" if kind.kitty and b"a=q" in question else b""
    return known.get(question, b"")


@dataclass
class Link:
    """A program in a terminal at the end of a line.

    Attributes:
        command: The program and its arguments.
        kind: What the terminal can do.
        size: Columns and rows.
        cell: Width and height of a cell in pixels.
        latency: Seconds that an answer takes.
        rate: Bytes per second from the program to the terminal; 0 is no limit.
        typed: What was typed before the program started.
        environment: Variables besides those of this process.
        log: Seconds since the start, and the bytes that arrived then.
    """

    command: Sequence[str]
    kind: Kind = KITTY
    size: tuple[int, int] = (100, 30)
    cell: tuple[int, int] = (10, 20)
    latency: float = 0.0
    rate: float = 0.0
    typed: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)
    log: list[tuple[float, bytes]] = field(default_factory=list)

    def __enter__(self) -> "Link":
        self._master, terminal = os.openpty()
        self.resize(*self.size)
        if self.typed:
            os.write(self._master, self.typed)
        variables = {name: value for name, value in os.environ.items() if name not in _AWAY}
        variables |= {"TERM": "xterm-256color", **self.environment}
        self.process = subprocess.Popen(
            self.command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env=variables,
            start_new_session=True,
        )
        os.close(terminal)
        self._start, self._stopped, self._tail = monotonic(), threading.Event(), b""
        self._replies: list[tuple[float, bytes]] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return monotonic() - self._start

    @property
    def output(self) -> bytes:
        """Everything that arrived."""
        return b"".join(data for _, data in self.log)

    def since(self, moment: float) -> bytes:
        """Everything that arrived from `moment` on."""
        return b"".join(data for time, data in self.log if time >= moment)

    def press(self, keys: str | bytes) -> float:
        """Type `keys`; returns the moment."""
        moment = self.now
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)
        return moment

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed and takes it line by line, as a shell expects."""
        wanted = termios.ECHO | termios.ISIG | termios.ICANON
        return bool(termios.tcgetattr(self._master)[3] & wanted == wanted)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self.size = (columns, rows)
        pixels = (columns * self.cell[0], rows * self.cell[1]) if self.kind.pixels else (0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, *pixels))

    def wait(self, arrived: Callable[[bytes], bool], moment: float = 0.0, most: float = 10.0) -> float:
        """Wait until what arrived since `moment` is as wanted; returns the seconds it took, or `most`."""
        while self.now - moment < most:
            if arrived(self.since(moment)):
                return self.now - moment
            if self.process.poll() is not None and self._stopped.wait(0.05):
                break
            sleep(0.002)
        return most

    def quiet(self, moment: float = 0.0, pause: float = 0.4, most: float = 20.0) -> float:
        """Wait until nothing has arrived for `pause`; returns the seconds from `moment` to the last byte."""
        while (
            self.now - max(moment, self.log[-1][0] if self.log else 0.0) < pause and self.now - moment < most
        ):
            sleep(0.01)
        return max(self.log[-1][0] - moment, 0.0) if self.log else 0.0

    def _run(self) -> None:
        """Read as fast as the line allows, and answer."""
        free = 0.0
        while not self._stopped.is_set():
            now = monotonic()
            while self._replies and self._replies[0][0] <= now:
                os.write(self._master, self._replies.pop(0)[1])
            if now < free or not select.select([self._master], [], [], 0.002)[0]:
                sleep(0.001 if now < free else 0)
                continue
            try:
                data = os.read(self._master, 4096 if self.rate else 65536)
            except OSError:
                return
            free = max(free, now - _CREDIT) + len(data) / self.rate if self.rate else 0.0
            self.log.append((self.now, data))
            self._answer(data, now)

    def _answer(self, data: bytes, now: float) -> None:
        """Reply to the questions in what arrived."""
        text, end = self._tail + data, 0
        for found in _ASKED.finditer(text):
            end = found.end()
            if reply := answers(self.kind, found[0], self.size, self.cell):
                self._replies.append((now + self.latency, reply))
        self._tail = text[max(end, len(text) - _LONGEST) :]
