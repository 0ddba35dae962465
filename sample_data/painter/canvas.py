"""The canvas: what is painted, and beside it which thing each pixel belongs to.

Everything that stands is painted from far to near. Each stroke goes into the picture and, with the number
of the thing it belongs to, into a second picture: so the visible box and the class of every pixel are known.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from painter.camera import HEIGHT, WIDTH, Camera, Point, Spot, zoom
from painter.light import Colour, Light, scaled

Extent = tuple[float, float, float, float]
Disc = tuple[float, float, float]
Ball = tuple[Point, float]

NOWHERE: Extent = (math.inf, math.inf, -math.inf, -math.inf)
FRONT: Point = (0.0, 0.3, -0.5)


@dataclass
class Thing:
    """Something painted: a tree, a bay of a house, a car.

    Attributes:
        surface: What its pixels are in a class mask.
        kind: The class of its label; empty where it has none.
        extent: Left, top, right, bottom of all its strokes, canvas pixels, also beyond the picture.
        painted: How many pixels it covered when it was painted.
    """

    surface: str
    kind: str
    extent: Extent = NOWHERE
    painted: int = 0


@dataclass(frozen=True)
class Glow:
    """A light in the air: where and how wide (canvas pixels), whose, and where its reflection is."""

    u: float
    v: float
    radius: float
    colour: Colour
    strength: float
    owner: int
    mirror: float


@dataclass(frozen=True)
class Lure:
    """What a model may take for an object: the class, the box (canvas pixels), the thing it is part of."""

    kind: str
    extent: Extent
    owner: int


class Canvas:
    """A picture and the numbers of the things in it."""

    def __init__(self, camera: Camera, light: Light, backdrop: Image.Image) -> None:
        self.camera, self.light, self.image = camera, light, backdrop
        self.numbers = Image.new("I", (WIDTH, HEIGHT))
        self.things = [Thing("sky", "")]
        self.glows: list[Glow] = []
        self.lures: list[Lure] = []
        self._pen, self._mark = ImageDraw.Draw(self.image), ImageDraw.Draw(self.numbers)
        self._now = 0

    @contextmanager
    def thing(self, surface: str, kind: str = "") -> Iterator[None]:
        """Paint one thing: all strokes inside belong to it."""
        self._now = len(self.things)
        self.things.append(Thing(surface, kind))
        yield
        if kind:
            self.things[self._now].painted = int(np.count_nonzero(self.window(self._now)))

    def window(self, number: int) -> NDArray[np.bool_]:
        """Return where a thing is seen within the whole pixels of its extent, bool (rows, columns)."""
        left, top, right, bottom = within(self.things[number].extent)
        if right <= left or bottom <= top:
            return np.zeros((0, 0), dtype=np.bool_)
        return np.asarray(np.asarray(self.numbers.crop((left, top, right, bottom))) == number)

    def fill(self, spots: Sequence[Spot], colour: Colour, *, mark: bool = True) -> None:
        """Fill a picture polygon with a colour as it is seen; without mark it only tints what is there."""
        if len(spots) < 3:
            return
        self._pen.polygon(spots, fill=_ink(colour))
        if mark:
            self._mark.polygon(spots, fill=self._now)
            self._grow(spots)

    def face(
        self, points: Sequence[Point], albedo: Colour, normal: Point, *, lit: float = 0.0, mark: bool = True
    ) -> None:
        """Fill a flat polygon of the world, in its light and air."""
        seen = [self.camera.view(p) for p in points]
        spots = self.camera.outline(seen)
        if spots and self.camera.shows(spots):
            n = len(seen)
            middle = (sum(p[0] for p in seen) / n, sum(p[1] for p in seen) / n, sum(p[2] for p in seen) / n)
            self.fill(spots, self.light.tone(albedo, middle, self.light.fall(normal), lit), mark=mark)
        elif mark:
            self._grow(spots)

    def wrap(self, points: Sequence[Point], albedo: Colour) -> None:
        """Fill the convex outline of points of the world, in the light on what faces us."""
        seen = [self.camera.view(p) for p in points]
        if min(p[2] for p in seen) > 1.2:
            colour = self.light.tone(albedo, seen[0], self.light.fall(FRONT))
            self.fill(convex([self.camera.pixel(p) for p in seen]), colour)

    def disc(self, ball: Ball) -> Disc:
        """Return a ball of the world as (u, v, radius) of the picture."""
        seen = self.camera.view(ball[0])
        return *self.camera.pixel(seen), ball[1] * zoom(seen[2])

    def limb(self, balls: Sequence[Ball], albedo: Colour, *, sheen: float = 0.16, lit: float = 0.0) -> None:
        """Fill the hull around balls of the world, rounded by a lighter core on the sunny side."""
        seen = self.camera.view(balls[0][0])
        if seen[2] < 1.2:
            return
        discs = [self.disc(ball) for ball in balls]
        colour = self.light.tone(albedo, seen, self.light.fall(FRONT), lit)
        self.fill(hull(discs), scaled(colour, 1 - sheen))
        if discs[0][2] > 3:
            side = 0.28 if self.light.towards_sun[0] > 0 else -0.28
            core = [(u + r * side, v - r * 0.22, r * 0.66) for u, v, r in discs]
            self.fill(hull(core), scaled(colour, 1 + sheen), mark=False)

    def line(self, points: Sequence[Point], width: float, albedo: Colour) -> None:
        """Draw a line of a width in metres through points of the world."""
        seen = [self.camera.view(p) for p in points]
        if min(p[2] for p in seen) < 1.2:
            return
        spots = [self.camera.pixel(p) for p in seen]
        thick = max(1, round(width * zoom(seen[0][2])))
        colour = self.light.tone(albedo, seen[0], self.light.fall(FRONT))
        self._pen.line(spots, fill=_ink(colour), width=thick, joint="curve")
        self._mark.line(spots, fill=self._now, width=thick, joint="curve")
        self._grow(spots, thick / 2)

    def paste(self, stamp: Image.Image, mask: Image.Image, left: int, top: int) -> None:
        """Paint a picture through a mask; what is more than half covered belongs to the thing."""
        self.image.paste(stamp, (left, top), mask)
        self.numbers.paste(self._now, (left, top), mask.point(_HALF).convert("1"))
        self._grow([(left, top), (left + mask.width, top + mask.height)])

    def glow(self, point: Point, metres: float, colour: Colour, strength: float) -> None:
        """Let a point of the world shine; it is drawn last, if the point is still seen then."""
        seen = self.camera.view(point)
        if seen[2] < 1.5:
            return
        u, v = self.camera.pixel(seen)
        mirror = self.camera.pixel((seen[0], -self.camera.height - point[1], seen[2]))[1]
        fade = math.exp(-self.light.density * seen[2] * 0.5)
        reach = metres * zoom(seen[2]) + 5
        self.glows.append(Glow(u, v, reach, colour, strength * fade, self._now, mirror))

    def lure(self, kind: str, points: Sequence[Point]) -> None:
        """Remember that the part of the thing around points of the world looks like an object."""
        seen = [self.camera.view(p) for p in points]
        if min(p[2] for p in seen) > 3:
            spots = [self.camera.pixel(p) for p in seen]
            us, vs = [s[0] for s in spots], [s[1] for s in spots]
            self.lures.append(Lure(kind, (min(us), min(vs), max(us), max(vs)), self._now))

    def _grow(self, spots: Iterable[Spot], by: float = 0.0) -> None:
        thing = self.things[self._now]
        left, top, right, bottom = thing.extent
        for u, v in spots:
            left, right = min(left, u - by), max(right, u + by)
            top, bottom = min(top, v - by), max(bottom, v + by)
        thing.extent = (left, top, right, bottom)


def within(extent: Extent) -> tuple[int, int, int, int]:
    """Return the whole pixels of the canvas around an extent, with one to spare."""
    left, top, right, bottom = (min(max(value, -9.0), WIDTH + 9.0) for value in extent)
    return (
        max(0, math.floor(left) - 1),
        max(0, math.floor(top) - 1),
        min(WIDTH, math.ceil(right) + 2),
        min(HEIGHT, math.ceil(bottom) + 2),
    )


def hull(discs: Sequence[Disc]) -> list[Spot]:
    """Return the convex polygon around discs of the picture."""
    rims = ((u, v, r, _ROUND if r > 12 else _MIDDLE if r > 4 else _COARSE) for u, v, r in discs)
    return convex([(u + r * c, v + r * s) for u, v, r, rim in rims for c, s in rim])


def convex(spots: Sequence[Spot]) -> list[Spot]:
    """Return the convex polygon around points (Andrew's monotone chain)."""
    ordered = sorted(set(spots))
    return _half(ordered)[:-1] + _half(ordered[::-1])[:-1]


def _half(spots: Sequence[Spot]) -> list[Spot]:
    chain: list[Spot] = []
    for u, v in spots:
        while len(chain) > 1:
            (a, b), (c, d) = chain[-2], chain[-1]
            if (c - a) * (v - b) - (d - b) * (u - a) > 0:
                break
            chain.pop()
        chain.append((u, v))
    return chain


def _ink(colour: Colour) -> tuple[int, int, int]:
    r, g, b = (min(255, max(0, round(c))) for c in colour)
    return r, g, b


def _circle(n: int) -> tuple[Spot, ...]:
    return tuple((math.cos(2 * math.pi * i / n), math.sin(2 * math.pi * i / n)) for i in range(n))


_ROUND, _MIDDLE, _COARSE = _circle(20), _circle(12), _circle(6)
_HALF = [0] * 128 + [255] * 128
