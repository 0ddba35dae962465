"""Where things are in a picture and on the display, and how one becomes the other."""

from typing import NamedTuple

Size = tuple[int, int]
"""Width, height in pixels."""

Region = tuple[float, float, float, float]
"""Left, top, right, bottom in source pixels, right and bottom exclusive; may reach beyond the picture."""

Color = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


class PixelBox(NamedTuple):
    """A box in display pixels, right and bottom exclusive; it may reach beyond the display."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> Size:
        """Width and height."""
        return (self.right - self.left, self.bottom - self.top)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of an array of the display that lie in the box."""
        return slice(max(self.top, 0), max(self.bottom, 0)), slice(max(self.left, 0), max(self.right, 0))

    def grown(self, by: int) -> "PixelBox":
        """The box with `by` pixels more on every side."""
        return PixelBox(self.left - by, self.top - by, self.right + by, self.bottom + by)


def whole(size: Size) -> Region:
    """The region that is all of a picture of `size`."""
    return (0.0, 0.0, float(size[0]), float(size[1]))


def scales(region: Region, pixels: Size) -> tuple[float, float]:
    """Display pixels per source pixel, across and down, when `region` is shown at `pixels`."""
    left, top, right, bottom = region
    return (pixels[0] / (right - left), pixels[1] / (bottom - top))


def part_of(region: Region, size: Size, target: Region) -> Region:
    """What `region` of a picture of `size` becomes when that picture fills `target`."""
    across, down = (target[2] - target[0]) / size[0], (target[3] - target[1]) / size[1]
    return (
        target[0] + region[0] * across,
        target[1] + region[1] * down,
        target[0] + region[2] * across,
        target[1] + region[3] * down,
    )
