"""A report as Markdown, with its pictures in files; equal input gives equal bytes."""

from collections.abc import Callable, Iterator, Sequence

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
from aquarium_tui.publish.charts import PAPER, as_svg
from aquarium_tui.report.markdown import escaped


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
        blocks += [text for block in chapter.blocks for text in _written(block, saved)]
    return "\n\n".join(blocks) + "\n"


def _written(block: Block, saved: Callable[[bytes, str], str]) -> Iterator[str]:
    match block:
        case Paragraph():
            yield f"**{escaped(block.text)}**" if block.lead else escaped(block.text)
        case Code():
            # No name can close the block, as names hold no line ends.
            lines = (visible(line).replace("```", "'''") for line in block.lines)
            yield "\n".join(["```text", *lines, "```"])
        case TableBlock():
            yield "\n".join(_table(block))
        case LineChart():
            yield f"![{escaped(block.title)}]({saved(as_svg(block, PAPER).encode(), 'svg')})"
        case Gallery():
            yield f"**{escaped(block.title)}**  \n{escaped(block.sentence)}"
            if block.shots:
                yield "\n".join(_pictures(block.shots, saved))


def _table(block: TableBlock) -> Iterator[str]:
    columns = len(block.rows[0]) if block.rows else len(block.head)
    yield _row([escaped(text) for text in block.head] or [""] * columns)
    yield _row([":--"] * block.words + ["--:"] * (columns - block.words))
    for row in block.rows:
        yield _row([_cell(entry) for entry in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(entry: Item) -> str:
    text = f"**{escaped(entry.text)}**" if entry.tone == "strong" else escaped(entry.text)
    delta = f" ({escaped(entry.delta)})" if entry.delta else ""
    return f"{text}{delta}{f' {escaped(entry.note)}' if entry.note else ''}"


def _pictures(shots: Sequence[Shot], saved: Callable[[bytes, str], str]) -> Iterator[str]:
    yield _row([f"![{escaped(shot.description)}]({saved(shot.picture, 'jpg')})" for shot in shots])
    yield _row([":-:"] * len(shots))
    yield _row(["<br>".join(map(escaped, shot.caption)) for shot in shots])
