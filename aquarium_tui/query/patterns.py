"""Regular expressions over words: bounded in time for each query as a whole, and cancelled at once."""

import marshal
import os
import re
import select
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil, comb

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import CancelledError

Hits = NDArray[np.bool_]
"""`(words,)`: which words of a column's dictionary pass a test."""

MAX_PATTERN = 1_000
"""The longest pattern, in characters."""

SECONDS = 2.0
"""The longest that all patterns of one query may take together, over all words."""

_TICK = 0.02
"""Seconds between two looks at whether the query was cancelled; a fifth of what a user may notice."""
_STEPS = 2_000_000
"""Steps of the matcher that take some 20 ms; a pattern that may need more for one word runs in a child."""
_FORKS = re.compile(r"[*+?{|]")
_UNRULY = re.compile(r"\)\s*[*+{]|\\[1-9]|\(\?(?:P=|\(|#|[a-zA-Z-]*x)")
_PIPE = 1 << 16
"""Bytes per write and read; what a pipe holds on Linux."""
_CHILD = """
import marshal, re, resource, sys
seconds = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
while True:
    try:
        pattern, words = marshal.load(sys.stdin.buffer)
    except EOFError:
        break
    find = re.compile(pattern).search
    sys.stdout.write("".join("01"[find(word) is not None] for word in words))
    sys.stdout.flush()
"""
"""Ends by itself after its seconds of work, so that it does not outlive a program that is killed by much."""


class TooSlowError(Exception):
    """The patterns of a query did not finish in `SECONDS`."""


class _Patience:
    """The time that is left for the patterns of one query, and the process that may be ended when it is up.

    Args:
        cancelled: Asked whether nobody waits for the answer any more.
    """

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled
        self._left = SECONDS
        self._end = 0.0
        self._child: _Child | None = None

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time that passes inside."""
        start = time.monotonic()
        self._end = start + self._left
        self.check()
        try:
            yield
            self.check()
        finally:
            self._left -= time.monotonic() - start

    def go_on(self) -> None:
        """See the function of that name."""
        if self._cancelled():
            raise CancelledError

    def check(self) -> None:
        """Go on only if there is time left and someone still waits; called inside `spending`.

        Raises:
            TooSlowError: The time is up.
            CancelledError: The query was cancelled.
        """
        self.go_on()
        if time.monotonic() > self._end:
            raise TooSlowError

    def here(self, pattern: re.Pattern[str], words: Sequence[str]) -> Hits:
        """Search in this process, with a look at the clock every tick."""
        hits = np.zeros(len(words), bool)
        look = time.monotonic() + _TICK
        for i, word in enumerate(words):
            hits[i] = pattern.search(word) is not None
            if time.monotonic() > look:
                self.check()
                look = time.monotonic() + _TICK
        return hits

    def away(self, pattern: re.Pattern[str], words: Sequence[str]) -> Hits:
        """Search in a process of its own, which one query starts once."""
        try:
            if self._child is None:
                self._child = _Child()
            return self._child.search(pattern, words, self.check)
        except OSError as error:
            raise TooSlowError from error

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.end()


class _Child:
    """A process that searches; Python's matcher cannot be interrupted in any other way."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _CHILD, str(ceil(SECONDS) + 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)

    def search(self, pattern: re.Pattern[str], words: Sequence[str], check: Callable[[], None]) -> Hits:
        """The hits; `check` is called every tick, and its errors end the search.

        Raises:
            OSError: The process has ended.
        """
        todo = memoryview(marshal.dumps((pattern.pattern, list(words))))
        answer = b""
        poll = select.poll()
        poll.register(self._to, select.POLLOUT)
        poll.register(self._from, select.POLLIN)
        while len(answer) < len(words):
            ready = dict(poll.poll(_TICK * 1000))
            check()
            if self._from in ready:
                answer += self._received()
            elif self._to in ready:
                todo = todo[os.write(self._to, todo[:_PIPE]) :]
                if not todo:
                    poll.unregister(self._to)
        return np.asarray(np.frombuffer(answer, np.uint8) == ord("1"))

    def _received(self) -> bytes:
        received = os.read(self._from, _PIPE)
        if not received:
            raise BrokenPipeError
        return received

    def end(self) -> None:
        """Kill the process, whatever it does."""
        self._process.kill()
        with self._process:
            pass


_PATIENCE: ContextVar[_Patience | None] = ContextVar("_PATIENCE", default=None)


@contextmanager
def patience(cancelled: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Bound what the patterns of a query may take; inside another `patience`, that one goes on.

    It is bound to the thread, not handed down, because a query may ask for a segment, which is itself a
    query, and both have to share the time.

    Args:
        cancelled: Asked every few milliseconds whether to stop.
    """
    if _PATIENCE.get() is not None:
        yield
        return
    mine = _Patience(cancelled)
    token = _PATIENCE.set(mine)
    try:
        yield
    finally:
        _PATIENCE.reset(token)
        mine.close()


def go_on() -> None:
    """Go on with a query only if someone still waits for it.

    Raises:
        CancelledError: The query was cancelled.
    """
    mine = _PATIENCE.get()
    if mine is not None:
        mine.go_on()


@contextmanager
def _spending() -> Iterator[_Patience]:
    with patience():
        mine = _PATIENCE.get()
        assert mine
        with mine.spending():
            yield mine


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search with; a set of many characters may take 10 ms, so this counts as time.

    Raises:
        re.error: It is not a regular expression, or longer than `MAX_PATTERN`.
        TooSlowError: The time was up.
    """
    if len(pattern) > MAX_PATTERN:
        raise re.error(f"it is longer than {MAX_PATTERN:,} characters", pattern, MAX_PATTERN)
    try:
        with _spending(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (OverflowError, RecursionError) as error:
        raise re.error("it repeats or nests too much", pattern, 0) from error


def search(pattern: re.Pattern[str], words: Sequence[str]) -> Hits:
    """`(words,)`: which words hold a match of `pattern`, as Python's `re.search` finds it.

    Python's matcher can need exponential time and cannot be interrupted. A pattern that may is run in a
    process of its own, which is ended when the time is up.

    Raises:
        TooSlowError: The time was up.
        CancelledError: The query was cancelled.
    """
    longest = max(map(len, words), default=0)
    with _spending() as mine:
        return mine.away(pattern, words) if runs_away(pattern.pattern, longest) else mine.here(pattern, words)


def runs_away(pattern: str, longest: int) -> bool:
    """Whether one word of `longest` characters might take noticeable time.

    A matcher that goes back visits at most the ways of placing the pattern's forks in the word, unless a
    repeated group or a back-reference multiplies them.
    """
    forks = len(_FORKS.findall(pattern))
    return bool(_UNRULY.search(pattern)) or comb(longest + 2 * forks + 1, forks + 1) > _STEPS
