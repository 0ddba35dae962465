"""Frames and objects as Parquet files any tool can read.

`frames.parquet` has `id`, `path`, `width`, `height`, and `meta.<key>` for each kind of metadata.
`labels.parquet` has `frame` (the frame's id), `class` (a class id of the project), `left`, `top`, `right`,
`bottom`, `crowd`, `area`, `id` where the input names objects, `mask` where they have masks (the `counts` of
COCO's compressed RLE), and `attr.<key>` for each attribute;
`inferences.parquet` has `confidence` in place of `crowd` and `area`. Objects are sorted by frame, and in file
order within one. Keys differ without regard to case and hold no control characters.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import StoreError
from aquarium_tui.model.boxes import Boxes
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.tables import Frames, Objects
from aquarium_tui.store import parquet
from aquarium_tui.store.documents import sound
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
