"""The columns of a list of frames."""

from collections.abc import Callable, Sequence
from math import isnan

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from aquarium_tui.compare.measures import Compared, valued
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.frame_scores import FrameScores
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.model.columns import Column as Stored
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.metrics import Metric, MetricKind
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, grouped, number, share, signed, signed_number, signed_share
from aquarium_tui.model.tables import Objects
from aquarium_tui.tui.widgets.columns import Cell, Column


def frame_columns(comparison: Compared, of_task: Sequence[Column]) -> list[Column]:
    """Id, what the task has to say, the user's metrics with their deltas, then the metadata."""
    frames = comparison.dataset.frames
    least = max(8, min(20, _longest(frames.id)))
    id_ = Column(
        "frame", "frame", 0, lambda row: visible(frames.id[row] or ""), lambda: ranks(frames.id), least=least
    )
    own = [column for metric in valued(comparison) for column in metric_columns(comparison, metric)]
    metadata = [_metadata(key, stored) for key, stored in frames.metadata.items()]
    return [id_, *of_task, *own, *metadata]


def object_frame_columns(comparison: ObjectComparison) -> list[Column]:
    """Labels, errors and F1 of each set with their deltas; of classes of images what each says."""
    if comparison.whole:
        return class_frame_columns(comparison)
    labels = _count("labels", "labels", np.diff(comparison.dataset.labels.starts))
    base = comparison.frame_scores["base"]
    if comparison.other is None:
        return [labels, *_single(base)]
    return [labels, *_pair(base, comparison.frame_scores["other"])]


def class_frame_columns(comparison: ObjectComparison) -> list[Column]:
    """The class of each frame as labelled and as each set infers it, and whether that got worse."""
    labels = comparison.dataset.labels
    columns = [_class("label", comparison, labels, np.ones(len(labels), bool))]
    for side in comparison.sides:
        objects = comparison.inferences(side).objects
        active = objects.confidence >= comparison.settings.confidence(side)
        columns.append(_class(side, comparison, objects, active))
    base = comparison.frame_scores["base"].errors
    if comparison.other is None:
        return [*columns, _count("errors", "errors", base)]
    more = comparison.frame_scores["other"].errors - base
    return [
        *columns,
        Column("delta", "Δ errors", 8, lambda r: _judged(int(more[r])), lambda: more, True, True),
    ]


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


def mask_frame_columns(comparison: PixelComparison) -> list[Column]:
    """Share of wrong pixels and mIoU of each set with their deltas; nothing where a frame is not counted."""
    sets = [comparison.frame_scores[side] for side in comparison.sides]
    wrong = [100 * (1 - scores.accuracy) for scores in sets]
    if len(sets) == 1:
        return [_percents("errors", "errors", wrong[0]), _rate("miou", "mIoU", sets[0].miou)]
    errors, miou = wrong[1] - wrong[0], sets[1].miou - sets[0].miou
    return [
        _percents("base", "base", wrong[0]),
        _percents("other", "other", wrong[1]),
        Column(
            "delta", "Δ errors", 8, lambda r: _judged_percent(float(errors[r])), lambda: errors, True, True
        ),
        _rate("miou", "mIoU", sets[1].miou),
        Column("delta_miou", "ΔmIoU", 6, lambda r: _judged_share(float(miou[r])), lambda: miou, True, False),
    ]


def metric_columns(comparison: Compared, metric: Metric) -> list[Column]:
    """The value of a number of the user's under the set that is judged, and its delta."""
    if metric.kind is not MetricKind.OBJECTIVE:
        return []
    values = [comparison.measures[metric.name].values(side, ()) for side in comparison.sides]
    last, title = values[-1], visible(metric.name)
    width = max(6, min(12, cell_len(title)))
    value = Column(metric.name, title, width, lambda r: number(float(last[r])), lambda: last, right=True)
    if len(values) == 1:
        return [value]
    delta = last - values[0]
    gain = delta if metric.higher_is_better else -delta

    def judged(row: int) -> Cell:
        return signed_number(float(delta[row])), _ink(float(gain[row]))

    return [value, Column(f"delta_{metric.name}", f"Δ{title}", width + 1, judged, lambda: gain, True, False)]


def _percents(key: str, title: str, values: NDArray[np.float64]) -> Column:
    def cell(row: int) -> Cell:
        value = float(values[row])
        return (UNDEFINED, "dim") if isnan(value) else f"{value:.1f} %"

    return Column(key, title, 7, cell, lambda: values, right=True, descending=True)


def _judged_percent(more: float) -> Cell:
    if isnan(more):
        return UNDEFINED, "dim"
    shown = round(more, 1)
    sign = "+" if shown > 0 else "−" if shown < 0 else ""
    return f"{sign}{abs(shown):.1f} %", _ink(-shown)


def _ink(gain: float) -> str:
    return "good" if gain > 0 else "bad" if gain < 0 else "dim"


def _single(scores: FrameScores) -> list[Column]:
    names = ("errors", "confused", "missed", "spurious")
    return [*(_count(n, n, getattr(scores, n)) for n in names), _rate("f1", "F1", scores.f1)]


def _pair(base: FrameScores, other: FrameScores) -> list[Column]:
    errors = other.errors - base.errors
    f1 = other.f1 - base.f1
    return [
        _count("base", "base", base.errors),
        _count("other", "other", other.errors),
        Column("delta", "Δ errors", 8, lambda r: _judged(int(errors[r])), lambda: errors, True, True),
        _rate("f1", "F1", other.f1),
        Column("delta_f1", "ΔF1", 5, lambda r: _judged_share(float(f1[r])), lambda: f1, True, False),
    ]


def _judged(more_errors: int) -> Cell:
    ink = "bad" if more_errors > 0 else "good" if more_errors < 0 else "dim"
    return signed(more_errors), ink


def _judged_share(gain: float) -> Cell:
    text = signed_share(gain, 2)
    return text, {"+": "good", "−": "bad"}.get(text[0], "dim")


def _count(key: str, title: str, counts: NDArray[np.int64]) -> Column:
    def cell(row: int) -> Cell:
        return grouped(int(counts[row])), "" if counts[row] else "dim"

    return Column(key, title, 5, cell, lambda: counts, right=True, descending=True)


def _rate(key: str, title: str, rates: NDArray[np.float64]) -> Column:
    return Column(key, title, 4, lambda r: share(float(rates[r]), 2), lambda: rates, right=True)


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
