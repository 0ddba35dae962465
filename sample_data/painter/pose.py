"""The place and heading of something."""

import math
from dataclasses import dataclass

from painter.camera import Point, Spot


@dataclass(frozen=True)
class Pose:
    """A place on the ground (metres, world) and a heading (radians right of along the street).

    Its own points are (across, up, along), along being positive to its front.
    """

    x: float
    z: float
    heading: float

    def place(self, p: Point) -> Point:
        """Return a point, given in its own coordinates, in the world's."""
        c, s = math.cos(self.heading), math.sin(self.heading)
        return self.x + p[0] * c + p[2] * s, p[1], self.z - p[0] * s + p[2] * c

    def turn(self, n: Point) -> Point:
        """Return a direction, given in its own coordinates, in the world's."""
        c, s = math.cos(self.heading), math.sin(self.heading)
        return n[0] * c + n[2] * s, n[1], -n[0] * s + n[2] * c

    def inward(self, x: float, z: float) -> Spot:
        """Return a place on the ground in its own coordinates (across, along)."""
        c, s = math.cos(self.heading), math.sin(self.heading)
        dx, dz = x - self.x, z - self.z
        return dx * c - dz * s, dx * s + dz * c

    def footprint(self, half: float, length: float) -> list[Spot]:
        """Return the corners on the ground, world (x, z), of something of that width and length."""
        d = length / 2
        corners = [self.place((a, 0.0, b)) for a, b in ((-half, -d), (half, -d), (half, d), (-half, d))]
        return [(p[0], p[2]) for p in corners]
