"""A difference in AP: its parts, how sure they are, the objects that make it, and TIDE beside it.

A part is the Shapley value over the sixteen hybrids (`hybrids`): what the AP of a class changes by when this
part is taken from other instead of base, averaged over all orders in which the parts can be switched (Shapley
1953). So the parts of a class add up to its difference in AP, and a class adds its difference over the number
of classes to the whole.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.cells import class_mean
from aquarium_tui.compare.certainty.precision import (
    PrecisionSignificance,
    label_support,
    metric_replicates,
)
from aquarium_tui.compare.certainty.ranked import RankedPart
from aquarium_tui.compare.certainty.table import Resampled, certainties, typical_units
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.hybrids import HYBRIDS, PARTS, Hybrids, hybrids
from aquarium_tui.compare.objects.switches import Contributions, contributions
from aquarium_tui.compare.objects.tide import ErrorObjects, TideErrors, error_objects, tide_errors
from aquarium_tui.model.arrays import Counts, Flags, Floats
from aquarium_tui.model.settings import SIDES, Side


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


_ROUNDING = 1e-12
"""A part that is smaller is the rounding of a sum that is nothing."""


@dataclass(frozen=True, eq=False)
class ApDifference:
    """What is made of two sets, when it is first asked for.

    Attributes:
        sets: Base and other.
        frames: `(frames,)` bool, those that count; None counts all.
        slices: The objects of each set that count; None counts all.
        resampling: How the frames that count are drawn: replicates, seed, and what cancels it.
    """

    sets: tuple[Evaluation, Evaluation]
    frames: Flags | None
    slices: tuple[RankedPart | None, RankedPart | None] | None
    resampling: Callable[[int, int, Callable[[], bool]], Resampling]

    @cached_property
    def hybrids(self) -> Hybrids:
        """The sets that take some parts from base and others from other."""
        base, other = self.sets
        if self.slices is not None:
            return hybrids(base, other, self.frames, self.slices)
        # Kept beside the set, so that another threshold or screen costs nothing.
        key = None if self.frames is None else self.frames.tobytes()
        return base.against(other, key, lambda: hybrids(base, other, self.frames))

    @cached_property
    def parts(self) -> ApParts:
        """The difference as a sum."""
        return ApParts(self.hybrids.average_precisions)

    def significance(
        self, replicates: int, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
    ) -> PrecisionSignificance:
        """How sure the parts are, by part.

        The hybrids are made once, on the frames as they are; the draws weigh their matches anew.

        Args:
            replicates: How often the frames are drawn anew.
            seed: Of the draws.
            cancelled: Asked now and then whether to stop.

        Raises:
            CancelledError: `cancelled` said so.
        """
        found, resampling = self.hybrids, self.resampling(replicates, seed, cancelled)

        def drawn(hybrid: int) -> Floats:
            matches = found.matches(hybrid)
            within = matches if self.frames is None else matches.within(self.frames)
            return metric_replicates(within, resampling, ("AP",))["AP"]

        with ThreadPoolExecutor(2) as pool:
            parts = shapley(np.stack([*pool.map(drawn, range(HYBRIDS))]))
        part = None if self.slices is None else self.slices[0]
        units, labels, every = label_support(self.sets[0], "all", self.frames, resampling, part)
        per_class, total = {}, {}
        for name, values in zip(PARTS, parts, strict=True):
            differs = bool((np.abs(np.nan_to_num(values)) > _ROUNDING).any())
            per_class[name] = Resampled(values[0, 1:], values[1:, 1:], units * differs, labels)
            total[name] = Resampled(
                values[0, :1],
                values[1:, :1],
                np.array([every * differs]),
                labels.sum(keepdims=True),
                spread=typical_units(units),
            )
        return PrecisionSignificance(replicates, certainties(per_class), certainties(total))

    def contributions(
        self, part: str, class_: int | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> Contributions:
        """The objects that add to a part, of one class or of all.

        Raises:
            CancelledError: `cancelled` said so.
        """
        return contributions(self.hybrids, self.sets, part, class_, cancelled)

    def tide(self, side: Side) -> TideErrors | None:
        """TIDE's errors of one set, over all confidences; None for a slice, which TIDE does not know."""
        if self.slices is not None:
            return None
        return tide_errors(self.sets[SIDES.index(side)], self.frames)

    def error_objects(self, side: Side) -> ErrorObjects:
        """The objects behind TIDE's errors of one set."""
        return error_objects(self.sets[SIDES.index(side)], self.frames)
