"""Charts of lines: as a sharp picture, and as characters whose dots are eighths of a cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from aquarium_tui.model.picture import Color, Region, Size
from aquarium_tui.render.captions import font_for

Points = NDArray[np.float64]
_Places = NDArray[np.intp]

_FINER = 2
"""A picture is drawn this many times larger and reduced, as Pillow draws lines without smoothing them."""
_BRAILLE = 0x2800
"""The first of Unicode's Braille patterns, the one without dots."""
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of Unicode's Braille patterns by row and column of the dot."""


@dataclass(frozen=True)
class MarkedPoint:
    """A point that is marked: its place, its sign and its colour `#rrggbb`."""

    x: float
    y: float
    sign: str
    color: str


@dataclass(frozen=True, eq=False)
class CurveLine:
    """One line of a chart; where `y` is NaN, it is interrupted.

    Attributes:
        x: `(k,)` rising.
        y: `(k,)`.
        color: `#rrggbb`.
        low: `(k,)` lower edge of the band around it; None without one.
        high: `(k,)` upper edge.
        dotted: Whether it only guides the eye.
    """

    x: Points
    y: Points
    color: str
    low: Points | None = None
    high: Points | None = None
    dotted: bool = False


@dataclass(frozen=True, eq=False)
class Chart:
    """Lines over one axis.

    Attributes:
        lines: The lines, those that matter most last.
        marks: Points on them.
        span: Lowest and highest value of x, then of y.
        cursor: The x that is read; None without a cursor.
        cursor_color: `#rrggbb`.
        axis_color: Of axes and their numbers.
        ground: The background, `#rrggbb`.
        title: What it shows.
    """

    lines: Sequence[CurveLine]
    marks: Sequence[MarkedPoint]
    span: tuple[tuple[float, float], tuple[float, float]]
    cursor: float | None
    cursor_color: str
    axis_color: str
    ground: str
    title: str

    @property
    def ticks(self) -> Iterator[tuple[float, str]]:
        """Values of y that are named, from the lowest to the highest."""
        low, high = self.span[1]
        for share in (0.0, 0.5, 1.0):
            value = low + share * (high - low)
            words = f"{value:.0f}" if high >= 10 else f"{value:.2f}".replace("0.", ".")
            yield value, words.replace("-", "−")

    def place(self, x: Points, y: Points, size: Size) -> tuple[Points, Points]:
        """Where points are in a picture of that size; row 0 is at the top."""
        (left, right), (low, high) = self.span
        across = (x - left) / (right - left) * (size[0] - 1)
        down = (high - y) / (high - low) * (size[1] - 1)
        return across, down


