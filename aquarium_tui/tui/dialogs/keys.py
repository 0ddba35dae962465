"""The keys of where one is."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from aquarium_tui.tui.actions import ACTIONS, bindings
from aquarium_tui.tui.actions.action import KEYS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.keymap import sign
from aquarium_tui.tui.program import program_of

KeyRow = tuple[str, str]
"""The key as it is written, and what it does."""


class KeyList(Dialog[None]):
    """All keys that do something, the screen's own first."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (116, "-normal")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS)]

    def __init__(self, groups: Sequence[tuple[str, Sequence[KeyRow]]]) -> None:
        super().__init__()
        self.groups = groups

    def compose(self) -> ComposeResult:
        """One line a key; where there is room, what is the screen's own stands beside the rest."""
        with Vertical(id="dialog", classes="keys"):
            yield Static("Keys", classes="dialog-title")
            with VerticalScroll(id="key-columns"):
                yield Static(self._text(self.groups[:1]))
                yield Static(self._text(self.groups[1:]))

    def _text(self, groups: Sequence[tuple[str, Sequence[KeyRow]]]) -> Text:
        inks = Inks(self)
        text = Text()
        for title, rows in groups:
            text.append(f"{title}\n", inks.style("strong", "surface"))
            for key, does in rows:
                text.append(f"  {key:<12} ", inks.style("accent", "surface"))
                text.append(f"{does}\n", inks.style("", "surface"))
            text.append("\n")
        return text

    def action_scroll(self, by: int) -> None:
        """Further down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=by * 3, animate=False)


def key_groups(screen: Screen[Any], app: App[Any]) -> list[tuple[str, list[KeyRow]]]:
    """The keys of the screen, of what has the focus, and of everywhere, as the registry orders them."""
    groups: dict[str, list[KeyRow]] = {"Here": [], "In the list": [], "Everywhere": []}
    active = screen.active_bindings
    for action in ACTIONS:
        keys = [key for key in program_of(screen).keymap.keys(action) if key in active]
        found = [active[key] for key in keys if active[key].binding.id == action]
        for node in dict.fromkeys(binding.node for binding in found):
            group = "Here" if node is screen else "Everywhere" if node is app else "In the list"
            own = [binding for binding in found if binding.node is node]
            groups[group].append((" ".join(sign(b.binding.key) for b in own), own[0].binding.tooltip))
    return [(title, rows) for title, rows in groups.items() if rows]
