"""A difference in AP: its parts, how sure they are, the objects that make it, and TIDE's errors beside it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.intervals import typical_units
from aquarium_tui.compare.certainty.ranked import RankedPart
from aquarium_tui.compare.certainty.table import Resampled, certainties
from aquarium_tui.compare.objects.ap_parts import ApParts, shapley
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.hybrids import HYBRIDS, PARTS, Hybrids, hybrids
from aquarium_tui.compare.objects.precision_significance import (
    PrecisionSignificance,
    label_support,
    metric_replicates,
)
from aquarium_tui.compare.objects.switches import Contributions, contributions
from aquarium_tui.compare.objects.tide import ErrorObjects, TideErrors, error_objects, tide_errors
from aquarium_tui.model.arrays import Flags, Floats
from aquarium_tui.model.settings import SIDES, Side

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
