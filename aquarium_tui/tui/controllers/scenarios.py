"""Scenarios: the kind and the targets of a segment, changed in a dialog."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Input, Static

from aquarium_tui.errors import AquariumError
from aquarium_tui.gate import target_figure, target_of
from aquarium_tui.gate.figures import FigureTable
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Segment, SegmentKind
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import TARGETS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line

_MEANINGS = {
    SegmentKind.SCENARIO: "a situation that matters; judged where there are enough frames",
    SegmentKind.REGRESSION_TEST: "frames that went wrong once; judged however few they are",
    SegmentKind.SPLIT: "a part by where it comes from; judged like a scenario",
}
_TARGET = re.compile(r"""(?:[^;"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|["'])+""")
"""Targets stand between semicolons; names in quotes may hold them too."""


def targets_in(text: str) -> tuple[str, ...]:
    """The targets of one line."""
    return tuple(part.strip() for part in _TARGET.findall(text) if part.strip())


class EditTargets(Dialog[Segment | None]):
    """Answers with the segment as it is wanted, or None; what cannot be a target is complained of in place.

    Args:
        segment: The segment.
        check: Complains of a target that asks for what there is not.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TARGETS)]

    def __init__(self, segment: Segment, check: Callable[[Segment], None]) -> None:
        super().__init__()
        self.segment, self.check = segment, check

    def compose(self) -> ComposeResult:
        """Name, kind, targets, complaint, keys."""
        with Vertical(id="dialog"):
            yield Static(visible(self.segment.name), classes="dialog-title", markup=False)
            yield Static(id="rule")
            example = 'f1 >= 0.6; lower(delta.recall("car")) >= -0.02'
            yield Input("; ".join(self.segment.targets), placeholder=example, compact=True)
            yield Line(id="complaint")
            yield Line(id="help")

    def on_mount(self) -> None:
        """Say the kind and the keys."""
        self._say_kind()
        sign = program_of(self).keymap.sign
        words = f"{sign('dialog.accept')} save   {sign('scenarios.kind')} next kind   "
        self.query_one("#help", Line).show([(f"{words}{sign('dialog.cancel')} cancel   ; between", "dim")])

    def _say_kind(self) -> None:
        kind, inks = self.segment.kind, Inks(self)
        parts = (("kind  ", "dim"), (kind.value, "accent"), (f"  {_MEANINGS[kind]}", "dim"))
        words = Text.assemble(*((text, inks.style(ink, "surface")) for text, ink in parts))
        self.query_one("#rule", Static).update(words)

    def action_kind(self) -> None:
        """The next kind."""
        kinds = list(SegmentKind)
        following = kinds[(kinds.index(self.segment.kind) + 1) % len(kinds)]
        self.segment = replace(self.segment, kind=following)
        self._say_kind()

    @on(Input.Changed)
    def _typed(self) -> None:
        """Say what cannot be read, while it is typed."""
        try:
            for text in targets_in(self.query_one(Input).value):
                target_of(text)
        except AquariumError as error:
            self._complain(error)
        else:
            self.query_one("#complaint", Line).show([])

    def _complain(self, error: AquariumError) -> None:
        self.query_one("#complaint", Line).show([(visible(error.message), "bad")])

    def action_take(self) -> None:
        """Answer with the targets, or say what is wrong with them."""
        wanted = replace(self.segment, targets=targets_in(self.query_one(Input).value))
        try:
            self.check(wanted)
        except AquariumError as error:
            self._complain(error)
        else:
            self.dismiss(wanted)


def edit_scenario(screen: Screen[Any], segment: Segment) -> None:
    """Ask for the kind and the targets of a segment, and save them."""
    program = program_of(screen)
    view = program.view
    if view is None:
        return
    segments = program.session.segments(view.choice)

    def check(wanted: Segment) -> None:
        table = FigureTable(view.everything.comparison, None)
        for text in wanted.targets:
            target_figure(text, table)

    def save(wanted: Segment | None) -> None:
        if wanted is None or wanted == segment:
            return
        try:
            segments.save(wanted, replaces=True)
        except AquariumError as error:
            screen.notify(visible(error.message), title=visible(error.hint), severity="error", markup=False)
            return
        program.refresh_view()

    screen.app.push_screen(EditTargets(segment, check), save)
