"""The confusion of objects: its cells, the samples behind them as crops, and the queries that select them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.rows import ObjectRow, object_at
from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.drawing.drawing import typical_size
from aquarium_tui.drawing.object_painter import ObjectPainter
from aquarium_tui.kinds.columns import CellText, Span, TableColumn
from aquarium_tui.kinds.lists import (
    CellTable,
    ConfusionCell,
    Grid,
    both_ends,
    cell_table,
    cell_title,
    change_spans,
    sum_spans,
)
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.kinds.reviews import review_spans
from aquarium_tui.kinds.walks import OF_BOXES, SORTS, CellWalk, ObjectLook, ObjectWalk, list_word
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.reviews import Review
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.query.wording import quoted

CHANGE_MARKS: dict[Change, Span] = {
    Change.FIXED: ("▲", "good"),
    Change.BROKEN: ("▼", "bad"),
    Change.MOVED: ("◆", "warn"),
    Change.SAME_ERROR: ("■", "dim"),
    Change.BOTH_CORRECT: ("·", "dim"),
    Change.NONE: ("○", "dim"),
}
"""A sign for each change; its colour is never the only one."""
CHANGE_MEANINGS: dict[Change, str] = {
    Change.FIXED: "fixed: only base is wrong",
    Change.BROKEN: "broken: only other is wrong",
    Change.MOVED: "moved: wrong under both, differently",
    Change.SAME_ERROR: "the same error under both",
    Change.BOTH_CORRECT: "correct under both",
    Change.NONE: "ignored, in no count",
}
_INKS = {Outcome.CORRECT: "", Outcome.NONE: "dim", Outcome.IGNORED: "dim"}
_FIRST = (Change.BROKEN, Change.FIXED, Change.MOVED, Change.SAME_ERROR, Change.BOTH_CORRECT, Change.NONE)


def object_order(change: NDArray[np.uint8], marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions of a frame's objects, what changed (with one set: what is wrong) first."""
    place = np.zeros(len(Change), np.int64)
    place[list(_FIRST)] = np.arange(len(_FIRST))
    return np.lexsort((place[change], ~marked)).astype(np.int64)


def object_columns(
    objects: Sequence[ObjectRow],
    start: int,
    pair: bool,
    color: Callable[[int], str],
    *,
    boxed: bool = True,
    reviews: Sequence[Review] = (),
) -> list[TableColumn]:
    """Change, review, label, what each set says, IoU.

    Args:
        objects: The objects of the frame; the first is row `start` of the ledger.
        start: That row.
        pair: Whether there are two sets.
        color: `#rrggbb` of a class by position in the class map.
        boxed: Whether objects have boxes of their own.
        reviews: What stands of each object; without any, there is no column for it.
    """

    def change(row: int) -> CellText:
        found = objects[row - start]
        if not pair:
            return _outcome(found)
        sign, ink = CHANGE_MARKS[found.change]
        word = "ignored" if found.change is Change.NONE else found.change.word.replace("_", " ")
        return [(f"{sign} ", ink), (word.removeprefix("both "), ink)]

    def label(row: int) -> CellText:
        found = objects[row - start]
        if found.label is None:
            return "–", "dim"
        return [("■ ", color(found.label.class_index)), (visible(found.label.class_name), "")]

    sides = SIDES if pair else SIDES[:1]
    said = [column for side in sides for column in _side_columns(objects, start, side)]
    iou = [TableColumn("iou", "IoU", 4, lambda row: _iou(objects[row - start]), right=True)] if boxed else []
    signs = TableColumn("review", "", 4, lambda row: review_spans(reviews[row - start]))
    judged = [signs] if any(reviews) else []
    named = TableColumn("label", "label", 0, label, ends=True)
    return [TableColumn("change", "", 12, change), *judged, named, *said, *iou]


def _side_columns(objects: Sequence[ObjectRow], start: int, side: Side) -> list[TableColumn]:
    """What a set says, and how sure it is."""

    def said(row: int) -> CellText:
        found = objects[row - start]
        partner, outcome = found.partner(side), found.outcome(side)
        word = visible(partner.class_name) if partner else outcome.word if found.label else "–"
        return word, _INKS.get(outcome, "bad")

    def sure(row: int) -> CellText:
        partner = objects[row - start].partner(side)
        return (share(partner.confidence, 2), "") if partner else ""

    return [
        TableColumn(side, side, 0, said, ends=True),
        TableColumn(f"{side}_confidence", "", 4, sure, right=True),
    ]


def _iou(found: ObjectRow) -> str:
    ious = [partner.iou for partner in (found.base, found.other) if partner]
    best = np.nanmax([*ious, -1.0])
    return share(float(best), 2) if best >= 0 else ""


def _outcome(found: ObjectRow) -> Sequence[Span]:
    ink = {Outcome.CORRECT: "dim", Outcome.IGNORED: "dim"}.get(found.base_outcome, "bad")
    return [(found.base_outcome.word, ink)]


