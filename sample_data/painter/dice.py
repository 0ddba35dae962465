"""Random numbers that are the same every time."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """Draws from a seed; built on PCG64's plain uniform numbers only, whose stream is fixed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.Generator(np.random.PCG64(seed))

    def real(self) -> float:
        """Return a number in [0, 1)."""
        return float(self.rng.random())

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return low + (high - low) * self.real()

    def around(self, spread: float) -> float:
        """Return a number in [-spread, spread)."""
        return spread * (2 * self.real() - 1)

    def bell(self) -> float:
        """Return a number about 0 with a spread of about 1: a sum of six uniform ones, bounded at 4.2."""
        return (sum(self.real() for _ in range(6)) - 3) * 1.41421356

    def chance(self, p: float) -> bool:
        """Return true with probability p."""
        return self.real() < p

    def side(self) -> int:
        """Return -1 or 1."""
        return 1 if self.chance(0.5) else -1

    def pick(self, things: Sequence[T]) -> T:
        """Return one of several things."""
        return things[int(self.real() * len(things))]

    def seed(self) -> int:
        """Return a seed for other dice."""
        return int(self.real() * (1 << 40))
