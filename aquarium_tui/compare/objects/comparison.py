"""`ObjectComparison`: the comparison of boxes, with or without masks, and of classes of whole images."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, Significance, ValueIntervals
from aquarium_tui.compare.cells import CellCounts, CellList, ClassScores, scores
from aquarium_tui.compare.certainty.precision import (
    PrecisionSignificance,
    labelled_part,
    precision_significance,
    precision_values,
)
from aquarium_tui.compare.certainty.ranked import RankedPart
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.ap_difference import ApDifference
from aquarium_tui.compare.objects.average_precision import AveragePrecision
from aquarium_tui.compare.objects.evaluation import Evaluation, FrameScores, frame_scores
from aquarium_tui.compare.objects.fields import (
    FRAME_FIELDS,
    OBJECT_FIELDS,
    attribute,
    rows_of,
)
from aquarium_tui.compare.objects.ledger import Ledger, SetPart, build_ledger, count_cells, rows_of_cell
from aquarium_tui.compare.objects.matching import Matching, confusion, confusion_of_cells
from aquarium_tui.compare.objects.significance import object_significance, object_values
from aquarium_tui.compare.objects.slices import Slice, slice_precision
from aquarium_tui.compare.objects.tide import near_ious
from aquarium_tui.compare.reviews import Subjects
from aquarium_tui.errors import UsageError
from aquarium_tui.model.arrays import CountMatrix, Counts, Floats, RowNumbers
from aquarium_tui.model.columns import Column
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.reviews import Subject
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

_CHANGED = (Change.BROKEN, Change.FIXED, Change.MOVED)
_ERRORS = (Outcome.CONFUSED, Outcome.MISSED, Outcome.SPURIOUS)


@dataclass(frozen=True, eq=False)
class Judgement:
    """What base and other make of all frames under one choice of settings.

    Comparisons that count different frames share one.

    Attributes:
        base: The evaluation of the base set.
        other: The evaluation of the other set; None where only one set is chosen.
        settings: Thresholds and rule.
        part: The objects that count; None counts all.
        whole: The same of all objects, whose ledger a slice of it shares under the same settings.
    """

    base: Evaluation
    other: Evaluation | None
    settings: Settings
    part: Slice | None = None
    whole: "Judgement | None" = None

    def evaluation(self, side: Side) -> Evaluation:
        """The evaluation of one side.

        Raises:
            UsageError: There is no other set.
        """
        chosen = self.base if side == "base" else self.other
        if chosen is None:
            raise UsageError("no other inference set is chosen.")
        return chosen

    def matching(self, side: Side) -> Matching:
        """Partners and outcomes of one set; what lies outside the slice is ignored."""
        if self.part is None:
            return self.whole_matching(side)
        if side not in self._matchings:
            self._matchings[side] = self.part.matching(side, self.whole_matching(side))
        return self._matchings[side]

    def whole_matching(self, side: Side) -> Matching:
        """The same whatever the slice."""
        settings = self.settings
        return self.evaluation(side).matching(
            settings.confidence(side), settings.iou, settings.rule, settings.classes(side)
        )

    def active(self, side: Side) -> NDArray[np.bool_]:
        """`(inferences,)` bool: those of one set at or above the threshold of their class."""
        return self.evaluation(side).active(self.settings.confidence(side), self.settings.classes(side))

    @cached_property
    def _matchings(self) -> dict[Side, Matching]:
        return {}

    @cached_property
    def frame_scores(self) -> dict[Side, FrameScores]:
        """Counts and rates of every frame, of each side."""
        sides: tuple[Side, ...] = ("base", "other") if self.other else ("base",)
        return {side: frame_scores(self.evaluation(side), self.matching(side)) for side in sides}

    @cached_property
    def ledger(self) -> Ledger:
        """One row per object; see `Ledger`."""
        if self.part is not None and self.whole is not None and self.whole.settings == self.settings:
            return self.part.ledger(self.whole.ledger, one_set=self.other is None)
        base = SetPart(self.base, self.whole_matching("base"))
        other = SetPart(self.other, self.whole_matching("other")) if self.other else None
        whole = build_ledger(base, other, self.settings.iou)
        return whole if self.part is None else self.part.ledger(whole, one_set=other is None)


@dataclass(frozen=True, eq=False)
class ObjectComparison(Comparison):
    """Base, and other judged against it, by objects under one choice of settings.

    Attributes:
        judgement: Of all frames.
    """

    judgement: Judgement = field(kw_only=True)

    own_fields: ClassVar = FRAME_FIELDS
    object_fields: ClassVar = OBJECT_FIELDS
    evaluation_type: ClassVar[type[Evaluation]] = Evaluation
    fills_frames: ClassVar = False
    """Whether objects are classes of their whole frames, of which COCO's matching says nothing."""

    @classmethod
    def of(cls, dataset: Dataset, base: InferenceSet, other: InferenceSet | None, settings: Settings) -> Self:
        """A comparison of two loaded sets, or of one alone."""
        judged = cls.evaluation_type(dataset, other) if other else None
        return cls.judged(cls.evaluation_type(dataset, base), judged, settings)

    @classmethod
    def judged(cls, base: Evaluation, other: Evaluation | None, settings: Settings) -> Self:
        """A comparison of two evaluated sets of one dataset, or of one alone."""
        judgement = Judgement(base, other, settings)
        return cls(base.dataset, base.inferences, other.inferences if other else None, judgement=judgement)

    def under(self, settings: Settings) -> Self:
        """The same sets under other settings."""
        return replace(self, judgement=replace(self.judgement, settings=settings))

    def sliced(self, part: Slice) -> Self:
        """The same, of its objects counting those of a slice alone."""
        whole, before = self.judgement.whole or self.judgement, self.judgement.part
        part = part if before is None else part.among(before)
        return replace(self, judgement=replace(self.judgement, part=part, whole=whole))

    def exported(self, labels: Objects, side: Side) -> tuple[Objects, Objects]:
        """The labels, and the inferences of one set, that are in the slice; a pair stays together.

        Args:
            labels: Of the dataset.
            side: Of the set.
        """
        part, found = self.judgement.part, self.inferences(side).objects
        if part is None:
            return labels, found
        inside = part.active(side, self.judgement.whole_matching(side))
        return labels.among(part.labels), found.among(inside)

    @property
    def settings(self) -> Settings:
        """Thresholds and rule."""
        return self.judgement.settings

    @cached_property
    def inside(self) -> NDArray[np.bool_] | None:
        """`(objects,)` bool: the objects in the slice; None without one."""
        part = self.judgement.part
        return None if part is None else part.rows(self.ledger)

    @property
    def changed(self) -> NDArray[np.bool_]:
        """`(objects,)` bool: what changed in the frames that are counted; with one set, what is wrong."""
        ledger = self.counted
        if self.other:
            return np.isin(ledger.change, _CHANGED)
        return np.isin(ledger.base_outcome, _ERRORS) & (ledger.base_cell >= 0)

    def prepare(self) -> tuple[object, ...]:
        """Compute what every screen asks for at first."""
        found = self.delta, self.ledger, self.scores, self.frame_scores
        return (*found, self.cells) if self.other else found

    @property
    def frame_count(self) -> int:
        """How many frames are counted."""
        return len(self.dataset.frames) if self.frames is None else int(self.frames.sum())

    @property
    def object_count(self) -> int:
        """How many objects the counted frames have."""
        frames = self.ledger.frame
        return len(frames) if self.frames is None else int(self.frames[frames].sum())

    def inference_count(self, side: Side) -> int:
        """How many inferences, of any confidence, a set has in the counted frames."""
        frames = self.inferences(side).objects.frame
        return len(frames) if self.frames is None else int(self.frames[frames].sum())

    @property
    def label_count(self) -> int:
        """How many labels the counted frames have."""
        return int(self.labels_of_frames[slice(None) if self.frames is None else self.frames].sum())

    @cached_property
    def labels_of_frames(self) -> NDArray[np.int64]:
        """`(frames,)`: how many labels each frame has, those outside the slice left out."""
        labels, part = self.dataset.labels, self.judgement.part
        if part is None:
            return np.diff(labels.starts)
        return np.bincount(labels.frame[part.labels], minlength=len(self.dataset.frames))

    def evaluation(self, side: Side) -> Evaluation:
        """The evaluation of one side.

        Raises:
            UsageError: There is no other set.
        """
        return self.judgement.evaluation(side)

    def matching(self, side: Side) -> Matching:
        """Partners and outcomes of one set."""
        return self.judgement.matching(side)

    def active(self, side: Side) -> NDArray[np.bool_]:
        """`(inferences,)` bool: those of one set at or above the threshold of their class."""
        return self.judgement.active(side)

    @property
    def frame_scores(self) -> dict[Side, FrameScores]:
        """Counts and rates of every frame, of each side."""
        return self.judgement.frame_scores

    @property
    def ledger(self) -> Ledger:
        """One row per object of all frames; see `Ledger`."""
        return self.judgement.ledger

    @cached_property
    def _confusions(self) -> dict[Side, CountMatrix]:
        n = len(self.classes) - 1
        if self.frames is None:
            # Two at a time: NumPy lets go of the interpreter while it works on whole arrays.
            with ThreadPoolExecutor(2) as pool:
                found = pool.map(
                    lambda s: confusion(self.matching(s), self.evaluation(s).classes, n), self.sides
                )
                return dict(zip(self.sides, found, strict=True))
        cells = {"base": self.counted.base_cell, "other": self.counted.other_cell}
        return {side: confusion_of_cells(cells[side], n) for side in self.sides}

    @cached_property
    def scores(self) -> dict[Side, ClassScores]:
        """Precision, recall, F1 and counts per class, of each side."""
        return {side: scores(self.confusion(side)) for side in self.sides}

    @property
    def _counted_labels(self) -> NDArray[np.bool_]:
        counted = ~self.evaluation("base").region
        if self.judgement.part is not None:
            counted = counted & self.judgement.part.labels
        return counted if self.frames is None else counted & self.frames[self.dataset.labels.frame]

    def average_precision(self, side: Side) -> AveragePrecision:
        """COCO's metrics of one set, over all confidences: the settings have no part in it."""
        part = self._ranked_part(side) or labelled_part(self.evaluation(side))
        if self.frames is None and part is None:
            return self.evaluation(side).average_precision
        if side not in self._average_precisions:
            found = (
                self.evaluation(side).average_precision_of(self.frames)
                if part is None
                else slice_precision(self.evaluation(side), part, self.frames)
            )
            self._average_precisions[side] = found
        return self._average_precisions[side]

    def _ranked_part(self, side: Side) -> RankedPart | None:
        part, evaluation = self.judgement.part, self.evaluation(side)
        if part is None:
            return None
        return RankedPart(part.labels, part.inferences[side] & ~evaluation.unlabelled)

    @cached_property
    def _average_precisions(self) -> dict[Side, AveragePrecision]:
        return {}

    @cached_property
    def counted(self) -> Ledger:
        """The ledger, the objects of frames that are not counted in no cell and without a change."""
        return self.ledger if self.frames is None else self.ledger.counting(self.frames)

    @cached_property
    def cells(self) -> CellCounts:
        """Counts of every cell and its lists."""
        return count_cells(self.counted, len(self.classes) - 1)

    def rows_of(self, label: int, inferred: int, which: CellList) -> NDArray[np.int64]:
        """Rows of the ledger in one list of the cell (label class, inferred class)."""
        return rows_of_cell(self.counted, label * len(self.classes) + inferred, which)

    def precision_significance(
        self,
        names: Sequence[str],
        replicates: int = 1000,
        seed: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> PrecisionSignificance:
        """How sure the deltas of some of COCO's metrics are; the settings have no part in it.

        Args:
            names: Which metrics.
            replicates: How often the frames are drawn anew.
            seed: Of the draws.
            cancelled: Asked now and then whether to stop.

        Raises:
            UsageError: There is no other set.
            CancelledError: `cancelled` said so.
        """
        sets = self.evaluation("base"), self.evaluation("other")
        key = (tuple(names), replicates, seed)
        if key not in self._precision_significances:
            resampling = self.resampling(replicates, seed, cancelled)
            parts = self._ranked_part("base"), self._ranked_part("other")
            found = precision_significance(sets, self.frames, resampling, names, parts)
            self._precision_significances[key] = found
        return self._precision_significances[key]

    def precision_intervals(
        self,
        side: Side,
        names: Sequence[str],
        replicates: int = 1000,
        seed: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ValueIntervals:
        """How sure some of COCO's metrics of one set are by themselves.

        Raises:
            CancelledError: `cancelled` said so.
        """
        resampling = self.resampling(replicates, seed, cancelled)
        return precision_values(
            self.evaluation(side), self.frames, resampling, names, self._ranked_part(side)
        )

    @cached_property
    def _precision_significances(self) -> dict[tuple[tuple[str, ...], int, int], PrecisionSignificance]:
        return {}

    def near_ious(self, side: Side | None) -> Floats:
        """`(labels,)`: the best IoU of each with an inference of its class; 0 without any that overlaps.

        NaN where it reaches the threshold and for labels that are not evaluated. Of the set that is judged
        where no side is given.
        """
        side = side or self.sides[-1]
        active = self.evaluation(side).active(self.settings.confidence(side), self.settings.classes(side))
        best = near_ious(self.evaluation(side), active)
        return np.where(best < self.settings.iou, best, np.nan)

    @cached_property
    def ap_difference(self) -> ApDifference:
        """The difference in AP as a sum of parts, and the objects that make it; settings have no part in it.

        Raises:
            UsageError: There is no other set.
        """
        sets, part = (self.evaluation("base"), self.evaluation("other")), self.judgement.part
        parts = None if part is None else (self._ranked_part("base"), self._ranked_part("other"))
        return ApDifference(sets, self.frames, parts, self.resampling)

    def _resampled(self, resampling: Resampling) -> Significance:
        return object_significance(self._of_counted_frames, len(self.classes) - 1, resampling)

    @property
    def _of_counted_frames(self) -> Ledger:
        """The ledger of the counted frames alone, numbered anew."""
        return self.ledger if self.frames is None else self.ledger.of_frames(self.frames)

    def _valued(self, resampling: Resampling) -> Mapping[Side, ValueIntervals]:
        found = object_values(self._of_counted_frames, len(self.classes) - 1, resampling)
        return {side: found[side] for side in self.sides}

    @property
    def label_units(self) -> Counts:
        """In how many of the counted frames, or groups of them, labels lie: of any class, then of each."""
        n = len(self.classes) - 1
        counted = self._counted_labels
        unit = self.dataset.labels.frame[counted]
        if self.groups:
            place = np.arange(len(self.dataset.frames)) if self.frames is None else np.cumsum(self.frames) - 1
            unit = self.groups.of_frame[place[unit]]
        class_ = self.evaluation("base").classes.label[counted].astype(np.int64)
        units = int(unit.max(initial=0)) + 1
        pairs = np.unique(class_ * units + unit)
        return np.append(len(np.unique(unit)), np.bincount(pairs // units, minlength=n)[:n])

    @property
    def object_frame(self) -> RowNumbers:
        """`(objects,)`: the frame of each object, ascending."""
        return self.ledger.frame

    def object_present(self, entity: str) -> NDArray[np.bool_]:
        """`(objects,)`: which objects have a `label`, `base` or `other`."""
        return np.asarray(rows_of(self, entity) >= 0)

    @cached_property
    def _subjects(self) -> Subjects:
        sets = (self.base, *((self.other,) if self.other else ()))
        return Subjects(self.dataset, self.ledger, sets)

    def subject_at(self, row: int) -> Subject:
        """A row of the ledger as it is reviewed."""
        return self._subjects.at(row)

    def object_of(self, subject: Subject, frame: int) -> int | str:
        """The row of the ledger that an object which was reviewed in a frame is now; if none, why."""
        return self._subjects.find(subject, frame)

    def object_attribute(self, entity: str, name: str) -> Column:
        """`(objects,)`: an attribute that the files bring.

        Raises:
            KeyError: There is none of that name.
        """
        return attribute(self, entity, name)
