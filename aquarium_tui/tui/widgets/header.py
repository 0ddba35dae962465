"""Where you are and under which settings every number was made, the line of screens, and a first tour."""

import re
from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.widget import Widget
from textual.widgets import Static

from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.lists import both_ends
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, threshold
from aquarium_tui.model.settings import Settings
from aquarium_tui.session.view import View
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.keymap import Keymap
from aquarium_tui.tui.widgets.lines import fitting

SCREENS = (
    ("Frames", "frames"),
    ("Metrics", "metrics"),
    ("Scenarios", "scenarios"),
    ("Review", "review"),
    ("Slices", "slices"),
    ("Sets", "leaderboard"),
)
"""The screens that the line of screens leads to: title and mode."""


_FORMS = ((0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (4, 2), (5, 2), (6, 2))
"""Ever shorter forms of the header line: how short names and words are, and which form the counts have.

Whole words go first, the counts next, and names are shortened last: they say what is compared.
"""


class Header(Widget):
    """Project and dataset, base and other, thresholds, rule, and what is counted."""

    DEFAULT_CSS = "Header { height: 1; background: $panel; }"

    view: View | None = None
    wanted: Settings | None = None
    _parts: Sequence[tuple[str, int]] = ()
    """Actions of clicks, with how many cells of the line each has."""

    def show(self, view: View | None, wanted: Settings | None) -> None:
        """Show another view; `wanted` are settings whose numbers are still on their way."""
        self.view, self.wanted = view, wanted
        self.refresh()

    def render(self) -> Text:
        """The longest form that fits; a click on a part of it chooses another."""
        inks = Inks(self)
        if self.view is None:
            return _text([(" aquarium-tui", "strong")], inks, "panel")
        for level, counts in _FORMS:
            groups, right = self._groups(self.view, level), self._counts(self.view)[counts]
            free = self.size.width - sum(_length(spans) for _, spans in groups) - cell_len(right)
            if free >= 2:
                break
        self._parts = [(action, _length(spans)) for action, spans in groups]
        left = [span for _, spans in groups for span in spans]
        return _text([*left, (" " * max(free, 1), ""), (right, "dim")], inks, "panel")

    async def on_click(self, event: events.Click) -> None:
        """A part of the line chooses another of what it names."""
        x = event.x
        for action, width in self._parts:
            if 0 <= x < width and action:
                await self.run_action(f"app.{action}")
            x -= width

    def _groups(self, view: View, level: int) -> list[tuple[str, list[Span]]]:
        """What stands on the left, each with the action of a click on it; a higher level is shorter."""
        room = max(8, 60 - 9 * level)
        title, base, other = (
            both_ends(visible(name), room)
            for name in (view.choice.title, view.choice.base, view.choice.other)
        )
        long = level == 0
        groups: list[tuple[str, list[Span]]] = [
            ("open_screen", [(f" {title}  ", "accent")]),
            ("choose('base')", [("base " if long and other else "", "dim"), (base, "strong")]),
        ]
        if other:
            arrow = " → other " if long else " → "
            groups.append(("choose('other')", [(arrow, "dim"), (other, "strong")]))
        elif len(view.sets) > 1:
            groups.append(("choose('other')", [("  + other", "dim")]))
        if view.choice.only:
            condition = both_ends(visible(view.choice.only), max(6, 36 - 9 * level))
            groups.append(("go('metrics')", [(f"  & {condition}", "accent")]))
        if view.choice.by_parent:
            groups.append(("go('metrics')", [("  by parent", "accent")]))
        gap: Span = ("   " if level < 2 else " ", "")
        if view.settings is not None:
            return [*groups, ("thresholds", [gap, *self._settings(view.settings, level)])]
        return [*groups, ("", [gap, *_ignored(view, level)])]

    def _counts(self, view: View) -> Sequence[str]:
        """How many frames and labels the numbers cover, in several lengths."""
        comparison = view.comparison
        frames = counted(comparison.frame_count, "frame")
        return f"{frames}   {kind_of(comparison.dataset.project).size_words(comparison)} ", f"{frames} ", ""

    def _settings(self, now: Settings, level: int) -> list[Span]:
        assert self.view
        wanted = self.wanted or now
        ink = "" if wanted == now else "warn"
        gap = "   " if level == 0 else " "
        at_least = "≥ " if level == 0 else "≥"
        spans: list[Span] = [("conf ", "dim"), (f"{self._confidence(wanted, at_least)}{gap}", ink)]
        project = self.view.comparison.dataset.project
        kind = kind_of(project)
        if "iou" in kind.settings:
            spans.append((f"{kind.iou_title(project)} ", "dim"))
            spans.append((f"{at_least}{threshold(wanted.iou)}{gap}", ink))
        return [*spans, *([(f"{wanted.rule}", ink)] if "rule" in kind.settings else [])]

    def _confidence(self, wanted: Settings, at_least: str) -> str:
        """`≥.10`, of sets that differ `≥.10/.25`, and `per class` where classes have their own."""
        assert self.view
        sides = self.view.comparison.sides
        sure = ["per class" if wanted.classes(s) else threshold(wanted.confidence(s)) for s in sides]
        joined = "/".join(dict.fromkeys(sure))
        return joined if wanted.classes(sides[0]) else f"{at_least}{joined}"


def _ignored(view: View, level: int) -> list[Span]:
    """What is excluded from all counts."""
    names = ", ".join(map(visible, kind_of(view.comparison.dataset.project).ignored(view.comparison)))
    return [("ignored ", "dim"), (both_ends(names, 30 if level == 0 else 12), "")] if names else []


class Tabs(Widget):
    """The screens with their keys, and on the right what is going on.

    Args:
        here: The mode of the screen that it is on.
        keys: The key of each screen as it is printed, by mode.
    """

    DEFAULT_CSS = "Tabs { height: 1; background: $surface; }"

    def __init__(self, here: str, keys: Mapping[str, str]) -> None:
        super().__init__()
        self.here, self.keys = here, keys
        self.note = ""
        self.busy = ""
        self.warning = ""

    def say(self, note: str | None = None, busy: str | None = None, warning: str | None = None) -> None:
        """Change the remark on the right, what is being computed, or what to beware of."""
        self.note = self.note if note is None else note
        self.busy = self.busy if busy is None else busy
        self.warning = self.warning if warning is None else warning
        self.refresh()

    def render(self) -> Text:
        """One line."""
        spans: list[Span] = [(" ", "")]
        for title, mode in SCREENS:
            ink = "accent" if mode == self.here else "dim"
            spans += [(f"{self.keys[mode]} ", "dim"), (title, ink), ("  ", "")]
        room = self.size.width - _length(spans)
        warned: list[Span] = [(f"{self.warning}   ", "warn")] if self.warning else []
        notes = self._busy_or_notes()
        sign: list[Span] = [("! ", "warn")] if self.warning else []
        forms = [[*first, *note] for first in (warned, sign) for note in notes]
        shown = fitting([*forms, sign, []], room)
        gap = " " * (room - _length(shown))
        return _text([*spans, (gap, ""), *shown], Inks(self), "surface")

    def _busy_or_notes(self) -> list[list[Span]]:
        """What is being computed, or the remarks, of which the last ones go where there is no room."""
        if self.busy:
            return [[(f"⋯ {self.busy} ", "warn")]]
        ends = [len(self.note), *(gap.start() for gap in reversed([*re.finditer(" {2,}", self.note)]))]
        return [[(f"{self.note[:end]} ", "dim")] for end in ends]

    async def on_click(self, event: events.Click) -> None:
        """A title opens its screen."""
        x = event.x - 1
        for title, mode in SCREENS:
            width = cell_len(self.keys[mode]) + len(title) + 3
            if 0 <= x < width:
                await self.run_action(f"app.go('{mode}')")
            x -= width


def _length(spans: list[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)


def _text(spans: list[Span], inks: Inks, ground: str) -> Text:
    return Text.assemble(*((text, inks.style(ink, ground)) for text, ink in spans), no_wrap=True, end="")


class Tour(Static):
    """What the most important keys do; its screen shows and hides it.

    Args:
        keymap: The keys.
    """

    DEFAULT_CSS = "Tour { display: none; height: 3; background: $panel; color: $accent; }"

    def __init__(self, keymap: Keymap) -> None:
        def signs(*actions: str) -> str:
            return " ".join(map(keymap.sign, actions))

        views = signs("metrics.next_view", "metrics.list", "metrics.report")
        steps = signs("view.confidence_down", "view.confidence_up")
        lines = (
            f"{signs('go.in')} lists the samples of a cell, then the picture; {signs('go.back')} goes back.",
            f"{views} change what you see, {steps} the confidence; {signs('query.open')} asks for frames.",
            f"{signs('app.keys')} lists all keys and signs. {signs('go.back')} closes these lines for good.",
        )
        super().__init__("\n".join(f" {line}" for line in lines), markup=False)
