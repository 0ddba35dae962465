"""Sky and ground: what lies behind and under everything that stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from camera import FOCAL, HEIGHT, WIDTH, Camera, Floats, Point, Spot
from canvas import Canvas, hull
from light import UP, Colour, Light, mix
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from texture import noise, sampled

FAR = 170.0
CROSS = 46.0


@dataclass(frozen=True)
class Street:
    """What the ground is made of, in metres from the middle of the street.

    Attributes:
        road: Half the road's width.
        walk: Width of each pavement.
        crossing: Where a side street begins and ends along z; None without one.
        green: Sides (-1 left, 1 right) that are a park behind the pavement.
        parking: Whether the outer strips of the road are parking bays.
    """

    road: float
    walk: float
    crossing: tuple[float, float] | None
    green: tuple[int, ...]
    parking: bool

    @property
    def wall(self) -> float:
        """Metres from the middle to the house fronts."""
        return self.road + self.walk


@dataclass
class Shade:
    """What keeps light from the ground: polygons of world (x, z), from the sun and (softly) from the sky."""

    cast: list[list[Spot]] = field(default_factory=list)
    contact: list[list[Spot]] = field(default_factory=list)

    def under(self, light: Light, corners: Sequence[Spot], tall: float, *, low: float = 0.0) -> None:
        """Add the shadow of something with a footprint and a height, in metres; low is where it begins."""
        s = light.towards_sun
        sway = [
            (x - s[0] / s[1] * h, z - s[2] / s[1] * h)
            for x, z in corners
            for h in (low, min(tall, 18.0))
        ]
        self.cast.append(hull([(x, z, 0.01) for x, z in sway]))
        if not low:
            self.contact.append(list(corners))


def backdrop(camera: Camera, light: Light, drift: float) -> Image.Image:
    """Return a canvas with nothing but the sky."""
    rows = int(camera.horizon) // 2 + 2
    v, u = np.mgrid[0:rows, 0 : WIDTH // 2].astype(np.float32)
    height = 1 - v / rows
    top, low = (np.array(c, dtype=np.float32) for c in light.sky)
    sky = low + (top - low) * (np.clip(height * 1.15, 0, 1) ** 0.75)[..., None]
    far = 46.0 / (rows - v + 14)
    across = (u - WIDTH / 4) / 480 + camera.yaw * 1.3
    puffs = sampled(noise(5, 6, 6), across * far * 150 + drift * SKEW, far * 190 + drift)
    thick = np.clip((puffs + light.cover * 0.9 - 0.42) * 2.6, 0, 1) * np.clip(height * 4 + 0.1, 0, 1) * 0.92
    if not light.cover:
        thick = thick * 0
    shaded = np.clip(0.8 + 0.5 * puffs, 0.75, 1.05)[..., None]
    sky = sky * (1 - thick[..., None]) + np.array(light.clouds, dtype=np.float32) * shaded * thick[..., None]
    if light.towards_sun[1] < 0.4:
        _sunset(sky, camera, light, u, v)
    whole = np.empty((HEIGHT // 2, WIDTH // 2, 3), dtype=np.float32)
    whole[:rows] = sky
    whole[rows:] = light.air
    image = Image.fromarray(np.clip(whole, 0, 255).astype(np.uint8))
    return image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)


SKEW = 37.0


def _sunset(sky: Floats, camera: Camera, light: Light, u: Floats, v: Floats) -> None:
    if light.density > 0.02:
        return
    s = light.towards_sun
    aim = np.arctan2(s[0] * 0.35, s[2]) - camera.yaw
    u0, v0 = WIDTH / 4 + np.tan(np.clip(aim, -1.2, 1.2)) * FOCAL / 2, camera.horizon / 2 - 26
    away = ((u - u0) ** 2 + 2.2 * (v - v0) ** 2) / 150.0**2
    sky += np.exp(-away)[..., None] * np.array((70, 52, 24), dtype=np.float32) * (0.4 if light.wet else 1)


def quad(x0: float, z0: float, x1: float, z1: float) -> list[Point]:
    """Return a rectangle that lies on the ground."""
    return [(x0, 0, z0), (x1, 0, z0), (x1, 0, z1), (x0, 0, z1)]


class Ground:
    """Paints the ground: first the plain colours, then the light on them."""

    def __init__(self, canvas: Canvas, street: Street, rng: np.random.Generator) -> None:
        self.canvas, self.street, self.rng = canvas, street, rng

    def lay(self, spots: Sequence[Point], colour: Colour, *, mark: bool = True) -> None:
        """Fill a polygon of the ground with its own colour."""
        view = self.canvas.camera.view
        self.canvas.fill(self.canvas.camera.outline([view(p) for p in spots]), colour, mark=mark)

    def surfaces(self) -> None:
        """Lay pavement, park, road and side street."""
        s, wall = self.street, self.street.wall
        with self.canvas.thing("pavement"):
            self.lay(quad(-90, -25, 90, FAR * 4), (150, 147, 141))
            self._slabs()
        for side in s.green:
            with self.canvas.thing("vegetation"):
                self.lay(quad(side * wall, -25, side * 90, FAR * 4), (92, 132, 62))
        with self.canvas.thing("road"):
            asphalt = (104, 105, 109)
            self.lay(quad(-s.road, -25, s.road, FAR * 4), asphalt)
            if s.crossing:
                self.lay(quad(-90, s.crossing[0], 90, s.crossing[1]), asphalt)
            self._wear()
            self._lines()
        with self.canvas.thing("pavement"):
            self._kerbs()

    def _slabs(self) -> None:
        s = self.street
        for side in (-1, 1):
            for k in range(-6, 44):
                z = k * 1.1
                self.lay(quad(side * s.road, z, side * s.wall, z + 0.035), (122, 119, 114), mark=False)
            for across in (1.1, 2.2, 3.3):
                x = side * (s.road + across)
                self.lay(quad(x, -8, x + 0.03, 50), (126, 123, 118), mark=False)

    def _wear(self) -> None:
        rng, s = self.rng, self.street
        for _ in range(7):
            x, z = (rng.random() * 2 - 1) * (s.road - 1.4), rng.random() * 45
            w, d = 0.5 + rng.random() * 1.3, 0.8 + rng.random() * 6
            tone = 84 + rng.random() * 34
            self.lay(quad(x, z, x + w, z + d), (tone, tone, tone + 3), mark=False)
        for lane in (-0.5, 0.5):
            for rut in (-0.8, 0.8):
                x = lane * s.road * (0.6 if s.parking else 1) + rut
                self.lay(quad(x - 0.25, -20, x + 0.25, FAR), (98, 99, 103), mark=False)
        for _ in range(3):
            x, z = (rng.random() * 2 - 1) * (s.road - 1.2), 6 + rng.random() * 22
            ring = [(x + 0.33 * c, 0.0, z + 0.33 * d) for c, d in _RING]
            self.lay(ring, (66, 66, 68), mark=False)
            self.lay([(x + (p[0] - x) * 0.8, 0, z + (p[2] - z) * 0.8) for p in ring], (92, 91, 90), mark=False)

    def _lines(self) -> None:
        s, white = self.street, (226, 226, 220)
        gap = s.crossing or (1e9, 1e9)
        for k in range(-4, 30):
            z = k * 6.0
            if not gap[0] - 6 < z < gap[1] + 2:
                self.lay(quad(-0.07, z, 0.07, z + 3.2), white, mark=False)
        if s.parking:
            for side in (-1, 1):
                x = side * (s.road - 2.15)
                for z in range(-20, 130, 6):
                    if not gap[0] - 9 < z < gap[1] + 3:
                        self.lay(quad(x - 0.05, z, x + 0.05, z + 6), (206, 206, 200), mark=False)
                        self.lay(quad(x, z, side * s.road, z + 0.1), (206, 206, 200), mark=False)
        if s.crossing:
            for z in (s.crossing[0] - 4.2, s.crossing[1] + 1.2):
                self._zebra(z)
            self.lay(quad(0.1, s.crossing[0] - 5.6, s.road - 0.1, s.crossing[0] - 5.2), white, mark=False)

    def _zebra(self, z: float) -> None:
        s, stripes = self.street, int(self.street.road * 2 / 1.0)
        for k in range(stripes):
            x = -s.road + 0.25 + k * 1.0
            self.lay(quad(x, z, x + 0.5, z + 3.0), (232, 232, 226), mark=False)

    def _kerbs(self) -> None:
        s = self.street
        spans = [(-25.0, FAR)]
        if s.crossing:
            spans = [(-25.0, s.crossing[0]), (s.crossing[1], FAR)]
            for z, d in ((s.crossing[0], -0.22), (s.crossing[1], 0.22)):
                for side in (-1, 1):
                    self.lay(quad(side * s.road, z, side * 90, z + d), (186, 183, 176))
        for z0, z1 in spans:
            for side in (-1, 1):
                self.lay(quad(side * s.road, z0, side * (s.road + 0.2), z1), (190, 187, 180))
                self.lay(quad(side * (s.road - 0.28), z0, side * s.road, z1), (84, 85, 88), mark=False)

    def lighten(self, shade: Shade, lamps: Sequence[Point], stray: Sequence[tuple[Spot, float, Colour]]) -> None:
        """Turn the plain colours into what the lens sees: texture, shadows, lamps, our beam, air.

        Args:
            shade: The shadows.
            lamps: Where street lamps hang, world.
            stray: Other light on the ground: (x, z), reach in metres, colour as a factor.
        """
        canvas, light = self.canvas, self.canvas.light
        top = int(canvas.camera.horizon)
        field_ = self._field(shade, lamps, stray, rows=(HEIGHT - top) // 2)
        below = np.asarray(canvas.image.crop((0, top, WIDTH, HEIGHT))).astype(np.float32)
        rows = field_[0].shape[0] * 2
        x, z, depth = canvas.camera.ground(2)
        grain = self._grain(x, z, depth)[: rows // 2]
        for c in range(3):
            gain = np.repeat(np.repeat(field_[0][..., c] * grain, 2, 0), 2, 1)
            haze = np.repeat(np.repeat(field_[1][..., c], 2, 0), 2, 1)
            below[:rows, :, c] = below[:rows, :, c] * gain + haze
        del light
        canvas.image.paste(Image.fromarray(np.clip(below, 0, 255).astype(np.uint8)), (0, top))

    def _grain(self, x: Floats, z: Floats, depth: Floats) -> Floats:
        fine = sampled(noise(11, 128, 3), x * 42, z * 42) * np.clip(4.5 / depth, 0, 0.55)
        broad = sampled(noise(12, 16, 4), x * 9, z * 9) * np.clip(16 / depth, 0, 1)
        out: Floats = 1 + 0.22 * fine + 0.11 * broad
        return out

    def _field(
        self,
        shade: Shade,
        lamps: Sequence[Point],
        stray: Sequence[tuple[Spot, float, Colour]],
        rows: int,
    ) -> tuple[Floats, Floats]:
        light, camera = self.canvas.light, self.canvas.camera
        x, z, depth = camera.ground(4)
        ambient = np.array(light.fall((0.0, 1.0, 0.0)), dtype=np.float32)
        sun = np.array(light.sun, dtype=np.float32) * max(light.towards_sun[1], 0)
        plain = ambient - sun
        cast, contact = self._shadows(shade.cast, 1.2), self._shadows(shade.contact, 2.2)
        gain = plain * (1 - 0.55 * contact)[..., None] + sun * (1 - cast)[..., None] * (1 - 0.5 * contact)[..., None]
        if light.lamps:
            warm = np.array((1.0, 0.78, 0.48), dtype=np.float32)
            pool = np.zeros_like(x)
            for lx, ly, lz in lamps:
                pool += (1 + ((x - lx) ** 2 + (z - lz) ** 2) / (0.42 * ly * ly)) ** -1.5
            gain += warm * (pool * (0.62 if light.beam > 0.3 else 0.22) * (1 - 0.6 * contact))[..., None]
        for (sx, sz), reach, colour in stray:
            spot = np.exp(-((x - sx) ** 2 + (z - sz) ** 2) / (reach * reach))
            gain += spot[..., None] * np.array(colour, dtype=np.float32)
        if light.beam:
            lobe = np.exp(-depth / 19 - ((x - camera.x) / (1.6 + depth * 0.26)) ** 2) * np.clip((depth - 3.2) / 4, 0.25, 1)
            gain += (lobe * light.beam * 1.25)[..., None] * np.array((1, 0.96, 0.84), dtype=np.float32)
        seen = np.exp(-light.density * depth)[..., None]
        haze = (1 - seen) * np.array(light.air, dtype=np.float32)
        return _wide(gain * seen, rows), _wide(np.broadcast_to(haze, gain.shape), rows)

    def _shadows(self, polygons: Sequence[Sequence[Spot]], blur: float) -> Floats:
        camera = self.canvas.camera
        top = int(camera.horizon)
        sheet = Image.new("L", (WIDTH // 4, HEIGHT // 4))
        pen = ImageDraw.Draw(sheet)
        for polygon in polygons:
            spots = camera.outline([camera.view((x, 0, z)) for x, z in polygon])
            if len(spots) > 2:
                pen.polygon([(u / 4, v / 4) for u, v in spots], fill=255)
        soft = sheet.filter(ImageFilter.GaussianBlur(blur))
        rows = camera.ground(4)[0].shape[0]
        out = np.asarray(soft).astype(np.float32)[top // 4 :] / 255
        return out[:rows] if len(out) >= rows else np.pad(out, ((0, rows - len(out)), (0, 0)), mode="edge")


def _wide(field_: NDArray[np.float32], rows: int) -> Floats:
    layers = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(field_[..., c], dtype=np.float32)).resize(
                (WIDTH // 2, field_.shape[0] * 2), Image.Resampling.BILINEAR
            )
        )
        for c in range(3)
    ]
    return np.stack(layers, axis=2)[:rows]


_RING = [(float(np.cos(a)), float(np.sin(a))) for a in np.arange(14) * (2 * np.pi / 14)]
__all__ = ["UP", "mix"]
