"""The user's metrics of one inference set: its table, and the files of shards that lie over it.

`metrics.parquet` holds whole metrics. `metric_parts/NAME-I-of-N.parquet` holds the values that a machine has
computed for a part of the frames; a set that gets whole metrics takes them over into its table.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from aquarium_tui.model.metrics import MetricValues
from aquarium_tui.model.shard import Shard
from aquarium_tui.model.tables import Dataset, Frames, Project
from aquarium_tui.store import documents, folders
from aquarium_tui.store.access import there
from aquarium_tui.store.tables import METRICS, read_metrics, write_metrics
from aquarium_tui.store.transaction import Transaction

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
