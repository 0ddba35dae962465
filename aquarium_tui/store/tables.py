"""Frames, objects, masks and the user's metrics as Parquet files that any tool can read.

`frames.parquet` has `id`, `path`, `width`, `height`, and `meta.<key>` for each kind of metadata.
`labels.parquet` has `frame` (the frame's id), `class` (a class id of the project), `left`, `top`, `right`,
`bottom`, `crowd`, `area`, `id` where the input names objects, `mask` where they have masks (the `counts` of
COCO's compressed RLE, or polygons as JSON), and `attr.<key>` for each attribute;
`inferences.parquet` has `confidence` in place of `crowd` and `area`. Objects are sorted by frame, and in file
order within one. Keys differ without regard to case and hold no control characters.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import StoreError
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.classes import ClassMap, class_names
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.names import name_key
from aquarium_tui.model.tables import Frames, Objects
from aquarium_tui.store import parquet
from aquarium_tui.store.documents import JsonDocument, sound
from aquarium_tui.store.parquet import ParquetColumn

_META, _ATTR = "meta.", "attr."
_SIDES = ("left", "top", "right", "bottom")
_RUNS = "frame, count(*) AS rows, min(file_row_number) AS first, max(file_row_number) AS last"


def write_frames(path: Path, frames: Frames) -> None:
    """Write `frames.parquet`."""
    columns: dict[str, Column | ParquetColumn] = {
        "id": frames.id,
        "path": frames.path,
        "width": frames.width,
        "height": frames.height,
    }
    parquet.write(path, columns | _prefixed(_META, frames.metadata))


def read_frames(path: Path) -> Frames:
    """Read `frames.parquet`.

    Raises:
        StoreError: It is missing or damaged.
    """
    columns = parquet.read(path)
    with sound(path):
        return Frames(
            id=_text(columns["id"]),
            path=_text(columns["path"]),
            width=parquet.full(columns["width"]).astype(np.int32),
            height=parquet.full(columns["height"]).astype(np.int32),
            metadata=_further(_META, columns),
        )


def write_objects(path: Path, objects: Objects, frames: Frames, classes: ClassMap) -> None:
    """Write `labels.parquet` or `inferences.parquet`.

    Raises:
        StoreError: A box or confidence is not finite, or the file cannot be written.
    """
    if not (np.isfinite(objects.box).all() and np.isfinite(objects.confidence).all()):
        raise StoreError(f"{path} was not written: a box or confidence is not a finite number.")
    class_ids = np.array([entry.id for entry in classes.entries], dtype=np.int64)
    columns: dict[str, Column | ParquetColumn] = {
        "frame": frames.id.take(objects.frame),
        "class": class_ids[objects.class_index],
        **{side: np.ascontiguousarray(objects.box[:, i]) for i, side in enumerate(_SIDES)},
    }
    for name in ("confidence", "crowd", "area"):
        values: ParquetColumn = getattr(objects, name)
        if len(values) == len(objects):
            columns[name] = values
    for name, text in (("id", objects.id), ("mask", objects.mask)):
        if text is not None:
            columns[name] = text
    parquet.write(path, columns | _prefixed(_ATTR, objects.attributes))


def read_objects(path: Path, frames: Frames, classes: ClassMap) -> Objects:
    """Read `labels.parquet` or `inferences.parquet`.

    Raises:
        StoreError: It is missing or damaged, or names a frame or class that is not there.
    """
    columns = parquet.read(path, "* EXCLUDE (frame)")
    runs = parquet.read(path, _RUNS, "GROUP BY frame ORDER BY first")
    with sound(path):
        return Objects(
            starts=_starts(runs, frames),
            class_index=_positions(parquet.full(columns["class"]), classes),
            box=_boxes(columns),
            confidence=_numbers(columns, "confidence"),
            crowd=_numbers(columns, "crowd").astype(bool),
            area=_numbers(columns, "area"),
            id=_text(columns["id"]) if "id" in columns else None,
            attributes=_further(_ATTR, columns),
            mask=_text(columns["mask"]) if "mask" in columns else None,
        )


def _starts(runs: Mapping[str, ParquetColumn], frames: Frames) -> NDArray[np.int64]:
    """`Objects.starts` from the first row, last row and number of rows of each frame."""
    rows = np.array([frames.row_by_id[str(id_)] for id_ in runs["frame"].tolist()], dtype=np.int64)
    whole = runs["last"] - runs["first"] + 1 == runs["rows"]
    if not whole.all() or (np.diff(rows) <= 0).any():
        raise ValueError("the rows are not sorted by frame")
    counts = np.zeros(len(frames), np.int64)
    counts[rows] = runs["rows"]
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _positions(class_ids: ParquetColumn, classes: ClassMap) -> NDArray[np.int32]:
    """Positions in the class map; `KeyError` for an id that it does not have."""
    known = np.array(sorted(classes.positions_by_id), dtype=np.int64)
    places = np.searchsorted(known, class_ids)
    unknown = np.flatnonzero(np.append(known, -1)[places] != class_ids)
    if len(unknown):
        raise KeyError(f"class {class_ids[unknown[0]]}")
    return np.array([classes.positions_by_id[int(i)] for i in known], dtype=np.int32)[places]


def _boxes(columns: Mapping[str, ParquetColumn]) -> Boxes:
    return np.stack([parquet.full(columns[side]) for side in _SIDES], axis=1).astype(np.float64)


def _numbers(columns: Mapping[str, ParquetColumn], name: str) -> NDArray[np.float64]:
    return parquet.full(columns[name]).astype(np.float64) if name in columns else np.zeros(0)


def _text(values: ParquetColumn) -> Text:
    column = parquet.column(values)
    if not isinstance(column, Text):
        raise TypeError("a column that should hold text does not")
    return column


def _prefixed(prefix: str, columns: Mapping[str, Column]) -> dict[str, Column]:
    return {f"{prefix}{key}": column for key, column in columns.items()}


def _further(prefix: str, columns: Mapping[str, ParquetColumn]) -> dict[str, Column]:
    return {
        name.removeprefix(prefix): parquet.column(values)
        for name, values in columns.items()
        if name.startswith(prefix)
    }


MASKS = "masks.parquet"


def write_masks(folder: Path, masks: Masks | None, frames: Frames) -> list[Path]:
    """Write `masks.parquet` into `folder`, if there are masks; the files written."""
    if masks is None:
        return []
    path = folder / MASKS
    parquet.write(path, {"frame": frames.id, "path": masks.path})
    return [path]


def masks_document(masks: Masks | None) -> JsonDocument:
    """What the JSON file says about masks; empty if there are none."""
    if masks is None:
        return {}
    told = {"folder": masks.folder, "values": dict(masks.values), "pixels": dict(masks.pixels)}
    return {"masks": told}


def load_masks(folder: Path, document: JsonDocument, json_path: Path, frames: Frames) -> Masks | None:
    """The masks of the dataset or inference set in `folder`; None if `document` mentions none.

    Args:
        folder: Has `masks.parquet`.
        document: What its JSON file holds.
        json_path: That file, to be named if it is damaged.
        frames: The frames of the dataset.

    Raises:
        StoreError: A file is missing or damaged.
    """
    told: Mapping[str, Any] | None = document.get("masks")
    if told is None:
        return None
    path = folder / MASKS
    columns = parquet.read(path)
    with sound(path):
        path_, frame = (parquet.column(columns[name]) for name in ("path", "frame"))
        if not (isinstance(path_, Text) and isinstance(frame, Text)):
            raise TypeError("a column that should hold text does not")
        row = np.full(len(frames), -1)
        row[[frames.row_by_id[str(id_)] for id_ in frame]] = np.arange(len(frame))
        path_ = replace(path_, codes=np.append(path_.codes, np.int32(-1))[row])
    with sound(json_path):
        values, pixels = ({int(k): int(v) for k, v in told[key].items()} for key in ("values", "pixels"))
        return Masks(str(told["folder"]), path_, values, pixels)


METRICS = "metrics.parquet"
_TEXTS = ("metric", "frame", "label", "inferred")

MetricRows = dict[str, NDArray[Any]]


def write_metrics(path: Path, values: Mapping[str, MetricValues], frames: Frames, classes: ClassMap) -> None:
    """Write `metrics.parquet` with exactly these values, for at least one metric.

    One row per number: `metric`, `frame` (its id), `label` and `inferred` (names of evaluated classes, or
    `background`; absent for an objective), `value`.

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
        positions = {name_key(name): i for i, name in enumerate(class_names(classes))}
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
