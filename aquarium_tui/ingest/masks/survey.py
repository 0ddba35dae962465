"""What a mask holds: its size, and how many pixels have each value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.joint_counts import runs_of
from aquarium_tui.errors import InputError
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.model.masks import COLOR
from aquarium_tui.model.names import visible


@dataclass(frozen=True)
class Survey:
    """One mask.

    Attributes:
        width: In pixels.
        height: The same.
        value: `(values,)` int64, ascending, as in `Masks.values`.
        pixels: `(values,)` int64: how many pixels have it.
    """

    width: int
    height: int
    value: NDArray[np.int64]
    pixels: NDArray[np.int64]

    @property
    def colored(self) -> bool:
        """Whether it is colour-coded."""
        return bool(self.value[-1] >= COLOR)


def survey(path: str) -> Survey | str:
    """The survey of the mask at `path`, or why it cannot be read."""
    try:
        raw = read_mask(path)
    except InputError as error:
        return error.message.removesuffix(f": {visible(path)}")
    starts, length = runs_of([raw])
    height, width = raw.shape
    return Survey(width, height, *_summed(raw.ravel()[starts], length))


def _summed(values: NDArray[Any], length: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct values of runs, ascending, and the sum of their lengths."""
    if values.dtype.itemsize <= 2:
        sums = np.bincount(values, length)
        found = np.flatnonzero(sums)
        return found, sums[found].astype(np.int64)
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct.astype(np.int64), np.bincount(inverse, length).astype(np.int64)
