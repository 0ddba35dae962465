"""What the screens show of a comparison of objects."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.rows import ObjectRow, object_at
from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.crops import CropDrawing, all_of
from aquarium_tui.drawing.drawing import Drawing, FrameDrawing
from aquarium_tui.drawing.object_painter import ObjectPainter
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds.kind import PictureOptions
from aquarium_tui.kinds.lists import Confusion
from aquarium_tui.kinds.objects.lists import CHANGE_MARKS, CHANGE_MEANINGS, CellTiles, ObjectConfusion
from aquarium_tui.kinds.presentation import Legend, OpenTiles, Presentation
from aquarium_tui.kinds.report_columns import Reporting
from aquarium_tui.kinds.walks import ChangeWalk, ObjectLook
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.render.palette import Palette


@dataclass(frozen=True, eq=False)
class ObjectPresentation(Presentation[ObjectComparison]):
    """A comparison of objects.

    Attributes:
        painter: Makes its pictures.
        boxed: Whether objects have boxes of their own; if not, they fill their frame.
    """

    painter: ObjectPainter
    boxed: bool = True

    def own_confusion(self) -> Confusion:
        """The confusion of the objects."""
        return ObjectConfusion(self.view, self.painter, self.classes.evaluated_hex, self.boxed)

    def gallery(self, frames: NDArray[np.int64]) -> OpenTiles:
        """The objects that the query asks for, else the frames."""
        if not self.view.asks_objects:
            return super().gallery(frames)
        walk = ChangeWalk(frames, "Objects")
        return ObjectGallery(self.view, self.painter, walk.rows(self.view), walk)

    def legend(self) -> Sequence[Legend]:
        """The signs of changes, and the lines around objects."""
        signs = [(mark, CHANGE_MEANINGS[change]) for change, mark in CHANGE_MARKS.items()]
        lines = [(("───", ""), "label"), (("╱╱╱", ""), "base"), (("╲╲╲", ""), "other; both hatchings cross")]
        return [("Signs of objects", signs), *([("Lines in pictures", lines)] if self.boxed else [])]

    def whole_frame(self, frame: int) -> CropDrawing:
        """The frame with all its objects, without words."""
        return all_of(replace(self.painter.frame(frame), captions=False))

    def close_up(self, target: Target) -> Drawing:
        """The object with what is around it, or the frame."""
        kind, row = target
        return self.painter.look(row) if kind == "object" else super().close_up(target)

    def preview(self, frame: int) -> tuple[FrameDrawing, str]:
        """The frame with all its objects, and how many errors each set makes."""
        comparison = self.view.comparison
        labels = int(np.diff(comparison.dataset.labels.starts[frame : frame + 2])[0])
        parts = [visible(comparison.dataset.frames.id[frame] or ""), counted(labels, "label")]
        for side in comparison.sides:
            parts.append(f"{side} {counted(int(comparison.frame_scores[side].errors[frame]), 'error')}")
        return self.painter.frame(frame), " · ".join(parts)


@dataclass(frozen=True, eq=False)
class ObjectGallery(CellTiles):
    """The objects that a query asks for, in the order of a list of frames.

    Attributes:
        walk: Leads from one to the next.
    """

    walk: ChangeWalk

    def look(self, index: int) -> ObjectLook:
        """The object in its frame."""
        return ObjectLook(self.walk, int(self.rows[index]))

    def frame(self, index: int) -> int:
        """The frame that it is in."""
        return int(self.view.comparison.ledger.frame[self.rows[index]])


def object_painter(
    view: Seen[ObjectComparison], photos: PhotoCache, colors: Palette | None, *, boxed: bool = True
) -> ObjectPainter:
    """A painter of what is marked, the rest receding where a query asks for objects."""
    return ObjectPainter(view.comparison, view.marked, photos, colors, recede=view.asks_objects, boxed=boxed)


def object_picture(
    view: Seen[ObjectComparison], frame: int, options: PictureOptions, *, boxed: bool = True
) -> FrameDrawing | CropDrawing:
    """A frame with labels and both sets, or a close look at one of its objects.

    Raises:
        UsageError: The frame has no such object.
    """
    painter = object_painter(view, PhotoCache(), options.colors, boxed=boxed)
    if not options.object_id and options.cell is None:
        return painter.frame(frame, detail=options.detail)
    return painter.look(_asked(view.comparison, frame, options))


def _asked(comparison: ObjectComparison, frame: int, options: PictureOptions) -> int:
    """The row of the ledger that the options ask for, one that changed before others."""
    ledger = comparison.ledger
    rows = np.arange(ledger.starts[frame], ledger.starts[frame + 1])
    if options.object_id:
        rows = np.array(
            [row for row in rows if options.object_id in _ids(object_at(comparison, int(row)))], int
        )
    if options.cell is not None:
        cell = options.cell[0] * len(comparison.classes) + options.cell[1]
        sides = ledger.base_cell[rows] == cell, ledger.other_cell[rows] == cell
        changed = sides[0] ^ sides[1]
        rows = rows[changed if changed.any() else sides[0] | sides[1]]
    if not len(rows):
        wanted = f"has the id {visible(options.object_id)}" if options.object_id else "is in this cell"
        raise UsageError(f"No object of this frame {wanted}.", "`aquarium-tui objects` lists them.")
    return int(rows[0])


def _ids(found: ObjectRow) -> list[str]:
    """The ids of an object's label and inferences."""
    return [one.id for one in (found.label, found.base, found.other) if one]


def object_presentation(
    kind: Reporting[Any],
    view: Seen[ObjectComparison],
    photos: PhotoCache,
    colors: Palette | None,
    *,
    boxed: bool = True,
) -> ObjectPresentation:
    """A comparison of boxes, or of classes of images, as screens show it."""
    painter = object_painter(view, photos, colors, boxed=boxed)
    return ObjectPresentation(view, kind, painter.classes, painter, boxed=boxed)
