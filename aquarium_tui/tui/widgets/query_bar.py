"""The line a query is typed into: completion under the cursor, the error while typing, history."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from aquarium_tui.compare.slice_rows import slice_problem
from aquarium_tui.errors import QueryError
from aquarium_tui.kinds.columns import TableColumn
from aquarium_tui.model.names import visible
from aquarium_tui.query.fields import Schema
from aquarium_tui.query.query import check
from aquarium_tui.query.suggestions import Candidate, Completion, complete
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import QUERY
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.table import Table

SHOWN = 9
"""Suggestions seen at once: they cover less than half of 24 lines."""
PROMPT = 3
"""Cells before the text."""


class Suggestions(Table, can_focus=False):
    """What could stand at the cursor, over what is below the bar."""

    DEFAULT_CSS = """
    Suggestions {
        overlay: screen; constrain: inside inside; display: none;
        width: 76; height: 8; background: $panel; border: none;
    }
    """

    candidates: tuple[Candidate, ...] = ()

    def offer(self, candidates: tuple[Candidate, ...], x: int, below: int) -> None:
        """Show these, at column `x`, so many lines below the bar."""
        self.candidates = candidates
        self.display = bool(candidates)
        if not candidates:
            return
        width = min(36, max(cell_len(c.text) for c in candidates) + 1)
        columns = [
            TableColumn("text", "", width, lambda row: (visible(candidates[row].text), "accent")),
            TableColumn("kind", "", 9, lambda row: (candidates[row].kind, "dim")),
            TableColumn("sentence", "", 0, lambda row: visible(candidates[row].sentence)),
        ]
        self.show(columns, len(candidates), row=0)
        self.styles.height = min(SHOWN, len(candidates))
        self.styles.offset = (x, below)


class QueryInput(Input):
    """The text; the bar handles the keys that mean more than a letter."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(QUERY)]
    DEFAULT_CSS = """
    QueryInput { height: 1; border: none; padding: 0; background: $background; }
    QueryInput:focus { border: none; background: $surface; }
    """

    def on_paste(self, event: events.Paste) -> None:
        """Several lines are one query; Textual's field would take only the first."""
        self.insert_text_at_cursor(" ".join(event.text.splitlines()))
        event.prevent_default()
        event.stop()

    def action_bar(self, does: str) -> None:
        """Tell the bar."""
        self.post_message(QueryBar.Key(does))


