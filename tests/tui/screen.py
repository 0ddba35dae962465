"""Reading what is on the screen of a running app."""

from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot


def lines(app: App) -> list[str]:
    """The screen as text, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).ljust(width) for strip in strips[:height]]


def shown(app: App) -> str:
    return "\n".join(line.rstrip() for line in lines(app))


async def until(pilot: Pilot, holds: Callable[[], bool], what: str = "") -> None:
    """Wait, a bounded while, until something is on the screen."""
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError(f"never came: {what}\n{shown(pilot.app)}")


async def sees(pilot: Pilot, *texts: str) -> None:
    """Wait until all of the texts are on the screen."""
    await until(pilot, lambda: all(text in shown(pilot.app) for text in texts), " and ".join(texts))
