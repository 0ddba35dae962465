"""The sentence that says what happened in one cell."""

from rich.text import Text
from textual.widget import Widget

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.model.numbers import grouped, signed
from aquarium_tui.tui.inks import Inks, Span
from aquarium_tui.tui.pictures import brief


class CellLine(Widget):
    """`cyclist → pedestrian   61 → 23   −38 = +4 new − 39 fixed − 3 moved`."""

    DEFAULT_CSS = "CellLine { height: 1; background: $background; }"

    spans: tuple[Span, ...] = ()

    def show(self, comparison: Comparison, label: int, inferred: int, further: tuple[Span, ...] = ()) -> None:
        """Show another cell; `further` stands at the end."""
        self.spans = (*cell_spans(comparison, label, inferred), *further)
        self.refresh()

    def render(self) -> Text:
        """One line."""
        inks = Inks(self)
        parts = [(text, inks.style(ink)) for text, ink in self.spans]
        return Text.assemble(*parts, no_wrap=True, overflow="ellipsis", end="")


def cell_title(comparison: Comparison, label: int, inferred: int) -> str:
    """A cell in words: `cyclist → pedestrian`, `cyclist missed`, `spurious car`, `car correct`."""
    last = len(comparison.classes) - 1
    names = [brief(name, 22) for name in comparison.classes]
    if inferred == last:
        return f"{names[label]} missed"
    if label == last:
        return f"spurious {names[inferred]}"
    return f"{names[label]} correct" if label == inferred else f"{names[label]} → {names[inferred]}"


def cell_spans(comparison: Comparison, label: int, inferred: int) -> list[Span]:
    """The sentence of a cell, with the sum that always holds."""
    title: Span = (f" {cell_title(comparison, label, inferred)}   ", "strong")
    base = int(comparison.confusion("base")[label, inferred])
    if comparison.other is None:
        return [title, (grouped(base), "")]
    counts = comparison.cells
    other = int(counts.other[label, inferred])
    new, fixed, moved = (int(c[label, inferred]) for c in (counts.introduced, counts.fixed, counts.moved))
    worse = (base - other) if label == inferred else (other - base)
    ink = "bad" if worse > 0 else "good" if worse < 0 else ""
    words = ("gained", "lost") if label == inferred else ("new", "fixed")
    tail = "" if label == inferred else f" − {grouped(moved)} moved"
    return [
        title,
        (f"{grouped(base)} → {grouped(other)}   ", ""),
        (signed(other - base), ink),
        (f"  =  +{grouped(new)} {words[0]} − {grouped(fixed)} {words[1]}{tail}", "dim"),
    ]
