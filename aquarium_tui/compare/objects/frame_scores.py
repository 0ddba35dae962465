"""Per-frame metrics of an inference set."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.matching import Matching
from aquarium_tui.compare.rates import rate
from aquarium_tui.model.arrays import Counts, Floats
from aquarium_tui.model.outcomes import Outcome

_OUTCOMES = len(Outcome)


@dataclass(frozen=True)
class FrameScores:
    """Scores of each frame under one set, `(frames,)`; rates float64, NaN where undefined, counts int64.

    Attributes:
        errors: Confused, missed and spurious together.
    """

    correct: Counts
    confused: Counts
    missed: Counts
    spurious: Counts
    errors: Counts
    precision: Floats
    recall: Floats
    f1: Floats


def frame_scores(evaluation: Evaluation, matching: Matching) -> FrameScores:
    """Counts and rates of every frame."""
    frames = len(evaluation.dataset.frames)
    labels = _counts(evaluation.dataset.labels.frame, matching.label_outcome, frames)
    alone = _counts(evaluation.inferences.objects.frame, matching.inference_outcome, frames)
    correct, confused, missed = (labels[:, o] for o in (Outcome.CORRECT, Outcome.CONFUSED, Outcome.MISSED))
    spurious = alone[:, Outcome.SPURIOUS]
    support, inferred = correct + confused + missed, correct + confused + spurious
    return FrameScores(
        correct=correct,
        confused=confused,
        missed=missed,
        spurious=spurious,
        errors=confused + missed + spurious,
        precision=rate(correct, inferred),
        recall=rate(correct, support),
        f1=rate(2 * correct, support + inferred),
    )


def _counts(frame: NDArray[np.int32], outcome: NDArray[np.uint8], frames: int) -> Counts:
    cells = frame * np.int32(_OUTCOMES) + outcome
    return np.bincount(cells, minlength=frames * _OUTCOMES).reshape(frames, _OUTCOMES).astype(np.int64)
