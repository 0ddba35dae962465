"""Asking the terminal: one write, then reading until the last answer is there or the time is up."""

import fcntl
import os
import select
import struct
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic


class Line:
    """The line to the terminal, with nothing echoed and every byte readable at once.

    Args:
        keyboard: File descriptor that is read.
        screen: File descriptor that is written.
    """

    def __init__(self, keyboard: int, screen: int) -> None:
        self.keyboard, self.screen = keyboard, screen

    def ask(self, questions: bytes, complete: Callable[[bytes], bool], timeout: float) -> tuple[bytes, float]:
        """Write `questions` and read until the replies are `complete`, at most `timeout` seconds.

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


def window_size(terminal: int) -> tuple[int, int, int, int]:
    """Columns, rows, width and height in pixels of the terminal with that file descriptor; 0 is unknown."""
    try:
        answer = fcntl.ioctl(terminal, termios.TIOCGWINSZ, b"\0" * 8)
    except OSError:
        return (0, 0, 0, 0)
    rows, columns, width, height = struct.unpack("HHHH", answer)
    return columns, rows, width, height


def cell_of(window: tuple[int, int, int, int]) -> tuple[int, int] | None:
    """Width and height of a cell in pixels, where the size of the window says."""
    columns, rows, width, height = window
    if not (columns and rows) or width < columns or height < rows:
        return None
    return width // columns, height // rows


@contextmanager
def line() -> Iterator[Line | None]:
    """The line to the terminal; None where keyboard or screen are none, or the terminal cannot be set up."""
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
    try:
        yield Line(keyboard, screen)
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)
