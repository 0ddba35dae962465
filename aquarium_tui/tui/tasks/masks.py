"""Masks: what the screens show of a comparison of pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.scores import PixelScores, macro
from aquarium_tui.drawing.crops import CropDrawing, fitted
from aquarium_tui.drawing.maps import MapDrawing
from aquarium_tui.drawing.mask_painter import MaskPainter
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import compact, percent, signed_compact
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.picture import Color
from aquarium_tui.session.evidence import Evidence
from aquarium_tui.session.view import MaskView
from aquarium_tui.tui.frame_columns import frame_columns
from aquarium_tui.tui.report_columns import Rate, Report, change_text, report_columns
from aquarium_tui.tui.tasks.confusion import Confusion
from aquarium_tui.tui.tasks.frames import NOTHING, FrameConfusion, matrix_metrics, used
from aquarium_tui.tui.widgets.columns import Column, Sort
from aquarium_tui.tui.widgets.grid import Grid

TITLES = {"precision": "P", "recall": "R", "f1": "F1", "iou": "IoU"}
_SUMMARY = {"accuracy": "accuracy", "fwiou": "weighted IoU"}


@dataclass(frozen=True, eq=False)
class MaskTask:
    """A comparison of masks.

    Attributes:
        view: What is shown.
        painter: Makes its pictures.
    """

    view: MaskView
    painter: MaskPainter

    def class_color(self, position: int) -> Color:
        """The colour of the class at a position of the class map."""
        return self.painter.classes.entry(position)

    @cached_property
    def _confusions(self) -> tuple[Confusion, ...]:
        comparison = self.view.comparison
        pixels = FrameConfusion(
            self.view,
            "pixels",
            "confusion",
            self.grid(comparison),
            self.painter.tile,
            comparison.cells if comparison.other else None,
            evidenced=True,
            shows_cell=True,
        )
        return (pixels, *matrix_metrics(self, self.painter.classes.evaluated_hex))

    def confusions(self) -> Sequence[Confusion]:
        """The confusion of pixels, then those of the user's metrics."""
        return self._confusions

    def grid(self, comparison: PixelComparison, *, seen: bool = False) -> Grid:
        """The confusion of pixels; background only where inferences are of no class.

        Args:
            comparison: Of all frames, or of one.
            seen: Whether only classes are shown that have any pixel.
        """
        sets = [comparison.confusion(side) for side in comparison.sides]
        last = len(comparison.classes) - 1
        rows, columns = list(range(last)), used([counts[:, last] for counts in sets], last)
        if seen:
            rows = [i for i in rows if any(counts[i].any() for counts in sets)]
            columns = [i for i in columns if any(counts[:, i].any() for counts in sets)]
        names = [*map(visible, comparison.classes[:-1]), NOTHING]
        at = np.ix_(rows, columns)
        return Grid(
            rows,
            columns,
            [names[i] for i in rows],
            [names[i] for i in columns],
            [self.painter.classes.evaluated_hex(i) for i in rows],
            sets[0][at],
            sets[1][at] if len(sets) > 1 else None,
            written=compact,
            signed=signed_compact,
        )

    def report(self, evidence: Evidence | None) -> Report:
        """The rates of all frames; the total is the mean of the classes, so that of IoU is mIoU."""
        return self.report_of(self.view.comparison, evidence)

    def report_of(self, comparison: PixelComparison, evidence: Evidence | None = None) -> Report:
        """The rates of a comparison of all frames, or of one."""
        sides = [comparison.scores[side] for side in comparison.sides]
        rates = {
            metric: Rate(
                title,
                [_with_mean(scores, metric) for scores in sides],
                evidence.weak_rates(metric) if evidence else None,
            )
            for metric, title in TITLES.items()
        }
        support = np.concatenate([[sides[0].pixels], sides[0].support]).astype(np.float64)
        names = comparison.classes[:-1]
        columns = report_columns(names, self.painter.classes.evaluated_hex, "mean", (support, compact), rates)
        return Report(columns, len(names) + 1, _summary(sides))

    def frame_columns(self) -> list[Column]:
        """Wrong pixels and mIoU of each set with their deltas, then what every task has."""
        return frame_columns(self.view.comparison)

    def frame_sort(self) -> Sort:
        """What got worst."""
        return Sort("delta" if self.view.comparison.other else "errors", True)

    def preview(self, frame: int) -> tuple[MapDrawing, str]:
        """The diff map of the frame, and its shares."""
        comparison = self.view.comparison
        name = visible(comparison.dataset.frames.id[frame] or "")
        drawing = self.painter.diff(frame)
        reason = comparison.counts.unreadable.get(frame)
        if not comparison.counts.counted[frame]:
            return drawing, f"{name} · not counted: {visible(reason) if reason else 'a mask is missing'}"
        return drawing, f"{name} · {shares_text(comparison.frame_diffs[frame], comparison.other is not None)}"

    def whole_frame(self, frame: int, aspect: tuple[int, int]) -> CropDrawing:
        """The diff map of all of a frame."""
        return fitted(self.painter.diff(frame), aspect)


def shares_text(pixels: NDArray[np.int64], pair: bool) -> str:
    """The shares of the pixels, `(5,)` by `Diff`, that are not right under both sets; with one set, wrong."""
    whole = int(pixels[1:].sum()) or np.nan
    kinds = (Diff.BROKEN, Diff.FIXED, Diff.BOTH_WRONG) if pair else (Diff.BOTH_WRONG,)
    return "  ".join(
        f"{kind.word.removeprefix('both_')} {percent(int(pixels[kind]) / whole)}" for kind in kinds
    )


def _with_mean(scores: PixelScores, metric: str) -> NDArray[np.float64]:
    return np.concatenate([[macro(scores)[metric]], getattr(scores, metric)])


def _summary(sides: Sequence[PixelScores]) -> str:
    """`accuracy .853 → .871 +.018`."""
    return "   ".join(
        change_text(title, [float(getattr(scores, metric)) for scores in sides])
        for metric, title in _SUMMARY.items()
    )
