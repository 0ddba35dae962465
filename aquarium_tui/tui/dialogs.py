"""Questions asked over a screen; each returns one typed answer.

One of a few things is chosen by typing a part of its name, a file folder by folder or as a path. Remarks and
keys are lists to read.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.kinds.columns import Span, TableColumn
from aquarium_tui.kinds.presentation import Legend
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import ACTIONS, bindings
from aquarium_tui.tui.actions.action import CHOOSE, KEYS, REMARKS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.keymap import sign
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.table import Table

WIDTH = 64
"""Cells of the dialog, unless what is said about a choice needs more; `max-width` keeps it on the screen."""
_AROUND = 10
"""Cells of borders, padding, the cursor's mark and a scrollbar."""


@dataclass(frozen=True)
class Offer:
    """Something that can be chosen.

    Attributes:
        key: What the dialog answers with.
        title: Its name.
        detail: A few words about it.
    """

    key: str
    title: str
    detail: str = ""


class Choose(Dialog[str | None]):
    """A list with a filter; answers with the chosen key, or None.

    Args:
        title: What is chosen.
        choices: What there is.
        current: The key of the one under the cursor at first.
        further: What else can be done with a choice, by the id of an action: in a word, and a function of the
            choice's key.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CHOOSE)]

    def __init__(
        self,
        title: str,
        choices: Sequence[Offer],
        current: str = "",
        further: Mapping[str, tuple[str, Callable[[str], None]]] | None = None,
    ) -> None:
        super().__init__()
        self.further = further or {}
        self.heading = title
        self.choices = choices
        self.current = current
        self.shown = list(range(len(choices)))

    def compose(self) -> ComposeResult:
        """Title, filter, list."""
        with Vertical(id="dialog"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            yield Input(placeholder="type to filter", compact=True)
            yield Table(id="choices", empty="no match")
            yield Line(id="further")

    def on_mount(self) -> None:
        """Put the cursor on the current choice."""
        sign = program_of(self).keymap.sign
        words = [f"{sign(action)} {does}" for action, (does, _) in self.further.items()]
        self.query_one("#further", Line).show(
            [("   ".join([f"{sign('dialog.accept')} choose", *words]), "dim")]
        )
        current = next((i for i, c in enumerate(self.choices) if c.key == self.current), 0)
        self._fill(current)

    def _fill(self, at: int = 0) -> None:
        shown = [self.choices[i] for i in self.shown]
        width = max((len(choice.title) for choice in shown), default=8) + 1
        columns = [
            TableColumn("title", "", width, lambda row: visible(shown[row].title)),
            TableColumn("detail", "", 0, lambda row: (visible(shown[row].detail), "dim")),
        ]
        table = self.query_one(Table)
        table.show(columns, len(shown), row=at)
        dialog = self.query_one("#dialog")
        dialog.styles.height = min(len(self.choices), 16) + 7
        longest = max((cell_len(visible(choice.detail)) for choice in self.choices), default=0)
        dialog.styles.width = max(WIDTH, width + longest + _AROUND)

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Keep what contains the text."""
        wanted = event.value.casefold()
        self.shown = [i for i, c in enumerate(self.choices) if wanted in f"{c.title} {c.detail}".casefold()]
        self._fill()

    def action_rename(self) -> None:
        """Rename the choice under the cursor."""
        self._do("segments.rename")

    def action_delete(self) -> None:
        """Delete the choice under the cursor."""
        self._do("segments.delete")

    def _do(self, action: str) -> None:
        """Do something else with the choice under the cursor, and close the list."""
        row = self.query_one(Table).row
        if action in self.further and row is not None:
            self.dismiss(None)
            self.app.call_later(self.further[action][1], self.choices[self.shown[row]].key)

    def action_move(self, by: int) -> None:
        """Move in the list while typing."""
        self.query_one(Table).position += by

    @on(Table.Selected)
    def _clicked(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        """Answer with the choice under the cursor."""
        row = self.query_one(Table).row
        if row is not None:
            self.dismiss(self.choices[self.shown[row]].key)


MOST = 5_000
"""Entries of a folder that are offered; more can be reached by typing their path."""
LONGEST = 60
"""Characters of a path that is not there that are repeated."""
THIS, UP = ".", ".."


class ChooseFile(Choose):
    """Answers with a path; a folder is entered, and taken by its first line.

    Args:
        title: What is chosen.
        folder: Where to begin.
        none: What it means to choose nothing, in a few words; empty where something must be chosen.
    """

    def __init__(self, title: str, folder: Path, none: str = "") -> None:
        self.folder, self.none, self.asks = folder, none, title
        super().__init__(self._heading, _entries(folder, none))

    @property
    def _heading(self) -> str:
        return f"{self.asks}  {visible(str(self.folder))}"

    def action_take(self) -> None:
        """Enter the folder under the cursor, or answer with the file; a typed path counts as it stands."""
        typed = self.query_one(Input).value.strip()
        if "/" in typed:
            # Unlike `Path`, these take names of nobody and names that are too long.
            path = self.folder / os.path.expanduser(typed)  # noqa: PTH111
            if os.path.exists(path):  # noqa: PTH110
                self._go(path)
            else:
                said = f"There is no {visible(typed[:LONGEST])}{'…' if len(typed) > LONGEST else ''}"
                self.notify(said, severity="warning", markup=False)
            return
        row = self.query_one(Table).row
        if row is None:
            return
        key = self.choices[self.shown[row]].key
        if key in ("", THIS):
            self.dismiss(str(self.folder) if key else "")
        else:
            self._go(self.folder.parent if key == UP else self.folder / key)

    def _go(self, path: Path) -> None:
        if not _is_folder(path):
            self.dismiss(str(path))
            return
        self.folder, self.choices = path, _entries(path, self.none)
        self.query_one(".dialog-title", Static).update(self._heading)
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = ""
        self.shown = list(range(len(self.choices)))
        self._fill()

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Keep what contains the text; a path is no filter."""
        if "/" not in event.value:
            super().narrow(event)


def _entries(folder: Path, none: str) -> list[Offer]:
    """What a folder holds, folders first; what cannot be read is empty."""
    try:
        found = sorted(folder.iterdir(), key=lambda path: path.name.casefold())[:MOST]
    except OSError:
        found = []
    seen = [path for path in found if not path.name.startswith(".")]
    folders = [Offer(path.name, f"{path.name}/", "folder") for path in seen if _is_folder(path)]
    files = [Offer(path.name, path.name, _size(path)) for path in seen if not _is_folder(path)]
    nothing = [Offer("", f"– {none}")] if none else []
    return [*nothing, Offer(THIS, "this folder", "take it as a whole"), Offer(UP, "../"), *folders, *files]


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # False where nobody may look.


def _size(path: Path) -> str:
    try:
        size = float(path.stat().st_size)
    except OSError:
        return ""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


HELP: Mapping[str, tuple[str, str]] = {
    "confidences differ": ("view.thresholds", "--base-confidence X --other-confidence Y"),
    "score floors differ": ("view.thresholds", "--confidence X"),
    "all confidences are equal": ("view.thresholds", "--confidence X"),
    "frames differ": ("query.open", "--query QUERY"),
    "frames left out": ("query.open", "--query QUERY"),
}
"""The action that helps, and the option of `compare` that does the same, by what a remark is about."""


class RemarkList(Dialog[None]):
    """The remarks of a view; a dialog, as a toast would cover what they are about and go too soon.

    Args:
        remarks: What each is about, and its sentence.
        dataset: The dataset as commands name it.
        verdict: What the comparison comes to, part by part; empty while that is not known.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REMARKS)]

    def __init__(self, remarks: Sequence[tuple[str, str]], dataset: str, verdict: Sequence[str] = ()) -> None:
        super().__init__()
        self.remarks, self.dataset, self.verdict = remarks, dataset, verdict

    def compose(self) -> ComposeResult:
        """One paragraph a remark."""
        with Vertical(id="dialog", classes="remarks"):
            yield Static("Before you compare", classes="dialog-title")
            with VerticalScroll():
                yield Static(self._text())

    def _text(self) -> Text:
        inks, sign = Inks(self), program_of(self).keymap.sign
        text = Text()
        for part in self.verdict:
            text.append(f"{part}\n", inks.style("strong", "surface"))
        text.append("\n" * bool(self.verdict))
        if not self.remarks:
            text.append("Nothing limits the comparison of these sets.\n", inks.style("", "surface"))
        for what, sentence in self.remarks:
            text.append("• ", inks.style("warn", "surface"))
            text.append(f"{visible(sentence)}\n", inks.style("", "surface"))
            if what in HELP:
                action, option = HELP[what]
                words = (
                    f"  Here: {sign(action)}. In the shell: aquarium-tui compare {self.dataset} {option}\n"
                )
                text.append(words, inks.style("dim", "surface"))
        said = f"\nIn the shell, aquarium-tui doctor {self.dataset} prints this. "
        text.append(f"{said}{sign('dialog.cancel')} closes it.", inks.style("dim", "surface"))
        return text

    def action_scroll(self, by: int) -> None:
        """Further down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=by * 3, animate=False)


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
