"""The wire lets out no more than the line takes, and leads through tmux."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

import aquarium_tui.tui.graphics.wire as module
from aquarium_tui.tui.graphics.wire import ASK, MOST, MOST_QUEUED, START, Attachment, Wire, through_tmux

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
    queued = min(0.06 * rate, 2 * MOST_QUEUED)
    assert most <= fits + queued + 2 * len(PIECE), "little more under way than fits on the line"
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


def test_commands_are_wrapped_with_their_escapes_doubled() -> None:
    assert through_tmux("\x1b_Ga=d\x1b\\") == "\x1bPtmux;\x1b\x1b_Ga=d\x1b\x1b\\\x1b\\"


def test_an_attached_terminal_is_noticed_once(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    socket.touch(0o700)
    attachment = Attachment({"TMUX": f"{socket},123,0"})
    assert attachment.known
    assert not attachment.renewed()
    _change(socket, 0o600)
    assert not attachment.renewed(), "detached"
    _change(socket, 0o700)
    assert attachment.renewed()
    assert not attachment.renewed()


def test_detached_and_attached_between_two_looks(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    socket.touch(0o700)
    attachment = Attachment({"TMUX": f"{socket},123,0"})
    _change(socket, 0o600)
    _change(socket, 0o700)
    assert attachment.renewed()


def test_without_tmux_nothing_is_known(tmp_path: Path) -> None:
    for environment in ({}, {"TMUX": ""}, {"TMUX": f"{tmp_path}/gone,1,0"}):
        attachment = Attachment(environment)
        assert not attachment.known
        assert not attachment.renewed()


def test_a_socket_that_goes_away_is_no_new_terminal(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    socket.touch(0o700)
    attachment = Attachment({"TMUX": f"{socket},1,0"})
    socket.unlink()
    assert not attachment.renewed()


def _change(socket: Path, mode: int) -> None:
    """Change the mode, and see to it that the clock of the file system has moved on."""
    before = socket.stat().st_ctime_ns
    while socket.stat().st_ctime_ns == before:
        socket.chmod(mode ^ 0o001)
        socket.chmod(mode)