@dataclass(frozen=True, eq=False)
class ChartDrawing:
    """A chart as a picture: see `drawing.drawing.Drawing`.

    Attributes:
        chart: What is drawn.
        size: Of the picture in pixels.
        letters: Height of its letters in pixels.
    """

    chart: Chart
    size: Size
    letters: int

    @property
    def key(self) -> "ChartDrawing":
        """Each drawing is alike only itself."""
        return self

    @cached_property
    def colors(self) -> tuple[Color, ...]:
        """Those of the lines."""
        return tuple(_rgb(line.color) for line in self.chart.lines if not line.dotted)

    @property
    def description(self) -> str:
        """What it shows."""
        return self.chart.title

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """All of the chart at that size: a chart has no parts to look closer at."""
        del region
        width, height = pixels[0] * _FINER, pixels[1] * _FINER
        letters = round(self.letters * pixels[1] / self.size[1] * _FINER)
        image = Image.new("RGB", (width, height), self.chart.ground)
        pen = ImageDraw.Draw(image, "RGBA")
        left, bottom = round(letters * 2.6), round(letters * 1.4)
        room = (width - left - letters, height - bottom - letters)
        if min(room) > 2:
            self._axes(pen, (left, letters // 2), room, letters)
            for line in self.chart.lines:
                self._line(pen, line, (left, letters // 2), room)
            self._marks(pen, (left, letters // 2), room, letters)
        return image.reduce(_FINER)

    def _axes(self, pen: ImageDraw.ImageDraw, corner: Size, room: Size, letters: int) -> None:
        chart, font = self.chart, font_for("0", letters)
        (left, right), (low, _) = chart.span
        faint = (*_rgb(chart.axis_color), 90)
        for value, words in chart.ticks:
            _, down = chart.place(np.array([left]), np.array([value]), room)
            y = corner[1] + float(down[0])
            pen.line([(corner[0], y), (corner[0] + room[0], y)], fill=faint, width=_FINER)
            ascii_ = words.replace("−", "-")
            pen.text((corner[0] - letters // 3, y), ascii_, fill=chart.axis_color, font=font, anchor="rm")
        for share in (0.0, 0.5, 1.0):
            x, value = corner[0] + share * (room[0] - 1), left + share * (right - left)
            place = (x, corner[1] + room[1] + letters // 3)
            pen.text(place, f"{value:g}", chart.axis_color, font, anchor="mt")
        if chart.cursor is not None:
            across, _ = chart.place(np.array([chart.cursor]), np.array([low]), room)
            x = corner[0] + float(across[0])
            pen.line([(x, corner[1]), (x, corner[1] + room[1])], fill=chart.cursor_color, width=_FINER)

    def _line(self, pen: ImageDraw.ImageDraw, line: CurveLine, corner: Size, room: Size) -> None:
        if line.low is not None and line.high is not None:
            for part in _runs(line.low):
                across, top = self.chart.place(line.x[part], line.high[part], room)
                _, under = self.chart.place(line.x[part], line.low[part], room)
                edge = [*zip(across, top, strict=True), *zip(across[::-1], under[::-1], strict=True)]
                if len(across) > 1:
                    places = [(float(x) + corner[0], float(y) + corner[1]) for x, y in edge]
                    pen.polygon(places, fill=(*_rgb(line.color), 60))
        for part in _runs(line.y):
            across, down = self.chart.place(line.x[part], line.y[part], room)
            places = [(float(x) + corner[0], float(y) + corner[1]) for x, y in zip(across, down, strict=True)]
            if len(places) > 1:
                faint = (*_rgb(line.color), 120) if line.dotted else (*_rgb(line.color), 255)
                pen.line(places, fill=faint, width=_FINER * (1 if line.dotted else 2), joint="curve")

    def _marks(self, pen: ImageDraw.ImageDraw, corner: Size, room: Size, letters: int) -> None:
        for mark in self.chart.marks:
            across, down = self.chart.place(np.array([mark.x]), np.array([mark.y]), room)
            x, y, r = corner[0] + float(across[0]), corner[1] + float(down[0]), letters * 0.35
            if mark.sign == "●":
                pen.ellipse([x - r, y - r, x + r, y + r], fill=mark.color, outline=self.chart.ground, width=2)
            else:
                pen.polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)], fill=mark.color)


def _rgb(color: str) -> Color:
    red, green, blue = ImageColor.getrgb(color)[:3]
    return red, green, blue


def _runs(values: Points) -> Iterator[slice]:
    """The stretches without NaN."""
    known = np.concatenate([[False], ~np.isnan(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield slice(int(start), int(stop))


def chart_cells(chart: Chart, columns: int, rows: int) -> list[list[tuple[str, str]]]:
    """A chart as rows of (character, colour); lines are dots of Braille patterns, two by four a cell.

    Args:
        chart: What is drawn.
        columns: Cells across, of the lines alone.
        rows: Cells down.
    """
    dots = np.zeros((rows * 4, columns * 2), bool)
    ink = np.full((rows, columns), "", dtype=object)
    size = (columns * 2, rows * 4)
    for line in chart.lines:
        for x, y in _dots_of(chart, line, size):
            dots[y, x] = True
            ink[y // 4, x // 2] = line.color
    bits = np.einsum("ryxc,yc->rx", dots.reshape(rows, 4, columns, 2).astype(np.int64), np.array(_DOTS))
    signs = np.array([chr(_BRAILLE + n) if n else " " for n in bits.ravel().tolist()], dtype=object)
    signs = signs.reshape(rows, columns)
    if chart.cursor is not None:
        column, _ = _cell_at(chart, chart.cursor, chart.span[1][0], size)
        signs[signs[:, column] == " ", column], ink[:, column] = "│", chart.cursor_color
    for mark in chart.marks:
        column, row = _cell_at(chart, mark.x, mark.y, size)
        signs[row, column], ink[row, column] = mark.sign, mark.color
    return [[*zip(s.tolist(), i.tolist(), strict=True)] for s, i in zip(signs, ink, strict=True)]


def _cell_at(chart: Chart, x: float, y: float, size: Size) -> tuple[int, int]:
    """Column and row of the cell that holds a point, or of the nearest one."""
    places = zip(chart.place(np.array([x]), np.array([y]), size), size, strict=True)
    column, row = (round(min(max(float(at[0]), 0), most - 1)) for at, most in places)
    return column // 2, row // 4


def _dots_of(chart: Chart, line: CurveLine, size: Size) -> Iterator[tuple[_Places, _Places]]:
    """Columns and rows of the dots of a line, and of the edges of its band, which are sparser."""
    edges = [(line.y, 4 if line.dotted else 1)]
    edges += [(edge, 3) for edge in (line.low, line.high) if edge is not None]
    for values, every in edges:
        for part in _runs(values):
            across, down = chart.place(line.x[part], values[part], size)
            steps = max(2, 4 * max(size))
            at = np.linspace(0, len(across) - 1, steps)
            order = np.arange(len(across))
            x, y = (np.interp(at, order, one).round().astype(np.intp) for one in (across, down))
            inside = (x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1]) & (x % every == 0)
            yield x[inside], y[inside]
