"""One vehicle: its shape, its place and its paint, and the strokes that all its parts are made with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from painter.bodies import Body, Build, Dot
from painter.camera import Point
from painter.canvas import Canvas
from painter.light import Colour, mix, scaled
from painter.pose import Pose

DARK: Colour = (34, 36, 40)
GLASS: Colour = (46, 58, 70)
RED: Colour = (206, 30, 28)
BRAKE: Colour = (255, 46, 36)
PLATE: Colour = (238, 236, 226)
HEAD_LIGHT: Colour = (255, 250, 228)


class Patch(NamedTuple):
    """A part of a strip of a hull: from left to right -1..1, from the strip's first profile point 0..1."""

    left: float
    low: float
    right: float
    high: float


@dataclass(frozen=True)
class Vehicle:
    """A vehicle to paint.

    Attributes:
        canvas: Where to paint it.
        build: Its shape.
        pose: Where it stands.
        paint: Its colour.
        second: The colour of a truck's load body.
        braking: Whether its brake lights are on.
    """

    canvas: Canvas
    build: Build
    pose: Pose
    paint: Colour
    second: Colour
    braking: bool

    @property
    def eye(self) -> Point:
        """The lens, as the vehicle sees it: (across, up, along)."""
        across, along = self.pose.inward(self.canvas.camera.x, 0.0)
        return across, self.canvas.camera.height, along

    @property
    def depth(self) -> float:
        """Metres ahead of the lens."""
        return self.canvas.camera.view((self.pose.x, 0.0, self.pose.z))[2]

    @property
    def fine(self) -> bool:
        """Whether it is near enough for its finer parts."""
        return self.depth < 55

    @property
    def lights_on(self) -> bool:
        """Whether it drives with its lights on."""
        return self.canvas.light.lamps or self.canvas.light.density > 0.01

    @property
    def reflected(self) -> Colour:
        """What its glass reflects."""
        return self.canvas.light.sky[1]

    def colour(self, part: str) -> Colour:
        """Return the colour of a part of a hull."""
        if part in ("cargo", "tub"):
            return self.second
        if part in ("panel", "roof"):
            return mix(self.paint, self.reflected, 0.16)
        fixed: dict[str, Colour] = {"load": (124, 100, 76), "under": DARK, "bumper": scaled(self.paint, 0.86)}
        return fixed.get(part, self.paint)

    def face(
        self, points: Sequence[Point], colour: Colour, normal: Point, *, lit: float = 0.0, mark: bool = False
    ) -> None:
        """Fill a flat polygon of the vehicle."""
        placed = [self.pose.place(p) for p in points]
        self.canvas.face(placed, colour, self.pose.turn(normal), lit=lit, mark=mark)

    def patch(
        self,
        body: Body,
        strip: int,
        patch: Patch,
        colour: Colour,
        normal: Point,
        *,
        lit: float = 0.0,
        mark: bool = False,
    ) -> list[Point]:
        """Fill a part of a strip of a hull and return its corners."""
        (z0, y0), (z1, y1) = body.profile[strip], body.profile[strip + 1]
        left, low, right, high = patch
        points: list[Point] = []
        for s, t in ((left, low), (right, low), (right, high), (left, high)):
            z, y = z0 + (z1 - z0) * t, y0 + (y1 - y0) * t
            points.append((s * body.half_at(z, y), y, z))
        self.face(points, colour, normal, lit=lit, mark=mark)
        return points

    def panel(
        self,
        body: Body,
        side: int,
        dots: Sequence[Dot],
        colour: Colour,
        *,
        lit: float = 0.0,
        rise: float = 0.0,
    ) -> None:
        """Fill a polygon (along, up) on a side of a hull; rise is how much it faces up."""
        points: list[Point] = [(side * (body.half_at(z, y) + 0.01), y, z) for z, y in dots]
        self.face(points, colour, (side * (1 - rise * rise / 2), rise, 0.0), lit=lit)

    def shine(self, points: Sequence[Point], colour: Colour, strength: float, metres: float) -> None:
        """Let the middle of a lamp glow if the lights are on."""
        if self.lights_on:
            n = len(points)
            middle = (
                sum(p[0] for p in points) / n,
                sum(p[1] for p in points) / n,
                sum(p[2] for p in points) / n,
            )
            dim = 1.0 if self.canvas.light.dark else 0.55
            self.canvas.glow(self.pose.place(middle), metres, colour, strength * dim)
