"""What moves in a frame: vehicles, cyclists, pedestrians, a crowd."""

import math
from functools import partial

from painter.bodies import CARS, TRUCKS, VANS, Build
from painter.cyclist import Rider
from painter.people import Walker
from painter.plan import Plan
from painter.pose import Pose
from painter.shade import square
from painter.vehicle import Vehicle
from painter.vehicles import draw, paints

TRIES = 40
FOG_SIGHT = 32.0
QUARTER = math.pi / 2


def traffic(plan: Plan) -> None:
    """Put as many objects into the plan as the moment asks for, as far as there is room."""
    if plan.moment.crowd:
        _crowd(plan)
    placed = 0
    for _ in range(plan.moment.busy * TRIES):
        if placed < plan.moment.busy:
            placed += _one(plan, plan.dice.real())


def _one(plan: Plan, roll: float) -> bool:
    if roll < 0.38:
        return _vehicle(plan, plan.dice.pick(CARS))
    if roll < 0.52:
        return _vehicle(plan, plan.dice.pick(VANS))
    if roll < 0.68:
        return _vehicle(plan, plan.dice.pick(TRUCKS))
    return _cyclist(plan) if roll < 0.855 else _pedestrian(plan)


def _ahead(plan: Plan, low: float, high: float) -> float:
    far = min(high, FOG_SIGHT) if plan.moment.weather == "fog" else high
    return low + (far - low) * float(plan.dice.real() ** 1.7)


def _in_view(plan: Plan, pose: Pose, spare: float) -> bool:
    across, _, ahead = plan.canvas.camera.view((pose.x, 0, pose.z))
    near = 5.0 if plan.moment.camera == "cam_front" else 4.4
    return ahead > near + spare and abs(across) < ahead * 0.5 + spare * 0.5


def _vehicle(plan: Plan, build: Build) -> bool:
    dice, pose = plan.dice, _slot(plan, build)
    corners = pose.footprint(build.half + 0.35, build.length + 0.7)
    xs, zs = [c[0] for c in corners], [c[1] for c in corners]
    box = (min(xs), min(zs), max(xs), max(zs))
    if not _in_view(plan, pose, build.length / 2) or not plan.free(box):
        return False
    plan.taken.append(box)
    paint, second = paints(build, dice)
    vehicle = Vehicle(plan.canvas, build, pose, paint, second, dice.chance(0.25))
    plan.add(pose.x, pose.z, partial(draw, vehicle), build.length)
    plan.shade.under(pose.footprint(build.half, build.length), build.tall * 0.85)
    if plan.light.lamps:
        x, _, z = pose.place((0, 0, build.length / 2 + 2.6))
        plan.shade.pools.append(((x, z), 2.6, (0.42, 0.38, 0.28)))
    return True


def _slot(plan: Plan, build: Build) -> Pose:
    dice, street, half = plan.dice, plan.street, build.length / 2
    roll, sway = dice.real(), dice.around(0.15)
    if street.crossed and roll < 0.30:
        way = dice.side()
        z = street.crossing[0] + (2.4 if way > 0 else 6.6)
        return Pose(dice.around(14) + 2, z + sway, way * QUARTER + sway / 5)
    if street.parking and roll < 0.55 and build.kind != "truck":
        side = dice.side()
        return Pose(
            side * (street.road - 1.1), _ahead(plan, 3 + half, 55), (0 if side > 0 else math.pi) + sway / 6
        )
    lane = dice.pick(street.lanes)
    if roll < 0.78:
        return Pose(lane + sway, _ahead(plan, 7 + half, 70), sway / 7)
    return Pose(-lane + sway, _ahead(plan, 5 + half, 70), math.pi + sway / 7)


def _cyclist(plan: Plan) -> bool:
    dice, street = plan.dice, plan.street
    roll, sway = dice.real(), dice.around(0.15)
    edge = street.road - (2.9 if street.parking else 0.9)
    if street.crossed and roll < 0.4:
        way = dice.side()
        pose = Pose(dice.around(9), street.crossing[0] + (0.9 if way > 0 else 8.1), way * QUARTER + sway)
    elif roll < 0.72:
        pose = Pose(edge + sway, _ahead(plan, 7, 44), sway)
    else:
        pose = Pose(-edge + sway, _ahead(plan, 6, 40), math.pi + sway)
    if not _claim(plan, pose, 1.0):
        return False
    plan.add(pose.x, pose.z, Rider(plan.canvas, pose, dice.seed()).draw)
    return True


def _pedestrian(plan: Plan) -> bool:
    dice, street = plan.dice, plan.street
    roll, sway = dice.real(), dice.around(0.35)
    if street.crossed and roll < 0.35:
        near, far = street.crossing
        z = near - dice.between(1.4, 4.0) if dice.chance(0.7) else far + dice.between(1.4, 3.8)
        pose = Pose(dice.around(street.road + 1), z, dice.side() * QUARTER + sway / 2)
    else:
        x = dice.side() * (street.road + dice.between(0.5, street.walk - 0.5))
        pose = Pose(x, _ahead(plan, 5.5, 48), (0 if dice.chance(0.5) else math.pi) + sway)
    if not _claim(plan, pose, 0.45):
        return False
    walker = Walker(plan.canvas, pose, dice.seed(), standing=dice.chance(0.2))
    plan.add(pose.x, pose.z, walker.draw)
    return True


def _claim(plan: Plan, pose: Pose, half: float) -> bool:
    box = (pose.x - half, pose.z - half, pose.x + half, pose.z + half)
    if not _in_view(plan, pose, 0.8) or not plan.free(box):
        return False
    plan.taken.append(box)
    plan.shade.under(square(pose.x, pose.z, 0.24), 1.6)
    return True


def _crowd(plan: Plan) -> None:
    dice, street = plan.dice, plan.street
    side = -street.green[0] if street.green else dice.side()
    start = (street.crossing[1] + 2 if street.crossed else 24.0) + dice.between(0, 5)
    walkers = []
    for _ in range(15):
        x, z = side * (street.road + dice.between(0.4, street.walk - 0.4)), start + dice.between(0, 4.5)
        pose = Pose(x, z, dice.between(0, 2 * math.pi))
        walkers.append(Walker(plan.canvas, pose, dice.seed(), standing=dice.chance(0.6)))
        plan.shade.under(square(x, z, 0.24), 1.6)
    middle = side * (street.road + street.walk / 2)
    plan.taken.append((middle - 4, start - 1, middle + 4, start + 5.5))
    walkers.sort(key=lambda walker: -plan.canvas.camera.view((walker.pose.x, 0, walker.pose.z))[2])
    plan.add(middle, start, partial(_gather, plan, walkers))


def _gather(plan: Plan, walkers: list[Walker]) -> None:
    with plan.canvas.thing("person", "crowd"):
        for walker in walkers:
            walker.strokes()
