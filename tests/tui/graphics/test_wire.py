"""The wire lets out no more than the line takes, stops when told, and does not wait for ever."""

import asyncio
from collections.abc import Iterator

import pytest

from aquarium_tui.tui.graphics import wire as module
from aquarium_tui.tui.graphics.wire import ASK, MOST, START, Wire

PIECE = "x" * 8000


class Line:
    """Takes what is written and answers when told."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.wire = Wire(self.written.append)

    def under_way(self) -> int:
        return sum(map(len, self.written)) - self.taken

    taken = 0

    async def answer(self, count: int = 1) -> None:
        for _ in range(count):
            self.wire.answered()
        for _ in range(5):
            await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_few_pieces_go_before_the_first_answer() -> None:
    line = Line()
    task = asyncio.create_task(line.wire.send([PIECE] * 100))
    await settle()
    assert 1 <= len(line.written) <= START // len(PIECE)
    assert all(text == PIECE + ASK for text in line.written)
    before = len(line.written)
    await line.answer()
    assert before < len(line.written) <= before + 2
    for _ in range(200):
        await line.answer()
    assert await task
    assert len(line.written) == 100


async def test_more_goes_while_answers_come_at_once_but_never_too_much() -> None:
    line = Line()
    task = asyncio.create_task(line.wire.send([PIECE] * 300))
    most = taken = 0
    while not task.done():
        await line.answer()
        taken += 1
        most = max(most, len(line.written) - taken)
    assert START < most * len(PIECE) <= MOST


async def test_a_lagging_line_gets_less(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    line = Line()
    task = asyncio.create_task(line.wire.send([PIECE] * 60))
    await settle()
    clock[0] += 0.03
    await line.answer()
    while not task.done():
        clock[0] += 0.08
        await line.answer()
    assert line.wire.rate == pytest.approx(8000 / 0.08, rel=0.4)
    line.written.clear()
    task = asyncio.create_task(line.wire.send([PIECE] * 60))
    await settle()
    assert len(line.written) == 1
    task.cancel()


async def test_what_is_not_wanted_any_more_stops_before_the_next_piece() -> None:
    line, wanted = Line(), [True]
    task = asyncio.create_task(line.wire.send([PIECE] * 100, lambda: wanted[0]))
    await settle()
    sent = len(line.written)
    wanted[0] = False
    line.wire.nudge()
    assert not await task
    assert len(line.written) == sent


async def test_pieces_are_made_when_they_can_be_written() -> None:
    line, made = Line(), []

    def pieces() -> Iterator[str]:
        for number in range(50):
            made.append(number)
            yield PIECE

    task = asyncio.create_task(line.wire.send(pieces()))
    await settle()
    assert len(made) == len(line.written) < 10
    task.cancel()


async def test_one_picture_is_never_sent_in_the_middle_of_another() -> None:
    line = Line()
    both = asyncio.gather(line.wire.send(["a" * 9000] * 9), line.wire.send(["b" * 9000] * 9))
    while not both.done():
        await line.answer()
    order = "".join(text[0] for text in line.written)
    assert order in ("a" * 9 + "b" * 9, "b" * 9 + "a" * 9)


async def test_a_terminal_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.01)
    line = Line()
    assert await line.wire.send([PIECE] * 20)
    assert len(line.written) == 20


async def test_answers_that_nobody_asked_for_do_no_harm() -> None:
    line = Line()
    line.wire.answered()
    assert await line.wire.send(["x"])
    await line.answer(3)
    assert await line.wire.send(["x"])
