"""COCO's metrics on re-weighted frames, and how sure their deltas are: for COCO val2017, seconds of work."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, ValueIntervals
from aquarium_tui.compare.cells import class_mean
from aquarium_tui.compare.certainty.ranked import (
    IOUS,
    SIZES,
    Events,
    RankedMatches,
    RankedPart,
    ranked_matches,
)
from aquarium_tui.compare.certainty.table import Certainty, Resampled, certainties, interval_of, typical_units
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.model.arrays import Counts, Floats, NamedArrays, Whole, areas

_RECALLS = np.linspace(0.0, 1.0, 101)
"""COCO reads precision at these recalls. As floats they differ from i/100 by an ulp here and there, and a
recall that falls short of one by an ulp does not reach it; so they are compared as pycocotools does."""

Packed = NDArray[np.int64]
"""Counts of two draws in one array: those of the second in the upper half of each number."""

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
        return next(self.under([weights]))

    def under(self, draws: Iterable[Whole]) -> Iterator[dict[str, Floats]]:
        """The metrics as of `of`, under each of many weights of the frames."""
        given = iter(draws)
        while pair := [*islice(given, 2)]:
            yield from self._of_pair(pair)

    def _of_pair(self, pair: Sequence[Whole]) -> Sequence[dict[str, Floats]]:
        """The metrics under one or two weights.

        Most of the time goes into sums of whole numbers along the ranking. Two draws share numbers of 64
        bits, so that their sums are made at once: that takes two thirds of the time.
        """
        each = np.take(_packed(pair), self._frame, mode="clip", out=self._each)
        counts = {size: plan.counts(each) for size, plan in self._plans.items()}
        return [self._metrics(each, counts, place, weights) for place, weights in enumerate(pair)]

    def _metrics(
        self, each: Packed, counts: Mapping[str, tuple[Packed, Packed]], place: int, weights: Whole
    ) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for size, plan in self._plans.items():
            labels = plan.labels(weights)
            if any(name in self.names and s == size for name, (s, _) in PRECISIONS.items()):
                right, counted = (_unpacked(column, place) for column in counts[size])
                table = plan.precisions(right, counted, labels)
                for name, (of, threshold) in PRECISIONS.items():
                    if of == size and name in self.names:
                        found[name] = table.mean(axis=1) if threshold is None else table[:, threshold]
            for name, (of, most) in RECALLS.items():
                if of == size and name in self.names:
                    found[name] = plan.recalls(_unpacked(each, place), labels, most)
        return found

    @cached_property
    def _each(self) -> Packed:
        """Where the weights along the ranking go, every time: new memory costs more than the sums."""
        return np.empty(len(self.matches.frame), np.int64)

    @cached_property
    def _frame(self) -> NDArray[np.intp]:
        return self.matches.frame.astype(np.intp)

    @cached_property
    def _plans(self) -> Mapping[str, "_Plan"]:
        wanted = {size for name, (size, _) in (PRECISIONS | RECALLS).items() if name in self.names}
        return {s: _Plan.of(self.matches, events) for s, events in self.matches.events.items() if s in wanted}


_HALF = 32
"""Bits of a draw: no ranking is so long that a count needs more."""


def _packed(pair: Sequence[Whole]) -> Packed:
    """`(frames,)` int64: the weights of one draw, and those of a second one in the upper half."""
    found = pair[0].astype(np.int64)
    if len(pair) > 1:
        found += pair[1].astype(np.int64) << _HALF
    return found


def _unpacked(sums: Packed, place: int) -> Packed:
    """What sums of such numbers, none below 0, are of the first draw or the second."""
    return np.asarray(sums >> _HALF if place else sums & ((1 << _HALF) - 1))


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

    def counts(self, each: Packed) -> tuple[Packed, Packed]:
        """`(events,)` each: how many labels are found, and how many inferences count, up to each event."""
        weight = np.take(each, self.at, mode="clip")
        return self._running(weight * self.events.right), self._counted(each, weight)

    def precisions(self, right: Packed, counted: Packed, labels: Floats) -> Floats:
        """`(classes, thresholds)` average precision of one draw, NaN where a class has no labels."""
        classes, thresholds = self.matches.classes, len(IOUS)
        sums = np.zeros(classes * thresholds)
        if len(self.at):
            sums[self.full] = np.add.reduceat(self._read(right, counted, labels), self.firsts)
        table = (sums / len(_RECALLS)).reshape(classes, thresholds)
        return np.where(labels[:, None] > 0, table, np.nan)

    def _read(self, right: Packed, counted: Packed, labels: Floats) -> Floats:
        """`(events,)`: the precisions that are read at each event, added up."""
        best = self._best_from_here(right / np.maximum(counted, 1))
        table, starts = _recalls_reached(labels)
        reached = np.take(table, right + np.take(starts, self.segment, mode="clip"), mode="clip")
        steps = np.diff(reached, prepend=0)
        steps[self.firsts] = reached[self.firsts]
        return np.asarray(best * steps)

    def _counted(self, each: Packed, weight: Packed) -> Packed:
        seen = self._seen
        np.cumsum(each if self.everything else each * self.events.counted, out=seen[1:])
        total = np.take(seen, self.at + 1, mode="clip") - np.take(seen, self.class_, mode="clip")
        return total + self._running(weight * self.events.extra) if self.adds else total

    @cached_property
    def _seen(self) -> Packed:
        """Where sums along the ranking go, every time, after a 0."""
        return np.zeros(len(self.matches.frame) + 1, np.int64)

    def _best_from_here(self, precision: Floats) -> Floats:
        """The highest precision from each event to the end of its segment."""
        precision += self.barrier
        best = np.maximum.accumulate(precision[::-1])[::-1]
        best -= self.barrier
        return best

    def _running(self, values: Packed) -> Packed:
        """Sums up to each event, anew in each segment."""
        sums = np.cumsum(values)
        before = np.zeros(len(self.events.starts) - 1, np.int64)
        before[self.full] = sums[self.firsts] - values[self.firsts]
        return sums - np.take(before, self.segment, mode="clip")

    def recalls(self, each: Packed, labels: Floats, most: int) -> Floats:
        """`(classes,)` recall averaged over the thresholds, NaN where a class has no labels."""
        right = np.take(each, self.at, mode="clip") * self.events.right
        right *= self.matches.place[self.at] < most
        sums = np.bincount(self.segment, right, len(self.events.starts) - 1)
        found = sums.reshape(self.matches.classes, len(IOUS)).mean(axis=1)
        return np.where(labels > 0, found / np.maximum(labels, 1), np.nan)


def _recalls_reached(labels: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many of COCO's recalls are reached once 0, 1, … labels of a class are found.

    Args:
        labels: `(classes,)` how many each class has.

    Returns:
        The numbers of all classes in a row, and `(segments,)` where those of the class of each begin.
    """
    lengths = labels.astype(np.int64) + 1
    starts = np.cumsum(lengths) - lengths
    found = np.arange(lengths.sum()) - np.repeat(starts, lengths)
    recall = found / np.repeat(np.maximum(labels, 1.0), lengths)
    nearest = (recall * (len(_RECALLS) - 1) + 0.5).astype(np.int64)
    reached = nearest + (_RECALLS[nearest] <= recall)
    # Recall 0 is read at the first label that is found, not at an event that does not count.
    reached[starts] = 0
    return reached, np.repeat(starts, len(IOUS))


