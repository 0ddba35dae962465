"""Cars, vans and trucks: their paint, and the order in which their parts are painted."""

from painter.bodies import Body, Build
from painter.dice import Dice
from painter.ends import strips
from painter.light import Colour
from painter.sides import mirrors, side_of, tyres, wheels
from painter.vehicle import Vehicle

CAR_PAINTS: tuple[Colour, ...] = (
    (226, 228, 230),
    (178, 182, 186),
    (66, 70, 78),
    (42, 44, 52),
    (168, 34, 38),
    (36, 78, 142),
    (42, 96, 86),
    (206, 164, 56),
    (120, 134, 148),
    (96, 44, 52),
    (214, 96, 44),
    (88, 116, 70),
)
VAN_PAINTS: tuple[Colour, ...] = (
    (236, 236, 232),
    (230, 232, 234),
    (52, 92, 150),
    (214, 176, 48),
    (188, 56, 44),
    (92, 98, 106),
)
BOX_PAINTS: tuple[Colour, ...] = (
    (232, 230, 224),
    (222, 224, 228),
    (58, 104, 150),
    (206, 128, 48),
    (70, 120, 84),
)
TUB_PAINTS: tuple[Colour, ...] = ((206, 128, 48), (128, 132, 136))


def paints(build: Build, dice: Dice) -> tuple[Colour, Colour]:
    """Return the colour of a vehicle and that of a truck's load body."""
    first = dice.pick(VAN_PAINTS if build.kind == "van" else CAR_PAINTS)
    return first, dice.pick(BOX_PAINTS if build.tall > 3 else TUB_PAINTS)


def draw(vehicle: Vehicle) -> None:
    """Paint a vehicle as one labelled thing."""
    bodies, along = vehicle.build.bodies, vehicle.eye[2]

    def order(body: Body) -> tuple[bool, float]:
        middle = sum(p[0] for p in body.profile) / len(body.profile)
        return body is not bodies[0], -abs(along - middle)

    with vehicle.canvas.thing("vehicle", vehicle.build.kind):
        mirrors(vehicle, behind=True)
        tyres(vehicle)
        for body in sorted(bodies, key=order):
            strips(vehicle, body)
            for side in (-1, 1):
                if vehicle.eye[0] * side > body.half:
                    side_of(vehicle, body, side)
        wheels(vehicle)
        mirrors(vehicle, behind=False)
