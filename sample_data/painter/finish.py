"""The last steps: glowing lamps, the wet road, rain, the lens."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from painter.camera import HEIGHT, SCALE, WIDTH, Floats
from painter.canvas import Canvas, Glow
from painter.light import Colour

W, H = WIDTH // SCALE, HEIGHT // SCALE
MIRRORS = {"road": 1.0, "pavement": 0.6}
Window = tuple[slice, slice]
Doubles = NDArray[np.float64]


def finish(canvas: Canvas, numbers: NDArray[np.int32], rng: np.random.Generator) -> Image.Image:
    """Return the frame, 960 x 540, from the canvas and the number of the thing at each of its pixels."""
    picture = np.asarray(canvas.image.reduce(SCALE)).astype(np.float32)
    numbers = numbers[::SCALE, ::SCALE]
    wet = (
        np.array([MIRRORS.get(thing.surface, 0.0) for thing in canvas.things])[numbers]
        if canvas.light.wet
        else None
    )
    if wet is not None:
        _mirror(picture, round(canvas.camera.horizon / SCALE), wet)
    for glow in canvas.glows:
        if _seen(glow, numbers):
            _shine(picture, glow)
            if wet is not None:
                _streak(picture, glow, wet)
    if canvas.light.wet:
        picture = _rain(picture, rng, 0.5 if canvas.light.dark else 0.85)
    return _lens(picture, rng)


def _seen(glow: Glow, numbers: NDArray[np.int32]) -> bool:
    u, v = round(glow.u / SCALE), round(glow.v / SCALE)
    if not (-40 <= u < W + 40 and -40 <= v < H + 40):
        return False
    near = numbers[max(0, v - 1) : max(0, v + 2), max(0, u - 1) : max(0, u + 2)]
    return near.size == 0 or bool((near == glow.owner).any())


def _around(u: float, v: float, wide: float, tall: float) -> tuple[Window, Doubles, Doubles]:
    rows = slice(max(0, int(v - tall)), max(0, min(H, int(v + tall) + 1)))
    columns = slice(max(0, int(u - wide)), max(0, min(W, int(u + wide) + 1)))
    down = (np.arange(H, dtype=np.float64)[rows] - v)[:, None]
    across = (np.arange(W, dtype=np.float64)[columns] - u)[None, :]
    return (rows, columns), down, across


def _screen(picture: Floats, where: Window, light: Doubles, colour: Colour) -> None:
    window = picture[where]
    tint = np.array(colour, dtype=np.float32) / np.float32(255)
    window += (255 - window) * np.clip(light, 0, 1).astype(np.float32)[..., None] * tint


def _shine(picture: Floats, glow: Glow) -> None:
    reach = glow.radius / SCALE
    where, down, across = _around(glow.u / SCALE, glow.v / SCALE, reach * 3, reach * 3)
    away = (across * across + down * down) / (reach * reach)
    light = 0.62 * np.exp(-away * 2.2) + 0.30 / (1 + away * 3) - 0.0107
    _screen(picture, where, light * glow.strength, glow.colour)


def _streak(picture: Floats, glow: Glow, wet: Doubles) -> None:
    wide, tall = max(2.0, glow.radius / SCALE * 0.55), max(8.0, (glow.mirror - glow.v) / SCALE * 0.55)
    where, down, across = _around(glow.u / SCALE, min(glow.mirror / SCALE, H + 60.0), wide * 3, tall * 2.3)
    light = np.clip(np.exp(-1.3 * (down / tall) ** 2) - 0.002, 0, 1) * np.exp(-1.4 * (across / wide) ** 2)
    _screen(picture, where, light * wet[where] * (0.55 * glow.strength), glow.colour)


def _mirror(picture: Floats, line: int, wet: Doubles) -> None:
    rows = min(H - line, line)
    above = Image.fromarray(picture[line - rows : line][::-1].astype(np.uint8))
    small = above.resize((W // 4, rows // 10), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.2))
    blurred = np.asarray(small.resize((W, rows), Image.Resampling.BILINEAR)).astype(np.float32)
    fade = np.sqrt(np.linspace(1, 0, rows))[:, None]
    part = picture[line : line + rows]
    part += (blurred - part) * (wet[line : line + rows] * 0.40 * fade).astype(np.float32)[..., None]


def _rain(picture: Floats, rng: np.random.Generator, strength: float) -> Floats:
    sheet = Image.new("L", (W, H))
    pen = ImageDraw.Draw(sheet)
    for u, v, size, tone in rng.random((900, 4)).tolist():
        long, x, y = 5 + 26 * size * size, u * (W + 40) - 20, v * (H + 40) - 20
        pen.line([(x, y), (x - long * 0.16, y + long)], fill=int(30 + 90 * tone * size), width=1)
    soft = np.asarray(sheet.filter(ImageFilter.GaussianBlur(0.6))).astype(np.float32) / np.float32(255)
    return picture + (225 - picture) * (soft * np.float32(strength))[..., None]


def _lens(picture: Floats, rng: np.random.Generator) -> Image.Image:
    grain = (rng.random((H // 2, W // 2), dtype=np.float32) - np.float32(0.5)) * np.float32(2.4)
    picture *= _vignette()
    picture += np.repeat(np.repeat(grain, 2, 1), 2, 0)[..., None] + np.float32(0.5)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).point(_CURVE * 3)


_CURVE = [round(255 * (x + 0.16 * (x * x * (3 - 2 * x) - x))) for x in (i / 255 for i in range(256))]


@cache
def _vignette() -> Floats:
    v, u = np.mgrid[-1 : 1 : H * 1j, -1 : 1 : W * 1j]
    away = u * u * 0.8 + v * v * 0.6
    return np.asarray((1 - 0.13 * away * np.sqrt(away))[..., None], dtype=np.float32)