def metric_replicates(
    matches: RankedMatches, resampling: Resampling, names: Sequence[str]
) -> dict[str, Floats]:
    """COCO's metrics on the frames as they are, then in each replicate.

    Args:
        matches: Of the set.
        resampling: How frames are drawn.
        names: Which metrics, of `precision.PRECISIONS` and `precision.RECALLS`.

    Returns:
        By name `(1 + replicates, 1 + classes)`, the mean over the classes first; NaN where undefined.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    weighted = WeightedPrecision(matches, tuple(names))
    found = {name: np.empty((1 + resampling.replicates, 1 + matches.classes)) for name in names}
    once = np.ones(resampling.frames, np.int32)
    for row, metrics in enumerate(weighted.under(chain([once], resampling.weights()))):
        for name, values in metrics.items():
            found[name][row, 0] = class_mean(values)
            found[name][row, 1:] = values
    return found


_MIX = np.uint64(0x9E3779B97F4A7C15)
"""An odd number whose bits look random (2**64 divided by the golden ratio): a product spreads all bits."""

FAMILIES = (tuple(PRECISIONS)[:3], (*tuple(PRECISIONS)[3:], *RECALLS))
"""Metrics whose p-values are adjusted together: AP, AP50 and AP75, which screens list, and the nine others. A
family is always computed whole, so that a metric is as sure in a list of three as in one of twelve."""

_SIZE_OF = {name: size for name, (size, _) in (PRECISIONS | RECALLS).items()}
"""The size of objects that each metric looks at."""


@dataclass(frozen=True)
class PrecisionSignificance:
    """How sure the deltas of COCO's metrics are.

    Attributes:
        replicates: How often the frames were drawn anew.
        per_class: By metric, of each class `(classes,)`.
        total: By metric, of the mean over the classes `(1,)`; of other averages as `METRIC_AVERAGE`.
    """

    replicates: int
    per_class: Mapping[str, Certainty]
    total: Mapping[str, Certainty]

    def of_all(self, metric: str, average: str) -> Certainty | None:
        """One metric over all classes, `(1,)`; None where that average is not known."""
        return self.total.get(metric if average == "macro" else f"{metric}_{average}")


def precision_significance(
    sets: tuple[Evaluation, Evaluation],
    frames: NDArray[np.bool_] | None,
    resampling: Resampling,
    names: Sequence[str],
    parts: tuple[RankedPart | None, RankedPart | None] = (None, None),
) -> PrecisionSignificance:
    """Intervals, p- and q-values of the deltas of COCO's metrics, other minus base; `q` covers a family.

    A class has a part in a frame that has labels of it. That is more generous than for rates, because AP
    depends on every confidence, and two sets differ in those nearly everywhere.

    Both sets see the same draws. They run in two threads: NumPy lets go of the interpreter while it works on
    whole arrays, so two cores are used.

    Args:
        sets: Base and other.
        frames: `(frames,)` bool, the frames that count; None counts all.
        resampling: How those frames are drawn.
        names: Which metrics, of `PRECISIONS` and `RECALLS`.
        parts: The objects that count under each set; None counts all.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    families = [family for family in FAMILIES if set(family) & set(names)]
    every_name = [name for family in families for name in family]
    with ThreadPoolExecutor(2) as pool:
        base, other = pool.map(
            lambda e, part: replicated(e, frames, resampling, every_name, part), sets, parts
        )
    differing, differing_at_all = _differing_units(sets, frames, resampling)
    per_class, total = {}, {}
    for name in every_name:
        delta = other[name] - base[name]
        units, labels, every = label_support(sets[0], _SIZE_OF[name], frames, resampling, parts[0])
        units, every = np.minimum(units, differing), min(every, differing_at_all)
        differs = bool(np.nan_to_num(delta).any())
        per_class[name] = Resampled(delta[0, 1:], delta[1:, 1:], units * differs, labels)
        total[name] = Resampled(
            delta[0, :1],
            delta[1:, :1],
            np.array([every * differs]),
            labels.sum(keepdims=True),
            spread=typical_units(units),
        )
    sure = (_adjusted_by_family(table, families, names) for table in (per_class, total))
    return PrecisionSignificance(resampling.replicates, *sure)


