"""The setting of a frame: houses, skyline, trees, lamps, signs, traffic lights."""

import math
from functools import partial

from painter import furniture
from painter.camera import Spot
from painter.canvas import Canvas
from painter.houses import TOWARDS_US, Front, House
from painter.plan import Plan
from painter.shade import square


def setting(plan: Plan) -> None:
    """Put everything into the plan that does not move."""
    for side in (-1, 1):
        if side not in plan.street.green:
            _row(plan, side)
    _skyline(plan)
    _trees(plan)
    for side in plan.street.green:
        _park(plan, side)
    _lamps(plan)
    _clutter(plan)
    _signals(plan)


def _row(plan: Plan, side: int) -> None:
    dice, (near, far) = plan.dice, plan.street.gap
    z = -9.0 - dice.between(0, 4)
    while z < 128:
        bays, bay = 3 + int(dice.real() * 4), dice.between(2.7, 3.5)
        floors, seed = 3 + int(dice.real() * 3), dice.seed()
        deep = 34.0 if z == far else 11.0
        if z < near < z + bays * bay:
            bays = max(1, int((near - z) / bay))
            bay = (near - z) / bays
        _house(plan, House(side, plan.street.wall, z, bays, bay, floors, deep, seed))
        z += bays * bay
        if abs(z - near) < 0.01:
            z = far
        elif dice.chance(0.2):
            z += 2.2


def _house(plan: Plan, house: House) -> None:
    front, x = Front(plan.canvas, house), house.side * house.wall
    *bays, gable = front.parts()
    for z, stroke in bays:
        plan.add(x + house.side * 0.7, z + 0.7, stroke)
        if plan.light.lamps and front.shops and z < 45:
            plan.shade.pools.append(((x - house.side * 1.2, z), 2.4, (0.20, 0.15, 0.08)))
    plan.add(x + house.side * 0.7, gable[0] + 0.9, gable[1], house.deep + 2)
    back = x + house.side * 11
    corners = [(x, house.start), (x, house.end), (back, house.end), (back, house.start)]
    plan.shade.under(corners, house.tall + 1)


def _skyline(plan: Plan) -> None:
    dice, x = plan.dice, -150.0
    while x < 260:
        width, height, z, tone = (
            dice.between(9, 23),
            dice.between(6, 22),
            dice.between(150, 180),
            dice.between(120, 170),
        )
        plan.add(x, z, partial(_block, plan.canvas, (x, z), (width, height), tone), width)
        x += width * 0.85


