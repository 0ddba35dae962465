"""The columns of a list of frames."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import FrameField, Shown
from aquarium_tui.compare.metrics import frame_values, metric_fields
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.rates import rate
from aquarium_tui.model.columns import Column as Stored
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import COUNT, NUMBER, PERCENT, UNDEFINED, Unit, share
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Objects
from aquarium_tui.tui.widgets.columns import Cell, Column


def frame_columns(comparison: Comparison, leading: Sequence[Column] | None = None) -> list[Column]:
    """Id, the numbers of frames, the user's metrics, then the metadata.

    Args:
        comparison: What is shown.
        leading: Stands in the place of the numbers of the kind of task.
    """
    frames = comparison.dataset.frames
    least = max(8, min(20, _longest(frames.id)))
    id_ = Column(
        "frame", "frame", 0, lambda row: visible(frames.id[row] or ""), lambda: ranks(frames.id), least=least
    )
    if leading is None:
        first = (Shown.EACH, Shown.CHANGE)
        fields = sorted(comparison.own_fields, key=lambda field: field.shown not in first)
        leading = [column for field in fields for column in number_columns(comparison, field)]
    own = [column for field in metric_fields(comparison) for column in number_columns(comparison, field)]
    return [id_, *leading, *own, *(_metadata(key, stored) for key, stored in frames.metadata.items())]


def number_columns(comparison: Comparison, field: FrameField[Any]) -> list[Column]:
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


def _number(key: str, title: str, unit: Unit, values: NDArray[Any], field: FrameField[Any]) -> Column:
    def cell(row: int) -> Cell:
        value = values[row].item()
        empty = isnan(value) if unit is PERCENT else not value and unit is COUNT
        return unit.written(value), "dim" if empty else ""

    width = max(unit.width, min(12, cell_len(title))) if unit is NUMBER else unit.width
    fewer_better = field.better == "lower" and unit is not NUMBER
    return Column(
        key, title, width, cell, lambda: values, right=True, descending=fewer_better or unit is COUNT
    )


def _delta(field: FrameField[Any], unit: Unit, delta: NDArray[Any]) -> Column:
    """Other minus base; what got worst comes first when first sorted by it."""
    lower = field.better == "lower"

    def cell(row: int) -> Cell:
        text = unit.signed(delta[row].item())
        inks = {"+": "bad", "−": "good"} if lower else {"+": "good", "−": "bad"}
        return text, inks.get(text[0], "dim")

    if field.shown in (Shown.EACH, Shown.CHANGE):
        return Column("delta", f"Δ {field.heading}", 8, cell, lambda: delta, True, lower)
    width = max(unit.width, min(12, cell_len(field.heading))) + 1
    gain = -delta if lower else delta
    return Column(f"delta_{field.key}", f"Δ{field.heading}", width, cell, lambda: gain, True, False)


def class_frame_columns(comparison: ObjectComparison) -> list[Column]:
    """The class of each frame as labelled and as each set infers it, and whether that got worse."""
    labels = comparison.dataset.labels
    columns = [_class("label", comparison, labels, np.ones(len(labels), bool))]
    for side in comparison.sides:
        objects = comparison.inferences(side).objects
        active = objects.confidence >= comparison.settings.confidence(side)
        columns.append(_class(side, comparison, objects, active))
    errors = next(field for field in comparison.own_fields if field.key == "errors")
    return [*columns, *number_columns(comparison, replace(errors, shown=Shown.CHANGE))]


def _class(title: str, comparison: ObjectComparison, objects: Objects, active: NDArray[np.bool_]) -> Column:
    """The class of the object of each frame, and how sure it is."""
    entries, count = comparison.dataset.project.class_map.entries, len(comparison.dataset.frames)
    row = np.full(count, -1)
    row[objects.frame[active]] = np.flatnonzero(active)
    names = [visible(entry.name) for entry in entries]
    order = np.append(np.argsort(np.argsort(names)), len(names))
    keys = order[np.where(row >= 0, objects.class_index[row], len(names)) if len(objects) else row]

    def cell(frame: int) -> Cell:
        at = int(row[frame])
        if at < 0:
            return UNDEFINED, "dim"
        sure = f" {share(float(objects.confidence[at]), 2)}" if len(objects.confidence) else ""
        return [(names[int(objects.class_index[at])], ""), (sure, "dim")]

    width = max(8, min(18, max(map(cell_len, names), default=8) + 4 * bool(len(objects.confidence))))
    return Column(title, title, width, cell, lambda: keys)


def _metadata(key: str, stored: Stored) -> Column:
    title = visible(key)
    if isinstance(stored, Text):
        width = _longest(stored)
        text: Callable[[int], Cell] = lambda row: (visible(stored[row] or ""), "dim")  # noqa: E731
        return Column(f"meta.{key}", title, min(width, 20), text, lambda: ranks(stored))
    number = stored.kind == "number"
    width = {"number": 8, "boolean": 5, "date": 19}[stored.kind]
    plain: Callable[[int], Cell] = lambda row: (written(stored[row]), "dim")  # noqa: E731
    return Column(f"meta.{key}", title, width, plain, lambda: _known(stored), right=number, descending=number)


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
    """Sort key of a word: whole numbers by value before all other words."""
    return (0, int(word), "") if word.isascii() and word.isdigit() else (1, 0, word.casefold())
