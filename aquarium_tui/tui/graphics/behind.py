"""What the pictures need of Textual behind its public face; only this module and `keys` reach there.

`App._display` and the updates it is given tell which cells a frame writes, the compositors of the screens
tell what lies over what, `App._driver` takes what is written, `App.on_event` sees the terminal's answers.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.events import Event
from textual.geometry import Region

from aquarium_tui.tui.graphics.asking import cell_of, window_size
from aquarium_tui.tui.graphics.geometry import Cells

if TYPE_CHECKING:
    from rich.console import Console
    from textual.screen import Screen
    from textual.widget import Widget


class Painted(CompositorUpdate):
    """A frame, and what is written with it.

    Args:
        update: The frame.
        after: Told which parts of the screen it writes, gives what is to follow.
    """

    def __init__(self, update: CompositorUpdate, after: Callable[[list[Region]], str]) -> None:
        self._update, self._after = update, after

    def render_segments(self, console: "Console") -> str:
        """The frame and what follows as text for the terminal."""
        return self._update.render_segments(console) + self._after(list(_written(self._update)))


def _written(update: CompositorUpdate) -> Iterator[Region]:
    """The parts of the screen that a frame writes; a strip in which a change begins is written whole."""
    if isinstance(update, LayoutUpdate):
        yield update.region
    elif isinstance(update, ChopsUpdate):
        for y, left, right in update.spans:
            for end, (start, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and start < right and end > left:
                    yield Region(start, y, min(end, right) - start, 1)


def attach(
    app: App[Any],
    *,
    after: Callable[[list[Region]], str],
    heard: Callable[[Event], None],
    leaving: Callable[[], None],
) -> None:
    """Take part in the work of a running program.

    Args:
        app: The program.
        after: Called with every frame, gives what is written with it.
        heard: Called with every event.
        leaving: Called before the terminal is given back, at the end and when the program is suspended.
    """
    driver = app._driver
    assert driver is not None
    display, on_event, stop = app._display, app.on_event, driver.stop_application_mode

    def displayed(screen: "Screen[Any]", update: object) -> None:
        display(
            screen, cast("Any", Painted(update, after) if isinstance(update, CompositorUpdate) else update)
        )

    async def on_any_event(event: Event) -> None:
        heard(event)
        await on_event(event)

    def stopped() -> None:
        leaving()
        stop()

    vars(app).update(_display=displayed, on_event=on_any_event)
    vars(driver).update(stop_application_mode=stopped)


def write(app: App[Any], text: str) -> None:
    """Hand `text` to the terminal, after all that was written before."""
    if text and app._driver is not None:
        app._driver.write(text)


def cell_size(app: App[Any]) -> tuple[int, int] | None:
    """Width and height of a cell in pixels now, if the terminal says."""
    keyboard = getattr(app._driver, "fileno", None)
    return cell_of(window_size(keyboard)) if isinstance(keyboard, int) else None


def visible(widget: "Widget", area: Region) -> Cells:
    """Which cells of `area`, a part of the screen, show `widget` and nothing above it: (rows, columns)."""
    mask = np.zeros((area.height, area.width), np.bool_)
    app = widget.app
    screens = [*app._background_screens, app.screen]
    if not widget.is_attached or widget.screen not in screens:
        return mask
    placed = widget.screen._compositor.visible_widgets.get(widget)
    if placed is None:
        return mask
    fill(mask, area, placed[0].intersection(placed[1]), True)
    for screen in screens[screens.index(widget.screen) :]:
        for over, (region, clip) in screen._compositor.visible_widgets.items():
            if over in (widget, screen):
                break
            fill(mask, area, region.intersection(clip), False)
    return mask


def fill(mask: Cells, area: Region, region: Region, value: bool) -> None:
    """Set the cells of `mask`, which lies at `area`, that are in `region`."""
    left, top, width, height = region.intersection(area)
    left, top = left - area.x, top - area.y
    mask[top : top + height, left : left + width] = value
