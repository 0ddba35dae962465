"""The masks of one frame, and the maps that screens draw of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.counting import Runs
from aquarium_tui.compare.pixels.matrices import diffs_of
from aquarium_tui.model.outcomes import Diff, InCell

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
        """Evaluated classes of the labels, int32; -1 where a pixel leaves every count."""
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
