"""Half cells as Textual's own strips, for tests and screenshots, where nothing is written to a terminal."""

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from aquarium_tui.tui.graphics.geometry import Size
from aquarium_tui.tui.graphics.half import UPPER_HALF, HalfPlate


def half_strip(plate: HalfPlate, room: Size, y: int, style: Style) -> Strip:
    """Row `y` of `room` (columns, rows) with the plate in its middle, and `style` around it."""
    columns, rows = plate.grid.cells
    left, top = (room[0] - columns) // 2, (room[1] - rows) // 2
    if not top <= y < top + rows:
        return Strip.blank(room[0], style)
    cells = [
        Segment(UPPER_HALF, Style.from_color(Color.from_rgb(*upper), Color.from_rgb(*lower)))
        for upper, lower in plate.colours[y - top].tolist()
    ]
    right = room[0] - columns - left
    return Strip(
        [Segment(" " * left, style), *cells, Segment(" " * right, style)], left + columns + right
    ).crop(0, room[0])
