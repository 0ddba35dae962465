"""The sky."""

import math

import numpy as np
from PIL import Image

from painter.camera import FOCAL, HEIGHT, WIDTH, Camera, Floats
from painter.light import Light
from painter.texture import noise, sampled

COARSE = 4


def sky(camera: Camera, light: Light, drift: float) -> Image.Image:
    """Return a canvas picture of nothing but sky, black below the horizon.

    Args:
        camera: Who looks.
        light: Of the frame.
        drift: Which part of the clouds, any number.
    """
    rows = int(camera.horizon) // COARSE + 2
    v, u = np.mgrid[0:rows, 0 : WIDTH // COARSE].astype(np.float32)
    height = 1 - v / rows
    top, low = (np.array(colour, dtype=np.float32) for colour in light.sky)
    picture = low + (top - low) * np.sqrt(np.clip(height * 1.15, 0, 1))[..., None]
    if light.cover:
        thick, tone = _clouds(camera, light, u, height, np.float32(drift))
        picture = picture * (1 - thick) + np.array(light.clouds, dtype=np.float32) * tone * thick
    if light.towards_sun[1] < 0.4 and light.density < 0.02:
        picture += _sunset(camera, light, u, v)
    whole = Image.new("RGB", (WIDTH, HEIGHT))
    small = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    whole.paste(small.resize((WIDTH, rows * COARSE), Image.Resampling.BILINEAR))
    return whole


def _clouds(
    camera: Camera, light: Light, u: Floats, height: Floats, drift: np.float32
) -> tuple[Floats, Floats]:
    far = 1 / (height + np.float32(0.16))
    across = (u - WIDTH / 2 / COARSE) * (COARSE / WIDTH * 2) + np.float32(camera.yaw * 1.3)
    x, y = (np.asarray(at, dtype=np.float32) for at in (across * far * 62 + drift * 37, far * 150 + drift))
    puffs = sampled(noise(5, 6, 6), x, y)
    thick = np.clip((puffs + light.cover * 0.9 - 0.42) * 2.6, 0, 1) * np.clip(height * 3 - 0.06, 0, 1) * 0.92
    tone = np.clip(0.8 + 0.5 * puffs, 0.75, 1.05)
    return thick[..., None], tone[..., None]


def _sunset(camera: Camera, light: Light, u: Floats, v: Floats) -> Floats:
    x, _, z = light.towards_sun
    aim = min(1.2, max(-1.2, math.atan2(x * 0.35, z) - camera.yaw))
    u0, v0 = (WIDTH / 2 + math.tan(aim) * FOCAL) / COARSE, (camera.horizon - 52) / COARSE
    away = ((u - u0) ** 2 + 2.2 * (v - v0) ** 2) / (300 / COARSE) ** 2
    warmth = np.array((70, 52, 24), dtype=np.float32) * np.float32(0.4 if light.wet else 1)
    return np.asarray((1 / (1 + away + away * away))[..., None] * warmth)
