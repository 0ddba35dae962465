"""The objects that a tool counts differently from what is on screen, and the reason for each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.explain.explained_set import ExplainedSet
from aquarium_tui.explain.rules import Claim, Crowds, MatchRule
from aquarium_tui.explain.tally import Tally, tally
from aquarium_tui.model.arrays import RowNumbers

_MIXES = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
"""The multipliers of splitmix64 (Steele, Lea and Flood 2014), which scatter the bits of a number."""


@dataclass(frozen=True)
class Reason:
    """One aspect of a rule that may differ, and what to call it.

    Attributes:
        name: Of the reason, as printed.
        fields: What of a `MatchRule` is switched; the reason applies where two rules differ in the first.
    """

    name: str
    fields: tuple[str, ...]

    def applies(self, theirs: MatchRule, ours: MatchRule) -> bool:
        """Whether the two rules differ in it."""
        first = self.fields[0]
        return bool(getattr(theirs, first) != getattr(ours, first))

    def switched(self, theirs: MatchRule, ours: MatchRule) -> MatchRule:
        """Their rule with this aspect as ours has it."""
        return replace(theirs, **{name: getattr(ours, name) for name in self.fields})


REASONS = (
    Reason("confidence at the threshold", ("above",)),
    Reason("IoU at the threshold", ("beyond",)),
    Reason("arithmetic", ("precision",)),
    Reason("confidence", ("confidence", "above")),
    Reason("cap", ("cap", "cap_per_class")),
    Reason("small labels", ("least_side",)),
    Reason("crowds and ignored classes", ("crowds",)),
    Reason("frames without a pair", ("lone",)),
    Reason("IoU", ("iou", "beyond")),
    Reason("classes matched separately", ("apart",)),
    Reason("counting of pairs", ("claim", "order")),
    Reason("order of matching", ("order",)),
)
"""The aspects in the order in which they are tried. What decides only at a threshold comes first, as any
change of the threshold would explain it too; `order` comes last, as it takes part in most differences."""

SEVERAL = Reason("more than two of these", ())
"""The reason where no aspect, and no two together, make the difference."""


def _both(one: Reason, other: Reason) -> Reason:
    return Reason(f"{one.name} + {other.name}", one.fields + other.fields)


def sentences(theirs: MatchRule, ours: MatchRule, tool: str) -> dict[str, str]:
    """What each reason means between two rules, by its name."""
    needs = "is not enough for {tool}, which needs {what} above {least:g}"
    cap_of = "frame and class" if theirs.cap_per_class else "frame"
    return {
        "confidence at the threshold": "just the threshold "
        + needs.format(tool=tool, what="a confidence", least=theirs.confidence),
        "IoU at the threshold": "just the threshold "
        + needs.format(tool=tool, what="an IoU", least=theirs.iou),
        "arithmetic": f"{tool} computes IoUs in other steps ({theirs.precision}), which decides ties",
        "confidence": f"{tool} counts {_confidences(theirs)}; the screen counts {_confidences(ours)}",
        "cap": f"{tool} looks at the {theirs.cap} most confident inferences of a {cap_of}",
        "small labels": f"{tool} drops labels with a side below {theirs.least_side:g} pixel or no area",
        "crowds and ignored classes": CROWD_WORDS[theirs.crowds].format(tool=tool),
        "frames without a pair": f"{tool} skips spurious inferences in frames with labels but no pair",
        "IoU": f"{tool} pairs boxes with an IoU {_least(theirs.iou, theirs.beyond)}; "
        f"the screen needs one {_least(ours.iou, ours.beyond)}",
        "classes matched separately": f"{tool} never pairs two classes: both count as wrong, each by itself",
        "counting of pairs": CLAIM_WORDS[theirs.claim].format(tool=tool),
        "order of matching": f"{tool} takes pairs by {_order(theirs, ours)}; "
        f"the screen by {_order(ours, theirs)}",
        **{_both(*pair).name: "only both together make the difference" for pair in combinations(REASONS, 2)},
        SEVERAL.name: "no two aspects of the rule alone make this difference",
    }


CROWD_WORDS = {
    Crowds.REGION: "{tool} excludes inferences inside crowds and ignored labels",
    Crowds.DROPPED: "{tool} never sees crowds and ignored classes, so inferences on them are spurious",
    Crowds.ORDINARY: "{tool} treats crowds as labels like any other",
    Crowds.ABSORBING: "{tool} excludes only inferences inside a crowd of their own class",
    Crowds.COUNTED: "{tool} counts each inference inside a crowd of its class as correct",
}
CLAIM_WORDS = {
    Claim.GREEDY: "{tool} pairs one to one",
    Claim.BEST: "{tool} lets each inference claim only the label of its highest IoU",
    Claim.EVERY: "{tool} counts every pair at the IoU threshold, and confused labels as missed too",
}


def _least(threshold: float, strict: bool) -> str:
    return f"{'above' if strict else 'of at least'} {threshold:g}"


def _confidences(rule: MatchRule) -> str:
    return f"confidences {_least(rule.confidence, rule.above)}" if rule.confidence else "any confidence"


def _order(rule: MatchRule, other: MatchRule) -> str:
    """The order of a rule, as far as it takes to tell it from another."""
    return ", then ".join(rule.order) if rule.order_words == other.order_words else rule.order_words


@dataclass(frozen=True)
class Differences:
    """What differs between two rules on one set.

    Attributes:
        of: The set.
        theirs: What the tool counts.
        ours: What is on screen.
        labels: `(n,)` int64 rows of the labels that count differently, in order.
        inferences: `(m,)` int64 rows of the inferences that count differently, in order.
        label_reason: `(n,)` int64 position in `reasons`.
        inference_reason: `(m,)` int64, the same.
        reasons: The aspects in which the rules differ, then each two of them together, then `SEVERAL`.
    """

    of: ExplainedSet
    theirs: Tally
    ours: Tally
    labels: NDArray[np.int64]
    inferences: NDArray[np.int64]
    label_reason: NDArray[np.int64]
    inference_reason: NDArray[np.int64]
    reasons: tuple[Reason, ...]

    def counts(self) -> list[tuple[str, int, int]]:
        """Name, labels and inferences of each reason that occurs, the most frequent first."""
        n = len(self.reasons)
        labels, inferences = (
            np.bincount(reason, minlength=n).tolist() for reason in (self.label_reason, self.inference_reason)
        )
        found = zip((one.name for one in self.reasons), labels, inferences, strict=True)
        return sorted((row for row in found if row[1] + row[2]), key=lambda row: -row[1] - row[2])

    @cached_property
    def _entries(self) -> dict[str, tuple[RowNumbers, NDArray[np.intp]]]:
        """Entries of each tally sorted by label and by inference, to look them up."""
        found = {}
        for side, one in (("theirs", self.theirs), ("ours", self.ours)):
            for kind, rows in (("label", one.label), ("inference", one.inference)):
                order = np.argsort(rows, kind="stable")
                found[f"{side} {kind}"] = rows[order], order
        return found

    def entries(self, side: str, kind: str, row: int) -> NDArray[np.intp]:
        """The entries of one object in the tally of `theirs` or `ours`."""
        rows, order = self._entries[f"{side} {kind}"]
        return order[np.searchsorted(rows, row, "left") : np.searchsorted(rows, row, "right")]


def differences(of: ExplainedSet, theirs: MatchRule, ours: MatchRule) -> Differences:
    """The objects that count differently under two rules, each with its reason.

    Two rules count an object alike if it is in the same cells of the matrix, equally often. The reason is the
    first aspect of their rule that, switched to ours, makes the object count as ours does; where none does by
    itself, the first two aspects that do so together.
    """
    tallies = tally(of, theirs), tally(of, ours)
    signs = [_signs(of, one) for one in tallies]
    differing = [np.flatnonzero(a != b) for a, b in zip(*signs, strict=True)]
    single = [reason for reason in REASONS if reason.applies(theirs, ours)]
    applying = (*single, *(_both(*pair) for pair in combinations(single, 2)))
    found = [np.full(len(rows), len(applying)) for rows in differing]
    for at, reason in enumerate(applying):
        if not any((reasons == len(applying)).any() for reasons in found):
            break
        now = _signs(of, tally(of, reason.switched(theirs, ours)))
        for rows, reasons, sign, wanted in zip(differing, found, now, signs[1], strict=True):
            reasons[(reasons == len(applying)) & (sign[rows] == wanted[rows])] = at
    theirs_counted, ours_counted = tallies
    (labels, inferences), (label_reason, inference_reason) = differing, found
    return Differences(
        of,
        theirs_counted,
        ours_counted,
        labels,
        inferences,
        label_reason,
        inference_reason,
        (*applying, SEVERAL),
    )


def _signs(of: ExplainedSet, one: Tally) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """For each label and each inference, a number that is equal where its cells are equal."""
    hashed = _mixed(one.cell)
    found = []
    for rows, n in ((one.label, len(of.labels)), (one.inference, len(of.inferences))):
        sums = np.zeros(n, np.uint64)
        np.add.at(sums, rows[rows >= 0], hashed[rows >= 0])
        found.append(sums)
    return found[0], found[1]


def _mixed(cells: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Cells as numbers whose sums practically never coincide: the finaliser of SplitMix64."""
    mixed = cells.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in zip((30, 27), _MIXES, strict=True):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * factor
    return mixed ^ (mixed >> np.uint64(31))


def words(of: ExplainedSet, one: Tally, entries: NDArray[np.intp]) -> Iterator[str]:
    """The outcomes of one object in a tally, one for each entry."""
    for entry in entries.tolist():
        row, column = int(one.row[entry]), int(one.column[entry])
        if column == of.background:
            yield "missed"
        elif row == of.background:
            yield "spurious"
        elif row == column:
            yield "correct"
        else:
            yield f"confused ({of.classes[row]} → {of.classes[column]})"
