"""The camera: street metres to picture points.

World metres: x to the right, y up, z along the street. Picture points: u to the right, v down, in pixels of the
enlarged canvas. A camera point is (across, up, ahead) in metres, seen from the lens.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float, float]
Spot = tuple[float, float]
Floats = NDArray[np.float32]

SCALE = 2
WIDTH, HEIGHT = 960 * SCALE, 540 * SCALE
FOCAL = 1480.0
NEAR = 0.9


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
    horizon: float = 0.44 * HEIGHT

    def view(self, point: Point) -> Point:
        """Return a world point as (across, up, ahead) of the lens."""
        dx, cos, sin = point[0] - self.x, math.cos(self.yaw), math.sin(self.yaw)
        return dx * cos - point[2] * sin, point[1] - self.height, dx * sin + point[2] * cos

    def depth(self, point: Point) -> float:
        """Return how many metres ahead of the lens a world point lies."""
        return (point[0] - self.x) * math.sin(self.yaw) + point[2] * math.cos(self.yaw)

    def pixel(self, seen: Point) -> Spot:
        """Return the picture point of a camera point that lies ahead."""
        k = FOCAL / max(seen[2], NEAR)
        return WIDTH / 2 + seen[0] * k, self.horizon - seen[1] * k

    def outline(self, seen: Sequence[Point]) -> list[Spot]:
        """Return the picture polygon of camera points, cut off in front of the lens; empty if all lie behind."""
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
        """Return where the rows below the horizon meet the road.

        Args:
            step: Canvas pixels from one sample to the next, both ways.

        Returns:
            x, z (world metres) and depth (metres ahead), each float32 (rows, columns).
        """
        rows = np.arange(self.horizon + step, HEIGHT + step, step, dtype=np.float32)
        columns = np.arange(0, WIDTH, step, dtype=np.float32) + step / 2
        ahead = (FOCAL * self.height / (rows - self.horizon + 0.5))[:, None]
        across = (columns - WIDTH / 2) / FOCAL * ahead
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        depth = np.broadcast_to(ahead, across.shape)
        x: Floats = (self.x + across * cos + ahead * sin).astype(np.float32)
        z: Floats = (ahead * cos - across * sin).astype(np.float32)
        return x, z, depth.astype(np.float32)
