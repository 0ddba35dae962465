"""Reading what is on the screen of a running app."""

from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from aquarium_tui.session.view import View
from aquarium_tui.tui.app import AquariumApp
from tests.narrow import of_type, present


def lines(app: App[Any]) -> list[str]:
    """The screen as text, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).ljust(width) for strip in strips[:height]]


def shown(app: App[Any]) -> str:
    return "\n".join(line.rstrip() for line in lines(app))


def app_of(pilot: Pilot[Any]) -> AquariumApp:
    return of_type(AquariumApp, pilot.app)


def view_of(pilot: Pilot[Any]) -> View:
    return present(app_of(pilot).view)


async def until(pilot: Pilot[Any], holds: Callable[[], bool], what: str = "") -> None:
    """Wait, a bounded while, until something is on the screen."""
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"never came: {what}\n{shown(pilot.app)}")


async def sees(pilot: Pilot[Any], *texts: str) -> None:
    """Wait until all of the texts are on the screen."""
    await until(pilot, lambda: all(text in shown(pilot.app) for text in texts), " and ".join(texts))


async def leaves(pilot: Pilot[Any], text: str) -> None:
    """Wait until a text is no longer on the screen."""
    await until(pilot, lambda: text not in shown(pilot.app), f"a screen without {text}")
