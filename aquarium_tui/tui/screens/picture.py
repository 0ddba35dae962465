"""What the screens of one frame have in common: a picture to look around in, and a list of frames to walk."""

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.kinds.columns import Span, written
from aquarium_tui.kinds.seen import Seen
from aquarium_tui.model.names import visible
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.line import Line

MOST_DETAILS = 80
"""Characters of a frame's metadata that the line above the picture shows."""


class PictureScreen(ViewScreen):
    """A frame out of a list of frames.

    Args:
        frame: The frame, by its place in the dataset.
    """

    MAIN_PICTURE = "Picture"
    """A selector of the picture that the keys move."""

    def __init__(self, frame: int) -> None:
        super().__init__()
        self.frame = frame

    def frames(self) -> NDArray[np.int64]:
        """The frames of the list, `(k,)`, in its order."""
        return np.array([self.frame])

    def open_frame(self, frame: int) -> None:
        """Show another frame of the list."""

    @property
    def picture(self) -> Picture:
        """The picture that the keys move."""
        return self.query_one(self.MAIN_PICTURE, Picture)

    @property
    def aspect(self) -> tuple[int, int]:
        """Width and height of the picture's place in pixels."""
        size, (width, height) = self.picture.size, self.picture.cell
        return max(1, size.width * width), max(1, size.height * height)

    def neighbours(self) -> list[int]:
        """The frames after and before this one in the list, as far as there are any."""
        frames = self.frames()
        found = np.flatnonzero(frames == self.frame)
        at = int(found[0]) if len(found) else 0
        return [int(frames[i]) for i in (at + 1, at - 1) if len(found) and 0 <= i < len(frames)]

    def say_frame(self, view: Seen[Comparison], place: str) -> None:
        """Name the frame above the picture, with its metadata and its place in what is walked through."""
        frames = view.comparison.dataset.frames
        details = [written(column[self.frame]) for column in frames.metadata.values()]
        name: list[Span] = [(f" {visible(frames.id[self.frame] or '')}  ", "strong")]
        name.append(("  ".join(detail for detail in details if detail)[:MOST_DETAILS], "dim"))
        self.query_one("#walk-line", Line).show(name, [(f"{place} ", "accent")])

    def step_frame(self, by: int) -> bool:
        """Show the next or previous frame of the list; False where there is none."""
        frames = self.frames()
        found = np.flatnonzero(frames == self.frame)
        place = (int(found[0]) if len(found) else -1) + by
        if not 0 <= place < len(frames):
            self.notify("That was the last frame." if by > 0 else "That was the first frame.")
            return False
        self.open_frame(int(frames[place]))
        return True

    def action_frame(self, by: int) -> None:
        """Go to the next or previous frame of the list."""
        self.step_frame(by)

    def action_zoom(self, factor: float) -> None:
        """Zoom in or out."""
        self.picture.zoom(factor)

    def action_pan(self, dx: float, dy: float) -> None:
        """Look at another part."""
        self.picture.pan(dx, dy)

    def action_full(self) -> None:
        """Show only the picture, or everything."""
        self.toggle_class("-full")


def ordinal(n: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
