"""The difference in AP of two sets as a sum: over classes, and within each class over four parts.

A part is the Shapley value over the sixteen hybrids (`hybrids`): what the AP of a class changes by when this
part is taken from other instead of base, averaged over all orders in which the parts can be switched (Shapley
1953). So the parts of a class add up to its difference in AP, and a class adds its difference over the number
of classes to the whole.
"""

from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np

from aquarium_tui.compare.rates import class_mean
from aquarium_tui.model.arrays import Counts, Floats


@dataclass(frozen=True)
class ApParts:
    """What a difference in AP is made of.

    Attributes:
        hybrids: `(HYBRIDS, classes)` float64 AP of each hybrid; NaN for a class without labels.
    """

    hybrids: Floats

    @property
    def base(self) -> Floats:
        """`(classes,)`: AP of base."""
        return np.asarray(self.hybrids[0])

    @property
    def other(self) -> Floats:
        """`(classes,)`: AP of other."""
        return np.asarray(self.hybrids[-1])

    @cached_property
    def per_class(self) -> Floats:
        """`(parts, classes)`: the parts in the order of `PARTS`; they add up to other − base."""
        return shapley(self.hybrids)

    @cached_property
    def total(self) -> Floats:
        """`(parts,)`: the parts of the mean over the classes."""
        return np.asarray(class_mean(self.per_class))

    def by_labels(self, support: Counts) -> float:
        """The difference in AP where classes count by their labels instead of all alike."""
        return float(class_mean(self.other - self.base, support))

    @cached_property
    def shares(self) -> Floats:
        """`(classes,)`: what each class adds to the difference of the mean; 0 for one without labels."""
        known = ~np.isnan(self.base)
        return np.where(known, self.other - self.base, 0.0) / max(int(known.sum()), 1)


def shapley(values: Floats) -> Floats:
    """The Shapley values of players who each stand for a bit.

    Args:
        values: `(2 ** players, …)`, what each coalition is worth; bit i of its number is player i.

    Returns:
        `(players, …)`; they add up to the worth of all minus that of none.
    """
    players = len(values).bit_length() - 1
    found = np.zeros((players, *values.shape[1:]))
    for coalition in range(len(values)):
        before = coalition.bit_count()
        for player in range(players):
            if not coalition >> player & 1:
                weight = factorial(before) * factorial(players - before - 1) / factorial(players)
                found[player] += weight * (values[coalition | 1 << player] - values[coalition])
    return found
