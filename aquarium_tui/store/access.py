"""Why a file or folder of the store cannot be read or written, in words: who owns it, what to do."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aquarium_tui.errors import StoreError
from aquarium_tui.model.names import visible

_REFUSED = (errno.EACCES, errno.EPERM)
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an `OSError` of reading `path` into a `StoreError` that says whose it is."""
    try:
        yield
    except OSError as error:
        raise StoreError(*_unreadable(path, error)) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an `OSError` of writing `path` into a `StoreError` that says what to do."""
    try:
        yield
    except OSError as error:
        raise StoreError(*_unwritable(path, error)) from error


def regular(path: Path) -> None:
    """Make sure that a file can be read without waiting for anybody; what is missing or a folder passes.

    Raises:
        StoreError: It is a pipe, a socket or a device.
    """
    with reading(path), suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise StoreError(f"{visible(str(path))} is not a regular file.", "Delete it.")


def read_bytes(path: Path) -> bytes:
    """The content of a file of the store.

    Raises:
        StoreError: It is not a regular file, or cannot be read.
    """
    regular(path)
    with reading(path):
        return path.read_bytes()


def owned(path: Path) -> str:
    """Whose `path` is, as a sentence with a space before it; of the nearest folder that can be looked at."""
    with suppress(OSError, ImportError):
        import pwd

        place = next(p for p in (path, *path.parents) if os.path.lexists(p))
        uid = place.lstat().st_uid
        name = str(uid)
        with suppress(KeyError):
            name = pwd.getpwuid(uid).pw_name
        return f" {visible(str(place))} belongs to user {visible(name)}."
    return ""


def names_in(folder: Path) -> list[str]:
    """The names of the folders in `folder`, sorted, hidden ones left out; none if there is no such folder.

    Raises:
        StoreError: The folder cannot be read, so nobody knows what is in it.
    """
    with reading(folder):
        try:
            with os.scandir(folder) as entries:
                return sorted(e.name for e in entries if not e.name.startswith(".") and e.is_dir())
        except (FileNotFoundError, NotADirectoryError):
            return []


def there(path: Path) -> bool:
    """Whether `path` exists.

    Raises:
        StoreError: Its folder cannot be read, so nobody knows.
    """
    with reading(path):
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True


def _unreadable(path: Path, error: OSError) -> tuple[str, str]:
    sentence = f"{visible(str(path))} cannot be read: {error.strerror or error}."
    if error.errno in _REFUSED:
        return sentence + owned(
            path
        ), "Ask for the permission to read it, or set AQUARIUM_HOME to another folder."
    if isinstance(error, FileNotFoundError):
        return f"{visible(str(path))} is missing.", "Restore it from a copy."
    return sentence, "Check the disk or network that it is on."


def _unwritable(path: Path, error: OSError) -> tuple[str, str]:
    # What is prepared under a hidden name is called by the folder that it is for.
    path = next((each.parent for each in (path, *path.parents) if each.name.startswith(".new-")), path)
    sentence = f"{visible(str(path))} cannot be written: {error.strerror or error}."
    if error.errno in _FULL:
        return sentence, "Free space on this disk, or set AQUARIUM_HOME to a folder on another one."
    if error.errno in (*_REFUSED, errno.EROFS):
        return sentence + owned(path), "Change the permissions, or set AQUARIUM_HOME to another folder."
    return sentence, "Set AQUARIUM_HOME to another folder."
