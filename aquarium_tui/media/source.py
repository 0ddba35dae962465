"""The one seam between the name of an image or mask and its bytes; sizes and orientation.

The files are untrusted: whatever Pillow may raise becomes one `InputError` with a reason.
"""

import errno
import io
import os
import stat
import threading
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Protocol

from PIL import Image, UnidentifiedImageError

from aquarium_tui.errors import InputError
from aquarium_tui.media.remote import RemoteSource, Stamp, unreadable
from aquarium_tui.model.names import URL_STARTS, is_remote, visible
from aquarium_tui.model.picture import Size

_ZIP = ".zip"
_MOST_OF_MEMBER = 1 << 29
"""Bytes of a picture in an archive, which is unpacked in memory."""


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

    def head(self) -> BinaryIO:
        """The same, for whoever reads no more than the header."""

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
        path = Path(self.name)
        # Opening a pipe would wait for whoever writes to it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise unreadable("not a file", self.name)
        return path.open("rb")

    def head(self) -> BinaryIO:
        """See `Source`."""
        return self.open()

    def stamp(self) -> Stamp:
        """See `Source`."""
        found = Path(self.name).stat()
        if not stat.S_ISREG(found.st_mode):
            raise unreadable("not a file", self.name)
        return Stamp(found.st_size, found.st_mtime_ns)


@dataclass(frozen=True)
class ZipSource:
    """A member of a zip archive.

    Attributes:
        name: The path of the archive and the name of the member below it.
        archive: The path of the archive.
    """

    name: str
    archive: str

    def open(self) -> BinaryIO:
        """See `Source`."""
        member = self._member()
        if member.file_size > _MOST_OF_MEMBER:
            raise unreadable("too large to be read from an archive", self.name)
        try:
            return io.BytesIO(_archive(self.archive, self._changed()).read(member))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
            raise unreadable(f"damaged in its archive ({visible(str(error))})", self.name) from error

    def head(self) -> BinaryIO:
        """See `Source`."""
        return self.open()

    def stamp(self) -> Stamp:
        """See `Source`."""
        member = self._member()
        return Stamp(member.file_size, f"{member.CRC:08x}")

    def _changed(self) -> int:
        return Path(self.archive).stat().st_mtime_ns

    def _member(self) -> zipfile.ZipInfo:
        wanted = self.name[len(self.archive) + 1 :]
        try:
            return _archive(self.archive, self._changed()).getinfo(wanted)
        except KeyError as error:
            raise FileNotFoundError(errno.ENOENT, "no such file", self.name) from error
        except zipfile.BadZipFile as error:
            raise unreadable("in a damaged archive", self.name) from error


@lru_cache(maxsize=4)
def _archive(path: str, changed: int) -> zipfile.ZipFile:
    """An opened archive, anew whenever its file was `changed`; its table of contents takes long to read."""
    del changed
    return zipfile.ZipFile(path)


def source(place: str) -> Source:
    """The source at a path or URL.

    Raises:
        InputError: It is empty, or a URL of a kind that is not read.
    """
    if not place:
        raise unreadable("the frame has no image path", place)
    if is_remote(place):
        if not place.lower().startswith(URL_STARTS):
            raise unreadable(f"not one of the URLs that are read ({', '.join(URL_STARTS)})", place)
        return RemoteSource(place)
    archive = _archive_of(place)
    return PathSource(place) if archive is None else ZipSource(place, archive)


def _archive_of(place: str) -> str | None:
    """The zip archive that a path leads into, as in `set.zip/images/a.jpg`; None if there is none."""
    head, found, _ = place.partition(f"{_ZIP}/")
    while found:
        if Path(f"{head}{_ZIP}").is_file():
            return f"{head}{_ZIP}"
        rest = place[len(head) + len(_ZIP) + 1 :]
        inner, found, _ = rest.partition(f"{_ZIP}/")
        head = f"{head}{_ZIP}/{inner}"
    return None


def listing(root: str) -> frozenset[str] | None:
    """The names in a folder: none where it cannot be read, None where it is remote and cannot be listed."""
    if is_remote(root):
        return None
    try:
        return frozenset(entry.name for entry in os.scandir(root))
    except (OSError, ValueError):
        return _names_in_archive(root)


