"""Several pictures at once: what one has sent the others show, and none changes what another shows."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual.app import ComposeResult
from textual.events import CursorPosition

from aquarium_tui.tui.graphics.canvas import ShownPlate
from aquarium_tui.tui.graphics.geometry import Piece, fit, whole
from aquarium_tui.tui.graphics.host import THREADS, Host
from aquarium_tui.tui.graphics.kitty import Kitty, KittyPlate
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.graphics.sixel import Sixel, SixelPlate
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.textual_private import TerminalApp
from benchmarks.screen import Screen
from tests.narrow import of_type, present
from tests.tui.graphics.patches import Patches

GRID = fit(whole((480, 270)), (60, 20), (10, 20))


class Two(TerminalApp):
    """Two widgets whose host writes to a screen of ours instead of a terminal."""

    def compose(self) -> ComposeResult:
        yield Picture(id="one")
        yield Picture(id="two")


@asynccontextmanager
async def hosted() -> AsyncIterator[tuple[Host, Picture, Picture, Screen]]:
    app, screen = Two(), Screen((60, 40))
    async with app.run_test(size=(60, 40)):
        host = Host(app)
        host.terminal, host.in_text, host.backend = Terminal(graphics="kitty"), False, Kitty()

        def write(text: str) -> None:
            screen.feed(text)
            asyncio.get_running_loop().call_soon(host.wire.answered)

        host.wire._write = write
        yield host, app.query_one("#one", Picture), app.query_one("#two", Picture), screen


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something, at most for five seconds."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.005)


async def shown(host: Host, widget: Picture, drawing: Patches) -> None:
    """What a widget does with a request."""
    key = drawing.key
    plate = host.recall(key, widget) or present(host.backend).make(
        drawing.source(), GRID, over=host.base(widget)
    )
    assert await host.send(plate, key, lambda: True)
    await host.show(widget, plate, lambda: True)


def marks(screen: Screen, host: Host, widget: Picture) -> bool:
    """Whether `widget` shows a picture with a mark."""
    stored = present(of_type(KittyPlate, host.plate(widget)).stored)
    kept = screen.pictures[stored.number]
    return kept.frames[kept.current - 1].getpixel((240, 135)) == (255, 255, 255)


async def test_what_one_widget_has_sent_another_shows_without_sending() -> None:
    async with hosted() as (host, one, two, screen):
        await shown(host, one, Patches())
        await shown(host, two, Patches())
        assert screen.transfers == 1
        assert len(screen.pictures) == 1


async def test_a_change_in_one_widget_leaves_the_other_as_it_is() -> None:
    async with hosted() as (host, one, two, screen):
        await shown(host, one, Patches())
        await shown(host, two, Patches())
        await shown(host, two, Patches(mark=True))
        assert not marks(screen, host, one)
        assert marks(screen, host, two)


async def test_a_frame_that_another_widget_hides_is_sent_anew() -> None:
    async with hosted() as (host, one, two, screen):
        await shown(host, one, Patches())
        await shown(host, one, Patches(mark=True))
        assert len(screen.pictures) == 1
        await shown(host, two, Patches())
        assert marks(screen, host, one)
        assert not marks(screen, host, two)


async def test_pictures_are_freed_when_nobody_wants_them_any_more() -> None:
    async with hosted() as (host, one, two, screen):
        for number in range(60):
            await shown(host, one, Patches(number))
            await shown(host, two, Patches(number // 2, mark=True))
        assert len(screen.pictures) <= 20


async def test_a_piece_that_comes_too_late_is_not_painted_over_the_next_picture() -> None:
    async with hosted() as (host, one, _, screen):
        host.backend, begun, held = Sixel(), threading.Event(), threading.Event()

        class Late(SixelPlate):
            def paint(self, at: tuple[int, int], piece: Piece) -> str:
                begun.set()
                held.wait(5)
                return "LATE"

        first = host.backend.make(Patches().source(), GRID)
        await host.show(one, first, lambda: True)
        late = Late(GRID, False, first.image, Patches(1).source())
        painting = asyncio.create_task(host.show(one, late, lambda: True))
        await until(begun.is_set)
        following = asyncio.create_task(host.show(one, first, lambda: True))
        await until(lambda: host.plate(one) is first)
        held.set()
        await asyncio.gather(painting, following)
        assert "LATE" not in screen.text()


async def test_what_a_frame_spoils_as_the_painting_ends_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the last look of the last painter and the end of the painting."""
    async with hosted() as (host, one, _, _):
        host.backend = Sixel()
        await host.show(one, host.backend.make(Patches().source(), GRID), lambda: True)
        shown, paint, ended = host._shown[one], host._paint_slowly, []

        async def ending(shown: ShownPlate, wanted: Callable[[], bool]) -> None:
            await paint(shown, wanted)
            ended.append(shown.busy)
            if len(ended) == THREADS:
                assert not shown.due()
                host.follow([shown.area], np.zeros_like(host.kept()[0]))

        monkeypatch.setattr(host, "_paint_slowly", ending)
        host._canvas.clear()
        await host._paint(shown, lambda: True)
        assert ended[:THREADS] == [True] * THREADS
        assert not shown.due()
        assert not shown.busy


async def test_a_piece_is_not_painted_where_the_picture_was_before() -> None:
    async with hosted() as (host, one, two, _):
        host.kept()
        shown = ShownPlate(one, present(host.backend).make(Patches().source(), GRID), 0, host._canvas)
        at, piece = present(shown.next((60, 4)))
        assert piece == (0, 0, 60, 4)
        assert not shown.todo()[:4].any()
        assert shown.land(at, piece)
        assert not shown.todo()[:4].any()
        at, piece = present(shown.next((60, 4)))
        place = one.region
        two.display = False
        await until(lambda: one.region != place)
        assert not shown.land(at, piece), "the widget has grown, and the picture lies elsewhere"
        assert shown.todo().all(), "so it is to be painted there"


@pytest.mark.parametrize("times", [1, 3])
async def test_another_terminal_gets_what_is_shown(times: int) -> None:
    async with hosted() as (host, one, _, screen):
        await shown(host, one, Patches())
        for _ in range(times):
            host.renew()
            assert host.base(one) is None, "nothing is sent as a change of what may be lost"
            await asyncio.sleep(0)
            await shown(host, one, Patches())
        assert screen.transfers == 1 + times
        assert len(screen.pictures) == 1


def test_the_answer_of_the_terminal_is_an_event_of_textual() -> None:
    """If it were one no more, every picture would wait a second for each slice."""
    from textual._xterm_parser import XTermParser

    assert [type(event) for event in XTermParser().feed("\x1b[12;40R")] == [CursorPosition]