class QueryBar(Vertical):
    """One line, with another below it for what is wrong while typing."""

    DEFAULT_CSS = """
    QueryBar { height: auto; background: $background; }
    QueryBar #query-line { height: 1; layout: horizontal; }
    QueryBar #prompt { width: 3; }
    QueryBar QueryInput { width: 1fr; }
    QueryBar #found { width: auto; min-width: 12; }
    QueryBar #wrong { display: none; overlay: screen; width: 100%; background: $background; }
    """

    @dataclass
    class Key(Message):
        """A key of the input that means more than a letter."""

        does: str

    @dataclass
    class HistoryAsked(Message):
        """The history is to be searched."""

    @dataclass
    class Applied(Message):
        """A query is to be applied; empty for none."""

        query: str
        bar: "QueryBar"

    PROMPT = " / "
    """What stands before the text."""

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self.placeholder = placeholder

    schema: Schema | None = None
    applied = ""
    history: tuple[str, ...] = ()
    completion = Completion(0, 0, ())
    recalled = -1
    """Which query of the history is shown, 0 the latest; -1 while something else is typed."""

    def compose(self) -> ComposeResult:
        """The line, what is wrong with it, completions."""
        with Horizontal(id="query-line"):
            yield Line(id="prompt")
            yield QueryInput(placeholder=self.placeholder, compact=True, select_on_focus=False)
            yield Line(id="found")
        yield Line(id="wrong")
        yield Suggestions()

    def on_mount(self) -> None:
        """The prompt."""
        self.query_one("#prompt", Line).show([(self.PROMPT, "accent")])

    def show(self, schema: Schema, applied: str, found: str, history: tuple[str, ...]) -> None:
        """What may be asked, what was asked, and what was found by it."""
        self.schema, self.applied, self.history = schema, applied, history
        line = self.query_one("#found", Line)
        line.show([], [(f"{found} ", "accent" if applied else "dim")])
        line.styles.width = cell_len(found) + 2
        if not self.typing:
            self.query_one(QueryInput).value = applied

    @property
    def typing(self) -> bool:
        """Whether the bar has the focus."""
        return self.query_one(QueryInput).has_focus

    def write(self, text: str) -> None:
        """Put a query into the bar, to be read, changed and applied."""
        field = self.query_one(QueryInput)
        field.value = text
        field.cursor_position = len(text)
        field.focus()

    # While typing

    def problem(self, text: str, schema: Schema) -> QueryError | None:
        """What is wrong with a text, if anything."""
        return check(text, schema)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.recalled >= 0 and event.value != self.history[self.recalled]:
            self.recalled = -1
        self._assist()

    @on(events.DescendantFocus)
    def _entered(self) -> None:
        self._assist()

    @on(events.DescendantBlur)
    def _left(self) -> None:
        self._close()

    def _assist(self) -> None:
        """Completions and error for the text as it stands."""
        field = self.query_one(QueryInput)
        if self.schema is None or not field.has_focus:
            return
        text, cursor = field.value, field.cursor_position
        self.completion = complete(text, cursor, self.schema)
        browsing = self.recalled >= 0
        x = PROMPT + cell_len(text[: self.completion.start]) - field.scroll_offset.x
        complains = self._complain(text, cursor)
        self.query_one(Suggestions).offer(() if browsing else self.completion.candidates, int(x), complains)

    def _complain(self, text: str, cursor: int) -> bool:
        """Say what is wrong, dim while the word under the cursor may yet become right."""
        wrong = self.query_one("#wrong", Line)
        error = self.problem(text, self.schema) if self.schema and text.strip() else None
        wrong.display = error is not None
        if error is None:
            return False
        pending = cursor >= len(text.rstrip()) and error.position >= self.completion.start
        ink = "dim" if pending else "bad"
        at = PROMPT + cell_len(text[: error.position])
        words = f"column {error.column}: {visible(error.message)}"
        room = self.size.width - at - 3
        if cell_len(words) <= room:
            wrong.show([(" " * at + "▲ ", ink), (words, ink)])
        else:
            wrong.show([(f" ▲ {words}", ink)])
        return True

    def _close(self) -> None:
        self.query_one(Suggestions).display = False
        self.query_one("#wrong").display = False

    # Keys

    @on(Key)
    def _pressed(self, event: Key) -> None:
        event.stop()
        {
            "accept": self._accept,
            "next": lambda: self._step(1),
            "previous": lambda: self._step(-1),
            "apply": self._apply,
            "leave": self._leave,
            "clear": self._clear,
            "history": self._ask_history,
        }[event.does]()

    def _accept(self) -> None:
        """Put the marked completion in the place of what was typed of it."""
        suggestions, field = self.query_one(Suggestions), self.query_one(QueryInput)
        row = suggestions.row
        if not suggestions.display or row is None:
            return
        start, end = self.completion.start, self.completion.end
        taken = suggestions.candidates[row]
        space = "" if taken.kind in ("entity", "function") or taken.text.endswith(("(", ".")) else " "
        field.value = field.value[:start] + taken.text + space + field.value[end:].lstrip()
        field.cursor_position = start + len(taken.text) + len(space)
        self._assist()

    def _step(self, by: int) -> None:
        """Through the completions; through the history where there is nothing to complete or to go up to."""
        suggestions = self.query_one(Suggestions)
        in_list = suggestions.display and self.recalled < 0
        if in_list and not (by < 0 and suggestions.position == 0):
            suggestions.position += by
            return
        place = self.recalled - by
        if place < 0:
            self.recalled = -1
            self.query_one(QueryInput).value = ""
        elif place < len(self.history):
            self.recalled = place
            field = self.query_one(QueryInput)
            field.value = self.history[place]
            field.cursor_position = len(field.value)

    def _apply(self) -> None:
        text = self.query_one(QueryInput).value.strip()
        if text and self.schema and self.problem(text, self.schema):
            self._complain(text, -1)
            return
        self.recalled = -1
        self._close()
        self.post_message(self.Applied(text, self))

    def _ask_history(self) -> None:
        self.post_message(self.HistoryAsked())

    def _clear(self) -> None:
        """All of the text, on both sides of the cursor."""
        self.query_one(QueryInput).value = ""

    def _leave(self) -> None:
        self.recalled = -1
        self.query_one(QueryInput).value = self.applied
        self._close()
        self.post_message(self.Applied(self.applied, self))


class SliceBar(QueryBar):
    """The same for the condition of a slice; there only while there is one, or one is typed."""

    DEFAULT_CSS = """
    SliceBar { display: none; }
    """
    PROMPT = " & "

    def show(self, schema: Schema, applied: str, found: str, history: tuple[str, ...]) -> None:
        """What may be asked, and which slice is counted."""
        super().show(schema, applied, found, history)
        self.display = bool(applied) or self.typing

    def problem(self, text: str, schema: Schema) -> QueryError | None:
        """What is wrong with a condition, if anything."""
        return slice_problem(text, schema)

    def open(self) -> None:
        """Have a condition typed."""
        self.display = True
        self.query_one(QueryInput).focus()

    @on(events.DescendantBlur)
    def _fold(self) -> None:
        self.display = bool(self.applied)
