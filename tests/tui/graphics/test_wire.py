"""The wire lets out no more than the line takes, stops when told, and does not wait for ever."""

import asyncio
from collections.abc import Iterator

import pytest

import aquarium_tui.tui.graphics.wire as module
from aquarium_tui.tui.graphics.wire import ASK, MOST, START, Wire

PIECE = "x" * 8000


class Line:
    """Takes what is written, and answers when told, at a time of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written: list[str] = []
        self.clock = 0.0
        monkeypatch.setattr(module, "monotonic", lambda: self.clock)
        self.wire = Wire(self.written.append)

    async def answer(self, count: int = 1) -> None:
        for _ in range(count):
            self.wire.answered()
        await settle()

    async def carry(self, count: int, rate: float, trip: float) -> int:
        """Send pieces over a line of such a rate and round trip; gives the most bytes under way."""
        self.written.clear()
        task = asyncio.create_task(self.wire.send([PIECE] * count))
        await settle()
        due: list[float] = []
        seen, most, free = 0, 0, self.clock
        while not task.done() or due:
            while seen < len(self.written):
                free = max(free, self.clock) + len(PIECE) / rate
                due.append(free + trip)
                seen += 1
            most = max(most, len(due) * len(PIECE))
            self.clock = due.pop(0)
            await self.answer()
        assert await task
        return most


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(monkeypatch)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_few_pieces_go_before_the_first_answer(line: Line) -> None:
    task = asyncio.create_task(line.wire.send([PIECE] * 100))
    await settle()
    assert 1 <= len(line.written) <= START // len(PIECE) + 1
    assert all(text == PIECE + ASK for text in line.written)
    before = len(line.written)
    line.clock = 0.03
    await line.answer()
    assert before < len(line.written) <= before + 2
    task.cancel()


@pytest.mark.parametrize(
    ("rate", "trip"), [(1e6, 0.03), (1e6, 0.1), (3e5, 0.03), (1e7, 0.01), (1e5, 0.2), (1e8, 0.001)]
)
async def test_the_line_is_used_and_no_long_queue_stands_on_it(line: Line, rate: float, trip: float) -> None:
    await line.carry(60, rate, trip)
    begun = line.clock
    most = await line.carry(150, rate, trip)
    fits = rate * trip
    assert line.clock - begun < 1.25 * (150 * len(PIECE) / rate + trip), "nearly as fast as the line is"
    assert most <= 1.6 * fits + 3 * len(PIECE), "little more under way than fits on the line"
    assert most <= MOST
    assert line.wire.rate == pytest.approx(rate, rel=0.5)


async def test_what_is_not_wanted_any_more_stops_before_the_next_piece(line: Line) -> None:
    wanted = [True]
    task = asyncio.create_task(line.wire.send([PIECE] * 100, lambda: wanted[0]))
    await settle()
    sent = len(line.written)
    wanted[0] = False
    line.wire.nudge()
    assert not await task
    assert len(line.written) == sent


async def test_pieces_are_made_when_they_can_be_written(line: Line) -> None:
    made = []

    def pieces() -> Iterator[str]:
        for number in range(50):
            made.append(number)
            yield PIECE

    task = asyncio.create_task(line.wire.send(pieces()))
    await settle()
    assert len(made) == len(line.written) < 10
    task.cancel()


async def test_one_picture_is_never_sent_in_the_middle_of_another(line: Line) -> None:
    both = asyncio.gather(line.wire.send(["a" * 9000] * 9), line.wire.send(["b" * 9000] * 9))
    while not both.done():
        await line.answer()
    order = "".join(text[0] for text in line.written)
    assert order in ("a" * 9 + "b" * 9, "b" * 9 + "a" * 9)


async def test_a_terminal_that_never_answers_is_not_waited_for(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.01)
    assert await line.wire.send([PIECE] * 20)
    assert len(line.written) == 20


async def test_answers_that_nobody_asked_for_do_no_harm(line: Line) -> None:
    line.wire.answered()
    assert await line.wire.send(["x"])
    await line.answer(3)
    assert await line.wire.send(["x"])
