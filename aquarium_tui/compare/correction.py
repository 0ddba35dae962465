"""What became of the labels of a dataset when they were corrected."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import joined
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

_NOT_KNOWN = -1
"""The number of a text or mask that is absent."""
_DECIMALS = 2
"""Of pixels, to which boxes are compared: COCO and CVAT write no more."""


@dataclass(frozen=True)
class LabelChanges:
    """How labels differ from those before; of masks, pixels are counted instead of labels.

    Attributes:
        before: How many there were.
        now: How many there are.
        added: Those that nothing stood for before.
        removed: Those before that nothing stands for now.
        relabelled: `(classes, classes)` int64, those of another class: rows are classes now, columns before.
        moved: Those of the same class whose box or outline is another one.
    """

    before: int
    now: int
    added: int
    removed: int
    relabelled: NDArray[np.int64]
    moved: int


def label_changes(labels: Comparison, before: Dataset) -> LabelChanges:
    """What differs between the labels before and now.

    Args:
        labels: The labels before, as base, compared with those of the dataset now.
        before: The same frames with the labels before.
    """
    matrix = labels.confusion("base")
    inner = matrix[:-1, :-1]
    same = int(np.trace(inner))
    counted = slice(None) if labels.counting is None else labels.counting
    moved = same - _unchanged(before, labels.dataset, counted) if labels.no_objects == "" else 0
    return LabelChanges(
        before=int(matrix[:, :-1].sum()),
        now=int(matrix[:-1].sum()),
        added=int(matrix[:-1, -1].sum()),
        removed=int(matrix[-1, :-1].sum()),
        relabelled=inner * ~np.eye(len(inner), dtype=bool),
        # Labels that count for nothing, such as crowds, are in no cell.
        moved=max(moved, 0),
    )


def labels_differ(before: Dataset, now: Dataset) -> bool:
    """Whether the labels of the same frames differ; masks do where they are in other files."""
    if (before.masks is None) != (now.masks is None):
        return True
    if before.masks is not None and now.masks is not None:
        return _files(before) != _files(now)
    equal = _unchanged(before, now, slice(None))
    return not equal == len(before.labels) == len(now.labels)


def as_inferences(before: Dataset) -> InferenceSet:
    """The labels of a dataset as an inference set that is sure of all of them."""
    count = len(before.labels)
    labels = before.labels
    objects = Objects(
        labels.starts,
        labels.class_index,
        labels.box,
        np.ones(count),
        np.zeros(0, bool),
        np.zeros(0),
        labels.id,
        {},
        labels.mask,
    )
    return InferenceSet("labels_before", objects, before.provenance, before.masks)


def _files(dataset: Dataset) -> list[str | None]:
    masks = dataset.masks
    assert masks
    return [path and joined(masks.folder, path) for path in masks.path]


def _unchanged(before: Dataset, now: Dataset, frames: NDArray[np.bool_] | slice) -> int:
    """How many labels have the same frame, class, box but for rounding, outline and crowd, one to one."""
    words: dict[str, int] = {}
    keys = [_keys(each, frames, words) for each in (before.labels, now.labels)]
    found = [np.unique(key, return_counts=True) for key in keys]
    _, one, two = np.intersect1d(found[0][0], found[1][0], assume_unique=True, return_indices=True)
    return int(np.minimum(found[0][1][one], found[1][1][two]).sum())


def _keys(labels: Objects, frames: NDArray[np.bool_] | slice, words: dict[str, int]) -> NDArray[np.void]:
    """`(n,)`: all that tells labels apart, as bytes; those of other frames are left out.

    Args:
        labels: The labels.
        frames: Which frames count.
        words: Numbers of outlines, which those that are new are added to.
    """
    inside = np.zeros(len(labels.starts) - 1, bool)
    inside[frames] = True
    crowd = labels.crowd if len(labels.crowd) else np.zeros(len(labels), bool)
    outline = _codes(labels.mask, words) if labels.mask is not None else np.full(len(labels), _NOT_KNOWN)
    # Adding 0 makes -0.0 the same bytes as 0.0.
    table = (
        np.column_stack([labels.frame, labels.class_index, crowd, outline, labels.box.round(_DECIMALS)]) + 0.0
    )
    table = np.ascontiguousarray(table[inside[labels.frame]], np.float64)
    return table.view(np.dtype((np.void, table.dtype.itemsize * table.shape[1]))).ravel()


def _codes(text: Text, words: dict[str, int]) -> NDArray[np.int64]:
    numbers = [words.setdefault(word, len(words)) for word in text.words]
    return np.array([*numbers, _NOT_KNOWN], np.int64)[text.codes]
