"""Names for the array types that many modules share; a docstring gives the shape where one is used."""

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
