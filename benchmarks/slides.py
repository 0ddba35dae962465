"""A program that shows photos: `python -m benchmarks.slides FOLDER [kitty|sixel]`.

The keys are n next, p previous, l the third box on and off, k a counter, q the end. With a second argument,
textual-image's widget of that kind shows them in place of ours.
"""

import sys
from collections.abc import Callable

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from aquarium_tui.drawing.drawing import FrameDrawing
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.picture import whole
from aquarium_tui.render.mark import Mark, MarkOwner
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.graphics.probe import probe
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.textual_private import TerminalApp
from benchmarks.photos import SCENES, SIZES

_BOXES = ((100, 80, 400, 300), (500, 200, 800, 600), (900, 60, 1200, 380), (200, 420, 620, 690))
_COLORS = ((255, 60, 60), (60, 255, 60), (80, 120, 255), (255, 220, 0))
_KINDS: tuple[MarkOwner, ...] = ("base", "other", "base", "other")


def slide(folder: str, number: int, boxes: int, cache: PhotoCache) -> FrameDrawing:
    """A photo with boxes; no two of them are alike, for the boxes move from photo to photo."""
    moved = ((left + number // SCENES, top, right, bottom) for left, top, right, bottom in _BOXES)
    marks = tuple(map(Mark, moved, _KINDS, _COLORS))[:boxes]
    return FrameDrawing(f"{folder}/{number % SCENES}.jpg", SIZES[0], marks, f"photo {number}", cache)


class Slides(TerminalApp):
    """One photo above one line of text."""

    CSS = "Static { height: 1; } #photo { height: 1fr; width: auto; }"
    BINDINGS = [("n", "go(1)"), ("p", "go(-1)"), ("l", "layer"), ("k", "count"), ("q", "quit")]  # noqa: RUF012

    def __init__(
        self,
        folder: str,
        widget: Widget,
        show: Callable[[FrameDrawing], object],
        terminal: Terminal | None = None,
    ) -> None:
        super().__init__(terminal)
        self._folder, self._widget, self._show = folder, widget, show
        self._cache = PhotoCache()
        self._number = self._count = 0
        self._boxes = len(_BOXES)

    def compose(self) -> ComposeResult:
        yield self._widget
        yield Static("ready", id="line")

    def on_mount(self) -> None:
        self.action_go(0)

    def action_go(self, step: int) -> None:
        self._number += step
        self._show(slide(self._folder, self._number, self._boxes, self._cache))

    def action_layer(self) -> None:
        self._boxes = 2 * len(_BOXES) - 1 - self._boxes
        self.action_go(0)

    def action_count(self) -> None:
        self._count += 1
        self.query_one("#line", Static).update(f"count {self._count}")


def main(folder: str, stock: str = "") -> None:
    """Run the program."""
    if not stock:
        terminal = probe()
        picture = Picture()
        app = Slides(folder, picture, picture.show, terminal)
    else:
        from textual_image.widget import SixelImage, TGPImage

        image = {"kitty": TGPImage, "sixel": SixelImage}[stock](id="photo")

        def show(drawing: FrameDrawing) -> None:
            image.image = drawing.draw(whole(drawing.size), drawing.size)

        app = Slides(folder, image, show)
    app.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
