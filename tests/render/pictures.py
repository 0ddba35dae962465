"""Pictures drawn for the tests of `render`."""

import numpy as np
from PIL import Image

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 40), (40, 60, 220), (250, 250, 250)


def quarters(width=96, height=64):
    """Red and green above blue and white: upside, left and right can be told."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(WHITE, (width // 2, height // 2, width, height))
    return image


def corners(image):
    """The colours in the middle of the four quarters: above left, above right, below left, below right."""
    w, h = image.size
    return [image.getpixel((w * i // 4, h * j // 4)) for j in (1, 3) for i in (1, 3)]


def near(color, wanted, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(color, wanted, strict=True))


def slope(width=200, height=100):
    """Red grows to the right and green downwards, one step a pixel; blue is noise."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    noise = np.random.default_rng(5).integers(0, 256, x.shape)
    return Image.fromarray(np.dstack([x, y, noise]).astype(np.uint8))
