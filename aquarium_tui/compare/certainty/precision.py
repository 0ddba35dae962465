"""COCO's metrics of one set on re-weighted frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.ranked import IOUS, Events, RankedMatches
from aquarium_tui.model.arrays import Floats, Whole

_RECALLS = np.linspace(0.0, 1.0, 101)
"""COCO reads precision at these recalls. As floats they differ from i/100 by an ulp here and there, and a
recall that falls short of one by an ulp does not reach it; so they are compared as pycocotools does."""

PRECISIONS = {"AP": ("all", None), "AP50": ("all", 0), "AP75": ("all", 5)} | {
    "APs": ("small", None),
    "APm": ("medium", None),
    "APl": ("large", None),
}
"""Size and IoU threshold (all ten where None) of each average precision."""

RECALLS = {"AR1": ("all", 1), "AR10": ("all", 10), "AR100": ("all", 100)} | {
    "ARs": ("small", 100),
    "ARm": ("medium", 100),
    "ARl": ("large", 100),
}
"""Size and most inferences per class and frame of each average recall."""


@dataclass(frozen=True, eq=False)
class WeightedPrecision:
    """Asks the matches of one set for COCO's metrics, under any weights of the frames.

    Attributes:
        matches: The matches, at every size that `names` needs.
        names: Metrics wanted, of `PRECISIONS` and `RECALLS`.
    """

    matches: RankedMatches
    names: tuple[str, ...]

    def of(self, weights: Whole) -> dict[str, Floats]:
        """The metrics, `(classes,)` each, NaN for a class without labels.

        Args:
            weights: `(frames,)` int32, how often each frame counts. With ones, the result is COCO's own.
        """
        found: dict[str, Floats] = {}
        each = np.take(weights.astype(np.int32), self._frame, mode="clip")
        for size, plan in self._plans.items():
            labels = plan.labels(weights)
            if any(name in self.names and s == size for name, (s, _) in PRECISIONS.items()):
                table = plan.precisions(each, labels)
                for name, (of, threshold) in PRECISIONS.items():
                    if of == size and name in self.names:
                        found[name] = table.mean(axis=1) if threshold is None else table[:, threshold]
            for name, (of, most) in RECALLS.items():
                if of == size and name in self.names:
                    found[name] = plan.recalls(each, labels, most)
        return found

    @cached_property
    def _frame(self) -> NDArray[np.intp]:
        return self.matches.frame.astype(np.intp)

    @cached_property
    def _plans(self) -> Mapping[str, "_Plan"]:
        wanted = {size for name, (size, _) in (PRECISIONS | RECALLS).items() if name in self.names}
        return {s: _Plan.of(self.matches, events) for s, events in self.matches.events.items() if s in wanted}


@dataclass(frozen=True, eq=False)
class _Plan:
    """What does not depend on the weights.

    Attributes:
        matches: The matches of all sizes.
        events: Those of one size.
        at: `(events,)` places in the ranking, as NumPy takes them fastest.
        segment: `(events,)` segment of each event.
        full: `(k,)` segments with events.
        firsts: `(k,)` where each of them begins in the events.
        class_: `(events,)` the place where the class of each event starts in the ranking.
        barrier: `(events,)` float64, keeps running maxima within their segment.
        everything: Whether all inferences count.
        adds: Whether any event changes how many inferences count.
    """

    matches: RankedMatches
    events: Events
    at: NDArray[np.intp]
    segment: NDArray[np.intp]
    full: NDArray[np.intp]
    firsts: NDArray[np.intp]
    class_: NDArray[np.intp]
    barrier: Floats
    everything: bool
    adds: bool

    @classmethod
    def of(cls, matches: RankedMatches, events: Events) -> "_Plan":
        """The plan of one size."""
        lengths = np.diff(events.starts)
        segment = np.repeat(np.arange(len(lengths)), lengths)
        full = np.flatnonzero(lengths)
        return cls(
            matches=matches,
            events=events,
            at=events.at.astype(np.intp),
            segment=segment,
            full=full,
            firsts=events.starts[full].astype(np.intp),
            class_=matches.starts[segment // len(IOUS)].astype(np.intp),
            # Maxima run from the last event to the first. Precision is at most 1, so steps of 2 between
            # segments keep a maximum from reaching the segment before.
            barrier=(2.0 * (len(lengths) - segment)).astype(np.float64),
            everything=bool(events.counted.all()),
            adds=bool(events.extra.any()),
        )

    def labels(self, weights: Whole) -> Floats:
        """`(classes,)`: how many labels of this size the frames have."""
        events = self.events
        counts = np.bincount(events.label_class, weights[events.label_frame], self.matches.classes)
        return counts.astype(np.float64)

    def precisions(self, each: Whole, labels: Floats) -> Floats:
        """`(classes, thresholds)` average precision, NaN where a class has no labels."""
        classes, thresholds = self.matches.classes, len(IOUS)
        sums = np.zeros(classes * thresholds)
        if len(self.at):
            sums[self.full] = np.add.reduceat(self._read(each, labels), self.firsts)
        table = (sums / len(_RECALLS)).reshape(classes, thresholds)
        return np.where(labels[:, None] > 0, table, np.nan)

    def _read(self, each: Whole, labels: Floats) -> Floats:
        """`(events,)`: the precisions that are read at each event, added up."""
        weight = np.take(each, self.at, mode="clip")
        found = weight * self.events.right
        right = self._running(found)
        best = self._best_from_here(right / np.maximum(self._counted(each, weight), 1))
        every = np.repeat(labels, len(IOUS))
        recall = right / np.take(np.maximum(every, 1.0), self.segment, mode="clip")
        nearest = (recall * (len(_RECALLS) - 1) + 0.5).astype(np.int32)
        reached = nearest + (np.take(_RECALLS, nearest, mode="clip") <= recall)
        # Recall 0 is read at the first label that is found, not at an event that does not count.
        reached[right == 0] = 0
        steps = np.diff(reached, prepend=0)
        steps[self.firsts] = reached[self.firsts]
        return np.asarray(best * steps)

    def _counted(self, each: Whole, weight: Whole) -> Whole:
        """`(events,)`: how many inferences of the class count, up to and including each event."""
        seen = np.zeros(len(each) + 1, np.int32)
        np.cumsum(each if self.everything else each * self.events.counted, dtype=np.int32, out=seen[1:])
        total = np.take(seen, self.at + 1, mode="clip") - np.take(seen, self.class_, mode="clip")
        return total + self._running(weight * self.events.extra) if self.adds else total

    def _best_from_here(self, precision: Floats) -> Floats:
        """The highest precision from each event to the end of its segment."""
        precision += self.barrier
        best = np.maximum.accumulate(precision[::-1])[::-1]
        best -= self.barrier
        return best

    def _running(self, values: Whole) -> Whole:
        """Sums up to each event, anew in each segment."""
        sums = np.cumsum(values, dtype=np.int32)
        before = np.zeros(len(self.events.starts) - 1, np.int32)
        before[self.full] = sums[self.firsts] - values[self.firsts]
        return sums - np.take(before, self.segment, mode="clip")

    def recalls(self, each: Whole, labels: Floats, most: int) -> Floats:
        """`(classes,)` recall averaged over the thresholds, NaN where a class has no labels."""
        right = np.take(each, self.at, mode="clip") * self.events.right
        right *= self.matches.place[self.at] < most
        sums = np.bincount(self.segment, right, len(self.events.starts) - 1)
        found = sums.reshape(self.matches.classes, len(IOUS)).mean(axis=1)
        return np.where(labels > 0, found / np.maximum(labels, 1), np.nan)
