"""`ObjectComparison`: the one seam between the analysis and everything that shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.cells import CellCounts, CellList
from aquarium_tui.compare.measures import Measure, metric_measures
from aquarium_tui.compare.objects.average_precision import AveragePrecision
from aquarium_tui.compare.objects.cells import count_cells, rows_of_cell
from aquarium_tui.compare.objects.confusion import confusion, confusion_of_cells
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.frame_scores import FrameScores, frame_scores
from aquarium_tui.compare.objects.ledger import Ledger, SetPart, build_ledger
from aquarium_tui.compare.objects.matching import Matching
from aquarium_tui.compare.objects.significance import Significance, significance
from aquarium_tui.compare.rates import ClassScores, scores
from aquarium_tui.errors import UsageError
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.classes import class_names
from aquarium_tui.model.settings import SIDES, Settings, Side
from aquarium_tui.model.tables import CLASSIFICATION, MASK, Dataset, InferenceSet


@dataclass(frozen=True, eq=False)
class ObjectComparison:
    """Base, and other judged against it, on one dataset under one choice of settings.

    Everything is computed when first asked for and then kept. A comparison made by `under` or `swapped`
    shares what does not depend on the settings.

    Attributes:
        dataset: Frames and labels.
        base: The evaluation of the base set.
        other: The evaluation of the other set; None where only one set is chosen.
        settings: Thresholds and rule.
        frames: `(frames,)` bool, those that are counted; None counts all. Ledger and frame scores hold all
            frames even so.
    """

    dataset: Dataset
    base: Evaluation
    other: Evaluation | None = None
    settings: Settings = field(default_factory=Settings)
    frames: NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls, dataset: Dataset, base: InferenceSet, other: InferenceSet | None, settings: Settings
    ) -> "ObjectComparison":
        """A comparison of two loaded sets, or of one alone."""
        judged = Evaluation(dataset, other) if other else None
        return cls(dataset, Evaluation(dataset, base), judged, settings)

    def under(self, settings: Settings) -> "ObjectComparison":
        """The same sets under other settings."""
        return replace(self, settings=settings)

    def swapped(self) -> "ObjectComparison":
        """Other as base and base as other, each keeping its confidence threshold."""
        if self.other is None:
            raise UsageError("there is no other set to swap with.")
        now = self.settings
        settings = replace(now, base_confidence=now.other_confidence, other_confidence=now.base_confidence)
        return ObjectComparison(self.dataset, self.other, self.base, settings, self.frames)

    def within(self, frames: NDArray[np.bool_]) -> "ObjectComparison":
        """The same, counted over the frames where `(frames,)` is true."""
        narrowed = replace(self, frames=frames)
        narrowed.__dict__.update(ledger=self.ledger, frame_scores=self.frame_scores)
        return narrowed

    @property
    def of_objects(self) -> bool:
        """Whether there are objects to ask for, not masks alone."""
        return True

    @property
    def whole(self) -> bool:
        """Whether objects are classes of whole images, to which boxes, IoU and AP mean nothing."""
        return self.dataset.project.task == CLASSIFICATION

    @property
    def iou_words(self) -> str:
        """What the IoU threshold is of: `IoU` of boxes, or `mask IoU`."""
        return "mask IoU" if self.dataset.project.iou_type == MASK else "IoU"

    @property
    def frame_count(self) -> int:
        """How many frames are counted."""
        return len(self.dataset.frames) if self.frames is None else int(self.frames.sum())

    @property
    def label_count(self) -> int:
        """How many labels the counted frames have."""
        labels = self.dataset.labels
        return len(labels) if self.frames is None else int(np.diff(labels.starts)[self.frames].sum())

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that are chosen."""
        return SIDES if self.other else SIDES[:1]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Names of the matrices' rows and columns, background last."""
        return tuple(class_names(self.dataset.project.class_map))

    def evaluation(self, side: Side) -> Evaluation:
        """The evaluation of one side.

        Raises:
            UsageError: There is no other set.
        """
        chosen = self.base if side == "base" else self.other
        if chosen is None:
            raise UsageError("no other inference set is chosen.")
        return chosen

    def inferences(self, side: Side) -> InferenceSet:
        """The inference set of one side.

        Raises:
            UsageError: There is no other set.
        """
        return self.evaluation(side).inferences

    @property
    def measures(self) -> Mapping[str, Measure]:
        """The user's metrics of frames, by name."""
        return metric_measures(self)

    def matching(self, side: Side) -> Matching:
        """Partners and outcomes of one set."""
        settings = self.settings
        return self.evaluation(side).matching(settings.confidence(side), settings.iou, settings.rule)

    def confusion(self, side: Side) -> CountMatrix:
        """The confusion `(n + 1, n + 1)` int64 of one set: rows labels, columns inferred; background last.

        Raises:
            UsageError: There is no other set.
        """
        self.evaluation(side)
        return self._confusions[side]

    @cached_property
    def _confusions(self) -> dict[Side, CountMatrix]:
        n = len(self.classes) - 1
        if self.frames is None:
            return {s: confusion(self.matching(s), self.evaluation(s).classes, n) for s in self.sides}
        cells = {"base": self.counted.base_cell, "other": self.counted.other_cell}
        return {side: confusion_of_cells(cells[side], n) for side in self.sides}

    @cached_property
    def delta(self) -> CountMatrix:
        """Other minus base, `(n + 1, n + 1)` int64; base alone where there is no other."""
        if self.other is None:
            return self.confusion("base")
        return self.confusion("other") - self.confusion("base")

    @cached_property
    def scores(self) -> dict[Side, ClassScores]:
        """Precision, recall, F1 and counts per class, of each side."""
        return {side: scores(self.confusion(side)) for side in self.sides}

    def average_precision(self, side: Side) -> AveragePrecision:
        """COCO's metrics of one set, over all confidences: the settings have no part in it."""
        if self.frames is None:
            return self.evaluation(side).average_precision
        if side not in self._average_precisions:
            self._average_precisions[side] = self.evaluation(side).average_precision_of(self.frames)
        return self._average_precisions[side]

    @cached_property
    def _average_precisions(self) -> dict[Side, AveragePrecision]:
        return {}

    @cached_property
    def frame_scores(self) -> dict[Side, FrameScores]:
        """Counts and rates of every frame, of each side."""
        return {side: frame_scores(self.evaluation(side), self.matching(side)) for side in self.sides}

    @cached_property
    def ledger(self) -> Ledger:
        """One row an object; see `Ledger`."""
        base = SetPart(self.base, self.matching("base"))
        other = SetPart(self.other, self.matching("other")) if self.other else None
        return build_ledger(base, other, self.settings.iou)

    @cached_property
    def counted(self) -> Ledger:
        """The ledger, the objects of frames that are not counted in no cell and without a change."""
        return self.ledger if self.frames is None else self.ledger.counting(self.frames)

    @cached_property
    def cells(self) -> CellCounts:
        """Counts of every cell and its lists."""
        return count_cells(self.counted, len(self.classes) - 1)

    def significance(
        self, replicates: int = 1000, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
    ) -> Significance:
        """How sure the deltas are; some seconds of work for thousands of frames.

        Args:
            replicates: How often the frames are drawn anew.
            seed: Of the draws.
            cancelled: Asked now and then whether to stop.

        Raises:
            UsageError: There is no other set.
            CancelledError: `cancelled` said so.
        """
        self.evaluation("other")
        key = (replicates, seed)
        if key not in self._significances:
            resampling = Resampling(self.frame_count, replicates, seed, cancelled)
            ledger = self.ledger if self.frames is None else self.ledger.of_frames(self.frames)
            self._significances[key] = significance(ledger, self.cells, resampling)
        return self._significances[key]

    @cached_property
    def _significances(self) -> dict[tuple[int, int], Significance]:
        return {}

    def rows_of(self, label: int, inferred: int, which: CellList) -> NDArray[np.int64]:
        """Rows of the ledger in one list of the cell (label class, inferred class)."""
        return rows_of_cell(self.counted, label * len(self.classes) + inferred, which)
