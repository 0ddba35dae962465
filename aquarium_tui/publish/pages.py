"""A report as one HTML page or as Markdown, with charts as SVG and pictures in it or beside it."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

import numpy as np

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.publish.chapters import (
    Block,
    Chapter,
    ChartLine,
    Code,
    Gallery,
    Item,
    LineChart,
    Paragraph,
    Shot,
    TableBlock,
)
from aquarium_tui.report.text import escaped
from aquarium_tui.store.atomic import new_file, sweep

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


_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="aquarium-tui">
<meta http-equiv="Content-Security-Policy"
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
"""
"""The policy keeps the page from asking for anything, whatever a name in it holds."""

_STYLE = """\
:root { --ground: #fff; --ink: #1b1f24; --dim: #59636e; --line: #d6dbe1; --panel: #f5f7f9;
        --good: #116329; --bad: #b3261e; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14181d; --ink: #e4e8ec; --dim: #98a3ae; --line: #323a43; --panel: #1c2229;
          --good: #5dc878; --bad: #ff8f85; --accent: #79b8ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
       font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.75rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.lead { font-size: 1.1rem; font-weight: 600; padding: .8rem 1rem; margin: 0 0 1rem; max-width: none;
        background: var(--panel); border-left: .3rem solid var(--line); border-radius: .25rem; }
.lead.good { border-color: var(--good); } .lead.bad { border-color: var(--bad); }
.good { color: var(--good); } .bad { color: var(--bad); } .dim { color: var(--dim); }
.strong { font-weight: 600; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left;
         vertical-align: top; }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; padding-left: .75rem; }
.total td { background: var(--panel); }
.note { display: block; color: var(--dim); font-size: .8rem; }
.plain td:first-child { white-space: nowrap; }
.shots { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .75rem;
         margin: .6rem 0; }
.cell, figure { break-inside: avoid; }
svg { width: 100%; max-width: 34rem; height: auto; font: 12px system-ui, sans-serif; }
figure { margin: 0; }
figure img { width: 100%; height: auto; display: block; border-radius: .25rem; background: var(--panel); }
figcaption { font-size: .8rem; line-height: 1.35; color: var(--dim); margin-top: .25rem;
             overflow-wrap: anywhere; }
pre { background: var(--panel); padding: .75rem 1rem; overflow-x: auto; border-radius: .25rem;
      margin: .6rem 0; font: .85rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
@media (max-width: 40rem) { main { padding: 1.25rem .9rem 3rem; } .lead { font-size: 1rem; } }
@media print {
  :root { --ground: #fff; --ink: #000; --dim: #444; --line: #bbb; --panel: #f2f2f2;
          --good: #0b4d1f; --bad: #8c1d16; }
  @page { margin: 15mm; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; }
  .wide { overflow: visible; } table { font-size: 8.5pt; width: 100%; } tr { break-inside: avoid; }
  pre { white-space: pre-wrap; } h2, h3 { break-after: avoid; }
  .shots { grid-template-columns: repeat(6, 1fr); }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
"""Light or dark follows the reader's system; paper is always light. Text has a contrast of 4.5 or more."""


def as_html(title: str, chapters: Sequence[Chapter]) -> str:
    """The report as one page; equal input gives equal bytes.

    Args:
        title: What it is about.
        chapters: What it says.
    """
    parts = [_HEAD, f"<title>{_text(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>\n"]
    parts.append(f"<h1>{_text(title)}</h1>\n")
    for chapter in chapters:
        parts.append("<section>\n")
        parts += [f"<h2>{_text(chapter.title)}</h2>\n"] if chapter.title else []
        parts += [text for block in chapter.blocks for text in _written(block)]
        parts.append("</section>\n")
    return "".join([*parts, "</main>\n</body>\n</html>\n"])


