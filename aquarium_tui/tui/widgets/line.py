"""One line of text in several inks, with a part on the left and one on the right."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from aquarium_tui.kinds.columns import Span
from aquarium_tui.tui.inks import Inks


class Line(Widget):
    """What does not fit is cut on the left part's end."""

    DEFAULT_CSS = "Line { height: 1; }"

    left: Sequence[Span] = ()
    right: Sequence[Span] = ()

    def show(self, left: Sequence[Span], right: Sequence[Span] = ()) -> None:
        """Show other text."""
        self.left, self.right = left, right
        self.refresh()

    def render(self) -> Text:
        """One line."""
        inks = Inks(self)
        text = Text.assemble(*((t, inks.style(ink)) for t, ink in self.left), no_wrap=True, end="")
        end = Text.assemble(*((t, inks.style(ink)) for t, ink in self.right))
        room = self.size.width - cell_len(end.plain)
        gap = " " if self.right else ""
        text.truncate(max(room - len(gap), 0), overflow="ellipsis", pad=True)
        return Text.assemble(text, (gap, inks.style("")), end, no_wrap=True, end="")
