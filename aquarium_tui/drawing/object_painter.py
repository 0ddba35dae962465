"""Painter of objects: which marks a frame or a crop gets, in which colours, and which of them stand out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.rows import ObjectRow, Partner, object_at
from aquarium_tui.drawing.crops import CropDrawing, crop_region
from aquarium_tui.drawing.drawing import ClassColors, FrameDrawing, frame_size, image_path
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share
from aquarium_tui.model.outcomes import Change
from aquarium_tui.model.outlines import run_lengths
from aquarium_tui.model.picture import Region, whole
from aquarium_tui.render.mark import Emphasis, Mark, MarkOwner, Shape
from aquarium_tui.render.palette import Palette, palette

CLOSE = (1.5, 0.8, 0.35)
"""Margins for a close look at an object, as shares of its longer side. The first that fits is used: 1.5 gives
a small object a quarter of the view, 0.35 is what crops have."""

CROWD = 60
"""Marks in a frame beyond which what did not change is drawn in outline only: about 20 objects with both
sets. Their hatching would cover most of the picture, and what changed with it."""
_CHANGED = (Change.FIXED, Change.BROKEN, Change.MOVED)
_DOUBTFUL = 0.3
"""The confidence below which the caption of a false alarm comes after all others."""


Detail = Literal["auto", "full", "changes"]


@dataclass(frozen=True)
class ObjectLayers:
    """What is drawn on a picture of objects.

    Attributes:
        labels: Whether the labels are drawn.
        base: Whether base's inferences are drawn.
        other: Whether other's inferences are drawn.
        by_change: Whether colours show the change of an object rather than its class.
    """

    labels: bool = True
    base: bool = True
    other: bool = True
    by_change: bool = False


class ObjectPainter:
    """Makes drawings of frames and objects.

    Args:
        comparison: The objects.
        marked: `(objects,)` bool, the rows of the ledger whose captions are written.
        photos: Keeps the photos that were decoded.
        colors: The palette; the default one if left out.
        recede: Whether rows that are not marked recede behind those that are.
        boxed: Whether objects have boxes of their own; if not, they fill their frame.

    Attributes:
        boxed: The same.
    """

    def __init__(
        self,
        comparison: ObjectComparison,
        marked: NDArray[np.bool_],
        photos: PhotoCache,
        colors: Palette | None = None,
        *,
        recede: bool = False,
        boxed: bool = True,
    ) -> None:
        self.photos = photos
        self.colors = colors or palette()
        self.classes = ClassColors(comparison.dataset.project.class_map, self.colors)
        self._comparison, self._marked, self._recede = comparison, marked, recede
        self.boxed = boxed

    def frame(
        self,
        frame: int,
        layers: ObjectLayers | None = None,
        bright: int | None = None,
        detail: Detail = "auto",
    ) -> FrameDrawing:
        """A whole frame with all its objects.

        Args:
            frame: The frame.
            layers: What to draw; everything by default.
            bright: The row of the ledger that stands out, the others receding behind it.
            detail: Where there are many marks, what did not change is an outline (`auto`), or is drawn like
                the rest (`full`); or only what changed is drawn at all (`changes`).
        """
        ledger = self._comparison.ledger
        rows = range(int(ledger.starts[frame]), int(ledger.starts[frame + 1]))
        shown = layers or ObjectLayers()
        objects = [object_at(self._comparison, row) for row in rows]
        marks = [(found, self._marks(found, shown, bright)) for found in objects]
        if detail == "changes":
            marks = [(found, own) for found, own in marks if found.change in _CHANGED]
        elif detail == "auto" and sum(len(own) for _, own in marks) > CROWD:
            marks = [(found, own if found.change in _CHANGED else _plain(own)) for found, own in marks]
        return self._drawing(frame, [m for _, own in marks for m in own], self._words(frame, len(rows)))

    def crop(self, row: int, aspect: tuple[int, int] = (1, 1)) -> CropDrawing:
        """The surroundings of one object, with its own boxes alone; `picture` makes it a picture.

        Args:
            row: The object's row of the ledger.
            aspect: Width and height of the place it is drawn for, in any unit.
        """
        found = object_at(self._comparison, row)
        marks = [m for m in self._marks(found, ObjectLayers(), None) if not m.crowd]
        drawing = self._drawing(found.frame, [_unnamed(m) for m in marks], "")
        region = crop_region(_boxes(found), drawing.size, aspect=aspect)
        return CropDrawing(drawing, region, f"object in {drawing.path}")

    def look(self, row: int, layers: ObjectLayers | None = None) -> CropDrawing:
        """A close look at one object, the others receding behind it; the whole frame where it is large."""
        frame = int(self._comparison.ledger.frame[row])
        drawing = self.frame(frame, layers, bright=row)
        region = self.close_look(row, drawing.size, drawing.size) or whole(drawing.size)
        return CropDrawing(drawing, region, drawing.description)

    def close_look(self, row: int | None, size: tuple[int, int], aspect: tuple[int, int]) -> Region | None:
        """The part of a frame that shows one object in its middle.

        Args:
            row: The object's row of the ledger; None for the whole frame.
            size: Width and height of the frame.
            aspect: Width and height of the place it is shown in, in any unit.

        Returns:
            None for the whole frame: without a row, or where the object is too large for a closer look.
        """
        if row is None:
            return None
        boxes = _boxes(object_at(self._comparison, row))
        for margin in CLOSE:
            left, top, right, bottom = crop_region(boxes, size, margin=margin, aspect=aspect)
            if right - left <= size[0] and bottom - top <= size[1]:
                return left, top, right, bottom
        return None

    def _drawing(self, frame: int, marks: Iterable[Mark], words: str) -> FrameDrawing:
        dataset = self._comparison.dataset
        path = image_path(dataset, frame)
        return FrameDrawing(path, frame_size(dataset, frame), tuple(marks), words, self.photos)

    def _marks(self, found: ObjectRow, layers: ObjectLayers, bright: int | None) -> list[Mark]:
        emphasis = self._emphasis(found, bright)
        captioned = bool(self._marked[found.row]) or emphasis == "bright"
        whole = not self.boxed
        parts: tuple[tuple[MarkOwner, Partner | None, bool], ...] = (
            ("label", found.label, layers.labels),
            ("base", found.base, layers.base),
            ("other", found.other, layers.other),
        )
        marks = []
        for kind, partner, wanted in parts:
            if partner and wanted:
                color = self.classes.entry(partner.class_index)
                if layers.by_change:
                    color = self.colors.word_color(found.change.word)
                words = caption(kind, partner, whole) if captioned or whole else ""
                crowd = kind == "label" and found.crowd
                shape = self._shape(found.frame, partner)
                rank = _rank(found, partner)
                marks.append(Mark(partner.box, kind, color, words, emphasis, crowd, whole, shape, rank))
        return marks

    def _shape(self, frame: int, partner: Partner) -> Shape | None:
        """The mask of an object, where it has one."""
        frames = self._comparison.dataset.frames
        size = int(frames.width[frame]), int(frames.height[frame])
        return None if partner.mask is None else Shape(run_lengths(partner.mask, size), size)

    def _emphasis(self, found: ObjectRow, bright: int | None) -> Emphasis:
        """One object stands out from all others, and marked ones from the rest."""
        if bright is not None:
            return "bright" if found.row == bright else "dim"
        return "dim" if self._recede and not self._marked[found.row] else "normal"

    def _words(self, frame: int, objects: int) -> str:
        comparison = self._comparison
        name = visible(comparison.dataset.frames.id[frame] or "")
        words = [f"Frame {name} with {objects} objects."]
        for side in comparison.sides:
            scores = comparison.frame_scores[side]
            words.append(
                f"{side.capitalize()}: {scores.correct[frame]} correct, {scores.confused[frame]} confused, "
                f"{scores.missed[frame]} missed, {scores.spurious[frame]} spurious."
            )
        return " ".join(words)


def _boxes(found: ObjectRow) -> list[tuple[float, float, float, float]]:
    return [p.box for p in (found.label, found.base, found.other) if p]


def _rank(found: ObjectRow, partner: Partner) -> float:
    """The place of an object's captions: changed ones first, and false alarms that nobody believes last."""
    rank = 0.0 if found.change in _CHANGED else 1.0 if found.change != Change.BOTH_CORRECT else 2.0
    if found.label is None:
        rank += 0.5 - partner.confidence / 4
        if partner.confidence < _DOUBTFUL:
            rank += 3.0
    return rank


def _plain(marks: Iterable[Mark]) -> list[Mark]:
    return [replace(mark, plain=True) for mark in marks]


def _unnamed(mark: Mark) -> Mark:
    return Mark(mark.box, mark.kind, mark.color, fills_frame=mark.fills_frame, shape=mark.shape)


def caption(kind: MarkOwner, partner: Partner, whole: bool = False) -> str:
    """What is written at a box: the class; for inferences also the set, the confidence and the IoU.

    Args:
        kind: Whether it is a label, or of which set.
        partner: The label or inference.
        whole: Whether it applies to the whole frame, which has no IoU.
    """
    if kind == "label":
        return partner.class_name
    iou = f" IoU {share(partner.iou, 2)}" if partner.iou > 0 and not whole else ""
    return f"{kind} {partner.class_name} {share(partner.confidence, 2)}{iou}"
