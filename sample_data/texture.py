"""Noise that repeats without a seam, and the stamps of foliage made of it."""

from functools import cache

import numpy as np
from camera import Floats
from PIL import Image

SIDE = 512


def _octave(rng: np.random.Generator, cells: int) -> Floats:
    grid = rng.random((cells, cells), dtype=np.float32)
    at = np.arange(SIDE, dtype=np.float32) * (cells / SIDE)
    low = at.astype(np.int64)
    t = at - low
    t = t * t * (3 - 2 * t)
    high = (low + 1) % cells
    rows = grid[low] * (1 - t)[:, None] + grid[high] * t[:, None]
    out: Floats = rows[:, low] * (1 - t) + rows[:, high] * t
    return out


@cache
def noise(seed: int, coarse: int, octaves: int) -> Floats:
    """Return smooth noise of mean 0, float32 (512, 512), about -1 to 1, that tiles.

    Args:
        seed: Which noise.
        coarse: Cells a side of the coarsest octave.
        octaves: How many octaves, each twice as fine and half as strong as the one before.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    total = np.zeros((SIDE, SIDE), dtype=np.float32)
    for i in range(octaves):
        total += _octave(rng, min(SIDE, coarse << i)) / (1 << i)
    total -= total.mean()
    out: Floats = total / np.abs(total).max()
    return out


def sampled(tile: Floats, x: Floats, y: Floats) -> Floats:
    """Return the tile's values at coordinates in tile pixels, wrapped around its edges."""
    out: Floats = tile[y.astype(np.int64) % SIDE, x.astype(np.int64) % SIDE]
    return out


@cache
def foliage(which: int) -> tuple[Image.Image, Image.Image]:
    """Return a crown of leaves, 256 x 256: its tone (dark 0 to bright 255) and its mask, both grey."""
    rng = np.random.Generator(np.random.PCG64(900 + which))
    side = 256
    v, u = np.mgrid[0:side, 0:side].astype(np.float32) / side
    shape = np.zeros((side, side), dtype=np.float32)
    tone = np.full((side, side), 0.18, dtype=np.float32)
    puffs = [(0.5, 0.52, 0.27)]
    for i in range(26):
        angle, reach = i * 2.4, 0.31 * (rng.random() ** 0.6)
        x, y = 0.5 + np.cos(angle) * reach * 1.05, 0.5 + np.sin(angle) * reach * 0.95
        puffs.append((float(x), float(y), 0.09 + 0.085 * rng.random()))
    for x, y, r in sorted(puffs, key=lambda p: -p[1]):
        near = 1 - np.sqrt((u - x) ** 2 + (v - y) ** 2) / r
        shape = np.maximum(shape, near)
        light = 0.50 + 0.42 * ((y - v) / r) + 0.26 * ((x - u) / r) - 0.30 * (y - 0.5)
        cover = np.clip(near * 5, 0, 1)
        tone = tone * (1 - cover) + light * cover
    leaf = noise(40 + which, 32, 4)[:side, :side]
    fine = noise(60 + which, 96, 2)[:side, :side]
    tone = np.clip(tone + leaf * 0.34 + fine * 0.20, 0, 1)
    mask = np.clip((shape * 2.2 + leaf * 0.55 + fine * 0.5 - 0.12) * 5, 0, 1)
    return Image.fromarray((tone * 255).astype(np.uint8)), Image.fromarray((mask * 255).astype(np.uint8))