_FRAGMENT_STYLE = """\
.aquarium-tui { --good: #15803d; --bad: #d32f2f; }
[data-jp-theme-light="false"] .aquarium-tui, .vscode-dark .aquarium-tui, .theme-dark .aquarium-tui,
[data-theme="dark"] .aquarium-tui, [theme="dark"] .aquarium-tui, .dark .aquarium-tui
  { --good: #5dc878; --bad: #ff8f85; }
.aquarium-tui { color: inherit; line-height: 1.45; }
.aquarium-tui p { margin: .4rem 0; }
.aquarium-tui .lead, .aquarium-tui .strong { font-weight: 600; }
.aquarium-tui .wide { overflow-x: auto; }
.aquarium-tui table { border-collapse: collapse; font-variant-numeric: tabular-nums; color: inherit; }
.aquarium-tui tr, .aquarium-tui tr:hover { background: none; }
.aquarium-tui th, .aquarium-tui td { padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top;
  border: 0; border-bottom: 1px solid rgba(128, 128, 128, .35); }
.aquarium-tui .number { text-align: right; white-space: nowrap; padding-left: .75rem; }
.aquarium-tui .total td { background: rgba(128, 128, 128, .12); }
.aquarium-tui .good { color: var(--good); } .aquarium-tui .bad { color: var(--bad); }
.aquarium-tui .dim, .aquarium-tui .note { opacity: .75; }
.aquarium-tui .note { display: block; font-size: .85em; }
"""
"""Ink and ground are those of the notebook, which may be dark where the system is light; hence no
`prefers-color-scheme`. JupyterLab, VS Code, Colab, Sphinx and Marimo say that they are dark; elsewhere the
first green and red have a contrast of 5 on white and 3.3 on dark grey."""


def as_fragment(blocks: Sequence[Block]) -> str:
    """The blocks as HTML to stand inside another page, such as a notebook, in its colours."""
    written = "".join(text for block in blocks for text in _written(block))
    return f'<div class="aquarium-tui">\n<style>\n{_FRAGMENT_STYLE}</style>\n{written}</div>\n'


def _text(text: str) -> str:
    """A text that a browser shows as it is."""
    return escape(visible(text))


def _class(*names: str) -> str:
    given = " ".join(filter(None, names))
    return f' class="{given}"' if given else ""


