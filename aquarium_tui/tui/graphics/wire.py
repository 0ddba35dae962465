"""The way to the terminal: pieces of pictures, few enough under way that keys are answered meanwhile.

It leads through tmux where that stands between.
"""

import asyncio
import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Condition
from time import monotonic

# "Where is the cursor?": every terminal answers, and in order, so the answer says that what was sent before
# has been taken in. Textual turns it into a `CursorPosition`.
ASK = "\x1b[6n"

# Bytes under way, before anything is known of the line: at 1 MB/s they delay the answer to a key by 28 ms.
START = 28_000
# Never less than a piece of the smallest size, or nothing would move; never more than what a line of 3 MB/s
# with 300 ms holds.
LEAST, MOST = 1_500, 1_000_000
# Seconds for which bytes may stand in a queue before the line, and the most that may: enough that it never
# runs dry between an answer and the next piece. With the piece that follows, a key waits 50 ms at most.
QUEUE, MOST_QUEUED = 0.03, 64_000
# Seconds that a piece takes on the line, as far as pieces of these sizes can: a key waits for all of the
# piece that is under way, and the terminal answers once for each.
SLICE, SLICES = 0.02, (1_500, 2_000, 4_000, 8_000, 16_000)
# What arrived alone tells the rate from this size on; the time that less takes is mostly latency. No more
# than this share of its time is taken for latency, as that is known only roughly.
TELLING, LATENT = 1_000, 0.75
# The rate seen last counts, but may fall by a tenth at once only: a pause of the terminal is no slow line.
FADING = 0.9
# Seconds without an answer, after which the terminal is taken to be one that gives none. A second is far more
# than any round trip; longer would hold pictures up where the answer was lost, in a re-attached tmux.
SILENCE = 1.0


def through_tmux(command: str, times: int = 1) -> str:
    """`command` wrapped so that so many tmux, one in the other, pass it on to the terminal around them."""
    for _ in range(times):
        escaped = command.replace("\x1b", "\x1b\x1b")
        command = f"\x1bPtmux;{escaped}\x1b\\"
    return command


class Attachment:
    """Notices that a terminal was attached to tmux, which has none of the pictures sent to the one before.

    tmux does not repeat what it passed through. It marks its socket as executable while a terminal is
    attached, so the time at which the socket's mode last changed tells.

    Args:
        environment: The process's environment variables.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        socket = environment.get("TMUX", "").split(",")[0]
        self._socket = Path(socket) if socket else None
        self._since = self._changed()

    @property
    def known(self) -> bool:
        """Whether tmux runs on this machine, so that its socket can be looked at."""
        return bool(self._since)

    def renewed(self) -> bool:
        """Whether a terminal was attached since the last call."""
        before, self._since = self._since, self._changed()
        return self._since != before and self._attached()

    def _changed(self) -> float:
        """When the socket's mode last changed; 0 without a socket."""
        found = self._stat()
        return found.st_ctime if found else 0.0

    def _attached(self) -> bool:
        """Whether a terminal is attached now."""
        found = self._stat()
        return found is not None and bool(found.st_mode & stat.S_IXUSR)

    def _stat(self) -> os.stat_result | None:
        """What the file system knows of the socket."""
        try:
            return self._socket.stat() if self._socket else None
        except OSError:
            return None


class DueAnswers:
    """Counts the answers that the terminal still owes, of those that tell where its cursor is."""

    # An answer may arrive in two parts; none has more bytes than this.
    _LONGEST = 16
    _ANSWER = re.compile(rb"\x1b\[\d+;\d+R")

    def __init__(self) -> None:
        self._due, self._last, self._tail = 0, 0.0, b""
        self._news = Condition()

    def asked(self, text: str) -> None:
        """Note the questions in what is written."""
        if count := text.count(ASK):
            with self._news:
                # What is silent for so long has lost the questions.
                self._due = count + (self._due if self._late() > 0 else 0)
                self._last = monotonic()

    def heard(self, data: bytes) -> None:
        """Note the answers in what was read."""
        data, end = self._tail + data, 0
        with self._news:
            for found in self._ANSWER.finditer(data):
                self._due, end = max(self._due - 1, 0), found.end()
            self._news.notify_all()
        self._tail = data[max(end, len(data) - self._LONGEST) :]

    def wait(self) -> None:
        """Wait until all are there, or until it is too late for any."""
        with self._news:
            self._news.wait_for(lambda: not self._due, self._late())

    def _late(self) -> float:
        """Seconds until an answer to the last question is late."""
        return max(self._last + SILENCE - monotonic(), 0)


