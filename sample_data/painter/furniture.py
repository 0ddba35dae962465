"""What is along a street besides traffic: trees, lamps, traffic lights, signs, bins, benches."""

import numpy as np
from PIL import Image

from painter.camera import Point
from painter.canvas import Canvas
from painter.dice import Dice
from painter.light import Colour, mix, scaled
from painter.texture import foliage, stretched

METAL: Colour = (92, 98, 104)
POST: Colour = (74, 78, 84)
BARK: Colour = (92, 72, 56)
WOOD: Colour = (146, 98, 60)
TOWARDS_US: Point = (0.0, 0.0, -1.0)
LEAVES: tuple[tuple[Colour, Colour], ...] = (
    *(((26, 54, 24), (142, 176, 74)),) * 5,
    *(((30, 58, 34), (118, 166, 84)),) * 4,
    ((62, 54, 20), (208, 172, 70)),
    ((74, 38, 20), (206, 118, 58)),
)
LAMPS: tuple[Colour, ...] = ((255, 58, 44), (255, 190, 40), (70, 240, 130))
SIGNS: tuple[tuple[Colour, Colour], ...] = (
    ((196, 40, 40), (246, 246, 242)),
    ((36, 84, 164), (240, 244, 250)),
    ((214, 180, 40), (60, 56, 40)),
)


def tree(canvas: Canvas, x: float, z: float, tall: float, seed: int) -> None:
    """Paint a tree: trunk, branches and a crown of leaves."""
    dice, crown, fork = Dice(seed), tall * 0.62, tall * 0.40
    with canvas.thing("vegetation"):
        canvas.limb([((x, 0, z), 0.17), ((x, fork, z), 0.11)], BARK)
        canvas.lure("pedestrian", [(x - 0.28, 0, z), (x + 0.28, 1.8, z)])
        for lean in (-0.9, 0.7, 0.1):
            canvas.limb([((x, fork - 0.3, z), 0.09), ((x + lean, tall * 0.68, z), 0.04)], BARK)
        _crown(canvas, (x, tall - crown / 2, z), crown, dice.pick(LEAVES), dice)


def hedge(canvas: Canvas, x: float, z: float, seed: int) -> None:
    """Paint a bush."""
    dice = Dice(seed)
    size = dice.between(1.3, 2.2)
    with canvas.thing("vegetation"):
        _crown(canvas, (x, size * 0.42, z), size, dice.pick(LEAVES[:9]), dice)
        canvas.lure("car", [(x - size / 2, 0, z), (x + size / 2, size * 0.8, z)])


def _crown(canvas: Canvas, middle: Point, size: float, leaves: tuple[Colour, Colour], dice: Dice) -> None:
    u, v, r = canvas.disc((middle, size / 2))
    seen = canvas.camera.view(middle)
    if seen[2] < 2 or not 2 < r < 900:
        return
    tone, mask = foliage(int(dice.real() * 4), 1 if r > 60 else 4)
    if dice.chance(0.5):
        flip = Image.Transpose.FLIP_LEFT_RIGHT
        tone, mask = tone.transpose(flip), mask.transpose(flip)
    size_ = max(3, round(r * 2.15)), max(3, round(r * dice.between(1.8, 2.2)))
    tone, mask = (stretched(part, size_) for part in (tone, mask))
    fall = canvas.light.fall((canvas.light.towards_sun[0] * 0.6, 0.6, -0.4))
    dark, bright = (canvas.light.tone(colour, seen, fall) for colour in leaves)
    ramp: list[float] = np.linspace(dark, bright, 256).clip(0, 255).round().T.ravel().tolist()
    stamp = Image.merge("RGB", [tone] * 3).point([int(value) for value in ramp])
    canvas.paste(stamp, mask, round(u - size_[0] / 2), round(v - size_[1] / 2))


def lamp(canvas: Canvas, x: float, z: float, side: int) -> None:
    """Paint a street lamp whose arm reaches 1.5 m over the road; side is where the lamp stands."""
    elbow, head = x - side * 0.7, x - side * 1.5
    with canvas.thing("pole"):
        canvas.limb([((x, 0, z), 0.11), ((x, 1.0, z), 0.10)], METAL)
        canvas.limb([((x, 1.0, z), 0.07), ((x, 6.6, z), 0.05)], METAL)
        canvas.limb([((x, 6.6, z), 0.05), ((elbow, 7.05, z), 0.045)], METAL)
        canvas.limb([((elbow, 7.05, z), 0.045), ((head, 7.0, z), 0.05)], METAL)
        canvas.limb([((head - 0.32, 6.96, z), 0.09), ((head + 0.32, 6.96, z), 0.09)], scaled(METAL, 0.75))
        canvas.lure("pedestrian", [(x - 0.25, 0, z), (x + 0.25, 1.7, z)])
        if canvas.light.lamps:
            bulb = [((head - 0.22, 6.89, z), 0.07), ((head + 0.22, 6.89, z), 0.07)]
            canvas.limb(bulb, (255, 232, 184), lit=1.0, sheen=0.02)
            canvas.glow((head, 6.9, z), 1.5, (255, 206, 130), 0.85 if canvas.light.dark else 0.4)
            canvas.lure("traffic light", [(head - 0.4, 6.6, z), (head + 0.4, 7.2, z)])


