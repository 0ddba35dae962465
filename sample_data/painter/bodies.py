"""The shapes of vehicles: side profiles in metres, drawn out over the width.

Profiles, windows and seams are written as "along,up along,up …": to the front, and up from the road.
"""

from dataclasses import dataclass
from functools import cached_property

Dot = tuple[float, float]


def dots(text: str) -> tuple[Dot, ...]:
    """Return the points that a text lists."""
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(along), float(up)) for along, up in pairs)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


@dataclass(frozen=True)
class Body:
    """One closed hull of a vehicle.

    Attributes:
        profile: Its outline from the side, from the rear's foot over the roof to the front's foot.
        parts: What each strip between two profile points is: panel, roof, glass, tail, nose, bumper, cargo …
        half: Half the width up to the belt.
        roof_half: Half the width at the top.
        belt: Height from which the sides lean in.
        windows: Side windows, as polygons.
        seams: Lines on the side, as pairs of points.
    """

    profile: tuple[Dot, ...]
    parts: tuple[str, ...]
    half: float
    roof_half: float
    belt: float
    windows: tuple[tuple[Dot, ...], ...] = ()
    seams: tuple[tuple[Dot, ...], ...] = ()

    @cached_property
    def bounds(self) -> tuple[float, float, float]:
        """The rear, the front and the top of the profile."""
        along = [p[0] for p in self.profile]
        return min(along), max(along), max(p[1] for p in self.profile)

    def half_at(self, along: float, up: float) -> float:
        """Return half the width at a point of the profile: the sides lean in and the corners are round."""
        rear, front, top = self.bounds
        lean = max(0.0, up - self.belt) / max(0.01, top - self.belt)
        end = max(0.0, 0.35 - min(along - rear, front - along)) / 0.35
        return (self.half + (self.roof_half - self.half) * lean) * (1 - 0.09 * end * end)


@dataclass(frozen=True)
class Build:
    """A vehicle: its hulls from bottom to top, its wheels and its measures in metres.

    Attributes:
        kind: The class of its label.
        bodies: Its hulls.
        wheels: Where its axles are, along.
        radius: Of a wheel.
        length: From bumper to bumper.
        half: Half its width.
        tall: Its height.
    """

    kind: str
    bodies: tuple[Body, ...]
    wheels: tuple[float, ...]
    radius: float
    length: float
    half: float
    tall: float


_CAR = words("bumper tail tail panel glass roof roof glass panel nose bumper bumper")
_VAN = words("bumper tail glass panel roof roof roof glass panel nose bumper bumper")
_CAB = words("bumper panel panel roof roof roof glass panel nose bumper")

SEDAN = Body(
    profile=dots(
        "-2.16,.28 -2.28,.52 -2.24,.82 -2.14,.99 -1.62,1.04 -.92,1.41 -.35,1.47"
        " .28,1.43 1.06,1.01 2.02,.84 2.24,.66 2.26,.46 2.16,.27"
    ),
    parts=_CAR,
    half=0.90,
    roof_half=0.62,
    belt=0.92,
    windows=(
        dots("-1.36,1.04 -.86,1.35 -.30,1.39 -.30,1.02"),
        dots("-.22,1.02 -.22,1.39 .24,1.35 .86,1.01"),
    ),
    seams=(dots("-.26,.98 -.26,.42"), dots(".82,.96 .70,.42"), dots("-1.20,.98 -1.05,.66")),
)
HATCH = Body(
    profile=dots(
        "-1.86,.28 -1.98,.50 -1.96,.78 -1.92,1.00 -1.86,1.06 -1.44,1.46 -.70,1.54"
        " .10,1.49 .92,1.02 1.72,.86 1.94,.66 1.96,.46 1.86,.27"
    ),
    parts=_CAR,
    half=0.87,
    roof_half=0.62,
    belt=0.94,
    windows=(
        dots("-1.62,1.10 -1.30,1.40 -.72,1.45 -.66,1.04"),
        dots("-.58,1.04 -.62,1.45 .06,1.41 .72,1.03"),
    ),
    seams=(dots("-.62,.98 -.66,.42"), dots(".66,.98 .56,.42")),
)
WAGON = Body(
    profile=dots(
        "-2.22,.34 -2.34,.58 -2.32,.88 -2.28,1.08 -2.22,1.14 -1.92,1.58 -.9,1.68"
        " .22,1.63 1.02,1.14 2.02,1.00 2.26,.78 2.28,.54 2.18,.32"
    ),
    parts=_CAR,
    half=0.94,
    roof_half=0.70,
    belt=1.04,
    windows=(
        dots("-2.02,1.18 -1.80,1.52 -1.24,1.58 -1.24,1.15"),
        dots("-1.16,1.15 -1.16,1.58 -.32,1.60 -.32,1.14"),
        dots("-.24,1.14 -.24,1.60 .20,1.54 .84,1.13"),
    ),
    seams=(dots("-.28,1.10 -.28,.46"), dots(".80,1.08 .70,.46"), dots("-1.22,1.10 -1.10,.7")),
)

