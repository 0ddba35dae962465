"""The keys of where one is, what signs and colours mean there, and a search through both."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.presentation import Legend
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.tui.actions import ACTIONS, bindings
from aquarium_tui.tui.actions.action import KEYS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.keymap import sign
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line

HERE, MOVING, EVERYWHERE = "Here, the most used first", "Moving", "Everywhere"

STATES = {
    State.SURE: "sure: q ≤ .05, interval excludes 0",
    State.WEAK: "weak: may be chance",
    State.FEW: "few: too few frames or labels to tell",
    State.UNKNOWN: "not known yet, or not tested",
}
"""The legend of deltas: what each state says."""


class KeyList(Dialog[None]):
    """What the keys do and what the signs mean, the screen's own first; what is typed searches both.

    Args:
        groups: Titles, each with keys or signs, and what they do or mean.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (116, "-normal")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(KEYS)]

    def __init__(self, groups: Sequence[Legend]) -> None:
        super().__init__()
        self.groups = groups

    def compose(self) -> ComposeResult:
        """One line a key; where there is room, what is the screen's own stands beside the rest."""
        with Vertical(id="dialog", classes="keys"):
            yield Static("Keys and signs", classes="dialog-title")
            yield Input(placeholder="type to search", compact=True)
            with VerticalScroll(id="key-columns", can_focus=False):
                yield Static(id="own-keys")
                yield Static(id="other-keys")
            yield Line(id="help")

    def on_mount(self) -> None:
        """Show all of it."""
        keys = program_of(self).keymap
        words = (
            f"{keys.sign('dialog.up')} {keys.sign('dialog.down')} scroll   {keys.sign('dialog.cancel')} close"
        )
        self.query_one("#help", Line).show([(words, "dim")])
        self._show("")

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        """Show what contains the text; the key that opens the list closes it, too."""
        if event.value == program_of(self).keymap.sign("app.keys"):
            self.dismiss()
        else:
            self._show(event.value)

    def _show(self, wanted: str) -> None:
        found = [(title, [row for row in rows if _has(row, wanted)]) for title, rows in self.groups]
        found = [(title, rows) for title, rows in found if rows]
        own = [group for group in found if group[0] in (HERE, MOVING)]
        self.query_one("#own-keys", Static).update(
            self._text(own) if own or found else Text("nothing like this")
        )
        self.query_one("#other-keys", Static).update(self._text([each for each in found if each not in own]))
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _text(self, groups: Sequence[Legend]) -> Text:
        inks = Inks(self)
        text = Text()
        for title, rows in groups:
            text.append(f"{title}\n", inks.style("strong", "surface"))
            for (key, ink), does in rows:
                text.append(f"  {key:<12} ", inks.style(ink, "surface"))
                text.append(f"{does}\n", inks.style("", "surface"))
            text.append("\n")
        return text

    def action_scroll(self, by: int) -> None:
        """Further down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=by * 3, animate=False)


def _has(row: tuple[Span, str], wanted: str) -> bool:
    (key, _), does = row
    return wanted.casefold() in does.casefold() or wanted == key


def states() -> Legend:
    """A delta in each state as it is drawn, and what that says."""
    return "How sure a delta is", [(looks("+.050", 1, state), says) for state, says in STATES.items()]


def judges(screen: Screen[Any]) -> bool:
    """Whether deltas are drawn on a screen by how sure they are."""
    return any(each.binding.id == "metrics.intervals" for each in screen.active_bindings.values())


def everything(screen: Screen[Any], app: App[Any], signs: Sequence[Legend]) -> list[Legend]:
    """The keys of a screen, what its signs mean, and the keys that work everywhere."""
    groups = key_groups(screen, app)
    certain = [states()] if judges(screen) else []
    return [*groups[:-1], *signs, *certain, *groups[-1:]]


def key_groups(screen: Screen[Any], app: App[Any]) -> list[Legend]:
    """The keys of the screen and of what has the focus, of moving, and of everywhere, the most used first."""
    groups: dict[str, list[tuple[bool, tuple[Span, str]]]] = {HERE: [], MOVING: [], EVERYWHERE: []}
    active = screen.active_bindings
    for action in ACTIONS:
        keys = [key for key in program_of(screen).keymap.keys(action) if key in active]
        found = [active[key] for key in keys if active[key].binding.id == action]
        for node in dict.fromkeys(binding.node for binding in found):
            moves = action.partition(".")[0] in ("move", "pane")
            group = MOVING if moves else EVERYWHERE if node is app else HERE
            own = [binding for binding in found if binding.node is node]
            signs = " ".join(sign(b.binding.key) for b in own)
            groups[group].append((own[0].binding.show, ((signs, "accent"), own[0].binding.tooltip)))
    ordered = {title: sorted(rows, key=lambda row: not row[0]) for title, rows in groups.items()}
    return [(title, [row for _, row in rows]) for title, rows in ordered.items() if rows]
