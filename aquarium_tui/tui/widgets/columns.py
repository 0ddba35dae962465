"""What a table shows: columns, cells, sorting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from aquarium_tui.kinds.columns import CellText, Span, TableColumn
from aquarium_tui.kinds.lists import both_ends
from aquarium_tui.tui.inks import Inks

NARROWEST = 3
"""Cells of a column made narrow: one character, an ellipsis and the gap."""
_WIDEST = 1000
"""Cells of a column: more than any terminal has, and few enough to draw whatever a file says."""


@dataclass(frozen=True)
class Arrangement:
    """Which columns of a table the user wants to see, and how wide.

    Attributes:
        hidden: Keys of columns that are not shown.
        widths: Cells by key.
        only: Keys of the columns that are shown at all, if only some are.
    """

    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)
    only: frozenset[str] | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Arrangement":
        """From what `kept` said; anything else is no arrangement."""
        try:
            widths = {str(key): min(int(width), _WIDEST) for key, width in kept["widths"].items()}
            only = kept.get("only")
            return cls(
                frozenset(map(str, kept["hidden"])),
                widths,
                None if only is None else frozenset(map(str, only)),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            return cls()

    @property
    def kept(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        only = {} if self.only is None else {"only": sorted(self.only)}
        return {"hidden": sorted(self.hidden), "widths": dict(self.widths), **only}

    def applied(self, columns: Sequence[TableColumn]) -> list[TableColumn]:
        """The columns as they are wanted; the first always stays."""
        some = self.only
        kept = [c for i, c in enumerate(columns) if not i or some is None or c.key in some]
        shown = [c for i, c in enumerate(kept) if not i or c.key not in self.hidden]
        wanted = [(c, self.widths.get(c.key)) for c in shown]
        return [c if width is None else replace(c, width=width, exact=True) for c, width in wanted]

    def toggled(self, key: str) -> "Arrangement":
        """With a column shown that was hidden, or hidden that was shown."""
        if self.only is not None:
            return replace(self, only=self.only ^ {key})
        return replace(self, hidden=self.hidden ^ {key})

    def sized(self, key: str, width: int) -> "Arrangement":
        """With a column of that width."""
        return replace(self, widths={**self.widths, key: max(NARROWEST, width)})


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


def spans_of(cell: CellText) -> Sequence[Span]:
    """A cell's content as spans."""
    if isinstance(cell, str):
        return [(cell, "")]
    if isinstance(cell, tuple) and len(cell) == 2 and isinstance(cell[0], str):
        return [(cell[0], str(cell[1]))]
    return [(str(text), str(ink)) for text, ink in cell]


def fitted(
    spans: Sequence[Span], width: int, right: bool, inks: Inks, ground: str, *, ends: bool = False
) -> list[Segment]:
    """Segments of exactly `width` cells; what does not fit ends in `…`, or with `ends` keeps its end."""
    taken = sum(cell_len(text) for text, _ in spans)
    if taken > width and ends and (room := width - sum(cell_len(text) for text, _ in spans[:-1])) > 2:
        spans = [*spans[:-1], (both_ends(spans[-1][0], room), spans[-1][1])]
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
