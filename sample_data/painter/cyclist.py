"""People on bicycles."""

import math

from painter.canvas import Canvas
from painter.light import Colour, scaled
from painter.people import SHOES, Figure, hue
from painter.pose import Pose

FRAMES: tuple[Colour, ...] = ((196, 44, 40), (38, 90, 160), (34, 36, 40), (226, 226, 222), (60, 140, 96))
HELMETS: tuple[Colour, ...] = ((236, 236, 232), (214, 54, 44), (50, 52, 58), (240, 200, 60), (60, 130, 190))
RUBBER: Colour = (26, 26, 28)
STEEL: Colour = (160, 162, 166)
WICKER: Colour = (150, 112, 70)
REAR, FRONT, AXLE = -0.54, 0.56, 0.345

Joint = tuple[float, float, float]
LOW: Joint = (0, 0.30, -0.04)
SEAT: Joint = (0, 0.86, -0.22)
NECK: Joint = (0, 0.86, 0.40)
TUBES: tuple[tuple[Joint, Joint], ...] = (
    (LOW, SEAT),
    (LOW, NECK),
    (SEAT, NECK),
    (NECK, (0, AXLE, FRONT)),
    (LOW, (0, AXLE, REAR)),
    ((0, AXLE, REAR), SEAT),
)


class Rider(Figure):
    """One cyclist: bicycle and rider."""

    def __init__(self, canvas: Canvas, pose: Pose, seed: int) -> None:
        super().__init__(canvas, pose, seed)
        self.frame, self.helmet = hue(self.dice, FRAMES), hue(self.dice, HELMETS)
        self.pedal = self.dice.between(0, 2 * math.pi)
        self.bag, self.basket = self.dice.chance(0.45), self.dice.chance(0.3)
        self.near = canvas.camera.view((pose.x, 0, pose.z))[2] < 26

    def draw(self) -> None:
        """Paint it as one labelled thing."""
        with self.canvas.thing("person", "cyclist"):
            self._wheel(REAR)
            self._wheel(FRONT)
            self._limbs(self.far)
            self._bicycle()
            self._limbs(-self.far)
            self._rider()

    def _wheel(self, along: float) -> None:
        self._ring(along, 0.325, 0.052, RUBBER)
        if self.near:
            self._ring(along, 0.285, 0.014, STEEL)
            for a in _TURN[:8]:
                s, c = 0.28 * math.sin(a), 0.28 * math.cos(a)
                ends = [self.at(0, AXLE - s, along - c), self.at(0, AXLE + s, along + c)]
                self.canvas.line(ends, 0.007, STEEL)
        self.limb(STEEL, (-0.02, AXLE, along, 0.04), (0.02, AXLE, along, 0.04))

    def _ring(self, along: float, radius: float, width: float, colour: Colour) -> None:
        rim = [self.at(0, AXLE + radius * math.sin(a), along + radius * math.cos(a)) for a in _TURN]
        self.canvas.line(rim, width, colour)

    def _bicycle(self) -> None:
        for a, b in TUBES:
            self.limb(self.frame, (*a, 0.021), (*b, 0.021))
        self.limb(RUBBER, (0, 0.94, -0.32, 0.05), (0, 0.95, -0.10, 0.03))
        self.limb((60, 62, 66), (0, 0.86, 0.40, 0.02), (0, 1.02, 0.38, 0.02))
        self.limb((40, 42, 46), (-0.25, 1.03, 0.34, 0.024), (0.25, 1.03, 0.34, 0.024))
        if self.basket:
            corners = [(-0.16, 0.92), (0.16, 0.92), (0.14, 0.74), (-0.14, 0.74)]
            self.limb(WICKER, *((x, y, 0.52, 0.05) for x, y in corners))
        if self.canvas.light.lamps:
            self._lamp()

    def _lamp(self) -> None:
        ahead = math.cos(self.pose.heading - self.canvas.camera.yaw) < -0.2
        colour: Colour = (255, 244, 214) if ahead else (255, 50, 40)
        point = self.at(0, 0.92, 0.5) if ahead else self.at(0, 0.7, -0.6)
        self.canvas.limb([(point, 0.045)], colour, lit=1)
        self.canvas.glow(point, 0.35, colour, 0.7)

    def _limbs(self, side: int) -> None:
        turn = self.pedal + (0 if side > 0 else math.pi)
        x, y, z = 0.11 * side, 0.34 + 0.16 * math.sin(turn), 0.02 + 0.16 * math.cos(turn)
        knee = (0.13 * side, (1.0 + y) / 2 + 0.10, 0.24 + 0.05 * math.cos(turn))
        self.limb(self.legs, (0.10 * side, 1.0, -0.20, 0.10), (*knee, 0.07))
        self.limb(self.legs, (*knee, 0.066), (x, y + 0.05, z - 0.04, 0.048))
        self.limb(SHOES, (x, y, z - 0.07, 0.045), (x, y, z + 0.10, 0.04))
        sleeve, elbow = scaled(self.top, 0.9), (0.27 * side, 1.20, 0.14)
        hand = (0.235 * side, 1.06, 0.34)
        self.limb(sleeve, (0.20 * side, 1.44, 0.06, 0.066), (*elbow, 0.054))
        self.limb(sleeve, (*elbow, 0.052), (*hand, 0.044))
        self.limb(self.skin, (*hand, 0.046))

    def _rider(self) -> None:
        chest = [(-0.14, 1.43, 0.07, 0.09), (0.14, 1.43, 0.07, 0.09)]
        self.limb(self.top, *chest, (-0.10, 1.0, -0.20, 0.11), (0.10, 1.0, -0.20, 0.11))
        if self.bag and self.turned_away:
            bag = [
                (-0.1, 1.40, -0.10, 0.07),
                (0.1, 1.40, -0.10, 0.07),
                (-0.1, 1.12, -0.26, 0.08),
                (0.1, 1.12, -0.26, 0.08),
            ]
            self.limb(self.helmet, *bag)
        self.limb(scaled(self.skin, 0.88), (0, 1.48, 0.10, 0.06), (0, 1.58, 0.14, 0.055))
        self.limb(self.skin, (0, 1.66, 0.17, 0.105), (0, 1.61, 0.19, 0.08), sheen=0.1)
        self.limb(self.helmet, (0, 1.74, 0.19, 0.10), (0, 1.74, 0.10, 0.118), (0, 1.71, 0.06, 0.105))


_TURN = [2 * math.pi * k / 20 for k in range(21)]
