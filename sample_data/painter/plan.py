"""What a frame is to show: its moment, its street, and the strokes waiting to be painted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from painter.camera import Camera
from painter.canvas import Canvas
from painter.dice import Dice
from painter.light import Light, light_of
from painter.shade import Shade
from painter.sky import sky
from painter.street import Street, street_of

YAW = {"cam_front": 0.0, "cam_left": -0.66, "cam_right": 0.62}
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Moment:
    """One frame to paint.

    Attributes:
        number: Its id, and the seed of everything random.
        camera: cam_front, cam_left or cam_right.
        time_of_day: day, dusk or night.
        weather: clear, rain or fog.
        busy: How many objects to try to place.
        crowd: Whether there is a crowd in the distance.
    """

    number: int
    camera: str
    time_of_day: str
    weather: str
    busy: int
    crowd: bool


@dataclass
class Plan:
    """A frame that is being painted.

    Attributes:
        moment: What is to be painted.
        dice: Its random numbers.
        street: Its street.
        sun: The side of the sun, -1 left, 1 right.
        light: Its light.
        canvas: Where it is painted.
        shade: The light on its ground.
        taken: Places on the ground that are not free, as left, near, right, far in metres.
        jobs: Strokes to paint and their distance ahead.
    """

    moment: Moment
    dice: Dice
    street: Street
    sun: int
    light: Light
    canvas: Canvas
    shade: Shade
    taken: list[Box] = field(default_factory=list)
    jobs: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def add(self, x: float, z: float, job: Callable[[], None], reach: float = 5.0) -> None:
        """Have something painted that is at a place and reaches that many metres around it."""
        seen = self.canvas.camera.view((x, 0, z))
        if self.canvas.camera.sees(seen, reach):
            self.jobs.append((seen[2], job))

    def free(self, box: Box) -> bool:
        """Return whether a part of the ground is still free."""
        return all(box[2] <= b[0] or b[2] <= box[0] or box[3] <= b[1] or b[3] <= box[1] for b in self.taken)

    def take(self, x: float, z: float, half: float) -> None:
        """Reserve a place for something."""
        self.taken.append((x - half, z - half, x + half, z + half))

    def too_near(self, x: float, z: float) -> bool:
        """Return whether something tall at a place would fill the picture."""
        across, _, ahead = self.canvas.camera.view((x, 0, z))
        return ahead < 9 and abs(across) < 5


def plan_of(moment: Moment) -> Plan:
    """Return an empty frame: a street under a sky."""
    dice = Dice(7000 + moment.number)
    sun = dice.side()
    light = light_of(moment.time_of_day, moment.weather, sun)
    street = street_of(dice)
    camera = Camera(street.lanes[0], YAW[moment.camera])
    canvas = Canvas(camera, light, sky(camera, light, dice.between(0, 400)))
    return Plan(moment, dice, street, sun, light, canvas, Shade(light))
