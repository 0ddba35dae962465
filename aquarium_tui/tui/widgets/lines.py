"""Lines: of text in several inks, below a pane, of switches, to type a name into, and between two panes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import events, on
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from aquarium_tui.kinds.columns import Span
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import FILTER
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.widgets.table import Table


class Line(Widget):
    """A part on the left, one on the right; of the left one, the longest form that fits.

    Where no form fits, whole words of the last one are left out at its end.
    """

    DEFAULT_CSS = "Line { height: 1; }"

    forms: Sequence[Sequence[Span]] = ((),)
    right: Sequence[Span] = ()

    def show(self, left: Sequence[Span], right: Sequence[Span] = (), *shorter: Sequence[Span]) -> None:
        """Show other text; `shorter` is what to say on the left where there is less room, longest first."""
        self.forms, self.right = (left, *shorter), right
        self.refresh()

    def render(self) -> Text:
        """One line."""
        inks = Inks(self)
        end = Text.assemble(*((t, inks.style(ink)) for t, ink in self.right))
        gap = " " if self.right else ""
        room = max(self.size.width - cell_len(end.plain) - len(gap), 0)
        left = Text.assemble(*((t, inks.style(ink)) for t, ink in fitting(self.forms, room)))
        left.pad_right(room - left.cell_len)
        return Text.assemble(left, (gap, inks.style("")), end, no_wrap=True, end="")


class Pane(Vertical):
    """A frame whose lower edge says the longest of several forms that fits: a number is never cut."""

    forms: Sequence[str] = ("",)

    def say_below(self, forms: Sequence[str]) -> None:
        """Show other words: the same in several lengths, the longest first."""
        self.forms = forms
        self._fit_below()

    def on_resize(self) -> None:
        """Another form may fit."""
        self._fit_below()

    def _fit_below(self) -> None:
        # A line and a space stand on either side of the words.
        fit = (form for form in self.forms if cell_len(form) <= self.size.width - 4)
        self.border_subtitle = next(fit, self.forms[-1])


def fitting(forms: Sequence[Sequence[Span]], room: int) -> list[Span]:
    """The longest of several forms that fits in `room` cells, with narrower gaps if that helps.

    Where none fits, the last one without the words at its end.
    """
    for form in forms:
        for spans in (list(form), [(_WIDE_GAPS.sub("  ", text), ink) for text, ink in form]):
            if _length(spans) <= room:
                return spans
    return _whole_words(forms[-1], room)


def ever_fewer(parts: Sequence[Span]) -> list[list[Span]]:
    """All parts of a line, and ever fewer of them, those at the end going first: forms for `fitting`."""
    return [list(parts[:count]) for count in range(len(parts), 0, -1)]


def _whole_words(spans: Sequence[Span], room: int) -> list[Span]:
    """As many words as fit before an ellipsis; of a single word that does not fit, its beginning."""
    words = [(word, ink) for text, ink in spans for word in _WORDS.findall(text)]
    while len(words) > 1 and _length(words) > room - 1:
        words.pop()
    text, ink = words[-1] if words else ("", "")
    left = room - 1 - _length(words[:-1])
    words[-1:] = [(set_cell_size(text, max(left, 0)) if cell_len(text) > left else text.rstrip(), ink)]
    return [*words, ("…" if room > 0 else "", "dim")]


def _length(spans: Sequence[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)


_WIDE_GAPS = re.compile(r"(?<=\S) {3,}")
_WORDS = re.compile(r"\s*\S+\s*|\s+")


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


class FilterBar(Input):
    """Hidden until it is opened for a table; Enter keeps the filter, Escape drops it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FILTER)]
    DEFAULT_CSS = """
    FilterBar { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
    FilterBar:focus { border: none; }
    FilterBar.-open { display: block; }
    """

    table: Table | None = None

    @dataclass
    class Filtered(Message):
        """The filter of a table changed."""

        table: Table

    def __init__(self) -> None:
        super().__init__(placeholder="part of a class name", compact=True)

    def open_for(self, table: Table) -> None:
        """Type a filter, and go back to this table."""
        self.table = table
        self.add_class("-open")
        self.focus()

    @property
    def wanted(self) -> str:
        """What is filtered by, case-folded; a class is kept in every table alike."""
        return self.value.casefold()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.table:
            self.post_message(self.Filtered(self.table))

    def action_keep(self) -> None:
        """Back to the table."""
        self.set_class(bool(self.value), "-open")
        if self.table:
            self.table.focus()

    def action_drop(self) -> None:
        """Back to the table, all of it."""
        self.value = ""
        self.action_keep()


class Divider(Widget):
    """Says where it is dragged to; who holds the panes moves it."""

    DEFAULT_CSS = """
    Divider { width: 1; height: 1fr; color: $text-muted; }
    Divider:hover { color: $accent; }
    """

    @dataclass
    class Dragged(Message):
        """It is to stand at a column of the screen."""

        column: int

    def render(self) -> str:
        """A dotted line."""
        return "\n".join("┆" * self.size.height)

    def on_mouse_down(self) -> None:
        """Take hold."""
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the pointer."""
        if self.app.mouse_captured is self:
            self.post_message(self.Dragged(int(event.screen_x)))

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()
