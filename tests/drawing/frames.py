"""A frame with two marks, for the tests of drawings."""

from aquarium_tui.drawing.drawing import FrameDrawing
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.picture import Size
from aquarium_tui.render.mark import Mark

BLUE = (60, 160, 255)
MARKS = (Mark((40.0, 20.0, 120.0, 80.0), "label", BLUE, "car"), Mark((42.0, 22.0, 118.0, 79.0), "base", BLUE))


def frame(path: str, size: Size = (200, 100), marks: tuple[Mark, ...] = MARKS) -> FrameDrawing:
    return FrameDrawing(path, size, marks, "a frame", PhotoCache())
