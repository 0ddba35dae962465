"""A cell in words."""

from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len, set_cell_size

from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.grid import ConfusionCell, Grid
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped, signed

LEAVES = {True: ("gained", "lost"), False: ("new", "fixed")}
"""What came into a cell and what left it for good, by whether it is right."""


def cell_title(
    names: Sequence[str], cell: ConfusionCell, missed: str = "missed", spurious: str = "spurious"
) -> str:
    """A cell in words: `cyclist → pedestrian`, `cyclist missed`, `spurious car`, `car correct`."""
    label, inferred = cell
    last = len(names) - 1
    short = [brief(name, 22) for name in names]
    if inferred == last:
        return f"{short[label]} {missed}"
    if label == last:
        return f"{spurious} {short[inferred]}"
    return f"{short[label]} correct" if label == inferred else f"{short[label]} → {short[inferred]}"


def change_spans(title: str, grid: Grid, cell: ConfusionCell) -> list[Span]:
    """`cyclist → pedestrian   61 → 23   −38`."""
    head: Span = (f" {title}   ", "strong")
    place = grid.place_of(cell)
    if place is None:
        return [head]
    whole = np.issubdtype(grid.base.dtype, np.integer)
    count, change = (grouped, signed) if whole else (grid.written, grid.signed)
    if grid.other is None:
        return [head, (count(grid.base[place]), "")]
    base, other = grid.base[place], grid.other[place]
    worse = grid.worse(*place)
    ink = "bad" if worse > 0 else "good" if worse < 0 else ""
    return [head, (f"{count(base)} → {count(other)}   ", ""), (change(other - base), ink)]


def sum_spans(counts: CellCounts, cell: ConfusionCell) -> list[Span]:
    """`=  +4 new − 39 fixed − 3 moved`: how a delta comes about."""
    right = cell[0] == cell[1]
    new, fixed, moved = (int(c[cell]) for c in (counts.introduced, counts.fixed, counts.moved))
    came, went = LEAVES[right]
    tail = "" if right else f" − {grouped(moved)} moved"
    return [(f"  =  +{grouped(new)} {came} − {grouped(fixed)} {went}{tail}", "dim")]


def brief(name: str, width: int) -> str:
    """A name in at most `width` cells, so that what stands behind it is seen."""
    shown = visible(name)
    return shown if cell_len(shown) <= width else set_cell_size(shown, width - 1).rstrip() + "…"
