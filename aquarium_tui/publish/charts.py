"""Charts as SVG: sharp on screens and on paper, and no more than text."""

from collections.abc import Mapping
from html import escape
from types import MappingProxyType

import numpy as np

from aquarium_tui.model.names import visible
from aquarium_tui.publish.chapters import ChartLine, LineChart

_WIDTH, _HEIGHT = 544, 300
"""Pixels of a chart: as wide as `svg` in the style sheet lets it be, 34rem of 16 pixels."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 30, 40
"""Pixels around the lines, for the numbers of the axes, the title and the legend."""

THEME: Mapping[str, str] = MappingProxyType(
    {"ink": "var(--ink)", "dim": "var(--dim)", "line": "var(--line)", "mark": "var(--accent)"}
)
"""Colours of the page that a chart is in."""
PAPER: Mapping[str, str] = MappingProxyType(
    {"ink": "#1b1f24", "dim": "#59636e", "line": "#d6dbe1", "mark": "#0b5cad"}
)
"""Colours of a chart that stands alone, on white."""


def as_svg(chart: LineChart, inks: Mapping[str, str] = THEME) -> str:
    """The chart as an SVG element."""
    ground = f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>' if inks is PAPER else ""
    title = visible(chart.title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-size="12" font-family="system-ui, sans-serif">{ground}'
    ]
    parts.append(_words(_LEFT, 16, title, inks["ink"], bold=True))
    for step in range(6):
        at = step / 5
        text = f"{at:.1f}"
        parts.append(_rule(_x(0), _y(at), _x(1), _y(at), inks["line"]))
        parts.append(_words(_LEFT - 6, _y(at) + 4, text, inks["dim"], "end"))
        parts.append(_words(_x(at), _HEIGHT - _BOTTOM + 16, text, inks["dim"], "middle"))
    parts.append(_words(_x(1), _HEIGHT - 6, visible(chart.across), inks["dim"], "end"))
    for number, line in enumerate(chart.lines):
        parts += _line(chart, line, number, inks)
    return "".join([*parts, "</svg>"])


def _line(chart: LineChart, line: ChartLine, number: int, inks: Mapping[str, str]) -> list[str]:
    """A line, its mark, and its entry in the legend."""
    ink, dashes = inks["dim" if line.dashed else "mark"], ' stroke-dasharray="6 4"' if line.dashed else ""
    known = ~np.isnan(line.y)
    points = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in zip(line.x[known], line.y[known], strict=True))
    style = f'fill="none" stroke="{ink}" stroke-width="2"{dashes}'
    left, low = _LEFT + 150 * number, _HEIGHT - 10
    found = [
        f'<polyline points="{points}" {style}/>',
        f'<path d="M{left} {low}h24" {style}/>',
        _words(left + 30, low + 4, visible(line.name), inks["ink"]),
    ]
    at = chart.marks.get(line.name)
    if at is not None and known.any():
        y = float(np.interp(at, line.x[known], line.y[known]))
        found.append(f'<circle cx="{_x(at):.1f}" cy="{_y(y):.1f}" r="4.5" fill="{ink}"/>')
    return found


def _x(value: float) -> float:
    return _LEFT + value * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _HEIGHT - _BOTTOM - value * (_HEIGHT - _TOP - _BOTTOM)


def _rule(x1: float, y1: float, x2: float, y2: float, ink: str) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{ink}"/>'


def _words(x: float, y: float, text: str, ink: str, anchor: str = "start", *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'
