"""A comparison of masks as queries see it."""

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import FrameBinding
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.query.schema import RowMask


class PixelBinding(FrameBinding[PixelComparison]):
    """A comparison of masks: only frames, whose numbers are all measures."""

    @property
    def frame(self) -> NDArray[np.int32]:
        """`(0,)`: there are no objects."""
        return np.zeros(0, np.int32)

    def present(self, entity: str) -> RowMask:
        """`(0,)`: there are no objects."""
        return np.zeros(0, bool)
