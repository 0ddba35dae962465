"""Numbers of the frames of a comparison of masks, as queries name them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.measure import Measure
from aquarium_tui.compare.pixels.counting import PixelCounts
from aquarium_tui.compare.pixels.matrices import frame_cell
from aquarium_tui.compare.pixels.scores import PixelScores
from aquarium_tui.model.settings import Side

Scores = Mapping[Side, PixelScores]
Floats = NDArray[np.float64]

FRAME_FIELDS = {
    "accuracy": "Share of the frame's pixels that are of their label's class.",
    "miou": "Mean IoU of the classes that the frame's labels or inferences have.",
    "fwiou": "IoU of the frame's classes, weighted by the pixels of their labels.",
    "errors": "Pixels of the frame that are not of their label's class.",
    "pixels": "Pixels of the frame that count.",
}
CLASS_METHODS = {
    "iou": "IoU of a class in the frame.",
    "precision": "Correct of all pixels of the frame inferred as a class.",
    "recall": "Correct of all pixels of the frame labelled as a class.",
    "f1": "Harmonic mean of precision and recall of a class in the frame.",
}
_CELL = "Pixels of the frame in one cell: label class, inferred class; or background."


def pixel_measures(counts: PixelCounts, scores: Scores) -> dict[str, Measure]:
    """The measures of masks by name; those of a frame that is not counted are NaN."""
    found = {name: Measure(_of_frame(counts, scores, name), text) for name, text in FRAME_FIELDS.items()}
    found |= {name: Measure(_of_class(counts, scores, name), text, 1) for name, text in CLASS_METHODS.items()}
    return found | {"confusion": Measure(_of_cell(counts), _CELL, 2)}


def _of_frame(counts: PixelCounts, scores: Scores, name: str) -> Callable[[Side, tuple[int, ...]], Floats]:
    return lambda side, _: _known(counts, getattr(scores[side], name))


def _of_class(counts: PixelCounts, scores: Scores, name: str) -> Callable[[Side, tuple[int, ...]], Floats]:
    def of_class(side: Side, classes: tuple[int, ...]) -> Floats:
        rates: Floats = getattr(scores[side], name)
        if classes[0] == counts.classes:
            return np.full(counts.frames, np.nan)
        return _known(counts, rates[:, classes[0]])

    return of_class


def _of_cell(counts: PixelCounts) -> Callable[[Side, tuple[int, ...]], Floats]:
    return lambda side, cell: _known(counts, frame_cell(counts, side, cell[0], cell[1]))


def _known(counts: PixelCounts, values: NDArray[Any]) -> Floats:
    return np.where(counts.counted, values.astype(np.float64), np.nan)
