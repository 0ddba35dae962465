"""One frame of masks: the photo under them, the diff map, what changed in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.worker import get_current_worker

from aquarium_tui.compare.pixels.frame_masks import Regions, regions_of
from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.crops import crop_region
from aquarium_tui.drawing.mask_painter import KINDS, MaskLayers, MaskPainter
from aquarium_tui.errors import InputError
from aquarium_tui.kinds.masks.presentation import MaskPresentation
from aquarium_tui.kinds.walks import FrameLook
from aquarium_tui.model.picture import Region
from aquarium_tui.session.view import View
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import MASKS
from aquarium_tui.tui.controllers.layers import (
    Blink,
    ChooseColours,
    MaskLayerControl,
    least_pixels,
    legend,
    meaning,
    region_text,
    sides_switches,
    walked,
)
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.program import presented
from aquarium_tui.tui.screens.view import PictureScreen, ordinal
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Divider, Line, Pane, Part, Switches
from aquarium_tui.tui.widgets.matrix import Matrix
from aquarium_tui.tui.widgets.table import Table

MARGIN = 0.35
"""Around a region looked at closely, as a share of its longer side."""


class MaskScreen(PictureScreen):
    """Where base and other differ in one frame, by colour, by cell, and region by region."""

    CSS_PATH = "masks.tcss"
    MAIN_PICTURE = "#diff"
    PLACE = MASKS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MASKS)]

    @dataclass
    class Found(Message):
        """The regions of a frame, of what was to be walked through then."""

        key: object
        regions: Regions

    def __init__(self, look: FrameLook) -> None:
        super().__init__(look.frame)
        self.queue = look.queue
        self.look = look
        self.mask_layers = MaskLayerControl(MaskLayers(cell=look.cell), self._redraw)
        self.blink = Blink(self, self._blink)
        self.regions: Regions | None = None
        self.region_at: int | None = None
        self.split = 0.5
        self._arrive: int | None = None

    def content(self) -> ComposeResult:
        """What is walked through, the two pictures, and the numbers of this frame."""
        yield Line(id="walk-line")
        with Horizontal(id="pictures"):
            with Vertical(id="masks-pane"):
                yield Switches(id="sides")
                yield Picture(id="masks")
                yield Line(id="meaning")
            yield Divider()
            with Vertical(id="diff-pane"):
                yield Switches(id="legend")
                yield Picture(id="diff")
                yield Line(id="region")
        with Horizontal(id="numbers"):
            with Pane(id="report-pane", classes="pane"):
                yield Table(id="report", empty="no pixels of this frame are counted")
            with Vertical(id="cells-pane", classes="pane"):
                yield Matrix(id="matrix")

    def show(self, view: View) -> None:
        """Draw the frame as another view has it."""
        del view
        self._fill()

    def focus_content(self) -> None:
        """To the pictures: no widget has the focus."""
        self.set_focus(None)

    def frames(self) -> NDArray[np.int64]:
        """The frames of the list in its order."""
        return self.look.frames

    def under_review(self) -> Sequence[Target]:
        """The frame."""
        return [("frame", self.frame)]

    def review_changed(self) -> None:
        """Draw the signs above the picture."""
        self._say()

    def open_frame(self, frame: int) -> None:
        """Show another frame of the list."""
        self.frame = frame
        self._fill()

    @property
    def of_masks(self) -> MaskPresentation:
        """What is shown; only kinds of masks name this screen."""
        return presented(self, MaskPresentation)

    def rendered(self) -> list[str]:
        """The masks on the photo where some are chosen, else the diff map with the cell that it shows."""
        shown, names = self.shown, self.of_masks.view.comparison.classes
        options = super().rendered()
        if shown.masks != "all" and not self.blink.side:
            options += ["--masks", shown.masks, "--opacity", f"{shown.opacity:g}"]
            return [*options, *(["--outline"] if shown.outline else [])]
        return [*options, *(["--cell", ":".join(names[at] for at in shown.cell)] if shown.cell else [])]

    def left_out(self, view: View) -> str:
        """Colours that are hidden, and the other one of the two pictures."""
        del view
        hidden = len(self.shown.kinds) < len(KINDS)
        photo = "the masks over the photo: --masks draws them"
        other = "the diff map" if "--masks" in self.rendered() else photo
        return "which colours are hidden, and " * hidden + other

    @property
    def shown(self) -> MaskLayers:
        """What is drawn on the pictures."""
        return self.mask_layers.shown

    @property
    def _painter(self) -> MaskPainter:
        return self.of_masks.painter

    # Drawing

    def _fill(self) -> None:
        """Numbers and pictures of the frame."""
        self.see(("frame", self.frame))
        task = self.of_masks
        one = task.view.comparison.frame(self.frame)
        grid, report = task.grid(one, seen=True), task.report_of(one)
        support = one.scores["base"].support + sum(one.scores[side].inferred for side in one.sides)
        rows = np.concatenate([np.arange(report.averages), report.rows_of(np.flatnonzero(support))])
        table = self.query_one("#report", Table)
        table.show(
            report.columns,
            report.count if one.frame_count else 0,
            rows=rows if one.frame_count else None,
            pinned=report.averages,
        )
        worst = self.shown.cell or (grid.worst() if grid.cells else None)
        self.query_one(Matrix).show(grid, worst)
        pair = one.other is not None
        self.query_one("#report-pane").border_title = "this image   other − base" if pair else "this image"
        self.query_one("#report-pane", Pane).say_below(report.summary)
        mode = "delta" if pair else "base"
        self.query_one("#cells-pane").border_title = f"confusion of this image   {mode}, pixels"
        self.query_one("#cells-pane").border_subtitle = "rows: label   columns: inferred"
        self._say()
        self._walk_anew()
        self._whole()

    def _whole(self) -> None:
        """Both pictures, all of the frame."""
        self._paint(None)
        self.picture.prepare([self._painter.diff(f, self.shown) for f in self.neighbours()])

    def _paint(self, region: Region | None) -> None:
        """Both pictures, showing a region; None shows all."""
        box = self._box
        self.query_one("#masks", Picture).show(
            self._painter.photo(self.frame, self.shown, box), region=region
        )
        self.picture.show(self._painter.diff(self.frame, self.shown, box), region=region)

    def _repaint(self) -> None:
        """The same region with other masks."""
        self._paint(self.picture.view)
        self._say()

    @property
    def _box(self) -> Region | None:
        """The region of change that is looked at, in pixels of the frame."""
        if self.regions is None or self.region_at is None:
            return None
        left, top, right, bottom = self.regions.box[self.region_at].tolist()
        return left, top, right, bottom

    def _say(self) -> None:
        view = self.of_masks.view
        place = np.flatnonzero(self.look.frames == self.frame)
        at = f" · {ordinal(int(place[0]) + 1)} of {len(self.look.frames)}" if len(place) else ""
        self.say_frame(view, f"{self.look.title.lower()}{at}")
        pair = view.comparison.other is not None
        self.query_one("#sides", Switches).show(*sides_switches(self.shown, pair))
        self.query_one("#legend", Switches).show(*legend(self.of_masks, self.frame, self.shown))
        about = self.of_masks, self.frame, self.shown, self.regions, self.region_at
        long, *shorter = region_text(*about, next_key=self.sign("next.changed"))
        self.query_one("#region", Line).show(long, (), *shorter)
        self.query_one("#meaning", Line).show([(meaning(self.shown, pair), "dim")])
        self.query_one(Tabs).say(f"blinking: {self.blink.side}" if self.blink.side else "")

    # Regions

    def _walk_anew(self) -> None:
        """Look for the regions of what is shown now."""
        self.regions, self.region_at = None, None
        self._find(self._key)

    @property
    def _key(self) -> object:
        return self.program.view, self.frame, self.shown.cell, tuple(self.shown.kinds)

    @work(thread=True, exclusive=True, group="regions", description="regions")
    def _find(self, key: object) -> None:
        painter, frame, shown = self._painter, self.frame, self.shown
        pair = self.of_masks.view.comparison.other is not None
        try:
            inside = painter.in_cell(frame, shown.cell) if shown.cell else None
            values = walked(painter.diff_map(frame, shown.cell), shown, pair, inside)
        except InputError:
            values = np.zeros((1, 1), np.uint8)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Found(key, regions_of(values, least_pixels(values.size))))

    @on(Found)
    def _found(self, event: Found) -> None:
        if event.key != self._key:
            return
        self.regions = event.regions
        if self._arrive is not None and len(event.regions):
            self.go_to(0 if self._arrive > 0 else len(event.regions) - 1)
        self._arrive = None
        self._say()

    def action_walk(self, by: int) -> None:
        """To the next or previous region, over the frame's end into the next frame."""
        if self.regions is None:
            self._arrive = by
            return
        place = (-1 if by > 0 else len(self.regions)) if self.region_at is None else self.region_at
        if 0 <= place + by < len(self.regions):
            self.go_to(place + by)
        else:
            self._arrive = by if self.step_frame(by) else None

    def go_to(self, region: int) -> None:
        """Look closely at a region."""
        self.region_at = region
        self._paint(self.close_look())
        self._say()

    def close_look(self) -> Region | None:
        """The region under the cursor with its surroundings; None where there is none."""
        box = self._box
        if box is None:
            return None
        size = self._painter.diff(self.frame, self.shown).size
        left, top, right, bottom = crop_region(box, size, margin=MARGIN, aspect=self.aspect)
        return max(left, 0.0), max(top, 0.0), min(right, float(size[0])), min(bottom, float(size[1]))

    def _redraw(self, before: MaskLayers) -> None:
        """Draw other masks or colours; other pixels have other regions."""
        if (before.cell, before.kinds) != (self.shown.cell, self.shown.kinds):
            self._walk_anew()
        self._repaint()

    # Looking

    @on(Picture.RegionChanged)
    def _follow(self, event: Picture.RegionChanged) -> None:
        """Both pictures show the same region."""
        other = self.query_one("#masks" if event.picture.id == "diff" else "#diff", Picture)
        other.view = event.region

    def look_at(self, region: Region) -> None:
        """Show a part of the frame in both pictures."""
        self._paint(region)

    def action_close(self) -> None:
        """Closely at the region, or the whole frame."""
        close = self.close_look()
        if close is None:
            self.action_walk(1)
        else:
            self._paint(None if self.picture.view == close else close)

    def action_fit(self) -> None:
        """The whole frame."""
        self._paint(None)

    # Layers

    @on(Matrix.Highlighted)
    @on(Matrix.Selected)
    def _choose_cell(self, event: Matrix.Highlighted | Matrix.Selected) -> None:
        self.mask_layers.show_cell((event.label, event.inferred))

    @on(Switches.Switched, "#legend")
    def _switch_colour(self, event: Switches.Switched) -> None:
        self.mask_layers.flip_colour(event.name)

    @on(Switches.Switched, "#sides")
    def _switch_masks(self, event: Switches.Switched) -> None:
        self.mask_layers.show_masks(event.name)

    def action_cell(self) -> None:
        """Show all pixels, or only those of the cell under the cursor."""
        self.mask_layers.show_cell(None if self.shown.cell else self.query_one(Matrix).cell)

    def action_colours(self) -> None:
        """Choose the colours of the diff map."""
        layers = self.mask_layers
        self.app.push_screen(ChooseColours(self._legend, layers.flip_colour, layers.only_colour))

    def _legend(self) -> Sequence[Part]:
        return [part for part in legend(self.of_masks, self.frame, self.shown)[0] if part[0]]

    def action_masks(self, by: int) -> None:
        """Show the next of all masks, labels, base and other on the photo."""
        self.mask_layers.next_masks(["all", "labels", *self.of_masks.view.comparison.sides], by)

    def action_layer(self, name: str) -> None:
        """Show the masks of labels, base or other alone, or all again."""
        if name in ("labels", *self.of_masks.view.comparison.sides):
            self.mask_layers.flip_masks(name)

    def action_outline(self) -> None:
        """Draw masks as outlines, or filled."""
        self.mask_layers.flip_outline()

    def action_opacity(self, by: float) -> None:
        """Draw masks more or less opaque."""
        self.mask_layers.step_opacity(by)

    def action_blink(self) -> None:
        """Alternate between base and other, or all again."""
        if self.of_masks.view.comparison.other:
            self.blink.toggle()

    def _blink(self) -> None:
        self.mask_layers.show_masks(self.blink.side or "all")

    # Panes

    def action_pane(self, by: int) -> None:
        """From the pictures to the cells, the report, and back."""
        panes = [None, self.query_one(Matrix), self.query_one("#report", Table)]
        at = panes.index(self.focused) if self.focused in panes else 0
        to = panes[(at + by) % len(panes)]
        self.set_class(to is panes[2], "-report")
        self.call_after_refresh(self.set_focus, to)

    def action_full(self) -> None:
        """The pictures alone, or with the numbers."""
        self.set_focus(None)
        super().action_full()

    def action_divide(self, by: float) -> None:
        """Move the divider."""
        self.divide(self.split + by)

    @on(Divider.Dragged)
    def _drag(self, event: Divider.Dragged) -> None:
        self.divide(event.column / max(1, self.size.width))

    def divide(self, share: float) -> None:
        """Give the picture on the left a share of the width."""
        self.split = min(0.9, max(0.1, share))
        self._share_width()

    def on_resize(self) -> None:
        """Share the width anew."""
        self._share_width()

    def _share_width(self) -> None:
        """Give each picture its part; equal parts are equal to the cell, so that the pictures are, too."""
        room = self.size.width - 1  # The divider is between them.
        left = round(room * self.split)
        even = self.split == 0.5
        left, right = (room // 2, room // 2) if even else (left, room - left)
        self.query_one("#masks-pane").styles.width = left
        self.query_one("#diff-pane").styles.width = right
