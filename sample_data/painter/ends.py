"""The front, the rear and the top of a vehicle's hull, strip by strip."""

import math

from painter.bodies import Body
from painter.camera import Point
from painter.light import Colour, mix, scaled
from painter.vehicle import BRAKE, DARK, GLASS, HEAD_LIGHT, PLATE, RED, Patch, Vehicle

WHOLE = Patch(-1, 0, 1, 1)


def strips(vehicle: Vehicle, body: Body) -> None:
    """Paint the strips of a hull that face us, from far to near."""
    along = vehicle.eye[2]
    middles = [(a[0] + b[0]) / 2 for a, b in zip(body.profile, body.profile[1:], strict=False)]
    for i in sorted(range(len(body.parts)), key=lambda i: -abs(along - middles[i])):
        _strip(vehicle, body, i)


def _strip(vehicle: Vehicle, body: Body, i: int) -> None:
    (z0, y0), (z1, y1) = body.profile[i], body.profile[i + 1]
    size = math.hypot(z1 - z0, y1 - y0)
    normal = (0.0, (z1 - z0) / size, (y0 - y1) / size)
    _, up, along = vehicle.eye
    if normal[1] * (up - (y0 + y1) / 2) + normal[2] * (along - (z0 + z1) / 2) <= 0:
        return
    part = body.parts[i]
    vehicle.patch(body, i, WHOLE, vehicle.colour(part), normal, mark=True)
    detail = _DETAILS.get((part, normal[2] < 0))
    if detail:
        detail(vehicle, body, i, normal)


def _glass(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    rear = normal[2] < 0
    doors = vehicle.build.kind == "van" and rear
    panes = (
        (Patch(-0.86, 0.08, -0.07, 0.92), Patch(0.07, 0.08, 0.86, 0.92))
        if doors
        else (Patch(-0.88, 0.06, 0.88, 0.94),)
    )
    bright = mix(GLASS, vehicle.reflected, 0.19)
    for pane in panes:
        vehicle.patch(body, i, pane, GLASS, normal)
        if vehicle.fine:
            upper = pane._replace(low=0.5) if rear else pane._replace(high=0.5)
            vehicle.patch(body, i, upper, bright, normal)
    if vehicle.fine and vehicle.build.kind == "car":
        low, high = (0.08, 0.5) if rear else (0.5, 0.92)
        for s in (-0.48, 0.48):
            vehicle.patch(body, i, Patch(s - 0.17, low, s + 0.17, high), scaled(GLASS, 0.5), normal)


def _tail(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    tails = [k for k, part in enumerate(body.parts) if part == "tail"]
    car = vehicle.build.kind == "car"
    if i == tails[-1]:
        lamp = Patch(0.60, 0.15, 0.97, 0.98) if car else Patch(0.80, 0.38, 0.97, 0.95)
        _rear_lights(vehicle, body, i, normal, lamp)
    if i == tails[0]:
        plate = Patch(-0.26, 0.25, 0.26, 0.6) if car else Patch(-0.5, 0.12, -0.06, 0.3)
        vehicle.patch(body, i, plate, PLATE, normal, lit=0.1)
    if not car:
        vehicle.patch(body, i, Patch(-0.012, 0, 0.012, 1), scaled(vehicle.paint, 0.55), normal)


def _rear_lights(vehicle: Vehicle, body: Body, i: int, normal: Point, right_one: Patch) -> None:
    colour, lit = (BRAKE, 0.95) if vehicle.braking else (RED, 0.65 if vehicle.lights_on else 0.15)
    for patch in (right_one, right_one._replace(left=-right_one.right, right=-right_one.left)):
        points = vehicle.patch(body, i, patch, colour, normal, lit=lit)
        vehicle.shine(points, (255, 40, 30), 0.75 if vehicle.braking else 0.5, 0.4)


def _nose(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    if i != body.parts.index("nose"):
        return
    lamp, lit = (HEAD_LIGHT, 1.0) if vehicle.lights_on else ((226, 232, 238), 0.35)
    vehicle.patch(body, i, Patch(-0.5, 0.35, 0.5, 1.0), DARK, normal)
    for side in (-1, 1):
        left, right = sorted((side * 0.60, side * 0.96))
        vehicle.patch(body, i, Patch(left, 0.08, right, 0.92), (52, 56, 62), normal)
        points = vehicle.patch(body, i, Patch(left + 0.05, 0.2, right - 0.03, 0.85), lamp, normal, lit=lit)
        vehicle.shine(points, (255, 240, 204), 0.95, 0.55)


def _rear_bumper(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    if i == 0:
        vehicle.patch(body, i, Patch(-0.94, 0.0, 0.94, 0.5), DARK, normal)


def _front_bumper(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    if i == len(body.parts) - 1:
        vehicle.patch(body, i, Patch(-0.94, 0.5, 0.94, 1.0), DARK, normal)
        return
    vehicle.patch(body, i, Patch(-0.6, 0.15, 0.6, 0.75), scaled(DARK, 0.8), normal)
    vehicle.patch(body, i, Patch(-0.24, 0.2, 0.24, 0.6), PLATE, normal, lit=0.1)


def _doors(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    dim, plain = scaled(vehicle.second, 0.82), scaled(vehicle.second, 0.94)
    vehicle.patch(body, i, Patch(-0.97, 0.02, 0.97, 0.98), dim, normal)
    for left, right in ((-0.94, -0.02), (0.02, 0.94)):
        vehicle.patch(body, i, Patch(left, 0.04, right, 0.96), plain, normal)
    for s in (-0.32, -0.16, 0.16, 0.32) if vehicle.fine else ():
        vehicle.patch(body, i, Patch(s - 0.012, 0.06, s + 0.012, 0.94), (110, 112, 116), normal)
    vehicle.patch(body, i, Patch(-0.94, 0.30, 0.94, 0.33), dim, normal)
    for k in range(8):
        colour: Colour = (214, 44, 40) if k % 2 else (240, 238, 230)
        vehicle.patch(body, i, Patch(-0.96 + k * 0.24, 0.0, -0.72 + k * 0.24, 0.035), colour, normal)


def _tail_gate(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    for s in (-0.6, 0.0, 0.6):
        vehicle.patch(body, i, Patch(s - 0.05, 0.05, s + 0.05, 0.95), scaled(vehicle.second, 0.78), normal)
    vehicle.patch(body, i, Patch(-0.99, 0.88, 0.99, 1.0), scaled(vehicle.second, 1.1), normal)


def _chassis(vehicle: Vehicle, body: Body, i: int, normal: Point) -> None:
    _rear_lights(vehicle, body, i, normal, Patch(0.72, 0.25, 1.12, 0.8))
    vehicle.patch(body, i, Patch(-0.3, 0.2, 0.12, 0.7), PLATE, normal)
    z = body.profile[0][0]
    bar: list[Point] = [(-1.1, 0.42, z), (1.1, 0.42, z), (1.1, 0.54, z), (-1.1, 0.54, z)]
    vehicle.face(bar, (150, 152, 154), normal, mark=True)


_DETAILS = {
    ("glass", True): _glass,
    ("glass", False): _glass,
    ("tail", True): _tail,
    ("nose", False): _nose,
    ("bumper", True): _rear_bumper,
    ("bumper", False): _front_bumper,
    ("cargo", True): _doors,
    ("tub", True): _tail_gate,
    ("under", True): _chassis,
}
