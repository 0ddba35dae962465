"""The ground's own colours: pavement, park, road and what is painted on it."""

import math
from collections.abc import Sequence

from painter.camera import Point
from painter.canvas import Canvas
from painter.dice import Dice
from painter.light import Colour
from painter.street import FAR, Street

WIDE = 90.0
BEHIND = -25.0
ASPHALT: Colour = (116, 117, 121)
WHITE: Colour = (230, 230, 224)
FAINT: Colour = (208, 208, 202)
KERB: Colour = (192, 189, 182)


def flat(x0: float, z0: float, x1: float, z1: float) -> list[Point]:
    """Return a rectangle that lies on the ground."""
    return [(x0, 0, z0), (x1, 0, z0), (x1, 0, z1), (x0, 0, z1)]


def ground(canvas: Canvas, street: Street, dice: Dice) -> None:
    """Lay pavement, park, road, side street and kerbs, in their own colours, not yet lit."""
    pen = _Pen(canvas, street)
    with canvas.thing("pavement"):
        pen.lay(flat(-WIDE, BEHIND, WIDE, FAR * 4), (164, 161, 154), mark=True)
        pen.slabs()
    for side in street.green:
        with canvas.thing("vegetation"):
            pen.lay(flat(side * street.wall, BEHIND, side * WIDE, FAR * 4), (92, 132, 62), mark=True)
    with canvas.thing("road"):
        pen.lay(flat(-street.road, BEHIND, street.road, FAR * 4), ASPHALT, mark=True)
        if street.crossed:
            pen.lay(flat(-WIDE, street.crossing[0], WIDE, street.crossing[1]), ASPHALT, mark=True)
        pen.wear(dice)
        pen.lines()
    with canvas.thing("pavement"):
        pen.kerbs()


class _Pen:
    def __init__(self, canvas: Canvas, street: Street) -> None:
        self.canvas, self.street = canvas, street

    def lay(self, points: Sequence[Point], colour: Colour, *, mark: bool = False) -> None:
        camera = self.canvas.camera
        self.canvas.fill(camera.outline([camera.view(p) for p in points]), colour, mark=mark)

    def slabs(self) -> None:
        s = self.street
        for side in (-1, 1):
            for k in range(-6, 44):
                z = k * 1.1
                self.lay(flat(side * s.road, z, side * s.wall, z + 0.035), (140, 137, 131))
            for across in (1.1, 2.2, 3.3):
                x = side * (s.road + across)
                self.lay(flat(x, -8, x + 0.03, 50), (142, 139, 133))

    def wear(self, dice: Dice) -> None:
        s = self.street
        for _ in range(7):
            x, z = dice.around(s.road - 1.4), dice.between(0, 45)
            tone = dice.between(100, 132)
            patch = flat(x, z, x + dice.between(0.5, 1.8), z + dice.between(0.8, 6.8))
            self.lay(patch, (tone, tone, tone + 3))
        for lane in s.lanes:
            for x in (-lane - 0.8, -lane + 0.8, lane - 0.8, lane + 0.8):
                self.lay(flat(x - 0.25, -20, x + 0.25, FAR), (109, 110, 114))
        for _ in range(3):
            x, z = dice.around(s.road - 1.2), dice.between(6, 28)
            for radius, colour in ((0.33, (78.0, 78.0, 80.0)), (0.27, (104.0, 103.0, 102.0))):
                self.lay([(x + radius * c, 0, z + radius * d) for c, d in _RING], colour)

    def lines(self) -> None:
        for z in range(-24, 180, 6):
            if self._clear(z, 6):
                for lane in (0.0,) if len(self.street.lanes) == 1 else (-3.6, 0.0, 3.6):
                    self.lay(flat(lane - 0.07, z, lane + 0.07, z + 3.2), WHITE)
            if self.street.parking and z < 130 and self._clear(z, 13):
                self._bays(z)
        if self.street.crossed:
            self._zebras()

    def _zebras(self) -> None:
        s = self.street
        for z in (s.crossing[0] - 4.2, s.crossing[1] + 1.2):
            for k in range(int(s.road * 2)):
                x = -s.road + 0.25 + k
                self.lay(flat(x, z, x + 0.5, z + 3.0), WHITE)
        self.lay(flat(0.1, s.crossing[0] - 5.6, s.road - 0.1, s.crossing[0] - 5.2), WHITE)

    def _clear(self, z: float, before: float) -> bool:
        return not self.street.crossing[0] - before < z < self.street.crossing[1] + 3

    def _bays(self, z: float) -> None:
        for side in (-1, 1):
            x = side * (self.street.road - 2.15)
            self.lay(flat(x - 0.05, z, x + 0.05, z + 6), FAINT)
            self.lay(flat(x, z, side * self.street.road, z + 0.1), FAINT)

    def kerbs(self) -> None:
        s = self.street
        spans = [(BEHIND, s.crossing[0]), (s.crossing[1], FAR)] if s.crossed else [(BEHIND, FAR)]
        for side in (-1, 1):
            for z0, z1 in spans:
                self.lay(flat(side * s.road, z0, side * (s.road + 0.2), z1), KERB, mark=True)
                self.lay(flat(side * (s.road - 0.28), z0, side * s.road, z1), (94, 95, 98))
            for z, width in ((s.crossing[0], -0.22), (s.crossing[1], 0.22)) if s.crossed else ():
                self.lay(flat(side * s.road, z, side * WIDE, z + width), KERB, mark=True)


_RING = [(math.cos(2 * math.pi * k / 14), math.sin(2 * math.pi * k / 14)) for k in range(14)]
