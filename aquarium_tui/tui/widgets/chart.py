"""A chart: a picture where the terminal can show one sharply, characters elsewhere."""

from typing import cast

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from aquarium_tui.render.chart import Chart, ChartDrawing, chart_cells
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.textual_private import TerminalApp

_SHARP = ("kitty", "sixel", "iterm")
"""Ways of showing pictures that have as many pixels as the screen; half cells have two a character."""
_AXIS = 6
"""Cells on the left that hold the numbers of the axis."""


class ChartCells(Widget):
    """A chart in characters."""

    DEFAULT_CSS = "ChartCells { width: 1fr; height: 1fr; }"

    chart: Chart | None = None

    def show(self, chart: Chart) -> None:
        """Show another chart."""
        self.chart = chart
        self.refresh()

    def render(self) -> Text:
        """Rows of dots, the numbers of the axes beside and below them."""
        inks, (width, height) = Inks(self), self.size
        columns, rows = width - _AXIS - 1, height - 1
        if self.chart is None or columns < 4 or rows < 2:
            return Text("")
        ticks = {rows - 1 - round(i * (rows - 1) / 2): words for i, (_, words) in enumerate(self.chart.ticks)}
        text = Text(no_wrap=True, end="")
        for row, cells in enumerate(chart_cells(self.chart, columns, rows)):
            text.append(f"{ticks.get(row, ''):>{_AXIS - 1}} ", inks.style("dim"))
            for sign, color in cells:
                text.append(sign, inks.style(color) if color else inks.style(""))
            text.append("\n")
        (left, right), middle = self.chart.span[0], sum(self.chart.span[0]) / 2
        names = [f"{value:g}" for value in (left, middle, right)]
        half = columns // 2 - len(names[0]) - len(names[1]) // 2
        rest = columns - len(names[0]) - half - len(names[1]) - len(names[2])
        line = f"{'':{_AXIS}}{names[0]}{'':{max(half, 1)}}{names[1]}{'':{max(rest, 1)}}{names[2]}"
        text.append(line, inks.style("dim"))
        return text


class ChartView(Container):
    """Shows one chart."""

    DEFAULT_CSS = "ChartView { width: 1fr; height: 1fr; }"

    chart: Chart | None = None

    def compose(self) -> ComposeResult:
        """The one that the terminal shows best."""
        app = cast("TerminalApp", self.app)
        if app.terminal.graphics in _SHARP and not app.is_headless:
            yield Picture(still=True)
        else:
            yield ChartCells()

    def show(self, chart: Chart) -> None:
        """Show another chart."""
        self.chart = chart
        for cells in self.query(ChartCells):
            cells.show(chart)
        for picture in self.query(Picture):
            size, (width, height) = picture.size, picture.cell
            if size.area:
                pixels = (size.width * width, size.height * height)
                picture.show(ChartDrawing(chart, pixels, round(height * 0.75)))

    def on_resize(self) -> None:
        """A picture is drawn for its place."""
        if self.chart is not None:
            self.call_after_refresh(self.show, self.chart)
