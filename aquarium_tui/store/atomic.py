"""Writes that happen entirely or not at all: prepared beside their target, synced, then renamed."""

import errno
import os
import platform
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aquarium_tui.errors import StoreError

_TEMPORARY = re.compile(r"^\.(?:new|old)-(?P<host>\w+)-(?P<pid>\d+)-\w+$")
_REPLACED = re.compile(r"^\.was-(?P<host>\w+)-(?P<pid>\d+)-[0-9a-f]+-(?P<name>\w+)$")
_HOST = re.sub(r"\W", "_", platform.node()) or "host"


@contextmanager
def arrival(target: Path, durable: bool = True, replaces: bool = False) -> Iterator[Path]:
    """An empty folder beside `target` that becomes `target` when the block ends well.

    Args:
        target: If it exists and is not an empty folder, it is left as it is, unless `replaces` is set.
        durable: Make sure that the whole folder survives a power failure.
        replaces: Replace an existing `target`; if this process dies at that moment, `restore` brings it back.

    Raises:
        StoreError: The file system refuses, or the target exists and must not be replaced.
    """
    with _explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        temporary = _beside(target, "new")
        temporary.mkdir()
        try:
            yield temporary
            if durable:
                _sync_tree(temporary)
            _exchange(temporary, target) if replaces and target.exists() else temporary.rename(target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        _sync(target.parent)


def write_file(target: Path, content: bytes) -> None:
    """Put a file with `content` in place of `target`.

    Raises:
        StoreError: The file system refuses; the old file stays.
    """
    with _explained(target):
        temporary = _beside(target, "new")
        try:
            temporary.write_bytes(content)
            _sync(temporary)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync(target.parent)


def remove_tree(target: Path) -> None:
    """Make the folder `target` disappear by one rename, then delete it.

    Raises:
        StoreError: The file system refuses.
    """
    with _explained(target):
        doomed = _beside(target, "old")
        target.rename(doomed)
        try:
            _sync(target.parent)
        finally:
            shutil.rmtree(doomed, ignore_errors=True)


def restore(folder: Path) -> None:
    """Bring back what a dead process of this machine had moved away and not yet replaced."""
    for entry in folder.glob(".was-*"):
        left = _REPLACED.match(entry.name)
        if left and left["host"] == _HOST and not _runs(int(left["pid"])):
            if (folder / left["name"]).exists():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.rename(folder / left["name"])


def sweep(folder: Path) -> None:
    """Delete or bring back what dead processes of this machine have left in `folder`."""
    restore(folder)
    for entry in folder.iterdir():
        left = _TEMPORARY.match(entry.name)
        if left and left["host"] == _HOST and not _runs(int(left["pid"])):
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process; others wait. The lock ends with the process, however that ends."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with _explained(folder):
        handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _exchange(new: Path, target: Path) -> None:
    was = _beside(target, "was")
    was = was.with_name(f"{was.name}-{target.name}")
    target.rename(was)
    try:
        new.rename(target)
    except BaseException:
        was.rename(target)
        raise
    try:
        _sync(target.parent)
    finally:
        shutil.rmtree(was, ignore_errors=True)


def _beside(target: Path, state: str) -> Path:
    return target.with_name(f".{state}-{_HOST}-{os.getpid()}-{secrets.token_hex(4)}")


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


def _sync_tree(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _sync_tree(entry)
        else:
            _sync(entry)
    _sync(folder)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            raise StoreError(f"{target} already exists.") from error
        raise StoreError(
            f"{target} cannot be written: {error.strerror or error}.",
            "Free space or change the permissions, or set AQUARIUM_HOME to another folder.",
        ) from error
