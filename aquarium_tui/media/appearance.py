"""How bright and how blurred a photo is, at one small size, so that photos of any size compare."""

from dataclasses import dataclass

import numpy as np

from aquarium_tui.media.photo import open_photo
from aquarium_tui.media.pixels import decode, level_for

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
