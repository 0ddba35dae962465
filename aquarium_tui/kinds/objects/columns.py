"""The columns of the list of a frame's objects, and its order."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.rows import ObjectRow
from aquarium_tui.kinds.columns import CellText, Span, TableColumn
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import SIDES, Side

CHANGE_MARKS: dict[Change, Span] = {
    Change.FIXED: ("▲", "good"),
    Change.BROKEN: ("▼", "bad"),
    Change.MOVED: ("◆", "warn"),
    Change.SAME_ERROR: ("■", "dim"),
    Change.BOTH_CORRECT: ("·", "dim"),
    Change.NONE: ("○", "dim"),
}
"""A sign for each change; its colour is never the only one."""
_INKS = {Outcome.CORRECT: "", Outcome.NONE: "dim", Outcome.IGNORED: "dim"}
_FIRST = (Change.BROKEN, Change.FIXED, Change.MOVED, Change.SAME_ERROR, Change.BOTH_CORRECT, Change.NONE)


def object_order(change: NDArray[np.uint8], marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions of a frame's objects, what changed (with one set: what is wrong) first."""
    place = np.zeros(len(Change), np.int64)
    place[list(_FIRST)] = np.arange(len(_FIRST))
    return np.lexsort((place[change], ~marked)).astype(np.int64)


def object_columns(
    objects: Sequence[ObjectRow], start: int, pair: bool, color: Callable[[int], str], boxed: bool = True
) -> list[TableColumn]:
    """Change, label, what each set says, IoU.

    Args:
        objects: The objects of the frame; the first is row `start` of the ledger.
        start: That row.
        pair: Whether there are two sets.
        color: `#rrggbb` of a class by position in the class map.
        boxed: Whether objects have boxes of their own.
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
    return [TableColumn("change", "", 12, change), TableColumn("label", "label", 0, label), *said, *iou]


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

    return [TableColumn(side, side, 0, said), TableColumn(f"{side}_confidence", "", 4, sure, right=True)]


def _iou(found: ObjectRow) -> str:
    ious = [partner.iou for partner in (found.base, found.other) if partner]
    best = np.nanmax([*ious, -1.0])
    return share(float(best), 2) if best >= 0 else ""


def _outcome(found: ObjectRow) -> Sequence[Span]:
    ink = {Outcome.CORRECT: "dim", Outcome.IGNORED: "dim"}.get(found.base_outcome, "bad")
    return [(found.base_outcome.word, ink)]
