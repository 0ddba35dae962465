"""`PixelComparison`: what `Comparison` is to objects, for masks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.frames_of_cell import CellFrames, frames_of_cell
from aquarium_tui.compare.measures import Measure, metric_measures
from aquarium_tui.compare.pixels.counting import PixelCounts
from aquarium_tui.compare.pixels.frame_masks import MaskStack
from aquarium_tui.compare.pixels.matrices import confusion, count_cells, frame_diffs
from aquarium_tui.compare.pixels.scores import PixelScores, frame_scores, pixel_measures, scores_of
from aquarium_tui.compare.pixels.significance import PixelSignificance, pixel_significance
from aquarium_tui.errors import UsageError
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.classes import class_names
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.model.tables import Dataset, InferenceSet


@dataclass(frozen=True, eq=False)
class PixelComparison:
    """Base, and other judged against it, on the masks of one dataset; every count is in pixels.

    A frame is counted if it has a label mask and a mask of every chosen set, all readable; in it, a pixel is
    counted if its label has a class that is not ignored. Everything is computed when first asked for.

    Attributes:
        dataset: Frames and label masks.
        base: Has masks.
        other: The same; None where only one set is chosen.
        counts: Of all frames.
        frames: `(frames,)` bool, those that are counted; None counts all. `frame_scores` and `frame_diffs`
            hold all frames even so.
    """

    dataset: Dataset
    base: InferenceSet
    other: InferenceSet | None
    counts: PixelCounts
    frames: NDArray[np.bool_] | None = None

    def swapped(self) -> "PixelComparison":
        """Other as base and base as other."""
        other = self.inferences("other")
        return PixelComparison(self.dataset, other, self.base, self.counts.swapped(), self.frames)

    def within(self, frames: NDArray[np.bool_]) -> "PixelComparison":
        """The same, counted over the frames where `(frames,)` is true."""
        narrowed = replace(self, frames=frames)
        narrowed.__dict__.update(frame_scores=self.frame_scores, frame_diffs=self.frame_diffs)
        return narrowed

    def frame(self, row: int) -> "PixelComparison":
        """The same, counted over one frame."""
        only = np.zeros(len(self.dataset.frames), bool)
        only[row] = True
        return self.within(only)

    @property
    def of_objects(self) -> bool:
        """Whether there are objects to ask for, not masks alone."""
        return False

    @property
    def frame_count(self) -> int:
        """How many frames are counted."""
        return int(self.narrowed.counted.sum())

    @property
    def pixel_count(self) -> int:
        """How many pixels are counted."""
        return int(self.narrowed.pixels.sum(dtype=np.int64))

    @property
    def ignored_count(self) -> int:
        """How many pixels of the counted frames leave every count."""
        return int(self.narrowed.ignored.sum())

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that are chosen."""
        return SIDES if self.other else SIDES[:1]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Names of the matrices' rows and columns, background last."""
        return tuple(class_names(self.dataset.project.class_map))

    @property
    def ignored(self) -> tuple[str, ...]:
        """Names of the classes whose pixels leave every count."""
        return tuple(e.name for e in self.dataset.project.class_map.entries if e.ignore_in_eval)

    def inferences(self, side: Side) -> InferenceSet:
        """The inference set of one side.

        Raises:
            UsageError: There is no other set.
        """
        chosen = self.base if side == "base" else self.other
        if chosen is None:
            raise UsageError("no other inference set is chosen.")
        return chosen

    @cached_property
    def narrowed(self) -> PixelCounts:
        """The counts of the frames that are counted."""
        return self.counts if self.frames is None else self.counts.within(self.frames)

    def confusion(self, side: Side) -> CountMatrix:
        """The confusion `(classes + 1, classes + 1)` int64 of one set: rows labels, columns inferred.

        Background is last: its row is empty, its column holds pixels whose inferred value has no class, or
        an ignored one.

        Raises:
            UsageError: There is no other set.
        """
        self.inferences(side)
        return self._confusions[side]

    @cached_property
    def _confusions(self) -> dict[Side, CountMatrix]:
        return {side: confusion(self.narrowed, side) for side in self.sides}

    @cached_property
    def delta(self) -> CountMatrix:
        """Other minus base, `(classes + 1, classes + 1)` int64; base alone where there is no other."""
        if self.other is None:
            return self.confusion("base")
        return self.confusion("other") - self.confusion("base")

    @cached_property
    def cells(self) -> CellCounts:
        """Pixels of every cell and its lists; see `CellCounts`."""
        return count_cells(self.narrowed)

    @cached_property
    def scores(self) -> dict[Side, PixelScores]:
        """Scores per class and in total, of each side."""
        return {side: scores_of(self.confusion(side)) for side in self.sides}

    @cached_property
    def diffs(self) -> dict[Diff, int]:
        """Pixels of the counted frames by how they change from base to other."""
        counted = self.counts.counted if self.frames is None else self.frames & self.counts.counted
        sums = self.frame_diffs[counted].sum(axis=0)
        return {kind: int(sums[kind]) for kind in Diff}

    @cached_property
    def frame_scores(self) -> dict[Side, PixelScores]:
        """Scores `(frames, classes)` of every frame by itself, of each side."""
        return {side: frame_scores(self.counts, side) for side in self.sides}

    @cached_property
    def frame_diffs(self) -> NDArray[np.int64]:
        """Pixels of every frame by `Diff`, `(frames, 5)` int64."""
        return frame_diffs(self.counts)

    @property
    def measures(self) -> Mapping[str, Measure]:
        """Numbers of frames by name: those of masks, and the user's metrics."""
        return pixel_measures(self.counts, self.frame_scores) | metric_measures(self)

    def frames_of(self, label: int, inferred: int) -> CellFrames:
        """The counted frames behind the cell (label class, inferred class), the largest change first."""
        return frames_of_cell(self, "confusion", (label, inferred))

    @cached_property
    def masks(self) -> MaskStack:
        """The masks of the dataset and of the chosen sets.

        Raises:
            UsageError: The dataset or a set has no masks.
        """
        return MaskStack.of(self.dataset, [self.inferences(side) for side in self.sides])

    def significance(
        self, replicates: int = 1000, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
    ) -> PixelSignificance:
        """How sure the deltas are; some seconds of work for thousands of frames.

        Args:
            replicates: How often the frames are drawn anew.
            seed: Of the draws.
            cancelled: Asked now and then whether to stop.

        Raises:
            UsageError: There is no other set.
            CancelledError: `cancelled` said so.
        """
        self.inferences("other")
        key = (replicates, seed)
        if key not in self._significances:
            resampling = Resampling(self.frame_count, replicates, seed, cancelled)
            self._significances[key] = pixel_significance(self.narrowed, resampling)
        return self._significances[key]

    @cached_property
    def _significances(self) -> dict[tuple[int, int], PixelSignificance]:
        return {}
