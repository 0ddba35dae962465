"""Names for array types that many modules share, and arithmetic of boxes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Whole = NDArray[np.int32]
Flags = NDArray[np.bool_]
RowNumbers = NDArray[np.int32]
"""Rows of a table; -1 where there is none."""
NamedArrays = dict[str, NDArray[Any]]
"""Arrays of any types and shapes by name, as a cache keeps them."""
CountMatrix = NDArray[np.int64]
"""`(n + 1, n + 1)` counts by label class and inferred class, background last."""


Boxes = NDArray[np.float64]


def areas(boxes: Boxes) -> NDArray[np.float64]:
    """Areas `(n,)` float64 in square pixels; 0 where width or height is not positive."""
    width = np.maximum(boxes[:, 2] - boxes[:, 0], 0.0)
    return np.asarray(width * np.maximum(boxes[:, 3] - boxes[:, 1], 0.0))


def intersections(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Common areas `(n,)` float64 of the boxes `a[i]` and `b[i]`, in square pixels."""
    width = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    height = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    return np.asarray(np.maximum(width, 0.0) * np.maximum(height, 0.0))


def ious(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Intersection over union `(n,)` float64 of the boxes `a[i]` and `b[i]`; 0 where a box has no area."""
    common = intersections(a, b)
    return ratio(common, areas(a) + areas(b) - common)


def ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> NDArray[np.float64]:
    """`numerator / denominator` as float64, and 0 where the denominator is not positive."""
    return np.asarray(np.divide(numerator, denominator, out=np.zeros(len(numerator)), where=denominator > 0))
