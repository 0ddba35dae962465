"""How sure the deltas of COCO's metrics are: seconds of work for the size of COCO val2017."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.certainty.precision import PRECISIONS, RECALLS
from aquarium_tui.compare.certainty.ranked import SIZES, RankedMatches, ranked_matches
from aquarium_tui.compare.certainty.replicates import precision_deltas
from aquarium_tui.compare.certainty.table import Certainty, Resampled, certainties
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.model.arrays import Counts


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


def matches_of(
    evaluation: Evaluation, names: Sequence[str], frames: NDArray[np.bool_] | None
) -> RankedMatches:
    """COCO's matches of a set, at every size that some metrics need, numbered by the frames that count.

    Args:
        evaluation: Of the set.
        names: Which metrics.
        frames: `(frames,)` bool, the frames that count; None counts all.
    """
    wanted = {size for name, (size, _) in (PRECISIONS | RECALLS).items() if name in names}
    n = len(evaluation.dataset.project.class_map.evaluated_names)
    sizes = [size for size in SIZES if size in wanted]
    found = ranked_matches(evaluation.dataset, evaluation.inferences.objects, evaluation.classes, n, sizes)
    return found if frames is None else found.within(frames)


def precision_significance(
    base: RankedMatches, other: RankedMatches, resampling: Resampling, names: Sequence[str]
) -> PrecisionSignificance:
    """Intervals, p- and q-values of the deltas of COCO's metrics.

    A class has a part in a frame that has labels of it. That is more generous than for rates, because AP
    depends on every confidence, and two sets differ in those nearly everywhere.

    Args:
        base: The matches of the base set.
        other: The matches of the other set, on the same frames.
        resampling: How frames are drawn.
        names: Which metrics, of `PRECISIONS` and `RECALLS`.

    Raises:
        CancelledError: `resampling.cancelled` said so.
    """
    deltas = precision_deltas(base, other, resampling, names)
    sizes = {name: size for name, (size, _) in (PRECISIONS | RECALLS).items()}
    per_class, total = {}, {}
    for name, found in deltas.items():
        frames, labels = _support(base, sizes[name], resampling)
        differs = bool(np.nan_to_num(found.values).any())
        units = np.array([np.count_nonzero(_units(base, sizes[name], resampling)) * differs])
        per_class[name] = Resampled(found.delta[1:], found.values[:, 1:], frames * differs, labels)
        spread = np.array([_typical(frames)])
        total[name] = Resampled(
            found.delta[:1], found.values[:, :1], units, labels.sum(keepdims=True), None, spread
        )
    return PrecisionSignificance(resampling.replicates, certainties(per_class), certainties(total))


def _support(matches: RankedMatches, size: str, resampling: Resampling) -> tuple[Counts, Counts]:
    """How many units have labels of each class at a size, and how many labels there are, `(classes,)`."""
    events = matches.events[size]
    unit = resampling.unit(events.label_frame)
    key = np.unique(events.label_class.astype(np.int64) * resampling.units + unit)
    frames = np.bincount(key // max(resampling.units, 1), minlength=matches.classes)
    return frames, np.bincount(events.label_class, minlength=matches.classes)


def _units(matches: RankedMatches, size: str, resampling: Resampling) -> Counts:
    unit = resampling.unit(matches.events[size].label_frame)
    return np.bincount(unit, minlength=resampling.units)


def _typical(frames: Counts) -> int:
    """The harmonic mean of the units over the classes that have any; see `significance`."""
    known = np.maximum(frames[frames > 0], 2)
    return int(len(known) / (1 / known).sum()) if len(known) else 2
