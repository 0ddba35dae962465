"""A terminal in a window on a private screen: what it shows is read back from the pixels of the window."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from PIL import Image, ImageGrab

COLUMNS, ROWS = 60, 22
DEEP = "960x720x24"
LATE = 40.0

XTERM = ("xterm", "-tn", "xterm-256color", "-geometry", f"{COLUMNS}x{ROWS}+0+0", "-fa", "monospace",
         "-fs", "11", "-b", "0", "-bw", "0", "+sb", "-bg", "black", "-fg", "white")  # fmt: skip
KITTY = ("kitty", "--config", "NONE", "-o", "remember_window_size=no", "-o", "shell_integration=disabled",
         "-o", f"initial_window_width={COLUMNS}c", "-o", f"initial_window_height={ROWS}c",
         "-o", "update_check_interval=0")  # fmt: skip
TERMINALS = {
    "xterm": (*XTERM, "-ti", "vt340", "-e"),
    "xterm without sixel": (*XTERM, "-ti", "vt100", "-e"),
    "kitty": KITTY,
}
NEEDED = ("Xvfb", "xdotool")


def missing(terminal: str) -> str:
    """What has to be installed before `terminal` can be looked at; "" if nothing."""
    program = TERMINALS[terminal][0]
    lacking = [name for name in (*NEEDED, program) if shutil.which(name) is None]
    if not lacking and program == "kitty" and _kitty() < (0, 28):
        lacking = ["kitty 0.28"]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


def _kitty() -> tuple[int, ...]:
    said = subprocess.run(["kitty", "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(map(int, re.findall(r"\d+", said)[:2]))


@dataclass
class Window:
    """A program in a terminal of that name."""

    terminal: str
    program: Sequence[str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _open(self) -> None:
        """Start the screen and the terminal, and wait for the window."""
        read, write = os.pipe()
        self._start(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", DEEP, "-nolisten", "tcp"], pass_fds=(write,)
        )
        os.close(write)
        with os.fdopen(read) as said:
            self.display = f":{said.readline().strip()}"
        away = ("COLORTERM", "TMUX", "STY", "SSH_CONNECTION", "WAYLAND_DISPLAY", "COLUMNS", "LINES")
        variables = {name: value for name, value in os.environ.items() if name not in away}
        self.environment = {
            **variables,
            "DISPLAY": self.display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "LC_ALL": "C.UTF-8",
        }
        self._start([*TERMINALS[self.terminal], *self.program])
        self.until(self._found, "the window")

    def __exit__(self, *_: object) -> None:
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, command: Sequence[str], **options: Any) -> None:
        environment = getattr(self, "environment", None)
        self.processes.append(
            subprocess.Popen(
                command, env=environment, cwd=Path(__file__).parents[2],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options,
            )
        )  # fmt: skip

    def _ask(self, *words: str) -> str:
        return subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False
        ).stdout

    def _found(self) -> bool:
        """Whether the window is there; remembers it and the size of its cells."""
        name = self.terminal.split()[0]
        windows = self._ask("search", "--onlyvisible", "--class", name).split()
        if not windows:
            self._start_again()
            return False
        self.window = windows[-1]
        shell = dict(re.findall(r"(\w+)=(\d+)", self._ask("getwindowgeometry", "--shell", self.window)))
        self.size = (int(shell["WIDTH"]), int(shell["HEIGHT"]))
        self.corner = (int(shell["X"]), int(shell["Y"]))
        self.cell = (self.size[0] // COLUMNS, self.size[1] // ROWS)
        return True

    def _start_again(self) -> None:
        """A terminal now and then finds a screen that has just come up closed, and ends."""
        if self.processes[-1].poll() is not None:
            self.processes.pop()
            self._start([*TERMINALS[self.terminal], *self.program])

    def press(self, key: str) -> None:
        """Press a key."""
        self._ask("windowfocus", self.window, "key", "--clearmodifiers", key)

    def look(self) -> Image.Image:
        """The pixels of the window."""
        left, top = self.corner
        return ImageGrab.grab(
            (left, top, left + self.size[0], top + self.size[1]), xdisplay=self.display
        ).convert("RGB")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something is to be seen."""
        end = time.monotonic() + LATE
        while not holds():
            assert time.monotonic() < end, f"{what} was never seen in {self.terminal}"
            time.sleep(0.1)
