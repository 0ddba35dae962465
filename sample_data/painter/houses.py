"""House fronts: walls in bays, windows, shops, balconies, roofs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from painter.camera import Point
from painter.canvas import Canvas
from painter.dice import Dice
from painter.light import Colour, mix, scaled

WALLS: tuple[Colour, ...] = (
    (196, 152, 122),
    (214, 198, 168),
    (168, 104, 84),
    (188, 186, 182),
    (226, 214, 196),
    (150, 128, 112),
    (176, 160, 140),
    (206, 178, 138),
    (138, 142, 150),
)
AWNINGS: tuple[Colour, ...] = ((176, 52, 48), (44, 92, 128), (52, 112, 78), (214, 168, 60), (96, 60, 104))
WARM: tuple[Colour, ...] = ((255, 214, 138), (255, 196, 110), (250, 228, 178), (206, 222, 250))
GLASS: Colour = (74, 92, 112)
IRON: Colour = (52, 52, 56)
CREAM: Colour = (244, 240, 230)
BASE, FLOOR = 4.0, 3.1
TOWARDS_US: Point = (0.0, 0.0, -1.0)
FINE = 45.0


@dataclass(frozen=True)
class House:
    """One house along the street, metres.

    Attributes:
        side: -1 left of the street, 1 right of it.
        wall: From the middle of the street to the front.
        start: Where it begins along z.
        bays: How many windows wide.
        bay: Width of a bay.
        floors: How many floors high.
        deep: How far back it reaches.
        seed: For its looks.
    """

    side: int
    wall: float
    start: float
    bays: int
    bay: float
    floors: int
    deep: float
    seed: int

    @property
    def end(self) -> float:
        """Where it ends along z."""
        return self.start + self.bays * self.bay

    @property
    def tall(self) -> float:
        """Up to the eaves."""
        return BASE + (self.floors - 1) * FLOOR


class Front:
    """Paints one house, wall by wall."""

    def __init__(self, canvas: Canvas, house: House) -> None:
        self.canvas, self.house = canvas, house
        dice = Dice(house.seed)
        self.colour = scaled(dice.pick(WALLS), dice.between(0.92, 1.04))
        self.trim = mix(self.colour, CREAM, 0.55)
        self.awning = dice.pick(AWNINGS)
        self.shops, self.tall_windows, self.balconies = dice.chance(0.65), dice.chance(0.4), dice.chance(0.3)
        self.looks = [[dice.real() for _ in range(4)] for _ in range(house.bays * house.floors)]
        self.normal: Point = (-float(house.side), 0.0, 0.0)
        self.glow = 0.85 if canvas.light.dark else 0.55 if canvas.light.lamps else 0.0

    def parts(self) -> list[tuple[float, Callable[[], None]]]:
        """Return what is to be painted: how far along z it reaches, and the stroke."""
        bay = self.house.bay
        bays = [(self.house.start + (k + 1) * bay, partial(self._bay, k)) for k in range(self.house.bays)]
        return [*bays, (self.house.start + 0.01, self._gable)]

    def _wall(
        self,
        corners: tuple[float, float, float, float],
        colour: Colour,
        *,
        out: float = 0.0,
        lit: float = 0.0,
    ) -> None:
        self.canvas.face(self._on(*corners, out), colour, self.normal, lit=lit, mark=False)

    def _on(self, z0: float, y0: float, z1: float, y1: float, out: float = 0.0) -> list[Point]:
        x = self.house.side * (self.house.wall - out)
        return [(x, y0, z0), (x, y0, z1), (x, y1, z1), (x, y1, z0)]

    def _bay(self, k: int) -> None:
        h, canvas = self.house, self.canvas
        z0, z1 = h.start + k * h.bay, h.start + (k + 1) * h.bay
        depth = canvas.camera.view((h.side * h.wall, 0, (z0 + z1) / 2))[2]
        fine = depth < FINE
        with canvas.thing("building"):
            x0, x1 = h.side * (h.wall - 0.25), h.side * (h.wall + 4.5)
            roof: list[Point] = [
                (x0, h.tall, z0),
                (x0, h.tall, z1),
                (x1, h.tall + 2.8, z1),
                (x1, h.tall + 2.8, z0),
            ]
            canvas.face(roof, (118, 78, 66), (-h.side * 0.53, 0.85, 0))
            canvas.face(self._on(z0, 0, z1, h.tall), self.colour, self.normal)
            canvas.face(self._on(z0, h.tall - 0.45, z1, h.tall, 0.25), self.trim, self.normal)
            self._wall((z0, h.tall - 0.62, z1, h.tall - 0.45), scaled(self.colour, 0.7), out=0.05)
            for floor in range(1, h.floors):
                self._window(z0, z1, floor, self.looks[k * h.floors + floor], fine)
            self._wall((z0, 3.75, z1, BASE), self.trim, out=0.08)
            self._wall((z0, 0, z1, 0.5), scaled(self.colour, 0.72))
            if self.shops:
                self._shop(z0, z1, self.looks[k * h.floors], fine)
            else:
                self._home(z0, z1, self.looks[k * h.floors])

    def _window(self, z0: float, z1: float, floor: int, looks: list[float], fine: bool) -> None:
        width = (z1 - z0) * (0.40 if self.tall_windows else 0.5)
        left, right = (z0 + z1 - width) / 2, (z0 + z1 + width) / 2
        low = BASE + (floor - 1) * FLOOR + (0.45 if self.tall_windows else 0.85)
        high = BASE + floor * FLOOR - 0.62
        if fine:
            self._wall((left - 0.14, low - 0.12, right + 0.14, high + 0.16), self.trim)
        self._pane(self._on(left, low, right, high), looks[0], self.normal)
        if not fine:
            return
        middle, bar = (left + right) / 2, low + (high - low) * 0.66
        self._wall((middle - 0.04, low, middle + 0.04, high), self.trim)
        self._wall((left, bar, right, bar + 0.07), self.trim)
        self._wall(
            (left - 0.2, low - 0.2, right + 0.2, low - 0.06), mix(self.trim, (255, 255, 255), 0.3), out=0.1
        )
        if self.balconies and looks[1] > 0.4:
            self._balcony(left - 0.4, right + 0.4, low - 0.2)

    def _balcony(self, left: float, right: float, y: float) -> None:
        self._wall((left, y, right, y + 0.12), scaled(self.trim, 0.8), out=0.7)
        for i in range(9):
            z = left + (right - left) * i / 8
            self._wall((z, y, z + 0.04, y + 0.95), IRON, out=0.7)
        self._wall((left, y + 0.92, right, y + 1.0), IRON, out=0.7)

    def _pane(self, pane: list[Point], chance: float, normal: Point) -> None:
        light = self.canvas.light
        if light.lamps and chance > 0.62:
            colour = WARM[int(chance * 97) % len(WARM)]
            self.canvas.face(pane, colour, normal, lit=0.92 if light.dark else 0.6, mark=False)
            self.canvas.lure("traffic light", pane)
            return
        bright = mix(GLASS, light.sky[1], 0.25 + 0.2 * chance)
        self.canvas.face(pane, mix(GLASS, bright, 0.6), normal, mark=False)
        a, b, c, d = pane
        shine = [d, c, _between(c, b, 0.55), _between(d, a, 0.25)]
        self.canvas.face(shine, mix(bright, (255, 255, 255), 0.12), normal, mark=False)

    def _home(self, z0: float, z1: float, looks: list[float]) -> None:
        pad = (z1 - z0) * 0.1
        if looks[2] < 0.22:
            self._wall((z0 + pad * 3, 0.1, z1 - pad * 3, 2.5), mix(self.awning, (60, 50, 46), 0.4))
            self._wall((z0 + pad * 3, 2.5, z1 - pad * 3, 2.9), GLASS, lit=self.glow)
            return
        self._wall((z0 + pad * 2.4, 1.1, z1 - pad * 2.4, 2.95), self.trim)
        self._pane(self._on(z0 + pad * 2.7, 1.2, z1 - pad * 2.7, 2.85), looks[3], self.normal)

    def _shop(self, z0: float, z1: float, looks: list[float], fine: bool) -> None:
        pad, lit = (z1 - z0) * 0.1, self.glow if looks[3] < 0.75 else 0.0
        self._wall((z0 + pad * 0.6, 0.0, z1 - pad * 0.6, 3.0), scaled(self.awning, 0.5))
        inside = WARM[int(looks[1] * 3)] if lit else mix(GLASS, (30, 34, 40), 0.35)
        self._wall((z0 + pad, 0.55, z1 - pad, 2.6), inside, lit=lit)
        self._wall(
            (z0 + pad * 0.6, 2.62, z1 - pad * 0.6, 3.1), mix(self.awning, CREAM, 0.12), lit=self.glow / 2
        )
        if fine:
            self._goods(z0 + pad, z1 - pad, looks)
            self._sign(z0 + pad, z1 - pad, looks)
        if looks[0] > 0.45:
            self._sunblind(z0 + pad * 0.5, z1 - pad * 0.5, 6 if fine else 2)

    def _goods(self, z0: float, z1: float, looks: list[float]) -> None:
        lit, wide = self.glow / 2, z1 - z0
        for y, rise in ((0.55, 0.62), (1.3, 0.42)):
            self._wall((z0, y, z1, y + 0.07), (96, 74, 58), lit=lit)
            for i in range(6):
                chance = (looks[2] * 7.7 + i * 0.37 + y) % 1
                z, top = z0 + wide * (0.04 + i * 0.16), y + 0.07 + rise * (0.35 + 0.65 * chance)
                colour = mix(AWNINGS[int(chance * 97) % len(AWNINGS)], (120, 110, 100), 0.3)
                self._wall((z, y + 0.07, z + wide * (0.05 + 0.08 * chance), top), colour, lit=lit)
        if not self.canvas.light.lamps:
            a, b, c, d = self._on(z0, 0.55, z1, 2.6)
            shine = [d, _between(d, c, 0.45), _between(a, b, 0.1), a]
            self.canvas.face(shine, mix(GLASS, self.canvas.light.sky[1], 0.35), self.normal, mark=False)

    def _sign(self, z0: float, z1: float, looks: list[float]) -> None:
        n, ink = 5 + int(looks[2] * 4), mix(self.awning, (255, 248, 226), 0.9)
        step, start = (z1 - z0) * 0.7 / n, z0 + (z1 - z0) * 0.15
        for i in range(n):
            high = 2.95 if (looks[1] * 31 + i * 0.61) % 1 < 0.6 else 2.86
            self._wall(
                (start + i * step, 2.74, start + (i + 0.62) * step, high), ink, out=0.04, lit=self.glow / 2
            )

    def _sunblind(self, z0: float, z1: float, stripes: int) -> None:
        side = self.house.side
        high, low = side * self.house.wall, side * (self.house.wall - 1.2)
        for i in range(stripes):
            a, b = z0 + (z1 - z0) * i / stripes, z0 + (z1 - z0) * (i + 1) / stripes
            colour = self.awning if i % 2 == 0 else mix(self.awning, (250, 246, 236), 0.85)
            top: list[Point] = [(high, 3.05, a), (high, 3.05, b), (low, 2.5, b), (low, 2.5, a)]
            edge: list[Point] = [(low, 2.5, a), (low, 2.5, b), (low, 2.28, b), (low, 2.28, a)]
            self.canvas.face(top, colour, (-side * 0.4, 0.9, 0), mark=False)
            self.canvas.face(edge, scaled(colour, 0.86), self.normal, mark=False)

    def _gable(self) -> None:
        h, canvas = self.house, self.canvas
        x0, x1, z = h.side * h.wall, h.side * (h.wall + h.deep), h.start

        def band(low: float, high: float, colour: Colour, *, mark: bool = False) -> None:
            canvas.face(
                [(x0, low, z), (x1, low, z), (x1, high, z), (x0, high, z)], colour, TOWARDS_US, mark=mark
            )

        with canvas.thing("building"):
            band(0, h.tall, scaled(self.colour, 0.94), mark=True)
            band(3.75, BASE, self.trim)
            band(h.tall - 0.45, h.tall, self.trim)
            for k in range(h.floors * int(h.deep / 2.8) if h.deep > 20 else 0):
                floor, across = k % h.floors, 1.6 + k // h.floors * 2.8
                x, y = x0 + h.side * across, 1.2 + floor * FLOOR
                pane: list[Point] = [
                    (x, y, z - 0.01),
                    (x + h.side, y, z - 0.01),
                    (x + h.side, y + 1.5, z - 0.01),
                    (x, y + 1.5, z - 0.01),
                ]
                self._pane(pane, (self.looks[floor][0] + k * 0.37) % 1, TOWARDS_US)


def _between(a: Point, b: Point, t: float) -> Point:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t
