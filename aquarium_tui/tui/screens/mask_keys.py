"""Keys that choose what is shown of the masks of a frame."""

from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.timer import Timer

from aquarium_tui.drawing.mask_painter import KINDS, MaskLayers
from aquarium_tui.tui.dialogs.colours import ChooseColours
from aquarium_tui.tui.screens.frame import BLINK
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.tasks.masks import MaskTask
from aquarium_tui.tui.tasks.regions import legend
from aquarium_tui.tui.widgets.matrix import Matrix
from aquarium_tui.tui.widgets.switches import Part, Switches


class ShownKeys(ViewScreen):
    """Which masks lie on the photo and how, which colours and which cell the diff map shows."""

    shown = MaskLayers()
    frame = 0
    blinking: Timer | None = None

    @property
    def of_masks(self) -> MaskTask:
        """What is shown of the view."""
        task = self.program.showing
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
        self._flip(event.name)

    def action_colours(self) -> None:
        """Choose the colours of the diff map."""
        self.app.push_screen(ChooseColours(self._legend, self._flip, self._only))

    def _legend(self) -> Sequence[Part]:
        return legend(self.of_masks, self.frame, self.shown)[0]

    def _flip(self, name: str) -> None:
        """Show or hide one colour of the diff map."""
        self._set(kinds=tuple(kind for kind in KINDS if (kind in self.shown.kinds) != (kind.word == name)))

    def _only(self, name: str) -> None:
        """Show one colour of the diff map alone, or all again."""
        alone = tuple(kind for kind in KINDS if kind.word == name)
        self._set(kinds=KINDS if tuple(self.shown.kinds) == alone else alone)

    @on(Switches.Switched, "#sides")
    def _switch_masks(self, event: Switches.Switched) -> None:
        self._set(masks=event.name)

    def action_masks(self, by: int) -> None:
        """The next of all, labels, base and other."""
        names = ["all", "labels", *self.of_masks.view.comparison.sides]
        self._set(masks=names[(names.index(self.shown.masks) + by) % len(names)])

    def action_layer(self, name: str) -> None:
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
