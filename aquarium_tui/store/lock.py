"""One writer at a time in a folder of the store, on this machine and on others that share it."""

import errno
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from aquarium_tui.errors import StoreError
from aquarium_tui.model.names import visible
from aquarium_tui.store.access import regular, writing

NAME = ".lock"
_PATIENCE = 60.0
"""Seconds. Storing five million inferences takes about twenty; whoever holds a lock for longer hangs."""
_PAUSE = 0.05
"""Seconds between two tries: short beside any write, and too rare to load a file server."""
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL, errno.ENOSYS)
"""What file systems answer that have no locks, or none for a file that can only be read.

Writes are then still whole, as each is one rename; only that two at once notice each other is lost.
"""


@contextmanager
def held(folder: Path, patience: float | None = None) -> Iterator[None]:
    """Hold `folder` for this process; others wait. The lock ends with the process, however that ends.

    Args:
        folder: Exists; the lock is a file in it.
        patience: Seconds to wait for another process; None waits a minute.

    Raises:
        StoreError: Another process still holds it, or the folder cannot be written.
    """
    if sys.platform == "win32":
        yield
        return
    with writing(folder):
        handle = _acquired(folder, time.monotonic() + (_PATIENCE if patience is None else patience))
    try:
        yield
    finally:
        os.close(handle)


def _acquired(folder: Path, deadline: float) -> int:
    """A descriptor that holds the lock. Never waits inside a system call, which a dead server could keep."""
    while True:
        handle = _opened(folder / NAME)
        try:
            if _taken(handle) and _is_at(handle, folder / NAME):
                return handle
            holder = _holder(handle)
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        if time.monotonic() >= deadline:
            raise StoreError(
                f"{visible(str(folder))} is being written by {holder}.",
                "Wait until that is done, or end it if it hangs; then try again.",
            )
        time.sleep(_PAUSE)


def _opened(path: Path) -> int:
    regular(path)
    try:
        return os.open(path, os.O_CREAT | os.O_CLOEXEC | os.O_RDWR, 0o666)
    except PermissionError:  # It was made by another user of a shared store.
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _taken(handle: int) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    with suppress(OSError):
        os.ftruncate(handle, 0)
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        os.pwrite(handle, f"process {os.getpid()} on {platform.node()} since {now}".encode(), 0)
    return True


def _is_at(handle: int, path: Path) -> bool:
    """Whether the lock is still the one that others find; its folder may have been removed meanwhile."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False


def _holder(handle: int) -> str:
    with suppress(OSError):
        return visible(os.pread(handle, 200, 0).decode("utf-8", "replace")) or "another process"
    return "another process"
