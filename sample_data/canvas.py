"""The canvas: what is painted, and beside it which thing each pixel belongs to.

Everything that stands is painted from far to near. Each stroke goes into the picture and, with the number of the
thing it belongs to, into a second picture, so that the visible box and the class of every pixel are known exactly.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from camera import HEIGHT, WIDTH, Camera, Point, Spot
from light import UP, Colour, Light
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Ink = tuple[int, int, int]
Disc = tuple[float, float, float]


@dataclass
class Thing:
    """Something painted: a tree, a façade, a car.

    Attributes:
        surface: What its pixels are in a class mask.
        kind: The class of its label; empty where it is not labelled.
        traits: What the simulated models and the labels need to know of it.
        extent: Left, top, right, bottom of all its strokes, canvas pixels.
        painted: How many pixels of the picture it covered when it was painted.
    """

    surface: str
    kind: str = ""
    traits: dict[str, float] = field(default_factory=dict)
    extent: tuple[float, float, float, float] = (WIDTH, HEIGHT, 0.0, 0.0)
    painted: int = 0


@dataclass(frozen=True)
class Glow:
    """A light seen through the air: where (canvas pixels), how wide, its colour, how strong, whose, how far off."""

    u: float
    v: float
    radius: float
    colour: Colour
    strength: float
    owner: int
    mirror: float


def ink(colour: Colour) -> Ink:
    """Return a colour as bytes."""
    return (
        min(255, max(0, round(colour[0]))),
        min(255, max(0, round(colour[1]))),
        min(255, max(0, round(colour[2]))),
    )


class Canvas:
    """A picture and the numbers of the things in it."""

    def __init__(self, camera: Camera, light: Light, backdrop: Image.Image) -> None:
        self.camera, self.light, self.image = camera, light, backdrop
        self.numbers = Image.new("I", (WIDTH, HEIGHT))
        self.things: list[Thing] = [Thing("sky")]
        self.glows: list[Glow] = []
        self._pen, self._mark = ImageDraw.Draw(self.image), ImageDraw.Draw(self.numbers)
        self._now = 0

    @contextmanager
    def thing(self, surface: str, kind: str = "", **traits: float) -> Iterator[Thing]:
        """Paint one thing: all strokes inside belong to it."""
        self._now = len(self.things)
        self.things.append(Thing(surface, kind, dict(traits)))
        yield self.things[self._now]
        if kind:
            self.things[self._now].painted = self.count(self._now)

    def count(self, number: int) -> int:
        """Return how many pixels a thing covers now."""
        return int(np.count_nonzero(self.window(number)))

    def window(self, number: int) -> NDArray[np.bool_]:
        """Return where a thing is seen within the whole pixels of its extent."""
        left, top, right, bottom = frame_of(self.things[number].extent)
        if right <= left or bottom <= top:
            return np.zeros((0, 0), dtype=np.bool_)
        seen: NDArray[np.bool_] = np.asarray(self.numbers.crop((left, top, right, bottom))) == number
        return seen

    # Strokes, from plain to rich.

    def fill(self, spots: Sequence[Spot], colour: Colour, *, mark: bool = True) -> None:
        """Fill a picture polygon with a colour as it is to be seen."""
        if len(spots) < 3:
            return
        self._pen.polygon(spots, fill=ink(colour))
        if mark:
            self._mark.polygon(spots, fill=self._now)
            self._grow(spots)

    def face(
        self,
        points: Sequence[Point],
        albedo: Colour,
        normal: Point = UP,
        *,
        lit: float = 0.0,
        mark: bool = True,
        gain: float = 1.0,
    ) -> None:
        """Fill a flat polygon of the world, in its light and air."""
        seen = [self.camera.view(p) for p in points]
        spots = self.camera.outline(seen)
        if not spots:
            return
        middle = tuple(sum(p[i] for p in seen) / len(seen) for i in range(3))
        fall = self.light.fall(normal)
        fall = (fall[0] * gain, fall[1] * gain, fall[2] * gain)
        self.fill(spots, self.light.tone(albedo, (middle[0], middle[1], middle[2]), fall, lit), mark=mark)

    def disc(self, point: Point, radius: float) -> Disc:
        """Return a ball of the world as (u, v, radius) of the picture."""
        seen = self.camera.view(point)
        u, v = self.camera.pixel(seen)
        return u, v, radius * self.camera.pixel((0, 0, seen[2]))[0] * 0 + radius * _zoom(seen[2])

    def limb(
        self,
        balls: Sequence[tuple[Point, float]],
        albedo: Colour,
        *,
        sheen: float = 0.16,
        lit: float = 0.0,
    ) -> None:
        """Fill the hull around balls of the world, rounded by a lighter core on the sunny side."""
        seen = self.camera.view(balls[0][0])
        if seen[2] < 1.2:
            return
        discs = [self.disc(point, radius) for point, radius in balls]
        fall = self.light.fall((0.0, 0.3, -0.5))
        colour = self.light.tone(albedo, seen, fall, lit)
        self.fill(hull(discs), _dim(colour, 1 - sheen))
        if discs[0][2] > 1.6:
            side = 0.28 if self.light.towards_sun[0] > 0 else -0.28
            core = [(u + r * side, v - r * 0.22, r * 0.66) for u, v, r in discs]
            self.fill(hull(core), _dim(colour, 1 + sheen), mark=False)

    def line(self, points: Sequence[Point], width: float, albedo: Colour, *, lit: float = 0.0) -> None:
        """Draw a line of a width in metres through points of the world."""
        seen = [self.camera.view(p) for p in points]
        if min(p[2] for p in seen) < 1.2:
            return
        spots = [self.camera.pixel(p) for p in seen]
        thick = max(1, round(width * _zoom(seen[0][2])))
        colour = self.light.tone(albedo, seen[0], self.light.fall((0.0, 0.4, -0.5)), lit)
        self._pen.line(spots, fill=ink(colour), width=thick, joint="curve")
        self._mark.line(spots, fill=self._now, width=thick, joint="curve")
        self._grow(spots, thick / 2)

    def paste(self, stamp: Image.Image, mask: Image.Image, left: int, top: int) -> None:
        """Lay a picture on through a mask; what is more than half covered belongs to the thing."""
        self.image.paste(stamp, (left, top), mask)
        self.numbers.paste(self._now, (left, top), mask.point(_HALF).convert("1"))
        self._grow([(left, top), (left + mask.width, top + mask.height)])

    def glow(self, point: Point, metres: float, colour: Colour, strength: float) -> None:
        """Let a point of the world shine; it is drawn last, if the point is still seen then."""
        seen = self.camera.view(point)
        if seen[2] < 1.5:
            return
        u, v = self.camera.pixel(seen)
        foot = self.camera.pixel((seen[0], -self.camera.height - point[1], seen[2]))[1]
        reach = metres * _zoom(seen[2]) + 5
        fade = math.exp(-self.light.density * seen[2] * 0.5)
        self.glows.append(Glow(u, v, reach, colour, strength * fade, self._now, foot))

    def _grow(self, spots: Iterable[Spot], by: float = 0.0) -> None:
        thing = self.things[self._now]
        left, top, right, bottom = thing.extent
        for u, v in spots:
            left, right = min(left, u - by), max(right, u + by)
            top, bottom = min(top, v - by), max(bottom, v + by)
        thing.extent = (left, top, right, bottom)


def frame_of(extent: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Return the whole pixels of the canvas around an extent, with one to spare."""
    left, top, right, bottom = extent
    return (
        max(0, math.floor(left) - 1),
        max(0, math.floor(top) - 1),
        min(WIDTH, math.ceil(right) + 2),
        min(HEIGHT, math.ceil(bottom) + 2),
    )


def hull(discs: Sequence[Disc]) -> list[Spot]:
    """Return the convex polygon around discs of the picture (Andrew's monotone chain)."""
    spots = sorted({(u + r * c, v + r * s) for u, v, r in discs for c, s in (_ROUND if r > 4 else _COARSE)})
    return _half(spots)[:-1] + _half(spots[::-1])[:-1]


def _half(spots: Sequence[Spot]) -> list[Spot]:
    chain: list[Spot] = []
    for p in spots:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
            chain.pop()
        chain.append(p)
    return chain


def _turn(a: Spot, b: Spot, c: Spot) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _zoom(ahead: float) -> float:
    from camera import FOCAL

    return FOCAL / ahead


def _dim(colour: Colour, factor: float) -> Colour:
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def _circle(n: int) -> tuple[Spot, ...]:
    return tuple((math.cos(2 * math.pi * i / n), math.sin(2 * math.pi * i / n)) for i in range(n))


_ROUND, _COARSE = _circle(20), _circle(8)
_HALF = [0] * 128 + [255] * 128
