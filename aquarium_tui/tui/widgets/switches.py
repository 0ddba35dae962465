"""A line of words that are switched by keys, or by a click on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from aquarium_tui.kinds.columns import Span
from aquarium_tui.tui.inks import Inks

Part = tuple[str, Sequence[Span]]
"""The name of a switch, and what stands for it; without a name it is no switch."""


class Switches(Widget):
    """Shows the longest of several forms that fits."""

    DEFAULT_CSS = "Switches { height: 1; background: $surface; }"

    forms: Sequence[Sequence[Part]] = ((),)

    @dataclass
    class Switched(Message):
        """A switch was clicked."""

        switches: "Switches"
        name: str

        @property
        def control(self) -> "Switches":
            """The widget."""
            return self.switches

    def show(self, *forms: Sequence[Part]) -> None:
        """Show other words: the same in several lengths, the longest first."""
        self.forms = forms
        self.refresh()

    @property
    def _form(self) -> Sequence[Part]:
        fitting = (form for form in self.forms if sum(map(_width, form)) <= self.size.width)
        return next(fitting, self.forms[-1])

    def render(self) -> Text:
        """One line."""
        inks = Inks(self)
        spans = [(text, inks.style(ink, "surface")) for _, part in self._form for text, ink in part]
        return Text.assemble(*spans, no_wrap=True, overflow="ellipsis", end="")

    def on_click(self, event: events.Click) -> None:
        """Say which switch it was."""
        x = event.x
        for part in self._form:
            if part[0] and 0 <= x < _width(part):
                self.post_message(self.Switched(self, part[0]))
            x -= _width(part)


def _width(part: Part) -> int:
    return sum(cell_len(text) for text, _ in part[1])
