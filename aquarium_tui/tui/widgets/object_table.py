"""The columns of the list of a frame's objects, and its order."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects import ObjectRow
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.tui.inks import Span
from aquarium_tui.tui.pictures import side_text
from aquarium_tui.tui.widgets.columns import Cell, Column
from aquarium_tui.tui.widgets.samples import CHANGE_MARKS

_FIRST = (Change.BROKEN, Change.FIXED, Change.MOVED, Change.SAME_ERROR, Change.BOTH_CORRECT, Change.NONE)


def object_order(change: NDArray[np.uint8], marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Positions of a frame's objects, what changed (with one set: what is wrong) first."""
    place = np.zeros(len(Change), np.int64)
    place[list(_FIRST)] = np.arange(len(_FIRST))
    return np.lexsort((place[change], ~marked)).astype(np.int64)


def object_columns(
    objects: Sequence[ObjectRow], start: int, pair: bool, color: Callable[[int], str]
) -> list[Column]:
    """Change, label, what each set says, IoU.

    Args:
        objects: The objects of the frame; the first is row `start` of the ledger.
        start: That row.
        pair: Whether there are two sets.
        color: `#rrggbb` of a class by position in the class map.
    """

    def change(row: int) -> Cell:
        found = objects[row - start]
        if not pair:
            return _outcome(found)
        sign, ink = CHANGE_MARKS[found.change]
        word = "ignored" if found.change is Change.NONE else found.change.word.replace("_", " ")
        return [(f"{sign} ", ink), (word.removeprefix("both "), ink)]

    def label(row: int) -> Cell:
        found = objects[row - start]
        if found.label is None:
            return "–", "dim"
        return [("■ ", color(found.label.class_index)), (visible(found.label.class_name), "")]

    def base(row: int) -> Cell:
        return _said(objects[row - start], "base")

    def other(row: int) -> Cell:
        return _said(objects[row - start], "other")

    columns = [
        Column("change", "", 12, change),
        Column("label", "label", 0, label),
        Column("base", "base", 0, base),
    ]
    if pair:
        columns.append(Column("other", "other", 0, other))
    return [*columns, Column("iou", "IoU", 4, lambda row: _iou(objects[row - start]), right=True)]


def _iou(found: ObjectRow) -> str:
    ious = [partner.iou for partner in (found.base, found.other) if partner]
    best = np.nanmax([*ious, -1.0])
    return share(float(best), 2) if best >= 0 else ""


def _said(found: ObjectRow, side: str) -> Cell:
    outcome = found.base_outcome if side == "base" else found.other_outcome
    inks = {Outcome.CORRECT: "", Outcome.NONE: "dim", Outcome.IGNORED: "dim"}
    return side_text(found, "base" if side == "base" else "other"), inks.get(outcome, "bad")


def _outcome(found: ObjectRow) -> Sequence[Span]:
    ink = {Outcome.CORRECT: "dim", Outcome.IGNORED: "dim"}.get(found.base_outcome, "bad")
    return [(found.base_outcome.word, ink)]
