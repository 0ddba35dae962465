"""Noise that repeats without a seam, and the crowns of leaves made of it.

Only sums, products and square roots are taken in single precision: they round alike on every machine.
"""

from functools import cache

import numpy as np
from PIL import Image

from painter.camera import Floats

SIDE = 512
CROWN = 256


def _octave(rng: np.random.Generator, cells: int) -> Floats:
    grid = rng.random((cells, cells), dtype=np.float32)
    at = np.arange(SIDE, dtype=np.float32) * np.float32(cells / SIDE)
    low = at.astype(np.int64)
    t = at - low.astype(np.float32)
    t = t * t * (3 - 2 * t)
    high = (low + 1) % cells
    rows = grid[low] * (1 - t)[:, None] + grid[high] * t[:, None]
    return np.asarray(rows[:, low] * (1 - t) + rows[:, high] * t, dtype=np.float32)


@cache
def noise(seed: int, coarse: int, octaves: int) -> Floats:
    """Return smooth noise of mean 0 within -1 to 1, float32 (512, 512), that tiles.

    Args:
        seed: Which noise.
        coarse: Cells a side of the coarsest octave.
        octaves: How many octaves, each twice as fine and half as strong as the one before.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    total = np.zeros((SIDE, SIDE), dtype=np.float32)
    for i in range(octaves):
        total += _octave(rng, min(SIDE, coarse << i)) / np.float32(1 << i)
    total -= np.float32(total.mean(dtype=np.float64))
    return np.asarray(total / np.abs(total).max(), dtype=np.float32)


def sampled(tile: Floats, x: Floats, y: Floats) -> Floats:
    """Return the tile's values at coordinates in tile pixels, wrapped around its edges."""
    return np.asarray(tile[y.astype(np.int64) % SIDE, x.astype(np.int64) % SIDE])


@cache
def foliage(which: int, coarse: int) -> tuple[Image.Image, Image.Image]:
    """Return a crown of leaves, 256 pixels per side or that many times smaller: tone and mask, both grey."""
    if coarse > 1:
        tone, mask = foliage(which, 1)
        return tone.reduce(coarse), mask.reduce(coarse)
    light, shape = _puffs(np.random.Generator(np.random.PCG64(900 + which)))
    v, u = np.mgrid[0:CROWN, 0:CROWN].astype(np.float32) / np.float32(CROWN)
    leaf = noise(40 + which, 32, 4)[:CROWN, :CROWN]
    fine = noise(60 + which, 96, 2)[:CROWN, :CROWN]
    rim = np.clip((0.47 - np.sqrt((u - 0.5) ** 2 + (v - 0.5) ** 2)) * 12, -2, 1)
    ragged = shape * 2 + leaf * 0.42 + fine * 0.30 - 0.10
    return _grey(light + leaf * 0.34 + fine * 0.20), _grey(np.minimum(ragged, rim) * 5)


def stretched(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture resized one way after the other, since Pillow is free to choose the order."""
    wide = image.resize((size[0], image.height), Image.Resampling.BILINEAR)
    return wide.resize(size, Image.Resampling.BILINEAR)


def _puffs(rng: np.random.Generator) -> tuple[Floats, Floats]:
    v, u = np.mgrid[0:CROWN, 0:CROWN].astype(np.float32) / np.float32(CROWN)
    light, shape = np.full_like(u, 0.18), np.full_like(u, -1)
    angles, draws = np.arange(26) * 2.4, rng.random((26, 2))
    reach = 0.31 * np.sqrt(draws[:, 0])
    balls = [(0.5, 0.52, 0.27)]
    balls += list(
        zip(
            (0.5 + np.cos(angles) * reach * 1.05).tolist(),
            (0.5 + np.sin(angles) * reach * 0.95).tolist(),
            (0.09 + 0.085 * draws[:, 1]).tolist(),
            strict=True,
        )
    )
    for x, y, r in sorted(balls, key=lambda ball: -ball[1]):
        near = 1 - np.sqrt((u - x) ** 2 + (v - y) ** 2) / r
        shape = np.maximum(shape, near)
        cover = np.clip(near * 5, 0, 1)
        facing = 0.50 + 0.42 * ((y - v) / r) + 0.26 * ((x - u) / r) - 0.30 * (y - 0.5)
        light = light * (1 - cover) + facing * cover
    return light, shape


def _grey(values: Floats) -> Image.Image:
    return Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))
