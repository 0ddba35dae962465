"""What can be recomputed, kept as arrays in files that are checked when read, as far as there is room.

A cache is a folder with `index.json` and one file of raw values per array. The index has the type, shape and
checksum of each; whatever does not fit makes the cache worthless, and it is computed and written anew. It is
never changed: a new cache is a new folder. Arrays are read, not mapped: truncating a file that is mapped ends
the process without a word, and checking the content takes all of it into memory anyway.
"""

import hashlib
import json
import os
import shutil
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import StoreError
from aquarium_tui.model.arrays import NamedArrays
from aquarium_tui.store.access import read_bytes
from aquarium_tui.store.atomic import beside, delete, held

VERSION = 2
"""Raised when what the caches hold changes its meaning."""
_FOLD = 4093
"""Words of 8 bytes that a checksum folds onto each other. It is prime, not a power of two, so that whole
blocks of the disk that were swapped or lost change it too."""
_THREADS = 4
"""Columns read at once: some are checked while others wait for the disk."""
_PATIENCE = 5.0
"""Seconds to wait while another process writes the same cache; then it is not kept."""
_TOUCHED = 3600
"""Seconds within which a use of a cache is not noted again; the oldest go first where room is needed."""


def cached(folder: Path, key: object, make: Callable[[], NamedArrays]) -> NamedArrays:
    """The arrays that `make` returns, read from `folder` where an earlier call left them.

    The folder holds the arrays of one key at a time. If it is damaged or cannot be written, `make` is called
    every time.

    Args:
        folder: Holds nothing else; created if missing.
        key: Everything the arrays depend on, compared by its `repr`.
        make: Computes the arrays, which must not hold Python objects.

    Returns:
        Read-only arrays where they came from disk.
    """
    found = kept(folder, key)
    if found is not None:
        return found
    arrays = make()
    keep(folder, key, arrays)
    return arrays


def kept(folder: Path, key: object) -> NamedArrays | None:
    """The arrays that `keep` left in `folder` under this key; None if there are none, or not as they were."""
    with suppress(Exception):  # A damaged file raises nearly anything.
        return _read(_place(folder, key))
    return None


def keep(folder: Path, key: object, arrays: NamedArrays) -> bool:
    """Write arrays to `folder` in place of all that was there; if that fails, nothing is kept.

    Returns:
        Whether they are kept.
    """
    with suppress(OSError, StoreError):
        make_folder(folder)
        with held(folder, _PATIENCE):
            return _write(folder, _place(folder, key), arrays)
    return False


def checksum(array: NDArray[Any]) -> int:
    """A checksum of the bytes of an array, at the speed of memory.

    The words are combined by exclusive or into `_FOLD` of them, of which a CRC-32 is taken: any flipped bit
    and any run of wrong bytes shorter than 32 kB change it. CRC-32 of everything takes eight times as long.
    """
    plain = np.frombuffer(array, np.uint8) if array.size else np.zeros(0, np.uint8)
    whole = len(plain) // (8 * _FOLD) * (8 * _FOLD)
    folded = np.bitwise_xor.reduce(plain[:whole].view(np.uint64).reshape(-1, _FOLD), axis=0)
    return zlib.crc32(plain[whole:].data, zlib.crc32(folded.data))


def make_folder(folder: Path) -> None:
    """Make the folder of a cache, but not the dataset that it belongs to: that may have been removed."""
    projects = _projects_of(folder)
    beyond = [place for place in (folder, *folder.parents) if projects is None or projects in place.parents]
    # The outermost ones are the project and the dataset.
    for place in reversed(beyond[:-2] if projects else beyond):
        place.mkdir(exist_ok=True)


def _place(folder: Path, key: object) -> Path:
    return folder / hashlib.blake2b(repr((VERSION, key)).encode(), digest_size=12).hexdigest()


def _read(place: Path) -> NamedArrays:
    index = place / INDEX
    text, check = read_bytes(index).split(b"\n")
    if int(check) != zlib.crc32(text):
        raise ValueError(f"{index} is damaged")
    columns = json.loads(text)
    with ThreadPoolExecutor(_THREADS) as pool:
        arrays = list(pool.map(lambda i: _column(place / f"{i}.bin", **columns[i]), range(len(columns))))
    if time.time() - index.stat().st_mtime > _TOUCHED:
        with suppress(OSError):
            os.utime(index)
    return {column["name"]: array for column, array in zip(columns, arrays, strict=True)}