_WRONG: dict[CellList, tuple[Side, str]] = {
    CellList.FIXED: ("base", "change = fixed"),
    CellList.MOVED: ("base", "change = moved"),
    CellList.INTRODUCED: ("other", "change in (broken, moved)"),
    CellList.UNCHANGED: ("base", "change = same_error"),
}
_DIAGONAL: dict[CellList, tuple[Side, str]] = {
    CellList.FIXED: ("base", "change = broken"),
    CellList.MOVED: ("base", "change = moved"),
    CellList.INTRODUCED: ("other", "change = fixed"),
    CellList.UNCHANGED: ("base", "change = both_correct"),
}
_NOTHING = "false"


def query_of_cell(
    comparison: ObjectComparison, label: int, inferred: int, which: CellList | Side | None = None
) -> str:
    """The query for the objects of the cell (label class, inferred class).

    Args:
        comparison: What the cell belongs to.
        label: Its row.
        inferred: Its column.
        which: One of its lists, or what one set has in it; None for what either set has in it.
    """
    if label == inferred == len(comparison.classes) - 1:
        return _NOTHING
    if isinstance(which, CellList):
        return _query_of_list(comparison, label, inferred, which)
    sides = comparison.sides if which is None else (which,)
    parts = [_in_cell(comparison, side, label, inferred) for side in sides]
    return parts[0] if len(parts) == 1 else " or ".join(f"({part})" for part in parts)


def query_of_class(comparison: ObjectComparison, position: int) -> str:
    """The query for every object that is labelled or inferred as the class of a row of the report."""
    name = quoted(comparison.classes[position])
    return " or ".join(f"{part}.class = {name}" for part in ("label", *comparison.sides))


def _query_of_list(comparison: ObjectComparison, label: int, inferred: int, which: CellList) -> str:
    if comparison.other is None:
        inside = _in_cell(comparison, "base", label, inferred)
        return inside if which == CellList.UNCHANGED else _NOTHING
    side, change = (_DIAGONAL if label == inferred else _WRONG)[which]
    return f"{_in_cell(comparison, side, label, inferred)} and {change}"


def _in_cell(comparison: ObjectComparison, side: Side, label: int, inferred: int) -> str:
    """The condition that an object is in a cell under one set."""
    background = len(comparison.classes) - 1
    row, column = (quoted(comparison.classes[position]) for position in (label, inferred))
    if label == background:
        return f"{side}.class = {column} and {side}.outcome = spurious"
    if inferred == background:
        return f"label.class = {row} and {side}.outcome = missed"
    return f"label.class = {row} and {side}.class = {column}"


SPURIOUS, MISSED = "spurious", "missed"