def _block(canvas: Canvas, place: Spot, size: Spot, tone: float) -> None:
    (x, z), (w, h) = place, size
    with canvas.thing("building"):
        wall = [(x, 0.0, z), (x + w, 0.0, z), (x + w, h, z), (x, h, z)]
        canvas.face(wall, (tone, tone * 0.96, tone * 0.94), TOWARDS_US)
        rows = int(h / 3.6)
        for n in range(rows * int(w / 3.2)):
            a, b = x + 0.9 + n // rows * 3.2, 1.4 + n % rows * 3.6
            on = canvas.light.lamps and (n * 5 + n // rows * 7 + int(tone)) % 3 == 0
            pane = [(a, b, z), (a + 1.4, b, z), (a + 1.4, b + 1.7, z), (a, b + 1.7, z)]
            colour = (255.0, 214.0, 140.0) if on else (82.0, 94.0, 108.0)
            canvas.face(pane, colour, TOWARDS_US, lit=0.9 if on else 0, mark=False)


def _trees(plan: Plan) -> None:
    dice, street = plan.dice, plan.street
    if street.walk < 3.8 or dice.chance(0.35):
        return
    step = dice.between(9, 14)
    for side in (-1, 1):
        for k in range(-1, 11):
            _tree(plan, side * (street.road + 0.9), 4 + k * step + dice.between(0, 2), dice.between(4.8, 7.0))


def _park(plan: Plan, side: int) -> None:
    dice, street = plan.dice, plan.street
    for k in range(26):
        x, z = side * (street.wall + dice.between(2.2, 28)), -4 + 105 * (k + dice.real()) / 26
        _tree(plan, x, z, dice.between(5.5, 10.5))
    for k in range(22):
        x, z, seed = side * (street.wall + dice.between(0.9, 1.4)), -4 + k * 3.1 + dice.real(), dice.seed()
        if not street.gap[0] < z < street.gap[1] and dice.chance(0.75):
            plan.add(x, z, partial(furniture.hedge, plan.canvas, x, z, seed))
            plan.shade.under(square(x, z, 0.7), 1.0)
    for _ in range(30):
        x, z, seed = side * (street.wall + dice.between(3, 63)), dice.between(105, 145), dice.seed()
        plan.add(x, z, partial(furniture.tree, plan.canvas, x, z, 9.0, seed))


def _tree(plan: Plan, x: float, z: float, tall: float) -> None:
    near, far = plan.street.gap
    seed = plan.dice.seed()
    if near - 3 < z < far + 3 or plan.too_near(x, z):
        return
    plan.add(x, z, partial(furniture.tree, plan.canvas, x, z, tall, seed))
    plan.take(x, z, 0.5)
    for low, half in ((0.45, 0.2), (0.6, 0.28), (0.8, 0.2)):
        turns = [k * math.pi / 5 for k in range(10)]
        ring = [(x + tall * half * math.cos(a), z + tall * half * math.sin(a)) for a in turns]
        plan.shade.under(ring, tall * low + 0.8, tall * low)
    plan.shade.under(square(x, z, 0.16), tall * 0.5)


def _lamps(plan: Plan) -> None:
    street = plan.street
    for k in range(7):
        side, z = plan.sun * (1 if k % 2 else -1), 8 + 19 * k + plan.dice.between(0, 3)
        x = side * (street.road + 0.55)
        if not street.gap[0] < z < street.gap[1] and not plan.too_near(x, z):
            plan.shade.lamps.append((x - side * 1.5, 6.9, z))
            plan.add(x, z, partial(furniture.lamp, plan.canvas, x, z, side))
            plan.shade.under(square(x, z, 0.08), 7)
            plan.take(x, z, 0.3)


def _clutter(plan: Plan) -> None:
    dice, canvas, street = plan.dice, plan.canvas, plan.street
    for _ in range(6):
        side, z, roll, which = dice.side(), dice.between(8, 47), dice.real(), int(dice.real() * 3)
        x = side * (street.road + 0.5)
        if street.gap[0] < z < street.gap[1] or not plan.free((x - 0.9, z - 1.2, x + 0.9, z + 1.2)):
            continue
        if roll < 0.4:
            plan.add(x, z, partial(furniture.sign, canvas, x, z, which))
        elif roll < 0.75:
            plan.add(x, z, partial(furniture.litter_bin, canvas, x, z))
        else:
            plan.add(x, z, partial(furniture.bench, canvas, x, z, side))
        plan.shade.under(square(x, z, 0.3), 1.0)
        plan.take(x, z, 0.9)


def _signals(plan: Plan) -> None:
    dice, street, edge = plan.dice, plan.street, plan.street.road + 0.55
    state, (near, far) = int(dice.real() * 3), street.crossing
    spots: list[tuple[float, float, float]] = []
    if street.crossed:
        spots.append((edge, near - 5.2, -2.6 if dice.chance(0.45) else 0.0))
        if dice.chance(0.7):
            spots.append((-edge, near - 5.0, 0.0))
        if dice.chance(0.6):
            spots.append((edge, far + 3.2, -3.0 if dice.chance(0.4) else 0.0))
    elif dice.chance(0.6):
        z = dice.between(16, 46)
        spots = [(edge, z, -2.8 if dice.chance(0.5) else 0.0), (-edge, z, 0.0)]
    for x, z, reach in spots if plan.moment.busy else ():
        plan.add(x, z, partial(furniture.traffic_light, plan.canvas, x, z, state, reach))
        plan.take(x, z, 0.3)
        plan.shade.under(square(x, z, 0.1), 4)
