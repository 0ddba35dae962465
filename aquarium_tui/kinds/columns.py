"""What lists and tables show, as plain values: lines of text in named inks, columns, sorting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from aquarium_tui.drawing.crops import CropDrawing

Span = tuple[str, str]
"""Text, and the name of its ink: nothing for plain, `dim`, `strong`, `good`, `bad`, `accent`, `warn`,
or a colour such as `#ff8800`."""

CellText = str | Span | Sequence[Span]
"""The content of one cell of a table."""

CAPTION = 2
"""The most lines of text below a tile: what is seen of four rows of tiles on a screen of 40 lines."""


@dataclass(frozen=True)
class TableColumn:
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
        exact: Whether it takes just `width`, even if its heading is longer.
    """

    key: str
    title: str
    width: int
    cell: Callable[[int], CellText]
    keys: Callable[[], NDArray[Any]] | None = None
    right: bool = False
    descending: bool = False
    least: int = 8
    exact: bool = False


@dataclass(frozen=True)
class Sort:
    """By which column, and which way."""

    key: str
    descending: bool


class Tiles(Protocol):
    """What a grid shows."""

    def __len__(self) -> int:
        """How many tiles there are."""

    def crop(self, index: int, aspect: tuple[int, int]) -> CropDrawing:
        """The picture of one, for a place of that aspect."""

    def caption(self, index: int) -> Sequence[Sequence[Span]]:
        """Its lines of text, at most `CAPTION`."""