class Wire:
    """Sends pieces and learns from the terminal's answers how many bytes may be under way.

    After every piece the terminal is asked where its cursor is; its answer says that the piece has arrived.
    From the answers come the rate of the line and its shortest round trip. Their product is what the line
    holds; little more is let out, as it would only stand in a queue before the answer to a key.

    Args:
        write: Hands text to the terminal, at once and in order.
        ask: What makes the terminal answer with its cursor position.
        trip: Seconds from a question to its answer, as far as it is known.

    Attributes:
        rate: Bytes per second lately, 0 before it is known.
        window: How many bytes may be under way when a further piece is let out.
    """

    def __init__(self, write: Callable[[str], None], ask: str = ASK, trip: float = 0.0) -> None:
        self._write, self._ask = write, ask
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._sent: deque[tuple[float, int, int, bool]] = deque()
        self._under_way = self._arrived = 0
        self._waiting = False
        self._trip = trip or float("inf")
        self.rate, self.window = 0.0, START

    async def send(self, pieces: Iterable[str], wanted: Callable[[], bool] = lambda: True) -> bool:
        """Send `pieces` in order, alone on the wire; stop before the next one when not `wanted` any more.

        A piece is taken from `pieces` only when it can be written.

        Returns:
            Whether all were sent.
        """
        async with self._turn:
            source = iter(pieces)
            while wanted():
                await self._room(wanted)
                piece = next(source, None) if wanted() else None
                if piece is None:
                    return wanted()
                self._write(piece + self.question(piece))
            return False

    def question(self, text: str) -> str:
        """What is to be written after `text`, so that the terminal says when it has arrived."""
        if self._sent and monotonic() - self._sent[0][0] > SILENCE:
            self._forget()
        size = len(text.encode())
        self._sent.append((monotonic(), size, self._arrived, self._under_way > 0))
        self._under_way += size
        return self._ask

    def answered(self) -> None:
        """The terminal has answered: the oldest piece under way has arrived."""
        if not self._sent:
            return
        sent, size, before, busy = self._sent.popleft()
        took = max(monotonic() - sent, 1e-6)
        self._trip = min(self._trip, took)
        self._under_way -= size
        self._arrived += size
        self._learn(self._arrived - before, took, busy)
        queued = min(self.rate * QUEUE, MOST_QUEUED)
        delay = queued / self.rate if self.rate else QUEUE
        if took > self._trip + delay:
            self.window = min(max(round(self.rate * self._trip + queued), LEAST), MOST)
        elif self._waiting and took < self._trip + delay / 2:
            # There is no queue yet: the line takes more. In a round trip the window grows by half: doubled,
            # it would overshoot by all that the line holds.
            self.window = min(self.window + size // 2, MOST)
        self._news.set()

    def _learn(self, meanwhile: int, took: float, busy: bool) -> None:
        """Learn the rate from the bytes that arrived during a piece, on a line that was `busy` or not."""
        if busy:
            rate = meanwhile / took
        elif meanwhile >= TELLING:
            rate = meanwhile / max(took - self._trip, took * (1 - LATENT))
        else:
            return
        if rate > self.rate:
            self.rate = rate
        elif self._waiting and busy:
            self.rate = max(rate, self.rate * FADING)

    def nudge(self) -> None:
        """Let whoever is sending look again whether it is still wanted."""
        self._news.set()

    @property
    def slice(self) -> int:
        """How many bytes a piece should have: one of few sizes, so that pieces can be kept and sent again."""
        wanted = self.rate * SLICE or SLICES[1]
        return max((size for size in SLICES if size <= wanted), default=SLICES[0])

    async def _room(self, wanted: Callable[[], bool]) -> None:
        """Wait until one more piece may be let out, but not for long where there is no answer."""
        while wanted() and self._sent and self._under_way > self.window:
            self._news.clear()
            self._waiting = True
            try:
                await asyncio.wait_for(self._news.wait(), SILENCE)
            except TimeoutError:
                self._forget()
        self._waiting = False

    def _forget(self) -> None:
        """Expect no more answers to what was sent."""
        self._sent.clear()
        self._under_way = 0
