"""The sides of a vehicle: panels, windows, seams, wheels, mirrors."""

import math
from collections.abc import Sequence

from painter.bodies import Body, Dot
from painter.camera import Point
from painter.light import Colour, mix, scaled
from painter.vehicle import DARK, GLASS, HEAD_LIGHT, RED, Vehicle

TYRE: Colour = (30, 30, 33)
RIM: Colour = (172, 176, 180)
SPOKE: Colour = (70, 73, 78)


def side_of(vehicle: Vehicle, body: Body, side: int) -> None:
    """Paint one side (-1 left, 1 right) of a hull."""
    first = body.parts[0]
    colour = vehicle.paint if first == "bumper" else vehicle.colour(first)
    outline: list[Point] = [(side * body.half_at(z, y), y, z) for z, y in body.profile]
    vehicle.face(outline, colour, (side, 0.0, 0.0), mark=True)
    if first == "cargo":
        _livery(vehicle, body, side)
    if first == "bumper":
        _bands(vehicle, body, side)
    for a, b in body.seams if vehicle.fine else ():
        vehicle.panel(body, side, _stripe(a, b), scaled(colour, 0.6))
    for window in body.windows:
        _window(vehicle, body, side, window)
    if first == "bumper":
        _lights(vehicle, body, side)


def _stripe(a: Dot, b: Dot) -> list[Dot]:
    if abs(a[1] - b[1]) < 0.05:
        return [(a[0], a[1] - 0.03), (b[0], b[1] - 0.03), (b[0], b[1] + 0.03), (a[0], a[1] + 0.03)]
    return [(a[0] - 0.018, a[1]), (a[0] + 0.018, a[1]), (b[0] + 0.018, b[1]), (b[0] - 0.018, b[1])]


def _bands(vehicle: Vehicle, body: Body, side: int) -> None:
    rear, front = body.profile[0][0] + 0.04, body.profile[-1][0] - 0.04
    low, belt = min(p[1] for p in body.profile), body.belt - 0.10
    sill = ((rear, low), (front, low), (front + 0.06, low + 0.13), (rear - 0.06, low + 0.13))
    vehicle.panel(body, side, sill, mix(vehicle.paint, DARK, 0.75))
    dim = ((rear, low + 0.13), (front, low + 0.13), (front, low + 0.30), (rear, low + 0.30))
    vehicle.panel(body, side, dim, scaled(vehicle.paint, 0.84))
    edge = ((rear, belt - 0.05), (front - 0.1, belt - 0.13), (front - 0.1, belt - 0.08), (rear, belt + 0.03))
    vehicle.panel(body, side, edge, mix(vehicle.paint, (255, 255, 255), 0.30), rise=0.6)


def _livery(vehicle: Vehicle, body: Body, side: int) -> None:
    rear, front = body.profile[0][0], body.profile[-1][0]
    low, high = body.profile[0][1], body.profile[1][1]
    dim, y = scaled(vehicle.second, 0.8), low + 0.55
    for bottom, top, colour in (
        (low, low + 0.12, dim),
        (high - 0.1, high, dim),
        (y, y + 0.35, vehicle.paint),
    ):
        vehicle.panel(body, side, ((rear, bottom), (front, bottom), (front, top), (rear, top)), colour)
    for k in range(4) if vehicle.fine else ():
        z = (rear + front) / 2 - 1.5 + k * 0.8
        mark = ((z, y + 0.75), (z + 0.55, y + 0.75), (z + 0.75, y + 1.3), (z + 0.2, y + 1.3))
        vehicle.panel(body, side, mark, mix(vehicle.paint, vehicle.second, 0.15))


def _window(vehicle: Vehicle, body: Body, side: int, window: Sequence[Dot]) -> None:
    vehicle.panel(body, side, window, GLASS, rise=0.36)
    if vehicle.fine:
        top, low = max(y for _, y in window), min(y for _, y in window)
        upper = [(z, max(y, low + (top - low) * 0.45)) for z, y in window]
        vehicle.panel(body, side, upper, mix(GLASS, vehicle.reflected, 0.30), rise=0.36)


