"""What is added to frames after their upload: measures of the frames, and the user's metrics of a set.

`measures.parquet` has `frame`, the frame's id, and a column of each measure; frames that are not in
it have none.

`metrics.parquet` holds whole metrics. `metric_parts/NAME-I-of-N.parquet` holds the values that a machine has
computed for a part of the frames; a set that gets whole metrics takes them over into its table.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.metrics import MetricValues
from aquarium_tui.model.shard import Shard
from aquarium_tui.model.tables import Dataset, Frames, Project
from aquarium_tui.store import documents, folders, parquet
from aquarium_tui.store.access import reading, there, writing
from aquarium_tui.store.atomic import new_file
from aquarium_tui.store.documents import sound
from aquarium_tui.store.tables import METRICS, read_metrics, write_metrics
from aquarium_tui.store.transaction import Transaction

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


_PARTS = "metric_parts"


def read(folder: Path, project: Project, frames: Frames) -> dict[str, MetricValues]:
    """The metrics of the set in `folder`; values that shards have computed come before those of the table.

    Raises:
        StoreError: A file is damaged, or names a frame or class that is not there.
    """
    found = read_metrics(folder / METRICS, project.metrics, frames, project.class_map)
    for path in parts(folder):
        for name, values in read_metrics(path, project.metrics, frames, project.class_map).items():
            found[name] = found[name].overlaid(values) if name in found else values
    return found


def parts(folder: Path) -> dict[Path, tuple[str, Shard]]:
    """The files of shards in the folder of a set, with the metric of each, the newest last."""
    found = {}
    with suppress(OSError):
        for path in sorted((folder / _PARTS).iterdir(), key=lambda path: path.stat().st_mtime_ns):
            metric, _, name = path.stem.partition("-")
            shard = Shard.named(name)
            if shard is not None and path.suffix == ".parquet":
                found[path] = (metric, shard)
    return found


def put(change: Transaction, folder: Path, values: Mapping[str, MetricValues], dataset: Dataset) -> None:
    """Write the metrics of a set with their hash, in place of its table and of the files of shards.

    Args:
        change: A change of the project.
        folder: Of the set.
        values: All metrics of the set; no table is kept if there are none.
        dataset: What the set belongs to.
    """
    place, path = folder / METRICS, folder / "set.json"
    told = dict(documents.read(path))
    hashes = {name: value for name, value in told.get(folders.HASHES, {}).items() if name != METRICS}
    if values:
        table = change.put(place)
        write_metrics(table, values, dataset.frames, dataset.project.class_map)
        hashes[METRICS] = folders.hash_files(table)
    else:
        change.remove(place)
    told[folders.HASHES] = hashes
    change.put(path).write_bytes(documents.encode(told))
    if there(folder / _PARTS):
        change.remove(folder / _PARTS)


def put_part(
    change: Transaction, folder: Path, shard: Shard, metric: tuple[str, MetricValues], dataset: Dataset
) -> None:
    """Write the values of one metric of one part of the frames.

    Args:
        change: A change of the project.
        folder: Of the set.
        shard: Which frames.
        metric: Its name, and its values, absent for all other frames.
        dataset: What the set belongs to.
    """
    name, values = metric
    target = change.put(folder / _PARTS / f"{name}-{shard.name}.parquet")
    write_metrics(target, {name: values}, dataset.frames, dataset.project.class_map)
