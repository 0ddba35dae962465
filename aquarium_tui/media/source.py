"""The one seam between the name of an image or mask and its bytes: files today, other stores later."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import is_remote, visible


class Stamp(NamedTuple):
    """Changes when the file is replaced or rewritten.

    Attributes:
        size: In bytes.
        changed: When a file was last written, in nanoseconds, or the ETag that a server gives.
    """

    size: int
    changed: int | str


class Source(Protocol):
    """Where the bytes of one image or mask are."""

    @property
    def name(self) -> str:
        """What people call it: a path or a URL."""

    def open(self) -> BinaryIO:
        """Its bytes, from the start, seekable.

        Raises:
            OSError: It is missing or cannot be read.
        """

    def stamp(self) -> Stamp:
        """Its size and last change, without reading it.

        Raises:
            InputError: There is something else in its place.
            OSError: It is missing or cannot be reached.
        """


@dataclass(frozen=True)
class PathSource:
    """A file of this machine."""

    name: str

    def open(self) -> BinaryIO:
        """See `Source`."""
        self.stamp()  # Refuses what is not a file; opening a pipe would wait for whoever writes to it.
        return Path(self.name).open("rb")

    def stamp(self) -> Stamp:
        """See `Source`."""
        found = Path(self.name).stat()
        if not stat.S_ISREG(found.st_mode):
            raise unreadable("not a file", self.name)
        return Stamp(found.st_size, found.st_mtime_ns)


def source(place: str) -> Source:
    """The source at a path.

    Raises:
        InputError: It is empty, or a URL.
    """
    if not place:
        raise unreadable("the frame has no image path", place)
    if is_remote(place):
        hint = "Give the folder that holds the pictures with --images."
        raise unreadable("a URL; images are not downloaded", place, hint)
    return PathSource(place)


def listing(root: str) -> frozenset[str] | None:
    """The names in a folder: none where it cannot be read, None where it is remote and cannot be listed."""
    if is_remote(root):
        return None
    try:
        return frozenset(entry.name for entry in os.scandir(root))
    except (OSError, ValueError):
        return frozenset()


def unreadable(reason: str, name: str, hint: str = "") -> InputError:
    """The error for an image or mask; the reason comes first, because small cards cut the end off."""
    return InputError(f"{reason}: {visible(name)}" if name else reason, hint)
