"""What a metric function of the user receives of a frame."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

MetricInputs = Callable[[int], tuple[object, object]]
"""Gives the labels and the inferences of a frame, by its row."""


@dataclass(frozen=True)
class MetricObjects:
    """The labels or the inferences of a frame as a metric function receives them; arrays are read-only.

    Attributes:
        class_index: `(n,)` int32 position in `MetricFrame.classes`, -1 for an ignored class.
        box: `(n, 4)` float64 left, top, right, bottom in pixels.
        confidence: `(n,)` float64; empty for labels.
        crowd: `(n,)` bool; empty for inferences.
    """

    class_index: NDArray[np.int32]
    box: Boxes
    confidence: NDArray[np.float64]
    crowd: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.box)


def object_inputs(dataset: Dataset, inferences: InferenceSet) -> MetricInputs:
    """Labels and inferences of frames as `MetricObjects`."""
    evaluated = dataset.project.class_map.evaluated

    def objects(row: int) -> tuple[object, object]:
        return _of_frame(dataset.labels, row, evaluated), _of_frame(inferences.objects, row, evaluated)

    return objects


def _of_frame(objects: Objects, row: int, evaluated: NDArray[np.int32]) -> MetricObjects:
    rows = slice(int(objects.starts[row]), int(objects.starts[row + 1]))
    return MetricObjects(
        class_index=_read_only(evaluated[objects.class_index[rows]]),
        box=_read_only(objects.box[rows]),
        confidence=_read_only(objects.confidence[rows]),
        crowd=_read_only(objects.crowd[rows]),
    )


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