def _differing_units(
    sets: Sequence[Evaluation], frames: NDArray[np.bool_] | None, resampling: Resampling
) -> tuple[Counts, int]:
    """In how many units the inferences of each class differ between two sets, `(classes,)`, and of any class.

    The boxes and confidences of a class in a unit are compared by the sums of 32 bits that are mixed from
    each: sums do not depend on the order, and are exact in a float64.
    """
    n = len(sets[0].dataset.project.class_map.evaluated_names)
    sums = []
    for one in sets:
        objects, class_, frame = one.inferences.objects, one.classes.inference, one.inferences.objects.frame
        counted = class_ >= 0
        if frames is not None:
            counted &= frames[frame]
            frame = (np.cumsum(frames).astype(np.int32) - 1)[frame]
        rows = np.flatnonzero(counted)
        mixed = np.zeros(len(rows), np.uint64)
        for values in (objects.confidence[rows], *objects.box[rows].T):
            mixed = (mixed ^ np.ascontiguousarray(values, np.float64).view(np.uint64)) * _MIX
            mixed ^= mixed >> np.uint64(29)
        at = class_[rows].astype(np.int64) * resampling.units + resampling.unit(frame[rows])
        bits = (mixed >> np.uint64(32)).astype(np.float64) + 1  # One of which all bits are 0 counts, too.
        sums.append(np.bincount(at, bits, n * resampling.units))
    differ = (sums[0] != sums[1]).reshape(n, -1)
    return differ.sum(axis=1), int(differ.any(axis=0).sum())


