"""What the values of pixels mean: which evaluated class each is."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.masks import Masks

IGNORED = -1
"""Stands for the class of a pixel that leaves every count."""

_LISTED = 1 << 16


@dataclass(frozen=True)
class Meaning:
    """Evaluated classes by the value of a pixel.

    Attributes:
        value: `(values,)` int64, ascending.
        position: `(values,)` int32, the position of each in the evaluated classes, or `unnamed`.
        unnamed: What every other value means.
    """

    value: NDArray[np.int64]
    position: NDArray[np.int32]
    unnamed: int

    def positions(self, values: NDArray[Any]) -> NDArray[np.int32]:
        """The class of each of `(n,)` values of pixels, int32."""
        if values.dtype.itemsize <= 2:
            return np.asarray(self._table[values])
        return self._found(values.astype(np.int64))

    @cached_property
    def _table(self) -> NDArray[np.int32]:
        return self._found(np.arange(_LISTED))

    def _found(self, values: NDArray[np.int64]) -> NDArray[np.int32]:
        known = np.append(self.value, -1)
        at = np.searchsorted(self.value, values)
        position = np.append(self.position, np.int32(self.unnamed))
        return np.where(known[at] == values, position[at], np.int32(self.unnamed))


def label_meaning(masks: Masks, classes: ClassMap) -> Meaning:
    """Of label masks: what is of an ignored class, or of none, is `IGNORED`."""
    return _meaning(masks, classes, IGNORED)


def inferred_meaning(masks: Masks, classes: ClassMap) -> Meaning:
    """Of inferred masks: what is of an ignored class, or of none, is background, after the last class."""
    return _meaning(masks, classes, len(classes.evaluated_names))


def _meaning(masks: Masks, classes: ClassMap, unnamed: int) -> Meaning:
    values = np.array(sorted(masks.values), dtype=np.int64)
    entries = [classes.positions_by_id[masks.values[value]] for value in values.tolist()]
    position = classes.evaluated[np.array(entries, dtype=np.int64)]
    return Meaning(values, np.where(position < 0, np.int32(unnamed), position), unnamed)
