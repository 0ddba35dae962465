"""The part of a picture that is shown, and how large: the two numbers every drawing is made from."""

Size = tuple[int, int]
"""Width, height in pixels."""

Region = tuple[float, float, float, float]
"""Left, top, right, bottom in source pixels, right and bottom exclusive; may reach beyond the picture."""

Color = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


def scales(region: Region, pixels: Size) -> tuple[float, float]:
    """Display pixels per source pixel, across and down, when `region` is shown at `pixels`."""
    left, top, right, bottom = region
    return pixels[0] / max(right - left, 1e-9), pixels[1] / max(bottom - top, 1e-9)


def whole(size: Size) -> Region:
    """The region that is all of a picture of `size`."""
    return (0.0, 0.0, float(size[0]), float(size[1]))
