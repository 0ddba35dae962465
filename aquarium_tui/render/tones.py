"""Any Pillow mode to 8-bit RGB, in a way that a person looking at the picture finds sensible."""

import numpy as np
from PIL import Image

UNDER = (128, 128, 128)
"""What shows through transparent pixels."""

Tone = tuple[float, float]
"""The values that become black and white."""

_SAMPLE = 512
_PERCENTILES = (0.5, 99.5)


def tone_of(image: Image.Image) -> Tone | None:
    """The range of a picture with more than 8 bits a pixel, without its extreme values; None for all others.

    A 12-bit camera, a 16-bit depth map and a thermal picture use a small part of what their format can
    hold; shown over the whole range they would be black.
    """
    if not _is_deep(image.mode):
        return None
    size = (min(image.width, _SAMPLE), min(image.height, _SAMPLE))
    values = np.asarray(image.resize(size, Image.Resampling.NEAREST), dtype=np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        return (0.0, 1.0)
    low, high = np.percentile(values, _PERCENTILES)
    if low == high:
        low, high = values.min(), values.max()
    return (float(low), float(high)) if low < high else (float(low) - 1.0, float(low) + 1.0)


def is_rgb(image: Image.Image) -> bool:
    """Whether a picture needs no conversion: RGB without a transparent colour."""
    return image.mode == "RGB" and not image.has_transparency_data


def to_rgb(image: Image.Image, tone: Tone | None) -> Image.Image:
    """`image` as RGB; transparent pixels over grey, deep ones scaled by `tone`."""
    if tone is not None:
        return _from_deep(image, tone)
    if is_rgb(image):
        return image
    if not image.has_transparency_data:
        return image.convert("RGB")
    under = Image.new("RGBA", image.size, (*UNDER, 255))
    under.alpha_composite(image.convert("RGBA"))
    return under.convert("RGB")


def _is_deep(mode: str) -> bool:
    return mode in ("I", "F") or mode.startswith("I;16")


def _from_deep(image: Image.Image, tone: Tone) -> Image.Image:
    low, high = tone
    values = np.asarray(image, dtype=np.float32)
    shares = np.clip((values - low) / (high - low), 0.0, 1.0)
    grey = np.rint(np.nan_to_num(shares) * 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")
