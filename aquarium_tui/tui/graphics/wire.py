"""The way to the terminal: pieces of pictures, few enough on the way that keys are answered meanwhile."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic

ASK = "\x1b[6n"
START, LEAST, MOST = 28_000, 8_000, 192_000
AHEAD, SPARE = 1.2, 2_000
TELLING = 16_000
FADING = 0.9
SILENCE = 1.0


class Wire:
    """Sends pieces and learns from the terminal's answers how many bytes may be under way.

    After every piece the terminal is asked where its cursor is; its answer says that the piece has arrived.
    From the answers come the rate of the line and its shortest round trip. What fits on the line is the
    product of the two; little more is let out, as it would only stand in a queue before the answer to a key.

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
        self._sent: deque[tuple[float, int, int]] = deque()
        self._under_way = self._arrived = 0
        self._waiting = False
        self._fastest = float("inf")
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
        sent, size, before = self._sent.popleft()
        took = max(monotonic() - sent, 1e-6)
        self._fastest = min(self._fastest, took)
        self._under_way -= size
        self._arrived += size
        meanwhile = self._arrived - before
        if meanwhile >= TELLING and (self._waiting or meanwhile / took > self.rate):
            self.rate = max(meanwhile / took, self.rate * FADING)
        self._news.set()

    def nudge(self) -> None:
        """Let whoever is sending look again whether it is still wanted."""
        self._news.set()

    @property
    def window(self) -> int:
        """How many bytes may be under way when a further piece is let out."""
        if not self.rate:
            return START
        return min(max(round(AHEAD * self.rate * self._fastest) + SPARE, LEAST), MOST)

    def _put(self, piece: str) -> None:
        """Write a piece and the question after it."""
        size = len(piece.encode())
        self._sent.append((monotonic(), size, self._arrived))
        self._under_way += size
        self._write(piece + self._ask)

    async def _room(self, wanted: Callable[[], bool]) -> None:
        """Wait until one more piece may be let out, but not for long where there is no answer."""
        while wanted() and self._sent and self._under_way > self.window:
            self._news.clear()
            self._waiting = True
            try:
                await asyncio.wait_for(self._news.wait(), SILENCE)
            except TimeoutError:
                self._sent.clear()
                self._under_way = 0
        self._waiting = False
