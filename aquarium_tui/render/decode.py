"""From a file to RGB: the whole picture, upright, at 1/1, 1/2, 1/4 … of its size, in bounded memory.

A JPEG is reduced while it is decoded and a large PNG is decoded in strips. Other formats are decoded whole,
large ones one at a time, so that at most 4 bytes for each of `MAX_PIXELS` are in use besides what is kept.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import chain

from PIL import Image, JpegImagePlugin

from aquarium_tui.render.files import opened
from aquarium_tui.render.pngstrips import can_strip, png_strips
from aquarium_tui.render.region import Region, Size, scales
from aquarium_tui.render.tones import is_rgb, to_rgb, tone_of

KEPT_PIXELS = 64_000_000
"""No decoded picture is kept with more pixels: of a larger one the finest level is a half."""

_STRIP_PIXELS = 2_000_000
_LARGE_PIXELS = 8 * _STRIP_PIXELS
_JPEG_LEVELS = 8
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_one_large = threading.Lock()


def upright_size(image: Image.Image) -> Size:
    """Width and height of an opened picture once it is turned upright."""
    width, height = image.size
    return (height, width) if _orientation(image) >= 5 else (width, height)


def level_for(size: Size, region: Region, pixels: Size) -> int:
    """The coarsest level, a power of two, at which `region` still has as many pixels as are shown.

    Args:
        size: Width and height of the whole picture; it may raise the level, see `KEPT_PIXELS`.
        region: The part that is shown.
        pixels: Width and height at which it is shown.
    """
    level = 1
    while size[0] * size[1] > KEPT_PIXELS * level * level:
        level *= 2
    most = min(*size, *(1 / scale for scale in scales(region, pixels)))
    while level * 2 <= most:
        level *= 2
    return level


def decode(path: str, level: int, turned: bool = True) -> Image.Image:
    """The picture at `path` as RGB, each side divided by `level` and rounded up.

    Args:
        path: The file.
        level: A power of two, not more than a side.
        turned: Whether it is turned as its EXIF orientation says.

    Raises:
        InputError: The file cannot be read.
    """
    with opened(path) as image:
        large = image.width * image.height > _LARGE_PIXELS
        turn = _UPRIGHT.get(_orientation(image)) if turned else None
        with _one_large if large else nullcontext():
            reduced = _reduced(image, level, in_strips=large and can_strip(image))
    return reduced if turn is None else reduced.transpose(turn)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where Pillow itself turns the picture, or where there is none."""
    if image.format == "TIFF":
        return 1
    try:
        # A PNG's own getexif decodes the whole picture in search of a late chunk.
        return int(Image.Image.getexif(image).get(_ORIENTATION, 1))
    except Exception:  # damaged metadata is no reason to hide the picture
        return 1


def _reduced(image: Image.Image, level: int, in_strips: bool) -> Image.Image:
    size = (-(-image.width // level), -(-image.height // level))
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.draft(None, (image.width // level, image.height // level))
        level //= min(level, _JPEG_LEVELS)
    rows = max(1, _STRIP_PIXELS // (image.width * level)) * level
    tone = None if in_strips else tone_of(image)
    strips = png_strips(image, rows) if in_strips else _strips(image, rows)
    return _stacked((_shrunk(to_rgb(strip, tone), level) for strip in strips), size)


def _strips(image: Image.Image, rows: int) -> Iterator[Image.Image]:
    image.load()
    if is_rgb(image) or rows >= image.height:
        yield image
        return
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def _shrunk(image: Image.Image, level: int) -> Image.Image:
    return image.reduce(level) if level > 1 else image


def _stacked(strips: Iterable[Image.Image], size: Size) -> Image.Image:
    """Strips one below the other as a picture of `size`."""
    rest = iter(strips)
    first = next(rest)
    if first.size == size:
        return first
    result = Image.new("RGB", size)
    top = 0
    for strip in chain([first], rest):
        result.paste(strip, (0, top))
        top += strip.height
    return result
