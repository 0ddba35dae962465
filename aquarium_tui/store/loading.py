"""The tables of a dataset's folder, read from memory-mapped copies where those are still true."""

from collections.abc import Callable
from pathlib import Path

from aquarium_tui.model.tables import Frames, Objects, Project
from aquarium_tui.store import documents, packing, tables
from aquarium_tui.store.cache import Arrays, cached


def load_frames(folder: Path, fingerprint: str) -> Frames:
    """The frames of the dataset in `folder`.

    Raises:
        StoreError: The table is missing or damaged.
    """
    path = folder / "frames.parquet"

    def make() -> Arrays:
        return packing.pack_frames(tables.read_frames(path))

    return packing.unpack_frames(_through_cache(folder / "cache" / "frames", path, fingerprint, make))


def load_objects(path: Path, cache: Path, fingerprint: str, frames: Frames, project: Project) -> Objects:
    """The labels or inferences at `path`.

    Args:
        path: `labels.parquet` or `inferences.parquet`.
        cache: The folder of their memory-mapped copy.
        fingerprint: Of all stored tables that the result depends on.
        frames: The frames they lie in.
        project: Has the class map that their class ids refer to.

    Raises:
        StoreError: The table is missing or damaged.
    """

    def make() -> Arrays:
        return packing.pack_objects(tables.read_objects(path, frames, project.class_map))

    class_ids = tuple(entry.id for entry in project.class_map.entries)
    return packing.unpack_objects(_through_cache(cache, path, (fingerprint, class_ids), make))


def _through_cache(cache: Path, path: Path, key: object, make: Callable[[], Arrays]) -> Arrays:
    with documents.sound(path):
        stat = path.stat()
    return cached(cache, (key, stat.st_size, stat.st_mtime_ns), make)
