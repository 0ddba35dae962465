"""Keys that choose what is shown of the masks of a frame."""

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.timer import Timer

from aquarium_tui.drawing.mask_painter import MaskLayers
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.tui.screens.board import Board
from aquarium_tui.tui.screens.frame import BLINK
from aquarium_tui.tui.tasks.masks import MaskTask
from aquarium_tui.tui.tasks.regions import LETTERS
from aquarium_tui.tui.widgets.matrix import Matrix
from aquarium_tui.tui.widgets.switches import Switches

KINDS = {letter: kind for kind, letter in LETTERS.items()}
"""The kinds of the diff map by the key that toggles them."""

_TOOLTIPS = {
    Diff.BOTH_RIGHT: "Show or hide pixels that both have right",
    Diff.BOTH_WRONG: "Show or hide pixels that both have wrong",
    Diff.FIXED: "Show or hide fixed pixels",
    Diff.BROKEN: "Show or hide broken pixels",
}


class ShownKeys(Board):
    """Which masks lie on the photo and how, which colours and which cell the diff map shows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "cell", "Cell", tooltip="Only the pixels of the cell under the cursor, or all"),
        *(
            Binding(key, f"kind('{key}')", kind.word, show=False, tooltip=_TOOLTIPS[kind])
            for key, kind in KINDS.items()
        ),
        Binding("v", "masks(1)", "Masks", tooltip="On the photo: all masks, labels, base, other"),
        Binding("L", "masks_of('labels')", "Labels", show=False, tooltip="The labels alone, or all"),
        Binding("comma", "masks_of('base')", "Base", show=False, tooltip="The masks of base alone, or all"),
        Binding(
            "full_stop", "masks_of('other')", "Other", show=False, tooltip="Those of other alone, or all"
        ),
        Binding("d", "blink", "Blink", show=False, tooltip="Base and other in turn"),
        Binding("i", "outline", "Outline", show=False, tooltip="Masks as outlines, or filled"),
        Binding("less_than_sign", "opacity(-0.15)", "Fainter", show=False, tooltip="Masks less opaque"),
        Binding("greater_than_sign", "opacity(0.15)", "Stronger", show=False, tooltip="Masks more opaque"),
    ]

    shown = MaskLayers()
    blinking: Timer | None = None

    @property
    def of_masks(self) -> MaskTask:
        """What is shown of the view."""
        task = self.aquarium.showing
        assert isinstance(task, MaskTask)
        return task

    def shown_anew(self, before: MaskLayers) -> None:
        """Draw other masks or colours than before."""

    def _set(self, **changes: object) -> None:
        before = self.shown
        self.shown = replace(self.shown, **changes)  # type: ignore[arg-type]
        self.shown_anew(before)

    @on(Matrix.Highlighted)
    @on(Matrix.Selected)
    def _choose_cell(self, event: Matrix.Highlighted | Matrix.Selected) -> None:
        cell: tuple[int, int] = (event.label, event.inferred)
        if cell != self.shown.cell:
            self._set(cell=cell)

    def action_cell(self) -> None:
        """Only the pixels of the cell under the cursor, or all."""
        self._set(cell=None if self.shown.cell else self.query_one(Matrix).cell)

    @on(Switches.Switched, "#legend")
    def _switch_kind(self, event: Switches.Switched) -> None:
        self.action_kind(event.name)

    def action_kind(self, key: str) -> None:
        """Show or hide one colour of the diff map."""
        kind = KINDS[key]
        kept = [each for each in KINDS.values() if (each in self.shown.kinds) != (each is kind)]
        self._set(kinds=tuple(kept))

    @on(Switches.Switched, "#sides")
    def _switch_masks(self, event: Switches.Switched) -> None:
        self._set(masks=event.name)

    def action_masks(self, by: int) -> None:
        """The next of all, labels, base and other."""
        names = ["all", "labels", *self.of_masks.view.comparison.sides]
        self._set(masks=names[(names.index(self.shown.masks) + by) % len(names)])

    def action_masks_of(self, name: str) -> None:
        """One alone, or all again."""
        if name in ("labels", *self.of_masks.view.comparison.sides):
            self._set(masks="all" if self.shown.masks == name else name)

    def action_outline(self) -> None:
        """As outlines, or filled."""
        self._set(outline=not self.shown.outline)

    def action_opacity(self, by: float) -> None:
        """More or less opaque."""
        self._set(opacity=round(min(1.0, max(0.1, self.shown.opacity + by)), 2))

    def action_blink(self) -> None:
        """Base and other in turn, or all again."""
        if self.blinking:
            self.blinking.stop()
            self.blinking = None
            self._set(masks="all")
        elif self.of_masks.view.comparison.other:
            self.blinking = self.set_interval(BLINK, self._blink)
            self._blink()

    def _blink(self) -> None:
        if self.is_current:
            self._set(masks="other" if self.shown.masks == "base" else "base")

    def on_unmount(self) -> None:
        """Blink no more."""
        if self.blinking:
            self.blinking.stop()
