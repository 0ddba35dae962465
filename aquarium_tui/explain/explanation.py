"""An explanation: one set as a tool counts it, beside the screen, and why objects are counted differently."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import UsageError
from aquarium_tui.explain.explained_set import ExplainedSet, Tally, of_boxes, tally
from aquarium_tui.explain.figures import FigureCheck, GivenFigure, check_figure, figures
from aquarium_tui.explain.matrices import GivenMatrix, MatrixCheck, checks, variations
from aquarium_tui.explain.rules import Claim, Crowds, MatchRule, Release, Tool, our_rule
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


NOT_COUNTED = "not counted"

OBJECT_COLUMNS = (
    *("kind", "id", "frame", "class", "left", "top", "right", "bottom", "confidence"),
    *("screen", "screen_partner", "screen_iou", "tool", "tool_partner", "tool_iou", "reason"),
)
"""The fields of an object that counts differently, in order."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a tool.

    Attributes:
        tool: The tool.
        release: Which release; empty for the newest.
        confidence: Its confidence threshold; None leaves its default.
        iou: Its IoU threshold; None leaves its default.
        matrix: A matrix that it wrote.
        figures: Figures that it printed.
    """

    tool: Tool
    release: str = ""
    confidence: float | None = None
    iou: float | None = None
    matrix: GivenMatrix | None = None
    figures: tuple[GivenFigure, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """One set as a tool counts it, beside the screen.

    Attributes:
        comparison: The set, as base, with the settings that are on screen.
        of: The set as arrays.
        tool: The tool.
        release: The release whose rules are taken, with the thresholds that were asked for.
        differences: The objects that count differently.
        figures: The tool's figures, by our names, in its scale.
        matrix_checks: The given matrix under the tool's rule, and under the best variation if that is better.
        figure_checks: The given figures.
    """

    comparison: ObjectComparison
    of: ExplainedSet
    tool: Tool
    release: Release
    differences: Differences
    figures: dict[str, float]
    matrix_checks: tuple[MatrixCheck, MatrixCheck | None] | None = None
    figure_checks: tuple[FigureCheck, ...] = ()

    @property
    def rule(self) -> MatchRule:
        """The rule of the tool."""
        return self.release.rule

    @cached_property
    def ours(self) -> MatchRule:
        """The rule that is on screen."""
        return our_rule(self.comparison.settings)

    def objects(self, most: int | None = None) -> Iterator[dict[str, Any]]:
        """The objects that count differently, frame by frame, with a value for each of `OBJECT_COLUMNS`."""
        found = self.differences
        rows = [
            *(("label", row, reason) for row, reason in zip(found.labels, found.label_reason, strict=True)),
            *(
                ("inference", row, reason)
                for row, reason in zip(found.inferences, found.inference_reason, strict=True)
            ),
        ]
        tables = {"label": self.of.labels, "inference": self.of.inferences}
        rows.sort(key=lambda one: int(tables[one[0]].frame[one[1]]))
        for kind, row, reason in rows[:most]:
            yield self._record(kind, int(row), found.reasons[reason].name)

    def _record(self, kind: str, row: int, reason: str) -> dict[str, Any]:
        objects = self.of.labels if kind == "label" else self.of.inferences
        names = [entry.name for entry in self.comparison.dataset.project.class_map.entries]
        box = dict(zip(("left", "top", "right", "bottom"), objects.box[row].tolist(), strict=True))
        return {
            "kind": kind,
            "id": objects.name(row),
            "frame": self.comparison.dataset.frames.id[int(objects.frame[row])],
            "class": names[int(objects.class_index[row])],
            **box,
            "confidence": float(objects.confidence[row]) if kind == "inference" else None,
            **self._outcome("screen", "ours", kind, row),
            **self._outcome("tool", "theirs", kind, row),
            "reason": reason,
        }

    def _outcome(self, name: str, side: str, kind: str, row: int) -> dict[str, Any]:
        """What one side makes of an object, and the first partner that it gives it."""
        one = self.differences.ours if side == "ours" else self.differences.theirs
        entries = self.differences.entries(side, kind, row)
        found = dict.fromkeys(words(self.of, one, entries))
        record: dict[str, Any] = {
            name: " and ".join(found) or NOT_COUNTED,
            f"{name}_partner": None,
            f"{name}_iou": None,
        }
        paired = [e for e in entries.tolist() if one.label[e] >= 0 and one.inference[e] >= 0]
        if paired:
            label, inference = int(one.label[paired[0]]), int(one.inference[paired[0]])
            other = self.of.inferences.name(inference) if kind == "label" else self.of.labels.name(label)
            record |= {f"{name}_partner": other, f"{name}_iou": self.of.iou_of(label, inference)}
        return record


def explain(comparison: Comparison, asked: Asked) -> Explanation:
    """The base set of a comparison as a tool counts it.

    Raises:
        UsageError: The project is not about boxes, the release is not known, or the matrix does not fit.
    """
    tool, release = asked.tool, asked.tool.release(asked.release)
    if asked.matrix is not None and not tool.matrix:
        raise UsageError(
            f"{tool.name} makes no confusion matrix, so there is none to compare with.",
            "Give a figure with --figure, or name the tool that made the matrix with --as.",
        )
    objects = of_boxes(comparison)
    if objects.settings.base_classes:
        raise UsageError(
            "Other tools apply one confidence to all classes, and this set has thresholds per class.",
            "Give one for all classes, as in --confidence 0.1.",
        )
    of = ExplainedSet.of(objects, 1.0 if asked.iou is None else asked.iou)
    change = {"confidence": asked.confidence, "iou": asked.iou}
    rule = replace(release.rule, **{name: value for name, value in change.items() if value is not None})  # type: ignore[arg-type]
    ours = our_rule(objects.settings)
    used = replace(release, rule=rule)
    found = figures(objects, of, tool, used)
    tried = None if asked.matrix is None else checks(of, tool, variations(tool, rule, ours), asked.matrix)
    return Explanation(
        objects,
        of,
        tool,
        used,
        differences(of, rule, ours),
        found,
        tried,
        tuple(check_figure(of, tool, used, one, value=found[one.name], ours=ours) for one in asked.figures),
    )
