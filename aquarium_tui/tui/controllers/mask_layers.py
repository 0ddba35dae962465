"""Chooses what is drawn on the pictures of a frame with masks."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from aquarium_tui.drawing.mask_painter import KINDS, MaskLayers


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
