"""Light and air: what a surface's own colour looks like at an hour, in a weather, at a distance."""

import math
from dataclasses import dataclass

from camera import Point

Colour = tuple[float, float, float]

UP: Point = (0.0, 1.0, 0.0)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return colour a with the given share of colour b."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def scaled(colour: Colour, factor: float) -> Colour:
    """Return a colour made brighter or darker."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def times(a: Colour, b: Colour) -> Colour:
    """Return the product of two colours, channel by channel."""
    return a[0] * b[0], a[1] * b[1], a[2] * b[2]


@dataclass(frozen=True)
class Light:
    """The light of one frame.

    Attributes:
        ambient: Light from everywhere, a factor a channel.
        sun: Light from one direction, a factor a channel.
        towards_sun: Unit vector, world.
        air: Colour of the far distance, 0..255.
        density: Share of the air's colour a metre (exponential).
        sky: Colours of the sky at the top and at the horizon, 0..255.
        clouds: Colour of the clouds, 0..255.
        cover: Share of the sky under clouds, 0..1.
        lamps: Whether street lamps, windows and head lights are on.
        beam: Strength of our own head lights.
        wet: Whether the road mirrors.
    """

    ambient: Colour
    sun: Colour
    towards_sun: Point
    air: Colour
    density: float
    sky: tuple[Colour, Colour]
    clouds: Colour
    cover: float
    lamps: bool
    beam: float
    wet: bool

    def fall(self, normal: Point) -> Colour:
        """Return the light on a surface that faces along a unit vector, a factor a channel."""
        s = self.towards_sun
        straight = max(0.0, normal[0] * s[0] + normal[1] * s[1] + normal[2] * s[2])
        dome = 0.8 + 0.2 * normal[1]
        return (
            self.ambient[0] * dome + self.sun[0] * straight,
            self.ambient[1] * dome + self.sun[1] * straight,
            self.ambient[2] * dome + self.sun[2] * straight,
        )

    def tone(self, albedo: Colour, seen: Point, fall: Colour, lit: float = 0.0) -> Colour:
        """Return the colour of a surface as the lens sees it.

        Args:
            albedo: Its own colour, 0..255.
            seen: Where it is, as (across, up, ahead) of the lens.
            fall: The light on it, a factor a channel.
            lit: Share of its own colour that it gives off whatever falls on it.

        Returns:
            Red, green, blue, 0..255, not clipped.
        """
        ahead = max(seen[2], 1.0)
        if self.beam:
            beam = self.beam * math.exp(-ahead / 22 - (seen[0] / (1.5 + ahead * 0.34)) ** 2) * (1.15 if seen[1] < 0 else 0.6)
            fall = (fall[0] + beam, fall[1] + beam * 0.97, fall[2] + beam * 0.86)
        k = 1 - math.exp(-self.density * ahead)
        k *= 1 - 0.6 * lit
        out = [a * (f + (max(1.0, f) - f) * lit) for a, f in zip(albedo, fall, strict=True)]
        return mix((out[0], out[1], out[2]), self.air, k)


_UNIT_SUN = {"day": (0.62, 0.62), "dusk": (0.86, 0.22), "night": (0.3, 0.8)}


def light_of(time_of_day: str, weather: str, side: float) -> Light:
    """Return the light of a frame.

    Args:
        time_of_day: day, dusk or night.
        weather: clear, rain or fog.
        side: Where the sun stands: -1 left of the street, 1 right of it.
    """
    across, up = _UNIT_SUN[time_of_day]
    along = math.sqrt(max(0.0, 1 - across * across - up * up))
    towards_sun = (side * across, up, -along if time_of_day == "day" else along)
    ambient, sun, air, sky, clouds = _CLEAR[time_of_day]
    density, cover = 0.0035, 0.42
    if weather == "rain":
        ambient, sun = scaled(ambient, 0.92 if time_of_day == "day" else 0.95), scaled(sun, 0.10)
        air, sky, clouds, density, cover = *_RAIN[time_of_day], 0.011, 1.0
    if weather == "fog":
        ambient, sun = scaled(ambient, 1.05), scaled(sun, 0.12)
        air = _FOG[time_of_day]
        sky, clouds, density, cover = (mix(air, sky[0], 0.15), air), air, 0.034, 0.0
    dark = time_of_day == "night"
    lamps = time_of_day != "day"
    beam = {"day": 0.0, "dusk": 0.16, "night": 0.78}[time_of_day]
    del dark
    return Light(ambient, sun, towards_sun, air, density, sky, clouds, cover, lamps, beam, weather == "rain")


_Sky = tuple[Colour, Colour]
_CLEAR: dict[str, tuple[Colour, Colour, Colour, _Sky, Colour]] = {
    "day": (
        (0.62, 0.66, 0.74),
        (0.56, 0.52, 0.42),
        (196, 212, 228),
        ((84, 142, 210), (196, 220, 238)),
        (248, 250, 252),
    ),
    "dusk": (
        (0.46, 0.43, 0.54),
        (0.62, 0.36, 0.16),
        (216, 158, 134),
        ((62, 72, 128), (252, 178, 112)),
        (226, 128, 112),
    ),
    "night": (
        (0.20, 0.23, 0.34),
        (0.04, 0.05, 0.08),
        (40, 42, 62),
        ((10, 14, 34), (52, 50, 72)),
        (42, 42, 60),
    ),
}
_RAIN: dict[str, tuple[Colour, _Sky, Colour]] = {
    "day": ((168, 176, 184), ((138, 148, 160), (190, 197, 204)), (118, 126, 138)),
    "dusk": ((132, 122, 132), ((84, 86, 108), (172, 146, 140)), (74, 74, 92)),
    "night": ((38, 42, 56), ((16, 19, 32), (50, 52, 66)), (26, 29, 44)),
}
_FOG: dict[str, Colour] = {"day": (202, 207, 211), "dusk": (188, 164, 156), "night": (62, 66, 80)}
