"""What screens show of a comparison of objects or classes of images, and the objects behind its AP."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.compare.objects.rows import ObjectRow, object_at
from aquarium_tui.compare.objects.switches import Contributions
from aquarium_tui.compare.objects.tide import ErrorObjects, TideError
from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.crops import CropDrawing, all_of
from aquarium_tui.drawing.drawing import Drawing, FrameDrawing
from aquarium_tui.drawing.object_painter import ObjectLayers, ObjectPainter
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds.columns import CellText, TableColumn, frame_columns, number_columns
from aquarium_tui.kinds.kind import PictureOptions
from aquarium_tui.kinds.lists import Confusion
from aquarium_tui.kinds.objects.lists import (
    CHANGE_MARKS,
    CHANGE_MEANINGS,
    CellTiles,
    ObjectConfusion,
    side_text,
)
from aquarium_tui.kinds.presentation import Legend, OpenTiles, Presentation
from aquarium_tui.kinds.report_columns import Reporting
from aquarium_tui.kinds.walks import ChangeWalk, ObjectLook
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, counted, share
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Objects
from aquarium_tui.render.palette import Palette

_LONGEST = 60
"""Cells of a class and its confidence in a line about a frame."""


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

    def preview(self, frame: int) -> FrameDrawing:
        """The frame with all its objects."""
        return self.painter.frame(frame)

    def about(self, frame: int) -> Sequence[str]:
        """How many labels it has, and how many errors each set makes."""
        comparison = self.view.comparison
        labels = counted(int(np.diff(comparison.dataset.labels.starts[frame : frame + 2])[0]), "label")
        errors = [int(comparison.frame_scores[side].errors[frame]) for side in comparison.sides]
        words = [f"{side} {counted(n, 'error')}" for side, n in zip(comparison.sides, errors, strict=True)]
        last = counted(errors[-1], "error")
        return [
            " · ".join([labels, *words]),
            " · ".join(words),
            f"{labels} · {' → '.join([*map(str, errors[:-1]), last])}",
            " → ".join([*map(str, errors[:-1]), last]),
        ]


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
    shown = {name: name not in options.hidden for name in ("labels", "base", "other")}
    layers = ObjectLayers(**shown, by_change=options.by_change)
    if not options.object_id and options.cell is None:
        return painter.frame(frame, layers, detail=options.detail)
    return painter.look(_asked(view.comparison, frame, options), layers)


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


Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ObjectsBehind:
    """A list of objects; a row of `label`, `base` and `other` each, -1 for none. A walk through it, too.

    Attributes:
        title: What they are, in a few words.
        frame: `(n,)` int64.
        class_: `(n,)` int64 evaluated class.
        label: `(n,)` int64 rows of the labels.
        base: `(n,)` int64 rows of base's inferences.
        other: `(n,)` int64 rows of other's inferences.
        value: `(n,)` float64, what each adds; NaN where that is not the question.
        words: `(n,)` what the list says of each; empty where `value` says it.
    """

    title: str
    frame: Rows
    class_: Rows
    label: Rows
    base: Rows
    other: Rows
    value: Floats
    words: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, view: Seen[ObjectComparison]) -> Rows:
        """Their rows of the ledger in the order of the list, without those below the thresholds."""
        found = self.places(view.comparison)
        return found[found >= 0]

    def places(self, comparison: ObjectComparison) -> Rows:
        """`(n,)`: the row of the ledger that holds the label, else the inference; -1 without one."""
        ledger = comparison.ledger
        found = np.full(len(self), -1, np.int64)
        parts = ((self.other, ledger.other), (self.base, ledger.base), (self.label, ledger.label))
        for mine, theirs in parts:
            if not len(theirs):
                continue
            place = np.full(max(int(theirs.max()), int(mine.max(initial=0))) + 1, -1, np.int64)
            there = np.flatnonzero(theirs >= 0)
            place[theirs[there]] = there
            at = np.where(mine >= 0, place[mine], -1)
            found = np.where(at >= 0, at, found)
        return found


def contributing(title: str, found: Contributions) -> ObjectsBehind:
    """The objects that add to a part of a difference in AP."""
    return ObjectsBehind(title, found.frame, found.class_, found.label, found.base, found.other, found.value)


def of_error(
    comparison: ObjectComparison, error: TideError, found: dict[Side, ErrorObjects]
) -> ObjectsBehind:
    """The objects of one of TIDE's errors: those of other, then of base, the most confident first."""
    parts: list[tuple[Side, Rows, Rows, Rows]] = []
    for side in reversed(comparison.sides):
        some = np.flatnonzero(found[side].error == list(TideError).index(error))
        sure = np.append(comparison.inferences(side).objects.confidence, 0.0)
        some = some[np.argsort(-sure[found[side].inference[some]], kind="stable")]
        parts.append((side, found[side].frame[some], found[side].label[some], found[side].inference[some]))
    frame, label, inference = (np.concatenate([part[i] for part in parts]) for i in (1, 2, 3))
    of_other = np.repeat([part[0] == "other" for part in parts], [len(part[1]) for part in parts])
    classes = comparison.evaluation("base").classes.label
    class_ = classes[np.maximum(label, 0)].astype(np.int64) if len(classes) else label
    for side in comparison.sides:
        mine = np.flatnonzero((inference >= 0) & (of_other == (side == "other")))
        class_[mine] = comparison.evaluation(side).classes.inference[inference[mine]]
    return ObjectsBehind(
        error.value,
        frame,
        class_,
        label,
        np.where(of_other, -1, inference),
        np.where(of_other, inference, -1),
        np.full(len(frame), np.nan),
        tuple(np.where(of_other, "other", "base").tolist()),
    )


