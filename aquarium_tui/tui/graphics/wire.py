"""The way to the terminal: pieces of pictures, few enough on the way that keys are answered meanwhile."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic

ASK = "\x1b[6n"
LEAST, START, MOST, STEP = 12_000, 36_000, 192_000, 8_000
QUEUED_FEW, QUEUED_MUCH = 0.012, 0.03
SILENCE = 1.0
MEASURED = 0.04


class Wire:
    """Sends pieces and learns from the terminal's answers how many bytes may be under way.

    After every piece the terminal is asked where its cursor is; its answer says that the piece has arrived.
    As long as answers come nearly as fast as the fastest one, more bytes are let out; when they lag,
    the line holds a queue in which the answer to a key would wait, and fewer are.

    Args:
        write: Hands text to the terminal, at once and in order.
        ask: What makes the terminal answer with its cursor position.

    Attributes:
        rate: Bytes a second of late, 0 before it is known.
    """

    def __init__(self, write: Callable[[str], None], ask: str = ASK) -> None:
        self._write, self._ask = write, ask
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._sent: deque[tuple[float, int]] = deque()
        self._under_way = self._last = self._arrived = 0
        self._window = START
        self._fastest = float("inf")
        self._since = 0.0
        self.rate = 0.0

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
                self._put(piece)
            return False

    def answered(self) -> None:
        """The terminal has answered: the oldest piece under way has arrived."""
        if not self._sent:
            return
        sent, size = self._sent.popleft()
        now = monotonic()
        self._fastest = min(self._fastest, now - sent)
        queued = now - sent - self._fastest
        if queued < QUEUED_FEW:
            self._window = min(self._window + STEP, MOST)
        elif queued > QUEUED_MUCH:
            self._window = max(self._window - STEP, LEAST)
        self._under_way -= size
        self._arrived += size
        if now - self._since > MEASURED:
            self.rate = self._arrived / (now - self._since)
        self._news.set()

    def nudge(self) -> None:
        """Let whoever is sending look again whether it is still wanted."""
        self._news.set()

    def _put(self, piece: str) -> None:
        """Write a piece and the question after it."""
        now = monotonic()
        if not self._sent:
            self._since, self._arrived = now, 0
        self._last = len(piece.encode())
        self._sent.append((now, self._last))
        self._under_way += self._last
        self._write(piece + self._ask)

    async def _room(self, wanted: Callable[[], bool]) -> None:
        """Wait until a piece like the last one may be let out, but not for long where there is no answer."""
        while wanted() and self._sent and self._under_way + self._last > self._window:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), SILENCE)
            except TimeoutError:
                self._sent.clear()
                self._under_way = 0
