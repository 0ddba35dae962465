"""A slice: some of the objects, so that all others leave every count.

Labels outside a slice are ignored, and so are inferences paired with them; an inference without a label is
judged by its own values in the label's place. Matching is that of all objects: what a slice leaves out can
still take an inference, as in COCO's evaluation by size. So a perfect detector is perfect in every slice, and
what a slice and its negation count adds up to what is counted without one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.precision import PRECISIONS, RECALLS, WeightedPrecision
from aquarium_tui.compare.certainty.ranked import RankedPart, ranked_matches
from aquarium_tui.compare.objects.average_precision import AveragePrecision
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.compare.objects.matching import Matching
from aquarium_tui.model.arrays import Flags, RowNumbers
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import SIDES, Side


@dataclass(frozen=True, eq=False)
class Slice:
    """Which objects count.

    Attributes:
        labels: `(labels,)` bool.
        inferences: By side `(inferences,)` bool, judged by their own values; only those without a label are
            asked for.
    """

    labels: Flags
    inferences: Mapping[Side, Flags]

    def among(self, other: "Slice") -> "Slice":
        """What is in both slices."""
        both = {side: mine & other.inferences[side] for side, mine in self.inferences.items()}
        return Slice(self.labels & other.labels, both)

    def matching(self, side: Side, whole: Matching) -> Matching:
        """The same partners, with all that lies outside ignored."""
        inside = self.active(side, whole)
        outcome = whole.inference_outcome
        ignored = ~inside & (outcome != Outcome.NONE)
        return replace(
            whole,
            label_outcome=np.where(self.labels, whole.label_outcome, np.uint8(Outcome.IGNORED)),
            inference_outcome=np.where(ignored, np.uint8(Outcome.IGNORED), outcome),
        )

    def active(self, side: Side, whole: Matching) -> Flags:
        """`(inferences,)` bool: those whose label is inside or, without one, that are inside themselves."""
        partner = whole.inference_partner
        return np.where(partner >= 0, _picked(self.labels, partner), self.inferences[side])

    def rows(self, ledger: Ledger) -> Flags:
        """`(objects,)` bool: the rows of the ledger that are inside under any set."""
        return np.asarray(self.inside(ledger, "base") | self.inside(ledger, "other"))

    def ledger(self, whole: Ledger, one_set: bool) -> Ledger:
        """The same rows, with all that lies outside ignored, in no cell and without a change.

        Two spurious inferences that are one object may lie on either side of the border. The one outside is
        then taken for nothing, so that deltas stay the sums of their lists.

        Args:
            whole: The ledger of all objects.
            one_set: Whether there is no other set.
        """
        inside = {side: self.inside(whole, side) for side in SIDES}
        any_, both = inside["base"] | inside["other"], inside["base"] & inside["other"]
        paired = (whole.label < 0) & (whole.base >= 0) & (whole.other >= 0)
        halved = paired & any_ & ~both
        change = np.where(any_, whole.change, np.uint8(Change.NONE))
        change[halved & inside["base"]] = Change.FIXED
        change[halved & inside["other"]] = Change.BROKEN
        base = _kept(whole.base_outcome, whole.base_cell, inside["base"], halved)
        other = _kept(whole.other_outcome, whole.other_cell, inside["other"], halved)
        if one_set:
            other = whole.other_outcome, base[1]
        return replace(
            whole,
            base_outcome=base[0],
            base_cell=base[1],
            other_outcome=other[0],
            other_cell=other[1],
            change=change,
        )

    def inside(self, ledger: Ledger, side: Side) -> Flags:
        """`(objects,)` bool: by the label or, without one, by the set's own inference."""
        inference = ledger.base if side == "base" else ledger.other
        own = self.inferences.get(side)
        of_set = _picked(own, inference) if own is not None else np.zeros(len(inference), bool)
        return np.where(ledger.label >= 0, _picked(self.labels, ledger.label), of_set)


def _picked(flags: Flags, rows: RowNumbers) -> Flags:
    """`flags[rows]`, false where a row is -1."""
    return np.append(flags, False)[rows]


def _kept(
    outcome: NDArray[np.uint8], cell: RowNumbers, inside: Flags, halved: Flags
) -> tuple[NDArray[np.uint8], RowNumbers]:
    """Outcomes and cells, ignored outside; nothing where the other half of a pair is inside."""
    outside = ~inside & (outcome != Outcome.NONE)
    left = np.where(halved, np.uint8(Outcome.NONE), np.uint8(Outcome.IGNORED))
    return np.where(outside, left, outcome), np.where(inside, cell, np.int32(-1))


def slice_precision(
    evaluation: Evaluation, part: RankedPart, frames: NDArray[np.bool_] | None
) -> AveragePrecision:
    """COCO's metrics of the objects in a slice: labels outside are ignored as COCO ignores other sizes.

    Args:
        evaluation: Of the set.
        part: The slice.
        frames: `(frames,)` bool, those that count; None counts all.
    """
    names = (*PRECISIONS, *RECALLS)
    n = len(evaluation.dataset.project.class_map.evaluated_names)
    if evaluation.inferences.unranked:
        return AveragePrecision({name: np.full(n, np.nan) for name in names})
    objects, classes = evaluation.inferences.objects, evaluation.classes
    matches = ranked_matches(evaluation.dataset, objects, classes, n, part=part)
    within = matches if frames is None else matches.within(frames)
    return AveragePrecision(WeightedPrecision(within, names).of(np.ones(within.frames, np.int32)))
