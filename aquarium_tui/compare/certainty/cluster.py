"""McNemar's test for objects that share frames.

Objects in one frame succeed and fail together. McNemar's own test takes each object for a coin of its own
and so finds too much: its error at .05 is .09 to .35 where outcomes in a frame are correlated by .1 to .4.
The unit here is the frame, or a group of frames that belong together.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.intervals import two_sided
from aquarium_tui.model.arrays import Floats

EXACT = 12
"""Up to so many frames that differ, all 2 ** 12 ways of flipping their signs are counted."""


def cluster_test(column: NDArray[Any], unit: NDArray[Any], change: NDArray[Any], columns: int) -> Floats:
    """Two-sided p-values of `(columns,)` sums of changes, if a unit's changes are as likely the other way.

    Obuchowski (1998) and Durkalski et al. (2003): the sum of the per-unit differences over the root of the
    sum of their squares. With few units that differ, the sum is compared with those under all flips of signs.
    1 where nothing differs.

    Args:
        column: `(n,)` int, which sum a change belongs to: a class, a cell, or all 0.
        unit: `(n,)` int, the frame or group of each change.
        change: `(n,)` number, such as +1 for an object that was fixed and -1 for one that was broken.
        columns: How many sums there are.
    """
    units = int(unit.max(initial=0)) + 1
    key, where = np.unique(column.astype(np.int64) * units + unit, return_inverse=True)
    difference = np.bincount(where, change, len(key)) if len(key) else np.zeros(0)
    key, difference = key[difference != 0], difference[difference != 0]
    of = key // units
    count = np.bincount(of, minlength=columns)
    total, square = (np.bincount(of, d, columns) for d in (difference, difference**2))
    score = np.divide(total, np.sqrt(square), out=np.zeros(columns), where=square > 0)
    p = two_sided(score)
    starts = np.searchsorted(of, np.arange(columns + 1))
    for few in np.flatnonzero((count > 0) & (count <= EXACT)):
        p[few] = sign_flips(difference[starts[few] : starts[few + 1]])
    return np.where(count == 0, 1.0, p)


def sign_flips(difference: Floats) -> float:
    """The share of all flips of the signs of `(n,)` differences whose sum is as far from 0 as theirs."""
    sums = np.zeros(1)
    for each in np.abs(difference):
        sums = np.concatenate([sums + each, sums - each])
    # Sums of whole numbers are exact; of others, a rounding error must not part a sum from its mirror.
    return float(np.mean(np.abs(sums) >= abs(difference.sum()) * (1 - 1e-9)))
