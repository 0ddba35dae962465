"""Pictures opened by their header: size and orientation.

The files are untrusted: whatever Pillow may raise becomes one `InputError` with a reason.
"""

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image, UnidentifiedImageError

from aquarium_tui.errors import InputError
from aquarium_tui.media.source import source, unreadable
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Size

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
def opened(path: str) -> Iterator[Image.Image]:
    """The picture at `path`, its header read and its size found sane.

    Raises:
        InputError: The file is missing, not a picture, too large or damaged; also for
            damage that Pillow finds only when the block decodes it.
    """
    try:
        found = source(path)
        if found.stamp().size == 0:
            raise unreadable("an empty file", path)
        with _lenient, found.open() as file, Image.open(file) as image:
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
    with opened(path) as image:
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
