"""Objects: what the screens show of a comparison of boxes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.accuracy import accuracies
from aquarium_tui.compare.rates import RATES, ClassScores, total
from aquarium_tui.drawing.crops import CropDrawing, fitted
from aquarium_tui.drawing.frames import FrameDrawing
from aquarium_tui.drawing.object_painter import ObjectPainter
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.picture import Color
from aquarium_tui.session.evidence import Evidence
from aquarium_tui.session.view import ObjectView
from aquarium_tui.tui.frame_columns import class_frame_columns, frame_columns
from aquarium_tui.tui.report_columns import Rate, Report, change_text, report_columns
from aquarium_tui.tui.tasks.confusion import Confusion
from aquarium_tui.tui.tasks.frames import matrix_metrics
from aquarium_tui.tui.tasks.object_cells import ObjectConfusion
from aquarium_tui.tui.widgets.columns import Column, Sort

TITLES = {"precision": "P", "recall": "R", "f1": "F1"}


@dataclass(frozen=True, eq=False)
class ObjectTask:
    """A comparison of objects.

    Attributes:
        view: What is shown.
        painter: Makes its pictures.
    """

    view: ObjectView
    painter: ObjectPainter

    def class_color(self, position: int) -> Color:
        """The colour of the class at a position of the class map."""
        return self.painter.classes.entry(position)

    @cached_property
    def _confusions(self) -> tuple[Confusion, ...]:
        own = ObjectConfusion(self.view, self.painter, self.painter.classes.evaluated_hex)
        return (own, *matrix_metrics(self, self.painter.classes.evaluated_hex))

    def confusions(self) -> Sequence[Confusion]:
        """The confusion of the objects, then those of the user's metrics."""
        return self._confusions

    def report(self, evidence: Evidence | None) -> Report:
        """Precision, recall, F1, and AP50 when it is known; the total is weighted by support."""
        comparison = self.view.comparison
        names = comparison.classes[:-1]
        sides = [comparison.scores[side] for side in comparison.sides]
        rates = {
            metric: Rate(
                TITLES[metric],
                [_with_total(scores, metric) for scores in sides],
                evidence.weak_rates(metric) if evidence else None,
            )
            for metric in RATES
        }
        if evidence and evidence.ap50:
            rates["ap50"] = Rate("AP50", list(evidence.ap50.values()))
        support = _with_total(sides[0], "support")
        columns = report_columns(names, self.painter.classes.evaluated_hex, "all", (support, grouped), rates)
        return Report(columns, len(names) + 1, self._accuracies() if comparison.whole else "")

    def _accuracies(self) -> str:
        """Accuracy, and top-k accuracy where there are scores."""
        sides = [accuracies(self.view.comparison, side) for side in self.view.comparison.sides]
        names = [name for name in sides[0] if all(name in each for each in sides)]
        return "   ".join(
            change_text(name.replace("top_", "top-"), [each[name] for each in sides]) for name in names
        )

    def frame_columns(self) -> list[Column]:
        """Labels, errors and F1 of each set with their deltas, then what every task has."""
        comparison = self.view.comparison
        return frame_columns(comparison, class_frame_columns(comparison) if comparison.whole else None)

    def frame_sort(self) -> Sort:
        """What got worst."""
        return Sort("delta" if self.view.comparison.other else "errors", True)

    def whole_frame(self, frame: int, aspect: tuple[int, int]) -> CropDrawing:
        """The frame with all its objects, without words."""
        return fitted(replace(self.painter.frame(frame), captions=False), aspect)

    def preview(self, frame: int) -> tuple[FrameDrawing, str]:
        """The frame with all its objects, and how many errors each set makes."""
        comparison = self.view.comparison
        labels = int(np.diff(comparison.dataset.labels.starts[frame : frame + 2])[0])
        parts = [visible(comparison.dataset.frames.id[frame] or ""), f"{grouped(labels)} labels"]
        for side in comparison.sides:
            parts.append(f"{side} {grouped(int(comparison.frame_scores[side].errors[frame]))} errors")
        return self.painter.frame(frame), " · ".join(parts)


def _with_total(scores: ClassScores, metric: str) -> NDArray[np.float64]:
    return np.concatenate([[total(scores, "weighted")[metric]], getattr(scores, metric)])
