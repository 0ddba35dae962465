"""After an unexpected error: what the log gets, what the user is told, and whether the screen can go on."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from aquarium_tui.error_log import log_error

# Errors that a screen may have before the user does anything more: one key may cause a few, but more than
# these are an error that causes itself again.
MOST_ERRORS = 5
# Attempts at drawing a frame, of which none succeeds. The first failure may be of what changes right after.
MOST_UNDRAWN = 2
# Seconds for which the same error is not told or logged again: a timer can fail many times a second, and the
# first entry of the log says most.
SAME = 10.0
# Actions that the log names: enough to repeat what led to the error.
REMEMBERED = 20


@dataclass(frozen=True)
class ErrorResponse:
    """What an error calls for.

    Attributes:
        sentence: What to tell the user; "" where that was told a moment ago.
        leave: Whether the screen cannot go on.
    """

    sentence: str
    leave: bool


class Recovery:
    """Judges unexpected errors by what came before them.

    Attributes:
        failures: How many errors there were.
    """

    def __init__(self) -> None:
        self.failures = 0
        self._actions: deque[str] = deque(maxlen=REMEMBERED)
        self._told: dict[str, float] = {}
        self._errors = self._undrawn = 0

    def acted(self, action: str) -> None:
        """Note what the user does, for the log."""
        self._actions.append(action)

    def heard(self) -> None:
        """Note that a key or the mouse was used."""
        self._errors = 0

    def drew(self) -> None:
        """Note that a frame was drawn."""
        self._undrawn = 0

    def judge(self, error: BaseException, place: str, *, drawing: bool) -> ErrorResponse:
        """Log an error and say what to do about it.

        Args:
            error: What happened.
            place: Where: the screens and the widget, and what they run in.
            drawing: Whether a frame was being drawn, which will be tried again at once.

        Returns:
            What to tell the user, and whether to leave the screen.
        """
        self.failures += 1
        self._errors += 1
        self._undrawn += drawing
        leave = self._errors >= MOST_ERRORS or self._undrawn >= MOST_UNDRAWN
        if leave:
            self._errors = self._undrawn = 0
        return ErrorResponse(self._told_of(error, place), leave)

    def log(self, error: BaseException, place: str) -> Path | None:
        """Log an error with its place and the last actions."""
        return log_error(error, f"{place}\nlast actions: {', '.join(self._actions) or 'none'}")

    def sentence(self, error: BaseException, log: Path | None) -> str:
        """An error in one line, with the place of its log."""
        what = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        return f"{what}. {f'Details are in {log}.' if log else 'The log file could not be written.'}"

    def _told_of(self, error: BaseException, place: str) -> str:
        """Log an error and put it in a sentence, unless that was done a moment ago."""
        now, key = monotonic(), f"{type(error).__name__} {_origin(error)}"
        if now - self._told.get(key, -SAME) < SAME:
            return ""
        self._told[key] = now
        return self.sentence(error, self.log(error, place))


def _origin(error: BaseException) -> str:
    """File and line where an error was raised."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