@dataclass(frozen=True, eq=False)
class ObjectConfusion:
    """How many objects are in each cell.

    Attributes:
        view: What is shown.
        painter: Makes its pictures.
        color: `#rrggbb` of an evaluated class by position.
        boxed: Whether objects have boxes of their own.
    """

    view: Seen[ObjectComparison]
    painter: ObjectPainter
    color: Callable[[int], str]
    boxed: bool = True

    title = "confusion"

    @property
    def sorts(self) -> tuple[str, ...]:
        """What samples can be sorted by."""
        return tuple(key for key in SORTS if self.boxed or key not in OF_BOXES)

    @property
    def _comparison(self) -> ObjectComparison:
        return self.view.comparison

    def grid(self, evidence: Evidence | None) -> Grid:
        """All classes and background."""
        return replace(self._grid, state=evidence.cell) if evidence else self._grid

    @cached_property
    def _grid(self) -> Grid:
        comparison = self._comparison
        classes = range(len(comparison.classes) - 1)
        names = [visible(comparison.classes[i]) for i in classes]
        every = range(len(comparison.classes))
        return Grid(
            every,
            every,
            [*names, SPURIOUS],
            [*names, MISSED],
            [*map(self.color, classes), ""],
            comparison.confusion("base"),
            comparison.confusion("other") if comparison.other else None,
        )

    def table(self, evidence: Evidence | None) -> CellTable:
        """The cells, with what came and went."""
        parts = {}
        if self._comparison.other:
            counts = self._comparison.cells
            parts = {"new": counts.introduced, "fixed": counts.fixed, "moved": counts.moved}
        return cell_table(self.grid(evidence), parts)

    def sentence(self, cell: ConfusionCell, evidence: Evidence | None) -> list[Span]:
        """What happened in a cell, and whether it may be chance."""
        comparison = self._comparison
        spans = change_spans(cell_title(comparison.classes, cell), self.grid(evidence), cell)
        if comparison.other:
            spans += sum_spans(comparison.cells, cell)
        known = evidence.cell_words(*cell) if evidence else ""
        return [*spans, (f"   {known}" if known else "", "dim")]

    def start(self, cell: ConfusionCell) -> CellWalk:
        """What got worse where the cell got worse, else what got better."""
        return CellWalk(*cell, self._first_list(cell), "confidence")

    def _first_list(self, cell: ConfusionCell) -> str:
        counts = {which: count for which, (_, count) in self.lists(cell).items()}
        if CellList.FIXED not in counts:
            return CellList.UNCHANGED
        got_more = counts[CellList.INTRODUCED] >= counts[CellList.FIXED]
        wanted = CellList.INTRODUCED if got_more else CellList.FIXED
        return wanted if counts[wanted] else max(counts, key=lambda which: counts[which])

    def lists(self, cell: ConfusionCell) -> Mapping[str, tuple[str, int]]:
        """The four lists; without other, the one of what is in it."""
        comparison = self._comparison
        if comparison.other is None:
            return {CellList.UNCHANGED: ("In the cell", int(comparison.confusion("base")[cell]))}
        right = cell[0] == cell[1]
        return {
            which: (list_word(which, right), int(getattr(comparison.cells, which.value)[cell]))
            for which in CellList
            if not (which is CellList.MOVED and right)
        }

    def samples(self, walk: CellWalk) -> NDArray[np.int64]:
        """Rows of the ledger."""
        return ObjectWalk(walk).rows(self.view)

    def tiles(self, walk: CellWalk) -> "CellTiles":
        """Crops around the objects."""
        return CellTiles(self.view, self.painter, self.samples(walk))

    def look(self, walk: CellWalk, sample: int) -> ObjectLook:
        """The object in its frame."""
        return ObjectLook(ObjectWalk(walk), sample)

    def why_empty(self, cell: ConfusionCell) -> str:
        """Other lists, or other thresholds."""
        if any(count for _, count in self.lists(cell).values()):
            return "Nothing in this list. [ and ] go to the other lists of the cell."
        return "Nothing of this kind under these thresholds. < and > change the confidence threshold."

    def query(self, walk: CellWalk) -> str:
        """The objects of the list."""
        return query_of_cell(self._comparison, *walk.cell, CellList(walk.which))

    def query_of_class(self, position: int) -> str:
        """The objects of a class."""
        return query_of_class(self._comparison, position)


@dataclass(frozen=True, eq=False)
class CellTiles:
    """Rows of the ledger as tiles."""

    view: Seen[ObjectComparison]
    painter: ObjectPainter
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def form(self) -> tuple[int, int] | None:
        """Any; objects that fill their frame have its form."""
        return None if self.painter.boxed else typical_size(self.view.comparison.dataset)

    def crop(self, index: int, aspect: tuple[int, int]) -> CropDrawing:
        """The surroundings of the object."""
        return self.painter.crop(int(self.rows[index]), aspect)

    def caption(self, index: int, room: int) -> Sequence[Sequence[Span]]:
        """Frame, sign of the change and label; then what each set says."""
        comparison = self.view.comparison
        found = object_at(comparison, int(self.rows[index]))
        said = pair_text(found, room) if comparison.other else side_text(found, "base", room)
        sign = CHANGE_MARKS[found.change] if comparison.other else ("", "")
        signs = review_spans(self.view.reviews.of_object(found.row))
        signs = [sign, (" " if sign[0] else "", ""), *signs, (" " if signs else "", "")]
        left = room - sum(cell_len(text) for text, _ in signs) - 2
        frame = both_ends(visible(comparison.dataset.frames.id[found.frame] or ""), left // 2)
        name = visible(found.label.class_name) if found.label else "no label"
        name = both_ends(name, left - cell_len(frame))
        return [[*signs, (name, ""), (f"  {frame}", "dim")], [(said, "dim")]]


def side_text(found: ObjectRow, side: Side, room: int) -> str:
    """What one set says of an object, in at most `room` cells: `pedestrian .87`, `missed`, nothing."""
    partner = found.partner(side)
    if partner:
        sure = share(partner.confidence, 2)
        return f"{both_ends(visible(partner.class_name), room - 1 - len(sure))} {sure}"
    return found.outcome(side).word if found.label else "–"


def pair_text(found: ObjectRow, room: int) -> str:
    """What both sets say of an object, a class they share named once: `pedestrian .50 → .65`."""
    base, other = found.base, found.other
    if base and other and base.class_name == other.class_name:
        sure = " → ".join(share(partner.confidence, 2) for partner in (base, other))
        return f"{both_ends(visible(base.class_name), room - 1 - len(sure))} {sure}"
    each = room - len(" → ")
    first = side_text(found, "base", each)
    short = side_text(found, "other", each // 2)
    first = first if cell_len(first) + cell_len(short) <= each else side_text(found, "base", each - each // 2)
    return f"{first} → {side_text(found, 'other', each - cell_len(first))}"
