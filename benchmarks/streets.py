"""Synthetic masks of street scenes: what is labelled, and what two networks infer.

Two real networks, early and weak versions of ENet, served as the pattern: on 8 CamVid frames they label 87 %
and 58 % of the pixels right, and of 11 × 11 possible pairs (label class, inferred class) about 60 occur in a
frame. Here the base set labels 85 % of the pixels right and the other set 90 %, with about 115 of 19 × 19
pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT, CLASSES, VOID = 2048, 1024, 19, 255
"""The size, the number of evaluated classes and the ignored value of Cityscapes."""
SETS = ("labels", "base", "other")
SMALL = (128, 64)
"""Width and height of small masks, which are counted by the thousand."""

_PIECES = 260
_PRESENT = 12
"""Classes in a frame."""
_BLOCK = 4
"""Pieces are found for blocks of so many pixels and then get ragged edges: 16 times less work."""
_CONFUSED = {"base": 0.1, "other": 0.05}
"""The share of pieces that a set takes for another class."""
_WANDERS = {"base": 4, "other": 2}
"""By how many pixels the edges of a set differ from those of the labels, at most."""

Generator = np.random.Generator
Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class Street:
    """The masks `(HEIGHT, WIDTH)` of one frame."""

    labels: Mask
    base: Mask
    other: Mask

    def cut(self, rng: Generator) -> "Street":
        """A quarter of the frame at a random place, every eighth pixel of it: the small size."""
        step = WIDTH // 2 // SMALL[0]
        top, left = rng.integers(0, HEIGHT // 2), rng.integers(0, WIDTH // 2)
        part = np.s_[top : top + HEIGHT // 2 : step, left : left + WIDTH // 2 : step]
        return Street(self.labels[part], self.base[part], self.other[part])

    def save(self, folder: Path, name: str) -> None:
        """Write a PNG of that name into the folders `labels`, `base` and `other`, which are there."""
        for one in SETS:
            Image.fromarray(getattr(self, one)).save(folder / one / f"{name}.png")


def street(seed: int) -> Street:
    """One frame: pieces of classes, finer towards the middle row, and a strip of void below."""
    rng = np.random.default_rng(seed)
    points = rng.random((_PIECES, 2)) * (HEIGHT, WIDTH)
    points[:, 0] = HEIGHT / 2 + (points[:, 0] - HEIGHT / 2) * rng.random(_PIECES)
    present = rng.permutation(CLASSES)[:_PRESENT].astype(np.uint8)
    level = points[:, 0] / HEIGHT * _PRESENT + rng.normal(0, 1, _PIECES)  # sky above, road below
    classes = present[np.clip(level, 0, _PRESENT - 1).astype(np.int64)]
    pieces = _nearest(points)
    labels = _masked(rng, pieces, classes, 3)
    return Street(labels, *(_inferred(rng, pieces, classes, name) for name in ("base", "other")))


def small_streets(frames: int, seed: int = 0) -> Iterator[Street]:
    """Small frames, cut out of a few large ones: one for each ten, at most twelve."""
    rng = np.random.default_rng(seed)
    large = [street(seed + i) for i in range(min(12, 1 + frames // 10))]
    for i in range(frames):
        yield large[i % len(large)].cut(rng)


def _inferred(rng: Generator, pieces: NDArray[np.int64], classes: NDArray[np.uint8], name: str) -> Mask:
    inferred = classes.copy()
    confused = rng.random(_PIECES) < _CONFUSED[name]
    inferred[confused] = (classes[confused] + 1) % CLASSES
    return _masked(rng, pieces, inferred, 3 + _WANDERS[name])


def _masked(rng: Generator, pieces: NDArray[np.int64], classes: NDArray[np.uint8], by: int) -> Mask:
    mask = np.repeat(np.repeat(classes[pieces], _BLOCK, axis=0), _BLOCK, axis=1)
    mask[-60:] = VOID
    return _wandering(rng, mask, by)


def _nearest(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """The nearest point to each block."""
    rows, columns = np.mgrid[0:HEIGHT:_BLOCK, 0:WIDTH:_BLOCK].astype(np.float32)
    nearest = np.zeros(rows.shape, np.int64)
    least = np.full(rows.shape, np.inf, np.float32)
    for i, (y, x) in enumerate(points.astype(np.float32)):
        distance = (rows - y) ** 2 + (columns - x) ** 2
        nearer = distance < least
        nearest[nearer], least[nearer] = i, distance[nearer]
    return nearest


def _wandering(rng: Generator, mask: Mask, by: int) -> Mask:
    """The mask with its pixels moved a little, blocks of 8 × 2 alike."""
    moves = rng.integers(-by, by + 1, (2, HEIGHT // 2, WIDTH // 8))
    down, right = (np.repeat(np.repeat(each, 2, axis=0), 8, axis=1) for each in moves)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.asarray(mask[np.clip(rows + down, 0, HEIGHT - 1), np.clip(columns + right, 0, WIDTH - 1)])
