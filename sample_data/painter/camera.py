"""The camera: from street metres to picture points.

World metres: x to the right of the street's middle, y up, z along the street. Seen from the lens a point is
(across, up, ahead) in metres. Picture points are u to the right and v down, in pixels of the enlarged canvas.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float, float]
Spot = tuple[float, float]
Floats = NDArray[np.float32]

SCALE = 2
WIDTH, HEIGHT = 960 * SCALE, 540 * SCALE
FOCAL = 1800.0
NEAR = 0.9


def zoom(ahead: float) -> float:
    """Return how many canvas pixels a metre takes at a distance ahead of the lens."""
    return FOCAL / max(ahead, NEAR)


@dataclass(frozen=True)
class Camera:
    """Where the lens stands and looks.

    Attributes:
        x: Metres right of the middle of the street.
        yaw: Radians to the right of straight ahead.
        height: Metres above the road.
        horizon: Row of the horizon, canvas pixels.
    """

    x: float
    yaw: float
    height: float = 1.75
    horizon: float = 0.42 * HEIGHT

    @cached_property
    def _turn(self) -> Spot:
        return math.cos(self.yaw), math.sin(self.yaw)

    def view(self, point: Point) -> Point:
        """Return a world point as seen from the lens."""
        dx, (cos, sin) = point[0] - self.x, self._turn
        return dx * cos - point[2] * sin, point[1] - self.height, dx * sin + point[2] * cos

    def pixel(self, seen: Point) -> Spot:
        """Return the picture point of a point ahead of the lens."""
        k = zoom(seen[2])
        return WIDTH / 2 + seen[0] * k, self.horizon - seen[1] * k

    def sees(self, seen: Point, reach: float) -> bool:
        """Return whether something that reaches that many metres around a point can be in the picture."""
        return seen[2] > -reach and abs(seen[0]) < seen[2] * (0.5 * WIDTH / FOCAL) + reach

    def shows(self, spots: Sequence[Spot]) -> bool:
        """Return whether a part of the box around picture points is in the picture."""
        us, vs = [s[0] for s in spots], [s[1] for s in spots]
        return max(us) > 0 and min(us) < WIDTH and max(vs) > 0 and min(vs) < HEIGHT

    def outline(self, seen: Sequence[Point]) -> list[Spot]:
        """Return the picture polygon of points, cut off in front of the lens; empty if all are behind it."""
        if all(p[2] >= NEAR for p in seen):
            return [self.pixel(p) for p in seen]
        kept: list[Point] = []
        for a, b in zip(seen, [*seen[1:], seen[0]], strict=True):
            if a[2] >= NEAR:
                kept.append(a)
            if (a[2] >= NEAR) != (b[2] >= NEAR):
                t = (NEAR - a[2]) / (b[2] - a[2])
                kept.append((a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), NEAR))
        return [self.pixel(p) for p in kept]

    def ground(self, step: int) -> tuple[Floats, Floats, Floats]:
        """Return where the picture's rows below the horizon meet the road.

        Args:
            step: Canvas pixels from one sample to the next, both ways.

        Returns:
            x and z (world) and the distance ahead, metres, each float32 (rows, columns).
        """
        rows = np.arange(int(self.horizon), HEIGHT + step, step) + step / 2
        columns = np.arange(0, WIDTH, step) + step / 2
        ahead = (FOCAL * self.height / np.maximum(rows - self.horizon, 0.5))[:, None]
        across = (columns - WIDTH / 2) / FOCAL * ahead
        cos, sin = self._turn
        x, z = self.x + across * cos + ahead * sin, ahead * cos - across * sin
        depth = np.broadcast_to(ahead, across.shape)
        return x.astype(np.float32), z.astype(np.float32), depth.astype(np.float32)
