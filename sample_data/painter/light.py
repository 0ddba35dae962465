"""Light and air: what a surface's own colour looks like at a time of day, in some weather, at a distance."""

import math
from dataclasses import dataclass, replace

from painter.camera import Point

Colour = tuple[float, float, float]


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return colour a with the given share of colour b."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


def scaled(colour: Colour, factor: float) -> Colour:
    """Return a colour made brighter or darker."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


@dataclass(frozen=True)
class Light:
    """The light of one frame. Factors are a channel's, colours 0..255.

    Attributes:
        ambient: Light from everywhere, a factor.
        sun: Light from one direction, a factor.
        towards_sun: Unit vector, world.
        air: Colour of the far distance.
        density: How fast things fade into the air, per metre.
        sky: Colours of the sky at the top and at the horizon.
        clouds: Colour of the clouds.
        cover: How much of the sky is clouds, 0..1.
        beam: Strength of our own head lights.
        lamps: Whether street lamps, windows and head lights are on.
        wet: Whether the road reflects.
    """

    ambient: Colour
    sun: Colour
    towards_sun: Point
    air: Colour
    density: float
    sky: tuple[Colour, Colour]
    clouds: Colour
    cover: float
    beam: float
    lamps: bool
    wet: bool

    @property
    def dark(self) -> bool:
        """Whether most of the light comes from lamps."""
        return self.beam > 0.3

    def fall(self, normal: Point) -> Colour:
        """Return the light on a surface that faces along a unit vector, a factor."""
        s = self.towards_sun
        straight = max(0.0, normal[0] * s[0] + normal[1] * s[1] + normal[2] * s[2])
        dome = 0.8 + 0.2 * normal[1]
        r, g, b = (a * dome + c * straight for a, c in zip(self.ambient, self.sun, strict=True))
        return r, g, b

    def tone(self, albedo: Colour, seen: Point, fall: Colour, lit: float = 0.0) -> Colour:
        """Return the colour of a surface as the lens sees it.

        Args:
            albedo: Its own colour.
            seen: Where it is, from the lens, metres.
            fall: The light on it, a factor.
            lit: Share of its own colour that it gives off whatever falls on it.
        """
        ahead = max(seen[2], 1.0)
        if self.beam:
            reach = math.exp(-ahead / 22 - (seen[0] / (1.5 + ahead * 0.34)) ** 2)
            beam = self.beam * reach * (1.15 if seen[1] < 0 else 0.6)
            fall = (fall[0] + beam, fall[1] + beam * 0.97, fall[2] + beam * 0.86)
        r, g, b = (a * (f + (max(1.0, f) - f) * lit) for a, f in zip(albedo, fall, strict=True))
        return mix((r, g, b), self.air, (1 - math.exp(-self.density * ahead)) * (1 - 0.6 * lit))


def light_of(time_of_day: str, weather: str, side: int) -> Light:
    """Return the light of a frame.

    Args:
        time_of_day: day, dusk or night.
        weather: clear, rain or fog.
        side: Where the sun stands: -1 left of the street, 1 right of it.
    """
    hour = _HOURS[time_of_day]
    across, up, along = hour.towards_sun
    light = Light(
        ambient=hour.ambient,
        sun=hour.sun,
        towards_sun=(side * across, up, along),
        air=hour.air,
        density=0.0035,
        sky=hour.sky,
        clouds=hour.clouds,
        cover=0.42,
        beam=hour.beam,
        lamps=hour.beam > 0,
        wet=False,
    )
    if weather == "clear":
        return light
    return _rain(light, hour) if weather == "rain" else _fog(light, hour)


@dataclass(frozen=True)
class _Hour:
    """The light of a time of day, and the colours of its rain and its fog."""

    ambient: Colour
    sun: Colour
    towards_sun: Point
    air: Colour
    sky: tuple[Colour, Colour]
    clouds: Colour
    beam: float
    rain_air: Colour
    rain_sky: tuple[Colour, Colour]
    rain_clouds: Colour
    fog: Colour


def _rain(light: Light, hour: _Hour) -> Light:
    return replace(
        light,
        ambient=scaled(light.ambient, 1.04),
        sun=scaled(light.sun, 0.10),
        air=hour.rain_air,
        density=0.011,
        sky=hour.rain_sky,
        clouds=hour.rain_clouds,
        cover=1.0,
        wet=True,
    )


def _fog(light: Light, hour: _Hour) -> Light:
    return replace(
        light,
        ambient=scaled(light.ambient, 1.05),
        sun=scaled(light.sun, 0.12),
        air=hour.fog,
        density=0.034,
        sky=(mix(hour.fog, hour.sky[0], 0.15), hour.fog),
        cover=0.0,
    )


_HOURS = {
    "day": _Hour(
        ambient=(0.76, 0.79, 0.86),
        sun=(0.60, 0.55, 0.44),
        towards_sun=(0.62, 0.62, -0.48),
        air=(196, 212, 228),
        sky=((84, 142, 210), (196, 220, 238)),
        clouds=(248, 250, 252),
        beam=0.0,
        rain_air=(192, 199, 205),
        rain_sky=((150, 160, 172), (198, 205, 210)),
        rain_clouds=(148, 156, 166),
        fog=(202, 207, 211),
    ),
    "dusk": _Hour(
        ambient=(0.56, 0.51, 0.60),
        sun=(0.66, 0.40, 0.20),
        towards_sun=(0.86, 0.22, 0.46),
        air=(216, 158, 134),
        sky=((62, 72, 128), (252, 178, 112)),
        clouds=(226, 128, 112),
        beam=0.16,
        rain_air=(156, 142, 148),
        rain_sky=((92, 94, 116), (176, 154, 152)),
        rain_clouds=(92, 90, 108),
        fog=(188, 164, 156),
    ),
    "night": _Hour(
        ambient=(0.31, 0.33, 0.43),
        sun=(0.04, 0.05, 0.08),
        towards_sun=(0.3, 0.8, 0.52),
        air=(40, 42, 62),
        sky=((10, 14, 34), (52, 50, 72)),
        clouds=(42, 42, 60),
        beam=0.78,
        rain_air=(38, 42, 56),
        rain_sky=((16, 19, 32), (50, 52, 66)),
        rain_clouds=(26, 29, 44),
        fog=(62, 66, 80),
    ),
}
