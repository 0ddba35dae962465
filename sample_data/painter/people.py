"""People on foot: a skeleton of joints in metres, dressed in rounded limbs."""

from painter.camera import Point
from painter.canvas import Ball, Canvas
from painter.dice import Dice
from painter.light import Colour, scaled
from painter.pose import Pose

SKIN: tuple[Colour, ...] = ((232, 190, 160), (206, 158, 122), (160, 112, 82), (110, 76, 58))
HAIR: tuple[Colour, ...] = ((44, 34, 30), (88, 62, 44), (156, 118, 70), (120, 118, 116), (30, 28, 30))
TOPS: tuple[Colour, ...] = (
    (188, 48, 44),
    (44, 84, 148),
    (228, 182, 60),
    (60, 124, 92),
    (208, 206, 200),
    (58, 60, 70),
    (134, 74, 120),
    (224, 122, 56),
    (96, 142, 178),
    (120, 90, 64),
)
TROUSERS: tuple[Colour, ...] = ((46, 56, 84), (40, 40, 46), (104, 96, 84), (72, 84, 104), (120, 116, 112))
SHOES: Colour = (38, 34, 34)
LEATHER: Colour = (96, 58, 44)


def hue(dice: Dice, colours: tuple[Colour, ...]) -> Colour:
    """Return a shade of one of some colours."""
    return scaled(dice.pick(colours), dice.between(0.9, 1.1))


class Figure:
    """What people on foot and on bicycles share: a place, a size, clothes."""

    def __init__(self, canvas: Canvas, pose: Pose, seed: int) -> None:
        self.canvas, self.pose, self.dice = canvas, pose, Dice(seed)
        self.size = self.dice.between(0.92, 1.06)
        self.skin, self.hair = hue(self.dice, SKIN), hue(self.dice, HAIR)
        self.top, self.legs = hue(self.dice, TOPS), hue(self.dice, TROUSERS)
        across, along = pose.inward(canvas.camera.x, 0.0)
        self.far = 1 if across < 0 else -1
        self.turned_away = along < -1.0

    def ball(self, x: float, y: float, z: float, r: float) -> Ball:
        """Return a ball of the figure (metres: across, up, along, radius) in the world."""
        return self.at(x, y, z), r * self.size

    def at(self, x: float, y: float, z: float) -> Point:
        """Return a point of the figure in the world."""
        return self.pose.place((x * self.size, y * self.size, z * self.size))

    def limb(self, colour: Colour, *balls: tuple[float, float, float, float], sheen: float = 0.16) -> None:
        """Paint the hull around balls of the figure."""
        self.canvas.limb([self.ball(*ball) for ball in balls], colour, sheen=sheen)


class Walker(Figure):
    """One pedestrian."""

    def __init__(self, canvas: Canvas, pose: Pose, seed: int, *, standing: bool) -> None:
        super().__init__(canvas, pose, seed)
        self.dress, self.bag, self.long_hair, self.coat = (
            self.dice.chance(p) for p in (0.22, 0.4, 0.4, 0.35)
        )
        self.swing = (0.06 if standing else self.dice.between(0.30, 0.52)) * self.dice.side()

    def draw(self) -> None:
        """Paint it as one labelled thing."""
        with self.canvas.thing("person", "pedestrian"):
            self.strokes()

    def strokes(self) -> None:
        """Paint it into the thing at hand."""
        self._arm(self.far)
        self._leg(self.far)
        self._leg(-self.far)
        if self.long_hair and not self.turned_away:
            self._long_hair()
        self._trunk()
        self._arm(-self.far)
        self._head()

    def _leg(self, side: int) -> None:
        swing = self.swing * side
        lift = 0.13 if swing < -0.1 else 0.05
        knee, foot = swing * 0.42 + 0.05, swing - (0.10 if swing < 0 else 0.02)
        x, colour = 0.085 * side, self.skin if self.dress else self.legs
        self.limb(colour, (0.09 * side, 0.92, 0, 0.095), (x, 0.50, knee, 0.068))
        self.limb(colour, (x, 0.50, knee, 0.066), (x, lift + 0.06, foot, 0.048))
        self.limb(SHOES, (x, lift, foot - 0.02, 0.05), (x, lift - 0.005, foot + 0.15, 0.042))

    def _arm(self, side: int) -> None:
        swing, sleeve = -self.swing * side, scaled(self.top, 0.9)
        elbow = (0.25 * side, 1.13, swing * 0.35 - 0.02)
        hand = swing * 0.85 + 0.05
        self.limb(sleeve, (0.215 * side, 1.40, 0, 0.062), (*elbow, 0.052))
        self.limb(sleeve, (*elbow, 0.052), (0.24 * side, 0.90, hand, 0.042))
        self.limb(self.skin, (0.24 * side, 0.86, hand + 0.01, 0.048))
        if self.bag and side > 0:
            corners = [(0.27, 0.70, -0.13), (0.27, 0.70, 0.13), (0.27, 0.52, -0.15), (0.27, 0.52, 0.15)]
            self.limb(LEATHER, *((x, y, hand + z, 0.06) for x, y, z in corners))

    def _trunk(self) -> None:
        hem, low = (0.62, 0.15) if self.coat else (0.9, 0.105)
        shoulders = [(-0.155, 1.40, 0, 0.085), (0.155, 1.40, 0, 0.085)]
        self.limb(self.top, *shoulders, (-low, hem, 0, 0.10), (low, hem, 0, 0.10))
        if self.dress:
            waist = [(-0.08, 1.0, 0, 0.09), (0.08, 1.0, 0, 0.09)]
            self.limb(self.top, *waist, (-0.19, 0.55, 0, 0.08), (0.19, 0.55, 0, 0.08))
        self.limb(scaled(self.skin, 0.88), (0, 1.46, 0, 0.06), (0, 1.55, 0.01, 0.055))

    def _head(self) -> None:
        if self.long_hair and self.turned_away:
            self._long_hair()
        self.limb(self.skin, (0, 1.66, 0.02, 0.108), (0, 1.61, 0.03, 0.085), sheen=0.1)
        self.limb(self.hair, (0, 1.745, -0.025, 0.098), (0, 1.70, -0.055, 0.105))
        if self.turned_away:
            self.limb(self.hair, (0, 1.67, -0.06, 0.112))

    def _long_hair(self) -> None:
        self.limb(self.hair, (0, 1.70, -0.04, 0.125), (0, 1.46, -0.06, 0.105))
