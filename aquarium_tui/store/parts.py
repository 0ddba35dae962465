"""What was computed of some frames: one file for each shard, and journals that grow while work goes on.

Both hold records of named arrays. A record that is damaged or was cut off by a kill ends what is read of its
file, so that a journal of a run that was stopped gives everything up to its last seconds. The folder counts
as a cache: it may be deleted, and gives way where room is needed.
"""

import json
import os
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from aquarium_tui.errors import StoreError
from aquarium_tui.model.arrays import NamedArrays
from aquarium_tui.model.shard import Shard
from aquarium_tui.store.access import regular
from aquarium_tui.store.atomic import beside, delete, write_file
from aquarium_tui.store.cache import INDEX, make_folder, room_for_cache

_SHARD, _JOURNAL = ".part", ".journal"
_HEAD = struct.Struct("<4sIQI")
"""Mark, length of the description, length of the arrays, and the checksum of both."""
_MARK = b"AQP1"
_INTERVAL = 5.0
"""Seconds between two writes to a journal: what a kill costs at most. A write takes some milliseconds."""


@dataclass(frozen=True)
class Parts:
    """The parts of what is computed frame by frame of one or two sets.

    Attributes:
        folder: Holds nothing else; need not exist.
    """

    folder: Path

    def shards(self) -> Mapping[Shard, Path]:
        """The files of shards that are there."""
        found = ((Shard.named(path.name.removesuffix(_SHARD)), path) for path in self._files(_SHARD))
        return {shard: path for shard, path in found if shard is not None}

    def state(self) -> tuple[tuple[str, int], ...]:
        """Changes when the file of a shard is added or replaced."""
        found = []
        for path in self.shards().values():
            with suppress(OSError):
                found.append((path.name, path.stat().st_mtime_ns))
        return tuple(found)

    def records(self, shard: Shard | None = None) -> Iterator[NamedArrays]:
        """The records of a shard, or of all, and of all journals."""
        shards = self.shards()
        paths = [shards[each] for each in sorted(shards) if shard in (None, each)]
        for path in (*paths, *self._files(_JOURNAL)):
            yield from _records(path)

    def put(self, shard: Shard, arrays: NamedArrays) -> None:
        """Write the file of a shard in place of the one that is there.

        Raises:
            StoreError: It cannot be written.
        """
        self._prepare()
        write_file(self.folder / f"{shard.name}{_SHARD}", _record(arrays))

    def journal(self) -> "Journal":
        """A new journal."""
        return Journal(self, beside(self.folder / "rows", "run").with_suffix(_JOURNAL))

    def forget(self, journals: Sequence[Path]) -> None:
        """Delete journals whose content is kept elsewhere."""
        for path in journals:
            delete(path)

    def journals(self) -> list[Path]:
        """The journals that are there."""
        return list(self._files(_JOURNAL))

    def append(self, path: Path, arrays: NamedArrays) -> None:
        """Add a record to a journal; without room, or where nothing can be written, it is not kept."""
        with suppress(OSError, StoreError):
            self._prepare()
            record = _record(arrays)
            if room_for_cache(self.folder, len(record)):
                with path.open("ab") as file:
                    file.write(record)

    def _prepare(self) -> None:
        """The folder with the file by which it counts as a cache that was used just now."""
        make_folder(self.folder)
        index = self.folder / INDEX
        if not index.exists():
            write_file(index, b'{"parts": 1}\n')
        os.utime(index)

    def _files(self, suffix: str) -> Iterable[Path]:
        with suppress(OSError):
            return sorted(path for path in self.folder.iterdir() if path.suffix == suffix)
        return []


@dataclass
class Journal:
    """Writes down every few seconds what has been computed.

    Attributes:
        parts: Where it is.
        path: Its file, which is made with the first record.
    """

    parts: Parts
    path: Path
    _written: float = field(default_factory=time.monotonic)

    @property
    def due(self) -> bool:
        """Whether enough time has gone by for another record."""
        return time.monotonic() - self._written >= _INTERVAL

    def add(self, arrays: NamedArrays) -> None:
        """Write a record."""
        self.parts.append(self.path, arrays)
        self._written = time.monotonic()


def _record(arrays: NamedArrays) -> bytes:
    told = [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()]
    head, body = json.dumps(told).encode(), b"".join(array.tobytes() for array in arrays.values())
    return _HEAD.pack(_MARK, len(head), len(body), zlib.crc32(body, zlib.crc32(head))) + head + body


def _records(path: Path) -> Iterator[NamedArrays]:
    with suppress(OSError, ValueError, TypeError, KeyError):
        regular(path)
        size = path.stat().st_size
        with path.open("rb") as file:
            while (found := _next(file, size)) is not None:
                yield found


def _next(file: BinaryIO, size: int) -> NamedArrays | None:
    start = file.read(_HEAD.size)
    if len(start) < _HEAD.size:
        return None
    mark, head, body, check = _HEAD.unpack(start)
    if mark != _MARK or file.tell() + head + body > size:
        return None
    told, content = file.read(head), file.read(body)
    if zlib.crc32(content, zlib.crc32(told)) != check:
        return None
    arrays: NamedArrays = {}
    at = 0
    for name, dtype, shape in json.loads(told):
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(content, np.dtype(dtype), count, at).reshape(shape)
        at += arrays[name].nbytes
    return arrays
