"""Dashes and hatching as masks.

Positions count from the corner of the whole picture at display scale, not from that of the shown region, so
that dashes and hatching stay where they are while the region moves, and neighbouring boxes share their lines.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from aquarium_tui.model.picture import Size

Stencil = NDArray[np.bool_]


def rising(pixels: Size, origin: tuple[int, int], pitch: int, start: int, width: int) -> Stencil:
    """Lines from bottom left to top right (`/`), as a read-only `(height, width)` bool view.

    Args:
        pixels: Width and height of the display.
        origin: Position of its top left pixel in the whole picture at this scale.
        pitch: From one line to the next along a row.
        start: Where along a row the first line begins; may be negative.
        width: Pixels of a line along a row.
    """
    steps = np.arange(sum(pixels)) + sum(origin)
    return sliding_window_view((steps - start) % pitch < width, pixels[0])[: pixels[1]]


def falling(pixels: Size, origin: tuple[int, int], pitch: int, start: int, width: int) -> Stencil:
    r"""Lines from top left to bottom right (`\`); otherwise as `rising`."""
    steps = np.arange(sum(pixels)) + origin[0] - origin[1] - (pixels[1] - 1)
    return sliding_window_view((steps - start) % pitch < width, pixels[0])[: pixels[1]][::-1]


def dashes(length: int, origin: int, dash: int, gap: int, start: int) -> Stencil:
    """Dashes, one of them at `start`, on a line of `length` pixels that begins at `origin` in the picture."""
    return np.asarray((np.arange(length) + origin - start) % (dash + gap) < dash)
