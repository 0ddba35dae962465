"""The photo of a frame, read region by region at the size it is shown; how bright and how blurred it is."""

from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image

from aquarium_tui.media.pixels import decode, level_for
from aquarium_tui.media.source import opened, source, upright_size
from aquarium_tui.model.picture import Region, Size, scales

OUTSIDE = (24, 24, 27)
"""What is shown beyond the edges of a photo."""


def cut(image: Image.Image, region: Region, pixels: Size) -> Image.Image:
    """`region` of `image` as a new picture of exactly `pixels`; dark where the region leaves the image."""
    across = _inside(region[0], region[2], image.width, pixels[0])
    down = _inside(region[1], region[3], image.height, pixels[1])
    if across is None or down is None:
        return Image.new("RGB", pixels, OUTSIDE)
    (x, width, left, right), (y, height, top, bottom) = across, down
    smaller = max(scales(region, pixels)) < 1
    resample = Image.Resampling.BILINEAR if smaller else Image.Resampling.BICUBIC
    # With a gap of 2 Pillow averages whole blocks first, which is faster and hardly visible.
    shown = image.resize((width, height), resample, (left, top, right, bottom), reducing_gap=2.0)
    if (width, height) == pixels:
        return shown
    result = Image.new("RGB", pixels, OUTSIDE)
    result.paste(shown, (x, y))
    return result


def _inside(start: float, end: float, size: int, shown: int) -> tuple[int, int, float, float] | None:
    """Along one side, the part inside the image: offset and length on the display, and its interval there."""
    step = (end - start) / shown
    if not step > 0:
        return None
    first, last = (min(max(round((edge - start) / step), 0), shown) for edge in (0, size))
    low, high = max(start, 0.0), min(end, float(size))
    return (first, last - first, low, high) if last > first and high > low else None


@dataclass(frozen=True)
class Photo:
    """A picture file whose header has been read.

    Attributes:
        path: Its path.
        size: Width and height in pixels, as it is shown.
        turned: Whether its EXIF orientation is applied.
        changed: From its `Stamp`; shows when a file was replaced.
    """

    path: str
    size: Size
    turned: bool = True
    changed: int | str = 0


def open_photo(path: str | Path, size: Size | None = None) -> Photo:
    """The photo at `path`, with its EXIF orientation applied; only its header is read.

    Args:
        path: A file on this machine.
        size: The size that its frame gives. A photo that has this size only before it is turned
            was labelled without regard to its orientation, and is not turned.

    Raises:
        InputError: It is missing, a URL, not a picture, without pixels or too large.
    """
    with opened(str(path)) as image:
        upright = upright_size(image)
        turned = size is None or size == upright or size != image.size
        return Photo(str(path), upright if turned else image.size, turned, source(str(path)).stamp().changed)


_Key = tuple[Photo, int]


class PhotoCache:
    """The photos decoded last, so that zoom, crops and layers of a frame do not decode it again; thread-safe.

    A photo wanted by two threads at once is decoded by one of them. A finer level that is kept serves coarser
    requests too.

    Args:
        max_bytes: What the kept pictures may take in memory; those unused longest go first.
    """

    def __init__(self, max_bytes: int = 256 << 20) -> None:
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._kept: OrderedDict[_Key, Future[Image.Image]] = OrderedDict()

    def read(self, photo: Photo, region: Region, pixels: Size) -> Image.Image:
        """A region of a photo as RGB of exactly `pixels`, decoded at no more detail than that needs.

        Args:
            photo: An opened photo.
            region: Left, top, right, bottom in its pixels; whatever is beyond it is dark.
            pixels: Width and height of the answer.

        Raises:
            InputError: The file is gone, or damaged further in.
        """
        wanted = (photo, level_for(photo.size, region, pixels))
        with self._lock:
            key = next((key for key in _serving(wanted) if key in self._kept), None)
            future = self._kept[key] if key else self._kept.setdefault(wanted, Future())
            self._kept.move_to_end(key or wanted)
        if key is None:
            self._fill(wanted, future)
        return _shown(future.result(), (key or wanted)[1], region, pixels)

    def _fill(self, key: _Key, future: Future[Image.Image]) -> None:
        photo, level = key
        try:
            image = decode(photo.path, level, photo.turned)
        except BaseException as error:
            with self._lock:
                del self._kept[key]
            future.set_exception(error)
            raise
        future.set_result(image)
        with self._lock:
            self._shed()

    def _shed(self) -> None:
        """Forget pictures, those unused longest first, until the rest fit."""
        sizes = {key: _bytes(future.result()) for key, future in self._kept.items() if future.done()}
        excess = sum(sizes.values()) - self._max_bytes
        for key, size in sizes.items():
            if excess <= 0:
                return
            del self._kept[key]
            excess -= size


def _serving(wanted: _Key) -> Iterator[_Key]:
    """The wanted photo and level, then the finer levels that serve as well, coarsest first."""
    photo, level = wanted
    while level:
        yield photo, level
        level //= 2


def _bytes(image: Image.Image) -> int:
    # Pillow keeps RGB in 4 bytes per pixel.
    return image.width * image.height * 4


def _shown(image: Image.Image, level: int, region: Region, pixels: Size) -> Image.Image:
    left, top, right, bottom = (edge / level for edge in region)
    return cut(image, (left, top, right, bottom), pixels)


_SIDE = 256
"""Pixels of the longer side that is looked at: details of large and small photos count alike, and a JPEG of
2,048 pixels is decoded at an eighth of its size."""

_SHARP = 100.0
"""Variance of the Laplacian that counts as half blurred: the usual threshold for photos, after Pech-Pacheco
et al. (2000)."""


@dataclass(frozen=True)
class Appearance:
    """What a photo looks like.

    Attributes:
        brightness: Mean of its grey values, 0 (black) to 255.
        blur: `100 / (100 + v)`, with v the variance of the Laplacian of the grey values: 0 is sharp, 1 has no
            detail.
    """

    brightness: float
    blur: float


def appearance(path: str) -> Appearance:
    """Brightness and blur of the photo at `path`.

    Raises:
        InputError: It cannot be read.
    """
    photo = open_photo(path)
    width, height = photo.size
    scale = min(1.0, _SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    level = level_for(photo.size, (0.0, 0.0, float(width), float(height)), size)
    image = decode(path, level, photo.turned).convert("L").resize(size)
    grey = np.asarray(image, np.float64)
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * grey[1:-1, 1:-1]
    detail = float(around.var()) if around.size else 0.0
    return Appearance(float(grey.mean()), _SHARP / (_SHARP + detail))
