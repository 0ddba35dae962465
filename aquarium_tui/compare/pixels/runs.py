"""Several masks of one frame at once, as runs of pixels over which none of them changes.

Masks are large and plain: a few ten thousand runs stand for two million pixels. Counts, diff maps and maps of
classes are all made from the runs, so that a pixel is looked at only to find where runs begin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import ior
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.meaning import Meaning
from aquarium_tui.compare.pixels.reading import Raw

Classes = NDArray[np.int32]


@dataclass(frozen=True)
class Runs:
    """Runs in reading order; one may go on from a row into the next.

    Attributes:
        shape: Height and width of the label mask in pixels.
        length: `(runs,)` int64 pixels.
        label: `(runs,)` int32 evaluated class; see `Meaning`.
        base: The same under base.
        other: The same under other; base's where there is no other.
    """

    shape: tuple[int, int]
    length: NDArray[np.int64]
    label: Classes
    base: Classes
    other: Classes

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """One value a run, `(runs,)`, as a map `(height, width)` of the same dtype."""
        return np.repeat(values, self.length).reshape(self.shape)


def joint_runs(label: Raw, inferred: Sequence[Raw], meanings: Sequence[Meaning]) -> Runs:
    """The runs of a label mask and one or two inferred masks.

    Args:
        label: The values of its pixels, of any size.
        inferred: Those of base and, if chosen, other; resized to the label mask where they differ.
        meanings: What the values mean, of the labels first.
    """
    masks = [label, *(resized(mask, label.shape) for mask in inferred)]
    starts, length = runs_of(masks)
    found = [meaning.positions(mask.ravel()[starts]) for mask, meaning in zip(masks, meanings, strict=True)]
    height, width = label.shape
    return Runs((height, width), length, found[0], found[1], found[-1])


def runs_of(masks: Sequence[Raw]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where runs start in masks of one size, read row by row, and their lengths; both `(runs,)` int64."""
    flat = [mask.ravel() for mask in masks]
    changes: NDArray[np.bool_] = reduce(ior, (values[1:] != values[:-1] for values in flat))
    starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(changes) + 1])
    return starts, np.diff(np.append(starts, flat[0].size))


def resized(mask: Raw, shape: tuple[int, ...]) -> Raw:
    """The mask at `shape` (height, width): each pixel is the one nearest to its centre."""
    if mask.shape == shape:
        return mask
    rows, columns = (
        ((2 * np.arange(wanted) + 1) * there) // (2 * wanted)
        for wanted, there in zip(shape, mask.shape, strict=True)
    )
    return np.asarray(mask[rows[:, None], columns])
