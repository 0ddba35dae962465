"""The colours that the classic interface gives to classes, as red, green, blue from 0 to 255."""

import numpy as np

Rgb = tuple[int, int, int]

orig_label_color_list: list[Rgb] = [
    (230, 25, 75),
    (60, 180, 75),
    (255, 225, 25),
    (67, 99, 216),
    (245, 130, 49),
    (145, 30, 180),
    (70, 240, 240),
    (240, 50, 230),
    (188, 246, 12),
    (250, 190, 190),
    (0, 128, 128),
    (230, 190, 255),
    (154, 99, 36),
    (255, 250, 200),
    (128, 0, 0),
    (170, 255, 195),
    (128, 128, 0),
    (255, 216, 177),
    (0, 0, 117),
    (128, 128, 128),
]
"""Twenty simple colours that are easily told apart."""

tableau_colors: list[Rgb] = [
    (31, 119, 180),
    (255, 127, 14),
    (44, 160, 44),
    (214, 39, 40),
    (148, 103, 189),
    (140, 86, 75),
    (227, 119, 194),
    (127, 127, 127),
    (188, 189, 34),
    (23, 190, 207),
]
"""Tableau's ten."""

_STEPS = 256
_TURBO = (
    (48, 18, 59),
    (63, 62, 156),
    (70, 102, 221),
    (69, 140, 253),
    (47, 178, 244),
    (26, 212, 208),
    (34, 235, 170),
    (82, 250, 122),
    (139, 255, 75),
    (183, 247, 53),
    (219, 226, 54),
    (245, 197, 58),
    (254, 161, 48),
    (249, 117, 29),
    (232, 75, 12),
    (206, 45, 4),
    (169, 22, 1),
    (122, 4, 3),
)
_VIRIDIS = (
    (68, 1, 84),
    (72, 23, 105),
    (71, 42, 122),
    (67, 61, 132),
    (61, 78, 138),
    (53, 94, 141),
    (46, 109, 142),
    (41, 123, 142),
    (35, 137, 142),
    (31, 151, 139),
    (33, 165, 133),
    (46, 179, 124),
    (70, 192, 111),
    (101, 203, 94),
    (137, 213, 72),
    (176, 221, 47),
    (216, 226, 25),
    (253, 231, 37),
)


def _scheme(stops: tuple[Rgb, ...]) -> list[Rgb]:
    """256 colours between evenly spaced ones; no channel is more than two off the published scheme."""
    place, at = np.linspace(0, len(stops) - 1, _STEPS), np.arange(len(stops))
    channels = [np.interp(place, at, [stop[i] for stop in stops]).round().astype(int) for i in range(3)]
    return [(int(r), int(g), int(b)) for r, g, b in zip(*channels, strict=True)]


turbo_rgb = _scheme(_TURBO)
"""Google's scheme Turbo, from dark to light."""
viridis_rgb = _scheme(_VIRIDIS)
"""Matplotlib's scheme Viridis, from dark to light."""


def spread(scheme: list[Rgb], count: int) -> list[Rgb]:
    """A colour for each of `count` classes, as far apart in a scheme as they can be."""
    step = max(10, len(scheme) // max(count, 1))
    return [scheme[step * i % len(scheme)] for i in range(count)]
