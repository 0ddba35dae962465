"""The query that selects what a cell, a list or a class of the metrics shows."""

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.settings import Side
from aquarium_tui.query.wording import quoted

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