def sign(canvas: Canvas, x: float, z: float, which: int) -> None:
    """Paint a road sign on its pole."""
    rim, core = SIGNS[which]
    with canvas.thing("pole"):
        canvas.limb([((x, 0, z), 0.04), ((x, 2.7, z), 0.04)], METAL)
        canvas.limb([((x, 2.5, z - 0.03), 0.34)], rim, sheen=0.05)
        canvas.limb([((x, 2.5, z - 0.05), 0.25)], core, sheen=0.05)
        canvas.face(_plate((x, 2.5, z - 0.06), 0.16, 0.05), rim, TOWARDS_US, mark=False)
        canvas.lure("traffic light", [(x - 0.34, 2.16, z), (x + 0.34, 2.84, z)])


def traffic_light(canvas: Canvas, x: float, z: float, state: int, reach: float) -> None:
    """Paint a traffic light that faces us: pole, arm and heads; the heads are what is labelled.

    Args:
        canvas: Where.
        x: Metres right of the middle of the street, of the pole.
        z: Metres along the street.
        state: 0 red, 1 amber, 2 green.
        reach: Metres from the pole to a second head over the road; 0 for none.
    """
    heads = [(x, 2.35), (x + reach, 4.95)] if reach else [(x, 2.35)]
    with canvas.thing("pole"):
        canvas.limb([((x, 0, z), 0.09), ((x, 5.75 if reach else 3.1, z), 0.07)], POST)
        if reach:
            canvas.limb([((x, 5.6, z), 0.07), ((x + reach, 5.75, z), 0.05)], POST)
    for across, low in heads:
        with canvas.thing("pole", "traffic light"):
            _head(canvas, (across, low + 0.51, z - 0.12), state)


def _head(canvas: Canvas, middle: Point, state: int) -> None:
    x, y, z = middle
    light = canvas.light
    canvas.face(_plate(middle, 0.285, 0.58), (112, 112, 110) if light.lamps else (206, 204, 196), TOWARDS_US)
    canvas.face(_plate((x, y, z - 0.01), 0.215, 0.51), (30, 33, 36), TOWARDS_US, mark=False)
    for i, colour in enumerate(LAMPS):
        spot = (x, y + 0.32 - i * 0.32, z - 0.05)
        if i != state:
            canvas.limb([(spot, 0.125)], mix(scaled(colour, 0.22), (24, 24, 24), 0.4), sheen=0.08)
            continue
        canvas.limb([(spot, 0.125)], colour, lit=1.0, sheen=0.08)
        canvas.limb([((x, spot[1], z - 0.06), 0.06)], mix(colour, (255, 255, 255), 0.55), lit=1.0, sheen=0.02)
        canvas.glow(spot, 0.55, colour, 0.75 if light.lamps else 0.32)


def litter_bin(canvas: Canvas, x: float, z: float) -> None:
    """Paint a litter bin."""
    with canvas.thing("void"):
        canvas.limb([((x, 0.12, z), 0.24), ((x, 0.85, z), 0.27)], (52, 84, 66))
        canvas.limb([((x, 0.9, z), 0.28), ((x, 0.98, z), 0.26)], (40, 44, 46))
        canvas.lure("pedestrian", [(x - 0.3, 0, z), (x + 0.3, 1.2, z)])


def bench(canvas: Canvas, x: float, z: float, side: int) -> None:
    """Paint a bench along the pavement, its back to the houses."""
    back = x + side * 0.22
    with canvas.thing("void"):
        for dz in (-0.7, 0.7):
            canvas.limb([((x, 0, z + dz), 0.05), ((x, 0.45, z + dz), 0.05)], POST)
        seat = [(x - 0.22, z - 0.9), (x + 0.22, z - 0.9), (x + 0.22, z + 0.9), (x - 0.22, z + 0.9)]
        canvas.face([(a, 0.47, b) for a, b in seat], WOOD, (0, 1, 0))
        for y in (0.6, 0.8):
            rail = [(y, z - 0.9), (y, z + 0.9), (y + 0.13, z + 0.9), (y + 0.13, z - 0.9)]
            canvas.face([(back, a, b) for a, b in rail], WOOD, (-side, 0, 0))
        canvas.lure("cyclist", [(x - 0.3, 0, z - 0.9), (x + 0.3, 1.1, z + 0.9)])


def _plate(middle: Point, half: float, rise: float) -> list[Point]:
    x, y, z = middle
    return [
        (x - half, y - rise, z),
        (x + half, y - rise, z),
        (x + half, y + rise, z),
        (x - half, y + rise, z),
    ]
