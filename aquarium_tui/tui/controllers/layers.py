"""What is drawn on the picture of a frame: masks, colours, base and other in turn; changed regions."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from aquarium_tui.compare.pixels.frame_masks import Regions
from aquarium_tui.compare.pixels.scores import diffs_of
from aquarium_tui.drawing.mask_painter import KINDS, MaskLayers
from aquarium_tui.kinds.columns import Span, TableColumn
from aquarium_tui.kinds.lists import cell_title
from aquarium_tui.kinds.masks.presentation import MaskPresentation
from aquarium_tui.model.names import background_words
from aquarium_tui.model.numbers import UNDEFINED, compact, grouped
from aquarium_tui.model.outcomes import Diff, InCell
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

    def show(self, shown: MaskLayers) -> None:
        """Show something else."""
        if shown != self.shown:
            before, self.shown = self.shown, shown
            self.changed(before)

    def show_cell(self, cell: tuple[int, int] | None) -> None:
        """Show only the pixels of a cell in the diff map; None shows all."""
        self.show(replace(self.shown, cell=cell))

    def flip_colour(self, name: str) -> None:
        """Show or hide one colour of the diff map."""
        kinds = tuple(kind for kind in KINDS if (kind in self.shown.kinds) != (kind.word == name))
        self.show(replace(self.shown, kinds=kinds))

    def only_colour(self, name: str) -> None:
        """Show one colour of the diff map alone, or all again."""
        alone = tuple(kind for kind in KINDS if kind.word == name)
        self.show(replace(self.shown, kinds=KINDS if tuple(self.shown.kinds) == alone else alone))

    def show_masks(self, name: str) -> None:
        """Show `all` masks on the photo, or only `labels`, `base` or `other`."""
        self.show(replace(self.shown, masks=name))

    def next_masks(self, names: Sequence[str], by: int) -> None:
        """Show the next of these on the photo."""
        self.show_masks(names[(names.index(self.shown.masks) + by) % len(names)])

    def flip_masks(self, name: str) -> None:
        """Show these masks alone, or all again."""
        self.show_masks("all" if self.shown.masks == name else name)

    def flip_outline(self) -> None:
        """Draw masks as outlines, or filled."""
        self.show(replace(self.shown, outline=not self.shown.outline))

    def step_opacity(self, by: float) -> None:
        """Draw masks more or less opaque."""
        self.show(replace(self.shown, opacity=round(min(1.0, max(0.1, self.shown.opacity + by)), 2)))


WORDS = {
    Diff.BOTH_RIGHT: "both right",
    Diff.BOTH_WRONG: "both wrong",
    Diff.FIXED: "fixed",
    Diff.BROKEN: "broken",
}
INITIALS = {Diff.BOTH_RIGHT: "r", Diff.BOTH_WRONG: "w", Diff.FIXED: "f", Diff.BROKEN: "b"}
"""The words in the legend of a screen that has no room for any."""
IN_CELL = {InCell.BASE: "╱ base", InCell.OTHER: "╲ other", InCell.BOTH: "╳ both"}
"""How the pixels of a cell are hatched, by the sets that put them there."""
_SMALL = 20_000
"""A region below this part of the frame is noise of an edge: 100 pixels of 2048 × 1024."""


def least_pixels(pixels: int) -> int:
    """Smaller regions are not walked through, in a frame of so many pixels."""
    return max(4, pixels // _SMALL)


def walked(
    values: NDArray[np.uint8], shown: MaskLayers, pair: bool, inside: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """What is walked through of a diff map: the changed pixels that are shown, else all that are.

    Args:
        values: `(height, width)` `Diff`.
        shown: Which colours are shown.
        pair: Whether there are two sets; with one, what is wrong takes the place of what changed.
        inside: With a cell, `(height, width)` `InCell`; what only one set put there changed.
    """
    changed = (Diff.FIXED, Diff.BROKEN) if pair else (Diff.BOTH_WRONG,)
    told = [kind for kind in KINDS if kind in shown.kinds]
    if inside is not None and pair:
        alone = (inside == InCell.BASE) | (inside == InCell.OTHER)
        return np.where(alone & np.isin(values, told), values, np.uint8(Diff.IGNORED))
    wanted = [kind for kind in told if kind in changed] or told
    return np.where(np.isin(values, wanted), values, np.uint8(Diff.IGNORED))


def legend(task: MaskPresentation, frame: int, shown: MaskLayers) -> list[list[Part]]:
    """The colours of the diff map with their shares, or with a cell, how many of its pixels have them.

    In words as long as there is room for them, without numbers before without words.
    """
    comparison = task.view.comparison
    words = WORDS if comparison.other else {Diff.BOTH_RIGHT: "right", Diff.BOTH_WRONG: "wrong"}
    if shown.cell is None:
        pixels = comparison.frame_diffs[frame]
        numbers = {kind: _share(int(pixels[kind]), int(pixels[1:].sum())) for kind in words}
    else:
        pixels = _in_cell(task, frame, shown.cell)[0]
        numbers = {kind: f"{compact(pixels[kind])} px" for kind in words}
    return [
        [_switch(task, kind, f"{words[kind]} {numbers[kind]}", shown) for kind in words],
        [_switch(task, kind, f"{_brief(words[kind])} {numbers[kind]}", shown) for kind in words],
        [_switch(task, kind, _brief(words[kind]), shown) for kind in words],
        [_switch(task, kind, INITIALS[kind], shown) for kind in words],
    ]


def _brief(words: str) -> str:
    return words.removeprefix("both ")


def _switch(task: MaskPresentation, kind: Diff, words: str, shown: MaskLayers) -> Part:
    on = kind in shown.kinds
    color = "#" + bytes(task.painter.kind_color(kind)).hex()
    return kind.word, [(" ■ " if on else " □ ", color), (words, "" if on else "dim")]


def _share(part: int, whole: int) -> str:
    if not whole:
        return UNDEFINED
    value = 100 * part / whole
    return f"{value:.1f}%" if part and value < 9.95 else f"{value:.0f}%"


def _in_cell(
    task: MaskPresentation, frame: int, cell: tuple[int, int]
) -> tuple[dict[Diff, int], dict[InCell, int]]:
    """Pixels of a frame in a cell: by what becomes of them, and by which sets put them there."""
    counts = task.view.comparison.counts
    rows = slice(int(counts.starts[frame]), int(counts.starts[frame + 1]))
    label, base, other = counts.label[rows], counts.base[rows], counts.other[rows]
    labelled = label == cell[0]
    sides = (labelled & (base == cell[1])) * InCell.BASE + (labelled & (other == cell[1])) * InCell.OTHER
    kinds, pixels = diffs_of(label, base, other), counts.pixels[rows]
    inside = sides > 0
    by_kind = {kind: int(pixels[inside & (kinds == kind)].sum()) for kind in KINDS}
    return by_kind, {who: int(pixels[sides == who].sum()) for who in IN_CELL}


def sides_switches(shown: MaskLayers, pair: bool) -> list[list[Part]]:
    """Which masks lie on the photo, and how."""
    names = ["all", "labels", "base", *(["other"] if pair else [])]
    parts: list[Part] = [
        (name, [(f" {name} ", "accent" if name == shown.masks else "dim"), ("│", "dim")]) for name in names
    ]
    form = "outline" if shown.outline else "filled"
    how: Part = ("", [(f" {form} {round(100 * shown.opacity)}%", "dim")])
    return [[*parts, how], parts]


def meaning(shown: MaskLayers, pair: bool) -> str:
    """What fill and hatching on the photo mean."""
    form = "outlined" if shown.outline else "filled"
    if shown.masks != "all":
        return f" {form} by class: {shown.masks}"
    other = "   other ╲╲╲" if pair else ""
    return f" labels {form}   where wrong: base ╱╱╱{other}"


def region_text(
    task: MaskPresentation,
    frame: int,
    shown: MaskLayers,
    regions: Regions | None,
    region: int | None,
    *,
    next_key: str,
) -> list[Sequence[Span]]:
    """The cell that is shown and who put its pixels there, and which region of how many is looked at.

    In several lengths, the longest first.
    """
    spans: list[Span] = [(" ", ""), _region(regions, region)]
    who: list[Span] = []
    if shown.cell is not None:
        names = task.view.comparison.classes
        title = cell_title(names, shown.cell, *background_words(False))
        spans += [(" · ", "dim"), (f"{title} only", "strong")]
        pixels = _in_cell(task, frame, shown.cell)[1]
        if task.view.comparison.other:
            who = [
                (f"  {words} {compact(pixels[each])}", "dim")
                for each, words in IN_CELL.items()
                if pixels[each]
            ]
    hint: list[Span] = [(f" · {next_key}: the largest", "dim")] if regions and region is None else []
    return [[*spans, *who, *hint], [*spans, *who], spans]


def _region(regions: Regions | None, region: int | None) -> Span:
    if regions is None:
        return "looking for regions", "dim"
    if not len(regions):
        return "no changed region here", "dim"
    if region is None:
        return f"{grouped(len(regions))} region{'s' * (len(regions) > 1)}", "dim"
    pixels = grouped(int(regions.pixels[region]))
    return f"region {grouped(region + 1)} of {grouped(len(regions))} · {pixels} px", ""
