"""Metrics that the user brings: declared on a project, valued by frame and inference set."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class MetricKind(StrEnum):
    """What a metric gives for one frame."""

    OBJECTIVE = "objective"
    """One number."""
    CONFUSION_MATRIX = "confusion_matrix"
    """Rows labels, columns inferences, in the order of the evaluated classes, background last."""


@dataclass(frozen=True)
class Metric:
    """A metric of a project.

    Attributes:
        name: Letters, digits and underscores; unique in the project regardless of case.
        kind: What its values are.
        higher_is_better: Whether a larger number is better; means nothing for a confusion matrix.
        unit: What a number is counted in; may be empty.
    """

    name: str
    kind: MetricKind = MetricKind.OBJECTIVE
    higher_is_better: bool = True
    unit: str = ""


@dataclass(frozen=True)
class SetValue:
    """A figure of a whole inference set that is in no file, such as the latency of its model.

    Attributes:
        name: Letters, digits and underscores.
        value: The figure.
        higher_is_better: Whether a larger one is better.
    """

    name: str
    value: float
    higher_is_better: bool = True


@dataclass(frozen=True)
class MetricValues:
    """The values of one metric under one inference set.

    Attributes:
        number: `(frames,)` float64, NaN where there is none; for a confusion matrix the sum of its cells.
        frame: `(cells,)` int32, the frame of each cell of its matrix, ascending; cells that are 0 may be left
            out, but not all of a frame that has a matrix. Empty for an objective.
        label: `(cells,)` int32 row, a position in the evaluated classes, background after them.
        inferred: `(cells,)` int32 column, the same.
        value: `(cells,)` float64.
    """

    number: NDArray[np.float64]
    frame: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    label: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    inferred: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    value: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @property
    def present(self) -> NDArray[np.bool_]:
        """`(frames,)` bool: which frames have a value."""
        return ~np.isnan(self.number)

    def overlaid(self, newer: "MetricValues") -> "MetricValues":
        """These values with those of frames that `newer` has in their place."""
        kept = ~newer.present[self.frame]
        frame = np.concatenate([self.frame[kept], newer.frame])
        order = np.argsort(frame, kind="stable")
        cells = {
            name: np.concatenate([getattr(self, name)[kept], getattr(newer, name)])[order]
            for name in ("label", "inferred", "value")
        }
        return MetricValues(np.where(newer.present, newer.number, self.number), frame[order], **cells)
