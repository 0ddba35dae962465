"""What is drawn on the picture of a frame: masks and their colours, base and other in turn."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from aquarium_tui.drawing.mask_painter import KINDS, MaskLayers
from aquarium_tui.kinds.columns import TableColumn
from aquarium_tui.model.settings import Side
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import COLOURS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line, Part
from aquarium_tui.tui.widgets.table import Table


class ChooseColours(Dialog[None]):
    """The colours of the diff map, which follows every change at once.

    Args:
        legend: The colours as the legend shows them now, each with its name.
        flip: Shows or hides the colour of a name.
        only: Shows only the colour of a name, or all where it is the only one already.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(COLOURS)]

    def __init__(
        self,
        legend: Callable[[], Sequence[Part]],
        flip: Callable[[str], None],
        only: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.legend, self.flip, self.only = legend, flip, only

    def compose(self) -> ComposeResult:
        """Title, colours, keys."""
        with Vertical(id="dialog"):
            yield Static("Colours of the diff map", classes="dialog-title")
            yield Table(id="choices")
            yield Line(id="further")

    def on_mount(self) -> None:
        """List them."""
        sign = program_of(self).keymap.sign
        words = f"{sign('choice.flip')} show or hide   {sign('dialog.accept')} only this or all"
        self.query_one("#further", Line).show([(f"{words}   {sign('dialog.cancel')} done", "dim")])
        self.query_one("#dialog").styles.height = len(self.legend()) + 6
        self._fill()

    def _fill(self) -> None:
        parts = self.legend()
        self.query_one(Table).show([TableColumn("colour", "", 0, lambda row: parts[row][1])], len(parts))

    def _change(self, change: Callable[[str], None]) -> None:
        row = self.query_one(Table).row
        if row is not None:
            change(self.legend()[row][0])
            self._fill()

    def action_flip(self) -> None:
        """Show or hide the colour under the cursor."""
        self._change(self.flip)

    @on(Table.Selected)
    def action_take(self) -> None:
        """Show only the colour under the cursor, or all again."""
        self._change(self.only)


BLINK = 0.6
"""Seconds for which each set is shown: long enough to look at one place, short enough to see what jumps."""


class Blink:
    """Which of the two sets is shown alone now.

    Args:
        screen: Nothing blinks while another screen covers it.
        draw: Called when the other set is to be shown, or both again.
    """

    def __init__(self, screen: Screen[Any], draw: Callable[[], None]) -> None:
        self.screen, self.draw = screen, draw
        self.side: Side | None = None
        self._timer: Timer | None = None

    def toggle(self) -> None:
        """Begin with base, or show both again."""
        if self._timer:
            self._timer.stop()
            self._timer, self.side = None, None
        else:
            self._timer, self.side = self.screen.set_interval(BLINK, self._turn), "base"
        self.draw()

    def _turn(self) -> None:
        if self.screen.is_current:
            self.side = "other" if self.side == "base" else "base"
            self.draw()


class MaskLayerControl:
    """Which masks lie on the photo and how, which colours and which cell the diff map shows.

    Args:
        shown: What is shown at first.
        changed: Called with what was shown before, when something else is to be.
    """

    def __init__(self, shown: MaskLayers, changed: Callable[[MaskLayers], None]) -> None:
        self.shown, self.changed = shown, changed

    def _show(self, shown: MaskLayers) -> None:
        if shown != self.shown:
            before, self.shown = self.shown, shown
            self.changed(before)

    def show_cell(self, cell: tuple[int, int] | None) -> None:
        """Show only the pixels of a cell in the diff map; None shows all."""
        self._show(replace(self.shown, cell=cell))

    def flip_colour(self, name: str) -> None:
        """Show or hide one colour of the diff map."""
        kinds = tuple(kind for kind in KINDS if (kind in self.shown.kinds) != (kind.word == name))
        self._show(replace(self.shown, kinds=kinds))

    def only_colour(self, name: str) -> None:
        """Show one colour of the diff map alone, or all again."""
        alone = tuple(kind for kind in KINDS if kind.word == name)
        self._show(replace(self.shown, kinds=KINDS if tuple(self.shown.kinds) == alone else alone))

    def show_masks(self, name: str) -> None:
        """Show `all` masks on the photo, or only `labels`, `base` or `other`."""
        self._show(replace(self.shown, masks=name))

    def next_masks(self, names: Sequence[str], by: int) -> None:
        """Show the next of these on the photo."""
        self.show_masks(names[(names.index(self.shown.masks) + by) % len(names)])

    def flip_masks(self, name: str) -> None:
        """Show these masks alone, or all again."""
        self.show_masks("all" if self.shown.masks == name else name)

    def flip_outline(self) -> None:
        """Draw masks as outlines, or filled."""
        self._show(replace(self.shown, outline=not self.shown.outline))

    def step_opacity(self, by: float) -> None:
        """Draw masks more or less opaque."""
        self._show(replace(self.shown, opacity=round(min(1.0, max(0.1, self.shown.opacity + by)), 2)))
