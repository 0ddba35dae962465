"""`PixelComparison`: what `Comparison` is to objects, for masks, with its fields and its verdict.

What is of a frame that is not counted is NaN.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, Significance, ValueIntervals
from aquarium_tui.compare.cell_frames import CellFrames, frames_of_cell
from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import FrameField, Positions, Shown
from aquarium_tui.compare.pixels.frame_masks import MaskStack
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.compare.pixels.scores import (
    PixelScores,
    confusion,
    count_cells,
    frame_cell,
    frame_diffs,
    frame_scores,
    pixel_significance,
    pixel_values,
    scores_of,
    total,
    units_with,
)
from aquarium_tui.compare.verdict import Statement, Verdict, contradicting
from aquarium_tui.model.arrays import CountMatrix, Counts, Floats
from aquarium_tui.model.numbers import PIXELS, RATE
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.model.tables import Dataset, InferenceSet


class JudgedPixels(Protocol):
    """What fields are read from: `PixelComparison`."""

    @property
    def counts(self) -> PixelCounts:
        """Of all frames."""

    @property
    def frame_scores(self) -> Mapping[Side, PixelScores]:
        """Scores of every frame."""

    @property
    def frame_diffs(self) -> NDArray[np.int64]:
        """Pixels of every frame by `Diff`."""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that are chosen."""


ScoreReader = Callable[[JudgedPixels, Side, Positions], Floats]


def _score(name: str) -> ScoreReader:
    return lambda comparison, side, _: _known(comparison, getattr(comparison.frame_scores[side], name))


def _of_class(name: str) -> ScoreReader:
    def of_class(comparison: JudgedPixels, side: Side, classes: Positions) -> Floats:
        rates: Floats = getattr(comparison.frame_scores[side], name)
        if classes[0] == comparison.counts.classes:
            return np.full(comparison.counts.frames, np.nan)
        return _known(comparison, rates[:, classes[0]])

    return of_class


def _in_cell(comparison: JudgedPixels, side: Side, cell: Positions) -> Floats:
    return _known(comparison, frame_cell(comparison.counts, side, cell[0], cell[1]))


def _changed(kind: Diff) -> ScoreReader:
    return lambda comparison, *_: _known(comparison, comparison.frame_diffs[:, kind])


def _known(comparison: JudgedPixels, values: NDArray[Any]) -> Floats:
    return np.where(comparison.counts.counted, values.astype(np.float64), np.nan)


_CELL = "Pixels of the frame in one cell: label class, inferred class; or background."
_CHANGED = {
    Diff.IGNORED: "Pixels of the frame that are excluded from all counts.",
    Diff.BOTH_RIGHT: "Pixels of the frame that are right under both sets.",
    Diff.BOTH_WRONG: "Pixels of the frame that are wrong under both sets.",
    Diff.FIXED: "Pixels of the frame that are wrong under base and right under other.",
    Diff.BROKEN: "Pixels of the frame that are right under base and wrong under other.",
}

FRAME_FIELDS: tuple[FrameField[JudgedPixels], ...] = (
    FrameField(
        "accuracy",
        "Share of the frame's pixels that are of their label's class.",
        _score("accuracy"),
        unit=RATE,
        better="higher",
    ),
    FrameField(
        "miou",
        "Mean IoU of the classes that the frame's labels or inferences have.",
        _score("miou"),
        "mIoU",
        RATE,
        "higher",
        shown=Shown.JUDGED,
    ),
    FrameField(
        "fwiou",
        "IoU of the frame's classes, weighted by the pixels of their labels.",
        _score("fwiou"),
        unit=RATE,
        better="higher",
    ),
    FrameField(
        "errors",
        "Pixels of the frame that are not of their label's class.",
        _score("errors"),
        unit=PIXELS,
        better="lower",
        shown=Shown.EACH,
        share_of="pixels",
    ),
    FrameField("pixels", "Pixels of the frame that count.", _score("pixels"), unit=PIXELS),
    *(
        FrameField(kind.word, sentence, _changed(kind), unit=PIXELS, of_set=False, asked=False, of_pair=True)
        for kind, sentence in _CHANGED.items()
    ),
    FrameField(
        "iou", "IoU of a class in the frame.", _of_class("iou"), unit=RATE, better="higher", arguments=1
    ),
    FrameField(
        "precision",
        "Share of the frame's pixels inferred as a class that are correct.",
        _of_class("precision"),
        unit=RATE,
        better="higher",
        arguments=1,
    ),
    FrameField(
        "recall",
        "Share of the frame's pixels labelled as a class that are correct.",
        _of_class("recall"),
        unit=RATE,
        better="higher",
        arguments=1,
    ),
    FrameField(
        "f1",
        "Harmonic mean of precision and recall of a class in the frame.",
        _of_class("f1"),
        unit=RATE,
        better="higher",
        arguments=1,
    ),
    FrameField("confusion", _CELL, _in_cell, unit=PIXELS, arguments=2),
)
"""In the order of files."""