def _adjusted_by_family(
    table: Mapping[str, Resampled], families: Sequence[Sequence[str]], names: Sequence[str]
) -> dict[str, Certainty]:
    """How sure the metrics of `names` are; the table has all metrics of the families."""
    found: dict[str, Certainty] = {}
    for family in families:
        found |= certainties({name: table[name] for name in family})
    return {name: found[name] for name in names}


def precision_values(
    evaluation: Evaluation,
    frames: NDArray[np.bool_] | None,
    resampling: Resampling,
    names: Sequence[str],
    part: RankedPart | None = None,
) -> ValueIntervals:
    """Intervals of COCO's metrics of one set by themselves; see `precision_significance`.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    found = replicated(evaluation, frames, resampling, names, part)
    per_class, total = {}, {}
    for name in names:
        units, labels, _ = label_support(evaluation, _SIZE_OF[name], frames, resampling, part)
        per_class[name] = interval_of(found[name][:, 1:], units, labels)
        total[name] = interval_of(found[name][:, :1], typical_units(units), labels.sum(keepdims=True))
    return ValueIntervals(per_class, {"macro": total}, total)


def replicated(
    evaluation: Evaluation,
    frames: NDArray[np.bool_] | None,
    resampling: Resampling,
    names: Sequence[str],
    part: RankedPart | None,
) -> NamedArrays:
    """The metrics of one set; those on all frames are kept, as no setting has a part in them."""

    def make() -> NamedArrays:
        wanted = [size for size in SIZES if size in {_SIZE_OF[name] for name in names}]
        n = len(evaluation.dataset.project.class_map.evaluated_names)
        if evaluation.inferences.unranked:
            return {name: np.full((1 + resampling.replicates, 1 + n), np.nan) for name in names}
        objects, classes = evaluation.inferences.objects, evaluation.classes
        counted = part or labelled_part(evaluation)
        matches = ranked_matches(evaluation.dataset, objects, classes, n, wanted, part=counted)
        within = matches if frames is None else matches.within(frames)
        return {**metric_replicates(within, resampling, names)}

    if frames is not None or part is not None:
        return make()
    return evaluation.remembered(replicated_name(resampling, names), make)


def labelled_part(evaluation: Evaluation) -> RankedPart | None:
    """What counts of a set where not every object is labelled; None where all are.

    Inferences that find no label are no false alarms there.
    """
    if not evaluation.unlabelled.any():
        return None
    return RankedPart(np.ones(len(evaluation.dataset.labels), bool), ~evaluation.unlabelled)


def replicated_name(resampling: Resampling, names: Sequence[str]) -> str:
    """What `replicated` keeps the metrics of a set on all frames under."""
    # Groups come from metadata, which the cache of what labels and inferences lead to knows nothing of.
    group = b"" if resampling.group is None else resampling.group.tobytes()
    drawn = f"{resampling.replicates}-{resampling.seed}{f'-{crc32(group):08x}' if group else ''}"
    return f"counted-{'-'.join(names)}-{drawn}"


def label_support(
    evaluation: Evaluation,
    size: str,
    frames: NDArray[np.bool_] | None,
    resampling: Resampling,
    part: RankedPart | None,
) -> tuple[Counts, Counts, int]:
    """Of the labels of a size: units and labels of each class, `(classes,)`, and all units that have any."""
    labels, n = evaluation.dataset.labels, len(evaluation.dataset.project.class_map.evaluated_names)
    low, high = SIZES[size]
    area = labels.area if len(labels.area) else areas(labels.box)
    counted = ~evaluation.region & (area >= low) & (area <= high)
    if part is not None:
        counted &= part.labels
    frame = labels.frame
    if frames is not None:
        counted &= frames[frame]
        frame = (np.cumsum(frames).astype(np.int32) - 1)[frame]
    unit, class_ = resampling.unit(frame[counted]), evaluation.classes.label[counted].astype(np.int64)
    pairs = np.unique(class_ * resampling.units + unit)
    units = np.bincount(pairs // max(resampling.units, 1), minlength=n)
    return units, np.bincount(class_, minlength=n), len(np.unique(unit))