def _column(path: Path, name: str, dtype: str, shape: list[int], check: int) -> NDArray[Any]:
    """One array, if its file has just the length and the content that it had when it was written."""
    type_ = np.dtype(dtype)
    length = int(np.prod(shape, dtype=np.int64)) * type_.itemsize
    found = path.stat()
    if found.st_size != length or not stat.S_ISREG(found.st_mode):
        raise ValueError(f"{path}, with {name}, has another length")
    array: NDArray[Any] = np.fromfile(path, type_).reshape(shape)
    if checksum(array) != check:
        raise ValueError(f"{path}, with {name}, is damaged")
    array.flags.writeable = False
    return array


def _write(folder: Path, place: Path, arrays: NamedArrays) -> bool:
    """Write a cache into a folder whose lock is held, in place of all that is there."""
    for entry in folder.iterdir():
        if entry.is_dir():
            delete(entry)
    if not room_for_cache(folder, sum(array.nbytes for array in arrays.values())):
        return False
    temporary = beside(place, "new")
    temporary.mkdir()
    try:
        columns = [_written(temporary / f"{i}.bin", *named) for i, named in enumerate(arrays.items())]
        text = json.dumps(columns).encode()
        (temporary / INDEX).write_bytes(text + b"\n%d" % zlib.crc32(text))
        temporary.rename(place)
    except BaseException:
        delete(temporary)
        raise
    return True


def _written(path: Path, name: str, array: NDArray[Any]) -> dict[str, object]:
    if array.dtype.hasobject:
        raise ValueError(f"{name} holds Python objects")
    plain = np.ascontiguousarray(array)
    plain.tofile(path)
    return {"name": name, "dtype": array.dtype.str, "shape": list(array.shape), "check": checksum(plain)}


INDEX = "index.json"
"""The file that every cache has; its time of change is when the cache was last used."""
MOST = 20 << 30
"""Bytes of all caches of a store: ten comparisons of the largest size, 2 × 5,000,000 inferences on 50,000
frames, whose caches take about 2 GB."""
_SPARE = 1 << 30
"""Bytes of the disk that no cache may take, or a tenth of the disk if that is less; others need some."""


@dataclass(frozen=True)
class _Cache:
    place: Path
    used: float
    size: int


def room_for_cache(folder: Path, size: int) -> bool:
    """Make room for a cache of `size` bytes in `folder`, if older ones can give way.

    Args:
        folder: Where the cache will be, in a store or elsewhere.
        size: How large it will be.

    Returns:
        Whether the cache may be written.
    """
    caches = sorted(_caches(folder), key=lambda cache: cache.used)
    total, usage = sum(cache.size for cache in caches) + size, shutil.disk_usage(folder)
    short = max(total - MOST, size + min(_SPARE, usage.total // 10) - usage.free)
    return size <= MOST and short <= _freed(caches, short)


def room_for_data(folder: Path, size: int) -> None:
    """Delete the oldest caches of a store until `size` bytes are free, as far as that is possible.

    Args:
        folder: A folder of the store that exists.
        size: How much will be written.
    """
    with suppress(OSError):
        short = size - shutil.disk_usage(folder).free
        if short > 0:
            _freed(sorted(_caches(folder), key=lambda cache: cache.used), short)


def _projects_of(folder: Path) -> Path | None:
    """The folder of all projects that `folder` is or lies in; None outside of a store."""
    return next((place for place in (folder, *folder.parents) if place.name == "projects"), None)


def _freed(caches: list[_Cache], short: int) -> int:
    """How many bytes of caches were deleted, the first ones first, to get at least `short`."""
    freed = 0
    for cache in caches:
        if freed >= short:
            break
        delete(cache.place)
        freed += cache.size
    return freed


def _caches(folder: Path) -> Iterator[_Cache]:
    """All caches of the store that `folder` is in; of the folder alone if it is in none."""
    projects = _projects_of(folder)
    for index in projects.glob(f"*/*/cache/**/{INDEX}") if projects else folder.glob(f"*/{INDEX}"):
        with suppress(OSError):
            size = sum(file.stat().st_size for file in index.parent.iterdir())
            yield _Cache(index.parent, index.stat().st_mtime, size)
