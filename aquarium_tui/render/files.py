"""Opening an untrusted picture file: what Pillow may raise becomes one `InputError` with a reason."""

import os
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import visible

MAX_PIXELS = 256_000_000
"""A picture of more pixels is refused unread."""
MAX_SIDE = 100_000
"""A picture that is wider or higher than this is refused unread."""

_opening = threading.Lock()
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, AttributeError)
_DAMAGE_DEEP = (struct.error, zlib.error, OverflowError, ZeroDivisionError, AssertionError, RuntimeError)


@contextmanager
def opened(path: str) -> Iterator[Image.Image]:
    """The picture at `path`, its header read and its size found sane.

    Raises:
        InputError: The file is missing, no picture, too large or damaged; also for
            damage that Pillow finds while the block decodes it.
    """
    try:
        _check_file(path)
        with _open(path) as image:
            _check_size(image.size)
            yield image
    except MemoryError as error:
        raise unreadable("too large for the memory of this machine", path) from error
    except UnidentifiedImageError as error:
        raise unreadable("not an image", path) from error
    except (*_DAMAGE, *_DAMAGE_DEEP) as error:
        raise unreadable(_reason(error), path) from error


def unreadable(reason: str, path: str, hint: str = "") -> InputError:
    """The error for the picture at `path`; the reason comes first, because small cards cut the end off."""
    return InputError(f"{reason}: {visible(path)}", hint)


def _check_file(path: str) -> None:
    if "://" in path:
        hint = "Give the folder that holds the pictures with --images."
        raise unreadable("a URL, and pictures are not fetched", path, hint)
    found = Path(path).stat()
    if not stat.S_ISREG(found.st_mode):
        raise unreadable("not a file", path)
    if found.st_size == 0:
        raise unreadable("an empty file", path)


def _open(path: str) -> Image.Image:
    """Pillow's own size check and its remarks on odd metadata are off: `_check_size` is the limit."""
    with _opening, warnings.catch_warnings(action="ignore"):
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(path)
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ValueError("an image without pixels")
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE:
        raise ValueError(f"{width:,} × {height:,} pixels are too many (at most {MAX_PIXELS:,})")


def _reason(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "no such file"
        case OSError(errno=int(number)):
            return os.strerror(number).lower()
        case _:
            return f"damaged ({visible(str(error)) or type(error).__name__})"