@dataclass(frozen=True, eq=False)
class JointPixels:
    """What base and other make of all frames; comparisons that count different frames share it.

    Attributes:
        counts: Of all frames.
        sides: Those that are chosen.
        boundaries: Scores `(frames, classes)` of the boundaries of classes, of each side; empty where they
            are not wanted.
    """

    counts: PixelCounts
    sides: tuple[Side, ...]
    boundaries: Mapping[Side, PixelScores] = field(default_factory=dict)

    @cached_property
    def frame_scores(self) -> dict[Side, PixelScores]:
        """Scores `(frames, classes)` of every frame by itself, of each side."""
        return {side: frame_scores(self.counts, side) for side in self.sides}

    @cached_property
    def frame_diffs(self) -> NDArray[np.int64]:
        """Pixels of every frame by `Diff`, `(frames, 5)` int64."""
        return frame_diffs(self.counts)


@dataclass(frozen=True, eq=False)
class PixelComparison(Comparison):
    """Base, and other judged against it, on the masks of one dataset; every count is in pixels.

    A frame is counted if it has a label mask and a mask of every chosen set, all readable; in it, a pixel is
    counted if its label has a class that is not ignored.

    Attributes:
        joint: Of all frames.
    """

    joint: JointPixels = field(kw_only=True)

    own_fields: ClassVar = FRAME_FIELDS
    no_objects: ClassVar = "masks have no objects, only frames"

    @classmethod
    def counted(
        cls,
        dataset: Dataset,
        base: InferenceSet,
        other: InferenceSet | None,
        counts: PixelCounts,
        boundaries: Sequence[PixelScores] = (),
    ) -> Self:
        """A comparison of sets whose pixels are counted, or of one alone."""
        sides = SIDES if other else SIDES[:1]
        edges = dict(zip(sides, boundaries, strict=False))
        return cls(dataset, base, other, joint=JointPixels(counts, sides, edges))

    def frame(self, row: int) -> Self:
        """The same, counted over one frame."""
        only = np.zeros(len(self.dataset.frames), bool)
        only[row] = True
        return self.within(only)

    @property
    def counts(self) -> PixelCounts:
        """Of all frames."""
        return self.joint.counts

    def prepare(self) -> tuple[object, ...]:
        """Compute what every screen asks for at first."""
        found = self.delta, self.scores, self.diffs, self.frame_scores, self.frame_diffs
        return (*found, self.cells) if self.other else found

    @property
    def frame_count(self) -> int:
        """How many frames are counted."""
        return int(self.narrowed.counted.sum())

    @property
    def label_count(self) -> int:
        """How many label masks the counted frames have: one each."""
        return self.frame_count

    @property
    def pixel_count(self) -> int:
        """How many pixels are counted."""
        return int(self.narrowed.pixels.sum(dtype=np.int64))

    @property
    def ignored_count(self) -> int:
        """How many pixels of the counted frames are excluded from all counts."""
        return int(self.narrowed.ignored.sum())

    @property
    def ignored(self) -> tuple[str, ...]:
        """Names of the classes whose pixels are excluded from all counts."""
        return tuple(e.name for e in self.dataset.project.class_map.entries if e.ignore_in_eval)

    @cached_property
    def narrowed(self) -> PixelCounts:
        """The counts of the frames that are counted."""
        return self.counts if self.frames is None else self.counts.within(self.frames)

    @cached_property
    def _confusions(self) -> dict[Side, CountMatrix]:
        """Background is last: its row is empty; its column holds pixels whose value has no counted class."""
        return {side: confusion(self.narrowed, side) for side in self.sides}

    @cached_property
    def cells(self) -> CellCounts:
        """Pixels of every cell and its lists; see `CellCounts`."""
        return count_cells(self.narrowed)

    @cached_property
    def scores(self) -> dict[Side, PixelScores]:
        """Scores per class and in total, of each side."""
        return {side: scores_of(self.confusion(side)) for side in self.sides}

    @cached_property
    def boundary_scores(self) -> dict[Side, PixelScores]:
        """Scores per class of boundaries, of each side; empty where they are not wanted."""
        counted = self.narrowed.counted
        return {
            side: PixelScores(
                *(part[counted].sum(axis=0) for part in (each.correct, each.support, each.inferred))
            )
            for side, each in self.joint.boundaries.items()
        }

    @cached_property
    def diffs(self) -> dict[Diff, int]:
        """Pixels of the counted frames by how they change from base to other."""
        counted = self.counts.counted if self.frames is None else self.frames & self.counts.counted
        sums = self.frame_diffs[counted].sum(axis=0)
        return {kind: int(sums[kind]) for kind in Diff}

    @property
    def frame_scores(self) -> dict[Side, PixelScores]:
        """Scores `(frames, classes)` of every frame by itself, of each side."""
        return self.joint.frame_scores

    @property
    def frame_diffs(self) -> NDArray[np.int64]:
        """Pixels of every frame by `Diff`, `(frames, 5)` int64."""
        return self.joint.frame_diffs

    def frames_of(self, label: int, inferred: int) -> CellFrames:
        """The counted frames behind the cell (label class, inferred class), largest change first."""
        return frames_of_cell(self, "confusion", (label, inferred))

    @cached_property
    def masks(self) -> MaskStack:
        """The masks of the dataset and of the chosen sets.

        Raises:
            UsageError: The dataset or a set has no masks.
        """
        return MaskStack.of(self.dataset, [self.inferences(side) for side in self.sides])

    @property
    def counting(self) -> NDArray[np.bool_]:
        """`(frames,)` bool, the frames that have all their masks among those chosen."""
        return self.narrowed.counted

    def _valued(self, resampling: Resampling) -> Mapping[Side, ValueIntervals]:
        found = pixel_values(self.narrowed, resampling, self.joint.boundaries)
        return {side: found[side] for side in self.sides}

    @property
    def label_units(self) -> Counts:
        """In how many of the counted frames, or groups of them, labels lie: of any class, then of each."""
        resampling = self.resampling(0, 0, lambda: False)
        support = self.frame_scores["base"].support[self.narrowed.counted]
        return np.append(resampling.units, units_with(support, resampling))

    def _resampled(self, resampling: Resampling) -> Significance:
        return pixel_significance(self.narrowed, resampling, self.joint.boundaries)


def pixel_verdict(comparison: PixelComparison, significance: Significance) -> Verdict:
    """Better or worse by mIoU, and which classes went the other way by IoU."""
    sides = comparison.scores
    totals = {side: total(scores) for side, scores in sides.items()}
    headline = significance.headline["miou"]
    first = Statement(
        about="pixels",
        figure="miou",
        delta=totals["other"]["miou"] - totals["base"]["miou"],
        interval=(float(headline.low[0]), float(headline.high[0])),
        p=float(headline.p[0]),
        state=headline.state(0),
    )
    delta = sides["other"].iou - sides["base"].iou
    iou = significance.per_class["iou"]
    classes = [
        Statement(
            name,
            "iou",
            float(delta[row]),
            (float(iou.low[row]), float(iou.high[row])),
            float(iou.p[row]),
            iou.state(row),
        )
        for row, name in enumerate(comparison.classes[:-1])
        if not np.isnan(delta[row])
    ]
    return Verdict((first,), contradicting(first, classes), unit=significance.unit)
