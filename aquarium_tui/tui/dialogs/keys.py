"""The keys of where one is."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from aquarium_tui.tui.actions import ACTIONS, bindings
from aquarium_tui.tui.actions.action import KEYS
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.keymap import sign

KeyRow = tuple[str, str]
"""The key as it is written, and what it does."""


class KeyList(ModalScreen[None]):
    """All keys that do something, the screen's own first."""

    CSS_PATH = "dialogs.tcss"
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
    """The keys of the screen, of what has the focus, and of everywhere."""
    groups: dict[str, dict[str, KeyRow]] = {"Here": {}, "In the list": {}, "Everywhere": {}}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id not in ACTIONS:
            continue
        group = "Here" if active.node is screen else "Everywhere" if active.node is app else "In the list"
        keys, does = groups[group].get(binding.id, ("", ""))
        keys = f"{keys} {sign(binding.key)}".strip()
        groups[group][binding.id] = (keys, does or binding.tooltip)
    return [(title, list(rows.values())) for title, rows in groups.items() if rows]
