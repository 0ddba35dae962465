"""Confusion: counts by (label class, inferred class), background last in both."""

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.matching import EvaluatedClasses, Matching
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.outcomes import Outcome


def label_cells(matching: Matching, classes: EvaluatedClasses, n: int) -> NDArray[np.int32]:
    """`(labels,)` int32: the cell of each label as `row * (n + 1) + column`, -1 for an ignored one.

    Args:
        matching: Partners and outcomes.
        classes: Evaluated classes.
        n: How many evaluated classes there are; background is class n.
    """
    paired = np.flatnonzero(matching.label_partner >= 0)
    inferred = np.full(len(classes.label), n, np.int32)
    inferred[paired] = classes.inference[matching.label_partner[paired]]
    cells = classes.label * np.int32(n + 1) + inferred
    return np.where(matching.label_outcome == Outcome.IGNORED, np.int32(-1), cells)


def confusion(matching: Matching, classes: EvaluatedClasses, n: int) -> CountMatrix:
    """The matrix `(n + 1, n + 1)` int64 of one set; rows labels, columns inferences.

    The last column holds the missed, the last row the spurious; (background, background) is 0.
    """
    cells = label_cells(matching, classes, n)
    matrix = confusion_of_cells(cells, n)
    spurious = classes.inference[matching.inference_outcome == Outcome.SPURIOUS]
    matrix[n] += np.bincount(spurious, minlength=n + 1)
    return matrix


def confusion_of_cells(cells: NDArray[np.int32], n: int) -> CountMatrix:
    """The matrix `(n + 1, n + 1)` int64 of objects in these cells, `row * (n + 1) + column`, -1 in none."""
    counts = np.bincount(cells[cells >= 0], minlength=(n + 1) ** 2)
    return counts.reshape(n + 1, n + 1).astype(np.int64)
