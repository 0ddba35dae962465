"""What lists and tables show, as plain values: lines of text in named inks, columns, sorting."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import FrameField, Shown
from aquarium_tui.compare.metrics import frame_values, metric_fields
from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.model.columns import Column as Stored
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import COUNT, NUMBER, PERCENT, Unit
from aquarium_tui.model.settings import Side

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
        most: Cells it takes at the most where `width` is 0, so that numbers stay beside names; 0 for all.
        exact: Whether it takes just `width`, even if its heading is longer.
        harm: Whether its keys say how bad a number is, not how large: the largest is the worst.
        ends: Whether the end of a text that does not fit is kept: ends tell names apart.
    """

    key: str
    title: str
    width: int
    cell: Callable[[int], CellText]
    keys: Callable[[], NDArray[Any]] | None = None
    right: bool = False
    descending: bool = False
    least: int = 8
    most: int = 0
    exact: bool = False
    harm: bool = False
    ends: bool = False

    def order_mark(self, descending: bool) -> str:
        """The sign of an order by it: an arrow for the numbers on screen; worse first ▼, better first ▲."""
        return ("▼" if descending else "▲") if self.harm else "↓" if descending else "↑"

    def order_words(self, descending: bool) -> str:
        """An order by it in words: `delta, worse first`, `F1 ↓`."""
        if self.harm:
            return f"{self.title}, {'worse' if descending else 'better'} first"
        return f"{self.title} {self.order_mark(descending)}"


@dataclass(frozen=True)
class Sort:
    """By which column, and which way."""

    key: str
    descending: bool


class Tiles(Protocol):
    """What a grid shows."""

    def __len__(self) -> int:
        """How many tiles there are."""

    @property
    def form(self) -> tuple[int, int] | None:
        """Width and height of what most tiles show; None where that takes any form, as parts of frames do."""

    def crop(self, index: int, aspect: tuple[int, int]) -> CropDrawing:
        """The picture of one, if it can in that aspect."""

    def caption(self, index: int, room: int) -> Sequence[Sequence[Span]]:
        """Its lines of text, at most `CAPTION`, for so many cells."""


_WHOLE = re.compile("[0-9]{1,18}")
_LEADING = (Shown.EACH, Shown.CHANGE)


def frame_columns(comparison: Comparison, leading: Sequence[TableColumn] | None = None) -> list[TableColumn]:
    """Id, the numbers of frames, the user's metrics, then the metadata.

    Args:
        comparison: What is shown.
        leading: Stands in the place of the numbers of the kind of task.
    """
    frames = comparison.dataset.frames
    least = max(8, min(20, _longest(frames.id)))
    id_ = TableColumn(
        "frame",
        "frame",
        0,
        lambda row: visible(frames.id[row] or ""),
        lambda: ranks(frames.id),
        least=least,
        ends=True,
    )
    if leading is None:
        fields = sorted(comparison.own_fields, key=lambda field: field.shown not in _LEADING)
        leading = [column for field in fields for column in number_columns(comparison, field)]
    own = [column for field in metric_fields(comparison) for column in number_columns(comparison, field)]
    return [id_, *leading, *own, *(_metadata(key, stored) for key, stored in frames.metadata.items())]


def leading_sort(comparison: Comparison) -> Sort:
    """By the first number that leads the columns, what got worst first; else by the id of the frame."""
    for field in comparison.own_fields:
        if field.shown in _LEADING and field.of_set:
            return Sort("delta" if comparison.other else field.key, field.better == "lower")
    return Sort("frame", False)


def number_columns(comparison: Comparison, field: FrameField[Any]) -> list[TableColumn]:
    """The columns that one field makes; see `Shown`."""
    if field.shown is Shown.NEVER or field.arguments or (field.shown is Shown.ALONE and comparison.other):
        return []
    unit = PERCENT if field.share_of else field.unit
    values = [_shown(comparison, field, side) for side in comparison.sides]
    if comparison.other is None or not field.of_set:
        return [_number(field.key, field.heading, unit, values[0], field)]
    delta = _delta(field, unit, values[1] - values[0])
    if field.shown is Shown.CHANGE:
        return [delta]
    if field.shown is Shown.JUDGED:
        return [_number(field.key, field.heading, unit, values[1], field), delta]
    return [*(_number(s, s, unit, v, field) for s, v in zip(comparison.sides, values, strict=True)), delta]


