"""Light on the ground: shadows, street lamps, head lights, the grain of the asphalt, the air above it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from painter.camera import HEIGHT, WIDTH, Camera, Floats, Point, Spot
from painter.canvas import Canvas, convex
from painter.light import Colour, Light
from painter.texture import noise, sampled

TALLEST = 18.0
Doubles = NDArray[np.float64]


@dataclass
class Shade:
    """What lights and darkens the ground; places are world (x, z) in metres.

    Attributes:
        light: Of the frame.
        cast: Polygons that the sun does not reach.
        contact: Polygons under things, where less of the sky reaches.
        lamps: Where street lamps hang.
        pools: Other lights on the ground: (x, z), reach in metres, strength a channel.
    """

    light: Light
    cast: list[Sequence[Spot]] = field(default_factory=list)
    contact: list[Sequence[Spot]] = field(default_factory=list)
    lamps: list[Point] = field(default_factory=list)
    pools: list[tuple[Spot, float, Colour]] = field(default_factory=list)

    def under(self, corners: Sequence[Spot], tall: float, low: float = 0.0) -> None:
        """Add the shadow of something with a footprint that reaches from one height to another."""
        if not low:
            self.contact.append(corners)
        if max(self.light.sun) > 0.1:
            x, y, z = self.light.towards_sun
            ends = (low / y, min(tall, TALLEST) / y)
            self.cast.append(convex([(a - x * h, b - z * h) for a, b in corners for h in ends]))


def square(x: float, z: float, half: float) -> list[Spot]:
    """Return the corners of a square footprint."""
    return [(x - half, z - half), (x + half, z - half), (x + half, z + half), (x - half, z + half)]


def lighten(canvas: Canvas, shade: Shade) -> None:
    """Turn the plain colours of the ground, all that is painted so far, into what the lens sees."""
    top = int(canvas.camera.horizon)
    gain, haze = _light(canvas.camera, shade)
    grain = _grain(*canvas.camera.ground(2))
    bands = []
    for c, band in enumerate(canvas.image.crop((0, top, WIDTH, HEIGHT)).split()):
        lit = _enlarged(_enlarged(gain[c], 2)[: len(grain)] * grain, 2)[: band.height]
        lit *= np.asarray(band)
        lit += _enlarged(haze[c], 4)[: band.height]
        bands.append(Image.fromarray(np.minimum(lit, 255).astype(np.uint8)))
    canvas.image.paste(Image.merge("RGB", bands), (0, top))


def _enlarged(values: Floats, factor: int) -> Floats:
    return np.repeat(np.repeat(values, factor, 1), factor, 0)


def _grain(x: Floats, z: Floats, depth: Floats) -> Floats:
    fine = sampled(noise(11, 128, 3), x * 42, z * 42) * np.clip(4.5 / depth, 0, 0.5)
    broad = sampled(noise(12, 16, 4), x * 9, z * 9) * np.clip(16 / depth, 0, 1)
    return np.asarray(1 + np.float32(0.18) * fine + np.float32(0.10) * broad, dtype=np.float32)


def _light(camera: Camera, shade: Shade) -> tuple[Floats, Floats]:
    light = shade.light
    x, z, depth = (values.astype(np.float64) for values in camera.ground(4))
    sun = np.array(light.sun) * max(light.towards_sun[1], 0.0)
    plain = np.array(light.fall((0.0, 1.0, 0.0))) - sun
    cast, contact = _mask(camera, shade.cast, 1.2, len(x)), _mask(camera, shade.contact, 2.2, len(x))
    gain = plain * (1 - 0.55 * contact)[..., None] + sun * ((1 - cast) * (1 - 0.5 * contact))[..., None]
    if light.lamps:
        lit = _pools(shade.lamps, x, z) * (0.62 if light.dark else 0.22) * (1 - 0.6 * contact)
        gain += lit[..., None] * np.array((1.0, 0.78, 0.48))
        gain += _beam(light.beam * 1.25, depth, x - camera.x)[..., None] * np.array((1, 0.96, 0.84))
    for (px, pz), reach, colour in shade.pools:
        away = ((x - px) ** 2 + (z - pz) ** 2) / reach**2
        gain += np.clip(1 - away / 3, 0, 1)[..., None] ** 2 * np.array(colour)
    seen = np.exp(-light.density * depth)
    haze = np.multiply.outer(np.array(light.air), 1 - seen)
    return (np.moveaxis(gain, 2, 0) * seen).astype(np.float32), haze.astype(np.float32)


def _pools(lamps: Sequence[Point], x: Doubles, z: Doubles) -> Doubles:
    total = np.zeros_like(x)
    for lx, ly, lz in lamps:
        spread = 1 + ((x - lx) ** 2 + (z - lz) ** 2) / (0.42 * ly * ly)
        total += 1 / (spread * np.sqrt(spread))
    return total


def _beam(strength: float, depth: Doubles, across: Doubles) -> Doubles:
    wide = across / (1.6 + depth * 0.26)
    lobe: Doubles = np.exp(-depth / 19 - wide * wide) * np.clip((depth - 3.2) / 4, 0.25, 1)
    return lobe * strength


def _mask(camera: Camera, polygons: Sequence[Sequence[Spot]], blur: float, rows: int) -> Doubles:
    sheet = Image.new("L", (WIDTH // 4, HEIGHT // 4))
    pen = ImageDraw.Draw(sheet)
    for polygon in polygons:
        spots = camera.outline([camera.view((x, 0, z)) for x, z in polygon])
        if len(spots) > 2:
            pen.polygon([(u / 4, v / 4) for u, v in spots], fill=255)
    soft = np.asarray(sheet.filter(ImageFilter.GaussianBlur(blur)))[int(camera.horizon) // 4 :] / 255.0
    return np.pad(soft, ((0, max(0, rows - len(soft))), (0, 0)), mode="edge")[:rows]
