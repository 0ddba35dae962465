"""Frames and objects as named plain arrays, which is how the cache holds them, and back."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from aquarium_tui.model.arrays import NamedArrays
from aquarium_tui.model.columns import Column, Text, Values, ValueType
from aquarium_tui.model.tables import Dataset, Frames, Objects, Project
from aquarium_tui.store import documents, tables
from aquarium_tui.store.cache import cached
from aquarium_tui.store.folders import check_hash

_PLAIN = ("starts", "class_index", "box", "confidence", "crowd", "area")


def pack_frames(frames: Frames) -> NamedArrays:
    """The arrays of `frames`."""
    plain = {"width": frames.width, "height": frames.height}
    return plain | _pack({"id": frames.id, "path": frames.path}) | _pack(frames.metadata, "meta.")


def unpack_frames(arrays: NamedArrays) -> Frames:
    """The reverse of `pack_frames`."""
    named = _unpack(arrays)
    return Frames(
        id=cast(Text, named["id"]),
        path=cast(Text, named["path"]),
        width=arrays["width"],
        height=arrays["height"],
        metadata=_under("meta.", named),
    )


def pack_objects(objects: Objects) -> NamedArrays:
    """The arrays of `objects`."""
    plain: NamedArrays = {name: getattr(objects, name) for name in _PLAIN}
    named = {name: c for name, c in (("id", objects.id), ("mask", objects.mask)) if c is not None}
    return plain | _pack(named) | _pack(objects.attributes, "attr.")


def unpack_objects(arrays: NamedArrays) -> Objects:
    """The reverse of `pack_objects`."""
    named = _unpack(arrays)
    plain: dict[str, Any] = {name: arrays[name] for name in _PLAIN}
    return Objects(
        **plain,
        id=cast(Text | None, named.get("id")),
        mask=cast(Text | None, named.get("mask")),
        attributes=_under("attr.", named),
    )


def dataset_size(dataset: Dataset) -> int:
    """Bytes that a dataset takes in memory, which is at least what its tables take on disk."""
    frames = sum(array.nbytes for array in pack_frames(dataset.frames).values())
    return frames + objects_size(dataset.labels)


def objects_size(objects: Objects) -> int:
    """Bytes that objects take in memory, which is at least what their table takes on disk."""
    return sum(array.nbytes for array in pack_objects(objects).values())


def _pack(columns: Mapping[str, Column], prefix: str = "") -> NamedArrays:
    """Each column as two or three arrays `<name>:<part>`; the name of the first part is its type."""
    arrays: NamedArrays = {}
    for key, column in columns.items():
        name = f"{prefix}{key}"
        parts: NamedArrays
        if isinstance(column, Text):
            parts = {"text": column.codes, "offsets": column.offsets, "blob": column.blob}
        else:
            parts = {column.kind: column.values, "missing": column.missing}
        arrays |= {f"{name}:{part}": array for part, array in parts.items()}
    return arrays


def _unpack(arrays: NamedArrays) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for key, array in arrays.items():
        name, _, part = key.rpartition(":")
        if part == "text":
            columns[name] = Text(array, arrays[f"{name}:offsets"], arrays[f"{name}:blob"])
        elif part in ("number", "boolean", "date"):
            columns[name] = Values(cast(ValueType, part), array, arrays[f"{name}:missing"])
    return columns


def _under(prefix: str, columns: Mapping[str, Column]) -> dict[str, Column]:
    return {name.removeprefix(prefix): c for name, c in columns.items() if name.startswith(prefix)}


def load_frames(folder: Path, document: documents.JsonDocument) -> Frames:
    """The frames of the dataset in `folder`, of which `document` tells.

    Raises:
        StoreError: The table is missing or damaged.
    """
    path = folder / "frames.parquet"
    with documents.sound(folder / "dataset.json"):
        fingerprint = documents.provenance_of(document).fingerprint

    def make() -> NamedArrays:
        check_hash(path, document)
        return pack_frames(tables.read_frames(path))

    return unpack_frames(_through_cache(folder / "cache" / "frames", path, fingerprint, make))


def load_objects(
    path: Path,
    document: documents.JsonDocument,
    *,
    cache: Path,
    of_frames: str,
    frames: Frames,
    project: Project,
) -> Objects:
    """The labels or inferences at `path`.

    Args:
        path: `labels.parquet` or `inferences.parquet`.
        document: What the JSON file beside it tells of it.
        cache: The folder of their copy as plain arrays.
        of_frames: The fingerprint of the dataset that has the frames.
        frames: The frames they lie in.
        project: Has the class map that their class ids refer to.

    Raises:
        StoreError: The table is missing or damaged.
    """

    def make() -> NamedArrays:
        check_hash(path, document)
        return pack_objects(tables.read_objects(path, frames, project.class_map))

    with documents.sound(path):
        prints = (of_frames, documents.provenance_of(document).fingerprint)
    class_ids = tuple(entry.id for entry in project.class_map.entries)
    return unpack_objects(_through_cache(cache, path, (prints, class_ids), make))


def _through_cache(cache: Path, path: Path, key: object, make: Callable[[], NamedArrays]) -> NamedArrays:
    with documents.sound(path):
        stat = path.stat()
    return cached(cache, (key, stat.st_size, stat.st_mtime_ns), make)
