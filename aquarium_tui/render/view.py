"""Cutting the shown region out of a decoded picture."""

from PIL import Image

from aquarium_tui.render.region import Region, Size, scales

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
    shown = image.resize((width, height), resample, (left, top, right, bottom), reducing_gap=2.0)
    if (width, height) == pixels:
        return shown
    result = Image.new("RGB", pixels, OUTSIDE)
    result.paste(shown, (x, y))
    return result


def _inside(start: float, end: float, size: int, shown: int) -> tuple[int, int, float, float] | None:
    """Along one side: offset and length on the display of what lies in the image, and its interval there."""
    step = (end - start) / shown
    if not step > 0:
        return None
    first, last = (min(max(round((edge - start) / step), 0), shown) for edge in (0, size))
    low, high = max(start, 0.0), min(end, float(size))
    return (first, last - first, low, high) if last > first and high > low else None
