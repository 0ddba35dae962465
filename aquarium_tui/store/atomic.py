"""Writes that happen entirely or not at all, and one writer at a time, on all machines that share a store.

Writes that happen entirely or not at all: prepared beside their target, synced, then renamed.
"""

import errno
import os
import platform
import re
import secrets
import shutil
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


_TEMPORARY = re.compile(r"^\.(?:new|old)-(?P<host>\w+)-(?P<pid>\d+)-\w+(?:\.\w+)?$")
_HOST = re.sub(r"\W", "_", platform.node()) or "host"
_HERE = -100
"""AT_FDCWD: paths start at the current folder."""
_EXCHANGE = 2
"""Of `renameat2(2)`, whose RENAME_EXCHANGE is the same number as RENAME_SWAP of macOS."""
_ABANDONED = 24 * 3600
"""Seconds after which what another machine was writing counts as left behind; nothing takes that long."""


@contextmanager
def arrival(target: Path, durable: bool = True, replaces: bool = False) -> Iterator[Path]:
    """An empty folder beside `target` that becomes `target` when the block ends well.

    Args:
        target: If it exists and is not an empty folder, it is left as it is.
        durable: Make sure that the whole folder survives a power failure.
        replaces: Replace an existing `target`.

    Raises:
        StoreError: The file system refuses, or the target exists and must not be replaced.
    """
    with _explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        temporary = beside(target, "new")
        temporary.mkdir()
        try:
            yield temporary
            if durable:
                sync_tree(temporary)
            _exchange(temporary, target) if replaces and target.exists() else temporary.rename(target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        sync(target.parent)


def write_file(target: Path, content: bytes) -> None:
    """Put a file with `content` in place of `target`.

    Raises:
        StoreError: The file system refuses; the old file stays.
    """
    with _explained(target), new_file(target) as temporary:
        temporary.write_bytes(content)


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """A path beside `target`; the file that the block writes there becomes `target` when it ends well."""
    temporary = beside(target, "new").with_suffix(target.suffix)
    try:
        yield temporary
        sync(temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(target.parent)


def remove_tree(target: Path) -> None:
    """Make the folder `target` disappear by one rename, then delete it.

    Raises:
        StoreError: The file system refuses.
    """
    with _explained(target):
        doomed = beside(target, "old")
        target.rename(doomed)
        try:
            sync(target.parent)
        finally:
            shutil.rmtree(doomed, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Delete what dead processes of this machine, and long ago of others, have left in `folder`."""
    for entry in folder.iterdir():
        left = _TEMPORARY.match(entry.name)
        if left and _dead(entry, left["host"], int(left["pid"])):
            delete(entry)


def delete(entry: Path) -> None:
    """Delete a file or folder if that is possible."""
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        with suppress(OSError):
            entry.unlink()


def beside(target: Path, state: str) -> Path:
    """A new name beside `target` that says which process it belongs to."""
    return target.with_name(f".{state}-{_HOST}-{os.getpid()}-{secrets.token_hex(4)}")


def sync_tree(folder: Path) -> None:
    """Make a folder with all that is in it survive a power failure."""
    for entry in folder.iterdir():
        if entry.is_dir():
            sync_tree(entry)
        else:
            sync(entry)
    sync(folder)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power failure."""
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange(new: Path, target: Path) -> None:
    """Put a folder in place of another one, which is deleted."""
    if _swapped(new, target):
        delete(new)
        return
    old = beside(target, "old")
    # A kill between these two leaves the target under its hidden name; nothing better is to be had here.
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    delete(old)


def _swapped(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or the file system has no such step."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if hasattr(libc, "renameat2"):  # Linux; paths are relative to the working folder, AT_FDCWD.
        return not libc.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE)
    if hasattr(libc, "renamex_np"):  # macOS
        return not libc.renamex_np(*names, _EXCHANGE)
    return False


def _dead(entry: Path, host: str, pid: int) -> bool:
    if host == _HOST:
        return not _runs(pid)
    with suppress(OSError):
        return time.time() - entry.lstat().st_mtime > _ABANDONED
    return False


def _runs(pid: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    """`writing`, where a target that is in the way has a sentence of its own."""
    with writing(target):
        try:
            yield
        except OSError as error:
            if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
                raise StoreError(f"{visible(str(target))} already exists.") from error
            raise
