"""What the screens show of a comparison of classes of images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.kinds.columns import CellText, TableColumn, frame_columns, number_columns
from aquarium_tui.kinds.objects.presentation import ObjectPresentation, object_painter
from aquarium_tui.kinds.report_columns import Reporting
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, share
from aquarium_tui.model.tables import Objects
from aquarium_tui.render.palette import Palette


class ClassPresentation(ObjectPresentation):
    """A comparison of classes of images: an object fills its frame."""

    def frame_numbers(self) -> list[TableColumn]:
        """The classes of each frame, and whether that got worse."""
        return frame_columns(self.view.comparison, class_columns(self.view.comparison))


def class_presentation(
    kind: Reporting[ObjectComparison],
    view: Seen[ObjectComparison],
    photos: PhotoCache,
    colors: Palette | None,
) -> ClassPresentation:
    """A comparison of classes as screens show it."""
    painter = object_painter(view, photos, colors, boxed=False)
    return ClassPresentation(view, kind, painter.classes, painter, boxed=False)


def class_columns(comparison: ObjectComparison) -> Sequence[TableColumn]:
    """The class of each frame as labelled and as each set infers it, and its numbers."""
    labels = comparison.dataset.labels
    columns = [_class("label", comparison, labels, np.ones(len(labels), bool))]
    for side in comparison.sides:
        objects = comparison.inferences(side).objects
        active = comparison.active(side)
        columns.append(_class(side, comparison, objects, active))
    numbers = [column for field in comparison.own_fields for column in number_columns(comparison, field)]
    return [*columns, *numbers]


def _class(
    title: str, comparison: ObjectComparison, objects: Objects, active: NDArray[np.bool_]
) -> TableColumn:
    """The class of the object of each frame, and how sure it is."""
    entries, count = comparison.dataset.project.class_map.entries, len(comparison.dataset.frames)
    row = np.full(count, -1)
    row[objects.frame[active]] = np.flatnonzero(active)
    names = [visible(entry.name) for entry in entries]
    order = np.append(np.argsort(np.argsort(names)), len(names))
    keys = order[np.where(row >= 0, objects.class_index[row], len(names)) if len(objects) else row]

    def cell(frame: int) -> CellText:
        at = int(row[frame])
        if at < 0:
            return UNDEFINED, "dim"
        sure = f" {share(float(objects.confidence[at]), 2)}" if len(objects.confidence) else ""
        return [(names[int(objects.class_index[at])], ""), (sure, "dim")]

    width = max(8, min(18, max(map(cell_len, names), default=8) + 4 * bool(len(objects.confidence))))
    return TableColumn(title, title, width, cell, lambda: keys)
