"""Values of one metric, frame by frame, checked as they come."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.formats.records import EXAMPLES
from aquarium_tui.model.metrics import MetricKind, MetricValues
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem


@dataclass
class Gathering:
    """Gathers the values of a metric, and counts what is wrong with them.

    Attributes:
        name: Of the metric.
        classes: How many evaluated classes there are, without background.
        kind: Of the metric; None takes that of the first value.
    """

    name: str
    classes: int
    kind: MetricKind | None = None
    _values: dict[int, Any] = field(default_factory=dict)
    _wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, frame: int, place: str, value: object) -> None:
        """Take the value of a frame; None is none.

        Args:
            frame: Its row.
            place: What to call it in messages.
            value: A number, or rows of numbers.
        """
        if value is None:
            return
        rows = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)
        kind = MetricKind.CONFUSION_MATRIX if rows else MetricKind.OBJECTIVE
        if self.kind not in (None, kind):
            self.reject(f"values that are no {str(self.kind).replace('_', ' ')}", place)
        elif rows:
            self._take_matrix(frame, place, value)
        else:
            self._take_number(frame, place, value)

    def reject(self, kind: str, place: str) -> None:
        """Count a value that is left out."""
        self._wrong.setdefault(kind, []).append(visible(place))

    def values(self, frames: int) -> MetricValues:
        """What was gathered, over so many frames."""
        number = np.full(frames, np.nan)
        rows = sorted(self._values)
        if self.kind is not MetricKind.CONFUSION_MATRIX:
            number[rows] = [self._values[row] for row in rows]
            return MetricValues(number)
        matrices = [self._values[row] for row in rows]
        number[rows] = [matrix.sum() for matrix in matrices]
        cells = [_there(matrix) for matrix in matrices]
        frame = np.repeat(np.array(rows, np.int32), [len(label) for label, _ in cells])
        label, inferred = np.concatenate([np.zeros((2, 0), np.int32), *map(np.array, cells)], axis=1)
        value = np.concatenate([np.zeros(0), *(m[cell] for m, cell in zip(matrices, cells, strict=True))])
        return MetricValues(number, frame, label.astype(np.int32), inferred.astype(np.int32), value)

    def problems(self) -> tuple[Problem, ...]:
        """What was left out, by kind."""
        return tuple(
            Problem(f"{self.name}: {kind}", len(places), "left out", tuple(places[:EXAMPLES]))
            for kind, places in self._wrong.items()
        )

    def __len__(self) -> int:
        return len(self._values)

    def _take_number(self, frame: int, place: str, value: Any) -> None:  # noqa: ANN401
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            shown = value if isinstance(value, str) else type(value).__name__
            self.reject("values that are no numbers", f"{place} ({shown})")
            return
        if math.isfinite(number):
            self.kind, self._values[frame] = MetricKind.OBJECTIVE, number
        else:
            self.reject("values that are not finite", f"{place} ({number})")

    def _take_matrix(self, frame: int, place: str, value: object) -> None:
        n = self.classes
        try:
            matrix = np.array(value, dtype=np.float64)
        except (TypeError, ValueError):
            self.reject("values that are no rows of numbers of one length", place)
            return
        if matrix.shape not in ((n, n), (n + 1, n + 1)):
            wanted = f"{n} × {n} nor, with background, {n + 1} × {n + 1}"
            shape = " × ".join(map(str, matrix.shape))
            self.reject(f"matrices that are neither {wanted}", f"{place} ({shape})")
        elif not np.isfinite(matrix).all():
            self.reject("matrices that hold a number that is not finite", place)
        else:
            self.kind, self._values[frame] = MetricKind.CONFUSION_MATRIX, matrix


def _there(matrix: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Rows and columns of the cells that are not 0; the first cell where all are."""
    label, inferred = np.nonzero(matrix)
    first = np.zeros(1, int)
    return (label, inferred) if len(label) else (first, first)
