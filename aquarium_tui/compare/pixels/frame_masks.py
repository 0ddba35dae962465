"""The masks of a dataset and of the sets compared, frame by frame, and the maps that are drawn of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.joint_counts import (
    Meaning,
    Runs,
    inferred_meaning,
    joint_runs,
    label_meaning,
)
from aquarium_tui.compare.pixels.scores import diffs_of
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.model.masks import Masks, MaskValues
from aquarium_tui.model.outcomes import Diff, InCell
from aquarium_tui.model.tables import Dataset, InferenceSet

DiffPlane = NDArray[np.uint8]
ClassPlane = NDArray[np.int32]


@dataclass(frozen=True)
class FrameMasks:
    """The three masks of one frame; every map is `(height, width)` of the label mask.

    Attributes:
        runs: All of them at once.
    """

    runs: Runs

    @property
    def label(self) -> ClassPlane:
        """Evaluated classes of the labels, int32; -1 where a pixel is excluded from all counts."""
        return self.runs.spread(self.runs.label)

    @property
    def base(self) -> ClassPlane:
        """Evaluated classes of base, int32; background is the number of classes."""
        return self.runs.spread(self.runs.base)

    @property
    def other(self) -> ClassPlane:
        """The same of other; base's where there is no other."""
        return self.runs.spread(self.runs.other)

    def diff(self, cell: tuple[int, int] | None = None) -> DiffPlane:
        """The diff map: `Diff` of each pixel, uint8.

        Args:
            cell: Label class and inferred class; where given, pixels that neither set has in it are
                `IGNORED`.
        """
        found = self._diffs
        if cell is not None:
            found = np.where(self._in_cell(*cell) == InCell.NEITHER, np.uint8(Diff.IGNORED), found)
        return self.runs.spread(found)

    def in_cell(self, label: int, inferred: int) -> DiffPlane:
        """Which sets put each pixel into a cell: `InCell`, uint8."""
        return self.runs.spread(self._in_cell(label, inferred))

    def pixels(self) -> dict[Diff, int]:
        """Pixels by `Diff`."""
        sums = np.bincount(self._diffs, self.runs.length, len(Diff))
        return {kind: int(sums[kind]) for kind in Diff}

    @property
    def _diffs(self) -> DiffPlane:
        return diffs_of(self.runs.label, self.runs.base, self.runs.other)

    def _in_cell(self, label: int, inferred: int) -> DiffPlane:
        runs = self.runs
        labelled = runs.label == label
        by_base, by_other = (labelled & (classes == inferred) for classes in (runs.base, runs.other))
        return np.asarray(by_base * np.uint8(InCell.BASE) + by_other * np.uint8(InCell.OTHER))


@dataclass(frozen=True)
class MaskStack:
    """The masks of a dataset and, above them, of one or two sets.

    Attributes:
        masks: Those of the labels first.
        meanings: What the values of each mean.
    """

    masks: tuple[Masks, ...]
    meanings: tuple[Meaning, ...]

    @classmethod
    def of(cls, dataset: Dataset, sets: Sequence[InferenceSet]) -> "MaskStack":
        """The masks of a dataset and its sets.

        Raises:
            UsageError: The dataset or a set has no masks.
        """
        classes = dataset.project.class_map
        labels = _masks(dataset.masks, dataset.name)
        inferred = [_masks(one.masks, one.id) for one in sets]
        meanings = (label_meaning(labels, classes), *(inferred_meaning(each, classes) for each in inferred))
        return cls((labels, *inferred), meanings)

    def files(self, row: int) -> tuple[str, ...] | None:
        """The mask files of a frame; None where one is missing."""
        files = [each.file(row) for each in self.masks]
        return tuple(filter(None, files)) if all(files) else None

    def frame(self, row: int, read: Callable[[str], MaskValues]) -> FrameMasks:
        """The masks of one frame.

        Args:
            row: The frame.
            read: Gives the values in a mask file; may raise `InputError`.

        Raises:
            InputError: One is missing or cannot be read.
        """
        files = self.files(row)
        if files is None:
            raise InputError("a mask is missing", "Upload the masks again once it is there.")
        label, *inferred = map(read, files)
        return FrameMasks(joint_runs(label, inferred, self.meanings))


def _masks(masks: Masks | None, name: str) -> Masks:
    if masks is None:
        raise UsageError(f"{name} has no masks to compare.")
    return masks
