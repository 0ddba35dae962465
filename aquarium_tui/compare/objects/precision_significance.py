"""How sure the deltas of COCO's metrics are: seconds of work for the size of COCO val2017."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.intervals import typical_units
from aquarium_tui.compare.certainty.precision import PRECISIONS, RECALLS, WeightedPrecision
from aquarium_tui.compare.certainty.ranked import SIZES, RankedMatches, RankedPart, ranked_matches
from aquarium_tui.compare.certainty.table import Certainty, Resampled, certainties, interval_of
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.rates import class_mean
from aquarium_tui.compare.significance import ValueIntervals
from aquarium_tui.model.arrays import Counts, Floats, NamedArrays, areas


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
    for row, weights in enumerate(chain([once], resampling.weights())):
        for name, values in weighted.of(weights).items():
            found[name][row, 0] = class_mean(values)
            found[name][row, 1:] = values
    return found


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
        total: By metric, of the mean over the classes `(1,)`.
    """

    replicates: int
    per_class: Mapping[str, Certainty]
    total: Mapping[str, Certainty]


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
    per_class, total = {}, {}
    for name in every_name:
        delta = other[name] - base[name]
        units, labels, every = label_support(sets[0], _SIZE_OF[name], frames, resampling, parts[0])
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
        matches = ranked_matches(evaluation.dataset, objects, classes, n, wanted, part=part)
        within = matches if frames is None else matches.within(frames)
        return {**metric_replicates(within, resampling, names)}

    if frames is not None or part is not None:
        return make()
    return evaluation.remembered(replicated_name(resampling, names), make)


def replicated_name(resampling: Resampling, names: Sequence[str]) -> str:
    """What `replicated` keeps the metrics of a set on all frames under."""
    # Groups come from metadata, which the cache of what labels and inferences lead to knows nothing of.
    group = b"" if resampling.group is None else resampling.group.tobytes()
    drawn = f"{resampling.replicates}-{resampling.seed}{f'-{crc32(group):08x}' if group else ''}"
    return f"{'-'.join(names)}-{drawn}"


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