def _written(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield f"<p{_class('lead' if block.lead else '', block.tone)}>{_text(block.text)}</p>\n"
        case Code():
            lines = "\n".join(map(_text, block.lines))
            yield f"<pre>{lines}</pre>\n"
        case TableBlock():
            yield from _table(block)
        case LineChart():
            yield f"<figure>{as_svg(block)}</figure>\n"
        case Gallery():
            shots = (
                f'<div class="shots">\n{"".join(map(_figure, block.shots))}</div>\n' if block.shots else ""
            )
            words = f"<h3>{_text(block.title)}</h3>\n<p>{_text(block.sentence)}</p>\n"
            yield f'<div class="cell">{words}{shots}</div>\n'


def _table(block: TableBlock) -> Iterator[str]:
    yield f'<div class="wide" tabindex="0"><table{_class("" if block.head else "plain")}>\n'
    if block.head:
        heads = "".join(
            f'<th scope="col"{_class(_number(block, at))}>{_text(text)}</th>'
            for at, text in enumerate(block.head)
        )
        yield f"<thead><tr>{heads}</tr></thead>\n"
    yield "<tbody>\n"
    first_total = len(block.rows) - block.totals
    for at, row in enumerate(block.rows):
        cells = "".join(_cell(entry, _number(block, column)) for column, entry in enumerate(row))
        yield f"<tr{_class('total' if at >= first_total else '')}>{cells}</tr>\n"
    yield "</tbody></table></div>\n"


def _number(block: TableBlock, column: int) -> str:
    return "number" if column >= block.words else ""


def _cell(entry: Item, aligned: str) -> str:
    delta = f" <span{_class(entry.tone)}>{_text(entry.delta)}</span>" if entry.delta else ""
    note = f'<span class="note">{_text(entry.note)}</span>' if entry.note else ""
    tone = "" if entry.delta else entry.tone
    return f"<td{_class(aligned, tone)}>{_text(entry.text)}{delta}{note}</td>"


def _figure(shot: Shot) -> str:
    width, height = shot.size
    data = b64encode(shot.picture).decode()
    caption = "<br>".join(map(_text, shot.caption))
    return (
        f'<figure><img src="data:image/jpeg;base64,{data}" width="{width}" height="{height}" '
        f'alt="{_text(shot.description)}"><figcaption>{caption}</figcaption></figure>\n'
    )


def as_markdown(title: str, chapters: Sequence[Chapter], saved: Callable[[bytes, str], str]) -> str:
    """The report as Markdown.

    Args:
        title: What it is about.
        chapters: What it says.
        saved: Keeps a picture, given with the ending of its name, and answers with its path in the text.
    """
    blocks = [f"# {escaped(title)}"]
    for chapter in chapters:
        blocks += [f"## {escaped(chapter.title)}"] if chapter.title else []
        blocks += [text for block in chapter.blocks for text in _markdown_written(block, saved)]
    return "\n\n".join(blocks) + "\n"


def _markdown_written(block: Block, saved: Callable[[bytes, str], str]) -> Iterator[str]:
    match block:
        case Paragraph():
            yield f"**{escaped(block.text)}**" if block.lead else escaped(block.text)
        case Code():
            # No name can close the block, as names hold no line ends.
            lines = (visible(line).replace("```", "'''") for line in block.lines)
            yield "\n".join(["```text", *lines, "```"])
        case TableBlock():
            yield "\n".join(_markdown_table(block))
        case LineChart():
            yield f"![{escaped(block.title)}]({saved(as_svg(block, PAPER).encode(), 'svg')})"
        case Gallery():
            yield f"**{escaped(block.title)}**  \n{escaped(block.sentence)}"
            if block.shots:
                yield "\n".join(_pictures(block.shots, saved))


def _markdown_table(block: TableBlock) -> Iterator[str]:
    columns = len(block.rows[0]) if block.rows else len(block.head)
    yield _row([escaped(text) for text in block.head] or [""] * columns)
    yield _row([":--"] * block.words + ["--:"] * (columns - block.words))
    for row in block.rows:
        yield _row([_markdown_cell(entry) for entry in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown_cell(entry: Item) -> str:
    text = f"**{escaped(entry.text)}**" if entry.tone == "strong" else escaped(entry.text)
    delta = f" ({escaped(entry.delta)})" if entry.delta else ""
    return f"{text}{delta}{f' {escaped(entry.note)}' if entry.note else ''}"


def _pictures(shots: Sequence[Shot], saved: Callable[[bytes, str], str]) -> Iterator[str]:
    yield _row([f"![{escaped(shot.description)}]({saved(shot.picture, 'jpg')})" for shot in shots])
    yield _row([":-:"] * len(shots))
    yield _row(["<br>".join(map(escaped, shot.caption)) for shot in shots])


ReportFormat = Literal["html", "md"]


def write_report(title: str, chapters: Sequence[Chapter], format_: ReportFormat, out: Path) -> list[Path]:
    """Write a report; Markdown has its pictures in the folder `NAME_pictures` beside it.

    Returns:
        What was written, the report first.

    Raises:
        UsageError: Something cannot be written.
    """
    if format_ == "html":
        return [write_text(out, as_html(title, chapters))]
    folder = pictures_of(out)
    pictures: dict[str, bytes] = {}

    def saved(picture: bytes, ending: str) -> str:
        name = f"{len(pictures) + 1:02}.{ending}"
        pictures[name] = picture
        return f"{quote(os.fsencode(folder.name))}/{name}"

    text = as_markdown(title, chapters, saved)
    try:
        if pictures:
            folder.mkdir(parents=True, exist_ok=True)
        for old in (*folder.glob("[0-9][0-9].jpg"), *folder.glob("[0-9][0-9].svg")):
            old.unlink()
        for name, picture in pictures.items():
            (folder / name).write_bytes(picture)
    except OSError as error:
        raise UsageError(f"{visible(str(folder))} cannot be written: {error.strerror or error}.") from error
    return [write_text(out, text), *([folder] if pictures else [])]


def pictures_of(out: Path) -> Path:
    """The folder for the pictures of a report in Markdown."""
    return out.with_name(f"{out.stem}_pictures")


def write_text(out: Path, text: str) -> Path:
    """Write a text to a file, whole or not at all, in place of what is there.

    Raises:
        UsageError: It cannot be written.
    """
    with suppress(OSError):
        sweep(out.parent)
    try:
        with new_file(out) as temporary:
            temporary.write_text(text, "utf-8", newline="")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{visible(str(out))} cannot be written: {why}.") from error
    return out
