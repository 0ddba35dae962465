"""The columns of the report: rates of classes, and what leads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share, signed_share
from aquarium_tui.tui.widgets.columns import Cell, Column

Average = NDArray[np.float64]


@dataclass(frozen=True)
class Rate:
    """One rate of the report.

    Attributes:
        title: Its heading.
        values: `(1 + classes,)` float64 of base and, if chosen, other; the total first.
        weak: `(1 + classes,)` bool, deltas that may be chance; None while not known.
    """

    title: str
    values: Sequence[Average]
    weak: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Report:
    """The report as a table, one row a class and the total as row 0.

    Attributes:
        columns: What to show of each row.
        count: How many rows there are.
        summary: Numbers of the whole that belong to no class.
    """

    columns: list[Column]
    count: int
    summary: str = ""


def report_columns(
    names: Sequence[str],
    color: Callable[[int], str],
    total: str,
    support: tuple[Average, Callable[[float], str]],
    rates: Mapping[str, Rate],
) -> list[Column]:
    """Class, support, and each rate, or its delta where there are two sets.

    Args:
        names: Names of the classes.
        color: `#rrggbb` of a class by position.
        total: What the first row is called.
        support: `(1 + classes,)` counts, and how one is written.
        rates: The rates by key.
    """
    counts, written = support

    def name(row: int) -> Cell:
        return (total, "strong") if row == 0 else [("■ ", color(row - 1)), (visible(names[row - 1]), "")]

    return [
        Column("class", "class", 0, name, lambda: np.arange(len(names) + 1)),
        Column("support", "support", 7, lambda r: written(counts[r]), lambda: counts, True, True),
        *(_column(key, rate) for key, rate in rates.items()),
    ]


def _column(key: str, rate: Rate) -> Column:
    first = rate.values[0]
    if len(rate.values) == 1:
        return Column(key, rate.title, 5, lambda r: share(float(first[r])), lambda: first, right=True)
    delta = rate.values[1] - first

    def gain(row: int) -> Cell:
        text = signed_share(float(delta[row]))
        sure = rate.weak is None or not rate.weak[row]
        return text, {"+": "good", "−": "bad"}.get(text[0], "dim") if sure else "dim"

    return Column(key, f"Δ{rate.title}", 6, gain, lambda: delta, right=True)


def change_text(title: str, values: Sequence[float]) -> str:
    """`accuracy .853 → .871 +.018`, of one set or two."""
    text = f"{title} {' → '.join(share(value) for value in values)}"
    return f"{text} {signed_share(values[1] - values[0])}" if len(values) > 1 else text
