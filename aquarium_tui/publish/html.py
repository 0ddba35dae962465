"""A report as one HTML page: it needs no network, no script and no other file."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape

from aquarium_tui.model.names import visible
from aquarium_tui.publish.chapters import (
    Block,
    Chapter,
    Code,
    Gallery,
    Item,
    LineChart,
    Paragraph,
    Shot,
    TableBlock,
)
from aquarium_tui.publish.charts import as_svg

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
