"""An explanation: one set as a tool counts it, checked against what it gave, and beside the screen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import UsageError
from aquarium_tui.explain.differences import Differences, differences, words
from aquarium_tui.explain.explained_set import ExplainedSet, of_boxes
from aquarium_tui.explain.figures import FigureCheck, GivenFigure, check_figure, figures
from aquarium_tui.explain.matrices import GivenMatrix, MatrixCheck, checks, variations
from aquarium_tui.explain.rules import MatchRule, our_rule
from aquarium_tui.explain.tools import Release, Tool

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
