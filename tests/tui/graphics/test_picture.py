"""The picture widget as a user of a screen sees it, without a terminal."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image
from textual.app import App, ComposeResult
from textual.events import Click, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Static

from aquarium_tui.tui.graphics import requests
from aquarium_tui.tui.graphics.geometry import SourceRect, WidthHeight, whole
from aquarium_tui.tui.graphics.half import UPPER_HALF, Half
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.textual_private import TerminalApp
from tests.narrow import present
from tests.tui.graphics.patches import Broken, Patches
from tests.tui.screen import until


class Show(TerminalApp):
    CSS = "Picture { border: round white; } #line { height: 1; }"

    def __init__(self, terminal: Terminal | None = None) -> None:
        super().__init__(terminal)
        self.regions: list[SourceRect] = []
        self.clicks = 0

    def compose(self) -> ComposeResult:
        yield Picture()
        yield Static("line", id="line")

    def on_picture_region_changed(self, event: Picture.RegionChanged) -> None:
        assert event.control is self.picture
        self.regions.append(event.region)

    def on_click(self) -> None:
        self.clicks += 1

    @property
    def picture(self) -> Picture:
        return self.query_one(Picture)


@asynccontextmanager
async def running(
    terminal: Terminal | None = None, size: WidthHeight = (62, 23)
) -> AsyncIterator[tuple[Show, Pilot[Any]]]:
    app = Show(terminal)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


async def settled(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def cells(app: App[Any]) -> list[list[tuple[str, object, object]]]:
    """Character and two colours of every cell on the screen."""
    rows = []
    for strip in app.screen._compositor.render_strips():
        row = []
        for text, style, _ in strip:
            colours = (
                (style.color and style.color.triplet, style.bgcolor and style.bgcolor.triplet)
                if style
                else ()
            )
            row += [(character, *colours) for character in text]
        rows.append(row)
    return rows


def seen(app: App[Any]) -> Image.Image:
    """The half cells on the screen as a picture of one pixel across and two down a cell."""
    rows = [[cell[1:] for cell in row if cell[0] == UPPER_HALF] for row in cells(app)]
    return Image.fromarray(
        np.array([row for row in rows if row], np.uint8)
        .swapaxes(1, 2)
        .reshape(-1, len(max(rows, key=len)), 3)
    )


def text(app: App[Any]) -> str:
    return "\n".join("".join(cell[0] for cell in row) for row in cells(app))


async def test_a_picture_is_shown_as_half_cells_in_tests_and_screenshots() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await settled(pilot)
        expected = Patches().draw(whole((480, 270)), (60, 34))
        assert seen(app).size == (60, 34)
        assert np.abs(np.asarray(seen(app), int) - np.asarray(expected, int)).mean() < 3
        assert UPPER_HALF in app.export_screenshot()


@dataclass(frozen=True)
class Stuck:
    """A drawing of a photo on a disk that does not answer."""

    answers: threading.Event
    key: str = "stuck"
    size: WidthHeight = (40, 30)
    description: str = "nothing"
    colors: tuple[tuple[int, int, int], ...] = ()

    def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
        self.answers.wait()
        return Image.new("RGB", pixels)


async def test_a_disk_that_does_not_answer_is_told_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requests, "PATIENCE", 0.02)
    answers = threading.Event()
    async with running() as (app, pilot):
        for number in range(3):  # More than there are threads.
            app.picture.show(Stuck(answers, str(number)))
            await until(pilot, lambda: "Waiting for the picture" in text(app))
            app.picture.show(Patches())
            await until(pilot, lambda: UPPER_HALF in text(app))
        answers.set()


async def test_a_picture_lies_in_the_middle() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches(size=(100, 400)))
        await settled(pilot)
        row = "".join(cell[0] for cell in cells(app)[10])
        assert row.index(UPPER_HALF) - 1 == len(row) - 2 - row.rindex(UPPER_HALF)


async def test_a_drawing_shown_before_the_first_layout_appears() -> None:
    class Early(Show):
        def on_mount(self) -> None:
            self.picture.show(Patches())

    app = Early()
    async with app.run_test() as pilot:
        await settled(pilot)
        assert UPPER_HALF in text(app)


async def test_why_a_picture_cannot_be_drawn_is_said_in_its_place() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await settled(pilot)
        app.picture.show(Broken())
        await settled(pilot)
        assert "photo.jpg ends after 3\\x07 of 8 bytes" in text(app)
        assert "copy it again" in text(app)
        assert UPPER_HALF not in text(app)
        app.picture.show(Patches())
        await settled(pilot)
        assert UPPER_HALF in text(app)
        assert "copy it again" not in text(app)


async def test_without_graphics_pictures_are_told_in_words_and_control_characters_shown() -> None:
    async with running(Terminal(graphics="none")) as (app, pilot):
        app.picture.show(Patches(3))
        await settled(pilot)
        assert "Squares number 3, of \\x1b[31mmany\\x1b[0m colours." in text(app)
        app.picture.zoom(2)
        app.picture.show(None)
        await settled(pilot)
        assert "Squares" not in text(app)


async def test_nothing_is_shown_for_no_drawing() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await settled(pilot)
        app.picture.show(None)
        await settled(pilot)
        assert UPPER_HALF not in text(app)
        assert app.picture.view is None
        assert app.picture.source_point(10, 10) is None


async def test_the_last_of_many_requests_is_what_is_seen() -> None:
    async with running() as (app, pilot):
        for number in range(40):
            app.picture.show(Patches(number))
            await asyncio.sleep(0.001)
        await settled(pilot)
        expected = Patches(39).draw(whole((480, 270)), (60, 34))
        assert np.abs(np.asarray(seen(app), int) - np.asarray(expected, int)).mean() < 3


async def test_a_request_that_was_overtaken_is_not_drawn() -> None:
    drawn: list[int] = []
    held = threading.Event()

    @dataclass(frozen=True)
    class Slow(Patches):
        def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
            drawn.append(self.seed)
            held.wait(5)
            return super().draw(region, pixels)

    async with running() as (app, pilot):
        for number in range(10):
            app.picture.show(Slow(number))
            await pilot.pause()
        held.set()
        await settled(pilot)
        assert drawn == [0, 9]


async def test_at_the_end_of_a_slow_line_a_new_picture_is_drawn_small_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[WidthHeight] = []

    @dataclass(frozen=True)
    class Noted(Patches):
        def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
            drawn.append(pixels)
            return super().draw(region, pixels)

    monkeypatch.setattr(Half, "sketch", lambda *_: (20, 11))
    async with running(Terminal(remote=True)) as (app, pilot):
        app.picture.show(Noted(0))
        await settled(pilot)
        assert drawn == [(20, 11), (60, 34)]
        app.picture.show(Noted(1))
        await settled(pilot)
        assert drawn[2:] == [(60, 34)], "the first impression is made of what may be a small change"


async def test_the_program_answers_while_a_picture_is_drawn() -> None:
    held = threading.Event()

    @dataclass(frozen=True)
    class Slow(Patches):
        def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
            held.wait(5)
            return super().draw(region, pixels)

    async with running() as (app, pilot):
        app.picture.show(Slow())
        app.query_one("#line", Static).update("answered")
        await pilot.pause()
        assert "answered" in text(app)
        assert UPPER_HALF not in text(app)
        held.set()
        await settled(pilot)
        assert UPPER_HALF in text(app)


async def test_what_was_prepared_is_not_drawn_again() -> None:
    drawn: list[int] = []

    @dataclass(frozen=True)
    class Counted(Patches):
        def draw(self, region: SourceRect, pixels: WidthHeight) -> Image.Image:
            drawn.append(self.seed)
            return super().draw(region, pixels)

    async with running() as (app, pilot):
        app.picture.show(Counted(0))
        app.picture.prepare([Counted(1), Counted(2)])
        await settled(pilot)
        assert drawn == [0, 1, 2]
        for number in (1, 0, 2, 1):
            app.picture.show(Counted(number))
            await settled(pilot)
        assert drawn == [0, 1, 2]


async def test_a_drawing_that_cannot_be_prepared_disturbs_nobody() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        app.picture.prepare([Broken(), Patches(1)])
        await settled(pilot)
        assert "photo.jpg" not in text(app)


async def test_zoom_pan_and_fit_tell_what_is_seen() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await settled(pilot)
        app.picture.zoom(2)
        left, _, right, _ = present(app.picture.view)
        assert right - left == pytest.approx(480 / 2, rel=0.05)
        assert (left + right) / 2 == pytest.approx(240)
        app.picture.pan(-0.5, 0)
        assert present(app.picture.view)[0] == pytest.approx(left - (right - left) / 2)
        app.picture.fit()
        app.picture.fit()
        await settled(pilot)
        assert app.picture.view == whole((480, 270))
        assert len(app.regions) == 3
        app.picture.view = (0.0, 0.0, 90.0, 60.0)
        await settled(pilot)
        assert len(app.regions) == 3, "only what the user does is told"
        expected = Patches().source().crop((0, 0, 90, 60)).resize(seen(app).size)
        assert np.abs(np.asarray(seen(app), int) - np.asarray(expected, int)).mean() < 25


async def test_the_wheel_zooms_about_the_pointer_and_dragging_moves() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await settled(pilot)
        point = app.picture.source_point(20, 8)
        await pilot._post_mouse_events([MouseScrollUp], Picture, (20, 8), button=0)
        await settled(pilot)
        assert app.picture.source_point(20, 8) == pytest.approx(point, abs=2)
        before = present(app.picture.view)
        await pilot.mouse_down(Picture, (20, 8))
        await pilot.hover(Picture, (14, 8))
        await pilot.mouse_up(Picture, (14, 8))
        await pilot._post_mouse_events([Click], Picture, (14, 8), button=1)
        await settled(pilot)
        left = present(app.picture.view)[0]
        assert left == pytest.approx(before[0] + 6 / 60 * (before[2] - before[0]), abs=0.5)
        assert app.clicks == 0, "the end of a drag is no click"
        await pilot.click(Picture, (20, 8))
        assert app.clicks == 1


async def test_a_cell_is_the_point_of_the_source_that_it_shows() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await settled(pilot)
        assert app.picture.source_point(1, 2) == pytest.approx((4, 8), abs=5)
        assert app.picture.source_point(60, 18) == pytest.approx((476, 262), abs=5)
        assert app.picture.source_point(0, 0) is None
        assert app.picture.source_point(30, 1) is None


async def test_a_resized_picture_is_drawn_for_its_new_size() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await settled(pilot)
        await pilot.resize_terminal(32, 23)
        await settled(pilot)
        assert seen(app).size == (30, 16)


async def test_a_hidden_picture_is_drawn_when_it_is_shown() -> None:
    async with running() as (app, pilot):
        app.picture.display = False
        await pilot.pause()
        app.picture.show(Patches())
        await settled(pilot)
        assert UPPER_HALF not in text(app)
        app.picture.display = True
        await settled(pilot)
        assert UPPER_HALF in text(app)


async def test_a_removed_picture_leaves_quietly() -> None:
    async with running() as (app, pilot):
        app.picture.show(Patches())
        await app.picture.remove()
        await settled(pilot)
        assert "line" in text(app)
