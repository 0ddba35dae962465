"""What can be recomputed, kept as memory-mapped `.npy` files; losing it loses only time."""

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import StoreError
from aquarium_tui.model.arrays import NamedArrays
from aquarium_tui.store.atomic import arrival

VERSION = 1
"""Raised when what the caches hold changes its meaning."""


def cached(folder: Path, key: object, make: Callable[[], NamedArrays]) -> NamedArrays:
    """The arrays that `make` returns, read from `folder` where an earlier call left them.

    The folder holds the arrays of one key at a time. If it is damaged or cannot be written, `make` is called
    every time.

    Args:
        folder: Holds nothing else; created if missing.
        key: Everything the arrays depend on, compared by its `repr`.
        make: Computes the arrays, which must not hold Python objects.

    Returns:
        Read-only arrays, memory-mapped where they came from disk.
    """
    found = kept(folder, key)
    if found is not None:
        return found
    arrays = make()
    keep(folder, key, arrays)
    return arrays


def kept(folder: Path, key: object) -> NamedArrays | None:
    """The arrays that `keep` left in `folder` under this key, memory-mapped; None if there are none."""
    with suppress(Exception):  # A damaged file raises nearly anything.
        return _read(_place(folder, key))
    return None


def keep(folder: Path, key: object, arrays: NamedArrays) -> None:
    """Write arrays to `folder` in place of all that was there; if that fails, nothing is kept."""
    with suppress(OSError, StoreError):
        _write(folder, _place(folder, key), arrays)


def _place(folder: Path, key: object) -> Path:
    return folder / hashlib.blake2b(repr((VERSION, key)).encode(), digest_size=12).hexdigest()


def _read(place: Path) -> NamedArrays:
    names = json.loads((place / "names.json").read_bytes())
    return {name: _mapped(place / f"{i}.npy") for i, name in enumerate(names)}


def _mapped(path: Path) -> NDArray[Any]:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if not isinstance(array, np.memmap):
        raise ValueError(f"{path} is not an array")
    return array.view(np.ndarray)


def _write(folder: Path, place: Path, arrays: NamedArrays) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    with arrival(place, durable=False) as temporary:
        for i, array in enumerate(arrays.values()):
            np.save(temporary / f"{i}.npy", array, allow_pickle=False)
        (temporary / "names.json").write_text(json.dumps(list(arrays)))
