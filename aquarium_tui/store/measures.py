"""What was measured of the frames of a dataset since its upload: `measures.parquet` in its folder.

Its columns are `frame`, the frame's id, and one of each measure. Frames that are not in it have none.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.tables import Dataset, Frames
from aquarium_tui.store import parquet
from aquarium_tui.store.access import reading, there, writing
from aquarium_tui.store.atomic import new_file
from aquarium_tui.store.documents import sound

_FILE = "measures.parquet"
_FRAME = "frame"


def measures_stamp(folder: Path) -> tuple[int, int]:
    """What changes once the measures of a dataset do."""
    path = folder / _FILE
    if not there(path):
        return (0, 0)
    with reading(path):
        found = path.stat()
    return found.st_mtime_ns, found.st_size


def read_measures(folder: Path, frames: Frames) -> dict[str, Column]:
    """The measures of a dataset by name, `(frames,)` each, absent for frames that were not measured.

    Raises:
        StoreError: The file is damaged.
    """
    path = folder / _FILE
    if not there(path):
        return {}
    columns = parquet.read(path)
    with sound(path):
        place = {str(id_): row for row, id_ in enumerate(np.ma.getdata(columns.pop(_FRAME)).tolist())}
    rows = np.array([place.get(id_ or "", -1) for id_ in frames.id], np.int64)
    return {name: _placed(parquet.column(values), rows) for name, values in columns.items()}


def write_measures(folder: Path, frames: Frames, measures: Mapping[str, Column]) -> None:
    """Replace the measures of a dataset, `(frames,)` each.

    Raises:
        StoreError: The file system refuses.
    """
    path = folder / _FILE
    with writing(path), new_file(path) as temporary:
        parquet.write(temporary, {_FRAME: frames.id, **measures})


def _placed(column: Column, rows: np.ndarray) -> Column:
    """The column in the order of `rows`, absent where a row is -1."""
    known = rows >= 0
    taken = column.take(np.where(known, rows, 0))
    if isinstance(taken, Text):
        return Text(np.where(known, taken.codes, np.int32(-1)), taken.offsets, taken.blob)
    return type(taken)(taken.kind, taken.values, taken.missing | ~known)


def with_measures(dataset: Dataset, measures: Mapping[str, Column]) -> Dataset:
    """The dataset with measures among its frames' metadata, which comes first where names are the same."""
    frames = dataset.frames
    further = {name: column for name, column in measures.items() if name not in frames.metadata}
    return replace(dataset, frames=replace(frames, metadata={**frames.metadata, **further}))