_VAN_PROFILE = dots(
    "-2.60,.34 -2.68,.60 -2.67,1.24 -2.62,1.96 -2.54,2.16 -2.30,2.26 .90,2.28"
    " 1.30,2.20 2.10,1.30 2.58,1.08 2.72,.82 2.74,.52 2.62,.32"
)
_VAN_DOOR = dots(".62,1.30 .62,1.98 1.26,1.98 1.84,1.30")
_VAN_SEAMS = (dots(".54,2.02 .54,.46"), dots("1.70,1.24 1.62,.46"), dots("-.82,2.02 -.82,.46"))
_VAN_SEATS = (
    dots("-.74,1.32 -.74,1.98 .46,1.98 .46,1.32"),
    dots("-2.40,1.34 -2.30,1.98 -.90,1.98 -.90,1.32"),
)
PANEL_VAN = Body(
    _VAN_PROFILE, _VAN, 0.99, 0.86, 1.25, (_VAN_DOOR,), (*_VAN_SEAMS, dots("-2.6,1.18 1.6,1.18"))
)
MINIBUS = Body(_VAN_PROFILE, _VAN, 0.99, 0.86, 1.25, (_VAN_DOOR, *_VAN_SEATS), _VAN_SEAMS)

CAB = Body(
    profile=dots(
        "2.06,.55 2.06,1.3 2.06,2.52 2.18,2.78 2.62,2.86 3.30,2.80"
        " 3.46,2.62 3.72,1.52 3.80,1.10 3.82,.78 3.76,.42"
    ),
    parts=_CAB,
    half=1.18,
    roof_half=1.10,
    belt=1.5,
    windows=(dots("2.46,1.56 2.46,2.36 3.34,2.36 3.56,1.56"),),
    seams=(dots("2.36,2.42 2.36,.9"), dots("3.62,1.46 3.5,1.0")),
)
CHASSIS = Body(dots("-3.80,.62 -3.80,.98 2.20,.98 2.20,.62"), ("under",) * 3, 0.95, 0.95, 2.0)
CARGO = Body(dots("-3.86,.98 -3.86,3.40 1.94,3.40 1.94,.98"), ("cargo",) * 3, 1.24, 1.24, 9.0)
TUB = Body(
    profile=dots("-3.70,1.00 -3.98,2.30 1.90,2.34 1.90,1.00"),
    parts=("tub", "load", "tub"),
    half=1.22,
    roof_half=1.22,
    belt=9.0,
    seams=tuple(dots(f"{z},1.0 {z - 0.05},2.3") for z in (-3.0, -2.0, -1.0, 0.0, 1.0)),
)

CARS = (
    Build("car", (SEDAN,), (-1.36, 1.38), 0.335, 4.54, 0.90, 1.47),
    Build("car", (HATCH,), (-1.24, 1.22), 0.325, 3.94, 0.87, 1.54),
    Build("car", (WAGON,), (-1.38, 1.42), 0.37, 4.62, 0.94, 1.68),
)
VANS = (
    Build("van", (PANEL_VAN,), (-1.62, 1.74), 0.36, 5.42, 0.99, 2.28),
    Build("van", (MINIBUS,), (-1.62, 1.74), 0.36, 5.42, 0.99, 2.28),
)
_BOX_TRUCK = Build("truck", (CHASSIS, CARGO, CAB), (-2.75, -1.65, 2.95), 0.50, 7.7, 1.24, 3.40)
_TIPPER = Build("truck", (CHASSIS, TUB, CAB), (-2.75, -1.65, 2.95), 0.50, 7.8, 1.22, 2.86)
TRUCKS = (_BOX_TRUCK, _BOX_TRUCK, _TIPPER)
