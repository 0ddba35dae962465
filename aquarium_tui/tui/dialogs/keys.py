"""The keys of where one is."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.tui.actions import ACTIONS, bindings
from aquarium_tui.tui.actions.action import KEYS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.keymap import sign
from aquarium_tui.tui.program import program_of

KeyRow = tuple[str, str]
"""The key as it is written, and what it does."""

STATES = {
    State.SURE: "sure: q ≤ .05, its interval excludes 0",
    State.WEAK: "weak: may be chance",
    State.FEW: "few: too few frames or labels to tell",
    State.UNKNOWN: "not known yet, or not tested",
}
"""The legend of deltas: what each state says."""


class KeyList(Dialog[None]):
    """All keys that do something, the screen's own first."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (116, "-normal")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS)]

    def __init__(self, groups: Sequence[tuple[str, Sequence[KeyRow]]], states: bool = False) -> None:
        super().__init__()
        self.groups, self.states = groups, states

    def compose(self) -> ComposeResult:
        """One line a key; where there is room, what is the screen's own stands beside the rest."""
        with Vertical(id="dialog", classes="keys"):
            yield Static("Keys", classes="dialog-title")
            with VerticalScroll(id="key-columns"):
                yield Static(self._text(self.groups[:1]))
                yield Static((self._legend() if self.states else Text()) + self._text(self.groups[1:]))

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

    def _legend(self) -> Text:
        """A delta in each state as it is drawn, and what that says."""
        inks = Inks(self)
        text = Text("How sure a delta is\n", inks.style("strong", "surface"))
        for state, says in STATES.items():
            sample, ink = looks("+.050", 1, state)
            text.append(f"  {sample:<12} ", inks.style(ink, "surface"))
            text.append(f"{says}\n", inks.style("", "surface"))
        return text.append("\n")

    def action_scroll(self, by: int) -> None:
        """Further down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=by * 3, animate=False)


def judges(screen: Screen[Any]) -> bool:
    """Whether deltas are drawn on a screen by how sure they are."""
    return any(each.binding.id == "metrics.intervals" for each in screen.active_bindings.values())


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
