"""Values of the user's metrics: `metrics.parquet` of an inference set.

One row per number: `metric`, `frame` (its id), `label` and `inferred` (names of evaluated classes, or
`background`; absent for an objective), `value`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.classes import ClassMap, class_names
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.tables import Frames
from aquarium_tui.store import parquet
from aquarium_tui.store.documents import sound

NAME = "metrics.parquet"
_TEXTS = ("metric", "frame", "label", "inferred")

MetricRows = dict[str, NDArray[Any]]


def write_metrics(path: Path, values: Mapping[str, MetricValues], frames: Frames, classes: ClassMap) -> None:
    """Write `metrics.parquet` with exactly these values, which are of at least one metric.

    Raises:
        StoreError: It cannot be written.
    """
    parts = [_rows(code, each) for code, each in enumerate(values.values())]
    rows = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    names = Text.from_words(class_names(classes))
    columns: dict[str, Column | NDArray[Any]] = {
        "metric": Text.from_words(list(values), rows["metric"]),
        "frame": frames.id.take(rows["frame"]),
        "label": Text(rows["label"], names.offsets, names.blob),
        "inferred": Text(rows["inferred"], names.offsets, names.blob),
        "value": rows["value"],
    }
    parquet.write(path, columns)


def read_metrics(
    path: Path, metrics: Sequence[Metric], frames: Frames, classes: ClassMap
) -> dict[str, MetricValues]:
    """The values of those of `metrics` that are in the file at `path`; none if there is no such file.

    Raises:
        StoreError: It is damaged, or names a frame or class that is not there.
    """
    if not path.exists():
        return {}
    found = parquet.read(path)
    with sound(path):
        texts = {name: parquet.column(found[name]) for name in _TEXTS}
        value = parquet.full(found["value"]).astype(np.float64)
        positions = {name.casefold(): i for i, name in enumerate(class_names(classes))}
        rows = _codes(texts["metric"], {metric.name: i for i, metric in enumerate(metrics)})
        known = frames.row_by_id
        frame = _codes(texts["frame"], known)
        cells = [_codes(texts[name], positions, folded=True) for name in ("label", "inferred")]
        return dict(_values(metrics, rows, (frame, *cells), value, len(frames)))


def _values(
    metrics: Sequence[Metric],
    rows: NDArray[np.int32],
    place: tuple[NDArray[np.int32], ...],
    value: NDArray[np.float64],
    frames: int,
) -> Iterator[tuple[str, MetricValues]]:
    for code, metric in enumerate(metrics):
        mine = np.flatnonzero(rows == code)
        if not len(mine):
            continue
        frame, label, inferred = (part[mine] for part in place)
        number = np.full(frames, np.nan)
        number[frame] = np.bincount(frame, value[mine], frames)[frame]
        if metric.kind is MetricKind.OBJECTIVE:
            yield metric.name, MetricValues(number)
        else:
            yield metric.name, MetricValues(number, frame, label, inferred, value[mine])


def _rows(metric: int, values: MetricValues) -> MetricRows:
    if len(values.frame):
        place = {"frame": values.frame, "label": values.label, "inferred": values.inferred}
        return place | {"metric": np.full(len(values.frame), metric, np.int32), "value": values.value}
    present = np.flatnonzero(values.present)
    absent = np.full(len(present), -1, np.int32)
    place = {"frame": present.astype(np.int32), "label": absent, "inferred": absent}
    return place | {"metric": np.full(len(present), metric, np.int32), "value": values.number[present]}


def _codes(column: Column, known: Mapping[str, int], folded: bool = False) -> NDArray[np.int32]:
    """The number of the word of each row, -1 if the row is absent or the word is unknown."""
    if not isinstance(column, Text):
        raise TypeError("a column that should hold text does not")
    found = [known.get(word.casefold() if folded else word, -1) for word in column.words]
    return np.array([*found, -1], np.int32)[column.codes]
