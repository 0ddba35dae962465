"""The confusion of objects: its cells, and the samples behind them as crops."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.objects.cell_queries import query_of_cell, query_of_class
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.rows import ObjectRow, object_at
from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.drawing.object_painter import ObjectPainter
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.lists import (
    CellTable,
    ConfusionCell,
    Grid,
    brief,
    cell_table,
    cell_title,
    change_spans,
    sum_spans,
)
from aquarium_tui.kinds.objects.columns import CHANGE_MARKS
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.kinds.seen import Seen
from aquarium_tui.kinds.walks import OF_BOXES, SORTS, CellWalk, ObjectLook, ObjectWalk, list_word
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share
from aquarium_tui.model.settings import Side

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

    def crop(self, index: int, aspect: tuple[int, int]) -> CropDrawing:
        """The surroundings of the object."""
        return self.painter.crop(int(self.rows[index]), aspect)

    def caption(self, index: int) -> Sequence[Sequence[Span]]:
        """Frame, sign of the change and label; then what each set says."""
        comparison = self.view.comparison
        found = object_at(comparison, int(self.rows[index]))
        frame = visible(comparison.dataset.frames.id[found.frame] or "")
        name = brief(found.label.class_name, 16) if found.label else "no label"
        said = pair_text(found) if comparison.other else side_text(found, "base")
        sign = CHANGE_MARKS[found.change] if comparison.other else ("", "")
        return [
            [sign, (" " if sign[0] else "", ""), (name, ""), (f"  {frame}", "dim")],
            [(said, "dim")],
        ]


def side_text(found: ObjectRow, side: Side) -> str:
    """What one set says of an object: `pedestrian .87`, `missed`, nothing."""
    partner = found.partner(side)
    if partner:
        return f"{brief(partner.class_name, 10)} {share(partner.confidence, 2)}"
    return found.outcome(side).word if found.label else "–"


def pair_text(found: ObjectRow) -> str:
    """What both sets say of an object, a class they share named once: `pedestrian .50 → .65`."""
    base, other = found.base, found.other
    if base and other and base.class_name == other.class_name:
        sure = [share(partner.confidence, 2) for partner in (base, other)]
        return f"{brief(base.class_name, 17)} {' → '.join(sure)}"
    return f"{side_text(found, 'base')} → {side_text(found, 'other')}"
