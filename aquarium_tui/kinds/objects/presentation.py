"""What the screens show of a comparison of objects."""

from dataclasses import dataclass, replace

import numpy as np

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.drawing.crops import CropDrawing, fitted
from aquarium_tui.drawing.drawing import FrameDrawing
from aquarium_tui.drawing.object_painter import ObjectPainter
from aquarium_tui.kinds.lists import Confusion
from aquarium_tui.kinds.objects.lists import ObjectConfusion
from aquarium_tui.kinds.presentation import Presentation
from aquarium_tui.kinds.report_columns import Reporting
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

    def whole_frame(self, frame: int, aspect: tuple[int, int]) -> CropDrawing:
        """The frame with all its objects, without words."""
        return fitted(replace(self.painter.frame(frame), captions=False), aspect)

    def preview(self, frame: int) -> tuple[FrameDrawing, str]:
        """The frame with all its objects, and how many errors each set makes."""
        comparison = self.view.comparison
        labels = int(np.diff(comparison.dataset.labels.starts[frame : frame + 2])[0])
        parts = [visible(comparison.dataset.frames.id[frame] or ""), counted(labels, "label")]
        for side in comparison.sides:
            parts.append(f"{side} {counted(int(comparison.frame_scores[side].errors[frame]), 'error')}")
        return self.painter.frame(frame), " · ".join(parts)


def object_painter(
    view: Seen[ObjectComparison], photos: PhotoCache, colors: Palette | None, *, boxed: bool = True
) -> ObjectPainter:
    """A painter of what is marked, the rest receding where a query asks for objects."""
    return ObjectPainter(view.comparison, view.marked, photos, colors, recede=view.asks_objects, boxed=boxed)


def object_presentation(
    kind: Reporting[ObjectComparison],
    view: Seen[ObjectComparison],
    photos: PhotoCache,
    colors: Palette | None,
) -> ObjectPresentation:
    """A comparison of boxes as screens show it."""
    painter = object_painter(view, photos, colors)
    return ObjectPresentation(view, kind, painter.classes, painter)
