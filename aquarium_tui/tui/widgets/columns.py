"""What a table shows: columns, cells, sorting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from aquarium_tui.tui.inks import Inks, Span

Cell = str | Span | Sequence[Span]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        key: What sorts by it and what the user's choice of columns names.
        title: Its heading.
        width: Cells it takes, without the gap beside it; 0 takes what the others leave.
        cell: The content of a row, by row number.
        keys: Sort keys `(rows,)` when asked for; None where it cannot be sorted. NaN sorts last.
        right: Aligned to the right, as numbers are.
        descending: Largest first when first sorted by it.
        least: Cells it takes at the least where `width` is 0.
    """

    key: str
    title: str
    width: int
    cell: Callable[[int], Cell]
    keys: Callable[[], NDArray[Any]] | None = None
    right: bool = False
    descending: bool = False
    least: int = 8


@dataclass(frozen=True)
class Sort:
    """By which column, and which way."""

    key: str
    descending: bool


def stable_order(keys: NDArray[Any], descending: bool) -> NDArray[np.int64]:
    """Rows sorted by `keys` `(n,)`, equal ones in their order, NaN last either way."""
    if descending:
        order = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
    else:
        order = np.argsort(keys, kind="stable")
    if keys.dtype.kind == "f":
        known = ~np.isnan(keys[order])
        order = np.concatenate([order[known], order[~known]])
    return order


def spans_of(cell: Cell) -> Sequence[Span]:
    """A cell's content as spans."""
    if isinstance(cell, str):
        return [(cell, "")]
    if isinstance(cell, tuple) and len(cell) == 2 and isinstance(cell[0], str):
        return [(cell[0], str(cell[1]))]
    return [(str(text), str(ink)) for text, ink in cell]


def fitted(spans: Sequence[Span], width: int, right: bool, inks: Inks, ground: str) -> list[Segment]:
    """Segments of exactly `width` cells; what does not fit ends in `…`."""
    taken = sum(cell_len(text) for text, _ in spans)
    if taken > width:
        return _cut(spans, width, inks, ground)
    pad = Segment(" " * (width - taken), inks.style("", ground))
    segments = [Segment(text, inks.style(ink, ground)) for text, ink in spans if text]
    return [pad, *segments] if right else [*segments, pad]


def _cut(spans: Sequence[Span], width: int, inks: Inks, ground: str) -> list[Segment]:
    segments: list[Segment] = []
    left = width - 1
    for text, ink in spans:
        piece = text if cell_len(text) <= left else set_cell_size(text, left)
        segments.append(Segment(piece, inks.style(ink, ground)))
        left -= cell_len(piece)
        if left <= 0:
            break
    return [*segments, Segment("…", inks.style("dim", ground))]
