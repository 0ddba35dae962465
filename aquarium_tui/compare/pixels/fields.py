"""The table of fields of frames of masks; what is of a frame that is not counted is NaN."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.fields import FrameField, Positions, Shown
from aquarium_tui.compare.pixels.joint_counts import PixelCounts
from aquarium_tui.compare.pixels.scores import PixelScores, frame_cell
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.numbers import PIXELS, RATE
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import Side


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