def _shown(comparison: Comparison, field: FrameField[Any], side: Side) -> NDArray[Any]:
    values = field.values(comparison, side, ())
    if not field.share_of:
        return values
    return 100 * rate(values, frame_values(comparison, field.share_of, side))


def _number(key: str, title: str, unit: Unit, values: NDArray[Any], field: FrameField[Any]) -> TableColumn:
    def cell(row: int) -> CellText:
        value = values[row].item()
        empty = isnan(value) if unit is PERCENT else not value and unit is COUNT
        return unit.written(value), "dim" if empty else ""

    width = max(unit.width, min(12, cell_len(title))) if unit is NUMBER else unit.width
    fewer_better = field.better == "lower" and unit is not NUMBER
    return TableColumn(
        key, title, width, cell, lambda: values, right=True, descending=fewer_better or unit is COUNT
    )


def _delta(field: FrameField[Any], unit: Unit, delta: NDArray[Any]) -> TableColumn:
    """Other minus base; what got worst comes first when first sorted by it."""
    lower = field.better == "lower"

    def cell(row: int) -> CellText:
        text = unit.signed(delta[row].item())
        inks = {"+": "bad", "−": "good"} if lower else {"+": "good", "−": "bad"}
        return text, inks.get(text[0], "dim")

    if field.shown in _LEADING:
        return TableColumn("delta", f"Δ {field.heading}", 8, cell, lambda: delta, True, lower)
    width = max(unit.width, min(12, cell_len(field.heading))) + 1
    return TableColumn(f"delta_{field.key}", f"Δ{field.heading}", width, cell, lambda: delta, True, lower)


def _metadata(key: str, stored: Stored) -> TableColumn:
    title = visible(key)
    if isinstance(stored, Text):
        width = _longest(stored)
        text: Callable[[int], CellText] = lambda row: (visible(stored[row] or ""), "dim")  # noqa: E731
        return TableColumn(f"meta.{key}", title, min(width, 20), text, lambda: ranks(stored))
    number = stored.kind == "number"
    width = {"number": 8, "boolean": 5, "date": 19}[stored.kind]
    plain: Callable[[int], CellText] = lambda row: (written(stored[row]), "dim")  # noqa: E731
    return TableColumn(
        f"meta.{key}", title, width, plain, lambda: _known(stored), right=number, descending=number
    )


def _longest(text: Text) -> int:
    """Cells of the longest of its first words."""
    sample = range(min(200, len(text.offsets) - 1))
    return max((cell_len(text.word(code)) for code in sample), default=4)


def written(value: object) -> str:
    """A metadata value as text; nothing where absent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else visible(str(value))


def order_columns(ordered_by: Sequence[tuple[str, Values]]) -> list[TableColumn]:
    """The numbers of frames that a query orders by, where no other column has them."""
    return [_ordered(text, column) for text, column in ordered_by if "(" in text]


def _ordered(text: str, column: Values) -> TableColumn:
    values = _known(column)
    delta = text.startswith("delta.")

    def cell(row: int) -> CellText:
        value = float(values[row])
        return NUMBER.signed(value) if delta else NUMBER.written(value)

    title = visible(text)
    return TableColumn(f"by {title}", title, min(22, cell_len(title)), cell, lambda: values, right=True)


def _known(stored: Values) -> NDArray[np.float64]:
    return np.where(stored.missing, np.nan, stored.values.astype(np.float64))


def ranks(text: Text) -> NDArray[np.int64]:
    """`(n,)` int64 sort keys of a text column: numbers by value, the rest by letters."""
    order = sorted(range(len(text.words)), key=lambda code: natural(text.words[code]))
    place = np.empty(len(order) + 1, np.int64)
    place[order] = np.arange(len(order))
    place[-1] = len(order)
    return place[text.codes]


def natural(word: str) -> tuple[int, int, str]:
    """Sort key of a word: whole numbers of up to 18 digits by value, then all other words."""
    return (0, int(word), "") if _WHOLE.fullmatch(word) else (1, 0, word.casefold())