def _lights(vehicle: Vehicle, body: Body, side: int) -> None:
    if "tail" in body.parts:
        z, y = body.profile[2 if vehicle.build.kind == "car" else 1]
        tail = ((z, y), (z + 0.3, y + 0.02), (z + 0.24, y + 0.16), (z, y + 0.16))
        vehicle.panel(body, side, tail, RED, lit=0.6 if vehicle.lights_on else 0.1)
    if vehicle.build.kind != "truck":
        _head_light(vehicle, body, side)
    for window in body.windows if vehicle.fine else ():
        z, y = min(p[0] for p in window) + 0.16, min(p[1] for p in window) - 0.12
        handle = ((z, y), (z + 0.2, y), (z + 0.2, y + 0.04), (z, y + 0.04))
        vehicle.panel(body, side, handle, scaled(vehicle.paint, 0.55))


def _head_light(vehicle: Vehicle, body: Body, side: int) -> None:
    i, on = body.parts.index("nose"), vehicle.lights_on
    (z0, y0), (z, y) = body.profile[i], body.profile[i + 1]
    head = ((z, y), (z - 0.34, y + 0.05), (z - 0.28, y + 0.16), (z0, y0 - 0.01))
    vehicle.panel(body, side, head, HEAD_LIGHT if on else (222, 228, 234), lit=0.9 if on else 0.2)


def tyres(vehicle: Vehicle) -> None:
    """Paint what of the tyres is seen below the hull."""
    r = vehicle.build.radius
    for side in (-1, 1):
        for along in vehicle.build.wheels:
            rims = [p for inset in (0.04, 0.26) for p in _circle(vehicle, side, along, r, inset)]
            vehicle.canvas.wrap([vehicle.pose.place(p) for p in rims], TYRE)


def wheels(vehicle: Vehicle) -> None:
    """Paint the wheels on the sides that face us."""
    r = vehicle.build.radius
    for side in (-1, 1):
        if vehicle.eye[0] * side <= vehicle.build.half:
            continue
        normal = (float(side), 0.0, 0.0)
        for along in vehicle.build.wheels:
            arch = [p for p in _circle(vehicle, side, along, r * 1.17, -0.012) if p[1] > r * 0.75]
            vehicle.face(arch, (20, 20, 22), normal)
            vehicle.face(_circle(vehicle, side, along, r, -0.014), TYRE, normal, mark=True)
            vehicle.face(_circle(vehicle, side, along, r * 0.66, -0.016), RIM, normal)
            for k in range(5) if vehicle.depth < 30 else ():
                a = 2 * math.pi * k / 5 + 0.3
                spoke = [(a - 0.28, 0.54), (a + 0.28, 0.54), (a + 0.18, 0.24), (a - 0.18, 0.24)]
                x = side * (vehicle.build.half + 0.018)
                dots = [(x, r + r * q * math.sin(b), along + r * q * math.cos(b)) for b, q in spoke]
                vehicle.face(dots, SPOKE, normal)


def _circle(vehicle: Vehicle, side: int, along: float, radius: float, inset: float) -> list[Point]:
    x, r, n = side * (vehicle.build.half - inset), vehicle.build.radius, 22 if vehicle.depth < 25 else 12
    turns = [2 * math.pi * k / n for k in range(n)]
    return [(x, r + radius * math.sin(a), along + radius * math.cos(a)) for a in turns]


def mirrors(vehicle: Vehicle, *, behind: bool) -> None:
    """Paint the mirrors that the hull hides in part (behind), or those that stand before it."""
    body = vehicle.build.bodies[-1]
    if vehicle.depth > 40:
        return
    z, y = body.profile[max(k for k, part in enumerate(body.parts) if part == "glass") + 1]
    for side in (-1, 1):
        if (vehicle.eye[2] < z and vehicle.eye[0] * side < body.half) == behind:
            x = side * (body.half + 0.06)
            at: list[Point] = [(x, y + 0.10, z - 0.22), (x + side * 0.09, y + 0.12, z - 0.24)]
            if vehicle.build.kind == "truck":
                at = [(x, y + 0.2, z - 0.1), (x, y + 0.75, z - 0.1)]
            vehicle.canvas.limb([(vehicle.pose.place(p), 0.07) for p in at], scaled(vehicle.paint, 0.7))
