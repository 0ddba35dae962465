"""Boundary IoU: the IoU of classes close to their edges alone, where IoU of large objects hides what is lost.

As Cheng et al. (2021) define it: of a class, its boundary in a mask are the pixels that an erosion by `SHARE`
of the frame's diagonal takes away, and boundary IoU is that of the boundaries of labels and inferences.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.joint_counts import IGNORED, Meaning, resized
from aquarium_tui.compare.pixels.scores import PixelScores
from aquarium_tui.errors import InputError
from aquarium_tui.model.arrays import Counts
from aquarium_tui.model.masks import MaskValues

SHARE = 0.02
"""Of the diagonal, as in the reference implementation."""


@dataclass(frozen=True)
class FrameBoundaries:
    """Pixels of one frame that lie on boundaries, by evaluated class.

    Attributes:
        labelled: `(classes,)` int64 on the boundary of the class in the labels.
        inferred: `(sets, classes)` on its boundary in each set, where a label counts.
        correct: `(sets, classes)` on both.
    """

    labelled: Counts
    inferred: Counts
    correct: Counts


def on_boundary(classes: NDArray[np.integer], distance: int) -> NDArray[np.bool_]:
    """`(height, width)` bool: pixels with one of another class, or the edge of the mask, within `distance`.

    Distances are those of a king on a chessboard, as of an erosion with a square. A window has but one class
    if there is no step between neighbours in it; steps are counted with summed areas, so that the size of the
    window costs nothing.

    Args:
        classes: `(height, width)`.
        distance: In pixels, at least 1.
    """
    height, width = classes.shape
    found = np.ones((height, width), bool)
    if min(height, width) <= 2 * distance:
        return found
    down = _summed(classes[1:] != classes[:-1])
    right = _summed(classes[:, 1:] != classes[:, :-1])
    tall, wide = 2 * distance + 1, 2 * distance + 1
    steps = _windows(down, tall - 1, wide) + _windows(right, tall, wide - 1)
    found[distance : height - distance, distance : width - distance] = steps > 0
    return found


def _summed(flags: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Summed areas, a row and a column of zeros first."""
    sums = np.zeros((flags.shape[0] + 1, flags.shape[1] + 1), np.int32)
    np.cumsum(flags, axis=0, dtype=np.int32, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    return sums


def _windows(sums: NDArray[np.int32], tall: int, wide: int) -> NDArray[np.int32]:
    """The sum in each window of that size."""
    return np.asarray(sums[tall:, wide:] - sums[:-tall, wide:] - sums[tall:, :-wide] + sums[:-tall, :-wide])


def boundary_width(shape: tuple[int, ...]) -> int:
    """How far a boundary reaches into a class, in pixels, in a mask of that height and width."""
    return max(1, round(SHARE * float(np.hypot(shape[0], shape[1]))))


def count_boundaries(
    read: Callable[[str], MaskValues], meanings: Sequence[Meaning], files: Sequence[str]
) -> FrameBoundaries | str:
    """The boundaries of one frame; where a mask cannot be read, why.

    Args:
        read: Gives the values in a mask file; may raise `InputError`.
        meanings: What they mean, of the labels first.
        files: The label mask, then the mask of each set.
    """
    try:
        values = list(map(read, files))
    except InputError as error:
        return error.message
    shape, n = values[0].shape, meanings[1].unnamed
    label, *inferred = (
        meaning.positions(resized(each, shape).ravel()).reshape(shape)
        for each, meaning in zip(values, meanings, strict=True)
    )
    distance = boundary_width(shape)
    counts = label != IGNORED
    edge = on_boundary(label, distance) & counts
    sets = [(each, on_boundary(each, distance) & counts) for each in inferred]
    return FrameBoundaries(
        _by_class(label, edge, n),
        np.stack([_by_class(each, near & (each < n), n) for each, near in sets]),
        np.stack([_by_class(label, edge & near & (each == label), n) for each, near in sets]),
    )


def _by_class(classes: NDArray[np.int32], where: NDArray[np.bool_], n: int) -> Counts:
    return np.bincount(classes[where], minlength=n).astype(np.int64)


def boundary_scores(
    found: Mapping[int, FrameBoundaries | str], frames: int, classes: int, sets: int
) -> tuple[PixelScores, ...]:
    """The scores of each set `(frames, classes)`, from the boundaries of frames by row; 0 where none are."""
    labelled = np.zeros((frames, classes), np.int64)
    inferred, correct = (np.zeros((sets, frames, classes), np.int64) for _ in range(2))
    for row, part in found.items():
        if isinstance(part, FrameBoundaries):
            labelled[row], inferred[:, row], correct[:, row] = part.labelled, part.inferred, part.correct
    return tuple(PixelScores(correct[at], labelled, inferred[at]) for at in range(sets))
