"""Room on the disk: caches are bounded, and give way to what cannot be recomputed, the oldest first."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from aquarium_tui.store.atomic import delete

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
    projects = next((p for p in (folder, *folder.parents) if p.name == "projects"), None)
    for index in projects.glob(f"*/*/cache/**/{INDEX}") if projects else folder.glob(f"*/{INDEX}"):
        with suppress(OSError):
            size = sum(file.stat().st_size for file in index.parent.iterdir())
            yield _Cache(index.parent, index.stat().st_mtime, size)