def of_labels(comparison: ObjectComparison, title: str, rows: Rows) -> ObjectsBehind:
    """Some labels, with their partners in each set of a comparison."""
    partners = {
        side: comparison.matching(side).label_partner[rows].astype(np.int64) for side in comparison.sides
    }
    none = np.full(len(rows), -1)
    return ObjectsBehind(
        title,
        comparison.dataset.labels.frame[rows].astype(np.int64),
        comparison.evaluation("base").classes.label[rows].astype(np.int64),
        rows,
        partners["base"],
        partners.get("other", none),
        np.full(len(rows), np.nan),
        ("label",) * len(rows),
    )


def behind_columns(comparison: ObjectComparison, found: ObjectsBehind) -> list[TableColumn]:
    """Frame, class, what each adds or whose error it is, and confidence and IoU under each set."""
    ids, names = comparison.dataset.frames.id, comparison.classes

    def added(row: int) -> CellText:
        value = float(found.value[row])
        size = f"{abs(value):.5f}".removeprefix("0")
        return f"{'+' if value > 0 else '−'}{size}", "good" if value > 0 else "bad"

    first = (
        TableColumn("set", "of", 5, lambda row: found.words[row])
        if found.words
        else TableColumn("adds", "adds", 8, added, lambda: np.abs(found.value), right=True, descending=True)
    )
    columns = [
        first,
        TableColumn(
            "class", "class", 12, lambda row: visible(names[found.class_[row]]), lambda: found.class_
        ),
        TableColumn(
            "frame", "frame", 0, lambda row: visible(ids[int(found.frame[row])] or ""), lambda: found.frame
        ),
        TableColumn("label", "label", 12, _label(comparison, found)),
    ]
    for side in comparison.sides:
        rows = found.base if side == "base" else found.other
        columns += _of_side(comparison, side, rows, found.label)
    return columns


def _label(comparison: ObjectComparison, found: ObjectsBehind) -> Callable[[int], CellText]:
    classes, names = comparison.evaluation("base").classes.label, comparison.classes

    def cell(row: int) -> CellText:
        at = int(found.label[row])
        return "–" if at < 0 else visible(names[classes[at]]) if classes[at] >= 0 else "ignored"

    return cell


def _of_side(comparison: ObjectComparison, side: Side, rows: Rows, label: Rows) -> list[TableColumn]:
    """Confidence and IoU of one set's inferences; the title says whose they are."""
    objects, dataset = comparison.inferences(side).objects, comparison.dataset
    sure = np.append(objects.confidence, np.nan)[rows]
    both = np.flatnonzero((rows >= 0) & (label >= 0))
    iou = np.full(len(rows), np.nan)
    iou[both] = geometry_of(dataset.project).ious(
        dataset.frames, dataset.labels, label[both], objects, rows[both]
    )

    def column(key: str, title: str, values: NDArray[Any]) -> TableColumn:
        return TableColumn(
            f"{side}_{key}",
            title,
            max(5, len(title)),
            lambda row: "" if rows[row] < 0 else share(float(values[row]), 2),
            lambda: values,
            right=True,
            descending=True,
        )

    return [column("confidence", side, sure), column("iou", "IoU", iou)]


class ClassPresentation(ObjectPresentation):
    """A comparison of classes of images: an object fills its frame."""

    def frame_numbers(self) -> list[TableColumn]:
        """The classes of each frame, and whether that got worse."""
        return frame_columns(self.view.comparison, class_columns(self.view.comparison))

    def about(self, frame: int) -> Sequence[str]:
        """Its class as labelled and as each set infers it."""
        comparison = self.view.comparison
        rows = range(*comparison.ledger.starts[frame : frame + 2])
        if len(rows) != 1:
            return super().about(frame)
        found = object_at(comparison, rows[0])
        label = visible(found.label.class_name) if found.label else "no label"
        said = [side_text(found, side, _LONGEST) for side in comparison.sides]
        named = [f"{side} {words}" for side, words in zip(comparison.sides, said, strict=True)]
        pair = " → ".join(said)
        return [" · ".join([label, *named]), f"{label}: {pair}", pair, *(said[-1:])]


def class_presentation(
    kind: Reporting[Any],
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
