"""Opening an untrusted picture file: whatever Pillow may raise becomes one `InputError` with a reason."""

import os
import re
import stat
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import visible

MAX_PIXELS = 256_000_000
"""A picture of more pixels is refused unread."""
MAX_SIDE = 100_000
"""A picture that is wider or higher than this is refused unread."""

_URL = re.compile(r"(?:^|/)[A-Za-z][A-Za-z0-9+.-]+:/")
"""A URL, also where it was joined to a folder and lost its second slash."""

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
        InputError: The file is missing, no picture, too large or damaged; also for
            damage that Pillow finds only when the block decodes it.
    """
    try:
        _check_file(path)
        with _lenient, Image.open(path) as image:
            _check_picture(image, path)
            yield image
    except InputError:
        raise
    except Exception as error:  # decoders of hostile files raise nearly everything
        raise unreadable(_reason(error), path) from error


def unreadable(reason: str, path: str, hint: str = "") -> InputError:
    """The error for the picture at `path`; the reason comes first, because small cards cut the end off."""
    return InputError(f"{reason}: {visible(path)}" if path else reason, hint)


def _check_file(path: str) -> None:
    if _URL.search(path) and not Path(path).exists():
        hint = "Give the folder that holds the pictures with --images."
        raise unreadable("a URL, and pictures are not fetched", path, hint)
    if not path:
        raise unreadable("the frame names no picture", path)
    found = Path(path).stat()
    if not stat.S_ISREG(found.st_mode):
        raise unreadable("not a file", path)
    if found.st_size == 0:
        raise unreadable("an empty file", path)


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