def _names_in_archive(root: str) -> frozenset[str]:
    """The names in a folder of a zip archive; none if it is not in one."""
    archive = _archive_of(f"{root}/")
    if archive is None:
        return frozenset()
    start = f"{root[len(archive) + 1 :]}/".lstrip("/")
    try:
        names = _archive(archive, Path(archive).stat().st_mtime_ns).namelist()
    except (OSError, zipfile.BadZipFile):
        return frozenset()
    return frozenset(name[len(start) :].partition("/")[0] for name in names if name.startswith(start))


MAX_PIXELS = 256_000_000
"""A picture of more pixels is refused unread: decoded, it would take 1 GB."""
MAX_SIDE = 100_000
"""A picture that is wider or higher than this is refused unread."""

_ORIENTATION = 0x0112
"""The EXIF tag."""
_SIDEWAYS = 5
"""From this orientation on, width and height change places."""
_REFUSED = ("EPS", "WMF")
"""Formats for which Pillow runs a program."""


class _Leniency:
    """Pillow without its own size limit and its remarks on odd metadata, while any thread reads a picture.

    Both are switches of the whole process, so the first reader turns them and the last one turns them back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._undo = ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            if self._readers == 0:
                self._undo.enter_context(warnings.catch_warnings(action="ignore"))
                self._undo.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
                Image.MAX_IMAGE_PIXELS = None
            self._readers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._readers -= 1
            if self._readers == 0:
                self._undo.close()


_lenient = _Leniency()


@contextmanager
def opened(path: str, whole: bool = True, content: BinaryIO | None = None) -> Iterator[Image.Image]:
    """The picture at `path`, its header read and its size found sane.

    Args:
        path: A path or a URL.
        whole: Whether more than its header will be read.
        content: Its bytes, where they have been read before.

    Raises:
        InputError: The file is missing, not a picture, too large or damaged; also for
            damage that Pillow finds only when the block decodes it.
    """
    try:
        found = source(path)
        with _lenient, found.open() if whole else found.head() as file:
            if not file.read(1):
                raise unreadable("an empty file", path)
            file.seek(0)
            with Image.open(file) as image:
                _check_picture(image, path)
                yield image
    except InputError:
        raise
    except Exception as error:  # decoders of hostile files raise nearly everything
        raise unreadable(_reason(error), path) from error


def image_size(path: str) -> Size:
    """Width and height that the picture at `path` is shown with, from its header alone.

    Raises:
        InputError: The file cannot be read, or is not a picture.
    """
    with opened(path, whole=False) as image:
        return upright_size(image)


def upright_size(image: Image.Image) -> Size:
    """Width and height of an opened picture once it is turned upright."""
    width, height = image.size
    return (height, width) if orientation(image) >= _SIDEWAYS else (width, height)


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where Pillow itself turns the picture, or where there is none."""
    if image.format == "TIFF":
        return 1
    try:
        # A PNG's own getexif decodes the whole picture in search of a late chunk.
        return int(Image.Image.getexif(image).get(_ORIENTATION, 1))
    except Exception:  # damaged metadata is no reason to hide the picture
        return 1


def _check_picture(image: Image.Image, path: str) -> None:
    if image.format in _REFUSED:
        raise unreadable(f"{image.format} files are not read", path, "Convert it to JPEG or PNG.")
    width, height = image.size
    if width < 1 or height < 1:
        raise unreadable("an image without pixels", path)
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise unreadable(
            f"{width:,} × {height:,} pixels, more than is read (at most {MAX_PIXELS:,}, a side {MAX_SIDE:,})",
            path,
        )


def _reason(error: Exception) -> str:
    match error:
        case UnidentifiedImageError():
            return "not an image"
        case FileNotFoundError():
            return "no such file"
        case MemoryError():
            return "too large for the memory of this machine"
        case OSError(errno=int(number)):
            return os.strerror(number).lower()
        case _:
            return f"damaged ({visible(str(error)) or type(error).__name__})"
