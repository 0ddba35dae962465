"""A moment becomes a picture, its labelled objects and its class mask."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from painter.camera import HEIGHT, SCALE, WIDTH
from painter.canvas import Canvas, Extent, within
from painter.finish import finish
from painter.ground import ground
from painter.plan import Moment, plan_of
from painter.setting import setting
from painter.shade import lighten
from painter.traffic import traffic

LEAST_SEEN = 0.25
LEAST_SIDE = 5.0


@dataclass(frozen=True)
class Object:
    """A labelled object.

    Attributes:
        kind: Its class, or "crowd" for a crowd of pedestrians.
        box: Left, top, right, bottom of its visible part, pixels of the frame, to half a pixel.
        seen: Share of its part within the frame that is visible.
    """

    kind: str
    box: Extent
    seen: float


@dataclass(frozen=True)
class Scene:
    """A painted frame.

    Attributes:
        moment: What it shows.
        image: The picture, RGB, 960 x 540.
        objects: Its labelled objects, from far to near.
        lures: What in it looks like an object: the class and the box in pixels of the frame.
        numbers: Which thing is seen at every canvas pixel, int32 (1080, 1920).
        surfaces: The surface of every thing.
    """

    moment: Moment
    image: Image.Image
    objects: tuple[Object, ...]
    lures: tuple[tuple[str, Extent], ...]
    numbers: NDArray[np.int32]
    surfaces: tuple[str, ...]


def paint(moment: Moment) -> Scene:
    """Return the painted frame of a moment; always the same one."""
    plan = plan_of(moment)
    setting(plan)
    traffic(plan)
    canvas = plan.canvas
    ground(canvas, plan.street, plan.dice)
    lighten(canvas, plan.shade)
    for _, job in sorted(plan.jobs, key=lambda pair: -pair[0]):
        job()
    numbers = np.asarray(canvas.numbers)
    image = finish(canvas, numbers, plan.dice.rng)
    objects = tuple(_objects(canvas))
    surfaces = tuple(thing.surface for thing in canvas.things)
    return Scene(moment, image, objects, tuple(_lures(canvas, numbers)), numbers, surfaces)


def _objects(canvas: Canvas) -> list[Object]:
    found = []
    for number, thing in enumerate(canvas.things):
        if not thing.kind or not thing.painted:
            continue
        seen = canvas.window(number)
        count = int(np.count_nonzero(seen))
        if count < LEAST_SEEN * thing.painted or _inside(thing.extent) < LEAST_SEEN:
            continue
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        left, top = within(thing.extent)[:2]
        box = (left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1)
        a, b, c, d = (float(value) / SCALE for value in box)
        if c - a >= LEAST_SIDE and d - b >= LEAST_SIDE:
            found.append(Object(thing.kind, (a, b, c, d), count / thing.painted))
    return found


def _inside(extent: Extent) -> float:
    left, top, right, bottom = extent
    wide, tall = min(right, WIDTH) - max(left, 0), min(bottom, HEIGHT) - max(top, 0)
    return wide * tall / ((right - left) * (bottom - top))


def _lures(canvas: Canvas, numbers: NDArray[np.int32]) -> list[tuple[str, Extent]]:
    found = []
    for lure in canvas.lures:
        left, top, right, bottom = lure.extent
        u, v = int((left + right) / 2), int((top + bottom) / 2)
        inside = left > 2 and top > 2 and right < WIDTH - 2 and bottom < HEIGHT - 2
        if inside and numbers[v, u] == lure.owner and min(right - left, bottom - top) > 10:
            found.append((lure.kind, (left / SCALE, top / SCALE, right / SCALE, bottom / SCALE)))
    return found
